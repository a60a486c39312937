/*
 * simllm: the HTTP thread reads and writes, the main loop decides and keeps
 * the time. A chat lives until its request is forgotten and the main loop has
 * nothing more to add: who is second frees it.
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "llm_rate.h"
#include "mem.h"
#include "server.h"
#include "simllm.h"

enum {
	BODY_MAX = ROUTE_MEMORY, /* more would lie in a file */
	SWEEP_MS = 1000,
	PLENTY_REQUESTS = 10000, /* what the headers say where there is no limit */
	PLENTY_TOKENS = 2000000,
	MINUTE_S = 60
};

struct chat {
	struct chat *next, *prev; /* the main loop's */
	struct simllm *s;
	struct request *r; /* the main loop's until it is answered */
	struct simchat ask;
	struct sim_act act;
	struct buf text;
	size_t at; /* in text, of what is streamed; see simchat_event */
	int64_t tokens_out;
	struct loop_timer *timer;
	bool answered;
	/* Under the lock: */
	struct buf out;
	size_t sent;
	bool ended, cut, paused, forgotten;
};

struct tries {
	uint64_t hash;
	int n; /* 0: a free place */
};

struct simllm {
	struct loop *loop;
	struct simllm_options o;
	struct server *server;
	struct llm_rate rate;
	struct loop_timer *sweep;
	struct tries *tries;
	size_t questions, places;
	struct chat *first;
	bool nothing_hangs;
	pthread_mutex_t lock; /* of what is streamed */
};

/* ---- how often a question came -------------------------------------------------------- */

static struct tries *
place_of(struct tries *table, size_t places, uint64_t hash)
{
	size_t i = hash & (places - 1);

	while (table[i].n > 0 && table[i].hash != hash)
		i = (i + 1) & (places - 1);
	return &table[i];
}

static void
grow(struct simllm *s)
{
	size_t places = s->places > 0 ? 2 * s->places : 1024;
	struct tries *table = xcalloc(places, sizeof(*table));

	for (size_t i = 0; i < s->places; i++)
		if (s->tries[i].n > 0)
			*place_of(table, places, s->tries[i].hash) = s->tries[i];
	free(s->tries);
	s->tries = table;
	s->places = places;
}

static int
count_try(struct simllm *s, uint64_t hash)
{
	struct tries *t;

	if (2 * s->questions >= s->places)
		grow(s);
	t = place_of(s->tries, s->places, hash);
	s->questions += t->n == 0;
	t->hash = hash;
	return ++t->n;
}

/* ---- chats ------------------------------------------------------------------------------ */

static struct chat *
chat_new(struct simllm *s, struct request *r)
{
	struct chat *c = xcalloc(1, sizeof(*c));

	c->s = s;
	c->r = r;
	c->next = s->first;
	if (c->next != NULL)
		c->next->prev = c;
	s->first = c;
	return c;
}

static void
chat_free(struct chat *c)
{
	simchat_release(&c->ask);
	buf_release(&c->text);
	buf_release(&c->out);
	free(c);
}

/* The main loop has nothing more to add. */
static void
chat_leave(struct chat *c)
{
	bool last;

	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->s->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	loop_cancel(c->s->loop, c->timer);
	pthread_mutex_lock(&c->s->lock);
	c->ended = true;
	last = c->forgotten;
	if (c->paused && !last) {
		c->paused = false;
		server_continue(c->r);
	}
	pthread_mutex_unlock(&c->s->lock);
	if (last)
		chat_free(c);
}

/* In the HTTP thread: the request is no more. */
static void
chat_forget(void *arg)
{
	struct chat *c = arg;
	bool last;

	pthread_mutex_lock(&c->s->lock);
	c->forgotten = true;
	last = c->ended;
	pthread_mutex_unlock(&c->s->lock);
	if (last)
		chat_free(c);
}

/* In the HTTP thread: the next bytes of a stream. */
static ssize_t
chat_send(struct request *r, char *to, size_t max)
{
	struct chat *c = r->data;
	ssize_t n;

	pthread_mutex_lock(&c->s->lock);
	n = (ssize_t)(c->out.len - c->sent < max ? c->out.len - c->sent : max);
	if (n > 0) {
		memcpy(to, c->out.p + c->sent, (size_t)n);
		c->sent += (size_t)n;
	} else if (c->ended) {
		if (c->cut)
			server_cut(r);
		n = -1;
	} else {
		c->paused = true;
		server_pause(r);
	}
	pthread_mutex_unlock(&c->s->lock);
	return n;
}

/* ---- answers --------------------------------------------------------------------------- */

static void
answered(struct chat *c)
{
	c->answered = true;
	server_answered(c->s->server, c->r);
}

/* As OpenAI's errors are shaped. */
static void
say_error(struct request *r, int status, const char *type, const char *code, const char *text)
{
	buf_reset(&r->out);
	buf_adds(&r->out, "{\"error\":{\"message\":");
	buf_json(&r->out, text, strlen(text));
	buf_member(&r->out, "type", type);
	buf_adds(&r->out, ",\"param\":null");
	buf_member(&r->out, "code", code);
	buf_adds(&r->out, "}}");
	r->status = status;
	r->type = "application/json";
}

/* An answer at once, without any stream. */
static void
end_with(struct chat *c)
{
	answered(c);
	pthread_mutex_lock(&c->s->lock);
	c->forgotten = true; /* the request does not know of the chat */
	pthread_mutex_unlock(&c->s->lock);
	chat_leave(c);
}

static int64_t
left(const struct llm_bucket *b, int64_t plenty)
{
	int64_t n = b->level / (MINUTE_S * 1000);

	return b->per_minute == 0 ? plenty - 1 : n > 0 ? n : 0;
}

static int64_t
reset_ms(const struct llm_bucket *b)
{
	return b->per_minute == 0
	    ? 1
	    : (b->per_minute * MINUTE_S * 1000 - b->level) / b->per_minute;
}

static void
add_limits(struct chat *c)
{
	const struct llm_bucket *q = &c->s->rate.requests, *t = &c->s->rate.tokens;

	request_add(c->r, "x-ratelimit-limit-requests", "%lld",
	    (long long)(q->per_minute > 0 ? q->per_minute : PLENTY_REQUESTS));
	request_add(c->r, "x-ratelimit-remaining-requests", "%lld",
	    (long long)left(q, PLENTY_REQUESTS));
	request_add(c->r, "x-ratelimit-reset-requests", "%lldms", (long long)reset_ms(q));
	request_add(c->r, "x-ratelimit-limit-tokens", "%lld",
	    (long long)(t->per_minute > 0 ? t->per_minute : PLENTY_TOKENS));
	request_add(
	    c->r, "x-ratelimit-remaining-tokens", "%lld", (long long)left(t, PLENTY_TOKENS));
	request_add(c->r, "x-ratelimit-reset-tokens", "%lldms", (long long)reset_ms(t));
}

static void
say_later(struct chat *c, int64_t after_ms)
{
	add_limits(c);
	request_add(c->r, "Retry-After", "%lld", (long long)((after_ms + 999) / 1000));
	say_error(
	    c->r, 429, "requests", "rate_limit_exceeded", "Rate limit reached, try later");
	end_with(c);
}

static struct simchat_reply
reply_of(const struct chat *c)
{
	const struct simscript *s = c->s->o.script;

	return (struct simchat_reply){.fault = c->act.fault,
	    .text = c->text.p,
	    .created = clock_wall() / 1000,
	    .tokens_in = s->tokens_in >= 0 ? s->tokens_in : c->ask.tokens_in,
	    .tokens_out = s->tokens_out >= 0 ? s->tokens_out : c->tokens_out};
}

/* From here on the bytes come from chat_send. */
static void
begin_stream(struct chat *c, const char *type)
{
	c->r->status = 200;
	c->r->type = type;
	c->r->data = c;
	c->r->release = chat_forget;
	c->r->stream = chat_send;
	add_limits(c);
	answered(c);
}

/* More bytes for who waits for them. */
static void
push(struct chat *c, const struct buf *more)
{
	pthread_mutex_lock(&c->s->lock);
	if (!c->forgotten) {
		buf_add(&c->out, more->p, more->len);
		if (c->paused) {
			c->paused = false;
			server_continue(c->r);
		}
	}
	pthread_mutex_unlock(&c->s->lock);
}

/* One word, and the next when it is its time. */
static void
next_event(void *arg)
{
	struct chat *c = arg;
	struct simchat_reply reply = reply_of(c);
	struct buf event = {0};

	c->timer = NULL;
	if (simchat_event(&c->ask, &reply, &c->at, &event) > 0) {
		push(c, &event);
		c->timer = loop_at(c->s->loop, clock_mono() + c->act.token_ms, next_event, c);
	} else {
		chat_leave(c);
	}
	buf_release(&event);
}

/* All of it; with cut half of it, and the end of the connection. */
static void
send_stream(struct chat *c)
{
	struct simchat_reply reply = reply_of(c);
	struct buf all = {0};

	if (c->act.act == SIM_SLOW) {
		begin_stream(c, "text/event-stream");
		next_event(c);
		return;
	}
	while (simchat_event(&c->ask, &reply, &c->at, &all) > 0)
		;
	if (c->act.act == SIM_CUT) {
		all.len /= 2;
		c->cut = true;
	}
	buf_add(&c->out, all.p, all.len);
	buf_release(&all);
	begin_stream(c, "text/event-stream");
	chat_leave(c);
}

/* Half a reply, and the end of the connection. */
static void
send_half(struct chat *c)
{
	struct simchat_reply reply = reply_of(c);

	simchat_reply(&c->ask, &reply, &c->out);
	c->out.len /= 2;
	c->cut = true;
	begin_stream(c, "application/json");
	chat_leave(c);
}

static void
send_plain(struct chat *c)
{
	struct simchat_reply reply = reply_of(c);

	add_limits(c);
	c->r->status = 200;
	c->r->type = "application/json";
	if (c->act.act == SIM_PAGE) {
		c->r->type = "text/html";
		buf_adds(&c->r->out, "<!DOCTYPE html><title>Welcome</title><p>Welcome.\n");
	} else {
		simchat_reply(&c->ask, &reply, &c->r->out);
		if (c->act.act == SIM_BROKEN)
			c->r->out.p[c->r->out.len - 1] = ',';
	}
	end_with(c);
}

/* The latency is over. */
static void
answer(void *arg)
{
	struct chat *c = arg;

	c->timer = NULL;
	switch (c->act.act) {
	case SIM_429: say_later(c, c->act.retry_after_ms); break;
	case SIM_QUOTA:
		say_error(c->r, 429, "insufficient_quota", "insufficient_quota",
		    "You exceeded your current quota");
		end_with(c);
		break;
	case SIM_500:
		say_error(c->r, 500, "server_error", NULL, "The server had an error");
		end_with(c);
		break;
	case SIM_CLOSE:
		server_cut(c->r);
		say_error(c->r, 500, "server_error", NULL, "");
		end_with(c);
		break;
	default:
		if (c->ask.stream && c->act.act != SIM_PAGE && c->act.act != SIM_BROKEN)
			send_stream(c);
		else if (c->act.act == SIM_CUT)
			send_half(c);
		else
			send_plain(c);
	}
}

static int64_t
words_of(const char *p)
{
	int64_t n = 0;

	while (*(p += strspn(p, " \n")) != '\0') {
		p += strcspn(p, " \n");
		n++;
	}
	return n;
}

static void
schedule(struct chat *c)
{
	int64_t ms = c->s->o.script->latency_ms;

	if (c->act.act == SIM_HANG && !c->s->nothing_hangs)
		return;
	if (c->act.act == SIM_SLOW && !c->ask.stream)
		ms += c->act.token_ms * words_of(c->text.p);
	if (ms > 0)
		c->timer = loop_at(c->s->loop, clock_mono() + ms, answer, c);
	else
		answer(c);
}

/* ---- requests ---------------------------------------------------------------------------- */

static void
tell(struct chat *c, int try, const char *does)
{
	struct simllm_fact fact = {clock_wall(), c->ask.hash, try, does, c->ask.stream};

	if (c->s->o.fact != NULL)
		c->s->o.fact(c->s->o.arg, &fact);
}

/* Those who check a key say what was wrong with it, as OpenAI does. */
static bool
has_key(struct simllm *s, struct chat *c, int try)
{
	char text[200];

	if (s->o.key == NULL || strcmp(c->r->actor, s->o.key) == 0)
		return true;
	tell(c, try, "key");
	snprintf(text, sizeof(text), "Incorrect API key provided: %.100s", c->r->actor);
	say_error(c->r, 401, "invalid_request_error", "invalid_api_key", text);
	end_with(c);
	return false;
}

static void
take_question(struct simllm *s, struct chat *c)
{
	int try = count_try(s, c->ask.hash);
	char text[200];
	int64_t wait;

	if (!has_key(s, c, try))
		return;
	if (!simscript_has_model(s->o.script, c->ask.model)) {
		tell(c, try, "model");
		snprintf(text, sizeof(text), "The model `%.100s` does not exist", c->ask.model);
		say_error(c->r, 404, "invalid_request_error", "model_not_found", text);
		end_with(c);
		return;
	}
	if ((wait = llm_rate_take(&s->rate, c->ask.tokens_in, clock_mono())) > 0) {
		tell(c, try, "limit");
		say_later(c, wait);
		return;
	}
	c->act = simscript_act(s->o.script, &c->ask, try);
	if (c->act.answer != NULL && c->act.fault == SIMCHAT_FINE)
		buf_adds(&c->text, c->act.answer);
	else
		simchat_text(&c->ask, c->act.fault, &c->text);
	c->tokens_out = (int64_t)(c->text.len / 4 + 1);
	tell(c, try, c->act.word);
	schedule(c);
}

static void
on_requests(void *arg, short revents)
{
	struct simllm *s = arg;
	struct request *r = server_take(s->server), *next;

	for (; r != NULL; r = next) {
		struct chat *c = chat_new(s, r);
		struct fault why;

		next = r->next;
		if (simchat_read(
			&c->ask, r->body.p != NULL ? r->body.p : "", r->body.len, &why) < 0) {
			say_error(r, 400, "invalid_request_error", NULL, why.text);
			end_with(c);
		} else {
			take_question(s, c);
		}
	}
}

/* ---- in the HTTP thread ------------------------------------------------------------------ */

/* Keeps the key for the main loop, which tells of every question, also of one with a wrong key. */
static void
keep_key(struct request *r)
{
	const char *said = request_field(r, "Authorization"),
		   *key = request_field(r, "api-key");

	if (said != NULL && strncasecmp(said, "Bearer ", 7) == 0)
		key = said + 7;
	(void)copy_text(r->actor, sizeof(r->actor), key != NULL ? key : "");
}

static void
list_models(struct request *r)
{
	static char *one[] = {"simulator", NULL};
	const struct simllm *s = r->web;
	char **m = s->o.script->models != NULL ? s->o.script->models : one;

	buf_adds(&r->out, "{\"object\":\"list\",\"data\":[");
	for (size_t i = 0; m[i] != NULL; i++) {
		buf_adds(&r->out, i > 0 ? ",{\"id\":" : "{\"id\":");
		buf_json(&r->out, m[i], strlen(m[i]));
		buf_adds(&r->out,
		    ",\"object\":\"model\",\"created\":0,\"owned_by\":\"outreach-sim\"}");
	}
	buf_adds(&r->out, "]}");
	request_json(r, 200);
}

/* Marks what goes to the main loop; on_requests does the work. */
static int
later(struct request *r, struct fault *f)
{
	return 0;
}

#define CHAT(path)                                                                       \
	{                                                                                \
		path, METHOD_POST, FACE_PEOPLE, AUTH_NONE, BODY_MAX, "application/json", \
		    keep_key, NULL, later                                                \
	}

static const struct route routes[] = {
    CHAT("/v1/chat/completions"),
    CHAT("/openai/deployments/{name}/chat/completions"),
    {"/v1/models", METHOD_GET, FACE_PEOPLE, AUTH_NONE, 0, NULL, list_models, NULL, NULL},
};

/* ---- from start to end --------------------------------------------------------------------- */

static void
sweep(void *arg)
{
	struct simllm *s = arg;

	server_sweep(s->server);
	s->sweep = loop_at(s->loop, clock_mono() + SWEEP_MS * clock_scale(), sweep, s);
}

struct simllm *
simllm_open(
    struct loop *loop, struct listen *l, const struct simllm_options *o, struct fault *f)
{
	struct simllm *s = xcalloc(1, sizeof(*s));
	struct server_options so = {.route = routes, .routes = COUNT(routes), .web = s};

	s->loop = loop;
	s->o = *o;
	pthread_mutex_init(&s->lock, NULL);
	llm_rate_init(&s->rate, o->script->requests_per_minute, o->script->tokens_per_minute,
	    clock_mono());
	if ((s->server = server_open(&so, f)) == NULL || server_listen(s->server, l, f) < 0) {
		server_close(s->server);
		pthread_mutex_destroy(&s->lock);
		free(s);
		return NULL;
	}
	loop_fd(loop, server_fd(s->server), POLLIN, on_requests, s);
	sweep(s);
	return s;
}

void
simllm_go(struct simllm *s)
{
	struct chat *next;

	s->nothing_hangs = true;
	for (struct chat *c = s->first; c != NULL; c = next) {
		next = c->next;
		if (!c->answered && c->timer == NULL)
			schedule(c);
	}
}

void
simllm_close(struct simllm *s)
{
	if (s == NULL)
		return;
	loop_cancel(s->loop, s->sweep);
	loop_fd_remove(s->loop, server_fd(s->server));
	server_quiesce(s->server);
	while (s->first != NULL) {
		struct chat *c = s->first;

		if (c->answered) {
			pthread_mutex_lock(&s->lock);
			c->cut = true;
			pthread_mutex_unlock(&s->lock);
			chat_leave(c);
		} else {
			server_cut(c->r);
			say_error(c->r, 503, "server_error", NULL, "the simulator ends");
			end_with(c);
		}
	}
	server_close(s->server);
	pthread_mutex_destroy(&s->lock);
	free(s->tries);
	free(s);
}
