/*
 * calls_intend: an intent is decided and committed in one transaction that
 * removes exactly its own claim.
 */
#include <stdio.h>
#include <string.h>

#include "calls_parts.h"
#include "clock.h"
#include "contact.h"
#include "journal.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"
#include "target_context.h"

static int
count_open(struct db *db, const char *exchange, int64_t campaign, int64_t *n, struct fault *f)
{
	sqlite3_stmt *s;

	if (campaign) {
		s = db_sql(db,
		    "SELECT count(*) FROM call WHERE campaign = :campaign AND line_open = 1",
		    f);
		bind_i(db, s, ":campaign", campaign);
	} else {
		s = db_sql(db,
		    "SELECT count(*) FROM call WHERE line_open = 1 AND campaign IS NOT NULL"
		    " AND exchange = :exchange",
		    f);
		bind_t(db, s, ":exchange", exchange);
	}
	return db_one(db, s, 0, n, f);
}

static int
has_slot(struct db *db, const struct intent *in, const struct order *o, const struct plan *plan,
    bool *has, struct fault *f)
{
	int64_t n;

	*has = false;
	if (count_open(db, NULL, o->campaign, &n, f) < 0)
		return -1;
	if (n >= plan->concurrent)
		return 0;
	if (in->exchange_limit > 0) {
		if (count_open(db, in->exchange, 0, &n, f) < 0)
			return -1;
		if (n >= in->exchange_limit)
			return 0;
	}
	*has = true;
	return 0;
}

static int
commit_intent(struct db *db, const struct intent *in, const struct order *o,
    const struct plan *plan, int64_t now, struct fault *f)
{
	struct intent_fact fact = {.id = in->id,
	    .at = now,
	    .campaign = o->campaign,
	    .target = o->target,
	    .contact = o->contact,
	    .phone = phone_key(o->phone),
	    .exchange = in->exchange,
	    .owner = in->owner,
	    .attempt = o->attempt,
	    .fenced = plan->fenced,
	    .simulated = in->simulated,
	    .posted = in->posted,
	    .with = o->with};
	struct call_event ev = {.rank = RANK_INTENT,
	    .at = now,
	    .source = FROM_DOOR,
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1};
	struct entry e = {.at = now,
	    .kind = "call.intent",
	    .call = &in->id,
	    .campaign = o->campaign,
	    .contact = o->contact,
	    .source = "door"};
	struct buf text = {0}, body = {0};
	char key[17];
	int rc = -1;

	if (target_context_seq(db, o->target, &fact.context, f) < 0)
		return -1;
	ev.key = call_event_key("intent", &ev, NULL, 0);
	buf_member_i(&text, "target", o->target);
	buf_member(&text, "exchange", in->exchange);
	buf_member(&text, "owner", in->owner);
	buf_member_i(&text, "attempt", o->attempt);
	buf_member_i(&text, "fenced", plan->fenced);
	if (fact.context)
		buf_member_i(&text, "context", fact.context);
	buf_member_i(&text, "simulated", in->simulated);
	if (in->posted)
		buf_member_i(&text, "posted", 1);
	buf_member(&text, "key", hash_hex(ev.key, key));
	if (o->with.n) {
		buf_key(&text, "siblings");
		siblings_write(&text, &o->with);
	}
	buf_addc(&text, '}');
	buf_member(&body, "phone", o->phone);
	buf_addc(&body, '}');
	e.fact = text.p;
	e.body = body.p;
	/* The event first: the joined row must be there before the line is counted. */
	if (project_intent(db, &fact, f) == 0 && project_call_event(db, &in->id, &ev, f) >= 0 &&
	    calls_flush(db, f) == 0 && journal_add(db, &e, f) == 0)
		rc = 0;
	buf_release(&text);
	buf_release(&body);
	return rc;
}

static void
say_why(struct intent *in)
{
	const struct decision *d = &in->decision;

	*in->why = '\0';
	for (int i = 0; i < d->reasons; i++) {
		size_t n = strlen(in->why);
		snprintf(
		    in->why + n, sizeof in->why - n, "%s%s", i ? "; " : "", d->reason[i].text);
	}
}

/* The call itself is not in its own way. */
static void
without_own(struct facts *facts, const struct order *o)
{
	facts->line_open = facts->trial_over = false;
	if (facts->attempts && facts->attempt[facts->attempts - 1].disposition == DISP_NONE)
		facts->attempts--;
	if (facts->last_dial == o->call.at[RANK_INTENT])
		facts->last_dial = 0;
}

/* Decides for each whom the call is about, until somebody may not be called: that is the decision. */
static int
decide_all(struct db *db, const struct order *o, const struct plan *plan, int64_t now,
    struct decision *d, struct fault *f)
{
	struct facts facts;

	for (int i = -1; i < o->with.n; i++) {
		if (schedule_facts(db, i < 0 ? o->target : o->with.target[i],
			phone_key(o->phone), &facts, f) < 0)
			return -1;
		if (o->open)
			without_own(&facts, o);
		policy_decide(&facts, plan, now, d);
		if (d->verdict != CALL_NOW)
			break;
	}
	return 0;
}

int
calls_may(struct db *db, const struct order *o, struct decision *d, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, o->campaign, f);

	return plan ? decide_all(db, o, plan, clock_wall(), d, f) : -1;
}

static int
intend_one(struct db *db, struct intent *in, int64_t now, struct fault *f)
{
	struct order o = {.id = in->id};
	const struct plan *plan;
	bool slot, was;
	int n = calls_of_claim(db, &in->id, &o, f);

	if (n < 0)
		return -1;
	in->result = INTENT_GONE;
	snprintf(in->why, sizeof in->why,
	    "no claim holds under this id (called already, withdrawn, or claimed again)");
	if (n == 0)
		return 0;
	if (!(plan = campaigns_plan(db, o.campaign, f)) ||
	    has_slot(db, in, &o, plan, &slot, f) < 0)
		return -1;
	in->result = INTENT_NO_SLOT;
	if (!slot)
		return 0;
	if (decide_all(db, &o, plan, now, &in->decision, f) < 0)
		return -1;
	say_why(in);
	if (claim_delete(db, &in->id, &was, f) < 0 ||
	    (o.with.n && siblings_unclaim(db, &in->id, f) < 0))
		return -1;
	if (!was) {
		in->result = INTENT_GONE;
		return 0;
	}
	if (in->decision.verdict != CALL_NOW) {
		in->result = INTENT_REFUSED;
		return schedule_settle(db, o.target, now, f) < 0
		    ? -1
		    : siblings_settle(db, &o.with, now, f);
	}
	in->result = INTENT_OK;
	in->fenced = plan->fenced;
	return commit_intent(db, in, &o, plan, now, f);
}

int
calls_intend(struct db *db, struct intent *in, size_t n, struct fault *f)
{
	int64_t now = clock_wall();

	if (db_begin(db, f) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (intend_one(db, &in[i], now, f) < 0) {
			db_rollback(db);
			return -1;
		}
	return db_commit(db, f);
}

int
calls_decide(struct db *db, const struct uuid *id, struct decision *d, struct fault *f)
{
	struct order o;
	int n = calls_order(db, id, &o, f);

	if (n <= 0)
		return n < 0 ? -1 : fault(f, DATAERR, "there is no such call");
	if (o.call.rank == RANK_ENDED)
		return fault(f, REFUSED, "its end was told already");
	return calls_may(db, &o, d, f);
}
