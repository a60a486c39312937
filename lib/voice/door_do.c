/*
 * door_do: what dial_step wants done, done. Intents of one turn share one
 * transaction, so do facts; a record leaves behind the commit of its fact.
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "door_parts.h"
#include "json.h"
#include "mem.h"
#include "people.h"
#include "placing.h"
#include "schedule.h"
#include "targets.h"

enum { STORE_TRIES = 60 }; /* half a second apart */

static bool
is_simulated(const struct door *d, int link)
{
	return d->link[link].voice != NULL && d->link[link].voice->simulated;
}

/* ---- intents ---------------------------------------------------------------------- */

static void
want_intent(struct door *d, const struct dial_effect *e)
{
	const struct exchange *x = &d->link[e->link].exchange;

	if (d->nintents == d->intents_cap) {
		d->intents_cap = d->intents_cap * 2 + 16;
		d->intent = xrealloc(d->intent, d->intents_cap, sizeof(*d->intent));
		d->intent_call =
		    xrealloc(d->intent_call, d->intents_cap, sizeof(*d->intent_call));
	}
	d->intent_call[d->nintents] = e->tag;
	d->intent[d->nintents++] = (struct intent){.id = e->id,
	    .owner = d->owner.name,
	    .exchange = x->name,
	    .simulated = is_simulated(d, e->link),
	    .posted = x->http,
	    .exchange_limit = x->limit};
}

/* The intent as a record, for who wants every step. */
static void
tell_intent(struct door *d, struct door_call *call)
{
	struct call_fact fact = {.id = call->order.id,
	    .kind = "intent",
	    .event = {.rank = RANK_INTENT,
		.source = FROM_DOOR,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1}};
	struct order o;
	struct fault ignored;

	if (!d->opt.all_events || calls_order(d->opt.db, &call->order.id, &o, &ignored) <= 0)
		return;
	fact.event.at = o.call.at[RANK_INTENT];
	fact.event.key = call_event_key("intent", &fact.event, NULL, 0);
	buf_reset(&d->text);
	event_record(&d->text, &call->order, &fact, NULL);
	door_put(d, d->text.p, d->text.len);
}

static void
answer(struct door *d, const struct intent *in, struct door_call *call)
{
	static const enum dial_answer answers[] = {[INTENT_OK] = ANSWER_YES,
	    [INTENT_NO_SLOT] = ANSWER_FULL,
	    [INTENT_REFUSED] = ANSWER_NO,
	    [INTENT_GONE] = ANSWER_NO};
	struct dial_input input = {.kind = DIAL_INTENT,
	    .id = in->id,
	    .answer = answers[in->result],
	    .fenced = in->fenced,
	    .words = in->why};

	if (in->result == INTENT_OK)
		tell_intent(d, call);
	door_feed(d, &input);
}

/* One group a turn: what the answers ask for waits, or nobody would listen meanwhile. */
void
door_intend(struct door *d)
{
	size_t n = d->nintents;
	struct intent *intent = d->intent;
	struct door_call **call = d->intent_call;
	struct fault f;
	int rc;

	if (n == 0)
		return;
	rc = calls_intend(d->opt.db, intent, n, &f);
	d->intended_at = clock_mono();
	d->intent = NULL;
	d->intent_call = NULL;
	d->nintents = d->intents_cap = 0;
	for (size_t i = 0; i < n; i++) {
		struct dial_input later = {
		    .kind = DIAL_INTENT, .id = intent[i].id, .answer = ANSWER_LATER};

		if (rc == 0)
			answer(d, &intent[i], call[i]);
		else
			door_feed(d, &later);
	}
	free(intent);
	free(call);
	if (rc < 0 && f.code != TEMPFAIL)
		door_halt(d, &f);
	else if (rc < 0)
		door_word(d, DOOR_WARN, "%s", f.text);
}

static void
decide(struct door *d, const struct dial_effect *e)
{
	struct decision why = {0};
	struct fault f;
	struct dial_input in = {.kind = DIAL_DECIDED, .id = e->id, .answer = ANSWER_NO};

	if (calls_decide(d->opt.db, &e->id, &why, &f) < 0)
		in.words = f.text;
	else if (why.verdict == CALL_NOW)
		in.answer = ANSWER_YES;
	else
		in.words = policy_reason(&why)->text;
	door_feed(d, &in);
}

/* ---- the exchange ------------------------------------------------------------------ */

static void
add_variable(struct voice_call *v, const char *text)
{
	if (v->variables < VOICE_VARIABLES)
		v->variable[v->variables++] = text;
}

/* A person whose data cannot be sent is held, or would be tried for ever. */
static void
hold(struct door *d, const struct order *o, const char *why)
{
	struct fault f;

	if (db_begin(d->opt.db, &f) < 0)
		return;
	if (targets_hold(d->opt.db, o->target, why, &f) < 0 || db_commit(d->opt.db, &f) < 0)
		db_rollback(d->opt.db);
}

/* What the dialplan may choose a voice by; nothing where the campaign names none. */
static int
add_texts(struct door *d, const struct order *o, const struct plan *plan, struct voice_call *v,
    char text[2][200], struct fault *f)
{
	struct plan_texts texts;
	struct person p;
	int n = 0;

	if (plan->languages == 0 && plan->voice == NULL)
		return 0;
	if (people_get(d->opt.db, o->contact, &p, f) < 0)
		return -1;
	(void)plan_texts(plan, p.language, &texts);
	if (texts.language != NULL)
		snprintf(text[n++], 200, "OUTREACH_LANGUAGE=%s", texts.language);
	if (texts.voice != NULL)
		snprintf(text[n++], 200, "OUTREACH_VOICE=%s", texts.voice);
	for (int i = 0; i < n; i++)
		add_variable(v, text[i]);
	return 0;
}

/*
 * The file may have changed since the intent, which says to whoever asks after this call that a fence
 * saw it: it may be sent again then. Past the fence it is not sent.
 */
static int
still_fenced(const struct dial_effect *e, const struct plan *plan, struct fault *f)
{
	if (!e->fenced || plan->fenced)
		return 0;
	return fault(f, UNAVAILABLE,
	    "campaign %s has another dial_string now, without the fence that this call was promised",
	    plan->name);
}

/* What it is told was read from the store, which may have taken long. Real time, however fast our clock runs. */
static int
still_fresh(const struct dial_effect *e, struct fault *f)
{
	if ((clock_mono() - e->decided) / clock_scale() <= DIAL_FRESH_MS)
		return 0;
	return fault(f, TEMPFAIL, "the decision is too old");
}

/* The same for an exchange that is told by HTTP: all that it learns is in the body. */
static int
send_post(struct door *d, const struct dial_effect *e, const struct plan *plan,
    const struct order *o, struct voice_call *v, struct fault *f)
{
	struct door_link *link = &d->link[e->link];
	struct buf body = {0}, room = {0};
	int rc = -1;

	if (door_post_body(d, &link->exchange, plan, o, &body, f) == 0 &&
	    (plan->delivery == DELIVERY_API ||
		door_context_ready(d, plan, o, v, &room, f) == 0) &&
	    still_fresh(e, f) == 0) {
		v->body = body.p;
		rc = link->voice->ops->originate(link->voice, v, f);
	}
	buf_release(&body);
	buf_release(&room);
	return rc;
}

static int
send_originate(
    struct door *d, const struct dial_effect *e, const struct order *o, struct fault *f)
{
	const struct plan *plan = campaigns_plan(d->opt.db, o->campaign, f);
	struct voice *voice = d->link[e->link].voice;
	struct voice_call v = {.id = e->id, .try = e->try, .decided = e->decided};
	const struct exchange *x = &d->link[e->link].exchange;
	char id[37], channel[PLAN_DIAL_MAX + 1], text[5][200], more[2][200];
	struct buf room = {0};
	int rc = -1;

	if (plan != NULL && x->http)
		return send_post(d, e, plan, o, &v, f);
	if (plan == NULL || still_fenced(e, plan, f) < 0 ||
	    plan_dial_string(
		plan, o->phone, uuid_text(&e->id, id), channel, sizeof(channel), f) < 0)
		return -1;
	v.channel = channel;
	v.context = plan->dialplan_context;
	v.exten = plan->dialplan_exten;
	v.caller_id = plan->caller_id;
	v.account = o->campaign_name;
	v.ring_ms = plan->ring_ms;
	snprintf(text[0], sizeof(text[0]), "CALL_ID=%s", id);
	snprintf(text[1], sizeof(text[1]), "AVR_UUID=%s", id);
	snprintf(text[2], sizeof(text[2]), "CAMPAIGN=%s", o->campaign_name);
	snprintf(text[3], sizeof(text[3]), "OUTREACH_MAX_S=%d", plan->max_ms / 1000);
	/* The exchange itself ends a call that nobody follows any more (func_timeout.c). */
	snprintf(text[4], sizeof(text[4]), "TIMEOUT(absolute)=%d",
	    (plan->ring_ms + plan->max_ms + DIAL_GRACE_MS) / 1000);
	for (size_t i = 0; i < COUNT(text); i++)
		add_variable(&v, text[i]);
	if (add_texts(d, o, plan, &v, more, f) == 0 &&
	    door_context_ready(d, plan, o, &v, &room, f) == 0 && still_fresh(e, f) == 0)
		rc = voice->ops->originate(voice, &v, f);
	buf_release(&room);
	return rc;
}

static void
originate(struct door *d, const struct dial_effect *e)
{
	struct door_call *call = e->tag;
	struct fault f;
	struct dial_input in = {.kind = DIAL_UNSENT, .id = e->id, .words = f.text};

	if (send_originate(d, e, &call->order, &f) == 0) {
		door_word(d, DOOR_SAY, "calling %s", call->order.phone);
		return;
	}
	in.answer = f.code == TEMPFAIL ? ANSWER_LATER : ANSWER_NO;
	if (in.answer == ANSWER_NO &&
	    f.code != UNAVAILABLE) /* the person's data, not a service */
		hold(d, &call->order, f.text);
	door_feed(d, &in);
}

/* ---- facts ------------------------------------------------------------------------- */

void
door_keep_fact(struct door *d, const struct door_fact *fact)
{
	if (d->nfacts == d->facts_cap) {
		d->facts_cap = d->facts_cap * 2 + 16;
		d->fact = xrealloc(d->fact, d->facts_cap, sizeof(*d->fact));
	}
	d->fact[d->nfacts++] = *fact;
}

static void
keep_fact(struct door *d, const struct dial_effect *e)
{
	struct door_fact fact = {.fact = e->fact, .id = e->id, .call = e->tag, .over = e->over};

	copy_text(fact.words, sizeof(fact.words), e->words);
	door_keep_fact(d, &fact);
}

static struct call_fact
as_call_fact(const struct door_fact *f)
{
	return (struct call_fact){.id = f->id,
	    .event = f->fact.event,
	    .kind = f->fact.kind,
	    .reason = f->words[0] != '\0' ? f->words : NULL,
	    .dial_status = f->fact.dial_status[0] != '\0' ? f->fact.dial_status : NULL};
}

static void
tell(struct door *d, const struct door_fact *fact)
{
	struct call_fact c = as_call_fact(fact);
	const struct door_call *call = fact->call;
	struct fault ignored;
	json_t *extra = NULL;

	if (!fact->over && !d->opt.all_events)
		return;
	if (call->line != NULL && fact->over)
		extra = json_read("record", call->line, call->len, &ignored);
	buf_reset(&d->text);
	event_record(&d->text, &call->order, &c, extra);
	door_put(d, d->text.p, d->text.len);
	json_decref(extra);
}

/* We do not know how it ended, and a webhook told: then that is told here. */
static bool
told_by_others(struct door *d, const struct door_fact *fact)
{
	struct order *o = &fact->call->order, now;
	struct fault ignored;

	if (!fact->over || fact->fact.event.rank != RANK_UNKNOWN || fact->told ||
	    calls_order(d->opt.db, &fact->id, &now, &ignored) <= 0 ||
	    now.call.rank != RANK_ENDED || now.call.disposition == DISP_UNKNOWN)
		return false;
	o->call = now.call;
	door_tell_again(d, fact->call);
	return true;
}

/* A fact is committed: who waits for it may know. */
static void
committed(struct door *d, const struct door_fact *fact)
{
	if (fact->alias != NULL) {
		door_follow_call(d, &fact->id);
		return;
	}
	if (told_by_others(d, fact))
		return;
	tell(d, fact);
	door_context_heard(d, fact);
	if (!fact->over)
		return;
	d->result->over++;
	d->result->unknown += fact->fact.event.rank == RANK_UNKNOWN;
	if (fact->fact.event.rank == RANK_UNKNOWN)
		door_word(d, DOOR_WARN, "%s (%s): how the call ended is unknown: %s",
		    fact->call->order.phone, fact->call->order.campaign_name, fact->words);
	else
		door_word(d, DOOR_SAY, "%s %s", fact->call->order.phone,
		    disposition_name(fact->fact.event.disposition));
	door_call_free(fact->call);
}

/* What an exchange said in its own words may name the person: that is for the body, which can be erased. */
static int
journal_fact(struct door *d, const struct door_fact *fact, struct fault *f)
{
	struct call_fact c = as_call_fact(fact);
	size_t own = placing_own(fact->words);
	struct buf body = {0};
	char reason[sizeof(fact->words)];
	int rc;

	if (fact->words[own] != '\0') {
		snprintf(reason, sizeof(reason), "%.*s", (int)own, fact->words);
		buf_member(&body, "reason", fact->words);
		buf_addc(&body, '}');
		c.reason = reason;
		c.body = body.p;
	}
	rc = calls_event(d->opt.db, &c, f);
	buf_release(&body);
	return rc;
}

static int
commit_facts(struct door *d, struct fault *f)
{
	bool begun = false;

	for (size_t i = 0; i < d->nfacts; i++) {
		if (d->fact[i].told)
			continue;
		if (!begun && db_begin(d->opt.db, f) < 0)
			return -1;
		begun = true;
		if (d->fact[i].alias != NULL) {
			if (calls_alias(d->opt.db, d->fact[i].alias, &d->fact[i].id, f) < 0) {
				db_rollback(d->opt.db);
				return -1;
			}
			continue;
		}
		if (journal_fact(d, &d->fact[i], f) < 0) {
			db_rollback(d->opt.db);
			return -1;
		}
	}
	return begun ? db_commit(d->opt.db, f) : 0;
}

/* Nothing heard is dropped while the store fails: it is tried again, and no new call is made. */
static int
store_failed(struct door *d, const struct fault *f)
{
	struct dial_input full = {.kind = DIAL_FULL};

	if (!d->store_bad)
		door_word(d, DOOR_WARN, "%s (what happened is kept and tried again)", f->text);
	d->store_bad = true;
	door_feed(d, &full);
	if (++d->store_tries < STORE_TRIES && (f->code == TEMPFAIL || f->code == IOERR))
		return -1;
	door_halt(d, f);
	d->finished = true; /* the calls are open in the store: the next dialer settles them */
	loop_stop(d->loop);
	return -1;
}

int
door_commit(struct door *d)
{
	struct door_fact *fact;
	size_t n = d->nfacts;
	struct fault f;

	if (d->nfacts == 0)
		return 0;
	if (commit_facts(d, &f) < 0)
		return store_failed(d, &f);
	d->committed_at = clock_mono();
	fact = d->fact; /* what is told of one may bring the next */
	d->fact = NULL;
	d->nfacts = d->facts_cap = 0;
	for (size_t i = 0; i < n; i++) {
		committed(d, &fact[i]);
		free(fact[i].alias);
	}
	free(fact);
	if (d->store_bad && !d->out.full) {
		struct dial_input flows = {.kind = DIAL_FLOWS};

		door_feed(d, &flows);
	}
	d->store_bad = false;
	d->store_tries = 0;
	return 0;
}

/* ---- claims back --------------------------------------------------------------------- */

static void
give_back(struct door *d, struct door_call *call)
{
	if (d->nback == d->back_cap) {
		d->back_cap = d->back_cap * 2 + 16;
		d->back = xrealloc(d->back, d->back_cap, sizeof(struct door_call *));
	}
	d->back[d->nback++] = call;
	d->result->returned++;
}

void
door_give_back(struct door *d)
{
	struct claim *claim;
	struct fault f;

	if (d->nback == 0)
		return;
	claim = xcalloc(d->nback, sizeof(*claim));
	for (size_t i = 0; i < d->nback; i++) {
		claim[i].call = d->back[i]->order.id;
		claim[i].target = d->back[i]->order.target;
		claim[i].contact = d->back[i]->order.contact;
		claim[i].attempt = d->back[i]->order.attempt;
	}
	/* A claim that stays ends by itself. */
	if (schedule_unclaim(d->opt.db, claim, d->nback, &f) < 0)
		door_word(d, DOOR_WARN, "%s", f.text);
	for (size_t i = 0; i < d->nback; i++)
		door_call_free(d->back[i]);
	d->nback = 0;
	free(claim);
}

/* ---- effects --------------------------------------------------------------------------- */

static void
refuse(struct door *d, const struct dial_effect *e)
{
	struct door_call *call = e->tag;
	char id[37];

	d->result->refused++;
	door_word(d, DOOR_REFUSED, "call %s (%s, %s): %s", uuid_text(&e->id, id),
	    call->order.campaign_name, call->order.phone, e->words);
	door_call_free(call);
}

static void
leave(struct door *d, const struct dial_effect *e)
{
	struct door_call *call = e->tag;

	d->result->left++;
	door_word(d, DOOR_WARN, "%s (%s): %s; recorded as open", call->order.phone,
	    call->order.campaign_name, e->words);
	door_call_free(call);
}

static void
halt(struct door *d, const struct dial_effect *e)
{
	struct fault f;

	if (e->code == OK)
		return;
	(void)fault(&f, e->code, "no more calls: %s", e->words);
	if (d->fault.code == OK)
		d->fault = f;
}

void
door_do(struct door *d, const struct dial_effect *e)
{
	struct voice *v = d->link[e->link].voice;

	switch (e->what) {
	case DO_INTEND: want_intent(d, e); break;
	case DO_DECIDE: decide(d, e); break;
	case DO_ORIGINATE: originate(d, e); break;
	case DO_HANGUP: v->ops->hangup(v, &e->id, DIAL_CAUSE); break;
	case DO_ASK: v->ops->ask(v, &e->id); break;
	case DO_FENCE: v->ops->fence(v, &e->id); break;
	case DO_FACT: keep_fact(d, e); break;
	case DO_TELL: door_tell_again(d, e->tag); break;
	case DO_REFUSE: refuse(d, e); break;
	case DO_RETURN: give_back(d, e->tag); break;
	case DO_LEAVE: leave(d, e); break;
	case DO_HALT: halt(d, e); break;
	case DO_DONE: d->finished = true; break;
	}
}
