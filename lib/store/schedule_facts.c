/*
 * schedule_facts: what policy needs to know of one target, read from the
 * projections as they are now.
 */
#include <string.h>

#include "again.h"
#include "consents.h"
#include "control.h"
#include "dnc.h"
#include "mark.h"
#include "mem.h"
#include "reviews.h"
#include "schedule_parts.h"
#include "store_parts.h"
#include "zones.h"

int
schedule_row_of(struct db *db, int64_t id, struct schedule_row *t, struct fault *f)
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
		copy_words(t->held, sizeof t->held, col_t(s, 3));
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
		/* Of a phone that rang the owner was disturbed, whoever hung up and why. */
		bool dialled = col_i(s, 4) != 0 ||
		    (d == DISP_NONE ? col_i(s, 1) >= RANK_INTENT
				    : disposition_may_have_rung(d));

		if (dialled && !facts->last_dial)
			facts->last_dial = col_i(s, 0);
		facts->line_open |= col_i(s, 3) != 0;
		facts->number_closed |= disposition_closes_number(d);
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
facts_of_target(struct db *db, const struct schedule_row *t, int64_t phone, struct facts *facts,
    struct fault *f)
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
int
schedule_language(struct db *db, int64_t contact, char out[64], struct fault *f)
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
facts_of_campaign(struct db *db, int64_t id, struct facts *facts, struct fault *f)
{
	struct campaign c;
	const struct plan *plan = campaigns_plan(db, id, f);
	struct stop st;

	if (!plan || campaigns_by_id(db, id, &c, f) <= 0 || control_stopped(db, &st, f) < 0)
		return -1;
	facts->campaign = c.state;
	facts->stopped = st.stopped;
	facts->trial_over = campaigns_trial_over(&c);
	if (plan->assume_timezone &&
	    !(facts->assumed = zones_one(db, plan->assume_timezone, f)))
		return -1;
	return 0;
}

/* The number that would be called: the first that no call has closed for this person, else the first. */
int
schedule_number(struct db *db, int64_t contact, int64_t *phone, struct fault *f)
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
	if (!*own && !phone && schedule_number(db, contact, &phone, f) < 0)
		return -1;
	return zones_of(db, own, phone, out, f);
}

/* What was said of a context goes for the person and the campaign file that it was made from. */
static int
facts_of_review(struct db *db, const struct schedule_row *t, const struct plan *plan,
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
schedule_facts(
    struct db *db, int64_t target, int64_t phone, struct facts *facts, struct fault *f)
{
	struct schedule_row t;
	static _Thread_local char held[200];
	const struct plan *plan;

	memset(facts, 0, sizeof *facts);
	if (schedule_row_of(db, target, &t, f) < 0 ||
	    !(plan = campaigns_plan(db, t.campaign, f)))
		return -1;
	if (!phone && schedule_number(db, t.contact, &phone, f) < 0)
		return -1;
	if (*t.held || !phone) {
		copy_text(held, sizeof held, *t.held ? t.held : "there is no number to call");
		facts->held = held;
	}
	if (facts_of_campaign(db, t.campaign, facts, f) < 0 ||
	    facts_of_person(db, t.contact, phone, facts, f) < 0 ||
	    facts_of_number(db, phone, facts, f) < 0 ||
	    facts_of_target(db, &t, phone, facts, f) < 0 ||
	    facts_of_review(db, &t, plan, facts, f) < 0 ||
	    (plan->languages_only && schedule_language(db, t.contact, facts->language, f) < 0))
		return -1;
	if (plan->consent && consents_facts(db, plan->consent, t.contact, phone, facts, f) < 0)
		return -1;
	return dnc_facts(
	    db, campaigns_plan(db, t.campaign, f), t.campaign, t.contact, phone, facts, f);
}
