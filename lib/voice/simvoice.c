/*
 * simvoice: actions are encoded, parsed and taken at once; what the switch
 * says is kept and delivered from the loop, since a real exchange never
 * answers inside the call that asks.
 */
#include <stdlib.h>
#include <string.h>

#include "ami_decode.h"
#include "clock.h"
#include "mem.h"
#include "simvoice.h"

struct simvoice {
	struct voice voice; /* first: the ops get this */
	struct simvoice *next;
	struct simhost *host;
	struct sim_session *session;
	struct buf said; /* not delivered yet */
	struct ami_parser parser;
	struct ami_msg msg;
	bool closed;
};

struct simhost {
	struct loop *loop;
	struct loop_timer *timer;
	struct simswitch *sw;
	struct simvoice *voices;
	int64_t started;
	bool pumping;
	struct ami_parser parser; /* of actions */
	struct ami_msg msg;
	void (*fact)(void *, const struct sim_fact *);
	void *arg;
};

/* It need keep nothing secret from its own process. */
static const struct sim_account account = {
    "self", "", SIM_CALL | SIM_CDR | SIM_USEREVENT, SIM_ORIGINATE | SIM_CALL | SIM_REPORTING};

static void pump(void *);

static void
on_send(void *arg, void *peer, const char *bytes, size_t len)
{
	struct simvoice *v = peer;

	buf_add(&v->said, bytes, len);
}

static void
on_end(void *arg, void *peer)
{
}

static void
on_fact(void *arg, const struct sim_fact *fact)
{
	struct simhost *h = arg;

	if (h->fact != NULL)
		h->fact(h->arg, fact);
}

struct simhost *
simhost_new(struct loop *loop, const struct sim_options *opt,
    void (*fact)(void *, const struct sim_fact *), void *arg)
{
	struct simhost *h = xcalloc(1, sizeof(*h));
	struct sim_owner owner = {.arg = h, .send = on_send, .end = on_end, .fact = on_fact};
	struct sim_options own = *opt;

	own.accounts = &account;
	own.naccounts = 1;
	own.mono = clock_mono();
	own.wall = h->started = clock_wall();
	h->loop = loop;
	h->fact = fact;
	h->arg = arg;
	h->sw = simswitch_new(&own, &owner);
	ami_parser_init(&h->parser);
	return h;
}

void
simhost_free(struct simhost *h)
{
	if (h == NULL)
		return;
	loop_cancel(h->loop, h->timer);
	simswitch_free(h->sw);
	ami_parser_release(&h->parser);
	free(h);
}

/* Asks for the next turn of the loop: at once if something is to be delivered. */
static void
arm(struct simhost *h)
{
	int64_t at = simswitch_due(h->sw);

	if (h->pumping)
		return;
	for (struct simvoice *v = h->voices; v != NULL; v = v->next)
		if (v->said.len > 0)
			at = clock_mono();
	loop_cancel(h->loop, h->timer);
	h->timer = at != INT64_MAX ? loop_at(h->loop, at, pump, h) : NULL;
}

/* Logged in: the one message that the decoder leaves to the connection. */
static int
logged_in(struct simvoice *v, struct voice_event *e)
{
	if (!ami_is(&v->msg, "ActionID", "login"))
		return 0;
	*e = (struct voice_event){.kind = VOICE_UP, .started_at = v->host->started, .text = ""};
	v->voice.up = true;
	return 1;
}

static void
deliver(struct simvoice *v)
{
	struct voice_event e;
	struct fault ignored;

	ami_parser_feed(&v->parser, v->said.p, v->said.len);
	buf_reset(&v->said);
	while (!v->closed && ami_parser_next(&v->parser, &v->msg, &ignored) > 0) {
		if (!ami_decode(&v->msg, &e) && !logged_in(v, &e))
			continue;
		if (e.at == 0)
			e.at = clock_wall();
		v->voice.event(v->voice.arg, &e);
	}
}

static void
voice_free(struct simvoice *v)
{
	struct simvoice **at = &v->host->voices;

	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	simswitch_disconnect(v->host->sw, v->session);
	ami_parser_release(&v->parser);
	buf_release(&v->said);
	free(v);
}

static void
pump(void *arg)
{
	struct simhost *h = arg;
	struct simvoice *v, *next;

	h->timer = NULL;
	h->pumping = true;
	simswitch_run(h->sw, clock_mono(), clock_wall());
	for (v = h->voices; v != NULL; v = v->next)
		if (!v->closed && v->said.len > 0)
			deliver(v);
	for (v = h->voices; v != NULL; v = next) {
		next = v->next;
		if (v->closed)
			voice_free(v);
	}
	h->pumping = false;
	arm(h);
}

/* Hands one encoded action to the switch. */
static void
take(struct simvoice *v, const struct buf *action)
{
	struct simhost *h = v->host;
	struct fault ignored;

	simswitch_run(h->sw, clock_mono(), clock_wall());
	ami_parser_feed(&h->parser, action->p, action->len);
	while (ami_parser_next(&h->parser, &h->msg, &ignored) > 0)
		simswitch_take(h->sw, v->session, &h->msg);
	arm(h);
}

static int
op_originate(struct voice *voice, const struct voice_call *call, struct fault *f)
{
	struct buf action = {0};

	if (!voice->up)
		return fault(f, TEMPFAIL, "the exchange is not connected");
	if (ami_encode_originate(&action, call, f) < 0) {
		buf_release(&action);
		return -1;
	}
	take((struct simvoice *)voice, &action);
	buf_release(&action);
	return 0;
}

static void
op_hangup(struct voice *voice, const struct uuid *id, int cause)
{
	struct buf action = {0};
	struct fault ignored;

	if (ami_encode_hangup(&action, id, cause, &ignored) == 0)
		take((struct simvoice *)voice, &action);
	buf_release(&action);
}

static void
op_ask(struct voice *voice, const struct uuid *id)
{
	struct buf action = {0};
	struct fault ignored;

	if (ami_encode_ask(&action, id, &ignored) == 0)
		take((struct simvoice *)voice, &action);
	buf_release(&action);
}

static void
op_fence(struct voice *voice, const struct uuid *id)
{
	struct buf action = {0};
	struct fault ignored;

	if (ami_encode_fence(&action, id, &ignored) == 0)
		take((struct simvoice *)voice, &action);
	buf_release(&action);
}

static void
op_close(struct voice *voice)
{
	struct simvoice *v = (struct simvoice *)voice;
	struct simhost *h = v->host;

	v->closed = true;
	v->voice.up = false;
	if (!h->pumping) {
		voice_free(v);
		arm(h);
	}
}

static const struct voice_ops ops = {op_originate, op_hangup, op_ask, op_fence, op_close};

struct voice *
simvoice_open(struct simhost *h, void (*event)(void *, const struct voice_event *), void *arg)
{
	static const char login[] =
	    "Action: Login\r\nUsername: self\r\nSecret: \r\nActionID: login\r\n\r\n";
	struct simvoice *v = xcalloc(1, sizeof(*v));
	struct buf action = {0};

	v->voice = (struct voice){.ops = &ops, .event = event, .arg = arg, .simulated = true};
	v->host = h;
	v->next = h->voices;
	h->voices = v;
	ami_parser_init(&v->parser);
	v->session = simswitch_connect(h->sw, v);
	buf_adds(&action, login);
	take(v, &action);
	buf_release(&action);
	return &v->voice;
}
