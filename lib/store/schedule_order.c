/*
 * schedule_order: in which order those who are due are claimed: priority, the
 * window that closes first, due time, id. Each zone set is asked once.
 */
#include <stdlib.h>

#include "mem.h"
#include "schedule_parts.h"
#include "store_parts.h"
#include "zones.h"

static int
group_cmp(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	if (x->closes != y->closes)
		return x->closes < y->closes ? -1 : 1;
	return x->zoneset < y->zoneset ? -1 : x->zoneset > y->zoneset;
}

static int
candidate_cmp(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->due_at != y->due_at)
		return x->due_at < y->due_at ? -1 : 1;
	return x->target < y->target ? -1 : x->target > y->target;
}

/* The zones of a set: one that the system's database lacks is null, and there are none if nothing is known. */
static int
zoneset_zones(struct db *db, const struct plan *plan, int64_t zoneset, struct zones *zones,
    struct fault *f)
{
	sqlite3_stmt *s;
	int n;

	*zones = (struct zones){.n = 0};
	if (zoneset == 0)
		return plan->assume_timezone ? zones_named(db, plan->assume_timezone, zones, f)
					     : 0;
	s = db_sql(db, "SELECT zones FROM zoneset WHERE id = :id", f);
	bind_i(db, s, ":id", zoneset);
	if ((n = db_step(db, s, f)) > 0) {
		n = zones_named(db, col_t(s, 0), zones, f);
		sqlite3_reset(s);
	}
	return n;
}

static bool
are_known(const struct zones *zones)
{
	for (int i = 0; i < zones->n; i++)
		if (!zones->zone[i])
			return false;
	return zones->n > 0;
}

/* When this zone set may be called, and until when; a set that is not known is asked person by person. */
static int
zoneset_window(struct db *db, const struct plan *plan, int64_t zoneset, int64_t now,
    int64_t *opens, int64_t *closes, struct fault *f)
{
	struct zones zones;

	*opens = now;
	*closes = INT64_MAX;
	if (zoneset_zones(db, plan, zoneset, &zones, f) < 0)
		return -1;
	if (are_known(&zones))
		*opens = policy_window(plan, zones.zone, zones.n, now, closes);
	/* Never open: each is asked once, and stands with the reason instead of waiting for nothing. */
	if (*opens == INT64_MAX)
		*opens = now;
	return 0;
}

static int
next_zoneset(struct db *db, int64_t campaign, int64_t after, int64_t *id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT zoneset FROM schedule WHERE campaign = :campaign AND zoneset > :after"
	    " ORDER BY zoneset LIMIT 1",
	    f);

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":after", after);
	return db_one(db, s, -1, id, f);
}

static void
add_group(struct schedule_order *o, struct group g)
{
	if (o->n == o->cap) {
		o->cap = o->cap ? 2 * o->cap : 64;
		o->group = xrealloc(o->group, o->cap, sizeof *o->group);
	}
	o->group[o->n++] = g;
}

int
schedule_openings(struct db *db, const struct campaign *c, struct openings *o, struct fault *f)
{
	int64_t zoneset = -1;

	*o = (struct openings){.plan = campaigns_plan(db, c->id, f)};
	if (!o->plan)
		return -1;
	while (o->groups < OPENINGS_GROUPS) {
		struct zones zones;

		if (next_zoneset(db, c->id, zoneset, &zoneset, f) < 0)
			return -1;
		if (zoneset < 0)
			break;
		if (zoneset_zones(db, o->plan, zoneset, &zones, f) < 0)
			return -1;
		if (!are_known(&zones))
			continue;
		o->group[o->groups].zone = zones.zone;
		o->group[o->groups++].n = zones.n;
	}
	return 0;
}

/* The priorities of one zone set, higher first; each row is one seek. */
static int
add_groups(struct db *db, int64_t campaign, int64_t zoneset, int64_t opens, int64_t closes,
    int64_t now, struct schedule_order *o, struct fault *f)
{
	int64_t priority = INT64_MAX;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT priority, due_at FROM schedule WHERE campaign = :campaign AND zoneset = :zoneset"
		    " AND priority < :priority ORDER BY priority DESC, due_at LIMIT 1",
		    f);
		int64_t due;
		int n;
		bind_i(db, s, ":campaign", campaign);
		bind_i(db, s, ":zoneset", zoneset);
		bind_i(db, s, ":priority", priority);
		if ((n = db_step(db, s, f)) <= 0)
			return n;
		priority = col_i(s, 0);
		due = col_i(s, 1);
		sqlite3_reset(s);
		if (opens > now || due > now) {
			due = due > opens ? due : opens;
			o->next_due = due < o->next_due ? due : o->next_due;
		} else {
			add_group(o, (struct group){zoneset, priority, closes});
		}
	}
}

int
schedule_order_open(struct db *db, const struct campaign *c, int64_t now,
    struct schedule_order *o, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, c->id, f);
	int64_t zoneset = -1, opens, closes;

	*o = (struct schedule_order){.next_due = INT64_MAX};
	if (!plan)
		return -1;
	for (;;) {
		if (next_zoneset(db, c->id, zoneset, &zoneset, f) < 0)
			return -1;
		if (zoneset < 0)
			break;
		if (zoneset_window(db, plan, zoneset, now, &opens, &closes, f) < 0 ||
		    add_groups(db, c->id, zoneset, opens, closes, now, o, f) < 0)
			return -1;
	}
	if (o->n)
		qsort(o->group, o->n, sizeof *o->group, group_cmp);
	return 0;
}

/* At most want of one group, due now, behind (due, target). */
static int
read_group(struct db *db, int64_t campaign, const struct group *g, int64_t now, size_t want,
    struct candidate *out, size_t *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT target, due_at FROM schedule WHERE campaign = :campaign AND zoneset = :zoneset"
	    " AND priority = :priority AND due_at <= :now ORDER BY due_at, target LIMIT :want",
	    f);
	int rc;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":zoneset", g->zoneset);
	bind_i(db, s, ":priority", g->priority);
	bind_i(db, s, ":now", now);
	bind_i(db, s, ":want", (int64_t)want);
	while ((rc = db_step(db, s, f)) > 0)
		out[(*n)++] = (struct candidate){col_i(s, 0), col_i(s, 1)};
	return rc;
}

/* The first want candidates in the order of claiming; groups of equal rank are merged. */
int
schedule_candidates(struct db *db, int64_t campaign, const struct schedule_order *o,
    int64_t now, size_t want, struct candidate **out, size_t *n, struct fault *f)
{
	size_t cap = want;

	*out = xcalloc(cap ? cap : 1, sizeof **out);
	*n = 0;
	for (size_t i = 0, j; i < o->n && *n < want; i = j) {
		size_t first = *n;
		for (j = i; j < o->n && o->group[j].priority == o->group[i].priority &&
		     o->group[j].closes == o->group[i].closes;
		     j++) {
			if (*n + want > cap)
				*out = xrealloc(*out, cap = (*n + want) * 2, sizeof **out);
			if (read_group(
				db, campaign, &o->group[j], now, want - first, *out, n, f) < 0)
				return -1;
		}
		qsort(*out + first, *n - first, sizeof **out, candidate_cmp);
	}
	if (*n > want)
		*n = want;
	return 0;
}

/* ---- who is due --------------------------------------------------------------- */

/* Claims that expired, at most cap of them, and when the first of the others will. */
static int
claims_due(struct db *db, int64_t campaign, int64_t now, int64_t cap, int64_t *due,
    int64_t *next, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT count(*) FROM (SELECT 1 FROM claim WHERE campaign = :campaign"
	    " AND expires_at <= :now LIMIT :cap)",
	    f);
	int64_t first;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":now", now);
	bind_i(db, s, ":cap", cap);
	if (db_one(db, s, 0, due, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT min(expires_at) FROM claim WHERE campaign = :campaign AND expires_at > :now",
	    f);
	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":now", now);
	if (db_one(db, s, 0, &first, f) < 0)
		return -1;
	if (first != 0 && first < *next)
		*next = first;
	return 0;
}

int
schedule_due(struct db *db, const struct campaign *c, int64_t now, int64_t cap, int64_t *due,
    int64_t *next, struct fault *f)
{
	struct schedule_order o = {0};
	int64_t expired = 0;
	int rc = -1;

	*due = 0;
	if (schedule_order_open(db, c, now, &o, f) < 0)
		goto out;
	for (size_t i = 0; i < o.n && *due < cap; i++) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT count(*) FROM (SELECT 1 FROM schedule WHERE campaign = :campaign"
		    " AND zoneset = :zoneset AND priority = :priority AND due_at <= :now LIMIT :cap)",
		    f);
		int64_t some;
		bind_i(db, s, ":campaign", c->id);
		bind_i(db, s, ":zoneset", o.group[i].zoneset);
		bind_i(db, s, ":priority", o.group[i].priority);
		bind_i(db, s, ":now", now);
		bind_i(db, s, ":cap", cap - *due);
		if (db_one(db, s, 0, &some, f) < 0)
			goto out;
		*due += some;
	}
	*next = o.next_due;
	rc = claims_due(db, c->id, now, cap - *due, &expired, next, f);
	*due += expired;
out:
	free(o.group);
	return rc;
}

int
schedule_first(struct db *db, const struct campaign *c, int64_t now, int64_t limit,
    int64_t **targets, size_t *n, struct fault *f)
{
	struct schedule_order o = {0};
	struct candidate *cand = NULL;
	int rc = -1;

	*targets = NULL;
	*n = 0;
	if (schedule_order_open(db, c, now, &o, f) == 0 &&
	    schedule_candidates(db, c->id, &o, now, (size_t)limit, &cand, n, f) == 0) {
		*targets = xcalloc(*n ? *n : 1, sizeof **targets);
		for (size_t i = 0; i < *n; i++)
			(*targets)[i] = cand[i].target;
		rc = 0;
	}
	free(cand);
	free(o.group);
	return rc;
}
