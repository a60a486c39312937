/*
 * schedule_claim: due people are taken from the schedule, a few hundred a
 * transaction, policy decides anew for each, and a claim is the fence.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "control.h"
#include "report.h"
#include "schedule_parts.h"
#include "siblings.h"
#include "store_parts.h"
#include "zones.h"

enum { SIBLING_MS = 5 * 60 * 1000 };

/* Free slots of a campaign now. */
static int
schedule_slots(struct db *db, const struct campaign *c, int64_t *slots, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, c->id, f);
	int64_t open, claims;

	if (!plan || report_load(db, c->id, &open, &claims, f) < 0)
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
	struct schedule_row t;
	char own[64];
	int64_t number;

	*may = false;
	if (schedule_row_of(db, target, &t, f) < 0 ||
	    schedule_number(db, t.contact, &number, f) < 0 ||
	    schedule_language(db, t.contact, own, f) < 0)
		return -1;
	if (number != phone || !plan_same_texts(plan, language, own))
		return 0;
	if (schedule_facts(db, target, phone, &facts, f) < 0)
		return -1;
	policy_decide(&facts, plan, now, &d);
	*may = d.verdict == CALL_NOW;
	return 0;
}

/* The campaign's others who wait and have this number, in the order in which one would lead. */
static int
waiting_at(struct db *db, const struct schedule_row *t, int64_t phone, int64_t *ids,
    int64_t *priority, int *n, struct fault *f)
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
gather(struct db *db, const struct plan *plan, struct schedule_row *t, int64_t phone,
    int64_t now, struct siblings *with, struct fault *f)
{
	int64_t ids[SIBLINGS_LOOK], priority[SIBLINGS_LOOK], leader = t->id;
	char language[64];
	bool may;
	int n;

	with->n = 0;
	if (schedule_language(db, t->contact, language, f) < 0 ||
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
	return leader == t->id ? 0 : schedule_row_of(db, leader, t, f);
}

/* Claims for t, who may be called now, and for whoever follows. */
static int
claim_for(struct db *db, const struct plan *plan, struct schedule_row *t, int64_t now,
    struct claim *c, struct fault *f)
{
	struct siblings with = {.n = 0};
	struct facts facts;
	int64_t asked = t->id;

	if (plan->merge_siblings && gather(db, plan, t, c->phone, now, &with, f) < 0)
		return -1;
	if (t->id != asked) {
		if (schedule_facts(db, t->id, c->phone, &facts, f) < 0)
			return -1;
		c->attempt = facts.settled + facts.attempts + 1;
	}
	c->target = t->id;
	c->contact = t->contact;
	c->expires_at = now + plan->claim_ms;
	if (new_call_id(db, now, &c->call, f) < 0 || schedule_take_out(db, t->id, f) < 0)
		return -1;
	for (int i = 0; i < with.n; i++)
		if (schedule_take_out(db, with.target[i], f) < 0)
			return -1;
	if (insert_claim(db, c, t->campaign, f) < 0)
		return -1;
	return siblings_claim(db, &c->call, &with, f);
}

/* Asks policy about one candidate: 1 claimed, 0 put where it belongs, 2 nobody may be claimed now, and why says why. */
static int
claim_one(struct db *db, const struct plan *plan, int64_t target, int64_t now, struct claim *c,
    struct fault *why, struct fault *f)
{
	struct facts facts;
	struct decision d;
	struct schedule_row t;
	int64_t expires;

	bool taken = false;

	memset(c, 0, sizeof *c);
	/* Who was taken along by a claim of this batch waits no longer. */
	if (plan->merge_siblings && schedule_is_taken(db, target, &taken, f) < 0)
		return -1;
	if (taken)
		return 0;
	if (schedule_row_of(db, target, &t, f) < 0 ||
	    schedule_number(db, t.contact, &c->phone, f) < 0 ||
	    schedule_facts(db, target, c->phone, &facts, f) < 0 ||
	    schedule_take_out(db, target, f) < 0)
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
		if (schedule_put_decided(db, &t, &facts, &d, now, f) < 0)
			return -1;
		if (d.verdict < HELD || d.personal)
			return 0;
		fault(why, REFUSED, "%s", policy_reason(&d)->text);
		return 2;
	}
	c->attempt = facts.settled + facts.attempts + 1;
	return claim_for(db, plan, &t, now, c, f) < 0 ? -1 : 1;
}

/* What a batch came to. */
struct batch {
	bool more;        /* asking again can give more */
	bool full;        /* no slot is free any more */
	struct fault why; /* a code: the store or the campaign lets nobody be claimed */
	int64_t next_due;
};

/*
 * One transaction: at most want claims, and no more than there are free slots in it: another run may
 * claim at the same time.
 */
static int
claim_batch(struct db *db, const struct campaign *c, int64_t want, struct claim *out, size_t *n,
    struct batch *b, struct fault *f)
{
	int64_t now = clock_wall(), until = clock_real_us() + 40000, slots;
	const struct plan *plan;
	struct schedule_order o = {0};
	struct candidate *cand = NULL;
	size_t found = 0, before = *n;
	int rc = -1;

	*b = (struct batch){.next_due = INT64_MAX};
	if (db_begin(db, f) < 0)
		return -1;
	if (!(plan = campaigns_plan(db, c->id, f)) ||
	    claims_release_expired(db, c->id, now, f) < 0 ||
	    schedule_slots(db, c, &slots, f) < 0)
		goto out;
	want = want < slots ? want : slots;
	want = want < CLAIM_BATCH ? want : CLAIM_BATCH;
	if (schedule_order_open(db, c, now, &o, f) < 0 ||
	    schedule_candidates(db, c->id, &o, now, (size_t)want, &cand, &found, f) < 0)
		goto out;
	for (size_t i = 0; i < found; i++) {
		int got = claim_one(db, plan, cand[i].target, now, &out[*n], &b->why, f);
		if (got < 0)
			goto out;
		*n += got == 1;
		b->more = got != 2; /* each candidate changed the schedule: look again */
		if (got == 2 || clock_real_us() > until)
			break;
	}
	b->full = (int64_t)(*n - before) == slots;
	b->next_due = o.next_due;
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
	struct batch b = {.more = true, .next_due = INT64_MAX};
	int64_t slots;

	*n = 0;
	*end = CLAIM_LIMIT;
	if (control_check(db, f) < 0)
		return -1;
	if (c->state == CAMPAIGN_DRAFT || c->state == CAMPAIGN_PAUSED)
		return fault(f, REFUSED, "campaign %s is %s (outreach-campaign %s %s)", c->name,
		    campaign_state_name(c->state),
		    c->state == CAMPAIGN_DRAFT ? "activate" : "resume", c->name);
	if (c->state != CAMPAIGN_ACTIVE)
		return fault(f, REFUSED, "campaign %s is %s for good", c->name,
		    campaign_state_name(c->state));
	if (zones_follow(db, f) < 0 || schedule_rebuild(db, c->id, f) < 0)
		return -1;
	/* Looked at first, so that who asks a full campaign again and again takes no turn. */
	if (schedule_slots(db, c, &slots, f) < 0)
		return -1;
	b.full = slots == 0;
	while ((int64_t)*n < limit && b.more && !b.full)
		if (claim_batch(db, c, limit - (int64_t)*n, claims, n, &b, f) < 0)
			return -1;
	if (b.why.code != OK && *n == 0)
		return fault(f, b.why.code, "%s: %s", c->name, b.why.text);
	if ((int64_t)*n < limit)
		*end = b.full ? CLAIM_SLOTS : CLAIM_NOTHING_DUE;
	if (next_due)
		*next_due = b.next_due;
	return 0;
}
