/*
 * schedule: who waits, and who stands for a reason. Rows of the schedule are a
 * guess about when to ask policy again; policy decides anew for everyone who
 * is taken from it.
 */
#include "clock.h"
#include "prompt.h"
#include "schedule_parts.h"
#include "siblings.h"
#include "store_parts.h"
#include "targets.h"
#include "zones.h"

/* ---- putting -------------------------------------------------------------- */

/* The set of these zones; 0 is the campaign's assumed zone. */
static int
zoneset_of(struct db *db, const char *names, int64_t *id, struct fault *f)
{
	sqlite3_stmt *s;

	*id = 0;
	if (!names)
		return 0;
	s = db_sql(db, "SELECT id FROM zoneset WHERE zones = :zones", f);
	bind_t(db, s, ":zones", names);
	if (db_one(db, s, 0, id, f) < 0)
		return -1;
	if (*id)
		return 0;
	s = db_sql(db, "INSERT INTO zoneset (zones) VALUES (:zones)", f);
	bind_t(db, s, ":zones", names);
	if (db_run(db, s, f) < 0)
		return -1;
	*id = sqlite3_last_insert_rowid(db->s);
	return 0;
}

static int
put_row(struct db *db, int64_t campaign, int64_t zoneset, int64_t priority, int64_t due_at,
    int64_t target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO schedule (campaign, zoneset, priority, due_at, target)"
	    " VALUES (:campaign, :zoneset, :priority, :due_at, :target)",
	    f);

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":zoneset", zoneset);
	bind_i(db, s, ":priority", priority);
	bind_i(db, s, ":due_at", due_at);
	bind_i(db, s, ":target", target);
	return db_run(db, s, f);
}

/* Out of the schedule and out of standing: it is in neither for the moment. */
int
schedule_take_out(struct db *db, int64_t target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM schedule WHERE target = :target", f);

	bind_i(db, s, ":target", target);
	if (db_run(db, s, f) < 0)
		return -1;
	s = db_sql(db, "DELETE FROM standing WHERE target = :target", f);
	bind_i(db, s, ":target", target);
	return db_run(db, s, f);
}

int
schedule_put(struct db *db, int64_t campaign, int64_t target, int64_t contact, int64_t priority,
    int64_t due_at, struct fault *f)
{
	struct zones zones;
	int64_t zoneset;

	if (schedule_zones(db, contact, 0, &zones, f) < 0 ||
	    zoneset_of(db, zones.names, &zoneset, f) < 0)
		return -1;
	return put_row(db, campaign, zoneset, priority, due_at, target, f);
}

static int
put_standing(struct db *db, int64_t target, int64_t campaign, const char *state,
    const char *reason, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO standing (target, campaign, state, reason) VALUES (:target, :campaign, :state, :reason)"
	    " ON CONFLICT (target) DO UPDATE SET state = :state, reason = :reason",
	    f);

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":campaign", campaign);
	bind_t(db, s, ":state", state);
	bind_t(db, s, ":reason", reason);
	return db_run(db, s, f);
}

/* ---- settling -------------------------------------------------------------- */

/* Who was promised a call gets it before those who were not. */
static int64_t
place_of(const struct schedule_row *t, const struct facts *facts)
{
	return t->priority + (facts->callback ? 2 * TARGET_PRIORITY_MAX + 1 : 0);
}

/* Puts a target, which is in neither table, where the decision says. */
int
schedule_put_decided(struct db *db, const struct schedule_row *t, const struct facts *facts,
    const struct decision *d, int64_t now, struct fault *f)
{
	/* What is the store's or the campaign's keeps nobody out of the queue. */
	if (d->verdict <= NOT_BEFORE || !d->personal)
		return schedule_put(db, t->campaign, t->id, t->contact, place_of(t, facts),
		    d->verdict != NOT_BEFORE ? now
			: d->at > now        ? d->at
					     : now + 1,
		    f);
	return put_standing(
	    db, t->id, t->campaign, policy_standing(d), policy_reason(d)->code, f);
}

int
schedule_is_taken(struct db *db, int64_t target, bool *taken, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM claim WHERE target = :target)"
	    " OR EXISTS (SELECT 1 FROM call WHERE target = :target AND line_open = 1)",
	    f);
	int64_t v;

	bind_i(db, s, ":target", target);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*taken = v != 0;
	return *taken ? 0 : siblings_taken(db, target, taken, f);
}

int
schedule_settle(struct db *db, int64_t target, int64_t now, struct fault *f)
{
	struct facts facts;
	struct decision d;
	struct schedule_row t;
	const struct plan *plan;
	bool taken;

	if (calls_flush(db, f) < 0 || schedule_row_of(db, target, &t, f) < 0 ||
	    schedule_is_taken(db, target, &taken, f) < 0 ||
	    schedule_take_out(db, target, f) < 0)
		return -1;
	if (taken)
		return 0;
	if (schedule_facts(db, target, 0, &facts, f) < 0 ||
	    !(plan = campaigns_plan(db, t.campaign, f)))
		return -1;
	policy_decide(&facts, plan, now, &d);
	return zones_decided(db, now, f) < 0 ? -1
					     : schedule_put_decided(db, &t, &facts, &d, now, f);
}

/* The next target behind (*contact, *target) whose person has the number: 1, 0 there is none. */
static int
next_of_number(struct db *db, int64_t phone, int64_t *contact, int64_t *target, struct fault *f)
{
	/* By the index of numbers and the one of people: a number that thousands share is read once. */
	sqlite3_stmt *s = db_sql(db,
	    "SELECT p.contact, t.id FROM contact_phone p CROSS JOIN target t"
	    " ON t.contact = p.contact WHERE p.e164 = :phone AND p.contact >= :contact"
	    " AND (p.contact > :contact OR t.id > :target) ORDER BY p.contact, t.id LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":contact", *contact);
	bind_i(db, s, ":target", *target);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	*contact = col_i(s, 0);
	*target = col_i(s, 1);
	sqlite3_reset(s);
	return 1;
}

int
targets_of_number_settle(struct db *db, int64_t phone, struct fault *f)
{
	int64_t contact = 0, target = 0;
	int n;

	while ((n = next_of_number(db, phone, &contact, &target, f)) > 0)
		if (schedule_settle(db, target, clock_wall(), f) < 0)
			return -1;
	return n;
}

int
targets_of_contact_changed(struct db *db, int64_t contact, struct fault *f)
{
	int64_t id = 0;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT id, held FROM target WHERE contact = :contact AND id > :after"
		    " ORDER BY id LIMIT 1",
		    f);
		bool lacked;
		int n;
		bind_i(db, s, ":contact", contact);
		bind_i(db, s, ":after", id);
		if ((n = db_step(db, s, f)) <= 0)
			return n;
		id = col_i(s, 0);
		/* What the old data lacked the new ones may have: the next claim's context tells. */
		lacked = col_t(s, 1) && prompt_is_held(col_t(s, 1));
		sqlite3_reset(s);
		if (claims_withdraw(db, 0, 0, id, f) < 0 ||
		    (lacked ? targets_release(db, id, f)
			    : schedule_settle(db, id, clock_wall(), f)) < 0)
			return -1;
	}
}
