/*
 * door: the loop around dial_step. Inputs are fed as they come; at the end of
 * each turn intents are committed and sent, facts committed and told, claims
 * given back, and the next instant is waited for.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "door_parts.h"
#include "lines.h"
#include "mem.h"

enum {
	WATCH_MS = 500, /* of real time: stops and hangups that somebody asked for */
	COMMIT_MS = 40, /* facts of a busy dialer share a transaction */
	TICK_MS = 20    /* tokens too */
};

static struct dial_now
door_now(void)
{
	return (struct dial_now){.mono = clock_mono(), .wall = clock_wall()};
}

void
door_call_free(struct door_call *call)
{
	if (call == NULL)
		return;
	free(call->line);
	free(call);
}

void
door_word(const struct door *d, enum door_word kind, const char *fmt, ...)
{
	char text[1200];
	va_list ap;

	if (d->opt.word == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->opt.word(d->opt.arg, kind, text);
}

/* ---- feeding ------------------------------------------------------------------------ */

/* What is done may feed further inputs: their effects queue up behind. */
static void
run_effects(struct door *d)
{
	if (d->doing)
		return;
	d->doing = true;
	while (d->done_effects < d->effects.n) {
		struct dial_effect e = d->effects.v[d->done_effects++];

		door_do(d, &e);
	}
	d->effects.n = d->done_effects = 0;
	d->doing = false;
}

void
door_feed(struct door *d, struct dial_input *in)
{
	struct dial_now now = door_now();

	dial_step(d->dial, in, &now, &d->effects);
	run_effects(d);
	door_turn_soon(d);
}

void
door_halt(struct door *d, const struct fault *f)
{
	struct dial_input in = {.kind = DIAL_DRAIN, .code = OK, .words = f->text};

	if (d->fault.code == OK)
		d->fault = *f;
	door_feed(d, &in);
}

/* ---- turns ---------------------------------------------------------------------------- */

static void turn(void *);

void
door_turn_soon(struct door *d)
{
	int64_t now = clock_mono();

	if (d->tick != NULL && d->tick_at <= now)
		return;
	loop_cancel(d->loop, d->tick);
	d->tick_at = now;
	d->tick = loop_at(d->loop, now, turn, d);
}

static void
wait_for_next(struct door *d)
{
	int64_t now = clock_mono(), at = dial_next(d->dial), soonest = now + TICK_MS;

	if (at < soonest)
		at = soonest;
	if (d->store_bad)
		soonest = now + WATCH_MS;
	else if (d->nfacts > 0)
		soonest = d->committed_at + COMMIT_MS;
	if (d->nfacts > 0 && soonest < at)
		at = soonest;
	if (d->nintents > 0 && d->intended_at + TICK_MS < at)
		at = d->intended_at + TICK_MS;
	if (d->tick != NULL && d->tick_at <= at)
		return;
	loop_cancel(d->loop, d->tick);
	d->tick = NULL;
	if (at == INT64_MAX)
		return;
	d->tick_at = at;
	d->tick = loop_at(d->loop, at, turn, d);
}

static void
turn(void *arg)
{
	struct door *d = arg;
	struct dial_input tick = {.kind = DIAL_TICK};
	struct dial_now now = door_now();

	d->tick = NULL;
	dial_step(d->dial, &tick, &now, &d->effects);
	run_effects(d);
	if (clock_mono() >= d->intended_at + TICK_MS)
		door_intend(d);
	if (d->finished ||
	    clock_mono() >= d->committed_at + (d->store_bad ? WATCH_MS : COMMIT_MS)) {
		if (d->store_bad)
			d->committed_at = clock_mono();
		door_commit(d);
	}
	door_give_back(d);
	door_write(d);
	if (d->finished && d->nfacts == 0 && d->nproofs == 0 && door_written(d))
		loop_stop(d->loop);
	else if (!d->finished)
		door_watch_input(d);
	wait_for_next(d);
}

/* ---- what people ask for ------------------------------------------------------------------ */

static void
hang_up_all(struct door *d)
{
	size_t n = dial_live(d->dial);
	struct uuid *ids = xcalloc(n + 1, sizeof(*ids));

	n = dial_ids(d->dial, ids, n);
	for (size_t i = 0; i < n; i++) {
		struct dial_input in = {.kind = DIAL_HANGUP, .id = ids[i]};

		door_feed(d, &in);
	}
	free(ids);
}

static void
see_stop(struct door *d)
{
	struct dial_input in = {.kind = DIAL_STOP};
	struct stop stop;
	struct fault f;

	if (control_stopped(d->opt.db, &stop, &f) < 0)
		return; /* the next intent finds out */
	if (stop.stopped && !d->stopped) {
		if (control_check(d->opt.db, &f) == 0)
			return; /* lifted between the two questions */
		in.words = f.text;
		if (!d->opt.settle_only)
			door_word(d, DOOR_WARN, "%s", f.text);
		door_feed(d, &in);
	} else if (!stop.stopped && d->stopped) {
		in.kind = DIAL_LIFTED;
		door_feed(d, &in);
	}
	d->stopped = stop.stopped;
	if (stop.stopped && stop.hangup)
		hang_up_all(d);
}

static void
watch(void *arg)
{
	struct door *d = arg;
	struct uuid id = {{0}};
	struct fault f;

	d->watch = loop_at(d->loop, clock_mono() + WATCH_MS * clock_scale(), watch, d);
	see_stop(d);
	door_context_check(d);
	while (lines_next_hangup(d->opt.db, &id, &f) > 0)
		door_hang_up(d, &id);
}

static void
on_signal(void *arg, int signo)
{
	struct door *d = arg;
	struct dial_input in = {.kind = DIAL_DRAIN, .code = OK, .words = "interrupted"};

	if (d->result->signo != 0) {
		in.kind = DIAL_LEAVE;
		d->out.gone = true; /* a reader that reads no more is not waited for */
		buf_reset(&d->out.buf);
		d->out.sent = 0;
	} else if (dial_live(d->dial) > 0) {
		door_word(d, DOOR_WARN,
		    "no new calls; %zu are followed to their end (once more: leave them to the exchange)",
		    dial_live(d->dial));
	}
	d->result->signo = signo;
	door_feed(d, &in);
}

/* ---- from start to end ----------------------------------------------------------------------- */

static int
start(struct door *d, struct fault *f)
{
	struct dial_options opt = {
	    .max_calls = d->opt.max_calls, .settle_only = d->opt.settle_only};
	struct dial_now now = door_now();

	signal(SIGPIPE, SIG_IGN); /* a reader that is gone is a fault like others */
	d->loop = d->opt.loop != NULL ? d->opt.loop : loop_new();
	d->dial = dial_new(&opt, &now);
	d->committed_at = d->intended_at = now.mono - COMMIT_MS;
	d->owner.fd = -1;
	ndjson_init(&d->in, d->opt.input, d->opt.input == STDIN_FILENO ? "<stdin>" : "<input>");
	if (!d->opt.settle_only && owner_take(d->opt.db, &d->owner, f) < 0)
		return -1;
	loop_signal(d->loop, SIGINT, on_signal, d);
	loop_signal(d->loop, SIGTERM, on_signal, d);
	if (d->opt.exchange != NULL && door_open_link(d, d->opt.exchange, f) < 0)
		return -1;
	watch(d);
	if (d->opt.input < 0)
		door_no_input(d);
	door_turn_soon(d);
	return 0;
}

static void
stop(struct door *d)
{
	for (int i = 0; i < d->links; i++)
		d->link[i].voice->ops->close(d->link[i].voice);
	loop_fd_remove(d->loop, STDOUT_FILENO);
	if (d->in_watched)
		loop_fd_remove(d->loop, d->opt.input);
	door_context_stop(d);
	loop_cancel(d->loop, d->tick);
	loop_cancel(d->loop, d->watch);
	door_post_stop(d);
	for (size_t i = 0; i < d->nfacts; i++) {
		free(d->fact[i].alias);
		if (d->fact[i].over)
			door_call_free(d->fact[i].call);
	}
	for (size_t i = 0; i < d->nback; i++)
		door_call_free(d->back[i]);
	for (size_t i = 0; i < d->ndead; i++)
		owner_release(&d->dead[i]);
	if (d->owner.path != NULL)
		owner_release(&d->owner);
	free(d->dead);
	free(d->fact);
	free(d->taken);
	free(d->back);
	free(d->intent);
	free(d->intent_call);
	buf_release(&d->text);
	buf_release(&d->out.buf);
	ndjson_release(&d->in);
	dial_effects_release(&d->effects);
	dial_free(d->dial);
	if (d->opt.loop == NULL)
		loop_free(d->loop);
}

int
door_run(const struct door_options *opt, struct door_result *result, struct fault *f)
{
	struct door *d = xcalloc(1, sizeof(*d));
	int rc;

	d->opt = *opt;
	d->result = result;
	*result = (struct door_result){0};
	rc = start(d, f);
	if (rc == 0)
		rc = loop_run(d->loop, f);
	if (rc == 0 && d->fault.code != OK) {
		*f = d->fault;
		rc = -1;
	}
	stop(d);
	free(d);
	return rc;
}
