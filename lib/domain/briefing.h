/*
 * briefing: a context as structured output (response_format json_schema of
 * OpenAI-compatible servers) and as the text that the AI gets.
 */
#ifndef BRIEFING_H
#define BRIEFING_H

#include <jansson.h>

#include "buf.h"
#include "fault.h"

/* The value of response_format. Caller frees. */
json_t *briefing_format(void);
/* Appends the text of such an answer. DATAERR if it is no JSON, or a part is missing or of another kind. */
int briefing_text(const char *answer, struct buf *out, struct fault *);

#endif
