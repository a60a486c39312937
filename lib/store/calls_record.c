/*
 * calls_record: an event, a call and a claim as they are told (outreach-record(5)).
 */
#include <string.h>

#include "calls.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "people.h"
#include "phone.h"
#include "schedule.h"
#include "target_context.h"
#include "zones.h"

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

/* ---- a call as the store knows it --------------------------------------------------- */

void
call_members(struct buf *b, const struct order *o)
{
	static const struct {
		const char *name;
		enum call_rank rank;
	} at[] = {{"intent_at", RANK_INTENT}, {"placed_at", RANK_PLACED},
	    {"ringing_at", RANK_RINGING}, {"answered_at", RANK_ANSWERED},
	    {"unknown_at", RANK_UNKNOWN}, {"ended_at", RANK_ENDED}};
	char text[40];

	buf_member(b, "id", uuid_text(&o->id, text));
	buf_member(b, "state", rank_name(o->call.rank));
	buf_member(b, "campaign", *o->campaign_name ? o->campaign_name : NULL);
	if (o->target)
		buf_member_i(b, "target", o->target);
	if (o->contact)
		buf_member_i(b, "contact", o->contact);
	buf_member(b, "name", *o->name ? o->name : NULL);
	buf_member(b, "phone", *o->phone ? o->phone : NULL);
	buf_member_i(b, "attempt", o->attempt);
	buf_member(b, "exchange", *o->exchange ? o->exchange : NULL);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (o->call.at[at[i].rank])
			buf_member(
			    b, at[i].name, num_instant_text(o->call.at[at[i].rank], text));
	if (o->hangup_at)
		buf_member(b, "hangup_at", num_instant_text(o->hangup_at, text));
}

void
call_end_members(struct buf *b, const struct call *c)
{
	buf_printf(b, ",\"line_open\":%s", c->line_open ? "true" : "false");
	if (c->rank < RANK_UNKNOWN)
		return;
	buf_member(b, "disposition", disposition_name(c->disposition));
	if (c->cause >= 0) {
		buf_member_i(b, "cause", c->cause);
		buf_member(b, "cause_text", cause_text(c->cause));
	}
	if (c->tech_cause)
		buf_member_i(b, "tech_cause", c->tech_cause);
	if (c->ring_ms >= 0)
		buf_member_i(b, "ring_ms", c->ring_ms);
	if (c->talk_ms >= 0)
		buf_member_i(b, "talk_ms", c->talk_ms);
}

/* ---- claims ------------------------------------------------------------------------- */

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
	if ((made = target_context_get(db, cl->target, &cl->call, &context, &message, f)) > 0) {
		buf_member(b, "context", context.p);
		buf_member(b, "system_message", message.p);
	}
	buf_adds(b, "}\n");
	buf_release(&context);
	buf_release(&message);
	return made < 0 ? -1 : 1;
}
