/*
 * schedule_rebuild: everybody of a campaign is decided anew, page by page; the
 * table rebuild says how far it came.
 */
#include "clock.h"
#include "mem.h"
#include "prompt.h"
#include "schedule_parts.h"
#include "targets.h"
#include "zones.h"

enum { PAGE = 500 };

struct rebuild {
	int64_t campaign, next;
	char reason[32]; /* empty: everybody */
	bool released;   /* who was held for want of a context waits for one again */
};

/* The first target at or behind next that is to be settled, 0 if there is none. */
static int
rebuild_next(struct db *db, const struct rebuild *r, int64_t *id, struct fault *f)
{
	sqlite3_stmt *s;

	if (*r->reason) {
		s = db_sql(db,
		    /* Whoever is called no more; each is a step in the index. */
		    "SELECT min(target) FROM ("
		    "SELECT min(target) AS target FROM standing WHERE campaign = :campaign"
		    " AND state = 'closed' AND reason = :reason AND target >= :next"
		    " UNION ALL SELECT min(target) FROM standing WHERE campaign = :campaign"
		    " AND state = 'done' AND reason = :reason AND target >= :next"
		    " UNION ALL SELECT min(target) FROM standing WHERE campaign = :campaign"
		    " AND state = 'unknown' AND reason = :reason AND target >= :next)",
		    f);
	} else {
		s = db_sql(db,
		    "SELECT id FROM target WHERE campaign = :campaign AND id >= :next ORDER BY id LIMIT 1",
		    f);
	}
	bind_i(db, s, ":campaign", r->campaign);
	if (*r->reason)
		bind_t(db, s, ":reason", r->reason);
	bind_i(db, s, ":next", r->next);
	return db_one(db, s, 0, id, f);
}

static int
rebuild_one(struct db *db, const struct rebuild *r, int64_t id, struct fault *f)
{
	struct target_owner o = {.held = ""};

	if (r->released && targets_get(db, id, &o, f) < 0)
		return -1;
	return prompt_is_held(o.held) ? targets_release(db, id, f)
				      : schedule_settle(db, id, clock_wall(), f);
}

static int
rebuild_page(struct db *db, struct rebuild *r, struct fault *f)
{
	int64_t until = clock_real_us() + 30000, id;
	sqlite3_stmt *s;
	int n = 0;

	if (db_begin(db, f) < 0)
		return -1;
	while (n < PAGE && r->next != INT64_MAX && clock_real_us() < until) {
		if (rebuild_next(db, r, &id, f) < 0 || (id && rebuild_one(db, r, id, f) < 0))
			goto bad;
		r->next = id ? id + 1 : INT64_MAX;
		n++;
	}
	s = r->next == INT64_MAX
	    ? db_sql(db, "DELETE FROM rebuild WHERE campaign = :campaign", f)
	    : db_sql(db, "UPDATE rebuild SET next = :next WHERE campaign = :campaign", f);
	bind_i(db, s, ":campaign", r->campaign);
	if (r->next != INT64_MAX)
		bind_i(db, s, ":next", r->next);
	if (db_run(db, s, f) < 0)
		goto bad;
	return db_commit(db, f);
bad:
	db_rollback(db);
	return -1;
}

int
schedule_rebuild_page(struct db *db, int64_t campaign, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT next, reason, released FROM rebuild WHERE campaign = :campaign", f);
	struct rebuild r = {.campaign = campaign, .next = INT64_MAX};
	int n;

	bind_i(db, s, ":campaign", campaign);
	if ((n = db_step(db, s, f)) < 0)
		return -1;
	if (n > 0) {
		r.next = col_i(s, 0);
		copy_text(r.reason, sizeof r.reason, col_t(s, 1) ? col_t(s, 1) : "");
		r.released = col_i(s, 2) != 0;
		sqlite3_reset(s);
	}
	if (r.next != INT64_MAX && rebuild_page(db, &r, f) < 0)
		return -1;
	return r.next != INT64_MAX;
}

int
schedule_rebuild(struct db *db, int64_t campaign, struct fault *f)
{
	int more;

	do
		more = schedule_rebuild_page(db, campaign, f);
	while (more > 0);
	return more;
}

int
schedule_is_stale(struct db *db, int64_t campaign, bool *is, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT EXISTS (SELECT 1 FROM rebuild WHERE campaign = :campaign)", f);
	int64_t marked;
	bool current;

	bind_i(db, s, ":campaign", campaign);
	if (db_one(db, s, 0, &marked, f) < 0 || zones_current(db, &current, f) < 0)
		return -1;
	*is = marked != 0 || !current;
	return 0;
}
