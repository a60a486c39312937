/*
 * llm_reply: every server words its errors in its own way, so the status
 * decides; of the error's code only those count that mean "for good" behind a
 * status that means "later" (429 with insufficient_quota).
 */
#include <string.h>

#include "json.h"
#include "llm_reply.h"

enum { SAID = 200 }; /* bytes of a server's own words in a fault */

static void
say(struct llm_reply *r, enum llm_verdict verdict, enum code code, const char *what,
    const char *said)
{
	r->verdict = verdict;
	if (said && *said)
		fault(&r->why, code, "%s: %.*s", what, SAID, said);
	else
		fault(&r->why, code, "%s", what);
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* {"error": {"message", "type", "code"}}, {"error": "..."} or {"message": "..."}. */
static const char *
error_words(const json_t *tree, const char **code)
{
	const json_t *e = json_object_get(tree, "error");

	*code = NULL;
	if (json_is_string(e))
		return json_string_value(e);
	if (json_is_object(e)) {
		*code = text_of(e, "code");
		if (!*code)
			*code = text_of(e, "type");
		return text_of(e, "message");
	}
	return text_of(tree, "message");
}

static void
read_error(int status, struct llm_reply *r)
{
	const char *code, *said = error_words(r->tree, &code);
	char what[80];

	if (!said)
		said = "";
	snprintf(what, sizeof(what), "HTTP %d", status);
	if (status == 401 || status == 403)
		/* Servers repeat parts of the key in their words. */
		say(r, LLM_STOP, CONFIG, "the server does not accept the key", NULL);
	else if (status == 404)
		say(r, LLM_STOP, CONFIG,
		    "there is no such model, or the address is no chat API", said);
	else if (status == 402 || (code && !strcmp(code, "insufficient_quota")))
		say(r, LLM_STOP, REFUSED, "the account has no quota left", said);
	else if (status == 408 || status == 409 || status == 425 || status == 429 ||
	    status >= 500)
		say(r, LLM_AGAIN, TEMPFAIL, what, said);
	else if (status >= 300 && status < 400)
		say(r, LLM_STOP, CONFIG, "the server redirects; give the address it names",
		    said);
	else
		say(r, LLM_REFUSED, DATAERR, what, said);
}

/* A count that is there; -1 else. */
static int64_t
count_of(const json_t *usage, const char *key)
{
	const json_t *n = json_object_get(usage, key);

	return json_is_integer(n) && json_integer_value(n) >= 0 ? json_integer_value(n) : -1;
}

static void
read_answer(struct llm_reply *r)
{
	const json_t *choice = json_array_get(json_object_get(r->tree, "choices"), 0);
	const json_t *message = json_object_get(choice, "message");
	const json_t *usage = json_object_get(r->tree, "usage");
	const char *finish = text_of(choice, "finish_reason");
	const char *refusal = text_of(message, "refusal"), *text = text_of(message, "content");

	r->tokens_in = count_of(usage, "prompt_tokens");
	r->tokens_out = count_of(usage, "completion_tokens");
	r->model = text_of(r->tree, "model");
	if (!json_is_object(message))
		say(r, LLM_AGAIN, TEMPFAIL, "the reply is no chat completion", NULL);
	else if (refusal && *refusal)
		say(r, LLM_REFUSED, DATAERR, "the model refused", refusal);
	else if (finish && !strcmp(finish, "content_filter"))
		say(r, LLM_REFUSED, DATAERR, "the server's content filter cut the text", NULL);
	else if (finish && !strcmp(finish, "length"))
		say(r, LLM_REFUSED, DATAERR, "the text is cut off (raise max_tokens)", NULL);
	else if (!text || !text[strspn(text, " \t\r\n")])
		say(r, LLM_REFUSED, DATAERR, "the text is empty", NULL);
	else {
		r->verdict = LLM_ANSWER;
		r->text = text;
	}
}

void
llm_reply_read(int status, const char *body, size_t len, struct llm_reply *r)
{
	struct fault why;

	memset(r, 0, sizeof(*r));
	r->tokens_in = r->tokens_out = -1;
	r->tree = json_read("reply", body, len, &why);
	if (status < 200 || status >= 300)
		read_error(status, r);
	else if (!json_is_object(r->tree))
		say(r, LLM_AGAIN, TEMPFAIL, "the reply is no JSON object",
		    r->tree ? NULL : why.text);
	else
		read_answer(r);
}

void
llm_reply_release(struct llm_reply *r)
{
	json_decref(r->tree);
	memset(r, 0, sizeof(*r));
}
