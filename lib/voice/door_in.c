/*
 * door_in: records in, and open calls of dialers that died. The store says who
 * is to be called; from the record comes only the context, and what the people
 * downstream want to see again.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "door_parts.h"
#include "mem.h"
#include "people.h"
#include "target_context.h"
#include "targets.h"

enum { READ_RECORDS = 64, TRY_SPAN = 900000, ANSWER_SLACK_MS = 3000 };

/* What is to be done with a record, once the store is closed again. */
static struct door_taken *
taken(struct door *d, enum door_taken_kind kind)
{
	struct door_taken *t;

	if (d->ntaken == d->taken_cap) {
		d->taken_cap = d->taken_cap * 2 + 16;
		d->taken = xrealloc(d->taken, d->taken_cap, sizeof(*d->taken));
	}
	t = &d->taken[d->ntaken++];
	*t = (struct door_taken){.kind = kind};
	return t;
}

static void
refuse(struct door *d, const struct fault *why)
{
	taken(d, TAKEN_REFUSED)->why = xstrdup(why->text);
}

/* A line that is wrong in itself: the end of the input, or one line less. */
static void
bad(struct door *d, const struct fault *why)
{
	if (d->opt.keep_going && why->code == DATAERR)
		refuse(d, why);
	else
		door_halt(d, why);
}

/* ---- exchanges ------------------------------------------------------------------ */

/* By its own id the exchange will speak of the call: it is in the store before the call goes on. */
static void
keep_alias(struct door *d, const struct uuid *id, const char *alias)
{
	struct door_fact fact = {.id = *id, .alias = xstrdup(alias)};

	door_keep_fact(d, &fact);
}

static void
on_voice(void *arg, const struct voice_event *e)
{
	_Static_assert(
	    (int)VOICE_CANNOT - (int)VOICE_QUEUED == (int)SAID_CANNOT, "the same set");
	struct door_link *link = arg;
	struct door *d = link->door;
	struct dial_input in = {.id = e->id,
	    .link = (int)(link - d->link),
	    .started_at = e->started_at,
	    .words = e->text};
	struct dial_voice v = {.try = e->try,
	    .at = e->at,
	    .cause = e->cause,
	    .tech_cause = e->tech_cause,
	    .reason = e->reason,
	    .ringing = e->ringing,
	    .answered = e->answered,
	    .alone = e->alone,
	    .busy = e->busy,
	    .text = e->text};

	if (e->alias != NULL && *e->alias != '\0')
		keep_alias(d, &e->id, e->alias);
	if (e->kind == VOICE_UP) {
		in.kind = DIAL_UP;
		link->told[0] = '\0';
		if (clock_is_injected() && !link->voice->simulated) {
			in.kind = DIAL_DOWN;
			in.answer = ANSWER_NO;
			in.code = CONFIG;
			in.words = "OUTREACH_NOW is set: only the simulator is dialled";
		}
		door_word(d, DOOR_SAY, "exchange %s: %s", link->exchange.name,
		    in.kind == DIAL_UP ? "logged in" : in.words);
	} else if (e->kind == VOICE_DOWN) {
		in.kind = DIAL_DOWN;
		in.answer = e->reason == 1 ? ANSWER_NO : ANSWER_YES;
		in.code = UNAVAILABLE;
		/* Told once; what is final is told at the end. */
		if (e->reason != 1 && strncmp(link->told, e->text, sizeof(link->told) - 1) != 0)
			door_word(d, DOOR_WARN, "%s", e->text);
		copy_text(link->told, sizeof(link->told), e->text);
	} else {
		in.kind = DIAL_VOICE;
		in.voice = &v;
		v.said = (enum dial_said)(e->kind - VOICE_QUEUED);
	}
	door_feed(d, &in);
}

int
door_open_link(struct door *d, const char *name, struct fault *f)
{
	struct door_link *link;
	int n = 0;

	while (n < d->links && strcmp(d->link[n].exchange.name, name) != 0)
		n++;
	if (n < d->links)
		return n;
	if (n == DIAL_LINKS)
		return fault(f, CONFIG, "more than %d exchanges in one dialer", DIAL_LINKS);
	link = &d->link[n];
	link->door = d;
	if (settings_exchange(d->opt.settings, name, &link->exchange, f) < 0)
		return -1;
	if (clock_is_injected() && !link->exchange.simulated && !link->exchange.must_prove)
		return fault(f, CONFIG,
		    "exchange %s: OUTREACH_NOW is set: only the simulator is dialled", name);
	if (link->exchange.http &&
	    (door_post_check(&link->exchange, f) < 0 || door_follow(d, f) < 0))
		return -1;
	link->voice = d->opt.open != NULL
	    ? d->opt.open(d->opt.arg, &link->exchange, d->loop, on_voice, link, f)
	    : voice_open(&link->exchange, d->loop, on_voice, link, f);
	if (link->voice == NULL)
		return -1;
	d->links++;
	if (door_adopt_open(d, link->exchange.name, f) < 0)
		return -1;
	return n;
}

/* ---- open calls of the dead ----------------------------------------------------------- */

/* Their owner's lock makes them ours, and keeps other dialers away: 1, 0 it lives (as we do), -1. */
static int
take_owner(struct door *d, const char *name, struct fault *f)
{
	struct owner lock;
	int n;

	if (strcmp(name, d->owner.name) == 0)
		return 0;
	for (size_t i = 0; i < d->ndead; i++)
		if (strcmp(d->dead[i].name, name) == 0)
			return 1;
	if ((n = owner_only(d->opt.db, name, &lock, f)) <= 0)
		return n;
	d->dead = xrealloc(d->dead, d->ndead + 1, sizeof(*d->dead));
	d->dead[d->ndead++] = lock;
	return 1;
}

static int
spec_of(
    struct door *d, const struct order *o, int link, struct dial_spec *spec, struct fault *f)
{
	const struct plan *plan = campaigns_plan(d->opt.db, o->campaign, f);
	const struct exchange *x = &d->link[link].exchange;

	if (plan == NULL)
		return -1;
	*spec = (struct dial_spec){.campaign = o->campaign,
	    .link = link,
	    .rate_milli = plan->rate_milli,
	    .concurrent = plan->concurrent,
	    .ring_ms = plan->ring_ms,
	    .max_ms = plan->max_ms,
	    .short_ms = plan->short_ms,
	    .fenced = !x->http && (o->open ? o->fenced : plan->fenced),
	    .posted = x->http,
	    .resend_ms = x->idempotent ? x->idempotent_ms : 0,
	    .answer_ms = x->http ? (int)((x->timeout_ms + ANSWER_SLACK_MS) * clock_scale()) : 0,
	    .gated = plan->delivery == DELIVERY_DYNAMIC};
	return 0;
}

/* Follows an open call of a dead owner; call is taken over. */
static int
adopt(struct door *d, struct door_call *call, struct fault *f)
{
	struct dial_spec spec;
	/* Tries of the dead are not known; theirs and ours must differ. */
	struct dial_input in = {.kind = DIAL_ADOPT,
	    .id = call->order.id,
	    .tag = call,
	    .spec = &spec,
	    .call = &call->order.call,
	    .try = 2 + (int)(clock_wall() / 1000 % TRY_SPAN)};
	int link = door_open_link(d, call->order.exchange, f);
	bool hang_up = call->order.hangup_at != 0;

	if (link < 0 || spec_of(d, &call->order, link, &spec, f) < 0 ||
	    door_context_need(d, campaigns_plan(d->opt.db, call->order.campaign, f), f) < 0)
		return -1;
	if (dial_tag(d->dial, &call->order.id) !=
	    NULL) { /* a new link adopts all of its calls */
		door_call_free(call);
		return 0;
	}
	door_feed(d, &in);
	if (hang_up) { /* the call may be gone already */
		in.kind = DIAL_HANGUP;
		door_feed(d, &in);
	}
	if (spec.posted)
		door_follow_call(d, &in.id);
	return 0;
}

/* A call that cannot be asked about, as its exchange is not in the settings any more, keeps no other waiting. */
int
door_adopt_open(struct door *d, const char *exchange, struct fault *f)
{
	struct uuid after = {{0}};
	struct fault first = {.code = OK};
	struct order o;
	int n;

	while ((n = calls_next_open(d->opt.db, exchange, &after, &o, f)) > 0) {
		struct door_call *call;
		int ours = take_owner(d, o.owner, f);

		if (ours < 0)
			return -1;
		if (ours == 0 || dial_tag(d->dial, &o.id) != NULL) /* found before */
			continue;
		call = xcalloc(1, sizeof(*call));
		call->order = o;
		if (adopt(d, call, f) == 0)
			continue;
		door_call_free(call);
		if (exchange != NULL || f->code != CONFIG)
			return -1;
		if (first.code == OK)
			first = *f;
	}
	if (n == 0 && first.code != OK) {
		*f = first;
		n = -1;
	}
	return n;
}

static bool
is_ours(const struct door *d, const char *exchange)
{
	for (int i = 0; i < d->links; i++)
		if (strcmp(d->link[i].exchange.name, exchange) == 0)
			return true;
	return false;
}

/* Who is about to end takes nothing over: another dialer or outreach-reconcile does. */
static int
adopt_asked(struct door *d, const struct uuid *id, struct fault *f)
{
	struct door_call *call;
	struct order o;
	int n;

	if (d->finished || d->result->signo != 0)
		return 0;
	if ((n = calls_order(d->opt.db, id, &o, f)) <= 0 || !o.open || !o.call.line_open ||
	    !is_ours(d, o.exchange) || (n = take_owner(d, o.owner, f)) <= 0)
		return n;
	call = xcalloc(1, sizeof(*call));
	call->order = o;
	if ((n = adopt(d, call, f)) < 0)
		door_call_free(call);
	return n;
}

void
door_hang_up(struct door *d, const struct uuid *id)
{
	struct dial_input in = {.kind = DIAL_HANGUP, .id = *id};
	struct fault f;

	if (dial_tag(d->dial, id) != NULL)
		door_feed(d, &in);
	else if (adopt_asked(d, id, &f) < 0)
		door_word(d, DOOR_SAY, "%s", f.text);
}

/* ---- records -------------------------------------------------------------------------- */

/* A field that the record has and that is not the store's: it was edited. */
static int
same_text(
    const struct rec *rec, const char *key, const char *want, struct buf *text, struct fault *f)
{
	int n = rec_text(rec, key, text, f);

	if (n <= 0)
		return n;
	if (strcmp(text->p == NULL ? "" : text->p, want) != 0)
		return fault(f, DATAERR,
		    "%s:%llu: %s is not what was claimed (the store says %s)", rec->file,
		    (unsigned long long)rec->line, key, want);
	return 0;
}

static int
same_int(const struct rec *rec, const char *key, int64_t want, struct fault *f)
{
	int64_t n;
	int got = rec_int(rec, key, &n, f);

	if (got > 0 && n != want)
		return fault(f, DATAERR,
		    "%s:%llu: %s is not what was claimed (the store says %lld)", rec->file,
		    (unsigned long long)rec->line, key, (long long)want);
	return got < 0 ? -1 : 0;
}

static int
check_record(struct door *d, const struct rec *rec, const struct order *o, struct fault *f)
{
	if (same_text(rec, "phone", o->phone, &d->text, f) < 0 ||
	    same_text(rec, "campaign", o->campaign_name, &d->text, f) < 0 ||
	    same_int(rec, "contact", o->contact, f) < 0 ||
	    same_int(rec, "target", o->target, f) < 0)
		return -1;
	return same_int(rec, "attempt", o->attempt, f);
}

/* Writing needs the turnstile; most batches only read, in a transaction all the same: one lock for all. */
static int
check_context(struct door *d, const struct rec *rec, const struct order *o, struct fault *f)
{
	struct fault why;
	int n = rec_text(rec, "context", &d->text, &why);

	if (n > 0 && d->text.len > 0)
		return 1;
	if (n >= 0)
		(void)rec_fault(rec, &why, "no context, no call (outreach-context makes one)");
	if (targets_hold(d->opt.db, o->target, "no context", f) < 0)
		return -1;
	refuse(d, &why);
	return 0;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->p, b->p, a->len) == 0);
}

/* A context that somebody else made is stored: the AI is told what was said here. */
static int
keep_context(struct door *d, const struct rec *rec, const struct order *o, struct fault *f)
{
	struct buf context = {0}, message = {0}, given = {0};
	int n = target_context_get(d->opt.db, o->target, &o->id, &context, &message, f),
	    rc = -1;

	if (n < 0 || rec_text(rec, "system_message", &given, f) < 0)
		goto out;
	rc = 0;
	if (n > 0 && same_bytes(&d->text, &context) &&
	    (given.len == 0 || same_bytes(&given, &message)))
		goto out;
	rc = target_context_put(d->opt.db, o->target, &o->id, d->text.p,
	    given.len > 0 ? given.p : d->text.p, "pipe", f);
out:
	buf_release(&context);
	buf_release(&message);
	buf_release(&given);
	return rc;
}

static struct door_call *
keep(const struct order *o, const struct rec *rec)
{
	struct door_call *call = xcalloc(1, sizeof(*call));

	call->order = *o;
	call->line = xstrndup(rec->p, rec->len);
	call->len = rec->len;
	return call;
}

/* It was called already: the same record leaves again. */
void
door_tell_again(struct door *d, struct door_call *call)
{
	const struct call *k = &call->order.call;
	struct door_fact fact = {
	    .id = call->order.id, .call = call, .over = true, .told = true};

	fact.fact.kind = rank_name(k->rank);
	fact.fact.event = (struct call_event){.rank = k->rank,
	    .at = k->at[k->rank],
	    .source = k->rank == RANK_ENDED ? k->end_source : FROM_DOOR,
	    .key = k->end_key,
	    .disposition = k->disposition,
	    .cause = k->cause,
	    .tech_cause = k->tech_cause,
	    .talk_ms = k->talk_ms,
	    .ring_ms = k->ring_ms,
	    .line_closed = true};
	door_keep_fact(d, &fact);
}

/* Its intent is committed: by us, by a dialer that lives, or by a dead one whose place we take. */
static int
follow(struct door *d, struct door_call *call, struct fault *f)
{
	struct door_call *mine;
	int ours = 0;

	/* Opening it adopts what is open there, this one too if its dialer is dead. */
	if (door_open_link(d, call->order.exchange, f) < 0)
		return -1;
	mine = dial_tag(d->dial, &call->order.id);
	if (mine != NULL && mine->line == NULL) {
		/* It was found open in the store; its event carries this record's fields. */
		mine->line = call->line;
		mine->len = call->len;
		call->line = NULL;
		door_call_free(call);
		return 0;
	}
	if (mine == NULL && (ours = take_owner(d, call->order.owner, f)) > 0)
		return adopt(d, call, f);
	if (ours < 0)
		return -1;
	d->result->refused++;
	door_word(d, DOOR_REFUSED, "%s: %s", call->order.phone,
	    mine != NULL || strcmp(call->order.owner, d->owner.name) == 0
		? "the same call came before on this input"
		: "another dialer follows this call");
	door_call_free(call);
	return 0;
}

static int
offer(struct door *d, struct door_call *call, struct fault *f)
{
	const struct order *o = &call->order;
	const struct plan *plan = campaigns_plan(d->opt.db, o->campaign, f);
	struct dial_spec spec;
	struct dial_input in = {.kind = DIAL_OFFER, .id = o->id, .spec = &spec, .tag = call};
	int link;

	if (plan == NULL)
		return -1;
	link = door_open_link(d, d->opt.exchange != NULL ? d->opt.exchange : plan->exchange, f);
	if (link < 0 || spec_of(d, o, link, &spec, f) < 0 || door_context_need(d, plan, f) < 0)
		return -1;
	if (plan->dial_string == NULL && !d->link[link].exchange.http)
		return fault(f, CONFIG,
		    "campaign %s has no dial_string, which exchange %s needs (outreach-campaign apply)",
		    plan->name, d->link[link].exchange.name);
	door_feed(d, &in);
	return 0;
}

/* One call record, inside a transaction: 0, or -1 with a fault that ends the input. */
static int
take_call(struct door *d, const struct rec *rec, struct fault *f)
{
	struct fault why;
	struct order o;
	struct uuid id;
	int n = rec_text(rec, "id", &d->text, &why);

	d->result->own++;
	if (n <= 0 || uuid_parse(d->text.p, d->text.len, &id) < 0) {
		if (n >= 0)
			(void)rec_fault(rec, &why, "a call record without a call id");
		bad(d, &why);
		return 0;
	}
	if ((n = calls_order(d->opt.db, &id, &o, f)) < 0)
		return -1;
	if (n == 0 || o.campaign == 0) {
		(void)rec_fault(rec, &why,
		    "no claim holds under this id: never claimed, withdrawn, or claimed again by another run");
		refuse(d, &why);
		return 0;
	}
	if (check_record(d, rec, &o, &why) < 0) {
		refuse(d, &why);
		return 0;
	}
	if (!o.open && (n = check_context(d, rec, &o, f)) <= 0)
		return n;
	if (!o.open && keep_context(d, rec, &o, f) < 0)
		return -1;
	taken(d,
	    !o.open                ? TAKEN_OFFER
		: o.call.line_open ? TAKEN_OPEN
				   : TAKEN_OVER)
	    ->call = keep(&o, rec);
	return 0;
}

/* Every call record of the batch was looked at; now what they ask for. */
static void
do_taken(struct door *d)
{
	for (size_t i = 0; i < d->ntaken; i++) {
		struct door_taken *t = &d->taken[i];
		struct fault f;
		int rc = 0;

		if (t->kind == TAKEN_REFUSED) {
			d->result->refused++;
			door_word(d, DOOR_REFUSED, "%s", t->why);
			free(t->why);
		} else if (t->kind == TAKEN_OVER) {
			door_tell_again(d, t->call);
		} else if (t->kind == TAKEN_OPEN) {
			rc = follow(d, t->call, &f);
		} else {
			rc = offer(d, t->call, &f);
		}
		if (rc < 0) {
			door_call_free(t->call);
			door_halt(d, &f);
		}
	}
	d->ntaken = 0;
}

static void
pass(struct door *d, const struct rec *rec)
{
	door_put(d, rec->p, rec->len);
	door_put(d, "\n", 1);
}

static void
at_end(struct door *d)
{
	struct dial_input in = {.kind = DIAL_END};
	struct fault f;

	if (d->in_end)
		return;
	d->in_end = true;
	/* Nobody named an exchange: what died before us is still to be settled. */
	if (d->links == 0 && door_adopt_open(d, d->opt.exchange, &f) < 0)
		door_halt(d, &f);
	door_feed(d, &in);
}

/* One record: 0, or -1 with a fault of the store. */
static int
read_one(struct door *d, bool *begun, struct fault *f)
{
	struct fault why;
	struct rec rec;
	int n = ndjson_next(&d->in, &rec, &why);

	if (n < 0)
		bad(d, &why);
	if (n == 0 || (n < 0 && why.code != DATAERR))
		d->in_over = true;
	if (n <= 0)
		return 0;
	if (!slice_is(rec.type, "call")) {
		pass(d, &rec);
		return 0;
	}
	if (!*begun && db_begin(d->opt.db, f) < 0)
		return -1;
	*begun = true;
	return take_call(d, &rec, f);
}

static void
read_records(struct door *d)
{
	bool begun = false;
	struct fault f;
	int rc = 0;

	for (int i = 0; i < READ_RECORDS && rc == 0 && !d->in_over && dial_hungry(d->dial);
	     i++) {
		if (!ndjson_ready(&d->in) && !d->in.end)
			break;
		rc = read_one(d, &begun, &f);
	}
	if (rc < 0 && begun)
		db_rollback(d->opt.db);
	else if (begun)
		rc = db_commit(d->opt.db, &f);
	if (rc < 0)
		door_halt(d, &f); /* first, so that what was taken is given back */
	do_taken(d);
	if (d->in_over)
		at_end(d);
}

static void
readable(void *arg, short revents)
{
	struct door *d = arg;

	read_records(d);
	door_turn_soon(d);
}

void
door_watch_input(struct door *d)
{
	bool want = d->opt.input >= 0 && !d->in_end && dial_hungry(d->dial);

	/* Whole lines that lie in memory wake nobody. */
	if (want && (ndjson_buffered(&d->in) || d->in.end)) {
		read_records(d);
		door_turn_soon(d);
		want = !d->in_end && dial_hungry(d->dial);
	}
	if (want && !d->in_watched)
		loop_fd(d->loop, d->opt.input, POLLIN, readable, d);
	else if (!want && d->in_watched)
		loop_fd_remove(d->loop, d->opt.input);
	d->in_watched = want;
}

/* Without records to read: what is open is all there is. */
void
door_no_input(struct door *d)
{
	at_end(d);
}
