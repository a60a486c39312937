/*
 * simpeer: a call is an Originate on the switch under an id of the peer's own;
 * what the switch tells of it goes out as webhooks. A webhook that nobody takes
 * is sent again, a few times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ami_decode.h"
#include "clock.h"
#include "http.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "simpeer.h"

enum {
	HOOK_TRIES = 20,
	HOOK_PAUSE_MS = 500, /* of real time */
	HOOK_MS = 5000,
	RING_MS = 60000, /* it rings until the callee's side gives up */
	CONNECTIONS = 16
};

enum fault_kind {
	FAULT_LOST,   /* rings, and closes without an answer */
	FAULT_CUT,    /* rings, and closes in the midst of the answer */
	FAULT_EARLY,  /* 500 without ringing */
	FAULT_LATE,   /* 500, and rings */
	FAULT_SLOW,   /* answers after 2 s */
	FAULT_REFUSE, /* 422 */
	FAULT_TWICE,  /* each webhook twice */
	FAULT_MUTE,   /* no webhooks */
	FAULT_BARE,   /* webhooks without metadata */
	FAULT_ANON,   /* the answer holds no id */
	FAULTS
};

static const char *const fault_names[FAULTS] = {
    "lost", "cut", "early", "late", "slow", "refuse", "twice", "mute", "bare", "anon"};

struct hook {
	struct hook *next;
	struct simpeer *p;
	struct buf body;
	int tries;
	struct loop_timer *timer;
	struct http_call *under_way;
};

struct peer_call {
	struct peer_call *next;
	char id[37];         /* the peer's own, and its channel's */
	char ours[130];      /* as the dialer names it: metadata.call_id, or its key */
	char key[130];       /* of the header; empty: none */
	struct buf metadata; /* as it came; empty: none */
	int64_t answered_at;
	bool twice, mute, bare;
};

struct simpeer {
	struct simhttp_options o;
	struct loop *loop;
	struct simami *ami;
	struct http *http; /* null: no webhooks */
	struct peer_call *calls;
	struct hook *hooks;
	uint64_t requests;
	char *webhook, *secret; /* of webhooks; a whole header */
	unsigned every[FAULTS]; /* 0: never */
};

/* ---- misbehaving ----------------------------------------------------------------------- */

/* "WORD" or "WORD:N": which, and how often; -1. */
static int
read_fault(const char *text, unsigned *every, struct fault *f)
{
	size_t n = strcspn(text, ":");
	int64_t each = 1;

	for (int i = 0; i < FAULTS; i++) {
		if (strlen(fault_names[i]) != n || strncmp(fault_names[i], text, n) != 0)
			continue;
		if (text[n] == ':' &&
		    num_parse("--http-fault", text + n + 1, 1, 1000000, &each, f) < 0)
			return -1;
		*every = (unsigned)each;
		return i;
	}
	return fault(f, USAGE,
	    "--http-fault: \"%.40s\" is none of lost, cut, early, late, slow, refuse, twice, mute, "
	    "bare and anon",
	    text);
}

int
simpeer_check(const char *text, struct fault *f)
{
	unsigned every;

	return read_fault(text, &every, f) < 0 ? -1 : 0;
}

static bool
now_and_then(const struct simpeer *p, enum fault_kind kind)
{
	return p->every[kind] > 0 && p->requests % p->every[kind] == 0;
}

/* ---- webhooks -------------------------------------------------------------------------- */

static void send_hook(void *);

static void
hook_free(struct hook *k)
{
	struct hook **at = &k->p->hooks;

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	loop_cancel(k->p->loop, k->timer);
	buf_release(&k->body);
	free(k);
}

static void
hook_done(void *arg, const struct http_reply *r)
{
	struct hook *k = arg;

	k->under_way = NULL;
	if ((r->status >= 200 && r->status < 300) || ++k->tries == HOOK_TRIES)
		hook_free(k);
	else
		k->timer = loop_at(
		    k->p->loop, clock_mono() + HOOK_PAUSE_MS * clock_scale(), send_hook, k);
}

static void
send_hook(void *arg)
{
	struct hook *k = arg;
	const char *const header[] = {"Content-Type: application/json", k->p->secret, NULL};
	const struct http_request q = {.url = k->p->webhook,
	    .header = header,
	    .body = k->body.p,
	    .len = k->body.len,
	    .timeout_ms = HOOK_MS,
	    .max_reply = HOOK_MS,
	    .done = hook_done,
	    .arg = k};
	struct fault ignored;

	k->timer = NULL;
	k->under_way = http_send(k->p->http, &q, &ignored);
	if (k->under_way == NULL)
		hook_free(k);
}

static void
queue_hook(struct simpeer *p, const struct buf *body)
{
	struct hook *k = xcalloc(1, sizeof(*k));

	k->p = p;
	buf_add(&k->body, body->p, body->len);
	k->next = p->hooks;
	p->hooks = k;
	send_hook(k);
}

/* The plan's words for what happened; null: it has none. */
static const char *
event_of(const struct peer_call *c, const struct sim_fact *fact, const char **status)
{
	switch (fact->kind) {
	case SIM_DIALED: *status = "initiating"; return "call_started";
	case SIM_RANG: *status = "ringing"; return "call_ringing";
	case SIM_ANSWERED: *status = "in_progress"; return "call_connected";
	case SIM_HUNGUP:
		*status = c->answered_at != 0                ? "completed"
		    : fact->cause == 17                      ? "busy"
		    : fact->cause == 18 || fact->cause == 19 ? "no_answer"
							     : "failed";
		return c->answered_at != 0 ? "call_completed" : "call_failed";
	case SIM_ASKED: break;
	}
	return NULL;
}

static void
put_data(struct buf *b, const struct peer_call *c, const struct sim_fact *fact)
{
	buf_key(b, "data");
	buf_addc(b, '{');
	if (fact->kind == SIM_HUNGUP && c->answered_at != 0) {
		buf_member(b, "outcome", "success");
		buf_member_i(b, "duration", (fact->at - c->answered_at + 500) / 1000);
	} else if (fact->kind == SIM_HUNGUP) {
		buf_member(b, "error_reason", fact->outcome);
	}
	buf_addc(b, '}');
}

static void
tell(struct simpeer *p, struct peer_call *c, const struct sim_fact *fact)
{
	const char *status = "", *event;
	struct buf b = {0};
	char at[32];

	if (fact->kind == SIM_ANSWERED && c->answered_at == 0)
		c->answered_at = fact->at;
	event = event_of(c, fact, &status);
	if (event == NULL || p->http == NULL || c->mute)
		return;
	buf_member(&b, "call_id", c->id);
	buf_member(&b, "event_type", event);
	buf_member(&b, "status", status);
	buf_member(&b, "timestamp", num_instant_text(fact->at, at));
	buf_key(&b, "metadata");
	buf_adds(&b, c->bare || c->metadata.len == 0 ? "{}" : c->metadata.p);
	put_data(&b, c, fact);
	buf_addc(&b, '}');
	queue_hook(p, &b);
	if (c->twice)
		queue_hook(p, &b);
	buf_release(&b);
}

void
simpeer_fact(struct simpeer *p, const struct sim_fact *fact, struct sim_fact *by)
{
	struct peer_call *c = p->calls;

	*by = *fact;
	while (c != NULL && strcmp(c->id, fact->call) != 0)
		c = c->next;
	if (c == NULL)
		return;
	by->call = c->ours;
	tell(p, c, fact);
}

/* ---- calls ------------------------------------------------------------------------------ */

static void
say(struct peer_answer *a, int status, const char *text)
{
	a->status = status;
	buf_reset(&a->body);
	buf_member(&a->body, "detail", text);
	buf_addc(&a->body, '}');
}

static void
say_placed(const struct simpeer *p, const struct peer_call *c, struct peer_answer *a)
{
	if (!now_and_then(p, FAULT_ANON))
		buf_member(&a->body, "call_id", c->id);
	buf_member(&a->body, "status", "initiated");
	buf_addc(&a->body, '}');
}

static struct peer_call *
known(struct simpeer *p, struct slice key)
{
	struct peer_call *c = p->calls;

	while (c != NULL && (c->key[0] == '\0' || !slice_is(key, c->key)))
		c = c->next;
	return c;
}

static struct peer_call *
add_call(struct simpeer *p, struct slice key, const json_t *body)
{
	const json_t *metadata = json_object_get(body, "metadata");
	const char *ours = json_string_value(json_object_get(metadata, "call_id"));
	struct peer_call *c = xcalloc(1, sizeof(*c));
	struct uuid id = uuid_make(clock_wall());

	uuid_text(&id, c->id);
	snprintf(c->key, sizeof(c->key), "%.*s", key.len < 128 ? (int)key.len : 128, key.p);
	copy_text(c->ours, sizeof(c->ours), ours != NULL ? ours : c->key[0] ? c->key : c->id);
	if (json_is_object(metadata))
		json_write(&c->metadata, metadata);
	c->twice = now_and_then(p, FAULT_TWICE);
	c->mute = now_and_then(p, FAULT_MUTE);
	c->bare = now_and_then(p, FAULT_BARE);
	c->next = p->calls;
	p->calls = c;
	return c;
}

/* Whether the switch took it. */
static bool
place(struct simpeer *p, const struct peer_call *c, const char *number)
{
	char channel[64];
	struct voice_call v = {.try = 1,
	    .channel = channel,
	    .context = "avr",
	    .exten = "s",
	    .caller_id = "",
	    .account = "",
	    .ring_ms = RING_MS};
	struct buf action = {0}, said = {0};
	struct fault ignored;
	bool taken;

	snprintf(channel, sizeof(channel), "PJSIP/%.20s@uas", number + (*number == '+'));
	(void)uuid_parse(c->id, strlen(c->id), &v.id);
	taken = ami_encode_originate(&action, &v, &ignored) == 0;
	if (taken)
		simami_act(p->ami, &action, &said);
	buf_addc(&said, '\0');
	taken = taken && strstr(said.p, "Response: Error") == NULL;
	buf_release(&action);
	buf_release(&said);
	return taken;
}

static bool
is_number(const char *s)
{
	size_t n = s == NULL ? 0 : strspn(s + (*s == '+'), "0123456789");

	return n >= 2 && n <= 15 && s[n + (*s == '+')] == '\0';
}

static void
misbehave(const struct simpeer *p, struct peer_answer *a)
{
	if (now_and_then(p, FAULT_LATE))
		say(a, 500, "something went wrong behind it");
	a->cut = now_and_then(p, FAULT_LOST) ? PEER_LOST
	    : now_and_then(p, FAULT_CUT)     ? PEER_CUT
	    : now_and_then(p, FAULT_SLOW)    ? PEER_SLOW
					     : PEER_WHOLE;
}

void
simpeer_initiate(struct simpeer *p, struct slice key, struct slice text, struct peer_answer *a)
{
	struct fault f;
	json_t *body = json_read("body", text.p, text.len, &f);
	const char *number = json_string_value(json_object_get(body, "phone_number"));
	struct peer_call *c = p->o.idempotent ? known(p, key) : NULL;

	p->requests++;
	if (body == NULL)
		say(a, 400, f.text);
	else if (now_and_then(p, FAULT_REFUSE) || !is_number(number))
		say(a, 422, "phone_number is not valid");
	else if (now_and_then(p, FAULT_EARLY))
		say(a, 500, "something went wrong before it");
	else if (c != NULL)
		say_placed(p, c, a);
	else if (!place(p, c = add_call(p, key, body), number))
		say(a, 503, "the exchange is shutting down");
	else {
		say_placed(p, c, a);
		misbehave(p, a);
	}
	json_decref(body);
}

void
simpeer_hangup(struct simpeer *p, struct slice text, struct peer_answer *a)
{
	struct fault f;
	json_t *body = json_read("body", text.p, text.len, &f);
	const char *id = json_string_value(json_object_get(body, "call_id"));
	struct peer_call *c = p->calls;
	struct buf action = {0};
	struct uuid uuid;

	while (c != NULL && id != NULL && strcmp(c->ours, id) != 0 && strcmp(c->id, id) != 0)
		c = c->next;
	if (id == NULL)
		say(a, 422, "call_id is missing");
	else if (c == NULL)
		say(a, 404, "there is no such call");
	else if (uuid_parse(c->id, strlen(c->id), &uuid) == 0 &&
	    ami_encode_hangup(&action, &uuid, 16, &f) == 0) {
		simami_act(p->ami, &action, NULL);
		say(a, 200, "it is hung up");
	}
	buf_release(&action);
	json_decref(body);
}

/* ---- from outside ------------------------------------------------------------------------ */

struct simpeer *
simpeer_new(const struct simhttp_options *o)
{
	struct simpeer *p = xcalloc(1, sizeof(*p));
	struct fault ignored;
	unsigned every;

	p->o = *o;
	p->webhook = o->webhook != NULL ? xstrdup(o->webhook) : NULL;
	if (o->webhook_secret != NULL)
		p->secret = xasprintf("X-AVR-WEBHOOK-SECRET: %s", o->webhook_secret);
	for (size_t i = 0; i < o->faults; i++) {
		int kind = read_fault(o->fault[i], &every, &ignored);

		if (kind >= 0)
			p->every[kind] = every;
	}
	return p;
}

int
simpeer_start(struct simpeer *p, struct loop *loop, struct simami *ami, struct fault *f)
{
	p->loop = loop;
	p->ami = ami;
	if (p->webhook != NULL && (p->http = http_new(loop, CONNECTIONS, f)) == NULL)
		return -1;
	return 0;
}

void
simpeer_free(struct simpeer *p)
{
	struct peer_call *c;

	while (p->hooks != NULL) {
		p->hooks->tries = HOOK_TRIES - 1; /* not again */
		if (p->hooks->under_way != NULL)
			http_cancel(p->http, p->hooks->under_way);
		else
			hook_free(p->hooks);
	}
	http_free(p->http);
	while ((c = p->calls) != NULL) {
		p->calls = c->next;
		buf_release(&c->metadata);
		free(c);
	}
	free(p->webhook);
	free(p->secret);
	free(p);
}
