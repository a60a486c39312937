/*
 * schedule: who waits for what, and the claims on them. Not journalled:
 * recomputed from projections and policy.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdint.h>

#include "campaigns.h"
#include "db.h"
#include "openings.h"

struct claim {
	struct uuid call;
	int64_t target, contact, phone, expires_at;
	int attempt;
};

/* Why claim took no more. */
enum claim_end { CLAIM_LIMIT, CLAIM_SLOTS, CLAIM_NOTHING_DUE };

/*
 * Claims at most limit due targets, never more than the free slots (concurrent calls - open calls -
 * live claims), in batches of at most 256 a transaction; claims (room for limit) is filled. expired
 * claims come first, under new ids. next_due (may be null) is when the next one is due, INT64_MAX for never.
 * REFUSED, with nobody claimed: stopped, the campaign is not active, or policy lets nobody of it be called
 * (the first run is over, a do-not-call list is too old); the fault says what to do.
 */
int schedule_claim(struct db *, const struct campaign *, int64_t limit, struct claim *,
    size_t *n, enum claim_end *, int64_t *next_due, struct fault *);
/* The call record of a claim, with the stored context if there is a current one, as one line. 0 if it is gone. */
int claim_record(
    struct db *, const struct campaign *, const struct claim *, struct buf *, struct fault *);
/* Gives claims back to the schedule (written to nobody, or withdrawn). Own transaction. */
int schedule_unclaim(struct db *, const struct claim *, size_t n, struct fault *);
/*
 * Inside a transaction: gives one claim back, and whom it was for are not claimed before an instant (UTC ms),
 * unless they are decided anew until then: so that who cannot have a context for now keeps nobody waiting.
 */
int schedule_put_off(
    struct db *, const struct uuid *call, int64_t target, int64_t at, struct fault *);
/* Likewise every claim of a campaign that was made at or behind an instant (UTC ms) and led to no call. */
int schedule_unclaim_since(struct db *, int64_t campaign, int64_t since, struct fault *);

/* The windows of those who wait, of the first OPENINGS_GROUPS sets of zones; all of it borrowed from the store. */
int schedule_openings(struct db *, const struct campaign *, struct openings *, struct fault *);
/*
 * How many wait with due_at <= now (bounded count up to cap), and when the next is due. Whose claim has
 * expired is one of them: who claimed is gone, and claiming again takes them back.
 */
int schedule_due(struct db *, const struct campaign *, int64_t now, int64_t cap, int64_t *due,
    int64_t *next, struct fault *);
/* Whether everybody is to be decided anew, as the next run or claim does: some may be due whom that does not count. */
int schedule_is_stale(struct db *, int64_t campaign, bool *is, struct fault *);

/* The first targets in the order of claiming that the schedule thinks due; looks only. Caller frees. */
int schedule_first(struct db *, const struct campaign *, int64_t now, int64_t limit,
    int64_t **targets, size_t *n, struct fault *);

/* ---- inside a transaction, for lib/store ---- */
int schedule_put(struct db *, int64_t campaign, int64_t target, int64_t contact,
    int64_t priority, int64_t due_at, struct fault *);
/* Decides anew for a target that is neither scheduled, claimed nor on the line, and puts it where it belongs. */
int schedule_settle(struct db *, int64_t target, int64_t now, struct fault *);
/* Everything of a campaign from projections and policy; own transactions; resumes where it was killed. */
int schedule_rebuild(struct db *, int64_t campaign, struct fault *);
/* The next page of that, in a transaction of its own of at most 50 ms: 1 more remains, 0 done. */
int schedule_rebuild_page(struct db *, int64_t campaign, struct fault *);

/* Where a person may be, called on phone (0: the number that would be called). */
struct zones;
int schedule_zones(struct db *, int64_t contact, int64_t phone, struct zones *, struct fault *);
/* What policy needs of a target, read now. The zones are borrowed from the store's cache. */
int schedule_facts(struct db *, int64_t target, int64_t phone, struct facts *, struct fault *);

#endif
