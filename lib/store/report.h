/*
 * report: a campaign counted from the projections: people by state, calls by
 * outcome, by hour and by day. Every number can be had from the journal too.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>

#include "campaigns.h"
#include "db.h"
#include "people.h"
#include "summary.h"
#include "timeline.h"

enum { REPORT_HOURS = 24, REPORT_DAYS_MAX = 4000 };

enum report_state { /* of targets; in the order of the report */
	STATE_WAITING,
	STATE_CLAIMED,
	STATE_CALLING,
	STATE_UNKNOWN,
	STATE_HELD,
	STATE_DONE,
	STATE_CLOSED,
	STATE_COUNT
};

struct report_day {
	int64_t day; /* civil_days of the local date */
	int64_t calls, answered;
};

struct report {
	int64_t targets, state[STATE_COUNT];
	int64_t calls;    /* intents */
	int64_t seizures; /* of them sent to the exchange and not refused by it */
	int64_t answered; /* a person or machine took the call */
	int64_t open;     /* not over */
	int64_t disposition[DISP_COUNT];
	int64_t outcome[OUTCOMES]; /* what summaries say; NONE is not counted */
	int64_t talk_ms, longest_ms, ring_ms, rung; /* rung: calls with a ringing time */
	int64_t attempts[8]; /* targets by number of calls; the last is 7 and more */
	int64_t hour_calls[REPORT_HOURS],
	    hour_answered[REPORT_HOURS]; /* by local hour of the intent */
	struct report_day *day;          /* owned, ascending */
	size_t days;
	struct timeline timeline; /* by the instant of the intent */
};

struct report_query {
	const struct zone *zone; /* local time of the series */
	int64_t only_day;        /* civil_days, or 0: calls of all days */
};

/* In pages: no read is open for long, and a store in use may move meanwhile. */
int report_make(struct db *, const struct campaign *, const struct report_query *,
    struct report *, struct fault *);
/* The same step by step (zero both structs first), for who has other work too: 1 more remains, 0 done. */
struct report_at {
	int stage;
	struct uuid call;
	int64_t person, target;
};
int report_step(struct db *, const struct campaign *, const struct report_query *,
    struct report_at *, struct report *, struct fault *);
void report_release(struct report *);
/* targets and state alone, which is quick; the report must be zeroed. */
int report_targets(struct db *, int64_t campaign, struct report *, struct fault *);
/* The same by pages of some milliseconds, behind *after, which is 0 at first: 1 more remains, 0 done. */
int report_people_step(
    struct db *, int64_t campaign, int64_t *after, struct report *, struct fault *);
/* What takes slots now: open lines, and claims that hold. */
int report_load(struct db *, int64_t campaign, int64_t *open, int64_t *claims, struct fault *);
const char *report_state_name(enum report_state);

struct report_person {
	int64_t target, contact, calls, answered, talk_ms, last_at;
	enum disposition last;
};
/* One row a target, in the order of their ids. */
int report_people(struct db *, const struct campaign *, const struct report_query *,
    int (*cb)(void *, const struct report_person *, const struct person *, struct fault *),
    void *arg, struct fault *);

/* A zone by name, kept by the store; null with a fault. */
const struct zone *report_zone(struct db *, const char *name, struct fault *);

#endif
