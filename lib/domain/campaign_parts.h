/*
 * campaign_parts: how the parts of a campaign file read a key. For
 * campaign.c and campaign_context.c alone.
 */
#ifndef CAMPAIGN_PARTS_H
#define CAMPAIGN_PARTS_H

#include "keys.h"

/* A text of at most 64 KiB without control characters; with lines, newlines and tabs are none. */
void campaign_text(struct keys *, const char *key, bool lines, char **out);
/* A text that compiles as a template. */
void campaign_template(struct keys *, const char *key, char **out);
void campaign_number(struct keys *, const char *key, int64_t min, int64_t max, int *out);
void campaign_duration(
    struct keys *, const char *key, int64_t min_ms, int64_t max_ms, int *out);

#endif
