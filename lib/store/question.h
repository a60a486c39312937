/*
 * question: what a model is asked for one person's context, and what its
 * answer must be held against.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <jansson.h>

#include "buf.h"
#include "campaign.h"
#include "people.h"
#include "template.h"
#include "written.h"

struct question_text {
	char *source; /* of compiled */
	struct template *compiled;
};

/* Zero it first; its memory serves from person to person. */
struct question {
	struct buf system, user;           /* the two messages */
	struct buf known;                  /* all that the answer may draw on, one text */
	unsigned char input[WRITTEN_HASH]; /* SHA-256 of all that decides about the answer */
	struct question_text system_text, user_text;
};

/*
 * Fills the messages from the templates of plan->context (ours where it has none). They see what the
 * campaign's template sees (prompt_data, which stays the caller's), `data`, all of it as JSON, and
 * `notes` as told (may be empty). DATAERR if a variable does not resolve.
 */
int question_make(struct question *, const struct plan *, const struct person *,
    const json_t *data, const char *notes, struct fault *);
/* What every question of a campaign sends beside its messages. Caller frees. */
json_t *question_parameters(const struct plan_context *);
/* SHA-256 of all that decides about an answer. */
void question_hash(const char *model, int max_tokens, const json_t *parameters,
    const char *system, const char *user, unsigned char input[WRITTEN_HASH]);
void question_release(struct question *);

#endif
