/*
 * project_calls: from journal rows to calls. A call's own row is joined in
 * memory (touched.c); what hangs on it is written here.
 */
#include "orphan.h"
#include "project.h"
#include "store_parts.h"
#include "touched.h"

struct call *
project_call(struct db *db, const struct uuid *id, bool *exists, struct fault *f)
{
	struct touched *t = touched_call(db, id, f);

	if (!t)
		return NULL;
	*exists = t->exists;
	return &t->c;
}

int
project_parents(struct db *db, const struct uuid *id, struct call_parents *p, struct fault *f)
{
	struct touched *t = touched_call(db, id, f);

	if (!t)
		return -1;
	*p = t->parents;
	return 0;
}

int
project_intent(struct db *db, const struct intent_fact *i, struct fault *f)
{
	struct touched *t = touched_call(db, &i->id, f); /* as it was before */
	sqlite3_stmt *s;

	if (!t)
		return -1;
	s = db_sql(db,
	    "INSERT INTO call (id, campaign, target, contact, phone, exchange, owner, attempt,"
	    " fenced, context, watched, rank, line_closed, line_open)"
	    " VALUES (:id, :campaign, :target, :contact, :phone, :exchange, :owner, :attempt,"
	    " :fenced, :context, :watched, 0, 0, 0)"
	    " ON CONFLICT (id) DO UPDATE SET campaign = :campaign, target = :target,"
	    " contact = :contact, phone = :phone, exchange = :exchange, owner = :owner,"
	    " attempt = :attempt, fenced = :fenced, context = :context, watched = :watched",
	    f);
	bind_b(db, s, ":id", i->id.b, 16);
	bind_i(db, s, ":campaign", i->campaign);
	bind_i(db, s, ":target", i->target);
	bind_i(db, s, ":contact", i->contact);
	bind_or_null(db, s, ":phone", i->phone, 0);
	bind_t(db, s, ":exchange", i->exchange);
	bind_t(db, s, ":owner", i->owner);
	bind_i(db, s, ":attempt", i->attempt);
	bind_i(db, s, ":fenced", i->fenced);
	bind_or_null(db, s, ":context", i->context, 0);
	bind_i(db, s, ":watched", !i->posted);
	if (db_run(db, s, f) < 0)
		return -1;
	t->parents = (struct call_parents){i->campaign, i->contact, i->target};
	t->exists = true;
	if (!i->posted)
		call_watch(&t->c);
	for (int n = 0; n < i->with.n; n++) {
		s = db_sql(db,
		    "INSERT INTO call_sibling (call, target) VALUES (:call, :target)"
		    " ON CONFLICT (call, target) DO NOTHING",
		    f);
		bind_b(db, s, ":call", i->id.b, 16);
		bind_i(db, s, ":target", i->with.target[n]);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	s = db_sql(db,
	    "UPDATE campaign SET intents = intents + 1, real_calls = real_calls + :real"
	    " WHERE id = :id",
	    f);
	bind_i(db, s, ":id", i->campaign);
	bind_i(db, s, ":real", !i->simulated);
	return db_run(db, s, f);
}

int
project_call_event(
    struct db *db, const struct uuid *id, const struct call_event *e, struct fault *f)
{
	struct touched *t = touched_call(db, id, f);
	bool before;

	if (!t || touched_has(db, t, e, &before, f) < 0)
		return -1;
	if (before)
		return 0;
	if (touched_see(db, t, e->key, e->rank == RANK_ENDED, f) < 0)
		return -1;
	if (call_join(&t->c, e) || !t->exists)
		t->dirty = true;
	return 1;
}

/* Joins what an orphan knows into the call that it turned out to be, and removes the orphan. */
static int
merge_orphan(struct db *db, const struct uuid *orphan, const struct uuid *call, struct fault *f)
{
	struct touched *from = touched_call(db, orphan, f), *to = touched_call(db, call, f);
	sqlite3_stmt *s;

	if (!from || !to)
		return -1;
	to->dirty |= call_merge(&to->c, &from->c);
	to->dirty |= !to->exists;
	to->has_seen = true;
	from->dirty = false;
	if (orphan_rows_move(db, orphan, call, f) < 0)
		return -1;
	s = db_sql(db, "DELETE FROM call WHERE id = :orphan", f);
	bind_b(db, s, ":orphan", orphan->b, 16);
	from->exists = false;
	call_init(&from->c, orphan);
	return db_run(db, s, f);
}

int
project_alias(struct db *db, const char *uuid, const struct uuid *orphan,
    const struct uuid *call, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO alias (uuid, call) VALUES (:uuid, :call) ON CONFLICT (uuid) DO NOTHING",
	    f);
	int64_t is;

	bind_t(db, s, ":uuid", uuid);
	bind_b(db, s, ":call", call->b, 16);
	if (db_run(db, s, f) < 0 || calls_flush(db, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM call WHERE id = :orphan AND campaign IS NULL)", f);
	bind_b(db, s, ":orphan", orphan->b, 16);
	if (db_one(db, s, 0, &is, f) < 0)
		return -1;
	return is ? merge_orphan(db, orphan, call, f) : 0;
}

int
project_receipt(struct db *db, const struct uuid *call, int64_t at,
    const unsigned char digest[32], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO receipt (call, digest, at) VALUES (:call, :digest, :at)"
	    " ON CONFLICT (call, digest) DO NOTHING",
	    f);

	bind_b(db, s, ":call", call->b, 16);
	bind_b(db, s, ":digest", digest, 32);
	bind_i(db, s, ":at", at);
	return db_run(db, s, f);
}

int
project_hangup(struct db *db, const struct uuid *id, int64_t at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE call SET hangup_at = min(coalesce(hangup_at, :at), :at) WHERE id = :id", f);

	bind_b(db, s, ":id", id->b, 16);
	bind_i(db, s, ":at", at);
	return db_run(db, s, f);
}
