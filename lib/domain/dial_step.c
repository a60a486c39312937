/*
 * dial_step: the queue, the pace and the links of a dialer, and which inputs
 * reach which call. Tokens fill by the monotonic clock; a place is only hinted
 * at here, the store counts in the intent's transaction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dial_call.h"
#include "mem.h"

enum {
	TOKEN = 1000000, /* one call */
	BURST_MS = 50,   /* tokens are kept for so long, so that intents go in groups */
	FULL_MS = 250,   /* until a full campaign is asked again */
	STORE_MS = 500,  /* the same for a store that could not be asked */
	PAUSE_MS = 5000,
	PAUSE_MAX_MS = 60000, /* of a congested exchange */
	IN_A_ROW = 3 /* so many bad ends in a row are the exchange's, not the callee's */
};

struct dial *
dial_new(const struct dial_options *opt, const struct dial_now *now)
{
	struct dial *d = xcalloc(1, sizeof(*d));

	d->opt = *opt;
	d->now = *now;
	d->calls_due = INT64_MAX;
	d->closed = opt->settle_only;
	return d;
}

static void
free_list(struct dial_call *c)
{
	for (struct dial_call *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
}

void
dial_free(struct dial *d)
{
	if (d == NULL)
		return;
	free_list(d->live);
	for (struct dial_lane *l = d->lanes, *next; l != NULL; l = next) {
		next = l->next;
		free_list(l->first);
		free(l);
	}
	free(d);
}

void
dial_effects_release(struct dial_effects *e)
{
	free(e->v);
	*e = (struct dial_effects){0};
}

struct dial_effect *
dial_effect(struct dial *d, enum dial_do what, const struct dial_call *c)
{
	struct dial_effects *out = d->out;
	struct dial_effect *e;

	if (out->n == out->cap) {
		out->cap = out->cap == 0 ? 16 : out->cap * 2;
		out->v = xrealloc(out->v, out->cap, sizeof(*out->v));
	}
	e = &out->v[out->n++];
	memset(e, 0, sizeof(*e));
	e->what = what;
	if (c != NULL) {
		e->id = c->id;
		e->tag = c->tag;
		e->link = c->spec.link;
	}
	return e;
}

bool
dial_may_send(const struct dial *d)
{
	return !d->closed && !d->stopped;
}

/* ---- calls by id -------------------------------------------------------------- */

static struct dial_call **
bucket(struct dial *d, const struct uuid *id)
{
	uint64_t tail;

	memcpy(&tail, id->b + 8, sizeof(tail)); /* random in a UUIDv7 */
	return &d->bucket[(tail ^ tail >> 32) % DIAL_BUCKETS];
}

static struct dial_call *
find(struct dial *d, const struct uuid *id)
{
	struct dial_call *c = *bucket(d, id);

	while (c != NULL && memcmp(&c->id, id, sizeof(*id)) != 0)
		c = c->hash_next;
	return c;
}

static struct dial_call *
add(struct dial *d, const struct dial_input *in)
{
	struct dial_call *c = xcalloc(1, sizeof(*c)), **head = bucket(d, &in->id);
	struct dial_lane *lane = d->lanes;

	while (lane != NULL && lane->campaign != in->spec->campaign)
		lane = lane->next;
	if (lane == NULL) {
		lane = xcalloc(1, sizeof(*lane));
		*lane = (struct dial_lane){.campaign = in->spec->campaign,
		    .tokens = TOKEN,
		    .filled_at = d->now.mono,
		    .next = d->lanes};
		d->lanes = lane;
	}
	lane->rate_milli = in->spec->rate_milli;
	lane->concurrent = in->spec->concurrent;
	c->id = in->id;
	c->tag = in->tag;
	c->spec = *in->spec;
	c->lane = lane;
	c->due = INT64_MAX;
	c->ending = (struct ending){
	    .cause = -1, .reason = -1, .talk_ms = -1, .short_ms = in->spec->short_ms};
	c->hash_next = *head;
	*head = c;
	if (!d->link[c->spec.link].used) {
		d->link[c->spec.link].used = true;
		d->link[c->spec.link].down_since = d->now.mono;
	}
	return c;
}

static void
forget(struct dial *d, struct dial_call *c)
{
	struct dial_call **at = bucket(d, &c->id);

	while (*at != c)
		at = &(*at)->hash_next;
	*at = c->hash_next;
	free(c);
}

static void
go_live(struct dial *d, struct dial_call *c)
{
	c->prev = NULL;
	c->next = d->live;
	if (d->live != NULL)
		d->live->prev = c;
	d->live = c;
	d->nlive++;
	c->lane->live++;
}

static void
go_dead(struct dial *d, struct dial_call *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		d->live = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	d->nlive--;
	c->lane->live--;
	c->lane->full_until = 0; /* a place is free again */
}

void
dial_drop(struct dial *d, struct dial_call *c)
{
	go_dead(d, c);
	forget(d, c);
}

static void
enqueue(struct dial *d, struct dial_call *c, bool first)
{
	struct dial_lane *lane = c->lane;

	c->at = AT_QUEUE;
	c->prev = NULL;
	c->next = first ? lane->first : NULL;
	if (lane->last == NULL)
		lane->first = lane->last = c;
	else if (first)
		lane->first = c;
	else
		lane->last = lane->last->next = c;
	d->nqueue++;
}

static struct dial_call *
dequeue(struct dial *d, struct dial_lane *lane)
{
	struct dial_call *c = lane->first;

	lane->first = c->next;
	if (lane->first == NULL)
		lane->last = NULL;
	c->next = NULL;
	d->nqueue--;
	return c;
}

/* ---- no new calls --------------------------------------------------------------- */

static void
give_back(struct dial *d, struct dial_call *c)
{
	dial_effect(d, DO_RETURN, c);
	forget(d, c);
}

static void
return_queue(struct dial *d)
{
	for (struct dial_lane *l = d->lanes; l != NULL; l = l->next)
		while (l->first != NULL)
			give_back(d, dequeue(d, l));
}

/* No new calls from now on. */
__attribute__((format(printf, 3, 4))) static void
dial_halt(struct dial *d, enum code code, const char *fmt, ...)
{
	struct dial_effect *e;
	va_list ap;

	if (d->closed)
		return;
	d->closed = true;
	e = dial_effect(d, DO_HALT, NULL);
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->words, sizeof(e->words), fmt, ap);
	va_end(ap);
	return_queue(d);
}

/* Calls whose intent is committed and that were not sent end here: nobody rang. */
static void
settle_unsent(struct dial *d)
{
	for (struct dial_call *c = d->live, *next; c != NULL; c = next) {
		next = c->next;
		if (c->at == AT_READY)
			call_send(d, c);
	}
}

/* ---- what endings teach ----------------------------------------------------------- */

static void
congested(struct dial *d, struct dial_link *link)
{
	if (++link->congested < IN_A_ROW)
		return;
	link->congested = 0;
	link->pause = link->pause == 0 ? PAUSE_MS : link->pause * 2;
	if (link->pause > PAUSE_MAX_MS)
		link->pause = PAUSE_MAX_MS;
	link->paused_until = d->now.mono + link->pause;
}

static void
learn_not_placed(struct dial *d, const struct dial_call *c, const char *words)
{
	struct dial_link *link = &d->link[c->spec.link];

	if (!c->sent)
		return;
	if (c->busy)
		congested(d, link);
	else if (!c->ending.no_channel)
		dial_halt(d, strstr(words, "shutting down") != NULL ? TEMPFAIL : UNAVAILABLE,
		    "%s", words);
	else if (++link->not_placed >= IN_A_ROW)
		dial_halt(d, UNAVAILABLE,
		    "the exchange placed none of the last %d calls (dial string, endpoint)",
		    IN_A_ROW);
}

/*
 * One person may hang up at once, and no cause tells: the audio server that is down ends with 0, as
 * some normal ends do. It drops everybody who answers, a person among others does not.
 */
static void
learn_answered(struct dial *d, struct dial_link *link, enum disposition end)
{
	if (end != DISP_ANSWERED_DROPPED)
		link->dropped = 0;
	else if (++link->dropped >= IN_A_ROW)
		dial_halt(d, UNAVAILABLE,
		    "the last %d people who answered were dropped within a second (is the AI's audio server up?)",
		    IN_A_ROW);
}

/* One callee's carrier may think so of any caller; several in a row think it of this one. */
static void
learn_blocked(struct dial *d, struct dial_lane *lane, enum disposition end)
{
	if (end != DISP_BLOCKED)
		lane->blocked = 0;
	else if (++lane->blocked >= IN_A_ROW)
		dial_halt(d, UNAVAILABLE,
		    "the last %d calls of a campaign were blocked on their way (SIP 608): its caller ID seems to be marked as spam",
		    IN_A_ROW);
}

void
dial_learn_placed(struct dial *d, const struct dial_call *c)
{
	d->link[c->spec.link].not_placed = 0;
}

/* Each unclear one is somebody who is not called again until a person says so. */
void
dial_learn_reply(struct dial *d, const struct dial_call *c, bool clear)
{
	struct dial_link *link = &d->link[c->spec.link];

	link->unclear = clear ? 0 : link->unclear + 1;
	if (link->unclear >= IN_A_ROW)
		dial_halt(d, UNAVAILABLE,
		    "of the last %d calls the exchange did not say whether it placed them",
		    IN_A_ROW);
}

void
dial_learn(struct dial *d, const struct dial_call *c, enum disposition end, const char *words)
{
	struct dial_link *link = &d->link[c->spec.link];

	if (end == DISP_NOT_PLACED) {
		learn_not_placed(d, c, words);
		return;
	}
	if (end == DISP_CONGESTION) {
		congested(d, link);
		return;
	}
	link->congested = 0;
	if (end != DISP_UNKNOWN && end != DISP_CANCELLED) {
		link->pause = 0;
		learn_blocked(d, c->lane, end);
	}
	if (disposition_reached(end))
		learn_answered(d, link, end);
	if (disposition_stops_dialling(end))
		dial_halt(d, UNAVAILABLE, "a call ended as %s: cause %d, SIP %d",
		    disposition_name(end), c->ending.cause, c->ending.tech_cause);
}

/* ---- pace ------------------------------------------------------------------------- */

static void
fill(const struct dial *d, struct dial_lane *lane)
{
	int64_t most = (int64_t)lane->rate_milli * BURST_MS;

	if (most < TOKEN)
		most = TOKEN;
	if (lane->rate_milli <= 0 ||
	    d->now.mono - lane->filled_at > most / lane->rate_milli + 1)
		lane->tokens = most;
	else
		lane->tokens += (d->now.mono - lane->filled_at) * lane->rate_milli;
	if (lane->tokens > most)
		lane->tokens = most;
	lane->filled_at = d->now.mono;
}

/* When the first call of the lane may start, as far as waiting helps; INT64_MAX: another input must come. */
static int64_t
lane_ready(const struct dial *d, const struct dial_lane *lane)
{
	const struct dial_link *link;
	int64_t at = 0;

	if (lane->first == NULL || !dial_may_send(d) || d->full)
		return INT64_MAX;
	link = &d->link[lane->first->spec.link];
	if (lane->first->spec.gated && !d->gate_open)
		return INT64_MAX;
	if (!link->up || (lane->concurrent > 0 && lane->live >= (size_t)lane->concurrent) ||
	    (d->opt.max_calls > 0 && d->made + (int64_t)d->nintents >= d->opt.max_calls))
		return INT64_MAX;
	if (lane->rate_milli > 0 && lane->tokens < TOKEN)
		at = lane->filled_at +
		    (TOKEN - lane->tokens + lane->rate_milli - 1) / lane->rate_milli;
	if (at < lane->full_until)
		at = lane->full_until;
	if (at < link->paused_until)
		at = link->paused_until;
	return at < d->store_until ? d->store_until : at;
}

static void
pump(struct dial *d)
{
	for (struct dial_lane *lane = d->lanes; lane != NULL; lane = lane->next) {
		fill(d, lane);
		while (lane_ready(d, lane) <= d->now.mono) {
			struct dial_call *c = dequeue(d, lane);

			lane->tokens -= lane->rate_milli > 0 ? TOKEN : 0;
			c->at = AT_INTENT;
			c->decided = d->now.mono;
			d->nintents++;
			go_live(d, c);
			dial_effect(d, DO_INTEND, c);
		}
	}
}

/* ---- inputs ------------------------------------------------------------------------- */

static void
offer(struct dial *d, const struct dial_input *in)
{
	struct dial_call *c;

	if (find(d, &in->id) != NULL) {
		struct dial_effect *e = dial_effect(d, DO_REFUSE, NULL);

		e->id = in->id;
		e->tag = in->tag;
		copy_text(
		    e->words, sizeof(e->words), "the same call came before on this input");
		return;
	}
	c = add(d, in);
	if (dial_may_send(d))
		enqueue(d, c, false);
	else
		give_back(d, c);
}

static void
adopt(struct dial *d, const struct dial_input *in)
{
	const struct call *k = in->call;
	struct dial_call *c;

	if (find(d, &in->id) != NULL)
		return;
	c = add(d, in);
	c->adopted = c->sent = c->session_dead = true;
	c->try = in->try - 1;
	c->sent_at = d->now.mono;
	c->intent_wall = k->at[RANK_INTENT];
	c->channel = k->at[RANK_RINGING] != 0 || k->at[RANK_ANSWERED] != 0;
	if (c->spec.posted) {
		c->channel |= k->at[RANK_PLACED] != 0;
		if (c->intent_wall != 0 && c->intent_wall < d->now.wall)
			c->sent_at -= d->now.wall - c->intent_wall;
	}
	c->told = k->rank == RANK_ENDED && k->disposition != DISP_UNKNOWN;
	c->ending.ringing = k->at[RANK_RINGING] != 0;
	c->ending.answered = k->at[RANK_ANSWERED] != 0;
	c->answered_wall = k->at[RANK_ANSWERED];
	if (c->ending.answered)
		c->talk_from = d->now.mono -
		    (d->now.wall > c->answered_wall ? d->now.wall - c->answered_wall : 0);
	for (int r = RANK_INTENT; r <= RANK_ANSWERED; r++)
		c->noted[r] = k->at[r] != 0;
	go_live(d, c);
	call_ask(d, c);
}

static void
refuse(struct dial *d, struct dial_call *c, const char *words)
{
	struct dial_effect *e = dial_effect(d, DO_REFUSE, c);

	copy_text(e->words, sizeof(e->words), words == NULL ? "" : words);
	dial_drop(d, c);
}

/* Back to the head of its queue; the token was not used. */
static void
wait_again(struct dial *d, struct dial_call *c)
{
	go_dead(d, c);
	if (dial_may_send(d))
		enqueue(d, c, true);
	else
		give_back(d, c);
}

static void
intent(struct dial *d, const struct dial_input *in)
{
	struct dial_call *c = find(d, &in->id);

	if (c == NULL || c->at != AT_INTENT)
		return;
	d->nintents--;
	if (in->answer != ANSWER_YES && c->lane->rate_milli > 0)
		c->lane->tokens += TOKEN;
	switch (in->answer) {
	case ANSWER_YES:
		d->made++;
		c->intent_wall = d->now.wall;
		c->spec.fenced = in->fenced && !c->spec.posted;
		c->at = AT_READY;
		c->noted[RANK_INTENT] = true;
		call_send(d, c);
		break;
	case ANSWER_NO: refuse(d, c, in->words); break;
	case ANSWER_FULL: {
		struct dial_lane *lane = c->lane;

		wait_again(d, c);
		lane->full_until = d->now.mono + FULL_MS;
		break;
	}
	case ANSWER_LATER:
		d->store_until = d->now.mono + STORE_MS;
		wait_again(d, c);
		break;
	}
}

static void
on_call(struct dial *d, const struct dial_input *in)
{
	struct dial_call *c = find(d, &in->id);

	if (c == NULL)
		return;
	if (in->kind == DIAL_HANGUP && c->at == AT_QUEUE)
		return; /* not a call yet */
	if (in->kind == DIAL_VOICE)
		call_heard(d, c, in->voice);
	else if (in->kind == DIAL_KNOWN)
		call_known(d, c, in->call);
	else if (in->kind == DIAL_DECIDED)
		call_decided(d, c, in->answer == ANSWER_YES, in->words);
	else if (in->kind == DIAL_UNSENT)
		call_unsent(d, c, in->answer == ANSWER_LATER, in->words);
	else if (c->at != AT_INTENT)
		call_hangup(d, c);
}

static void
each_of_link(struct dial *d, int link, void (*f)(struct dial *, struct dial_call *))
{
	for (struct dial_call *c = d->live, *next; c != NULL; c = next) {
		next = c->next;
		if (link < 0 || c->spec.link == link)
			f(d, c);
	}
}

static void
link_up(struct dial *d, const struct dial_input *in)
{
	struct dial_link *link = &d->link[in->link];

	link->used = link->up = link->was_up = true;
	link->started_at = in->started_at;
	each_of_link(d, in->link, call_link_up);
}

/* Who makes no calls anyway wants to hear of it all the same: nobody was asked. */
static void
link_failed(struct dial *d, enum code code, const char *words)
{
	if (d->opt.settle_only)
		d->closed = false;
	dial_halt(d, code, "%s", words);
}

static void
link_down(struct dial *d, const struct dial_input *in)
{
	struct dial_link *link = &d->link[in->link];

	if (link->up || !link->used)
		link->down_since = d->now.mono;
	link->used = true;
	copy_text(link->why, sizeof(link->why), in->words == NULL ? "" : in->words);
	if (link->up) {
		link->up = false;
		each_of_link(d, in->link, call_link_down);
	}
	if (in->answer == ANSWER_NO) {
		link_failed(d, in->code == OK ? UNAVAILABLE : in->code, link->why);
		for (struct dial_call *c = d->live, *next; c != NULL; c = next) {
			next = c->next;
			if (c->spec.link == in->link && c->at != AT_INTENT)
				call_leave(d, c, link->why);
		}
	}
}

/* The instant at which patience with a link that is down ends. */
static int64_t
link_due(const struct dial *d, const struct dial_link *link)
{
	if (!link->used || link->up || (d->nlive == 0 && d->nqueue == 0))
		return INT64_MAX;
	return link->down_since +
	    (link->was_up && d->nlive > 0 ? DIAL_LINK_PATIENCE_MS : DIAL_LINK_FIRST_MS);
}

static void
links_due(struct dial *d)
{
	char words[sizeof(d->link[0].why) + 40];

	for (int i = 0; i < DIAL_LINKS; i++) {
		if (link_due(d, &d->link[i]) > d->now.mono)
			continue;
		snprintf(words, sizeof(words), "the exchange cannot be reached: %s",
		    d->link[i].why[0] == '\0' ? "no answer" : d->link[i].why);
		link_failed(d, TEMPFAIL, words);
		for (struct dial_call *c = d->live, *next; c != NULL; c = next) {
			next = c->next;
			if (c->spec.link == i && c->at != AT_INTENT)
				call_leave(d, c, "the exchange cannot be reached");
		}
	}
}

/* ---- the context service ---------------------------------------------------------- */

static void
gate(struct dial *d, const struct dial_input *in)
{
	d->gate_open = in->answer == ANSWER_YES;
	copy_text(d->gate_words, sizeof(d->gate_words), in->words == NULL ? "" : in->words);
}

static bool
waits_for_gate(const struct dial *d)
{
	for (const struct dial_lane *l = d->lanes; l != NULL && !d->gate_open; l = l->next)
		if (l->first != NULL && l->first->spec.gated)
			return true;
	return false;
}

/* Patience begins when the first call waits. */
static void
watch_gate(struct dial *d)
{
	if (!waits_for_gate(d))
		d->gate_since = 0;
	else if (d->gate_since == 0)
		d->gate_since = d->now.mono;
}

static int64_t
gate_due(const struct dial *d)
{
	return d->gate_since == 0 ? INT64_MAX : d->gate_since + DIAL_LINK_FIRST_MS;
}

static void
tick(struct dial *d)
{
	links_due(d);
	if (gate_due(d) <= d->now.mono)
		dial_halt(d, TEMPFAIL,
		    "the AI could not ask whom it talks to: %s (delivery: dynamic)",
		    d->gate_words);
	if (d->now.mono < d->calls_due)
		return;
	for (struct dial_call *c = d->live, *next; c != NULL; c = next) {
		next = c->next;
		if (c->due <= d->now.mono)
			call_due(d, c);
	}
	d->calls_due = INT64_MAX;
	for (struct dial_call *c = d->live; c != NULL; c = c->next)
		if (c->due < d->calls_due)
			d->calls_due = c->due;
}

static void
stop(struct dial *d, const char *words)
{
	d->stopped = true;
	copy_text(d->stop_words, sizeof(d->stop_words),
	    words == NULL ? "everything is stopped" : words);
	return_queue(d);
	settle_unsent(d);
}

static void
leave(struct dial *d)
{
	dial_halt(d, OK, "leaving");
	for (struct dial_call *c = d->live, *next; c != NULL; c = next) {
		next = c->next;
		if (c->at != AT_INTENT)
			call_leave(d, c, "it goes on without the dialer");
	}
}

static void
finish_if_done(struct dial *d)
{
	bool enough = d->opt.max_calls > 0 && d->made >= d->opt.max_calls;

	if (enough)
		return_queue(d);
	if (d->done || d->nlive > 0 || d->nqueue > 0)
		return;
	if (d->stopped)
		dial_halt(d, REFUSED, "%s", d->stop_words);
	if (!d->ended && !d->closed && !enough)
		return;
	if (d->opt.settle_only && !d->ended)
		return; /* more calls to adopt may come */
	d->done = true;
	dial_effect(d, DO_DONE, NULL);
}

static void
dispatch(struct dial *d, const struct dial_input *in)
{
	switch (in->kind) {
	case DIAL_OFFER: offer(d, in); break;
	case DIAL_ADOPT: adopt(d, in); break;
	case DIAL_INTENT: intent(d, in); break;
	case DIAL_DECIDED:
	case DIAL_UNSENT:
	case DIAL_VOICE:
	case DIAL_KNOWN:
	case DIAL_HANGUP: on_call(d, in); break;
	case DIAL_UP: link_up(d, in); break;
	case DIAL_DOWN: link_down(d, in); break;
	case DIAL_STOP: stop(d, in->words); break;
	case DIAL_LIFTED: d->stopped = false; break;
	case DIAL_DRAIN:
		dial_halt(d, in->code, "%s", in->words == NULL ? "" : in->words);
		settle_unsent(d);
		break;
	case DIAL_LEAVE: leave(d); break;
	case DIAL_GATE: gate(d, in); break;
	case DIAL_FULL: d->full = true; break;
	case DIAL_FLOWS: d->full = false; break;
	case DIAL_END: d->ended = true; break;
	case DIAL_TICK: tick(d); break;
	}
}

void
dial_step(struct dial *d, const struct dial_input *in, const struct dial_now *now,
    struct dial_effects *effects)
{
	d->now = *now;
	d->out = effects;
	dispatch(d, in);
	pump(d);
	watch_gate(d);
	finish_if_done(d);
	d->out = NULL;
}

int64_t
dial_next(const struct dial *d)
{
	int64_t next = d->calls_due < gate_due(d) ? d->calls_due : gate_due(d);

	for (const struct dial_lane *l = d->lanes; l != NULL; l = l->next)
		if (lane_ready(d, l) < next)
			next = lane_ready(d, l);
	for (int i = 0; i < DIAL_LINKS; i++)
		if (link_due(d, &d->link[i]) < next)
			next = link_due(d, &d->link[i]);
	return next;
}

bool
dial_hungry(const struct dial *d)
{
	return d->nqueue < DIAL_QUEUE && !d->full;
}

size_t
dial_live(const struct dial *d)
{
	return d->nlive;
}

void *
dial_tag(struct dial *d, const struct uuid *id)
{
	struct dial_call *c = find(d, id);

	return c == NULL ? NULL : c->tag;
}

bool
dial_posted(struct dial *d, const struct uuid *id)
{
	struct dial_call *c = find(d, id);

	return c != NULL && c->spec.posted;
}

size_t
dial_ids(const struct dial *d, struct uuid *ids, size_t room)
{
	size_t n = 0;

	for (const struct dial_call *c = d->live; c != NULL && n < room; c = c->next)
		ids[n++] = c->id;
	return n;
}
