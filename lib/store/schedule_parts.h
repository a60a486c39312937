/*
 * schedule_parts: what the files of the schedule share. Not for anyone else.
 */
#ifndef SCHEDULE_PARTS_H
#define SCHEDULE_PARTS_H

#include "schedule.h"

enum { CLAIM_BATCH = 256 }; /* claims of one transaction */

struct schedule_row { /* one target */
	int64_t id, campaign, contact, priority;
	char held[200];
	enum review review; /* as it was said, of whatever context is stored */
};
int schedule_row_of(struct db *, int64_t target, struct schedule_row *,
    struct fault *); /* DATAERR: there is none */

/* The number that would be called: the first that no call has closed for this person, else the first; 0 none. */
int schedule_number(struct db *, int64_t contact, int64_t *phone, struct fault *);
/* A person's, empty where there is none. */
int schedule_language(struct db *, int64_t contact, char out[64], struct fault *);

/* ---- inside a transaction (schedule.c) ---- */

/* Out of the schedule and out of standing: it is in neither for the moment. */
int schedule_take_out(struct db *, int64_t target, struct fault *);
/* Puts a target, which is in neither, where the decision says. */
int schedule_put_decided(struct db *, const struct schedule_row *, const struct facts *,
    const struct decision *, int64_t now, struct fault *);
/* Whether a claim holds it, or a call of it is open. */
int schedule_is_taken(struct db *, int64_t target, bool *taken, struct fault *);

/* ---- the order of claiming (schedule_order.c) ---- */

struct candidate {
	int64_t target, due_at;
};

/* All that wait in one zone set with one priority. */
struct group {
	int64_t zoneset, priority, closes;
};

struct schedule_order {
	struct group *group; /* heap: the caller frees it, also after a fault */
	size_t n, cap;
	int64_t
	    next_due; /* the first instant at which somebody of those that wait now may be due */
};
/* The groups that are open at now, best first. */
int schedule_order_open(
    struct db *, const struct campaign *, int64_t now, struct schedule_order *, struct fault *);
/* The first want candidates in the order of claiming; heap, also after a fault. */
int schedule_candidates(struct db *, int64_t campaign, const struct schedule_order *,
    int64_t now, size_t want, struct candidate **, size_t *n, struct fault *);

/* ---- inside a transaction (schedule_unclaim.c) ---- */

/* Claims whose time is over go back, to be claimed under new ids: who lost one waited longest. */
int claims_release_expired(struct db *, int64_t campaign, int64_t now, struct fault *);

#endif
