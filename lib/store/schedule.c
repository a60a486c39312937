/*
 * schedule: who waits, in the order of claiming, and the claims. Rows of the
 * schedule are a guess about when to ask policy again; policy decides anew
 * for everyone who is taken from it.
 */
#include <stdlib.h>
#include <string.h>

#include "again.h"
#include "clock.h"
#include "consents.h"
#include "control.h"
#include "dnc.h"
#include "mark.h"
#include "mem.h"
#include "people.h"
#include "prompt.h"
#include "reviews.h"
#include "schedule.h"
#include "siblings.h"
#include "store_parts.h"
#include "zones.h"

enum { CLAIM_BATCH = 256, GROUPS_MAX = 4096, REBUILD_PAGE = 500, SIBLING_MS = 5 * 60 * 1000 };

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
static int
take_out(struct db *db, int64_t target, struct fault *f)
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

/* ---- facts ---------------------------------------------------------------- */

struct row { /* one target */
	int64_t id, campaign, contact, priority;
	char held[200];
	enum review review; /* as it was said, of whatever context is stored */
};

static int
read_target(struct db *db, int64_t id, struct row *t, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT t.campaign, t.contact, t.priority, t.held, x.review FROM target t"
	    " LEFT JOIN context x ON x.target = t.id WHERE t.id = :id",
	    f);
	int n;

	memset(t, 0, sizeof *t);
	t->id = id;
	bind_i(db, s, ":id", id);
	if ((n = db_step(db, s, f)) <= 0)
		return n < 0 ? -1 : fault(f, DATAERR, "there is no target %lld", (long long)id);
	t->campaign = col_i(s, 0);
	t->contact = col_i(s, 1);
	t->priority = col_i(s, 2);
	if (col_t(s, 3))
		copy_text(t->held, sizeof t->held, col_t(s, 3));
	t->review = col_t(s, 4) ? (enum review)review_parse(col_t(s, 4)) : REVIEW_NONE;
	sqlite3_reset(s);
	return 0;
}

static int
facts_of_number(struct db *db, int64_t phone, struct facts *facts, struct fault *f)
{
	static const char sql[] =
	    "SELECT intent_at, rank, disposition, line_open, ringing_at FROM call"
	    " WHERE phone IN (:phone, :mark) ORDER BY intent_at DESC";
	sqlite3_stmt *s;
	int64_t mark; /* of calls to somebody who was forgotten since */
	struct phone number;
	int n;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	facts->number_unknown = !phone_look(phone, &number);
	facts->number_type = number.type;
	s = db_sql(db, sql, f);
	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":mark", mark);
	while ((n = db_step(db, s, f)) > 0) {
		const char *text = col_t(s, 2);
		enum disposition d = text ? disposition_parse(text) : DISP_NONE;
		bool counted =
		    d == DISP_NONE ? col_i(s, 1) >= RANK_INTENT : disposition_counts(d);
		if (counted && !facts->last_dial)
			facts->last_dial = col_i(s, 0);
		facts->line_open |= col_i(s, 3) != 0;
		facts->number_closed |= d != DISP_NONE && disposition_closes_number(d);
	}
	return n;
}

/* The calls of a target, the newest first: its own, and those in which it followed, if it ever did. */
static sqlite3_stmt *
attempts_of(struct db *db, bool followed, struct fault *f)
{
	/* Two texts: a union costs the claims of everybody a third more. */
	if (!followed)
		return db_sql(db,
		    "SELECT intent_at, ended_at, disposition, rank FROM call WHERE target = :target"
		    " ORDER BY intent_at DESC",
		    f);
	return db_sql(db,
	    "SELECT intent_at, ended_at, disposition, rank FROM call WHERE target = :target"
	    " UNION ALL SELECT c.intent_at, c.ended_at, c.disposition, c.rank FROM call_sibling s"
	    " JOIN call c ON c.id = s.call WHERE s.target = :target"
	    " ORDER BY intent_at DESC",
	    f);
}

/* What is open, or ended nobody knows how, is never settled by asking for another call. */
static bool
is_settled(const struct attempt *a, int64_t since)
{
	return a->at <= since && a->ended_at && a->disposition != DISP_NONE &&
	    a->disposition != DISP_UNKNOWN;
}

/* Another call that was asked for, as long as none was made since. */
static int
facts_of_again(
    struct db *db, int64_t target, struct facts *facts, int64_t *since, struct fault *f)
{
	static _Thread_local struct again_row r;
	int n = again_get(db, target, &r, f);

	if (n <= 0)
		return n;
	*since = r.since;
	facts->callback = true;
	facts->callback_at = r.due_at;
	facts->callback_why = *r.why ? r.why : NULL;
	return 0;
}

static int
facts_of_attempts(struct db *db, int64_t target, bool followed, int64_t since,
    struct facts *facts, struct fault *f)
{
	sqlite3_stmt *s = attempts_of(db, followed, f);
	int n, got = 0;

	bind_i(db, s, ":target", target);
	while ((n = db_step(db, s, f)) > 0 && got < POLICY_ATTEMPTS) {
		struct attempt *a = &facts->attempt[got];
		const char *d = col_t(s, 2);
		a->at = col_i(s, 0);
		a->ended_at = col_i(s, 1);
		a->disposition = d ? disposition_parse(d) : DISP_NONE;
		if (col_i(s, 3) == RANK_UNKNOWN)
			a->disposition = DISP_UNKNOWN;
		if (is_settled(a, since))
			facts->settled++;
		else
			got++;
	}
	if (n > 0)
		sqlite3_reset(s);
	facts->attempts = got;
	if (got && facts->attempt[0].at > since) { /* it was made */
		facts->callback = false;
		facts->callback_at = 0;
		facts->callback_why = NULL;
	}
	for (int i = 0; i < got / 2; i++) { /* oldest first */
		struct attempt a = facts->attempt[i];
		facts->attempt[i] = facts->attempt[got - 1 - i];
		facts->attempt[got - 1 - i] = a;
	}
	return n < 0 ? -1 : 0;
}

/* One question about what is rare. */
static int
facts_of_target(
    struct db *db, const struct row *t, int64_t phone, struct facts *facts, struct fault *f)
{
	enum { FOLLOWED = 1, AGAIN = 2, WRONG = 4 };
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM call_sibling WHERE target = :target)"
	    " + 2 * EXISTS (SELECT 1 FROM again WHERE target = :target)"
	    " + 4 * EXISTS (SELECT 1 FROM wrong_number WHERE contact = :contact"
	    " AND phone = :phone AND verdict <> 2)",
	    f);
	int64_t known, since = INT64_MIN;

	bind_i(db, s, ":target", t->id);
	bind_i(db, s, ":contact", t->contact);
	bind_i(db, s, ":phone", phone);
	if (db_one(db, s, 0, &known, f) < 0 ||
	    ((known & AGAIN) && facts_of_again(db, t->id, facts, &since, f) < 0))
		return -1;
	facts->number_wrong = (known & WRONG) != 0;
	return facts_of_attempts(db, t->id, (known & FOLLOWED) != 0, since, facts, f);
}

static int
facts_of_person(
    struct db *db, int64_t contact, int64_t phone, struct facts *facts, struct fault *f)
{
	struct zones zones;

	if (schedule_zones(db, contact, phone, &zones, f) < 0)
		return -1;
	facts->zone_from = zones.from;
	facts->zones = zones.n;
	for (int i = 0; i < zones.n; i++)
		facts->zone[i] = zones.zone[i];
	return 0;
}

/* Empty: none. */
static int
language_of(struct db *db, int64_t contact, char out[64], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT language FROM contact WHERE id = :id", f);
	int n;

	*out = '\0';
	bind_i(db, s, ":id", contact);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	if (col_t(s, 0))
		copy_text(out, 64, col_t(s, 0));
	sqlite3_reset(s);
	return 0;
}

static int
facts_of_campaign(
    struct db *db, int64_t id, bool simulated, struct facts *facts, struct fault *f)
{
	struct campaign c;
	const struct plan *plan = campaigns_plan(db, id, f);
	struct stop st;

	if (!plan || campaigns_by_id(db, id, &c, f) <= 0 || control_stopped(db, &st, f) < 0)
		return -1;
	facts->campaign = c.state;
	facts->stopped = st.stopped;
	facts->trial_over = !simulated && !c.confirmed && c.intents >= CAMPAIGN_TRIAL;
	if (plan->assume_timezone &&
	    !(facts->assumed = zones_one(db, plan->assume_timezone, f)))
		return -1;
	return 0;
}

/* The number that would be called: the first that no call has closed for this person, else the first. */
static int
number_of(struct db *db, int64_t contact, int64_t *phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT e164 FROM contact_phone p WHERE contact = :contact AND NOT EXISTS"
	    " (SELECT 1 FROM call WHERE call.phone = p.e164 AND call.disposition = 'invalid')"
	    " AND NOT EXISTS (SELECT 1 FROM wrong_number w WHERE w.contact = :contact"
	    " AND w.phone = p.e164 AND w.verdict <> 2) ORDER BY ord LIMIT 1",
	    f);

	bind_i(db, s, ":contact", contact);
	if (db_one(db, s, 0, phone, f) < 0)
		return -1;
	if (*phone)
		return 0;
	s = db_sql(db,
	    "SELECT e164 FROM contact_phone WHERE contact = :contact ORDER BY ord LIMIT 1", f);
	bind_i(db, s, ":contact", contact);
	return db_one(db, s, 0, phone, f);
}

int
schedule_zones(
    struct db *db, int64_t contact, int64_t phone, struct zones *out, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT timezone FROM contact WHERE id = :id", f);
	char own[80] = "";
	int n;

	bind_i(db, s, ":id", contact);
	if ((n = db_step(db, s, f)) < 0)
		return -1;
	if (n) {
		if (col_t(s, 0))
			copy_text(own, sizeof own, col_t(s, 0));
		sqlite3_reset(s);
	}
	if (!*own && !phone && number_of(db, contact, &phone, f) < 0)
		return -1;
	return zones_of(db, own, phone, out, f);
}

/* What was said of a context goes for the person and the campaign file that it was made from. */
static int
facts_of_review(struct db *db, const struct row *t, const struct plan *plan,
    struct facts *facts, struct fault *f)
{
	struct reviewed r;
	bool wanted = plan->context && plan->context->review;
	int got;

	if (t->review == REVIEW_NONE || (!wanted && t->review != REVIEW_REJECTED))
		return 0;
	if ((got = reviews_get(db, t->id, &r, f)) > 0)
		facts->review = r.state;
	return got < 0 ? -1 : 0;
}

int
schedule_facts(struct db *db, int64_t target, int64_t phone, bool simulated,
    struct facts *facts, struct fault *f)
{
	struct row t;
	static _Thread_local char held[200];
	const struct plan *plan;

	memset(facts, 0, sizeof *facts);
	if (read_target(db, target, &t, f) < 0 || !(plan = campaigns_plan(db, t.campaign, f)))
		return -1;
	if (!phone && number_of(db, t.contact, &phone, f) < 0)
		return -1;
	if (*t.held || !phone) {
		copy_text(held, sizeof held, *t.held ? t.held : "there is no number to call");
		facts->held = held;
	}
	if (facts_of_campaign(db, t.campaign, simulated, facts, f) < 0 ||
	    facts_of_person(db, t.contact, phone, facts, f) < 0 ||
	    facts_of_number(db, phone, facts, f) < 0 ||
	    facts_of_target(db, &t, phone, facts, f) < 0 ||
	    facts_of_review(db, &t, plan, facts, f) < 0 ||
	    (plan->languages_only && language_of(db, t.contact, facts->language, f) < 0))
		return -1;
	if (plan->consent && consents_facts(db, plan->consent, t.contact, phone, facts, f) < 0)
		return -1;
	return dnc_facts(
	    db, campaigns_plan(db, t.campaign, f), t.campaign, t.contact, phone, facts, f);
}

/* ---- settling -------------------------------------------------------------- */

/* The first reason that is as strict as the verdict; the person's own before the campaign's. */
static const char *
standing_reason(const struct decision *d)
{
	const char *code = "";

	for (int i = 0; i < d->reasons; i++) {
		if (d->reason[i].verdict != d->verdict)
			continue;
		if (d->reason[i].personal)
			return d->reason[i].code;
		if (!*code)
			code = d->reason[i].code;
	}
	return code;
}

/* What a target is when it neither waits nor is taken. */
static const char *
standing_state(const struct decision *d, const char **reason)
{
	*reason = standing_reason(d);
	if (d->verdict == HELD)
		return "held";
	return strcmp(*reason, "reached") ? "closed" : "done";
}

/* Who was promised a call gets it before those who were not. */
static int64_t
place_of(const struct row *t, const struct facts *facts)
{
	return t->priority + (facts->callback ? 2 * TARGET_PRIORITY_MAX + 1 : 0);
}

/* Puts a target, which is in neither table, where the decision says. */
static int
put_by_decision(struct db *db, const struct row *t, const struct facts *facts,
    const struct decision *d, int64_t now, struct fault *f)
{
	const char *reason, *state;

	/* What is the store's or the campaign's keeps nobody out of the queue. */
	if (d->verdict <= NOT_BEFORE || !d->personal)
		return schedule_put(db, t->campaign, t->id, t->contact, place_of(t, facts),
		    d->verdict != NOT_BEFORE ? now
			: d->at > now        ? d->at
					     : now + 1,
		    f);
	state = standing_state(d, &reason);
	return put_standing(db, t->id, t->campaign, state, reason, f);
}

static int
is_taken(struct db *db, int64_t target, bool *taken, struct fault *f)
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
	struct row t;
	const struct plan *plan;
	bool taken;

	if (calls_flush(db, f) < 0 || read_target(db, target, &t, f) < 0 ||
	    is_taken(db, target, &taken, f) < 0 || take_out(db, target, f) < 0)
		return -1;
	if (taken)
		return 0;
	if (schedule_facts(db, target, 0, true, &facts, f) < 0 ||
	    !(plan = campaigns_plan(db, t.campaign, f)))
		return -1;
	policy_decide(&facts, plan, now, &d);
	return put_by_decision(db, &t, &facts, &d, now, f);
}

int
targets_of_number_settle(struct db *db, int64_t phone, struct fault *f)
{
	int64_t after = 0;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT min(t.id) FROM contact_phone p JOIN target t ON t.contact = p.contact"
		    " WHERE p.e164 = :phone AND t.id > :after",
		    f);
		bind_i(db, s, ":phone", phone);
		bind_i(db, s, ":after", after);
		if (db_one(db, s, 0, &after, f) < 0)
			return -1;
		if (!after)
			return 0;
		if (schedule_settle(db, after, clock_wall(), f) < 0)
			return -1;
	}
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

/* ---- rebuild ---------------------------------------------------------------- */

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
		    "SELECT target FROM standing WHERE campaign = :campaign AND state = 'closed'"
		    " AND reason = :reason AND target >= :next ORDER BY target LIMIT 1",
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
	while (n < REBUILD_PAGE && r->next != INT64_MAX && clock_real_us() < until) {
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

/* ---- the order of claiming --------------------------------------------------- */

struct candidate {
	int64_t target, due_at;
};

/* All that wait in one zone set with one priority. */
struct group {
	int64_t zoneset, priority, closes;
};

struct order_of {
	struct group *group;
	size_t n;
	int64_t
	    next_due; /* the first instant at which somebody of those that wait now may be due */
};

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

/* When this zone set may be called, and until when; a set that is not known is asked person by person. */
static int
zoneset_window(struct db *db, const struct plan *plan, int64_t zoneset, int64_t now,
    int64_t *opens, int64_t *closes, struct fault *f)
{
	struct zones zones = {.n = 0};
	int n = 1;

	*opens = now;
	*closes = INT64_MAX;
	if (zoneset == 0) {
		if (plan->assume_timezone)
			n = zones_named(db, plan->assume_timezone, &zones, f);
	} else {
		sqlite3_stmt *s = db_sql(db, "SELECT zones FROM zoneset WHERE id = :id", f);
		bind_i(db, s, ":id", zoneset);
		if ((n = db_step(db, s, f)) > 0) {
			n = zones_named(db, col_t(s, 0), &zones, f);
			sqlite3_reset(s);
		}
	}
	if (n < 0)
		return -1;
	for (int i = 0; i < zones.n; i++)
		if (!zones.zone[i])
			return 0;
	if (zones.n)
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

/* The priorities of one zone set, higher first; each row is one seek. */
static int
add_groups(struct db *db, int64_t campaign, int64_t zoneset, int64_t opens, int64_t closes,
    int64_t now, struct order_of *o, struct fault *f)
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
		} else if (o->n < GROUPS_MAX)
			o->group[o->n++] = (struct group){zoneset, priority, closes};
	}
}

static int
order_open(
    struct db *db, const struct campaign *c, int64_t now, struct order_of *o, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, c->id, f);
	int64_t zoneset = -1, opens, closes;

	o->group = xcalloc(GROUPS_MAX, sizeof *o->group);
	o->n = 0;
	o->next_due = INT64_MAX;
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
static int
candidates(struct db *db, int64_t campaign, const struct order_of *o, int64_t now, size_t want,
    struct candidate **out, size_t *n, struct fault *f)
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

/* ---- claims ----------------------------------------------------------------- */

static void
uuid_from(sqlite3_stmt *s, int col, struct uuid *u)
{
	memset(u, 0, sizeof *u);
	if (sqlite3_column_bytes(s, col) == 16)
		memcpy(u->b, sqlite3_column_blob(s, col), 16);
}

static int
delete_claim(struct db *db, const struct uuid *call, bool *was, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM claim WHERE call = :call", f);

	bind_b(db, s, ":call", call->b, 16);
	if (db_run(db, s, f) < 0)
		return -1;
	*was = sqlite3_changes(db->s) > 0;
	return 0;
}

int
claim_withdraw(struct db *db, const struct uuid *call, int64_t target, struct fault *f)
{
	struct siblings with;
	int64_t now = clock_wall();
	bool was;

	if (siblings_of_claim(db, call, &with, f) < 0 || delete_claim(db, call, &was, f) < 0)
		return -1;
	if (!was)
		return 0;
	if (with.n && siblings_unclaim(db, call, f) < 0)
		return -1;
	return schedule_settle(db, target, now, f) < 0 ? -1
						       : siblings_settle(db, &with, now, f);
}

/* Steps a query for (call, target) of a claim and gives that one back: 1, 0 there is none. */
static int
withdraw_next(struct db *db, sqlite3_stmt *s, int64_t *target, struct fault *f)
{
	struct uuid call;
	int n = db_step(db, s, f);

	if (n <= 0)
		return n;
	uuid_from(s, 0, &call);
	*target = col_i(s, 1);
	sqlite3_reset(s);
	return claim_withdraw(db, &call, *target, f) < 0 ? -1 : 1;
}

/* One query for each index. */
static sqlite3_stmt *
claims_of(struct db *db, int64_t campaign, int64_t phone, int64_t target, struct fault *f)
{
	sqlite3_stmt *s;

	if (target) {
		s = db_sql(db,
		    "SELECT call, target FROM claim WHERE target = :target"
		    " UNION ALL SELECT c.call, c.target FROM claim_sibling s"
		    " JOIN claim c ON c.call = s.call WHERE s.target = :target",
		    f);
		bind_i(db, s, ":target", target);
	} else if (phone) {
		s = db_sql(db, "SELECT call, target FROM claim WHERE phone = :phone", f);
		bind_i(db, s, ":phone", phone);
	} else {
		s = db_sql(
		    db, "SELECT call, target FROM claim WHERE campaign = :campaign LIMIT 1", f);
		bind_i(db, s, ":campaign", campaign);
	}
	return s;
}

int
claims_withdraw(struct db *db, int64_t campaign, int64_t phone, int64_t target, struct fault *f)
{
	int64_t was;
	int n;

	while ((n = withdraw_next(db, claims_of(db, campaign, phone, target, f), &was, f)) > 0)
		;
	return n;
}

/* Claims whose time is over go back, to be claimed under new ids: who lost one waited longest. */
static int
release_expired(struct db *db, int64_t campaign, int64_t now, struct fault *f)
{
	for (int i = 0; i < CLAIM_BATCH; i++) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT call, target FROM claim WHERE campaign = :campaign AND expires_at <= :now"
		    " ORDER BY expires_at LIMIT 1",
		    f);
		int64_t target;
		int n;

		bind_i(db, s, ":campaign", campaign);
		bind_i(db, s, ":now", now);
		if ((n = withdraw_next(db, s, &target, f)) <= 0)
			return n;
		s = db_sql(db,
		    "UPDATE schedule SET due_at = 0 WHERE target = :target AND due_at <= :now",
		    f);
		bind_i(db, s, ":target", target);
		bind_i(db, s, ":now", now);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	return 0;
}

int
schedule_slots(struct db *db, const struct campaign *c, int64_t *slots, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, c->id, f);
	int64_t open, claims;
	sqlite3_stmt *s;

	if (!plan)
		return -1;
	s = db_sql(
	    db, "SELECT count(*) FROM call WHERE campaign = :campaign AND line_open = 1", f);
	bind_i(db, s, ":campaign", c->id);
	if (db_one(db, s, 0, &open, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT count(*) FROM claim WHERE campaign = :campaign AND expires_at > :now", f);
	bind_i(db, s, ":campaign", c->id);
	bind_i(db, s, ":now", clock_wall());
	if (db_one(db, s, 0, &claims, f) < 0)
		return -1;
	*slots = plan->concurrent - open - claims;
	if (*slots < 0)
		*slots = 0;
	return 0;
}

/* An id that no claim and no call has: a fixed seed under a standing clock repeats itself. */
static int
new_call_id(struct db *db, int64_t now, struct uuid *id, struct fault *f)
{
	int64_t taken = 1;

	while (taken) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT EXISTS (SELECT 1 FROM claim WHERE call = :id) OR EXISTS (SELECT 1 FROM call WHERE id = :id)",
		    f);
		*id = uuid_make(now);
		bind_b(db, s, ":id", id->b, 16);
		if (db_one(db, s, 0, &taken, f) < 0)
			return -1;
	}
	return 0;
}

/* When the claim on this number expires, 0 if there is none. */
static int
number_claimed(struct db *db, int64_t phone, int64_t *expires, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT expires_at FROM claim WHERE phone = :phone", f);

	bind_i(db, s, ":phone", phone);
	return db_one(db, s, 0, expires, f);
}

static int
insert_claim(struct db *db, const struct claim *c, int64_t campaign, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO claim (call, target, campaign, phone, attempt, expires_at)"
	    " VALUES (:call, :target, :campaign, :phone, :attempt, :expires_at)",
	    f);

	bind_b(db, s, ":call", c->call.b, 16);
	bind_i(db, s, ":target", c->target);
	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":phone", c->phone);
	bind_i(db, s, ":attempt", c->attempt);
	bind_i(db, s, ":expires_at", c->expires_at);
	return db_run(db, s, f);
}

/* Whether a target would be called at this number, in this language, and may be now. */
static int
may_follow(struct db *db, const struct plan *plan, int64_t target, int64_t phone,
    const char *language, int64_t now, bool *may, struct fault *f)
{
	struct facts facts;
	struct decision d;
	struct row t;
	char own[64];
	int64_t number;

	*may = false;
	if (read_target(db, target, &t, f) < 0 || number_of(db, t.contact, &number, f) < 0 ||
	    language_of(db, t.contact, own, f) < 0)
		return -1;
	if (number != phone || !plan_same_texts(plan, language, own))
		return 0;
	if (schedule_facts(db, target, phone, true, &facts, f) < 0)
		return -1;
	policy_decide(&facts, plan, now, &d);
	*may = d.verdict == CALL_NOW;
	return 0;
}

/* The campaign's others who wait and have this number, in the order in which one would lead. */
static int
waiting_at(struct db *db, const struct row *t, int64_t phone, int64_t *ids, int64_t *priority,
    int *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT DISTINCT t.id, t.priority FROM contact_phone p"
	    " CROSS JOIN target t CROSS JOIN schedule s WHERE p.e164 = :phone"
	    " AND t.campaign = :campaign AND t.contact = p.contact AND t.id <> :target"
	    " AND s.target = t.id"
	    " ORDER BY t.priority DESC, t.id LIMIT :limit",
	    f);
	int rc;

	*n = 0;
	bind_i(db, s, ":campaign", t->campaign);
	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":target", t->id);
	bind_i(db, s, ":limit", SIBLINGS_LOOK);
	while ((rc = db_step(db, s, f)) > 0) {
		ids[*n] = col_i(s, 0);
		priority[(*n)++] = col_i(s, 1);
	}
	return rc;
}

/*
 * Who shares the call of t, which may be called now. The highest priority leads, then the lowest
 * id: t becomes the leader.
 */
static int
gather(struct db *db, const struct plan *plan, struct row *t, int64_t phone, int64_t now,
    struct siblings *with, struct fault *f)
{
	int64_t ids[SIBLINGS_LOOK], priority[SIBLINGS_LOOK], leader = t->id;
	char language[64];
	bool may;
	int n;

	with->n = 0;
	if (language_of(db, t->contact, language, f) < 0 ||
	    waiting_at(db, t, phone, ids, priority, &n, f) < 0)
		return -1;
	for (int i = 0; i < n && with->n < SIBLINGS_MAX; i++) {
		if (may_follow(db, plan, ids[i], phone, language, now, &may, f) < 0)
			return -1;
		if (!may)
			continue;
		/* They come in the order of leading: only the first can lead before t. */
		if (with->n == 0 &&
		    (priority[i] > t->priority ||
			(priority[i] == t->priority && ids[i] < t->id)))
			leader = ids[i];
		with->target[with->n++] = ids[i];
	}
	for (int i = 0; i < with->n && leader != t->id; i++)
		if (with->target[i] == leader)
			with->target[i] = t->id;
	return leader == t->id ? 0 : read_target(db, leader, t, f);
}

/* Claims for t, who may be called now, and for whoever follows. */
static int
claim_for(struct db *db, const struct plan *plan, struct row *t, int64_t now, struct claim *c,
    struct fault *f)
{
	struct siblings with = {.n = 0};
	struct facts facts;
	int64_t asked = t->id;

	if (plan->merge_siblings && gather(db, plan, t, c->phone, now, &with, f) < 0)
		return -1;
	if (t->id != asked) {
		if (schedule_facts(db, t->id, c->phone, true, &facts, f) < 0)
			return -1;
		c->attempt = facts.settled + facts.attempts + 1;
	}
	c->target = t->id;
	c->contact = t->contact;
	c->expires_at = now + plan->claim_ms;
	if (new_call_id(db, now, &c->call, f) < 0 || take_out(db, t->id, f) < 0)
		return -1;
	for (int i = 0; i < with.n; i++)
		if (take_out(db, with.target[i], f) < 0)
			return -1;
	if (insert_claim(db, c, t->campaign, f) < 0)
		return -1;
	return siblings_claim(db, &c->call, &with, f);
}

/* Asks policy about one candidate: 1 claimed, 0 put where it belongs, 2 nobody may be claimed now. */
static int
claim_one(struct db *db, const struct plan *plan, int64_t target, int64_t now, struct claim *c,
    struct fault *f)
{
	struct facts facts;
	struct decision d;
	struct row t;
	int64_t expires;

	bool taken = false;

	memset(c, 0, sizeof *c);
	/* Who was taken along by a claim of this batch waits no longer. */
	if (plan->merge_siblings && is_taken(db, target, &taken, f) < 0)
		return -1;
	if (taken)
		return 0;
	if (read_target(db, target, &t, f) < 0 || number_of(db, t.contact, &c->phone, f) < 0 ||
	    schedule_facts(db, target, c->phone, true, &facts, f) < 0 ||
	    take_out(db, target, f) < 0)
		return -1;
	policy_decide(&facts, plan, now, &d);
	if (d.verdict == CALL_NOW && number_claimed(db, c->phone, &expires, f) < 0)
		return -1;
	if (d.verdict == CALL_NOW && expires && expires <= now) {
		/* A claim that ran out, perhaps of a campaign that nobody runs any more. */
		if (claims_withdraw(db, 0, c->phone, 0, f) < 0)
			return -1;
		expires = 0;
	}
	if (d.verdict == CALL_NOW && expires) { /* a sibling's turn comes first */
		d.verdict = NOT_BEFORE;
		d.at = expires > now && expires < now + SIBLING_MS ? expires : now + SIBLING_MS;
	}
	if (d.verdict != CALL_NOW) {
		if (put_by_decision(db, &t, &facts, &d, now, f) < 0)
			return -1;
		return d.verdict >= HELD && !d.personal ? 2 : 0;
	}
	c->attempt = facts.settled + facts.attempts + 1;
	return claim_for(db, plan, &t, now, c, f) < 0 ? -1 : 1;
}

/* One transaction: at most want claims. *more says whether asking again can give more. */
static int
claim_batch(struct db *db, const struct campaign *c, size_t want, struct claim *out, size_t *n,
    bool *more, int64_t *next_due, struct fault *f)
{
	int64_t now = clock_wall(), until = clock_real_us() + 40000;
	const struct plan *plan;
	struct order_of o = {0};
	struct candidate *cand = NULL;
	size_t found = 0;
	int rc = -1;

	*more = false;
	if (db_begin(db, f) < 0)
		return -1;
	if (!(plan = campaigns_plan(db, c->id, f)) || release_expired(db, c->id, now, f) < 0 ||
	    order_open(db, c, now, &o, f) < 0 ||
	    candidates(db, c->id, &o, now, want, &cand, &found, f) < 0)
		goto out;
	for (size_t i = 0; i < found; i++) {
		int got = claim_one(db, plan, cand[i].target, now, &out[*n], f);
		if (got < 0)
			goto out;
		*n += got == 1;
		*more = got != 2; /* each candidate changed the schedule: look again */
		if (got == 2 || clock_real_us() > until)
			break;
	}
	*next_due = o.next_due;
	rc = db_commit(db, f);
out:
	if (rc < 0)
		db_rollback(db);
	free(cand);
	free(o.group);
	return rc;
}

int
schedule_claim(struct db *db, const struct campaign *c, int64_t limit, struct claim *claims,
    size_t *n, enum claim_end *end, int64_t *next_due, struct fault *f)
{
	int64_t slots, next = INT64_MAX;
	bool more = true;

	*n = 0;
	*end = CLAIM_LIMIT;
	if (control_check(db, f) < 0)
		return -1;
	if (c->state != CAMPAIGN_ACTIVE)
		return fault(f, REFUSED, "campaign %s is %s (outreach-campaign %s %s)", c->name,
		    campaign_state_name(c->state),
		    c->state == CAMPAIGN_DRAFT ? "activate" : "resume", c->name);
	if (zones_follow(db, f) < 0 || schedule_rebuild(db, c->id, f) < 0)
		return -1;
	while ((int64_t)*n < limit && more) {
		size_t want = (size_t)(limit - (int64_t)*n), before = *n;
		if (schedule_slots(db, c, &slots, f) < 0)
			return -1;
		if (slots == 0) {
			*end = CLAIM_SLOTS;
			break;
		}
		want = want < (size_t)slots ? want : (size_t)slots;
		want = want < CLAIM_BATCH ? want : CLAIM_BATCH;
		if (claim_batch(db, c, want, claims, n, &more, &next, f) < 0)
			return -1;
		if (!more && before == *n)
			*end = CLAIM_NOTHING_DUE;
	}
	if ((int64_t)*n < limit && *end == CLAIM_LIMIT)
		*end = CLAIM_NOTHING_DUE;
	if (next_due)
		*next_due = next;
	return 0;
}

int
schedule_unclaim(struct db *db, const struct claim *c, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n;) {
		size_t stop = i + CLAIM_BATCH < n ? i + CLAIM_BATCH : n;
		if (db_begin(db, f) < 0)
			return -1;
		for (; i < stop; i++)
			if (claim_withdraw(db, &c[i].call, c[i].target, f) < 0) {
				db_rollback(db);
				return -1;
			}
		if (db_commit(db, f) < 0)
			return -1;
	}
	return 0;
}

int
schedule_unclaim_since(struct db *db, int64_t campaign, int64_t since, struct fault *f)
{
	struct uuid from = {{0}}; /* ids begin with their instant (RFC 9562 section 5.7) */
	int64_t was;
	int n = 1;

	for (int i = 0; i < 6; i++)
		from.b[i] = (unsigned char)(since >> (40 - 8 * i));
	while (n > 0) {
		if (db_begin(db, f) < 0)
			return -1;
		for (int i = 0; i < CLAIM_BATCH && n > 0; i++) {
			sqlite3_stmt *s = db_sql(db,
			    "SELECT call, target FROM claim WHERE campaign = :campaign AND call >= :from"
			    " LIMIT 1",
			    f);

			bind_i(db, s, ":campaign", campaign);
			bind_b(db, s, ":from", from.b, sizeof from.b);
			n = withdraw_next(db, s, &was, f);
		}
		if (n < 0) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db, f) < 0)
			return -1;
	}
	return 0;
}

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
	struct order_of o = {0};
	int64_t expired = 0;
	int rc = -1;

	*due = 0;
	if (order_open(db, c, now, &o, f) < 0)
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
	struct order_of o = {0};
	struct candidate *cand = NULL;
	int rc = -1;

	*targets = NULL;
	*n = 0;
	if (order_open(db, c, now, &o, f) == 0 &&
	    candidates(db, c->id, &o, now, (size_t)limit, &cand, n, f) == 0) {
		*targets = xcalloc(*n ? *n : 1, sizeof **targets);
		for (size_t i = 0; i < *n; i++)
			(*targets)[i] = cand[i].target;
		rc = 0;
	}
	free(cand);
	free(o.group);
	return rc;
}
