/*
 * dial_call: the life of one call behind its intent: sent, heard of, asked
 * about, over. What the exchange says may come in any order and twice; a step
 * is taken only on what is known.
 */
#include <stdio.h>
#include <string.h>

#include "dial_call.h"
#include "mem.h"
#include "num.h"

enum {
	ANSWER_MS = 10000,  /* an exchange that answers at all has answered by then */
	QUESTIONS = 6,      /* so many without an answer: it gives none */
	CHANNEL_MS = 15000, /* the same for the channel of a queued originate */
	AGAIN_MS = 2000,    /* the fence's outcome is written right behind the hangup */
	UNSENT_MS = 250, /* until what could not be sent is tried again where the link stands */
	CLOCKS_MS = 60000 /* an exchange whose clock differs by more is not believed */
};

static void
call_wait(struct dial *d, struct dial_call *c, enum dial_at at, int64_t ms)
{
	c->at = at;
	c->due = ms == INT64_MAX ? INT64_MAX : d->now.mono + ms;
	if (c->due < d->calls_due)
		d->calls_due = c->due;
}

static int64_t
stamp(const struct dial *d, int64_t at)
{
	int64_t apart = at - d->now.wall;

	return at <= 0 || apart > CLOCKS_MS || apart < -CLOCKS_MS ? d->now.wall : at;
}

static struct dial_effect *
fact(struct dial *d, struct dial_call *c, const struct call_event *event)
{
	struct dial_effect *e = dial_effect(d, DO_FACT, c);

	e->fact.event = *event;
	e->fact.kind = rank_name(event->rank);
	e->fact.event.key = call_event_key(e->fact.kind, event, NULL, 0);
	copy_text(e->fact.dial_status, sizeof(e->fact.dial_status), c->ending.dial_status);
	e->fact.by_us = c->ending.cancelled || c->timed_out;
	return e;
}

/* Journals a step of the call once. */
static void
note(struct dial *d, struct dial_call *c, enum call_rank rank, enum call_source source,
    int64_t at)
{
	struct call_event e = {.rank = rank,
	    .at = stamp(d, at),
	    .source = source,
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1};

	if (c->noted[rank])
		return;
	c->noted[rank] = true;
	fact(d, c, &e);
}

/* The last fact of a call here; words say what is not in the codes. */
static void
over(struct dial *d, struct dial_call *c, const struct call_event *event, const char *words)
{
	struct dial_effect *e = fact(d, c, event);

	e->over = true;
	copy_text(e->words, sizeof(e->words), words == NULL ? "" : words);
	dial_learn(d, c, event->disposition, words == NULL ? "" : words);
	dial_drop(d, c);
}

/* Nobody rang, and nobody will: nothing was sent, or the exchange refused it. */
static void
not_placed(struct dial *d, struct dial_call *c, const char *words)
{
	struct call_event e = {.rank = RANK_ENDED,
	    .at = d->now.wall,
	    .source = FROM_DOOR,
	    .disposition = DISP_NOT_PLACED,
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1,
	    .line_closed = true};

	over(d, c, &e, words);
}

static void
unknown(struct dial *d, struct dial_call *c, bool line_closed, const char *words)
{
	struct call_event e = {.rank = RANK_UNKNOWN,
	    .at = d->now.wall,
	    .source = FROM_DOOR,
	    .disposition = DISP_UNKNOWN,
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1,
	    .line_closed = line_closed};

	over(d, c, &e, words);
}

static int
span(int64_t from, int64_t to)
{
	int64_t ms = to - from;

	return ms < 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

/*
 * -1 not known. The longer of what the stamps and our own clock say: a busy dialer hears late, and a
 * clock that stands still (OUTREACH_NOW) stamps alike; neither may look like a dropped call.
 */
static int
talk_ms(const struct dial_call *c)
{
	int by_stamps, by_clock;

	if (!c->hung || c->answered_wall == 0)
		return -1;
	by_stamps = c->answered_said != 0 && c->hung_said != 0
	    ? span(c->answered_said, c->hung_said)
	    : span(c->answered_wall, c->over_wall);
	by_clock = c->answered_mono != 0 ? span(c->answered_mono, c->hung_mono) : 0;
	return by_stamps > by_clock ? by_stamps : by_clock;
}

static int
ring_ms(const struct dial_call *c)
{
	int64_t to = c->answered_mono != 0 ? c->answered_mono : c->hung_mono;

	return c->ringing_mono == 0 || to == 0 ? -1 : span(c->ringing_mono, to);
}

/* Everything of the ending is known that will be. */
static void
finish(struct dial *d, struct dial_call *c, const char *words)
{
	struct ending *end = &c->ending;
	struct call_event e = {.rank = RANK_ENDED,
	    .at = c->over_wall != 0 ? c->over_wall : d->now.wall,
	    .source = FROM_DOOR,
	    .cause = end->cause,
	    .talk_ms = talk_ms(c),
	    .ring_ms = ring_ms(c),
	    .line_closed = true};

	if (c->told && !c->hung) { /* who heard the end knows more of it */
		unknown(d, c, true, "no channel of it lives; its end was told before");
		return;
	}
	if (end->cause <= 0 && c->trunk_cause > 0 && !end->answered)
		end->cause = c->trunk_cause;
	if (end->tech_cause == 0 && !end->answered)
		end->tech_cause = c->trunk_tech;
	if (c->timed_out && !end->answered)
		end->reason = 3;
	if (words == NULL && c->timed_out)
		words = end->answered ? "the maximum duration was reached"
				      : "the ring time was over";
	else if (words == NULL && c->want_hangup)
		words = "a hangup was asked for";
	end->talk_ms = e.talk_ms;
	e.disposition = disposition_of(end);
	e.cause = end->cause;
	e.tech_cause = end->tech_cause;
	if (e.disposition == DISP_UNKNOWN)
		unknown(d, c, true,
		    words != NULL ? words : "the exchange did not say how it ended");
	else
		over(d, c, &e, words);
}

static struct dial_effect *
say(struct dial *d, struct dial_call *c, enum dial_do what)
{
	struct dial_effect *e = dial_effect(d, what, c);

	e->try = c->try;
	return e;
}

/* ---- sending ---------------------------------------------------------------- */

/* A decision is as old as the question. */
static void
decide(struct dial *d, struct dial_call *c)
{
	c->decided = d->now.mono;
	call_wait(d, c, AT_DECIDE, INT64_MAX);
	say(d, c, DO_DECIDE);
}

static void
originate(struct dial *d, struct dial_call *c)
{
	struct dial_effect *e;

	c->try++;
	c->tries++;
	c->sent = true;
	c->session_dead = c->late_over = c->response = c->gone = false;
	c->sent_at = d->now.mono;
	c->switch_start = d->link[c->spec.link].started_at;
	call_wait(d, c, AT_SENT, c->spec.answer_ms > 0 ? c->spec.answer_ms : ANSWER_MS);
	e = say(d, c, DO_ORIGINATE);
	e->fenced = c->spec.fenced;
	e->decided = c->decided;
	note(d, c, RANK_PLACING, FROM_DOOR, d->now.wall);
}

/* Nothing was sent: it waits for the link, or for another moment, but not for ever. */
static void
wait_to_send(struct dial *d, struct dial_call *c, int64_t ms)
{
	int64_t left;

	if (c->unsent_until == 0)
		c->unsent_until = d->now.mono + DIAL_LINK_FIRST_MS;
	left = c->unsent_until - d->now.mono;
	call_wait(d, c, AT_READY, left < ms ? left : ms);
}

void
call_send(struct dial *d, struct dial_call *c)
{
	if (!dial_may_send(d)) {
		not_placed(d, c, "not sent: no new calls were made any more");
	} else if (!d->link[c->spec.link].up) {
		wait_to_send(d, c, DIAL_LINK_FIRST_MS);
	} else if (d->now.mono - c->decided > DIAL_FRESH_MS) {
		decide(d, c);
	} else {
		originate(d, c);
	}
}

/* How long the exchange may still take over what it is doing. */
static int64_t
patience(const struct dial *d, const struct dial_call *c)
{
	int64_t until;

	if (c->ending.answered)
		until = c->talk_from + c->spec.max_ms;
	else if (c->spec.posted && c->channel) /* how long it rings is not ours to say there */
		until = c->sent_at + c->spec.ring_ms + c->spec.max_ms + DIAL_GRACE_MS;
	else
		until = c->sent_at + c->spec.ring_ms + DIAL_GRACE_MS;
	return until > d->now.mono ? until - d->now.mono : 0;
}

static void
hang_up(struct dial *d, struct dial_call *c)
{
	if (!d->link[c->spec.link].up) {
		c->want_hangup = true;
		return;
	}
	c->hangup_sent = true;
	say(d, c, DO_HANGUP);
	call_wait(d, c, AT_LINE, DIAL_GRACE_MS);
}

/* By the intent, which nothing renews; where a clock went back it is not known, and then no. */
static bool
is_remembered(const struct dial *d, const struct dial_call *c)
{
	int64_t age = d->now.wall - c->intent_wall;

	return age >= 0 && age < c->spec.resend_ms;
}

static bool
may_resend(const struct dial *d, const struct dial_call *c)
{
	return (c->spec.posted ? is_remembered(d, c) : c->spec.fenced) && !c->channel &&
	    !c->no_resend && !c->want_hangup && dial_may_send(d) && d->link[c->spec.link].up &&
	    c->tries < DIAL_CALL_TRIES;
}

/*
 * A call of an exchange that cannot be asked: its webhooks are waited for as long as it may take. What
 * they do not tell by then nobody knows, and its line stays open.
 */
static void
posted_on(struct dial *d, struct dial_call *c)
{
	int64_t ms = patience(d, c);

	if (ms == 0 || c->timed_out)
		unknown(d, c, false,
		    c->channel ? "no webhook told how it ended"
			       : "whether it was placed cannot be had");
	else if (c->want_hangup && !c->hangup_sent)
		hang_up(d, c);
	else if (d->opt.settle_only)
		call_leave(d, c, "only its webhooks tell how it ends");
	else
		call_wait(d, c, AT_LINE, ms);
}

/*
 * The exchange knows no such channel, and the fence, if there is one, has no end of it. A restart
 * proves that only where we know what it was sent to: an intent of before may be sent behind it.
 */
static void
lost(struct dial *d, struct dial_call *c)
{
	int64_t started = d->link[c->spec.link].started_at;
	bool restarted = c->switch_start != 0 && started != 0 && started != c->switch_start;

	if (c->spec.posted)
		posted_on(d, c);
	else if (c->ending.answered)
		finish(d, c, "its end was not heard");
	else if (c->channel || c->duplicate)
		unknown(d, c, true, "its end was not heard; no channel of it lives");
	else if (restarted)
		unknown(d, c, true, "the exchange was restarted meanwhile");
	else if (c->late_over)
		unknown(d, c, c->session_dead, "whether it was placed cannot be had");
	else
		call_wait(d, c, AT_LATE, DIAL_LATE_MS);
}

void
call_decided(struct dial *d, struct dial_call *c, bool yes, const char *words)
{
	if (c->at != AT_DECIDE)
		return;
	if (yes) {
		if (c->sent && !may_resend(d, c))
			call_ask(d, c);
		else
			call_send(d, c);
	} else if (!c->sent) {
		not_placed(d, c, words);
	} else {
		c->no_resend = true;
		lost(d, c);
	}
}

void
call_unsent(struct dial *d, struct dial_call *c, bool later, const char *words)
{
	if (c->at != AT_SENT && !(c->spec.posted && c->at == AT_ASK))
		return;
	if (c->tries > 1 || c->adopted) {
		call_ask(d, c);
	} else if (later && !c->want_hangup) {
		c->try = c->tries = 0;
		c->sent = false;
		wait_to_send(d, c, UNSENT_MS);
	} else {
		c->sent = false;
		not_placed(d, c, later ? "not sent: a hangup was asked for" : words);
	}
}

/* ---- asking ----------------------------------------------------------------- */

void
call_ask(struct dial *d, struct dial_call *c)
{
	bool up = d->link[c->spec.link].up;

	call_wait(d, c, AT_ASK, up ? ANSWER_MS : INT64_MAX);
	if (up)
		say(d, c, DO_ASK);
}

static void
ask_fence(struct dial *d, struct dial_call *c)
{
	call_wait(d, c, AT_FENCE, ANSWER_MS);
	if (d->link[c->spec.link].up)
		say(d, c, DO_FENCE);
}

void
call_hangup(struct dial *d, struct dial_call *c)
{
	if (!c->sent) {
		not_placed(d, c, "not sent: a hangup was asked for");
		return;
	}
	if (c->want_hangup || c->hung)
		return;
	c->want_hangup = true;
	c->no_resend = true;
	if (!c->ending.answered)
		c->ending.cancelled = true;
	if (c->at == AT_LINE || (c->at == AT_SENT && !c->spec.posted))
		hang_up(d, c);
}

static void
on_line(struct dial *d, struct dial_call *c)
{
	int64_t ms = patience(d, c);

	if (!c->channel && !c->ending.answered && ms > CHANNEL_MS)
		ms = CHANNEL_MS;
	if (c->want_hangup || c->timed_out)
		hang_up(d, c);
	else
		call_wait(d, c, AT_LINE, ms);
}

/* The exchange has it, or had. */
static void
placed(struct dial *d, struct dial_call *c)
{
	if (!c->channel)
		dial_learn_placed(d, c);
	c->channel = true;
}

static void
lives(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	placed(d, c);
	c->ending.ringing |= v->ringing;
	note(d, c, RANK_PLACED, FROM_EXCHANGE, v->at);
	if (v->answered && !c->ending.answered) {
		/* Since when is not known, so neither is how long it talks. */
		c->ending.answered = true;
		c->talk_from = d->now.mono;
		note(d, c, RANK_ANSWERED, FROM_EXCHANGE, v->at);
	}
	if (d->opt.settle_only && !c->want_hangup)
		call_leave(d, c, "it lives; left to the exchange");
	else if (c->at == AT_ASK || c->at == AT_LATE || c->at == AT_FENCE)
		on_line(d, c);
}

static void
is_gone(struct dial *d, struct dial_call *c)
{
	if (c->at != AT_ASK)
		return;
	if (c->spec.fenced) {
		ask_fence(d, c);
	} else if (c->channel && !c->gone && !c->session_dead) {
		/* Its Hangup may be on the way: no order is promised. */
		c->gone = true;
		call_wait(d, c, AT_SETTLE, 1000);
	} else {
		lost(d, c);
	}
}

/* "epoch:number:DIALSTATUS:cause", as the fence writes it when its dial is over; else not over. */
static bool
fence_outcome(const char *text, char *status, size_t size, int *cause)
{
	static const char *const known[] = {
	    "ANSWER", "BUSY", "NOANSWER", "CONGESTION", "CHANUNAVAIL", "CANCEL"};
	const char *p = strchr(text, ':'), *end;
	struct fault ignored;
	int64_t n;

	if (p == NULL || (p = strchr(p + 1, ':')) == NULL || (end = strchr(++p, ':')) == NULL)
		return false;
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strlen(known[i]) != (size_t)(end - p) ||
		    strncmp(known[i], p, (size_t)(end - p)) != 0)
			continue;
		copy_text(status, size, known[i]);
		if (num_parse("cause", end + 1, 0, 999, &n, &ignored) == 0)
			*cause = (int)n;
		return true;
	}
	return false;
}

/*
 * The exchange has the fence that saw every originate since it started, and has run since before ours: by
 * two clocks, which may differ, where another process sent it.
 */
static bool
fence_covers(const struct dial *d, const struct dial_call *c)
{
	int64_t started = d->link[c->spec.link].started_at;

	return started != 0 &&
	    (c->switch_start != 0 ? started == c->switch_start
				  : started + CLOCKS_MS <= c->intent_wall);
}

static void
fence_said(struct dial *d, struct dial_call *c, const char *text)
{
	if (c->at != AT_FENCE)
		return;
	if (text[0] != '\0') {
		c->channel = true;
		note(d, c, RANK_PLACED, FROM_EXCHANGE, 0);
		if (fence_outcome(text, c->ending.dial_status, sizeof(c->ending.dial_status),
			&c->ending.cause)) {
			if (strcmp(c->ending.dial_status, "ANSWER") == 0)
				c->ending.answered = true;
			finish(d, c, "its end was read from the fence");
		} else if (!c->fence_asked_twice) {
			c->fence_asked_twice = true;
			call_wait(d, c, AT_FENCE, AGAIN_MS);
		} else {
			lost(d, c);
		}
		return;
	}
	if (fence_covers(d, c) && dial_may_send(d) && !c->no_resend && !c->channel &&
	    c->tries < DIAL_CALL_TRIES) {
		decide(d, c);
	} else {
		lost(d, c);
	}
}

/* ---- hearing ---------------------------------------------------------------- */

static void
answered(struct dial *d, struct dial_call *c, int64_t at)
{
	if (c->ending.answered)
		return;
	c->ending.answered = true;
	c->talk_from = d->now.mono;
	c->answered_wall = stamp(d, at);
	c->answered_said = at;
	if (!c->hung)
		c->answered_mono = d->now.mono;
	note(d, c, RANK_ANSWERED, FROM_EXCHANGE, at);
	if (c->at == AT_LINE || c->at == AT_SENT)
		on_line(d, c);
}

/* Ends the wait for the rest as soon as nothing more is to be expected. */
static void
settle(struct dial *d, struct dial_call *c)
{
	bool all = c->hung && c->response &&
	    (c->ending.dial_status[0] != '\0' || c->ending.answered || c->ending.reason == 3);

	if (!c->hung)
		return;
	if (all)
		finish(d, c, NULL);
	else if (c->at != AT_SETTLE || c->gone) {
		c->gone = false;
		call_wait(d, c, AT_SETTLE, DIAL_SETTLE_MS);
	}
}

static void
hangup_came(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	/* A second originate that the fence refused says nothing of the first. */
	if (c->spec.fenced &&
	    (c->duplicate || (v->cause == DIAL_CAUSE_FENCE && (c->adopted || c->tries > 1)))) {
		c->duplicate = true;
		ask_fence(d, c);
		return;
	}
	placed(d, c);
	c->hung = true;
	c->hung_mono = d->now.mono;
	c->over_wall = stamp(d, v->at);
	c->hung_said = v->at;
	c->ending.cause = v->cause;
	if (v->tech_cause != 0)
		c->ending.tech_cause = v->tech_cause;
	c->ending.ringing |= v->ringing;
	if (v->answered)
		c->ending.answered = true;
	settle(d, c);
}

static void
refused(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	char words[160];

	if (c->tries > 1 || c->adopted) {
		c->no_resend = true;
		call_ask(d, c);
		return;
	}
	c->ending.no_channel = v->alone;
	c->busy = v->busy;
	snprintf(words, sizeof(words), "the exchange refused it: %.120s", v->text);
	not_placed(d, c, words);
}

/* It may ring, or not. */
static void
unclear(struct dial *d, struct dial_call *c)
{
	dial_learn_reply(d, c, false);
	if (c->at == AT_SENT && may_resend(d, c))
		call_wait(d, c, AT_ASK, AGAIN_MS); /* by then its webhook may be here */
	else if (c->at == AT_SENT)
		posted_on(d, c);
}

/* OriginateResponse: of this try. A duplicate's refusal looks like any failure. */
static void
response_came(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	c->response = true;
	c->ending.reason = v->reason;
	if (v->answered) {
		answered(d, c, v->at);
		settle(d, c);
	} else if (c->hung) {
		settle(d, c);
	} else if (c->channel && c->tries == 1 && !c->adopted) {
		return; /* its Hangup follows; the ring deadline stands */
	} else if (c->tries > 1 || c->adopted || c->session_dead) {
		call_ask(d, c); /* it may have rung while nobody listened */
	} else {
		call_wait(d, c, AT_SETTLE, DIAL_SETTLE_MS);
	}
}

static void
of_this_try(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	if (v->try != c->try)
		return;
	if (v->said == SAID_RESPONSE) {
		response_came(d, c, v);
	} else if (v->said == SAID_REFUSED) {
		if (!c->channel)
			refused(d, c, v);
	} else if (v->said == SAID_UNSENT) {
		call_unsent(d, c, true, v->text);
	} else if (v->said == SAID_UNCLEAR) {
		unclear(d, c);
	} else {
		if (c->spec.posted)
			placed(d, c);
		dial_learn_reply(d, c, true);
		note(d, c, RANK_PLACED, FROM_EXCHANGE, v->at);
		if (c->at == AT_SENT)
			on_line(d, c);
	}
}

static void
channel_seen(struct dial *d, struct dial_call *c, int64_t at)
{
	bool first = !c->channel;

	placed(d, c);
	note(d, c, RANK_PLACED, FROM_EXCHANGE, at);
	if (c->hung || c->gone)
		return;
	/* A hangup that was asked for before there was a channel hung up nothing. */
	if (c->want_hangup || c->timed_out) {
		if (first)
			hang_up(d, c);
		return;
	}
	/* A failed originate that has a channel after all ends with its Hangup. */
	on_line(d, c);
}

static void
rings(struct dial *d, struct dial_call *c, int64_t at)
{
	channel_seen(d, c, at);
	c->ending.ringing = true;
	if (c->ringing_mono == 0)
		c->ringing_mono = d->now.mono;
	note(d, c, RANK_RINGING, FROM_EXCHANGE, at);
}

static void
user_said(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	if (strcmp(v->text, "duplicate") == 0)
		c->duplicate = c->adopted || c->tries > 1;
	else if (strcmp(v->text, "dialing") == 0)
		note(d, c, RANK_PLACED, FROM_EXCHANGE, v->at);
}

static void
dial_ended(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	copy_text(c->ending.dial_status, sizeof(c->ending.dial_status), v->text);
	if (strcmp(v->text, "ANSWER") == 0)
		answered(d, c, v->at);
	settle(d, c);
}

void
call_heard(struct dial *d, struct dial_call *c, const struct dial_voice *v)
{
	if (!c->sent)
		return; /* nobody of ours */
	switch (v->said) {
	case SAID_QUEUED:
	case SAID_REFUSED:
	case SAID_UNSENT:
	case SAID_UNCLEAR:
	case SAID_RESPONSE: of_this_try(d, c, v); break;
	case SAID_CHANNEL: channel_seen(d, c, v->at); break;
	case SAID_RINGING: rings(d, c, v->at); break;
	case SAID_ANSWERED:
		channel_seen(d, c, v->at);
		answered(d, c, v->at);
		break;
	case SAID_DIAL_END: dial_ended(d, c, v); break;
	case SAID_TRUNK:
		c->trunk_cause = v->cause;
		c->trunk_tech = v->tech_cause;
		break;
	case SAID_HANGUP: hangup_came(d, c, v); break;
	case SAID_LIVE:
		c->unanswered = 0;
		lives(d, c, v);
		break;
	case SAID_GONE:
		c->unanswered = 0;
		is_gone(d, c);
		break;
	case SAID_FENCE:
		c->unanswered = 0;
		fence_said(d, c, v->text);
		break;
	case SAID_USER: user_said(d, c, v); break;
	case SAID_CANNOT:
		c->unanswered = 0;
		if (c->at == AT_ASK && may_resend(d, c) && !c->timed_out)
			decide(d, c);
		else if (c->at == AT_ASK)
			posted_on(d, c);
		break;
	}
}

/* What others wrote of it: it is not journalled again. */
void
call_known(struct dial *d, struct dial_call *c, const struct call *k)
{
	if (!c->sent)
		return;
	for (int r = RANK_PLACED; r <= RANK_ANSWERED; r++) {
		c->noted[r] |= k->at[r] != 0;
		if (k->at[r] != 0)
			placed(d, c);
	}
	if (k->rank == RANK_ENDED) {
		dial_effect(d, DO_TELL, c);
		dial_learn(d, c, k->disposition, "");
		dial_drop(d, c);
		return;
	}
	c->ending.ringing |= k->at[RANK_RINGING] != 0;
	if (k->at[RANK_ANSWERED] != 0 && !c->ending.answered) {
		c->ending.answered = true;
		c->talk_from = d->now.mono;
	}
	if (!c->channel || (c->at != AT_LINE && c->at != AT_SENT && c->at != AT_ASK))
		return;
	if (!d->opt.settle_only)
		on_line(d, c);
	else if (d->link[c->spec.link].up) /* else whether it is there is to be found first */
		posted_on(d, c);
}

/* ---- time and links ----------------------------------------------------------- */

static void
line_due(struct dial *d, struct dial_call *c)
{
	if (c->want_hangup || c->timed_out || patience(d, c) > 0) {
		call_ask(d, c); /* we hung up and heard nothing, or no channel came */
		return;
	}
	c->timed_out = true;
	hang_up(d, c);
}

static void
settle_due(struct dial *d, struct dial_call *c)
{
	if (c->hung) {
		finish(d, c, NULL);
	} else if (c->gone || c->channel) {
		call_ask(d, c);
	} else {
		c->ending.no_channel = true;
		not_placed(d, c, "the exchange could not place it");
	}
}

/*
 * Its user may not ask (Permission denied), or the answer is none that we read. What it would have told
 * may still be heard, as long as the call may last; then whoever may ask finds the call open.
 */
static void
unanswered(struct dial *d, struct dial_call *c)
{
	bool heard = !d->opt.settle_only && patience(d, c) > 0;

	c->unanswered += d->link[c->spec.link].up;
	if (c->unanswered >= QUESTIONS && !heard)
		call_leave(d, c,
		    "the exchange does not answer whether it lives (its user needs write = reporting)");
	else if (c->at == AT_FENCE)
		ask_fence(d, c);
	else
		call_ask(d, c);
}

static void
ready_due(struct dial *d, struct dial_call *c)
{
	if (d->now.mono >= c->unsent_until)
		not_placed(d, c, "not sent: the exchange is not there");
	else
		call_send(d, c);
}

void
call_due(struct dial *d, struct dial_call *c)
{
	switch (c->at) {
	case AT_READY: ready_due(d, c); break;
	case AT_LINE: line_due(d, c); break;
	case AT_LATE:
		c->late_over = true;
		call_ask(d, c);
		break;
	case AT_SETTLE: settle_due(d, c); break;
	case AT_SENT: call_ask(d, c); break;
	case AT_ASK:
	case AT_FENCE: unanswered(d, c); break;
	case AT_QUEUE:
	case AT_INTENT:
	case AT_DECIDE: call_wait(d, c, c->at, INT64_MAX); break;
	}
}

void
call_link_down(struct dial *d, struct dial_call *c)
{
	if (!c->sent || c->at == AT_DECIDE)
		return;
	c->session_dead = true;
	if (!c->hung)
		call_wait(d, c, AT_ASK, INT64_MAX);
}

void
call_link_up(struct dial *d, struct dial_call *c)
{
	if (c->at == AT_READY)
		call_send(d, c);
	else if (c->at == AT_ASK)
		call_ask(d, c);
}

void
call_leave(struct dial *d, struct dial_call *c, const char *words)
{
	struct dial_effect *e;

	if (!c->sent) {
		not_placed(d, c, "not sent: the dialer was told to leave");
		return;
	}
	e = dial_effect(d, DO_LEAVE, c);
	copy_text(e->words, sizeof(e->words), words);
	dial_drop(d, c);
}
