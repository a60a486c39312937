/*
 * awaited: a journal row each. It names nobody, so that nothing of it is to be
 * erased when somebody is forgotten, and whoever comes back is not called.
 */
#include "awaited.h"
#include "buf.h"
#include "clock.h"
#include "journal.h"
#include "mark.h"
#include "mem.h"
#include "project.h"
#include "store_parts.h"

static int
write_journal(struct db *db, const char *kind, int64_t who, int64_t now, const char *source,
    const char *reason, int64_t *seq, struct fault *f)
{
	struct entry e = {.at = now, .kind = kind, .source = "tool"};
	struct buf fact = {0}, body = {0};
	int rc;

	buf_member_i(&fact, "who", who);
	buf_addc(&fact, '}');
	buf_member(&body, "source", source);
	buf_member(&body, "reason", reason);
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	rc = journal_add(db, &e, f);
	*seq = e.seq;
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

static int
put_rule(
    struct db *db, const char *source, const char *reason, int64_t contact, struct fault *f)
{
	struct dnc d = {.kind = DNC_CONTACT, .value = contact};

	copy_text(d.source, sizeof d.source, source);
	copy_text(d.reason, sizeof d.reason, reason);
	return dnc_put(db, &d, f);
}

int64_t
awaited_put(struct db *db, const struct awaited *a, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT id FROM contact WHERE source = :source AND key = :key", f);
	int64_t id, who, known, seq, now = clock_wall();

	bind_t(db, s, ":source", a->source);
	bind_t(db, s, ":key", a->key);
	if (db_one(db, s, 0, &id, f) < 0)
		return -1;
	if (id)
		return put_rule(db, a->source, a->reason, id, f) < 0 ? -1 : id;
	if (mark_of_text(db, a->source, a->key, &who, f) < 0)
		return -1;
	s = db_sql(db, "SELECT seq FROM awaited WHERE who = :who", f);
	bind_i(db, s, ":who", who);
	if (db_one(db, s, 0, &known, f) < 0 ||
	    (!known &&
		(write_journal(db, "dnc.awaited", who, now, a->source, a->reason, &seq, f) <
			0 ||
		    project_awaited(db, who, seq, now, a->source, a->reason, f) < 0)))
		return -1;
	return 0;
}

int
awaited_any(struct db *db, bool *any, struct fault *f)
{
	int64_t is;

	if (db_one(db, db_sql(db, "SELECT EXISTS (SELECT 1 FROM awaited)", f), 0, &is, f) < 0)
		return -1;
	*any = is != 0;
	return 0;
}

int
awaited_obey(
    struct db *db, const char *source, const char *key, int64_t contact, struct fault *f)
{
	struct buf reason = {0}, from = {0};
	sqlite3_stmt *s;
	int64_t who;
	int n;

	if (mark_of_text(db, source, key, &who, f) < 0)
		return -1;
	s = db_sql(db, "SELECT source, reason FROM awaited WHERE who = :who", f);
	bind_i(db, s, ":who", who);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	buf_adds(&from, col_t(s, 0));
	buf_adds(&reason, col_t(s, 1));
	sqlite3_reset(s);
	n = put_rule(db, from.p, reason.p, contact, f) < 0 ? -1 : 1;
	buf_release(&from);
	buf_release(&reason);
	return n;
}

/* ---- looked at, and lifted --------------------------------------------------------- */

int
awaited_next(struct db *db, int64_t *after, struct awaited_entry *e, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT seq, at, source, reason FROM awaited WHERE seq > :after ORDER BY seq LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":after", *after);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	*after = e->id = col_i(s, 0);
	e->at = col_i(s, 1);
	copy_text(e->source, sizeof e->source, col_t(s, 2));
	copy_text(e->reason, sizeof e->reason, col_t(s, 3));
	sqlite3_reset(s);
	return 1;
}

static int
lift(struct db *db, int64_t id, const char *reason, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT who FROM awaited WHERE seq = :seq", f);
	int64_t who, seq;

	bind_i(db, s, ":seq", id);
	if (db_one(db, s, 0, &who, f) < 0)
		return -1;
	if (!who)
		return fault(f, DATAERR, "nobody is awaited by %lld (outreach-dnc awaited)",
		    (long long)id);
	if (write_journal(db, "dnc.lifted", who, clock_wall(), NULL, reason, &seq, f) < 0)
		return -1;
	return project_awaited_lifted(db, who, f);
}

int
awaited_lift(struct db *db, int64_t id, const char *reason, struct fault *f)
{
	if (db_begin(db, f) < 0)
		return -1;
	if (lift(db, id, reason, f) == 0)
		return db_commit(db, f);
	db_rollback(db);
	return -1;
}
