/*
 * again: one row a target and a moment from which on calls count anew. The
 * latest moment is the one that policy hears of. A person's no takes all rows
 * of the target and leaves one of its own: a model does not overrule it.
 */
#include "again.h"

#include "callback.h"
#include "campaigns.h"
#include "clock.h"
#include "journal.h"
#include "mem.h"
#include "schedule.h"
#include "store_parts.h"
#include "targets.h"

/* ---- projection --------------------------------------------------------------- */

int
project_again(struct db *db, const struct again *a, struct fault *f)
{
	/* Of two summaries of one call the later one counts, in whatever order they come. */
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO again (target, since, due_at, why, said_at, key, dropped)"
	    " VALUES (:target, :since, :due_at, :why, :said_at, :key, 0)"
	    " ON CONFLICT (target, since, dropped) DO UPDATE SET due_at = :due_at, why = :why,"
	    " said_at = :said_at, key = :key WHERE (said_at, key) <= (:said_at, :key)",
	    f);

	bind_i(db, s, ":target", a->target);
	bind_i(db, s, ":since", a->since);
	bind_i(db, s, ":due_at", a->due_at);
	bind_t(db, s, ":why", a->why);
	bind_i(db, s, ":said_at", a->said_at);
	bind_i(db, s, ":key", (int64_t)a->key);
	return db_run(db, s, f);
}

int
project_again_drop(struct db *db, int64_t target, int64_t since, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "DELETE FROM again WHERE target = :target AND since = :since AND NOT dropped", f);

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":since", since);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

int
project_again_none(struct db *db, int64_t target, int64_t since, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM again WHERE target = :target", f);

	bind_i(db, s, ":target", target);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db,
	    "INSERT INTO again (target, since, due_at, why, said_at, key, dropped)"
	    " VALUES (:target, :since, 0, NULL, 0, 0, 1)",
	    f);
	bind_i(db, s, ":target", target);
	bind_i(db, s, ":since", since);
	return db_run(db, s, f);
}

/* ---- writing ------------------------------------------------------------------ */

static int
write_row(struct db *db, const char *kind, int64_t target, struct buf *fact, struct fault *f)
{
	struct target_owner o;
	struct entry e = {.at = clock_wall(), .kind = kind, .source = "tool"};
	int got = targets_get(db, target, &o, f);

	if (got <= 0)
		return got < 0
		    ? -1
		    : fault(f, DATAERR, "there is no target %lld", (long long)target);
	buf_addc(fact, '}');
	e.fact = fact->p;
	e.campaign = o.campaign;
	e.contact = o.contact;
	return journal_add(db, &e, f);
}

/* What was claimed was claimed for another reason. */
static int
decide_anew(struct db *db, int64_t target, struct fault *f)
{
	if (claims_withdraw(db, 0, 0, target, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f);
}

int
again_put(struct db *db, const char *kind, const struct again *a, struct fault *f)
{
	struct buf fact = {0};
	char of[17];
	int rc;

	buf_member_i(&fact, "target", a->target);
	buf_member_i(&fact, "since", a->since);
	if (a->due_at)
		buf_member_i(&fact, "due_at", a->due_at);
	buf_member(&fact, "why", a->why);
	if (a->said_at) {
		buf_member_i(&fact, "said_at", a->said_at);
		buf_member(&fact, "of", hash_hex(a->key, of));
	}
	rc = write_row(db, kind, a->target, &fact, f) < 0 || project_again(db, a, f) < 0 ||
		decide_anew(db, a->target, f) < 0
	    ? -1
	    : 0;
	buf_release(&fact);
	return rc;
}

int
again_drop(struct db *db, int64_t target, int64_t since, struct fault *f)
{
	struct buf fact = {0};
	int was = project_again_drop(db, target, since, f), rc = was;

	if (was <= 0)
		return was;
	buf_member_i(&fact, "target", target);
	buf_member_i(&fact, "since", since);
	buf_member_i(&fact, "dropped", 1);
	if (write_row(db, "target.callback", target, &fact, f) < 0 ||
	    decide_anew(db, target, f) < 0)
		rc = -1;
	buf_release(&fact);
	return rc;
}

/* A call that may live, or of which nobody knows whether it reached the person, is not passed over. */
static int
check_calls(struct db *db, int64_t target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT id, rank = 6 OR disposition IS 'unknown' AS lost FROM (SELECT id, rank,"
	    " disposition, line_open FROM call WHERE target = :target"
	    " UNION ALL SELECT c.id, c.rank, c.disposition, c.line_open FROM call_sibling s"
	    " JOIN call c ON c.id = s.call WHERE s.target = :target)"
	    " WHERE line_open OR rank = 6 OR disposition IS 'unknown'"
	    " ORDER BY lost DESC, id LIMIT 1",
	    f);
	struct uuid id;
	char text[37];
	int n;

	bind_i(db, s, ":target", target);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	n = (int)col_i(s, 1);
	(void)col_id(s, 0, &id);
	sqlite3_reset(s);
	return n
	    ? fault(f, REFUSED,
		  "how call %s ended is not known: say it first (outreach reconcile --call)",
		  uuid_text(&id, text))
	    : fault(f, REFUSED, "call %s is open: wait for its end (outreach-calls hangup)",
		  uuid_text(&id, text));
}

static int
ask(struct db *db, int64_t target, int64_t due_at, struct fault *f)
{
	struct again a = {.target = target, .since = clock_wall(), .due_at = due_at};
	struct target_owner o;
	struct campaign c;
	int got = targets_get(db, target, &o, f);

	if (got <= 0)
		return got < 0
		    ? -1
		    : fault(f, DATAERR, "there is no target %lld", (long long)target);
	if (campaigns_by_id(db, o.campaign, &c, f) < 0)
		return -1;
	if (c.state == CAMPAIGN_CANCELLED)
		return fault(f, REFUSED,
		    "campaign %s is cancelled for good: nobody of it is called again", c.name);
	if (check_calls(db, target, f) < 0)
		return -1;
	return again_put(db, due_at ? "target.callback" : "target.requeued", &a, f);
}

int
again_ask(struct db *db, int64_t target, int64_t due_at, struct fault *f)
{
	if (db_begin(db, f) < 0)
		return -1;
	if (ask(db, target, due_at, f) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}

/* The latest row is never later than the no, whatever the clock does. */
static int
end(struct db *db, int64_t target, struct fault *f)
{
	struct buf fact = {0};
	struct again_row r;
	int64_t since = clock_wall();
	int n = again_get(db, target, &r, f), rc;

	if (n <= 0)
		return n < 0 ? -1
			     : fault(f, DATAERR, "no other call to target %lld is asked for",
				   (long long)target);
	if (since < r.since)
		since = r.since;
	buf_member_i(&fact, "target", target);
	buf_member_i(&fact, "since", since);
	buf_member_i(&fact, "none", 1);
	rc = write_row(db, "target.callback", target, &fact, f) < 0 ||
		project_again_none(db, target, since, f) < 0 || decide_anew(db, target, f) < 0
	    ? -1
	    : 0;
	buf_release(&fact);
	return rc;
}

int
again_end(struct db *db, int64_t target, struct fault *f)
{
	if (db_begin(db, f) < 0)
		return -1;
	if (end(db, target, f) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}

/* ---- looking ------------------------------------------------------------------ */

int
again_read_time(struct db *db, int64_t target, const char *text, int64_t *at, struct fault *f)
{
	struct facts facts;

	if (schedule_facts(db, target, 0, &facts, f) < 0)
		return -1;
	return facts.zones > 0
	    ? callback_read(text, facts.zone, facts.zones, at, f)
	    : callback_read(text, &facts.assumed, facts.assumed != NULL, at, f);
}

int
again_get(struct db *db, int64_t target, struct again_row *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT since, due_at, why FROM again WHERE target = :target"
	    " AND NOT dropped ORDER BY since DESC LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":target", target);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	r->since = col_i(s, 0);
	r->due_at = col_i(s, 1);
	copy_text(r->why, sizeof r->why, col_t(s, 2) ? col_t(s, 2) : "");
	sqlite3_reset(s);
	return 1;
}

int
again_denied(struct db *db, int64_t target, int64_t at, bool *denied, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM again WHERE target = :target AND since >= :at"
	    " AND dropped)",
	    f);
	int64_t v;

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":at", at);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*denied = v != 0;
	return 0;
}
