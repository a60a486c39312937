/*
 * project_wishes: what was heard in calls, and the wishes that it was taken
 * for. The do-not-call rule of a number follows from its opt-outs, whatever
 * order they came in: the earliest that stands.
 */
#include "project.h"

int
project_heard(struct db *db, const struct uuid *call, const struct call_event *e,
    enum call_heard how, int64_t seq, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO heard (call, at, key, how, seq) VALUES (:call, :at, :key, :how, :seq)"
	    " ON CONFLICT (call, at, key) DO NOTHING",
	    f);

	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":at", e->at);
	bind_i(db, s, ":key", (int64_t)e->key);
	bind_i(db, s, ":how", how);
	bind_i(db, s, ":seq", seq);
	return db_run(db, s, f);
}

/* ---- summaries -------------------------------------------------------------------- */

int
project_summary(struct db *db, const struct uuid *call, const struct call_event *e,
    const char *outcome, int64_t seq, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO summary (call, at, key, seq, outcome)"
	    " VALUES (:call, :at, :key, :seq, :outcome) ON CONFLICT (call) DO UPDATE SET"
	    " at = :at, key = :key, seq = :seq, outcome = :outcome WHERE (at, key) < (:at, :key)",
	    f);

	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":at", e->at);
	bind_i(db, s, ":key", (int64_t)e->key);
	bind_i(db, s, ":seq", seq);
	bind_t(db, s, ":outcome", outcome);
	return db_run(db, s, f);
}

int
project_wrong_number(struct db *db, int64_t contact, int64_t phone, const struct uuid *call,
    int64_t seq, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO wrong_number (contact, phone, call, seq, verdict)"
	    " VALUES (:contact, :phone, :call, :seq, 0)"
	    " ON CONFLICT (contact, phone, call) DO NOTHING",
	    f);

	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":phone", phone);
	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":seq", seq);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

/* ---- rules ------------------------------------------------------------------------ */

/* The rule of a number, made anew from its opt-outs. */
static int
make_rule(struct db *db, int64_t phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM dnc WHERE kind = 5 AND value = :phone", f);

	bind_i(db, s, ":phone", phone);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db,
	    "INSERT INTO dnc (kind, value, campaign, at, source, reason, actor)"
	    " SELECT 5, phone, 0, at, CASE how WHEN 4 THEN 'summary' ELSE 'call' END,"
	    " CASE how WHEN 2 THEN 'pressed' WHEN 3 THEN 'was the outcome'"
	    " WHEN 4 THEN 'is in the summary' ELSE 'said' END"
	    " || CASE how WHEN 4 THEN ' of call ' ELSE ' in call ' END || lower(substr(hex(call), 1, 8) || '-' || substr(hex(call), 9, 4)"
	    " || '-' || substr(hex(call), 13, 4) || '-' || substr(hex(call), 17, 4) || '-'"
	    " || substr(hex(call), 21)), actor"
	    " FROM optout WHERE phone = :phone AND verdict <> 2 ORDER BY at, call, key LIMIT 1",
	    f);
	bind_i(db, s, ":phone", phone);
	return db_run(db, s, f);
}

int
project_awaited(struct db *db, int64_t who, int64_t seq, int64_t at, const char *source,
    const char *reason, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO awaited (who, seq, at, source, reason)"
	    " VALUES (:who, :seq, :at, :source, :reason)"
	    " ON CONFLICT (who) DO NOTHING",
	    f);

	bind_i(db, s, ":who", who);
	bind_i(db, s, ":seq", seq);
	bind_i(db, s, ":at", at);
	bind_t(db, s, ":source", source);
	bind_t(db, s, ":reason", reason);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

int
project_awaited_lifted(struct db *db, int64_t who, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM awaited WHERE who = :who", f);

	bind_i(db, s, ":who", who);
	return db_run(db, s, f);
}

/* The number of an opt-out; 0 if it was erased or there is none of that row. */
static int
phone_of_optout(struct db *db, int64_t seq, int64_t *phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT phone FROM optout WHERE seq = :seq", f);

	bind_i(db, s, ":seq", seq);
	return db_one(db, s, 0, phone, f);
}

int
project_optout(struct db *db, const struct optout_fact *o, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO optout (call, key, at, phone, contact, how, seq, actor, verdict)"
	    " VALUES (:call, :key, :at, (SELECT phone FROM call WHERE id = :call),"
	    " (SELECT contact FROM call WHERE id = :call),"
	    " :how, :seq, :actor, 0) ON CONFLICT (call, key) DO NOTHING",
	    f);
	int64_t phone;

	bind_b(db, s, ":call", o->call.b, 16);
	bind_i(db, s, ":key", (int64_t)o->key);
	bind_i(db, s, ":at", o->at);
	bind_i(db, s, ":how", o->how);
	bind_i(db, s, ":seq", o->seq);
	bind_t(db, s, ":actor", o->actor);
	if (db_run(db, s, f) < 0)
		return -1;
	if (sqlite3_changes(db->s) == 0)
		return 0;
	if (phone_of_optout(db, o->seq, &phone, f) < 0 ||
	    (phone && make_rule(db, phone, f) < 0))
		return -1;
	return 1;
}

int
project_optout_verdict(struct db *db, int64_t seq, enum optout_verdict verdict, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "UPDATE optout SET verdict = :verdict WHERE seq = :seq", f);
	int64_t phone;

	bind_i(db, s, ":verdict", verdict);
	bind_i(db, s, ":seq", seq);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db, "UPDATE wrong_number SET verdict = :verdict WHERE seq = :seq", f);
	bind_i(db, s, ":verdict", verdict);
	bind_i(db, s, ":seq", seq);
	if (db_run(db, s, f) < 0 || phone_of_optout(db, seq, &phone, f) < 0)
		return -1;
	return phone ? make_rule(db, phone, f) : 0;
}

int
project_consent(struct db *db, int64_t id, int subject, int64_t value,
    const struct consent_row *c, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO consent (id, subject, value, kind, given_at, until)"
	    " VALUES (:id, :subject, :value, :kind, :given_at, :until)"
	    " ON CONFLICT (subject, value, kind, given_at) DO NOTHING",
	    f);

	bind_i(db, s, ":id", id);
	bind_i(db, s, ":subject", subject);
	bind_or_null(db, s, ":value", value, 0);
	bind_i(db, s, ":kind", c->kind);
	bind_i(db, s, ":given_at", c->at);
	bind_i(db, s, ":until", c->until);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

int
project_mark(struct db *db, const struct uuid *call, int64_t mark, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT phone FROM optout WHERE call = :call AND phone IS NOT NULL LIMIT 1", f);
	int64_t phone;

	bind_b(db, s, ":call", call->b, 16);
	if (db_one(db, s, 0, &phone, f) < 0)
		return -1;
	s = db_sql(db, "UPDATE call SET phone = :mark WHERE id = :call", f);
	bind_i(db, s, ":mark", mark);
	bind_b(db, s, ":call", call->b, 16);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db, "UPDATE optout SET phone = :mark WHERE call = :call", f);
	bind_i(db, s, ":mark", mark);
	bind_b(db, s, ":call", call->b, 16);
	if (db_run(db, s, f) < 0 || (phone && make_rule(db, phone, f) < 0))
		return -1;
	return make_rule(db, mark, f);
}

int
project_rule_marked(struct db *db, int64_t mark, int64_t campaign, int64_t at,
    const char *actor, struct fault *f)
{
	struct dnc d = {
	    .kind = DNC_NUMBER, .value = mark, .campaign = campaign, .source = "forgotten"};

	return project_dnc_add(db, &d, at, actor, f) < 0 ? -1 : 0;
}

int
project_consent_marked(struct db *db, int64_t id, int64_t mark, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "UPDATE consent SET value = :mark WHERE id = :id", f);

	bind_i(db, s, ":mark", mark);
	bind_i(db, s, ":id", id);
	return db_run(db, s, f);
}

int
project_renumber(struct db *db, int64_t contact, int64_t before, int64_t after, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE optout SET phone = :after WHERE phone = :before"
	    " AND call IN (SELECT id FROM call WHERE phone = :before AND contact = :contact)",
	    f);

	bind_i(db, s, ":before", before);
	bind_i(db, s, ":after", after);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db,
	    "UPDATE call SET phone = :after WHERE phone = :before AND contact = :contact", f);
	bind_i(db, s, ":before", before);
	bind_i(db, s, ":after", after);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db,
	    "UPDATE wrong_number SET phone = :after WHERE phone = :before AND contact = :contact",
	    f);
	bind_i(db, s, ":before", before);
	bind_i(db, s, ":after", after);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0 || make_rule(db, before, f) < 0)
		return -1;
	return make_rule(db, after, f);
}
