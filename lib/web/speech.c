/*
 * speech: the main loop asks and gathers texts, the HTTP thread sends them, one
 * object a write, as AVR reads each write as one. Whoever hangs up is noticed on
 * a descriptor of our own: a connection that waits is not looked at by the
 * server.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "calls.h"
#include "clock.h"
#include "http.h"
#include "json.h"
#include "llm.h"
#include "llm_delta.h"
#include "mem.h"
#include "secret.h"
#include "web_parts.h"

enum {
	AT_ONCE = 256, /* answers under way */
	MESSAGES_MAX = 500,
	TEXT_PIECE =
	    256, /* bytes of text in an object: with all of it escaped it fits a write */
	ANSWER_MAX = 1 << 20,
	ANSWER_MS = 120000,
	US = 1000000
};

/* Shared by the two threads under lock; freed by the main loop when both have done with it. */
struct speech {
	struct speech *next;
	struct speeches *all;
	struct request *r; /* the main loop's until it is answered */
	struct uuid id;
	json_t *messages;
	struct buf queue; /* objects with a newline behind each */
	size_t at;
	bool paused, ended,
	    gone; /* ended: nothing more comes; gone: the request is forgotten */

	/* The main loop's alone. */
	struct http_call *call;
	struct llm_delta delta;
	struct fault why;
	int64_t heard_us; /* the model last said something */
	int fd;           /* of the connection, to see its end; -1 */
	bool begun, answered, said, failed;
};

struct speeches {
	struct web *web;
	struct http *http;
	char *authorization, *url;
	const char *key; /* in authorization; null: none is sent */
	int wake;
	pthread_mutex_t lock;
	struct speech *first;
};

/* ---- what is asked: in the HTTP thread ------------------------------------------------------ */

/* The request is forgotten: the main loop frees what it was about. */
static void
let_go(void *arg)
{
	struct speech *s = arg;
	struct speeches *all = s->all;
	bool begun;

	pthread_mutex_lock(&all->lock);
	begun = s->begun;
	s->gone = true;
	pthread_mutex_unlock(&all->lock);
	if (begun) {
		(void)!write(all->wake, &(uint64_t){1}, sizeof(uint64_t));
		return;
	}
	json_decref(s->messages);
	free(s);
}

/* One message of the talk so far. 0, or -1. */
static int
add_message(json_t *to, const json_t *m)
{
	static const char *const roles[] = {"user", "assistant", "system", NULL};
	const char *role = json_string_value(json_object_get(m, "role"));
	const json_t *content = json_object_get(m, "content");
	int i = 0;

	while (role && roles[i] && strcmp(role, roles[i]) != 0)
		i++;
	if (!role || !roles[i] || !json_is_string(content))
		return -1;
	return json_array_append_new(
	    to, json_pack("{s:s, s:O}", "role", role, "content", content));
}

static json_t *
messages_of(const json_t *body)
{
	const json_t *list = json_object_get(body, "messages");
	const json_t *one = json_object_get(body, "message");
	json_t *to = json_array();
	size_t n = json_array_size(list);
	int rc = n > MESSAGES_MAX ? -1 : 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_message(to, json_array_get(list, i));
	if (n == 0 && json_is_string(one))
		rc = json_array_append_new(
		    to, json_pack("{s:s, s:O}", "role", "user", "content", one));
	if (rc == 0 && json_array_size(to) > 0)
		return to;
	json_decref(to);
	return NULL;
}

void
speech_read(struct request *r)
{
	struct web *w = r->web;
	const char *header = request_field(r, "X-UUID"), *id;
	struct speech *s;
	struct fault f;
	json_t *body = json_read("body", r->body.p ? r->body.p : "", r->body.len, &f);
	struct uuid uuid;

	id = json_string_value(json_object_get(body, "uuid"));
	json_t *messages = body ? messages_of(body) : NULL;
	if (!body)
		request_problem(r, 400, "%s", f.text);
	else if (context_key(id ? id : header ? header : "", &uuid) < 0)
		request_problem(r, 422, "uuid must be the id of a call");
	else if (!messages)
		request_problem(r, 422,
		    "messages must be up to %d objects with role (user, assistant, system) and content, or message a text",
		    MESSAGES_MAX);
	json_decref(body);
	if (r->status) {
		json_decref(messages);
		return;
	}
	s = xcalloc(1, sizeof(*s));
	*s = (struct speech){
	    .all = w->speeches, .r = r, .id = uuid, .messages = messages, .fd = -1};
	r->data = s;
	r->release = let_go;
}

/* One object a time. */
static ssize_t
send_next(struct request *r, char *to, size_t max)
{
	struct speech *s = r->data;
	ssize_t n = -1;

	pthread_mutex_lock(&s->all->lock);
	if (s->at < s->queue.len) {
		const char *p = s->queue.p + s->at, *end = strchr(p, '\n');

		n = end - p;
		if ((size_t)n > max) /* cannot be: see TEXT_PIECE */
			n = (ssize_t)max;
		memcpy(to, p, (size_t)n);
		s->at += (size_t)n + 1;
		if (s->at >= s->queue.len) {
			buf_reset(&s->queue);
			s->at = 0;
		}
	} else if (!s->ended) {
		n = 0;
		s->paused = true;
		server_pause(r);
	}
	pthread_mutex_unlock(&s->all->lock);
	return n;
}

/* ---- the answer: in the main loop -------------------------------------------------------------- */

/* Under lock. */
static void
go_on(struct speech *s)
{
	if (!s->paused || s->gone)
		return;
	s->paused = false;
	server_continue(s->r);
}

/* The request leaves with a stream behind it. */
static void
begin_answer(struct speech *s)
{
	struct request *r = s->r;

	s->answered = true;
	r->stream = send_next;
	r->status = 200;
	r->type = "text/event-stream"; /* as the connectors name it, though it is none */
	request_add(r, "Cache-Control", "no-store");
	server_answered(s->all->web->server, r);
}

static size_t
piece_end(const char *p, size_t n)
{
	if (n <= TEXT_PIECE)
		return n;
	n = TEXT_PIECE;
	while (n > 1 && ((unsigned char)p[n] & 0xc0) == 0x80) /* inside a character */
		n--;
	return n;
}

static void
say(void *arg, const char *p, size_t n)
{
	struct speech *s = arg;

	pthread_mutex_lock(&s->all->lock);
	for (size_t k; n > 0 && s->queue.len < ANSWER_MAX; p += k, n -= k) {
		k = piece_end(p, n);
		buf_adds(&s->queue, "{\"type\":\"text\",\"content\":");
		buf_json(&s->queue, p, k);
		buf_adds(&s->queue, "}\n");
	}
	s->said = true;
	go_on(s);
	pthread_mutex_unlock(&s->all->lock);
	if (!s->answered)
		begin_answer(s);
}

static void
stop_watching(struct speech *s)
{
	if (s->fd < 0)
		return;
	loop_fd_remove(s->all->web->loop, s->fd);
	close(s->fd);
	s->fd = -1;
}

/* Nothing more comes: whoever waits hears why, or that it was all. */
static void
finish(struct speech *s)
{
	struct web *w = s->all->web;
	const char *sorry = w->o.settings->llm.sorry;

	stop_watching(s);
	if (s->failed && s->why.code != OK)
		web_word(w, "prompt-stream: %s", s->why.text);
	if (!s->said && sorry)
		say(s, sorry, strlen(sorry));
	pthread_mutex_lock(&s->all->lock);
	s->ended = true;
	go_on(s);
	pthread_mutex_unlock(&s->all->lock);
	if (s->answered)
		return;
	s->answered = true;
	request_problem(s->r, 500, "the model gave no answer: %s",
	    s->failed ? s->why.text : "it was empty"); /* 500, as the connectors say it */
	server_answered(w->server, s->r);
}

static int
on_part(void *arg, const char *p, size_t n)
{
	struct speech *s = arg;

	s->heard_us = clock_real_us();
	if (llm_delta_feed(&s->delta, p, n, &s->why) == 0)
		return 0;
	s->failed = true;
	return -1;
}

static void
on_done(void *arg, const struct http_reply *h)
{
	struct speech *s = arg;

	s->call = NULL;
	if (!s->failed && h->status == 0 && !s->delta.done) {
		s->failed = true;
		s->why = h->why;
	} else if (!s->failed && h->status != 200 && h->status != 0) {
		s->failed = true;
		fault(&s->why, UNAVAILABLE, "the model's server answers %d", h->status);
	}
	finish(s);
}

/* The other side closed: nobody is there to hear the rest. */
static void
on_hangup(void *arg, short revents)
{
	struct speech *s = arg;

	stop_watching(s);
	if (!s->call)
		return;
	s->failed = true;
	fault(&s->why, OK, "AVR hung up");
	http_cancel(s->all->http, s->call);
}

/* ---- asking --------------------------------------------------------------------------------------- */

/* The call's own context, put first. 1, 0 there is no such call, -1. */
static int
add_context(struct web *w, struct speech *s, struct fault *f)
{
	struct buf text = {0};
	struct uuid call;
	char id[37];
	json_t *v;
	bool has = contexts_give(w->contexts, &s->id, clock_wall(), &text);

	if (!has) {
		if (calls_resolve(w->db, uuid_text(&s->id, id), &call, f) < 0 ||
		    context_load(w, &call, f) < 0)
			return -1;
		contexts_alias(w->contexts, &s->id, &call);
		has = contexts_give(w->contexts, &s->id, clock_wall(), &text);
	}
	if (!has)
		return 0;
	v = json_read("context", text.p, text.len, f);
	buf_release(&text);
	if (!v)
		return -1;
	json_array_insert_new(s->messages, 0,
	    json_pack("{s:s, s:O}", "role", "system", "content", json_object_get(v, "system")));
	json_decref(v);
	return 1;
}

static const char *
model_of(struct web *w, const struct speech *s)
{
	const char *model = w->o.settings->llm.model;
	const struct plan *plan;
	struct fault ignored;
	struct uuid call;
	struct order o;
	char id[37];

	if (model || calls_resolve(w->db, uuid_text(&s->id, id), &call, &ignored) < 0 ||
	    calls_order(w->db, &call, &o, &ignored) <= 0 || !o.campaign)
		return model;
	plan = campaigns_plan(w->db, o.campaign, &ignored);
	return plan && plan->context ? plan->context->model : NULL;
}

static int
ask(struct speech *s, const char *model, struct fault *f)
{
	struct speeches *all = s->all;
	const char *header[] = {"Content-Type: application/json", "Accept: text/event-stream",
	    all->authorization, NULL};
	struct buf body = {0};
	json_t *v;

	/* Most servers are never asked: what libcurl holds is not for them. */
	if (!all->http && !(all->http = http_new(all->web->loop, AT_ONCE, f)))
		return -1;
	v = json_pack("{s:O, s:b}", "messages", s->messages, "stream", 1);

	if (model)
		json_object_set_new(v, "model", json_string(model));
	json_write(&body, v);
	json_decref(v);
	struct http_request q = {.url = all->url,
	    .header = header,
	    .body = body.p,
	    .len = body.len,
	    .timeout_ms = ANSWER_MS,
	    .max_reply = ANSWER_MAX,
	    .part = on_part,
	    .done = on_done,
	    .arg = s};
	s->call = http_send(all->http, &q, f);
	buf_release(&body);
	return s->call ? 0 : -1;
}

int
speech_ask(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct speech *s = r->data;
	int got = add_context(w, s, f);

	if (got < 0)
		return -1;
	if (got == 0) {
		request_problem(r, 404, "no live call has this id and a context");
		return SERVE_DONE;
	}
	llm_delta_init(&s->delta, say, s);
	s->delta.key = s->all->key;
	s->heard_us = clock_real_us();
	if (ask(s, model_of(w, s), f) < 0)
		return -1;
	s->fd = server_watch(r);
	if (s->fd >= 0)
		loop_fd(w->loop, s->fd, POLLRDHUP, on_hangup, s);
	s->begun = true;
	s->next = s->all->first;
	s->all->first = s;
	return SERVE_LATER;
}

/* ---- all of them ------------------------------------------------------------------------------------- */

static void
sweep(struct speeches *all)
{
	struct speech **at = &all->first, *s;

	while ((s = *at)) {
		bool gone;

		pthread_mutex_lock(&all->lock);
		gone = s->gone;
		pthread_mutex_unlock(&all->lock);
		if (gone && s->call) {
			stop_watching(s);
			http_cancel(all->http, s->call);
		}
		if (!gone) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		stop_watching(s);
		llm_delta_release(&s->delta);
		buf_release(&s->queue);
		json_decref(s->messages);
		free(s);
	}
}

static void
on_wake(void *arg, short revents)
{
	struct speeches *all = arg;
	uint64_t n;

	(void)!read(all->wake, &n, sizeof(n));
	sweep(all);
}

void
speeches_tick(struct speeches *all)
{
	int64_t now = clock_real_us();
	int64_t most = all->web->o.settings->llm.answer_within * US;

	for (struct speech *s = all->first; s; s = s->next) {
		if (!s->call || now - s->heard_us <= most)
			continue;
		s->failed = true;
		fault(&s->why, TEMPFAIL, "the model said nothing for %lld s",
		    (long long)(most / US));
		http_cancel(all->http, s->call);
	}
}

void
speeches_end(struct speeches *all)
{
	for (struct speech *s = all ? all->first : NULL; s; s = s->next)
		if (s->call) {
			s->failed = true;
			fault(&s->why, TEMPFAIL, "this server stops");
			http_cancel(all->http, s->call);
		}
}

/* The address and the key, read while they can be. A server of one's own may want none. */
static void
settle(struct speeches *all, const struct llm_settings *llm)
{
	const char *from = NULL;
	struct fault why;
	char *key = llm_key(all->web->o.settings, &from, &why);

	all->url = llm_address(llm->url, llm->azure);
	if (key) {
		all->authorization = llm_authorization(key, llm->azure);
		all->key = all->authorization + strlen(all->authorization) - strlen(key);
	} else if (from) {
		web_word(all->web, "prompt-stream: %s", why.text);
	}
	secret_free(key);
}

struct speeches *
speeches_new(struct web *w, struct fault *f)
{
	struct speeches *all = xcalloc(1, sizeof(*all));

	all->web = w;
	pthread_mutex_init(&all->lock, NULL);
	all->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	settle(all, &w->o.settings->llm);
	if (all->wake >= 0) {
		loop_fd(w->loop, all->wake, POLLIN, on_wake, all);
		return all;
	}
	fault(f, OSERR, "eventfd: no descriptor is left");
	speeches_free(all);
	return NULL;
}

void
speeches_free(struct speeches *all)
{
	if (!all)
		return;
	sweep(all);
	http_free(all->http);
	if (all->wake >= 0) {
		loop_fd_remove(all->web->loop, all->wake);
		close(all->wake);
	}
	if (all->authorization)
		explicit_bzero(all->authorization, strlen(all->authorization));
	free(all->authorization);
	free(all->url);
	pthread_mutex_destroy(&all->lock);
	free(all);
}
