/*
 * simavr: a talk goes step by step; the next begins when the last was
 * answered and its time has come. Who hangs up ends it in the middle.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "rand.h"
#include "simavr.h"

enum {
	CONNECTIONS = 64,
	TIMEOUT_MS = 3000, /* AVR's own */
	REPLY_MAX = 1 << 20,
	SAID_MAX = 300,
	CALL_MAX = 160
};

/* ---- what is said ---------------------------------------------------------------------- */

/* %s is what the AI was told of this person. */
struct line {
	int at_ms; /* after the answer */
	const char *type, *text;
};

static const struct line accepts[] = {{500, "agent", "Hello, this is an AI assistant. %s"},
    {6000, "user", "Yes, speaking. That is good news, I accept."},
    {10000, "agent", "Wonderful. The office writes you an e-mail. Goodbye."},
    {13000, "user", "Thank you, goodbye."}, {0, NULL, NULL}};
static const struct line asks[] = {{500, "agent", "Hello, this is an AI assistant. %s"},
    {5000, "interruption", NULL}, {5200, "user", "Sorry, when must I answer at the latest?"},
    {9000, "agent", "I do not know that for certain, the office writes you an e-mail."},
    {14000, "user", "Fine, then I decide next week."}, {0, NULL, NULL}};
static const struct line later[] = {{500, "agent", "Hello, this is an AI assistant. %s"},
    {4000, "user", "I am in a class now, please call me back tomorrow at five."},
    {7000, "agent", "Of course. Goodbye."}, {0, NULL, NULL}};
static const struct line elsewhere[] = {{500, "agent", "Hello, this is an AI assistant. %s"},
    {5000, "user", "Thank you, but I have chosen another university."},
    {8000, "agent", "I understand. All the best."}, {0, NULL, NULL}};
static const struct line stops[] = {{500, "agent", "Hello, this is an AI assistant. %s"},
    {4000, "user", "Please stop calling me."},
    {6000, "agent", "I am sorry. You will not be called again."}, {0, NULL, NULL}};
static const struct line presses[] = {
    {500, "agent", "Hello, this is an AI assistant. Press nine for no more calls. %s"},
    {4000, "dtmf", "9"}, {0, NULL, NULL}};
static const struct line stranger[] = {{500, "agent", "Hello, this is an AI assistant. %s"},
    {4000, "user", "There is nobody of that name here, you have the wrong number."},
    {7000, "agent", "I am sorry. Goodbye."}, {0, NULL, NULL}};

/* The same person always says the same. */
static const struct conversation {
	unsigned share; /* of 20 */
	const struct line *line;
} conversations[] = {{8, accepts}, {5, asks}, {2, later}, {2, elsewhere}, {1, stops},
    {1, presses}, {1, stranger}};

static const struct line *
conversation_of(const char *number)
{
	uint64_t at = hash64(number, strlen(number), 20) % 20;
	size_t i = 0;

	while (at >= conversations[i].share)
		at -= conversations[i++].share;
	return conversations[i].line;
}

/* ---- a call ------------------------------------------------------------------------------ */

enum step { INITIATED, STARTED, CONTEXT, LINES, ENDED };

struct talk {
	struct talk *next;
	struct simavr *a;
	char call[CALL_MAX], from[82], to[82], channel[242];
	int64_t answered_at; /* mono */
	enum step step;
	const struct line *line;
	const char *what; /* of the request under way; null: none is */
	struct buf told;  /* what it says of what it was told */
	struct loop_timer *timer;
	bool over;
};

struct simavr {
	struct loop *loop;
	struct http *http;
	struct simavr_options o;
	struct talk *first;
	int talks;
	char *events, *context, *secret;
	void (*silent)(void *);
	void *silent_arg;
};

static void go_on(struct talk *);

static void
end_talk(struct talk *t)
{
	struct simavr *a = t->a;
	struct talk **at = &a->first;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	loop_cancel(a->loop, t->timer);
	buf_release(&t->told);
	free(t);
	if (--a->talks == 0 && a->silent != NULL) {
		void (*silent)(void *) = a->silent;

		a->silent = NULL;
		silent(a->silent_arg);
	}
}

#define DANDA "।"

/* Where the next sentence begins. */
static const char *
skip_ends(const char *p)
{
	for (;;) {
		p += strspn(p, ".\n ");
		if (strncmp(p, DANDA, strlen(DANDA)) != 0)
			return p;
		p += strlen(DANDA);
	}
}

/* Where the sentence at p ends: at a point, a danda or a line's end. */
static size_t
sentence(const char *p)
{
	const char *danda = strstr(p, DANDA);
	size_t n = strcspn(p, ".\n");

	return danda != NULL && (size_t)(danda - p) < n ? (size_t)(danda - p) : n;
}

/*
 * The sentence of the context that tells most, which is the last paragraph's first one with a number,
 * else its first.
 */
static void
choose_sentence(const char *system, struct buf *out)
{
	const char *p = strstr(system, "\n\n"), *best = NULL;
	size_t best_len = 0;

	p = p != NULL ? p + 2 : system;
	while (*(p = skip_ends(p)) != '\0') {
		size_t n = sentence(p);
		bool number = strcspn(p, "0123456789") < n;

		if (best == NULL || number) {
			best = p;
			best_len = n < SAID_MAX ? n : SAID_MAX;
		}
		if (number || n == 0)
			break;
		p += n;
	}
	while (best_len > 0 && ((unsigned char)best[best_len] & 0xc0) == 0x80)
		best_len--;
	buf_reset(out);
	buf_adds(out, "I was told: ");
	buf_add(out, best != NULL ? best : "", best_len);
}

static void
take_context(struct talk *t, const struct http_reply *reply)
{
	struct fault ignored;
	json_t *o = json_read("context", reply->body, reply->len, &ignored);
	const char *system = json_string_value(json_object_get(o, "system"));

	if (reply->status == 200 && system != NULL)
		choose_sentence(system, &t->told);
	json_decref(o);
}

static void
on_reply(void *arg, const struct http_reply *reply)
{
	struct talk *t = arg;
	struct simavr_fact fact = {clock_wall(), t->call, t->what, reply->status};

	t->what = NULL;
	if (t->a->o.fact != NULL)
		t->a->o.fact(t->a->o.arg, &fact);
	if (t->step == CONTEXT)
		take_context(t, reply);
	if (t->step == ENDED) {
		end_talk(t);
		return;
	}
	if (t->step == LINES)
		t->line++;
	else
		t->step++;
	go_on(t);
}

/* ---- what is sent -------------------------------------------------------------------------- */

static void
send_request(struct talk *t, const char *what, const char *url, const char *header,
    const struct buf *body)
{
	const char *headers[] = {header, body != NULL ? t->a->secret : NULL, NULL};
	struct http_request r = {.url = url,
	    .header = headers,
	    .body = body != NULL ? body->p : NULL,
	    .len = body != NULL ? body->len : 0,
	    .timeout_ms = TIMEOUT_MS,
	    .max_reply = REPLY_MAX,
	    .done = on_reply,
	    .arg = t};
	struct fault why;

	t->what = what;
	if (http_send(t->a->http, &r, &why) == NULL)
		on_reply(t, &(struct http_reply){.body = "", .headers = "", .why = why});
}

static void
post(struct talk *t, const char *type, const struct buf *payload)
{
	struct buf b = {0};
	char at[32];

	buf_member(&b, "uuid", t->call);
	buf_member(&b, "type", type);
	buf_member(&b, "timestamp", num_instant_text(clock_wall(), at));
	buf_key(&b, "payload");
	buf_adds(&b, payload != NULL && payload->len > 0 ? payload->p : "{}");
	buf_addc(&b, '}');
	send_request(t, type, t->a->events, "Content-Type: application/json", &b);
	buf_release(&b);
}

static void
post_initiated(struct talk *t)
{
	struct buf p = {0};

	buf_member(&p, "from", t->from);
	buf_member(&p, "to", t->to);
	buf_member(&p, "uniqueid", t->call);
	buf_member(&p, "channel", t->channel);
	buf_adds(&p, ",\"recording\":false}");
	post(t, "call_initiated", &p);
	buf_release(&p);
}

static void
ask_context(struct talk *t)
{
	char header[CALL_MAX + 20];

	snprintf(header, sizeof(header), "X-AVR-UUID: %s", t->call);
	send_request(t, "context", t->a->context, header, NULL);
}

static void
post_line(struct talk *t)
{
	const struct line *l = t->line;
	struct buf p = {0}, text = {0};
	const char *hole = l->text != NULL ? strstr(l->text, "%s") : NULL;

	if (strcmp(l->type, "interruption") == 0) {
		post(t, "interruption", NULL);
	} else if (strcmp(l->type, "dtmf") == 0) {
		buf_member(&p, "digit", l->text);
		buf_addc(&p, '}');
		post(t, "dtmf_digit", &p);
	} else {
		buf_add(
		    &text, l->text, hole != NULL ? (size_t)(hole - l->text) : strlen(l->text));
		if (hole != NULL)
			buf_add(&text, t->told.p, t->told.len);
		buf_member(&p, "role", l->type);
		buf_member(&p, "text", text.p);
		buf_addc(&p, '}');
		post(t, "transcription", &p);
	}
	buf_release(&p);
	buf_release(&text);
}

static void
on_time(void *arg)
{
	struct talk *t = arg;

	t->timer = NULL;
	go_on(t);
}

/* The next step, if it is its time. */
static void
go_on(struct talk *t)
{
	if (t->what != NULL || t->timer != NULL)
		return;
	if (t->step == LINES && (t->over || t->line->type == NULL)) {
		if (!t->over)
			return; /* all is said */
		t->step = ENDED;
	}
	switch (t->step) {
	case INITIATED: post_initiated(t); break;
	case STARTED: post(t, "call_started", NULL); break;
	case CONTEXT: ask_context(t); break;
	case LINES:
		if (clock_mono() >= t->answered_at + t->line->at_ms)
			post_line(t);
		else
			t->timer =
			    loop_at(t->a->loop, t->answered_at + t->line->at_ms, on_time, t);
		break;
	case ENDED: post(t, "call_ended", NULL);
	}
}

/* ---- what the switch does ------------------------------------------------------------------- */

static void
begin_talk(struct simavr *a, const struct sim_fact *fact)
{
	struct talk *t = xcalloc(1, sizeof(*t));

	t->a = a;
	t->next = a->first;
	a->first = t;
	a->talks++;
	(void)copy_text(t->call, sizeof(t->call), fact->call);
	(void)copy_text(t->from, sizeof(t->from), fact->caller);
	(void)copy_text(t->to, sizeof(t->to), fact->exten);
	(void)copy_text(t->channel, sizeof(t->channel), fact->channel);
	t->answered_at = clock_mono();
	t->line = conversation_of(fact->number);
	buf_adds(&t->told, "How can I help you?");
	go_on(t);
}

void
simavr_take(struct simavr *a, const struct sim_fact *fact)
{
	struct talk *t = a->first;

	if (fact->kind == SIM_ANSWERED && fact->ai)
		begin_talk(a, fact);
	if (fact->kind != SIM_HUNGUP)
		return;
	while (t != NULL && (t->over || strcmp(t->call, fact->call) != 0))
		t = t->next;
	if (t == NULL)
		return;
	t->over = true;
	loop_cancel(a->loop, t->timer);
	t->timer = NULL;
	go_on(t);
}

/* ---- from start to end ----------------------------------------------------------------------- */

int
simavr_check(const char *url, struct fault *f)
{
	static const char *const starts[] = {
	    "http://127.", "http://localhost:", "http://localhost/", "http://[::1]"};

	for (size_t i = 0; i < COUNT(starts); i++)
		if (strncmp(url, starts[i], strlen(starts[i])) == 0)
			return 0;
	return fault(f, CONFIG,
	    "%s: the simulator speaks to this machine alone (http://127.0.0.1:8000)", url);
}

struct simavr *
simavr_open(struct loop *loop, const struct simavr_options *o, struct fault *f)
{
	struct simavr *a = xcalloc(1, sizeof(*a));

	a->loop = loop;
	a->o = *o;
	if ((a->http = http_new(loop, CONNECTIONS, f)) == NULL) {
		free(a);
		return NULL;
	}
	a->events = xasprintf("%s/events", o->url);
	a->context = xasprintf("%s/api/v1/context/openai-system-instructions", o->url);
	if (o->secret != NULL)
		a->secret = xasprintf("X-AVR-WEBHOOK-SECRET: %s", o->secret);
	return a;
}

int
simavr_talks(const struct simavr *a)
{
	return a->talks;
}

void
simavr_when_silent(struct simavr *a, void (*cb)(void *), void *arg)
{
	a->silent = cb;
	a->silent_arg = arg;
	if (a->talks == 0) {
		a->silent = NULL;
		cb(arg);
	}
}

void
simavr_close(struct simavr *a)
{
	if (a == NULL)
		return;
	a->silent = NULL;
	for (struct talk *t = a->first; t != NULL; t = t->next)
		t->step = ENDED; /* its reply, which comes now, is the last */
	http_free(a->http);
	while (a->first != NULL)
		end_talk(a->first);
	free(a->events);
	free(a->context);
	free(a->secret);
	free(a);
}
