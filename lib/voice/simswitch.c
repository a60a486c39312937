/*
 * simswitch: sessions, rights, timers and time of the simulated switch. What
 * actions do is in simact and simcall.
 */
#include <stdlib.h>

#include "mem.h"
#include "rand.h"
#include "sim.h"

struct simswitch *
simswitch_new(const struct sim_options *opt, const struct sim_owner *owner)
{
	struct simswitch *sw = xcalloc(1, sizeof(*sw));

	sw->opt = *opt;
	sw->owner = *owner;
	sw->dice = opt->seed;
	sw->mono = opt->mono;
	sw->wall = sw->started = opt->wall;
	return sw;
}

static void
forget_waiting(struct sim_session *s)
{
	struct sim_action *a;

	while ((a = s->waiting) != NULL) {
		s->waiting = a->next;
		buf_release(&a->bytes);
		free(a);
	}
	s->last = &s->waiting;
}

struct sim_session *
simswitch_connect(struct simswitch *sw, void *peer)
{
	static const char banner[] = "Asterisk Call Manager/11.0.0\r\n";
	struct sim_session *s = xcalloc(1, sizeof(*s));

	s->peer = peer;
	s->last = &s->waiting;
	s->next = sw->sessions;
	sw->sessions = s;
	sw->owner.send(sw->owner.arg, peer, banner, sizeof(banner) - 1);
	return s;
}

void
simswitch_disconnect(struct simswitch *sw, struct sim_session *s)
{
	struct sim_session **at = &sw->sessions;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	if (s->blocked != NULL)
		s->blocked->session = NULL;
	sim_cancel(sw, &s->refusal);
	forget_waiting(s);
	free(s->failed);
	free(s);
}

void
sim_say(struct simswitch *sw, struct sim_session *s, const struct buf *b)
{
	if (!s->ended)
		sw->owner.send(sw->owner.arg, s->peer, b->p, b->len);
}

void
sim_put(struct simswitch *sw, const char *family, const char *key, const char *value)
{
	simdb_put(sw->opt.db, family, key, value);
	if (sw->owner.put != NULL)
		sw->owner.put(sw->owner.arg, family, key, value);
}

/* An action that came while a synchronous Originate holds its session. */
static void
wait_behind(struct sim_session *s, const struct ami_msg *msg)
{
	struct sim_action *a = xcalloc(1, sizeof(*a));

	for (size_t i = 0; i < msg->n; i++)
		buf_printf(&a->bytes, "%s: %s\r\n", msg->header[i].key, msg->header[i].value);
	buf_add(&a->bytes, "\r\n", 2);
	*s->last = a;
	s->last = &a->next;
}

void
simswitch_take(struct simswitch *sw, struct sim_session *s, const struct ami_msg *msg)
{
	if (s->ended)
		return;
	if (s->blocked != NULL)
		wait_behind(s, msg);
	else
		sim_act(sw, s, msg);
}

void
sim_unblock(struct simswitch *sw, struct sim_session *s)
{
	struct sim_action *a;

	s->blocked = NULL;
	while (s->blocked == NULL && (a = s->waiting) != NULL) {
		struct ami_parser p;
		static struct ami_msg msg;
		struct fault ignored;

		s->waiting = a->next;
		if (s->waiting == NULL)
			s->last = &s->waiting;
		ami_parser_init(&p);
		ami_parser_feed(&p, a->bytes.p, a->bytes.len);
		if (ami_parser_next(&p, &msg, &ignored) == 1)
			sim_act(sw, s, &msg);
		ami_parser_release(&p);
		buf_release(&a->bytes);
		free(a);
	}
}

int
simswitch_calls(const struct simswitch *sw)
{
	int n = 0;

	for (const struct sim_call *c = sw->calls; c != NULL; c = c->next)
		n++;
	return n;
}

uint64_t
simswitch_asked(const struct simswitch *sw)
{
	return sw->asked;
}

void
simswitch_stop(struct simswitch *sw)
{
	sw->stopping = true;
}

void
simswitch_shutdown(struct simswitch *sw)
{
	struct ami_writer *w;
	struct sim_burst b;

	sim_burst_begin(&b, sw);
	w = sim_event(&b, LANE_USER, "Shutdown", SIM_SYSTEM);
	ami_put(w, "Shutdown", "Cleanly");
	ami_put(w, "Restart", "False");
	sim_burst_send(&b);
}

void
simswitch_free(struct simswitch *sw)
{
	if (sw == NULL)
		return;
	while (sw->calls != NULL)
		sim_call_free(sw->calls);
	while (sw->sessions != NULL)
		simswitch_disconnect(sw, sw->sessions);
	free(sw->heap);
	buf_release(&sw->out);
	free(sw);
}

uint64_t
sim_dice(struct simswitch *sw, uint64_t sides)
{
	sw->dice = hash64(&sw->dice, sizeof(sw->dice), sw->opt.seed);
	return sides > 0 ? sw->dice % sides : 0;
}

/* Timers: a binary heap of pointers; places count from 1. */

static bool
sooner(const struct sim_timer *a, const struct sim_timer *b)
{
	return a->at < b->at || (a->at == b->at && a->age < b->age);
}

static void
settle(struct simswitch *sw, struct sim_timer *t, size_t at)
{
	for (; at > 1 && sooner(t, sw->heap[at / 2 - 1]); at /= 2) {
		sw->heap[at - 1] = sw->heap[at / 2 - 1];
		sw->heap[at - 1]->place = at;
	}
	for (size_t child = at * 2; child <= sw->timers; child = at * 2) {
		if (child < sw->timers && sooner(sw->heap[child], sw->heap[child - 1]))
			child++;
		if (!sooner(sw->heap[child - 1], t))
			break;
		sw->heap[at - 1] = sw->heap[child - 1];
		sw->heap[at - 1]->place = at;
		at = child;
	}
	sw->heap[at - 1] = t;
	t->place = at;
}

void
sim_cancel(struct simswitch *sw, struct sim_timer *t)
{
	size_t at = t->place;
	struct sim_timer *last;

	if (at == 0)
		return;
	t->place = 0;
	last = sw->heap[--sw->timers];
	if (last != t)
		settle(sw, last, at);
}

void
sim_at(struct simswitch *sw, struct sim_timer *t, int64_t delay_ms,
    void (*fire)(struct simswitch *, void *), void *arg)
{
	sim_cancel(sw, t);
	t->at = sw->mono + delay_ms;
	t->age = ++sw->age;
	t->fire = fire;
	t->arg = arg;
	if (sw->timers == sw->heap_cap) {
		sw->heap_cap = sw->heap_cap > 0 ? sw->heap_cap * 2 : 64;
		sw->heap = xrealloc(sw->heap, sw->heap_cap, sizeof(struct sim_timer *));
	}
	sw->timers++;
	settle(sw, t, sw->timers);
}

int64_t
simswitch_due(const struct simswitch *sw)
{
	return sw->timers > 0 ? sw->heap[0]->at : INT64_MAX;
}

void
simswitch_run(struct simswitch *sw, int64_t mono, int64_t wall)
{
	int64_t ahead = wall - mono;

	if (mono < sw->mono)
		return;
	while (sw->timers > 0 && sw->heap[0]->at <= mono) {
		struct sim_timer *t = sw->heap[0];

		/* Late by the owner's doing: each step sees the instant it was due at. */
		if (t->at > sw->mono) {
			sw->mono = t->at;
			if (t->at + ahead > sw->wall && t->at + ahead <= wall)
				sw->wall = t->at + ahead;
		}
		sim_cancel(sw, t);
		t->fire(sw, t->arg);
	}
	sw->mono = mono;
	if (wall > sw->wall)
		sw->wall = wall;
}
