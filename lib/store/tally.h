/*
 * tally: the store in a few numbers, for who asks often: none of them takes
 * longer the more calls there were.
 */
#ifndef TALLY_H
#define TALLY_H

#include "call.h"
#include "db.h"

/* Calls of campaigns by their disposition; unknown ones may move yet. */
int tally_dispositions(struct db *, int64_t n[DISP_COUNT], struct fault *);
/* Every campaign with its state and how many calls were ever intended. -1 from cb stops. */
int tally_campaigns(struct db *,
    int (*cb)(void *arg, const char *name, const char *state, int64_t intents), void *arg,
    struct fault *);
/* Calls whose line is open, by campaign and rank. */
int tally_open(struct db *,
    int (*cb)(void *arg, const char *campaign, enum call_rank, int64_t n), void *arg,
    struct fault *);

#endif
