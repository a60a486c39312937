/*
 * optouts: what people said or pressed in calls is listened to, and a wish not
 * to be called again acts at once. What a machine took for a wish, a person
 * reviews.
 */
#ifndef OPTOUTS_H
#define OPTOUTS_H

#include "call.h"
#include "db.h"
#include "project.h"

/*
 * The phrases of a file beside those that ship, for what is heard from now on; null: those alone.
 * NOINPUT, DATAERR.
 */
int optouts_phrases(struct db *, const char *file, struct fault *);

/*
 * Inside the transaction that took the event: whether it, alone or with another that is near, is a wish.
 * The number then enters do-not-call, its claims go, and the call's hangup is asked for if the campaign
 * says so. words (the utterance or the key) are the event's. Of an orphan nothing is known: see
 * optouts_hear_call.
 */
int optouts_hear(struct db *, const struct uuid *call, const struct call_event *,
    enum call_heard, const char *words, struct fault *);
/* The same for all that was heard of a call whose id has just been mapped. */
int optouts_hear_call(struct db *, const struct uuid *call, struct fault *);

/* For summaries.h: one says that it was a wish. words: those that carry it, or null. */
int optouts_enter_summary(struct db *, const struct uuid *call, int64_t at, uint64_t key,
    const char *words, struct fault *);

/* ---- review: opt-outs, and numbers that are somebody else's ---- */

struct optout_case {
	int64_t id; /* its journal row */
	struct uuid call;
	int64_t campaign, contact, phone, at; /* phone 0: erased, or the person is forgotten */
	enum call_heard how;
	bool wrong_number; /* no wish: the number is not this person's */
	enum optout_verdict verdict;
	struct buf heard; /* JSON object of what was heard; empty: it was erased */
};

/* The next behind *after by id (open_only: that nobody reviewed): 1, 0 end. Release heard once. */
int optouts_next(
    struct db *, int64_t *after, bool open_only, struct optout_case *, struct fault *);
/*
 * A person's verdict, journalled. Own transaction. 1, 0 it is so already; DATAERR if there is no such
 * opt-out. Dismissing takes away what this opt-out added, and nothing else.
 */
int optouts_review(
    struct db *, int64_t id, enum optout_verdict, const char *reason, struct fault *);

#endif
