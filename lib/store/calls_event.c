/*
 * calls_event: an event is joined into its call, once, and whom the call was
 * about is settled; ids that others gave a call are mapped.
 */
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "dnc.h"
#include "forget.h"
#include "journal.h"
#include "optouts.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"

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
