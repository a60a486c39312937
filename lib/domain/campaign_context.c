/*
 * campaign_context: each key of the block has its limits here; its defaults
 * are at the top.
 */
#include <stdlib.h>
#include <string.h>

#include "campaign_context.h"
#include "campaign_parts.h"
#include "fold.h"
#include "mem.h"
#include "num.h"

#define SECOND INT64_C(1000)

static const char *const known[] = {"model", "temperature", "max_tokens", "system", "user",
    "parameters", "structured", "notes", "notes_tokens", "fallback", "timeout", "tries",
    "price", "budget", "checks", "review", NULL};

static const struct plan_context standard = {.temperature_milli = -1,
    .max_tokens = 1000,
    .notes_tokens = 4000,
    .timeout_ms = 60 * SECOND,
    .tries = 4,
    .checks = {.min_length = 40,
	.max_length = 16000,
	.numbers = true,
	.others = true,
	.instructions = true,
	.language = true}};

/* ---- lists of texts ---- */

static void
free_words(char **words)
{
	for (char **w = words; w != NULL && *w != NULL; w++)
		free(*w);
	free(words);
}

/* A text or a list of texts; null where the key is not there. */
static char **
words(struct keys *k, const char *key)
{
	const json_t *list;
	const char *one;
	size_t n;
	char **w;

	if (keys_list(k, key, &list, &one) <= 0)
		return NULL;
	n = list != NULL ? json_array_size(list) : 1;
	if (n > CONTEXT_WORDS) {
		(void)keys_fault(k, key, "holds more than %d texts", CONTEXT_WORDS);
		return NULL;
	}
	w = xcalloc(n + 1, sizeof(*w));
	for (size_t i = 0; i < n; i++) {
		const char *s = list != NULL ? json_string_value(json_array_get(list, i)) : one;

		if (s == NULL || *s == '\0' || text_control(s, strlen(s)) >= 0) {
			(void)keys_fault(k, key, "holds what is no text of one line");
			break;
		}
		w[i] = xstrdup(s);
	}
	return w;
}

/* Phrases that are looked for: each must have a word. */
static char **
phrases(struct keys *k, const char *key)
{
	char **list = words(k, key);
	struct buf folded = {0};

	for (char **w = list; w != NULL && *w != NULL; w++) {
		buf_reset(&folded);
		text_fold(&folded, *w, strlen(*w));
		if (folded.len == 0 || strspn(folded.p, " .") == folded.len)
			(void)keys_fault(
			    k, key, "\"%.40s\" has no word that could be found", *w);
	}
	buf_release(&folded);
	return list;
}

static json_t *
words_json(char *const *w)
{
	json_t *list = json_array();

	for (; w != NULL && *w != NULL; w++)
		json_array_append_new(list, json_string(*w));
	return list;
}

/* ---- the block ---- */

/* Whether something stands there beside what goes for contexts of the template too. */
static bool
asks_model(const json_t *block)
{
	size_t others = json_object_size(block);

	others -= json_object_get(block, "review") != NULL;
	others -= json_object_get(block, "checks") != NULL;
	return others > 0 || json_object_size(block) == 0;
}

static void
model(struct keys *k, struct plan_context *c)
{
	int64_t milli = -1;

	campaign_text(k, "model", false, &c->model);
	if (json_object_get(k->object, "model") == NULL && asks_model(k->object))
		(void)keys_missing(k, "model", "gpt-4o-mini");
	if (keys_milli(k, "temperature", 0, 2000, &milli) > 0)
		c->temperature_milli = (int)milli;
	campaign_number(k, "max_tokens", 16, 32000, &c->max_tokens);
	campaign_template(k, "system", &c->system);
	campaign_template(k, "user", &c->user);
	(void)keys_bool(k, "structured", &c->structured);
	campaign_duration(k, "timeout", SECOND, 600 * SECOND, &c->timeout_ms);
	campaign_number(k, "tries", 1, 10, &c->tries);
}

/* "0.9" becomes a number: a campaign file has decimals as texts, a server wants them as they are. */
static json_t *
with_decimals(const json_t *from)
{
	json_t *to = json_object(), *v;
	const char *key;

	json_object_foreach((json_t *)from, key, v)
	{
		const char *s = json_is_string(v) ? json_string_value(v) : "";
		size_t sign = *s == '-', whole = strspn(s + sign, "0123456789");
		const char *dot = s + sign + whole;

		if (whole > 0 && *dot == '.' && dot[1] != '\0' &&
		    strspn(dot + 1, "0123456789") == strlen(dot + 1))
			json_object_set_new(to, key, json_real(strtod(s, NULL)));
		else
			json_object_set(to, key, v);
	}
	return to;
}

/* What the server takes beside ours; what we set ourselves may not stand there. */
static void
parameters(struct keys *k, struct plan_context *c)
{
	static const char *const ours[] = {
	    "model", "messages", "max_tokens", "temperature", "stream", "response_format", "n"};
	struct keys of;

	if (keys_sub(k, "parameters", &of, "context.parameters") <= 0)
		return;
	for (size_t i = 0; i < COUNT(ours); i++)
		if (json_object_get(of.object, ours[i]) != NULL)
			(void)keys_fault(&of, ours[i], "is set by the campaign's own keys");
	c->parameters = with_decimals(of.object);
}

static void
fallback(struct keys *k, struct plan_context *c)
{
	const char *s;

	if (keys_text(k, "fallback", &s) <= 0)
		return;
	if (strcmp(s, "template") != 0 && strcmp(s, "none") != 0)
		(void)keys_fault(k, "fallback", "\"%.40s\" is neither template nor none", s);
	c->fallback = strcmp(s, "template") == 0;
}

static void
review(struct keys *k, struct plan_context *c, bool merged)
{
	const char *s;

	if (keys_text(k, "review", &s) <= 0)
		return;
	if (strcmp(s, "required") != 0 && strcmp(s, "none") != 0)
		(void)keys_fault(k, "review", "\"%.40s\" is neither required nor none", s);
	c->review = strcmp(s, "required") == 0;
	/* Whom such a call is about is known when it is claimed: then it is late to ask a person. */
	if (c->review && merged)
		(void)keys_fault(k, "review",
		    "cannot be required where one call is for several people (siblings: merge)");
}

static void
price(struct keys *k, struct plan_context *c)
{
	static const char *const words_of[] = {"currency", "input", "output", NULL};
	struct keys of;
	const char *s;

	if (keys_sub(k, "price", &of, "context.price") <= 0)
		return;
	keys_known(&of, words_of);
	if (keys_text(&of, "currency", &s) <= 0)
		(void)keys_missing(&of, "currency", "USD");
	else if (strlen(s) != 3 || strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		(void)keys_fault(
		    &of, "currency", "\"%.20s\" is no code such as USD (ISO 4217)", s);
	else
		(void)copy_text(c->currency, sizeof(c->currency), s);
	if (keys_milli(&of, "input", 0, 1000000000, &c->price_in) == 0)
		(void)keys_missing(&of, "input", "0.15");
	if (keys_milli(&of, "output", 0, 1000000000, &c->price_out) == 0)
		(void)keys_missing(&of, "output", "0.60");
}

static void
budget(struct keys *k, struct plan_context *c)
{
	static const char *const words_of[] = {"money", "tokens", NULL};
	struct keys of;

	if (keys_sub(k, "budget", &of, "context.budget") <= 0)
		return;
	keys_known(&of, words_of);
	(void)keys_milli(&of, "money", 1, INT64_C(1000000000000), &c->budget_milli);
	(void)keys_int(&of, "tokens", 1, INT64_C(1000000000000), &c->budget_tokens);
	if (c->budget_milli > 0 && *c->currency == '\0')
		(void)keys_fault(&of, "money", "cannot be counted without context.price");
}

static void
checks(struct keys *k, struct plan_context *c)
{
	static const char *const words_of[] = {"min_length", "max_length", "numbers", "others",
	    "instructions", "language", "banned", "disclosure", NULL};
	int64_t min = (int64_t)c->checks.min_length, max = (int64_t)c->checks.max_length;
	struct keys of;

	if (keys_sub(k, "checks", &of, "context.checks") <= 0)
		return;
	keys_known(&of, words_of);
	(void)keys_int(&of, "min_length", 0, 100000, &min);
	(void)keys_int(&of, "max_length", 1, 100000, &max);
	if (min > max)
		(void)keys_fault(&of, "max_length", "is less than min_length");
	c->checks.min_length = (size_t)min;
	c->checks.max_length = (size_t)max;
	(void)keys_bool(&of, "numbers", &c->checks.numbers);
	(void)keys_bool(&of, "others", &c->checks.others);
	(void)keys_bool(&of, "instructions", &c->checks.instructions);
	(void)keys_bool(&of, "language", &c->checks.language);
	c->banned = phrases(&of, "banned");
	c->disclosure = phrases(&of, "disclosure");
	c->checks.banned = (const char *const *)c->banned;
	c->checks.disclosure = (const char *const *)c->disclosure;
}

const struct plan_context *
context_standard(void)
{
	return &standard;
}

struct plan_context *
context_compile(struct keys *campaign, bool merged)
{
	struct plan_context *c;
	struct keys k;

	if (keys_sub(campaign, "context", &k, "context") <= 0)
		return NULL;
	c = xmalloc(sizeof(*c));
	*c = standard;
	keys_known(&k, known);
	model(&k, c);
	parameters(&k, c);
	c->notes = words(&k, "notes");
	campaign_number(&k, "notes_tokens", 100, 1000000, &c->notes_tokens);
	fallback(&k, c);
	price(&k, c);
	budget(&k, c);
	checks(&k, c);
	review(&k, c, merged);
	return c;
}

void
context_release(struct plan_context *c)
{
	if (c == NULL)
		return;
	free(c->model);
	free(c->system);
	free(c->user);
	json_decref(c->parameters);
	free_words(c->notes);
	free_words(c->banned);
	free_words(c->disclosure);
	free(c);
}

/* ---- back to JSON ---- */

static json_t *
checks_json(const struct plan_context *c)
{
	json_t *o = json_pack("{s:I, s:I, s:b, s:b, s:b, s:b}", "min_length",
	    (json_int_t)c->checks.min_length, "max_length", (json_int_t)c->checks.max_length,
	    "numbers", c->checks.numbers, "others", c->checks.others, "instructions",
	    c->checks.instructions, "language", c->checks.language);

	if (c->banned != NULL)
		json_object_set_new(o, "banned", words_json(c->banned));
	if (c->disclosure != NULL)
		json_object_set_new(o, "disclosure", words_json(c->disclosure));
	return o;
}

static void
set_money(json_t *o, const struct plan_context *c)
{
	json_t *of;

	if (*c->currency != '\0') {
		of = json_pack("{s:s}", "currency", c->currency);
		campaign_set_milli(of, "input", c->price_in);
		campaign_set_milli(of, "output", c->price_out);
		json_object_set_new(o, "price", of);
	}
	if (c->budget_milli == 0 && c->budget_tokens == 0)
		return;
	of = json_object();
	if (c->budget_milli > 0)
		campaign_set_milli(of, "money", c->budget_milli);
	if (c->budget_tokens > 0)
		json_object_set_new(of, "tokens", json_integer(c->budget_tokens));
	json_object_set_new(o, "budget", of);
}

static void
set_model(json_t *o, const struct plan_context *c)
{
	char text[32];

	campaign_set_text(o, "model", c->model);
	if (c->temperature_milli >= 0)
		campaign_set_milli(o, "temperature", c->temperature_milli);
	json_object_set_new(o, "max_tokens", json_integer(c->max_tokens));
	campaign_set_text(o, "system", c->system);
	campaign_set_text(o, "user", c->user);
	if (c->parameters != NULL)
		json_object_set(o, "parameters", c->parameters);
	json_object_set_new(o, "structured", json_boolean(c->structured));
	if (c->notes != NULL)
		json_object_set_new(o, "notes", words_json(c->notes));
	json_object_set_new(o, "notes_tokens", json_integer(c->notes_tokens));
	campaign_set_text(o, "fallback", c->fallback ? "template" : "none");
	campaign_set_text(o, "timeout", num_duration_text(c->timeout_ms, text));
	json_object_set_new(o, "tries", json_integer(c->tries));
	set_money(o, c);
}

json_t *
context_json(const struct plan_context *c)
{
	json_t *o = json_object();

	if (c->model != NULL)
		set_model(o, c);
	json_object_set_new(o, "checks", checks_json(c));
	campaign_set_text(o, "review", c->review ? "required" : "none");
	return o;
}

int64_t
context_cost(const struct plan_context *c, int64_t tokens_in, int64_t tokens_out)
{
	return tokens_in * c->price_in + tokens_out * c->price_out;
}
