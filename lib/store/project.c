/*
 * project: from journal rows to tables: the stop, do-not-call, campaigns, their
 * people, and who is forgotten. Calls: project_calls.c; wishes: project_wishes.c.
 */
#include "project.h"

/* ---- stop, do-not-call ------------------------------------------------------ */

int
project_stop(struct db *db, int64_t at, const char *actor, const char *reason, bool hangup,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO stop (one, at, actor, reason, hangup) VALUES (1, :at, :actor, :reason, :hangup)"
	    " ON CONFLICT (one) DO UPDATE SET reason = coalesce(:reason, reason),"
	    " hangup = max(hangup, :hangup)",
	    f);

	bind_i(db, s, ":at", at);
	bind_t(db, s, ":actor", actor);
	bind_t(db, s, ":reason", reason);
	bind_i(db, s, ":hangup", hangup);
	return db_run(db, s, f);
}

int
project_resume(struct db *db, struct fault *f)
{
	return db_run(db, db_sql(db, "DELETE FROM stop WHERE one = 1", f), f);
}

int
project_dnc_add(
    struct db *db, const struct dnc *d, int64_t at, const char *actor, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO dnc (kind, value, campaign, at, source, reason, actor)"
	    " VALUES (:kind, :value, :campaign, :at, :source, :reason, :actor)"
	    " ON CONFLICT (kind, value, campaign) DO NOTHING",
	    f);

	bind_i(db, s, ":kind", d->kind);
	bind_i(db, s, ":value", d->value);
	bind_i(db, s, ":campaign", d->campaign);
	bind_i(db, s, ":at", at);
	bind_t(db, s, ":source", d->source);
	bind_t(db, s, ":reason", *d->reason ? d->reason : NULL);
	bind_t(db, s, ":actor", actor);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

int
project_dnc_remove(struct db *db, const struct dnc *d, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "DELETE FROM dnc WHERE kind = :kind AND value = :value AND campaign = :campaign",
	    f);

	bind_i(db, s, ":kind", d->kind);
	bind_i(db, s, ":value", d->value);
	bind_i(db, s, ":campaign", d->campaign);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

/* ---- campaigns and targets --------------------------------------------------- */

int
project_campaign(
    struct db *db, int64_t id, const char *name, const char *plan, int64_t at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO campaign (id, name, state, revision, plan, plan_revision, intents,"
	    " real_calls, confirmed, applied_at) VALUES (:id, :name, 'draft', 1, :plan, 1, 0, 0, 0, :at)"
	    " ON CONFLICT (id) DO UPDATE SET plan = :plan, applied_at = :at,"
	    " revision = revision + 1, plan_revision = plan_revision + 1",
	    f);

	bind_i(db, s, ":id", id);
	bind_t(db, s, ":name", name);
	bind_t(db, s, ":plan", plan);
	bind_i(db, s, ":at", at);
	return db_run(db, s, f);
}

int
project_campaign_touched(struct db *db, int64_t id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE campaign SET revision = revision + 1, plan_revision = plan_revision + 1"
	    " WHERE id = :id",
	    f);

	bind_i(db, s, ":id", id);
	return db_run(db, s, f);
}

int
project_campaign_state(
    struct db *db, int64_t id, enum campaign_state state, bool confirm, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE campaign SET state = :state, confirmed = max(confirmed, :confirm) WHERE id = :id",
	    f);

	bind_i(db, s, ":id", id);
	bind_t(db, s, ":state", campaign_state_name(state));
	bind_i(db, s, ":confirm", confirm);
	return db_run(db, s, f);
}

int
project_targets(struct db *db, int64_t campaign, int64_t first, const int64_t *pairs, size_t n,
    struct fault *f)
{
	sqlite3_stmt *s;

	for (size_t i = 0; i < n; i++) {
		s = db_sql(db,
		    "INSERT INTO target (id, campaign, contact, priority)"
		    " VALUES (:id, :campaign, :contact, :priority)",
		    f);
		bind_i(db, s, ":id", first + (int64_t)i);
		bind_i(db, s, ":campaign", campaign);
		bind_i(db, s, ":contact", pairs[2 * i]);
		bind_i(db, s, ":priority", pairs[2 * i + 1]);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	s = db_sql(db, "UPDATE campaign SET revision = revision + 1 WHERE id = :id", f);
	bind_i(db, s, ":id", campaign);
	return db_run(db, s, f);
}

int
project_hold(struct db *db, int64_t target, const char *reason, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "UPDATE target SET held = :held WHERE id = :id", f);

	bind_i(db, s, ":id", target);
	bind_t(db, s, ":held", reason);
	return db_run(db, s, f);
}

int
project_priority(struct db *db, int64_t target, int64_t priority, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "UPDATE target SET priority = :priority WHERE id = :id", f);

	bind_i(db, s, ":id", target);
	bind_i(db, s, ":priority", priority);
	return db_run(db, s, f);
}

int
project_context(struct db *db, int64_t target, int64_t campaign, int64_t plan_revision,
    int64_t contact_digest, int64_t seq, const unsigned char digest[32], const char *origin,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO context (target, campaign, plan_revision, contact_digest, seq, digest, origin, review)"
	    " VALUES (:target, :campaign, :plan_revision, :contact_digest, :seq, :digest, :origin, 'made')"
	    " ON CONFLICT (target) DO UPDATE SET plan_revision = :plan_revision,"
	    " contact_digest = :contact_digest, seq = :seq, digest = :digest, origin = :origin,"
	    " review = 'made', reviewed_at = NULL, reviewer = NULL",
	    f);

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":plan_revision", plan_revision);
	bind_i(db, s, ":contact_digest", contact_digest);
	bind_i(db, s, ":seq", seq);
	bind_b(db, s, ":digest", digest, 32);
	bind_t(db, s, ":origin", origin);
	return db_run(db, s, f);
}

int
project_about(struct db *db, int64_t seq, int64_t who, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO about (who, seq) VALUES (:who, :seq) ON CONFLICT (who, seq) DO NOTHING",
	    f);

	bind_i(db, s, ":who", who);
	bind_i(db, s, ":seq", seq);
	return db_run(db, s, f);
}

int
project_shared(struct db *db, int64_t seq, const struct siblings *with, struct fault *f)
{
	for (int i = 0; i < with->n; i++) {
		sqlite3_stmt *s = db_sql(db,
		    "INSERT INTO about (who, seq) SELECT contact, :seq FROM target WHERE id = :target"
		    " ON CONFLICT (who, seq) DO NOTHING",
		    f);

		bind_i(db, s, ":target", with->target[i]);
		bind_i(db, s, ":seq", seq);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	return 0;
}

int
project_review(struct db *db, int64_t target, int64_t seq, enum review state, int64_t at,
    const char *actor, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE context SET review = :review, reviewed_at = :at, reviewer = :actor"
	    " WHERE target = :target AND seq = :seq",
	    f);

	bind_t(db, s, ":review", review_name(state));
	bind_i(db, s, ":at", at);
	bind_t(db, s, ":actor", actor);
	bind_i(db, s, ":target", target);
	bind_i(db, s, ":seq", seq);
	return db_run(db, s, f);
}

int
project_context_drop(struct db *db, int64_t target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM context WHERE target = :target", f);

	bind_i(db, s, ":target", target);
	return db_run(db, s, f);
}

/* ---- who is forgotten --------------------------------------------------------- */

int
project_forget(struct db *db, int64_t contact, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "DELETE FROM context WHERE target IN (SELECT id FROM target WHERE contact = :contact)",
	    f);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	/* A call that was about others too keeps their number: that it is this person's is forgotten. */
	s = db_sql(db,
	    "DELETE FROM call_sibling WHERE target IN (SELECT id FROM target WHERE contact = :contact)",
	    f);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	/* What was said of the person is said of the numbers' marks now: project_rule_marked. */
	s = db_sql(db, "DELETE FROM dnc WHERE kind = 3 AND value = :contact", f);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db, "UPDATE optout SET contact = NULL WHERE contact = :contact", f);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db, "DELETE FROM wrong_number WHERE contact = :contact", f);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(
	    db, "UPDATE target SET held = '" HELD_FORGOTTEN "' WHERE contact = :contact", f);
	bind_i(db, s, ":contact", contact);
	return db_run(db, s, f);
}
