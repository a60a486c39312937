/*
 * llm_reply: every server words its errors in its own way, so the status
 * decides; of the error's code only those count that mean "for good" behind a
 * status that means "later" (429 with insufficient_quota).
 */
#include <string.h>

#include "json.h"
#include "llm_reply.h"

enum { SAID = 200 /* bytes of a server's own words in a fault */, KEY_MIN = 8 };

bool
llm_shows_key(const char *text, const char *key)
{
	return key && strlen(key) >= KEY_MIN && strstr(text, key) != NULL;
}

/* A reply that is being read. */
struct reading {
	struct llm_reply *r;
	const char *key;
};

static void
say(const struct reading *g, enum llm_verdict verdict, enum code code, const char *what,
    const char *said)
{
	struct llm_reply *r = g->r;

	r->verdict = verdict;
	if (said && *said && !llm_shows_key(said, g->key))
		fault(&r->why, code, "%s: %.*s", what, SAID, said);
	else
		fault(&r->why, code, "%s", what);
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* {"error": {"message", "type", "param", "code"}}, {"error": "..."} or {"message": "..."}. */
struct words {
	const char *said, *code, *param;
};

static void
error_words(const json_t *tree, struct words *w)
{
	const json_t *e = json_object_get(tree, "error");

	*w = (struct words){.said = json_is_string(e)
		? json_string_value(e)
		: text_of(json_is_object(e) ? e : tree, "message")};
	if (!json_is_object(e))
		return;
	w->code = text_of(e, "code");
	if (!w->code)
		w->code = text_of(e, "type");
	w->param = text_of(e, "param");
}

static bool
is_code(const struct words *w, const char *code)
{
	return w->code && strcmp(w->code, code) == 0;
}

/* What no other question would be answered to either, as it lies in what all of them have. */
static bool
is_unwanted(const struct words *w)
{
	return w->param && strcmp(w->param, "messages") != 0 &&
	    (is_code(w, "unsupported_parameter") || is_code(w, "unsupported_value"));
}

static void
read_error(int status, const struct reading *g)
{
	struct words w;
	char what[80];

	error_words(g->r->tree, &w);
	snprintf(what, sizeof(what), "HTTP %d", status);
	if (status == 401 || status == 403)
		/* Servers repeat parts of the key in their words. */
		say(g, LLM_STOP, CONFIG, "the server does not accept the key", NULL);
	else if (status == 404)
		say(g, LLM_STOP, CONFIG,
		    "there is no such model, or the address is no chat API", w.said);
	else if (status == 402 || is_code(&w, "insufficient_quota"))
		say(g, LLM_STOP, REFUSED, "the account has no quota left", w.said);
	else if (status == 408 || status == 409 || status == 425 || status == 429 ||
	    status >= 500)
		say(g, LLM_AGAIN, TEMPFAIL, what, w.said);
	else if (status >= 300 && status < 400)
		say(g, LLM_STOP, CONFIG, "the server redirects; give the address it names",
		    w.said);
	else if (is_unwanted(&w)) {
		g->r->unwanted = w.param;
		say(g, LLM_STOP, CONFIG, "the model does not take a parameter of the campaign",
		    w.said);
	} else
		say(g, LLM_REFUSED, DATAERR, what, w.said);
}

/* A count that can be meant; -1 else. */
static int64_t
count_of(const json_t *usage, const char *key)
{
	const json_t *n = json_object_get(usage, key);
	json_int_t v = json_is_integer(n) ? json_integer_value(n) : -1;

	return v >= 0 && v <= LLM_TOKENS_MAX ? v : -1;
}

static void
read_answer(const struct reading *g)
{
	struct llm_reply *r = g->r;
	const json_t *choice = json_array_get(json_object_get(r->tree, "choices"), 0);
	const json_t *message = json_object_get(choice, "message");
	const json_t *usage = json_object_get(r->tree, "usage");
	const char *finish = text_of(choice, "finish_reason");
	const char *refusal = text_of(message, "refusal"), *text = text_of(message, "content");

	r->tokens_in = count_of(usage, "prompt_tokens");
	r->tokens_out = count_of(usage, "completion_tokens");
	r->model = text_of(r->tree, "model");
	if (!json_is_object(message))
		say(g, LLM_AGAIN, TEMPFAIL, "the reply is no chat completion", NULL);
	else if (refusal && *refusal)
		say(g, LLM_REFUSED, DATAERR, "the model refused", refusal);
	else if (finish && !strcmp(finish, "content_filter"))
		say(g, LLM_REFUSED, DATAERR, "the server's content filter cut the text", NULL);
	else if (finish && !strcmp(finish, "length"))
		say(g, LLM_REFUSED, DATAERR, "the text is cut off (raise max_tokens)", NULL);
	else if (!text || !text[strspn(text, " \t\r\n")])
		say(g, LLM_REFUSED, DATAERR, "the text is empty", NULL);
	else if (llm_shows_key(text, g->key)) /* it would be stored */
		say(g, LLM_STOP, CONFIG, "the server's answer repeats the key", NULL);
	else {
		r->verdict = LLM_ANSWER;
		r->text = text;
	}
}

void
llm_reply_read(int status, const char *body, size_t len, const char *key, struct llm_reply *r)
{
	const struct reading g = {r, key};
	struct fault why;

	memset(r, 0, sizeof(*r));
	r->tokens_in = r->tokens_out = -1;
	r->tree = json_read("reply", body, len, &why);
	if (status < 200 || status >= 300)
		read_error(status, &g);
	else if (!json_is_object(r->tree))
		say(&g, LLM_AGAIN, TEMPFAIL, "the reply is no JSON object",
		    r->tree ? NULL : why.text);
	else
		read_answer(&g);
}

void
llm_reply_release(struct llm_reply *r)
{
	json_decref(r->tree);
	memset(r, 0, sizeof(*r));
}
