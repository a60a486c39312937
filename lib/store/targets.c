/*
 * targets: one person in one campaign: what state it is in, and why.
 */
#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "clock.h"
#include "forget.h"
#include "journal.h"
#include "mem.h"
#include "num.h"
#include "people.h"
#include "project.h"
#include "schedule.h"
#include "siblings.h"
#include "store_parts.h"
#include "target_context.h"
#include "targets.h"
#include "zones.h"

enum { PAGE = 200, DUE_MAX = 1 << 20 };

/* ---- holding ---------------------------------------------------------------- */

static int
contact_of(struct db *db, int64_t target, int64_t *campaign, int64_t *contact, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT campaign, contact FROM target WHERE id = :id", f);
	int n;

	bind_i(db, s, ":id", target);
	if ((n = db_step(db, s, f)) <= 0)
		return n < 0 ? -1
			     : fault(f, DATAERR, "there is no target %lld", (long long)target);
	*campaign = col_i(s, 0);
	*contact = col_i(s, 1);
	sqlite3_reset(s);
	return 0;
}

int
targets_get(struct db *db, int64_t target, struct target_owner *o, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT campaign, contact, held FROM target WHERE id = :id", f);
	int n;

	bind_i(db, s, ":id", target);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	o->campaign = col_i(s, 0);
	o->contact = col_i(s, 1);
	copy_text(o->held, sizeof o->held, col_t(s, 2) ? col_t(s, 2) : "");
	sqlite3_reset(s);
	return 1;
}

int
targets_find(struct db *db, int64_t campaign, int64_t contact, int64_t *target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT id FROM target WHERE campaign = :campaign AND contact = :contact", f);

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":contact", contact);
	return db_one(db, s, 0, target, f);
}

static int
set_held(struct db *db, int64_t target, const char *reason, struct fault *f)
{
	struct entry e = {.at = clock_wall(),
	    .kind = reason ? "target.held" : "target.released",
	    .source = "tool"};
	struct buf fact = {0}, body = {0};
	bool gone;
	int rc = -1;

	if (contact_of(db, target, &e.campaign, &e.contact, f) < 0 ||
	    forget_is_gone(db, e.contact, &gone, f) < 0)
		return -1;
	if (reason && gone)
		reason = HELD_FORGOTTEN;
	buf_member_i(&fact, "target", target);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (reason) { /* it may quote what was to be said, to the person or of others */
		buf_member(&body, "reason", reason);
		buf_addc(&body, '}');
		e.body = body.p;
	}
	if (project_hold(db, target, reason, f) == 0 && journal_add(db, &e, f) == 0)
		rc = 0;
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

int
targets_hold(struct db *db, int64_t target, const char *reason, struct fault *f)
{
	if (set_held(db, target, reason, f) < 0 || claims_withdraw(db, 0, 0, target, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f);
}

int
targets_release(struct db *db, int64_t target, struct fault *f)
{
	if (set_held(db, target, NULL, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f);
}

/* ---- priority ---------------------------------------------------------------- */

static int
write_priority(struct db *db, int64_t target, int64_t priority, struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = "target.priority", .source = "tool"};
	struct buf fact = {0};
	int rc = -1;

	buf_member_i(&fact, "target", target);
	buf_member_i(&fact, "priority", priority);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (contact_of(db, target, &e.campaign, &e.contact, f) == 0 &&
	    project_priority(db, target, priority, f) == 0 && journal_add(db, &e, f) == 0)
		rc = 0;
	buf_release(&fact);
	return rc;
}

int
targets_prioritize(struct db *db, int64_t target, int64_t priority, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT priority FROM target WHERE id = :id", f);
	int64_t before;

	bind_i(db, s, ":id", target);
	if (db_one(db, s, INT64_MIN, &before, f) < 0)
		return -1;
	if (before == priority)
		return 0;
	if (write_priority(db, target, priority, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f) < 0 ? -1 : 1;
}

/* ---- looking ---------------------------------------------------------------- */

static int
has_context(struct db *db, int64_t target, bool *has, struct fault *f)
{
	char origin[CONTEXT_ORIGIN];
	struct buf json = {0};
	int n = target_context_body(db, target, NULL, &json, origin, f);

	buf_release(&json);
	*has = n > 0;
	return n < 0 ? -1 : 0;
}

static int
exists(struct db *db, const char *sql, int64_t target, bool *v, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, sql, f);
	int64_t n;

	bind_i(db, s, ":target", target);
	if (db_one(db, s, 0, &n, f) < 0)
		return -1;
	*v = n != 0;
	return 0;
}

int
targets_on_line(struct db *db, int64_t target, bool *open, struct fault *f)
{
	return exists(db,
	    "SELECT EXISTS (SELECT 1 FROM call WHERE target = :target AND line_open = 1)"
	    " OR EXISTS (SELECT 1 FROM call_sibling s JOIN call c ON c.id = s.call"
	    " WHERE s.target = :target AND c.line_open = 1)",
	    target, open, f);
}

static int
state_of(struct db *db, struct target *t, const struct facts *facts, struct fault *f)
{
	bool claimed, open;

	if (exists(db,
		"SELECT EXISTS (SELECT 1 FROM claim WHERE target = :target)"
		" OR EXISTS (SELECT 1 FROM claim_sibling WHERE target = :target)",
		t->id, &claimed, f) < 0 ||
	    exists(db,
		"SELECT EXISTS (SELECT 1 FROM call WHERE target = :target AND line_open = 1 AND rank <> 6)"
		" OR EXISTS (SELECT 1 FROM call_sibling s JOIN call c ON c.id = s.call"
		" WHERE s.target = :target AND c.line_open = 1 AND c.rank <> 6)",
		t->id, &open, f) < 0)
		return -1;
	t->due_at = 0;
	if (claimed)
		t->state = "claimed";
	else if (open)
		t->state = "calling";
	else if (facts->attempts &&
	    facts->attempt[facts->attempts - 1].disposition == DISP_UNKNOWN)
		t->state = "unknown";
	else if (t->decision.verdict <= NOT_BEFORE || !t->decision.personal) {
		t->state = "waiting";
		t->due_at = t->decision.verdict == NOT_BEFORE ? t->decision.at : 0;
	} else
		t->state = policy_standing(&t->decision);
	return 0;
}

static int
look_at(struct db *db, const struct campaign *c, int64_t id, int64_t now, struct target *t,
    struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, c->id, f);
	const struct reason *why;
	struct facts facts;
	struct zones zones;

	memset(t, 0, sizeof *t);
	t->id = id;
	if (!plan || contact_of(db, id, &t->campaign, &t->contact, f) < 0 ||
	    schedule_facts(db, id, 0, &facts, f) < 0 ||
	    schedule_zones(db, t->contact, 0, &zones, f) < 0)
		return -1;
	zones_assume(&zones, plan);
	t->zones = zones.names;
	t->zone_from = zones.from;
	sqlite3_stmt *s = db_sql(db, "SELECT priority FROM target WHERE id = :id", f);
	bind_i(db, s, ":id", id);
	if (db_one(db, s, 0, &t->priority, f) < 0)
		return -1;
	policy_decide(&facts, plan, now, &t->decision);
	for (int i = 0; i < facts.attempts; i++)
		t->attempts += disposition_counts(facts.attempt[i].disposition);
	t->last = facts.attempts ? facts.attempt[facts.attempts - 1].disposition : DISP_NONE;
	if (state_of(db, t, &facts, f) < 0)
		return -1;
	if ((why = policy_reason(&t->decision)))
		copy_text(t->reason, sizeof t->reason, why->text);
	return 0;
}

static bool
has_reason(const struct target *t, const char *code)
{
	for (int i = 0; i < t->decision.reasons; i++)
		if (!strcmp(t->decision.reason[i].code, code))
			return true;
	return false;
}

/* 1 wanted, 0 not. */
static int
wanted(struct db *db, const struct target_query *q, const struct target *t, struct fault *f)
{
	bool has = false;

	if (q->state && strcmp(q->state, t->state))
		return 0;
	if (q->reason && !has_reason(t, q->reason))
		return 0;
	if (q->contact && q->contact != t->contact)
		return 0;
	if (q->due && (strcmp(t->state, "waiting") || t->decision.verdict != CALL_NOW))
		return 0;
	if (q->without_context && has_context(db, t->id, &has, f) < 0)
		return -1;
	return !has;
}

struct listing {
	const struct campaign *c;
	const struct target_query *q;
	int (*cb)(void *, const struct target *, const struct person *, struct fault *);
	void *arg;
	int64_t now, shown;
};

/* A target and its person, or no name where it was forgotten: 1 wanted, 0 not. */
static int
read_one(struct db *db, const struct listing *l, int64_t id, struct target *t, struct person *p,
    struct fault *f)
{
	int n;

	if (look_at(db, l->c, id, l->now, t, f) < 0 || (n = wanted(db, l->q, t, f)) < 0)
		return -1;
	if (n == 0)
		return 0;
	if ((n = people_get(db, t->contact, p, f)) == 0)
		*p = (struct person){
		    .id = t->contact, .source = "", .key = "", .priority = INT64_MIN};
	return n < 0 ? -1 : 1;
}

/* Some twenty statements under one lock: with one each, taking and giving them back is half of it. */
static int
show(struct db *db, struct listing *l, int64_t id, struct fault *f)
{
	struct target t;
	struct person p;
	int n;

	if (db_look(db, f) < 0)
		return -1;
	n = read_one(db, l, id, &t, &p, f);
	db_looked(db);
	if (n <= 0)
		return n;
	l->shown++;
	return l->cb(l->arg, &t, &p, f);
}

/* How many of the first to look at: a few more than are wanted, or all that the schedule thinks due. */
static int
due_to_look_at(struct db *db, const struct listing *l, int64_t *want, struct fault *f)
{
	int64_t next;

	*want = l->q->limit && l->q->limit < DUE_MAX ? 2 * l->q->limit + 64 : 0;
	return *want ? 0 : schedule_due(db, l->c, l->now, INT64_MAX, want, &next, f);
}

/* Policy may think otherwise of some, or of many: then more are looked at, until enough are shown. */
static int
list_due(struct db *db, struct listing *l, struct fault *f)
{
	int64_t limit = l->q->limit ? l->q->limit : INT64_MAX, want;
	size_t seen = 0, n = 0;
	bool more;
	int rc = due_to_look_at(db, l, &want, f);

	do {
		int64_t *ids = NULL;

		if (rc == 0)
			rc = schedule_first(db, l->c, l->now, want, &ids, &n, f);
		for (; seen < n && rc == 0 && l->shown < limit; seen++)
			rc = show(db, l, ids[seen], f);
		free(ids);
		more = rc == 0 && want > 0 && l->shown < limit && (int64_t)n == want;
		want *= 4;
	} while (more && l->q->limit);
	return rc;
}

static int
list_all(struct db *db, struct listing *l, struct fault *f)
{
	int64_t ids[PAGE], after = l->q->after, limit = l->q->limit ? l->q->limit : INT64_MAX;

	for (;;) {
		sqlite3_stmt *s = l->q->contact
		    ? db_sql(db,
			  "SELECT id FROM target WHERE campaign = :campaign AND contact = :contact"
			  " AND id > :after LIMIT :page",
			  f)
		    : db_sql(db,
			  "SELECT id FROM target WHERE campaign = :campaign AND id > :after"
			  " ORDER BY id LIMIT :page",
			  f);
		int n = 0, rc;
		bind_i(db, s, ":campaign", l->c->id);
		bind_i(db, s, ":after", after);
		if (l->q->contact)
			bind_i(db, s, ":contact", l->q->contact);
		bind_i(db, s, ":page", PAGE);
		while ((rc = db_step(db, s, f)) > 0)
			ids[n++] = col_i(s, 0);
		if (rc < 0 || n == 0)
			return rc;
		for (int i = 0; i < n; i++) {
			if (l->shown >= limit)
				return 0;
			if (show(db, l, ids[i], f) < 0)
				return -1;
		}
		after = ids[n - 1];
	}
}

int
targets_list(struct db *db, const struct campaign *c, const struct target_query *q,
    int (*cb)(void *, const struct target *, const struct person *, struct fault *), void *arg,
    struct fault *f)
{
	struct listing l = {.c = c, .q = q, .cb = cb, .arg = arg, .now = clock_wall()};

	return q->due ? list_due(db, &l, f) : list_all(db, &l, f);
}

void
target_record(
    struct buf *b, const char *campaign, const struct target *t, const struct person *p)
{
	char at[32], phone[20];

	buf_adds(b, "{\"type\":\"target\",\"v\":1");
	buf_member_i(b, "id", t->id);
	buf_member(b, "campaign", campaign);
	buf_member_i(b, "contact", t->contact);
	buf_member(b, "name", p->name);
	buf_member(b, "phone", p->phones ? phone_text(p->phone[0], phone) : NULL);
	buf_member(b, "timezone", p->timezone);
	zones_members(b, t->zones, t->zone_from);
	buf_member(b, "language", p->language);
	if (p->attributes) {
		buf_key(b, "attributes");
		buf_adds(b, p->attributes);
	}
	buf_member(b, "state", t->state);
	if (*t->reason)
		buf_member(b, "reason", t->reason);
	buf_member_i(b, "priority", t->priority);
	buf_member_i(b, "attempts", t->attempts);
	if (t->due_at)
		buf_member(b, "due_at", num_instant_text(t->due_at, at));
	if (t->last != DISP_NONE)
		buf_member(b, "last_disposition", disposition_name(t->last));
	buf_adds(b, "}\n");
}
