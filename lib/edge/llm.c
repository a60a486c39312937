/*
 * llm: a queue of questions before a few HTTP calls. A question is waiting
 * (for a place, the rate, or its next try) or sent.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http.h"
#include "json.h"
#include "llm.h"
#include "llm_rate.h"
#include "mem.h"
#include "num.h"
#include "rand.h"

struct question {
	struct llm *llm;
	struct question *next;
	struct http_call *call;       /* null: it waits */
	struct buf messages;          /* a JSON list; empty: its texts are no UTF-8 */
	bool max_tokens, temperature; /* so it was sent */
	int64_t estimate, asked_at, not_before;
	int tries;
	void (*done)(void *arg, const struct llm_answer *);
	void *arg;
};

struct llm {
	struct loop *loop;
	struct http *http;
	struct llm_rate rate;
	struct llm_config c;
	char *url, *model, *authorization;
	const char *key; /* in authorization; null: none is sent */
	json_t *parameters;
	struct buf head, body; /* of every request, up to its messages; of one, whole */
	struct question *first, **last; /* waiting, in the order of asking */
	struct question *sent;          /* under way */
	struct loop_timer *timer;
	int under_way;
	bool stopped, freeing;
	bool completion_tokens; /* the model wants the limit by that name */
	struct fault why;
};

/* ---- one question ------------------------------------------------------------------ */

/* Whether the limit of an answer goes by that name. */
static bool
has_max_tokens(const struct llm *l)
{
	return l->c.max_tokens && !l->completion_tokens &&
	    !json_object_get(l->parameters, "max_completion_tokens");
}

static void
write_head(struct llm *l)
{
	const char *key;
	json_t *value;

	buf_reset(&l->head);
	buf_member(&l->head, "model", l->model);
	if (has_max_tokens(l))
		buf_member_i(&l->head, "max_tokens", l->c.max_tokens);
	else if (l->completion_tokens)
		buf_member_i(&l->head, "max_completion_tokens", l->c.max_tokens);
	json_object_foreach(l->parameters, key, value)
	{
		buf_key(&l->head, key);
		json_write(&l->head, value);
	}
	buf_key(&l->head, "messages");
}

static void
add_message(struct buf *b, const char *role, const char *text)
{
	buf_addc(b, b->len ? ',' : '[');
	buf_printf(b, "{\"role\":\"%s\",\"content\":", role);
	buf_json(b, text, strlen(text));
	buf_addc(b, '}');
}

static bool
is_utf8(const char *text)
{
	return !text || utf8_bad(text, strlen(text)) < 0;
}

static void
write_messages(struct question *q, const struct llm_question *asked)
{
	if (!is_utf8(asked->system) || !is_utf8(asked->user))
		return;
	if (asked->system && *asked->system)
		add_message(&q->messages, "system", asked->system);
	add_message(&q->messages, "user", asked->user);
	buf_addc(&q->messages, ']');
}

/* From now on without what the model does not take, where it can be said otherwise or be spared: 1 if it was sent. */
static int
adapt(struct question *q, const char *unwanted)
{
	struct llm *l = q->llm;

	if (strcmp(unwanted, "max_tokens") == 0 && q->max_tokens)
		l->completion_tokens = true;
	else if (strcmp(unwanted, "temperature") == 0 && l->c.spare_temperature &&
	    q->temperature)
		json_object_del(l->parameters, "temperature");
	else
		return 0;
	write_head(l);
	return 1;
}

/* Out of the books, told, and gone. */
static void
end(struct question *q, struct llm_answer *a)
{
	a->tries = q->tries;
	a->took_ms = clock_mono() - q->asked_at;
	q->done(q->arg, a);
	buf_release(&q->messages);
	free(q);
}

static void
end_by(struct question *q, enum llm_verdict verdict, const struct fault *why)
{
	struct llm_answer a = {.verdict = verdict, .why = *why};

	end(q, &a);
}

/* ---- waiting ------------------------------------------------------------------------- */

static void pump(struct llm *);

static void
pump_again(void *arg)
{
	struct llm *l = arg;

	l->timer = NULL;
	pump(l);
}

static void
pump_at(struct llm *l, int64_t at)
{
	loop_cancel(l->loop, l->timer);
	l->timer = loop_at(l->loop, at, pump_again, l);
}

static void
wait_in_line(struct llm *l, struct question *q)
{
	q->next = NULL;
	*l->last = q;
	l->last = &q->next;
}

static struct question *
take_from_line(struct llm *l, struct question **at)
{
	struct question *q = *at;

	if (!(*at = q->next))
		l->last = at;
	return q;
}

/* ---- the reply ------------------------------------------------------------------------- */

static void
leave_wire(struct question *q)
{
	struct question **at = &q->llm->sent;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	q->llm->under_way--;
	q->call = NULL;
}

static void
learn(struct llm *l, const struct http_reply *h, int64_t *retry_ms)
{
	static const char *const name[] = {"x-ratelimit-remaining-requests",
	    "x-ratelimit-reset-requests", "x-ratelimit-remaining-tokens",
	    "x-ratelimit-reset-tokens"};
	char value[4][64];
	const char *got[4];

	for (int i = 0; i < 4; i++)
		got[i] = http_header(h, name[i], value[i], sizeof(value[i])) ? value[i] : NULL;
	llm_rate_learn(&l->rate, got[0], got[1], got[2], got[3], clock_mono());
	*retry_ms = -1;
	if (http_header(h, "retry-after", value[0], sizeof(value[0])))
		*retry_ms = llm_retry_after(value[0], clock_wall());
}

/* Later, if there is a try left: 1. */
static int
later(struct question *q, int status, int64_t retry_ms)
{
	struct llm *l = q->llm;

	if (q->tries >= l->c.tries)
		return 0;
	if (retry_ms < 0)
		retry_ms = llm_backoff(q->tries, rand_u64());
	else if (status == 429 || status == 503)
		llm_rate_pause(&l->rate, retry_ms, clock_mono());
	q->not_before = clock_mono() + retry_ms;
	wait_in_line(l, q);
	return 1;
}

/* Whether it is sent again: 1, and it waits for that. */
static int
again(struct question *q, const struct llm_reply *r, int status, int64_t retry_ms)
{
	if (q->llm->stopped)
		return 0;
	if (r->verdict == LLM_AGAIN)
		return later(q, status, retry_ms);
	if (r->verdict != LLM_STOP || !r->unwanted || !adapt(q, r->unwanted))
		return 0;
	q->tries--; /* that was none of the model's */
	wait_in_line(q->llm, q);
	return 1;
}

/* Tokens of the request. */
static int64_t
size_of(const struct question *q)
{
	return llm_estimate(q->llm->head.len + q->messages.len);
}

/* There is no whole reply. One that is too long was made all the same, and is as long the next time. */
static void
no_reply(const struct question *q, const struct http_reply *h, struct llm_reply *r)
{
	r->why = h->why;
	if (h->why.code == CONFIG)
		r->verdict = LLM_STOP;
	if (h->why.code != UNAVAILABLE)
		return;
	r->verdict = LLM_REFUSED;
	r->tokens_in = size_of(q);
	r->tokens_out = q->llm->c.max_tokens;
}

/* What is told of a reply behind which there is no other. */
static void
settle(const struct question *q, const struct llm_reply *r, struct llm_answer *a)
{
	const struct llm *l = q->llm;

	a->verdict = r->verdict != LLM_AGAIN ? r->verdict : l->stopped ? LLM_STOP : LLM_REFUSED;
	a->why = a->verdict == r->verdict || !l->stopped ? r->why : l->why;
	a->text = r->text;
	a->tokens_in = r->tokens_in >= 0 ? r->tokens_in : r->text ? size_of(q) : 0;
	a->tokens_out = r->tokens_out >= 0 ? r->tokens_out
	    : r->text                      ? llm_estimate(strlen(r->text))
					   : 0;
}

static void
replied(void *arg, const struct http_reply *h)
{
	struct question *q = arg;
	struct llm *l = q->llm;
	struct llm_reply r = {.verdict = LLM_AGAIN, .tokens_in = -1, .tokens_out = -1};
	struct llm_answer a = {0};
	int64_t retry_ms = -1;

	leave_wire(q);
	if (h->status) {
		learn(l, h, &retry_ms);
		llm_reply_read(h->status, h->body, h->len, l->key, &r);
	} else {
		no_reply(q, h, &r);
	}
	if (again(q, &r, h->status, retry_ms)) {
		llm_reply_release(&r);
		pump(l);
		return;
	}
	settle(q, &r, &a);
	llm_rate_correct(&l->rate, q->estimate, a.tokens_in + a.tokens_out);
	end(q, &a);
	if (r.verdict == LLM_STOP)
		llm_stop(l, &r.why);
	llm_reply_release(&r);
	if (!l->freeing)
		pump(l);
}

/* ---- sending ----------------------------------------------------------------------------- */

static void
write_body(struct llm *l, struct question *q)
{
	buf_reset(&l->body);
	buf_add(&l->body, l->head.p, l->head.len);
	buf_add(&l->body, q->messages.p, q->messages.len);
	buf_addc(&l->body, '}');
	q->max_tokens = has_max_tokens(l);
	q->temperature = json_object_get(l->parameters, "temperature") != NULL;
}

static int
send_one(struct llm *l, struct question *q, struct fault *f)
{
	const char *header[] = {"Content-Type: application/json", "Accept: application/json",
	    l->authorization, NULL};
	struct http_request r = {.url = l->url,
	    .header = header,
	    .timeout_ms = l->c.timeout_ms,
	    .max_reply = LLM_REPLY_MAX,
	    .done = replied,
	    .arg = q};

	write_body(l, q);
	r.body = l->body.p;
	r.len = l->body.len;
	q->tries++;
	if (!(q->call = http_send(l->http, &r, f)))
		return -1;
	q->next = l->sent;
	l->sent = q;
	l->under_way++;
	return 0;
}

/* Begins what may begin now; wakes for the rest. */
static void
pump(struct llm *l)
{
	int64_t now = clock_mono(), wake = INT64_MAX, wait;
	struct question **at = &l->first, *q;
	struct fault f;

	while ((q = *at) && l->under_way < l->c.concurrent) {
		if (l->stopped) {
			end_by(take_from_line(l, at), LLM_STOP, &l->why);
			continue;
		}
		if (!q->messages.len) {
			fault(&f, DATAERR, "the question is no UTF-8 text");
			end_by(take_from_line(l, at), LLM_REFUSED, &f);
			continue;
		}
		if (q->not_before > now) {
			wake = q->not_before < wake ? q->not_before : wake;
			at = &q->next;
			continue;
		}
		if ((wait = llm_rate_take(&l->rate, q->estimate, now)) > 0) {
			wake = now + wait < wake ? now + wait : wake;
			break;
		}
		take_from_line(l, at);
		if (send_one(l, q, &f) < 0)
			end_by(q, LLM_STOP, &f);
	}
	if (wake != INT64_MAX)
		pump_at(l, wake);
}

/* ---- from outside --------------------------------------------------------------------------- */

char *
llm_address(const char *url, bool azure)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	return azure ? xstrdup(url) : xasprintf("%.*s/chat/completions", (int)n, url);
}

char *
llm_authorization(const char *key, bool azure)
{
	return xasprintf(azure ? "api-key: %s" : "Authorization: Bearer %s", key);
}

struct llm *
llm_new(struct loop *loop, const struct llm_config *c, struct fault *f)
{
	struct llm *l;

	if (strncmp(c->url, "http://", 7) && strncmp(c->url, "https://", 8)) {
		fault(f, CONFIG, "the address \"%s\" begins with neither http:// nor https://",
		    c->url);
		return NULL;
	}
	l = xcalloc(1, sizeof(*l));
	if (!(l->http = http_new(loop, c->concurrent, f))) {
		free(l);
		return NULL;
	}
	l->loop = loop;
	l->c = *c;
	l->url = llm_address(c->url, c->azure);
	l->model = c->model ? xstrdup(c->model) : NULL;
	if (c->key) {
		l->authorization = llm_authorization(c->key, c->azure);
		l->key = l->authorization + strlen(l->authorization) - strlen(c->key);
	}
	l->parameters = c->parameters ? json_deep_copy(c->parameters) : json_object();
	write_head(l);
	l->last = &l->first;
	llm_rate_init(&l->rate, c->requests_per_minute, c->tokens_per_minute, clock_mono());
	return l;
}

void
llm_free(struct llm *l)
{
	if (!l)
		return;
	if (!l->stopped)
		fault(&l->why, TEMPFAIL, "given up");
	l->freeing = l->stopped = true;
	http_free(l->http);
	while (l->first)
		end_by(take_from_line(l, &l->first), LLM_STOP, &l->why);
	loop_cancel(l->loop, l->timer);
	if (l->authorization)
		explicit_bzero(l->authorization, strlen(l->authorization));
	free(l->authorization);
	free(l->url);
	free(l->model);
	json_decref(l->parameters);
	buf_release(&l->head);
	buf_release(&l->body);
	free(l);
}

void
llm_ask(struct llm *l, const struct llm_question *asked)
{
	struct question *q = xcalloc(1, sizeof(*q));

	q->llm = l;
	q->done = asked->done;
	q->arg = asked->arg;
	q->asked_at = clock_mono();
	write_messages(q, asked);
	q->estimate = size_of(q) + l->c.max_tokens;
	wait_in_line(l, q);
	/* From the loop, so that done never comes before this returns. */
	if (!l->timer || l->under_way < l->c.concurrent)
		pump_at(l, clock_mono());
}

void
llm_stop(struct llm *l, const struct fault *why)
{
	if (!l->stopped) {
		l->stopped = true;
		l->why = *why;
	}
	if (!l->freeing)
		pump_at(l, clock_mono());
}
