/*
 * campaigns: campaign files applied, people added, states changed; every
 * change journalled. What a campaign may do is the plan's, when is policy's.
 */
#ifndef CAMPAIGNS_H
#define CAMPAIGNS_H

#include <stdbool.h>
#include <stdint.h>

#include "campaign.h"
#include "db.h"
#include "policy.h"

enum {
	CAMPAIGN_TRIAL = 20
}; /* calls of the first run on an exchange that is no simulator, until a person says resume */

struct campaign {
	int64_t id;
	char name[128];
	enum campaign_state state;
	int64_t revision, plan_revision, intents, applied_at;
	int64_t real_calls; /* of the intents, those that no simulator got */
	bool confirmed;     /* the first run: a person said resume after it */
};
/* The first run is over, and no person has said resume. */
bool campaigns_trial_over(const struct campaign *);

/* 1 found, 0 not. */
int campaigns_get(struct db *, const char *name, struct campaign *, struct fault *);
/* As campaigns_get, but a missing one is DATAERR "there is no campaign NAME (outreach-campaign list shows them)". */
int campaigns_need(struct db *, const char *name, struct campaign *, struct fault *);
int campaigns_by_id(struct db *, int64_t id, struct campaign *, struct fault *);
int campaigns_next(
    struct db *, int64_t *after, struct campaign *, struct fault *); /* 1, 0 end */
/*
 * The compiled plan, borrowed: the pointer holds until db_close, what it points to only until the next call
 * for the campaign, which compiles a file that was applied meanwhile in its place.
 */
const struct plan *campaigns_plan(struct db *, int64_t id, struct fault *);
/* The same for who keeps it: a plan of the caller's own (plan_release, after a fault too), and its revision. */
int campaigns_copy_plan(
    struct db *, int64_t id, struct plan *, int64_t *revision, struct fault *);
/* That of the file that is applied now; 0: there is no such campaign. */
int campaigns_plan_revision(struct db *, int64_t id, int64_t *revision, struct fault *);
/* Appends the members that every campaign record has (outreach-record(5)); the caller closes it. */
void campaign_head(struct buf *, const struct campaign *);
/* Whether the contexts of any campaign are written by a model: 1, 0, -1. */
int campaigns_ask_model(struct db *, struct fault *);
/* The stored campaign file as JSON; caller frees. */
json_t *campaigns_file(struct db *, int64_t id, struct fault *);

enum apply_change { APPLY_CREATED, APPLY_CHANGED, APPLY_SAME };
/*
 * Creates or changes. A change withdraws unplaced claims and stale contexts, is journalled as a
 * difference and has the schedule rebuilt. diff (may be null) gets the changed lines. Own transactions.
 */
int campaigns_apply(
    struct db *, const json_t *file, enum apply_change *, struct buf *diff, struct fault *);

/* What stands in the way of one target at activation. */
struct obstacle {
	int64_t target, contact;
	const char *code; /* "zone" "phone" "context" ... */
	char text[200];
};
/*
 * draft -> active, all or nothing: every target is checked (pages outside a transaction) by policy and by
 * check, which gets the person and plan and returns 0 fine, 1 an obstacle filled in, -1 fault. All obstacles
 * of a person are given to show; *obstacles counts the people who have some. With except the others go on:
 * whom policy refuses is left to it, whom check does is held with the reason.
 * TEMPFAIL if the campaign changed under the check. REFUSED if obstacles remain or the campaign is empty.
 */
struct person;
int campaigns_activate(struct db *, const struct campaign *, bool except,
    int (*check)(
	void *, const struct plan *, const struct person *, struct obstacle *, struct fault *),
    void (*show)(void *, const struct obstacle *), void *arg, int64_t *obstacles,
    struct fault *);

/* Looks only: shows every obstacle of a draft, and counts the people who have some. */
int campaigns_obstacles(struct db *, const struct campaign *,
    int (*check)(
	void *, const struct plan *, const struct person *, struct obstacle *, struct fault *),
    void (*show)(void *, const struct obstacle *), void *arg, int64_t *people, struct fault *);

/* The same as campaigns_activate step by step, for who has other work too: heap, null with a fault. */
struct activation;
struct activation *campaigns_activation(
    struct db *, const struct campaign *, bool except, struct fault *);
/* At most 50 ms of it: 1 more remains, 0 the campaign is active, -1 as above. */
int campaigns_activation_step(struct db *, struct activation *,
    int (*check)(
	void *, const struct plan *, const struct person *, struct obstacle *, struct fault *),
    void (*show)(void *, const struct obstacle *), void *arg, int64_t *obstacles,
    struct fault *);
void campaigns_activation_free(struct activation *); /* null is fine */

/* pause, resume, cancel: REFUSED if the state does not allow it, 0 and *changed=false if it is so already. */
int campaigns_pause(struct db *, int64_t id, const char *reason, bool *changed, struct fault *);
int campaigns_resume(
    struct db *, int64_t id, bool *changed, struct fault *); /* also confirms the first run */
int campaigns_cancel(
    struct db *, int64_t id, const char *reason, bool *changed, struct fault *);
/* cancel up to where its schedule is rebuilt, which the caller does by pages (schedule_rebuild_page). */
int campaigns_close(struct db *, int64_t id, const char *reason, bool *changed, struct fault *);

#endif
