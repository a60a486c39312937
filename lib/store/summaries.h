/*
 * summaries: what a summary of a call asks for is done, as far as the words of
 * the one who was called carry it: a wish not to be called again, a number
 * that is somebody else's, another call. What happened in the exchange is not
 * touched: a class is no disposition.
 */
#ifndef SUMMARIES_H
#define SUMMARIES_H

#include "calls.h"
#include "db.h"
#include "transcript.h"

/*
 * Inside the transaction that took the event: a summary (its body) of a call that is ours. at and key
 * are the event's.
 */
int summaries_hear(struct db *, const struct uuid *call, int64_t at, uint64_t key,
    const char *body, struct fault *);
/*
 * The callback of the call's latest summary, weighed anew: something was heard in it since. Only words
 * of the one who was called, which are in the store, ask for a call; when is journalled, or why a person
 * must say it.
 */
int summaries_weigh(struct db *, const struct uuid *call, struct fault *);

/* A program told that another call was asked for: a person must say when, unless a summary does. */
int summaries_asked(struct db *, const struct uuid *call, struct fault *);

/* Appends the user's message about a call (summary_question): the campaign, and when it was by the person's clock. */
int summaries_question(struct db *, const struct order *, const struct plan *,
    const struct transcript *, struct buf *, struct fault *);
/*
 * Appends the event record of an answer, as one line. at: when it was given. DATAERR: a claim of it is
 * wrong, and why.
 */
int summaries_record(struct db *, const struct order *, const struct transcript *,
    const char *answer, const char *model, int64_t at, struct buf *, struct fault *);

/* Ended calls of a campaign with a transcript and without a summary, by id behind *after: 1, 0 end. */
int summaries_next_new(struct db *, int64_t campaign, struct uuid *after, struct fault *);

#endif
