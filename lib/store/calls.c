/*
 * calls: the intent and what happened since. An intent is decided and
 * committed in one transaction that removes exactly its own claim.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "contact.h"
#include "control.h"
#include "dnc.h"
#include "forget.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "optouts.h"
#include "people.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"
#include "zones.h"

/* ---- one call --------------------------------------------------------------- */

static int
fill_names(struct db *db, struct order *o, struct fault *f)
{
	struct campaign c;
	struct person p;
	int n;

	if (o->campaign && (n = campaigns_by_id(db, o->campaign, &c, f)) != 0) {
		if (n < 0)
			return -1;
		copy_text(o->campaign_name, sizeof o->campaign_name, c.name);
	}
	if (o->contact && (n = people_get(db, o->contact, &p, f)) != 0) {
		if (n < 0)
			return -1;
		copy_text(o->name, sizeof o->name, p.name ? p.name : "");
	}
	return 0;
}

static int
order_of_claim(struct db *db, const struct uuid *id, struct order *o, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.campaign, c.target, t.contact, c.phone, c.attempt FROM claim c"
	    " JOIN target t ON t.id = c.target WHERE c.call = :id",
	    f);
	int n;

	bind_b(db, s, ":id", id->b, 16);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	o->campaign = col_i(s, 0);
	o->target = col_i(s, 1);
	o->contact = col_i(s, 2);
	phone_text(col_i(s, 3), o->phone);
	o->attempt = (int)col_i(s, 4);
	sqlite3_reset(s);
	return siblings_of_claim(db, id, &o->with, f) < 0 || fill_names(db, o, f) < 0 ? -1 : 1;
}

static int
order_of_call(struct db *db, const struct uuid *id, struct order *o, struct fault *f)
{
	sqlite3_stmt *s;
	struct call *c;
	bool exists;
	int n;

	if (!(c = project_call(db, id, &exists, f)))
		return -1;
	o->call = *c;
	if (!db->writing)
		calls_drop(db); /* outside a transaction nothing may be kept */
	s = db_sql(db,
	    "SELECT campaign, target, contact, phone, attempt, exchange, owner, fenced, hangup_at FROM call"
	    " WHERE id = :id",
	    f);
	bind_b(db, s, ":id", id->b, 16);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	o->open = true;
	o->campaign = col_i(s, 0);
	o->target = col_i(s, 1);
	o->contact = col_i(s, 2);
	if (col_i(s, 3) > 0) /* no mark of a forgotten one */
		phone_text(col_i(s, 3), o->phone);
	o->attempt = (int)col_i(s, 4);
	copy_text(o->exchange, sizeof o->exchange, col_t(s, 5) ? col_t(s, 5) : "");
	copy_text(o->owner, sizeof o->owner, col_t(s, 6) ? col_t(s, 6) : "");
	o->fenced = col_i(s, 7) != 0;
	o->hangup_at = col_i(s, 8);
	sqlite3_reset(s);
	return siblings_of_call(db, id, &o->with, f) < 0 || fill_names(db, o, f) < 0 ? -1 : 1;
}

int
calls_order(struct db *db, const struct uuid *id, struct order *o, struct fault *f)
{
	const struct uuid copy = *id; /* it may stand in o */
	int n;

	memset(o, 0, sizeof *o);
	o->id = copy;
	if ((n = order_of_claim(db, &copy, o, f)) != 0)
		return n;
	return order_of_call(db, &copy, o, f);
}

/* ---- the intent ------------------------------------------------------------- */

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

	if (told_seq(db, o->target, &fact.context, f) < 0)
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
	int n = order_of_claim(db, &in->id, &o, f);

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
	return calls_may(db, &o, d, f);
}

/* ---- events ----------------------------------------------------------------- */

static void
event_fact(struct buf *b, const struct call_fact *c)
{
	const struct call_event *e = &c->event;
	char key[17];

	buf_need(b, 250); /* of most facts, at once */
	buf_member(b, "key", hash_hex(e->key, key));
	if (e->rank != RANK_NONE)
		buf_member(b, "rank", rank_name(e->rank));
	if (e->rank == RANK_ENDED) {
		buf_member(b, "disposition", disposition_name(e->disposition));
		if (e->cause >= 0)
			buf_member_i(b, "cause", e->cause);
		if (e->tech_cause)
			buf_member_i(b, "tech_cause", e->tech_cause);
		if (e->talk_ms >= 0)
			buf_member_i(b, "talk_ms", e->talk_ms);
		if (e->ring_ms >= 0)
			buf_member_i(b, "ring_ms", e->ring_ms);
		buf_member(b, "dial_status", c->dial_status);
	}
	if (e->line_closed)
		buf_member_i(b, "line_closed", 1);
	buf_member(b, "heard", heard_name(c->heard));
	buf_member(b, "outcome", c->outcome);
	buf_member(b, "reason", c->reason);
	buf_addc(b, '}');
}

static int
journal_event(
    struct db *db, const struct call_fact *c, const struct call_parents *of, struct fault *f)
{
	struct buf text = {0};
	char kind[64];
	struct entry e = {.at = c->event.at,
	    .kind = kind,
	    .call = &c->id,
	    .campaign = of->campaign,
	    .contact = of->contact,
	    .source = source_name(c->event.source),
	    .body = c->body};
	int rc;

	snprintf(kind, sizeof kind, "call.%s", c->kind);
	event_fact(&text, c);
	e.fact = text.p;
	rc = journal_add(db, &e, f);
	if (rc == 0 && c->heard)
		rc = project_heard(db, &c->id, &c->event, c->heard, e.seq, f);
	if (rc == 0 && c->outcome)
		rc = project_summary(db, &c->id, &c->event, c->outcome, e.seq, f);
	buf_release(&text);
	return rc;
}

/* Policy says what becomes of everybody whom a call was about. */
static int
settle_call(
    struct db *db, const struct uuid *id, const struct call_parents *of, struct fault *f)
{
	struct siblings with;
	int64_t now = clock_wall();

	if (!of->target)
		return 0;
	if (schedule_settle(db, of->target, now, f) < 0 ||
	    siblings_of_call(db, id, &with, f) < 0)
		return -1;
	return siblings_settle(db, &with, now, f);
}

/* An ending closed the number for everybody, and a better one says otherwise: they are decided anew. */
static int
reopen_number(struct db *db, const struct uuid *id, struct fault *f)
{
	sqlite3_stmt *s;
	int64_t phone;

	if (calls_flush(db, f) < 0)
		return -1;
	s = db_sql(db, "SELECT phone FROM call WHERE id = :id", f);
	bind_b(db, s, ":id", id->b, 16);
	if (db_one(db, s, 0, &phone, f) < 0)
		return -1;
	return phone > 0 ? targets_of_number_settle(db, phone, f) : 0;
}

int
calls_event(struct db *db, const struct call_fact *c, struct fault *f)
{
	struct call_parents of;
	struct call *call;
	bool exists, closed;
	int n;

	if (!(call = project_call(db, &c->id, &exists, f)))
		return -1;
	closed = disposition_closes_number(call->disposition);
	n = project_call_event(db, &c->id, &c->event, f);
	if (n <= 0)
		return n;
	closed = closed && !disposition_closes_number(call->disposition);
	if (project_parents(db, &c->id, &of, f) < 0 || journal_event(db, c, &of, f) < 0)
		return -1;
	if (c->event.disposition == DISP_UNWANTED &&
	    dnc_unwanted(db, &c->id, c->event.at, f) < 0)
		return -1;
	if ((c->event.rank >= RANK_UNKNOWN || c->event.line_closed) &&
	    settle_call(db, &c->id, &of, f) < 0)
		return -1;
	return closed && reopen_number(db, &c->id, f) < 0 ? -1 : 1;
}

/* ---- foreign ids ------------------------------------------------------------- */

void
calls_orphan(const char *uuid, struct uuid *id)
{
	uint64_t h, l;

	if (uuid_parse(uuid, strlen(uuid), id) == 0)
		return;
	/* No UUID: a name of its own, always the same (RFC 9562 version 8). */
	h = hash64(uuid, strlen(uuid), 1);
	l = hash64(uuid, strlen(uuid), 2);
	for (int i = 0; i < 8; i++) {
		id->b[i] = (unsigned char)(h >> (56 - 8 * i));
		id->b[8 + i] = (unsigned char)(l >> (56 - 8 * i));
	}
	id->b[6] = (unsigned char)(0x80 | (id->b[6] & 15));
	id->b[8] = (unsigned char)(0x80 | (id->b[8] & 63));
}

int
calls_resolve(struct db *db, const char *uuid, struct uuid *id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT call FROM alias WHERE uuid = :uuid", f);
	int n;

	bind_t(db, s, ":uuid", uuid);
	if ((n = db_one_id(db, s, id, f)) == 0)
		calls_orphan(uuid, id);
	return n < 0 ? -1 : 0;
}

/* What an orphan knew may be the end of the call, a wish, or about somebody who was forgotten since. */
static int
adopt(struct db *db, const struct uuid *call, const struct uuid *orphan,
    const struct call_parents *of, struct fault *f)
{
	struct call *c;
	bool exists, gone;

	if (!(c = project_call(db, call, &exists, f)))
		return -1;
	if (c->disposition == DISP_UNWANTED && dnc_unwanted(db, call, c->at[RANK_ENDED], f) < 0)
		return -1;
	if (forget_is_gone(db, of->contact, &gone, f) < 0 ||
	    (gone && forget_orphan(db, orphan, f) < 0) || settle_call(db, call, of, f) < 0)
		return -1;
	return optouts_hear_call(db, call, f);
}

int
calls_alias(struct db *db, const char *uuid, const struct uuid *call, struct fault *f)
{
	struct buf fact = {0};
	struct uuid before, own;
	struct call_parents of;
	struct entry e = {
	    .at = clock_wall(), .kind = "call.alias", .call = call, .source = "webhook"};
	int rc = -1;

	if (calls_resolve(db, uuid, &before, f) < 0)
		return -1;
	if (!memcmp(before.b, call->b, 16))
		return 0; /* its own id, or mapped already */
	calls_orphan(uuid, &own);
	if (memcmp(before.b, own.b, 16))
		return 0; /* mapped to another call: once is for good */
	if (project_parents(db, &own, &of, f) < 0)
		return -1;
	if (of.campaign)
		return 0; /* the id of another call of ours: whoever says so is wrong */
	buf_member(&fact, "uuid", uuid);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (journal_add(db, &e, f) == 0 && project_alias(db, uuid, &before, call, f) == 0 &&
	    project_parents(db, call, &of, f) == 0 && adopt(db, call, &before, &of, f) == 0)
		rc = 1;
	buf_release(&fact);
	return rc;
}

/* ---- what is open ------------------------------------------------------------ */

int
calls_next_open(
    struct db *db, const char *exchange, struct uuid *after, struct order *o, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT min(id) FROM call INDEXED BY call_open" /* and not all calls, by id */
	    " WHERE line_open = 1 AND campaign IS NOT NULL AND id > :after"
	    " AND (:exchange IS NULL OR exchange = :exchange)",
	    f);
	struct uuid id;
	int n;

	bind_b(db, s, ":after", after->b, 16);
	bind_t(db, s, ":exchange", exchange);
	if ((n = db_one_id(db, s, &id, f)) <= 0)
		return n;
	*after = id;
	memset(o, 0, sizeof *o);
	o->id = id;
	return order_of_call(db, &id, o, f);
}

int
calls_open_count(struct db *db, int64_t campaign, int64_t *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT count(*) FROM call WHERE line_open = 1 AND campaign IS NOT NULL"
	    " AND (:campaign = 0 OR campaign = :campaign)",
	    f);

	bind_i(db, s, ":campaign", campaign);
	return db_one(db, s, 0, n, f);
}

int
calls_resolve_unknown(struct db *db, const struct uuid *id, enum disposition d,
    const char *because, struct fault *f)
{
	struct order o;
	struct buf body = {0};
	int64_t now = clock_wall();
	struct call_fact c = {.id = *id,
	    .kind = "ended",
	    .event = {.rank = RANK_ENDED,
		.at = now,
		.source = FROM_FILE,
		.disposition = d,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1}};
	int n = calls_order(db, id, &o, f);

	c.event.key = call_event_key("ended", &c.event, because, strlen(because));
	if (n < 0)
		return -1;
	if (n == 0 || !o.open || o.call.rank != RANK_UNKNOWN)
		return fault(f, DATAERR, "this call is not unknown%s%s",
		    n && o.open ? ", it is " : "", n && o.open ? rank_name(o.call.rank) : "");
	if (db_begin(db, f) < 0)
		return -1;
	/* A person's words, perhaps about the person: for what can be erased. */
	buf_member(&body, "reason", because);
	buf_addc(&body, '}');
	c.body = body.p;
	n = calls_event(db, &c, f);
	buf_release(&body);
	if (n < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}

int
calls_ask_hangup(struct db *db, int64_t campaign, int64_t *n, struct fault *f)
{
	struct uuid after = {{0}};
	struct order o;
	int got;

	*n = 0;
	if (db_begin(db, f) < 0)
		return -1;
	while ((got = calls_next_open(db, NULL, &after, &o, f)) > 0) {
		struct entry e = {.at = clock_wall(),
		    .kind = "call.hangup",
		    .call = &o.id,
		    .campaign = o.campaign,
		    .contact = o.contact,
		    .source = "tool"};
		if ((campaign && o.campaign != campaign) || o.hangup_at)
			continue;
		if (project_hangup(db, &o.id, e.at, f) < 0 || journal_add(db, &e, f) < 0) {
			got = -1;
			break;
		}
		(*n)++;
	}
	if (got < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}

int
calls_ask_hangup_one(struct db *db, const struct order *o, struct fault *f)
{
	struct entry e = {.at = clock_wall(),
	    .kind = "call.hangup",
	    .call = &o->id,
	    .campaign = o->campaign,
	    .contact = o->contact,
	    .source = "tool"};

	return project_hangup(db, &o->id, e.at, f) < 0 ? -1 : journal_add(db, &e, f);
}

/* ---- records ---------------------------------------------------------------- */

static const char *const own_members[] = {"type", "v", "event", "call", "id", "at", "source",
    "campaign", "contact", "target", "name", "phone", "attempt", "key", "disposition", "cause",
    "cause_text", "tech_cause", "dial_status", "ring_ms", "talk_ms", "reason", "expires_at",
    "siblings"};

static bool
is_own(const char *key)
{
	for (size_t i = 0; i < COUNT(own_members); i++)
		if (!strcmp(key, own_members[i]))
			return true;
	return false;
}

static void
ended_members(struct buf *b, const struct call_fact *c)
{
	const struct call_event *e = &c->event;

	buf_member(b, "disposition", disposition_name(e->disposition));
	if (e->cause >= 0) {
		buf_member_i(b, "cause", e->cause);
		buf_member(b, "cause_text", cause_text(e->cause));
	}
	if (e->tech_cause)
		buf_member_i(b, "tech_cause", e->tech_cause);
	buf_member(b, "dial_status", c->dial_status);
	if (e->ring_ms >= 0)
		buf_member_i(b, "ring_ms", e->ring_ms);
	if (e->talk_ms >= 0)
		buf_member_i(b, "talk_ms", e->talk_ms);
}

/* By number: names and the rest are in the call record. */
static void
followers(struct buf *b, const struct siblings *with)
{
	if (with->n == 0)
		return;
	buf_key(b, "siblings");
	for (int i = 0; i < with->n; i++) {
		buf_adds(b, i ? ",{\"target\":" : "[{\"target\":");
		buf_addi(b, with->target[i]);
		buf_member_i(b, "contact", with->contact[i]);
		buf_addc(b, '}');
	}
	buf_addc(b, ']');
}

void
event_record(
    struct buf *b, const struct order *o, const struct call_fact *c, const json_t *extra)
{
	char id[37], at[32], key[17];
	const char *name;
	const json_t *v;

	buf_adds(b, "{\"type\":\"event\",\"v\":1");
	buf_member(b, "event", c->kind);
	buf_member(b, "call", uuid_text(&c->id, id));
	buf_member(b, "at", num_instant_text(c->event.at, at));
	buf_member(b, "source", source_name(c->event.source));
	buf_member(b, "key", hash_hex(c->event.key, key));
	if (o->campaign) {
		buf_member(b, "campaign", o->campaign_name);
		buf_member_i(b, "contact", o->contact);
		buf_member_i(b, "target", o->target);
		buf_member(b, "name", *o->name ? o->name : NULL);
		buf_member(b, "phone", *o->phone ? o->phone : NULL);
		buf_member_i(b, "attempt", o->attempt);
	}
	followers(b, &o->with);
	if (c->event.rank == RANK_ENDED)
		ended_members(b, c);
	buf_member(b, "reason", c->reason);
	json_object_foreach((json_t *)(uintptr_t)extra, name, v)
	{
		if (is_own(name))
			continue;
		buf_key(b, name);
		json_write(b, v);
	}
	buf_adds(b, "}\n");
}

/* The call record of a claim (schedule.h), with the context that was made for it earlier. */
int
claim_record(struct db *db, const struct campaign *c, const struct claim *cl, struct buf *b,
    struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, c->id, f);
	struct buf context = {0}, message = {0};
	char id[37], at[32], phone[20];
	struct plan_texts texts;
	struct siblings with;
	struct zones zones;
	struct person p;
	int n = plan ? people_get(db, cl->contact, &p, f) : -1, made;

	if (n <= 0)
		return n;
	if (zones_of(db, p.timezone, cl->phone, &zones, f) < 0)
		return -1;
	zones_assume(&zones, plan);
	(void)plan_texts(plan, p.language, &texts);
	buf_adds(b, "{\"type\":\"call\",\"v\":1");
	buf_member(b, "id", uuid_text(&cl->call, id));
	buf_member(b, "campaign", c->name);
	buf_member_i(b, "target", cl->target);
	buf_member_i(b, "contact", cl->contact);
	buf_member(b, "name", p.name);
	buf_member(b, "phone", phone_text(cl->phone, phone));
	buf_member(b, "timezone", p.timezone);
	zones_members(b, zones.names, zones.from);
	buf_member(b, "language", p.language);
	buf_member(b, "voice", texts.voice);
	if (p.attributes) {
		buf_key(b, "attributes");
		buf_adds(b, p.attributes);
	}
	/* A claim of a campaign that does not merge is about one: another file would have withdrawn it. */
	if (plan->merge_siblings &&
	    (siblings_of_claim(db, &cl->call, &with, f) < 0 ||
		siblings_member(db, &with, b, f) < 0))
		return -1;
	buf_member_i(b, "attempt", cl->attempt);
	buf_member(b, "expires_at", num_instant_text(cl->expires_at, at));
	if ((made = targets_context_get(db, cl->target, &cl->call, &context, &message, f)) >
	    0) {
		buf_member(b, "context", context.p);
		buf_member(b, "system_message", message.p);
	}
	buf_adds(b, "}\n");
	buf_release(&context);
	buf_release(&message);
	return made < 0 ? -1 : 1;
}
