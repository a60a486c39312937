/*
 * simscript: one table of words, for rules and markers alike.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "keys.h"
#include "mem.h"
#include "simscript.h"

enum { RETRY_AFTER_MS = 1000, TOKEN_MS = 50, HOUR = 3600000 };

#define MARK "sim:"

struct sim_rule {
	char *match;   /* null: every question */
	int64_t times; /* of one question, the first so many tries; 0: all */
	const struct word *word;
	char *answer;
	int64_t retry_after_ms, token_ms;
};

static const struct word {
	const char *word;
	enum sim_do act;
	enum simchat_fault fault;
} words[] = {
    {"answer", SIM_SAY, SIMCHAT_FINE},
    {"429", SIM_429, SIMCHAT_FINE},
    {"quota", SIM_QUOTA, SIMCHAT_FINE},
    {"500", SIM_500, SIMCHAT_FINE},
    {"hang", SIM_HANG, SIMCHAT_FINE},
    {"close", SIM_CLOSE, SIMCHAT_FINE},
    {"cut", SIM_CUT, SIMCHAT_FINE},
    {"page", SIM_PAGE, SIMCHAT_FINE},
    {"broken", SIM_BROKEN, SIMCHAT_FINE},
    {"slow", SIM_SLOW, SIMCHAT_FINE},
    {"empty", SIM_SAY, SIMCHAT_EMPTY},
    {"length", SIM_SAY, SIMCHAT_LENGTH},
    {"refuse", SIM_SAY, SIMCHAT_REFUSE},
    {"language", SIM_SAY, SIMCHAT_LANGUAGE},
    {"invent", SIM_SAY, SIMCHAT_INVENT},
    {"plain", SIM_SAY, SIMCHAT_PLAIN},
};

static const struct word *
word_of(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strlen(words[i].word) == len && memcmp(words[i].word, text, len) == 0)
			return &words[i];
	return NULL;
}

/* ---- the file --------------------------------------------------------------------------- */

/* 429 and 500 are numbers to YAML. */
static void
read_word(struct keys *k, struct sim_rule *r)
{
	const json_t *v = json_object_get(k->object, "do");
	char number[32] = "";
	const char *text = json_string_value(v);

	if (v == NULL)
		return;
	if (json_is_integer(v)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
		text = number;
	}
	if (text == NULL || (r->word = word_of(text, strlen(text))) == NULL)
		(void)keys_fault(k, "do",
		    "is none of answer, 429, quota, 500, hang, close, cut, page, broken, slow, "
		    "empty, length, refuse, language, invent, plain");
}

/* A text as it is, a mapping or a list as JSON. */
static void
read_answer(struct keys *k, struct sim_rule *r)
{
	const json_t *v = json_object_get(k->object, "answer");
	struct buf text = {0};

	if (v == NULL)
		return;
	if (json_is_string(v))
		buf_adds(&text, json_string_value(v));
	else
		json_write(&text, v);
	r->answer = text.p;
}

static void
read_rule(struct simscript *s, struct keys *k)
{
	static const char *const known[] = {
	    "match", "times", "do", "answer", "retry_after", "token", NULL};
	struct sim_rule *r = &s->rule[s->rules++];
	const char *match;

	*r = (struct sim_rule){
	    .word = &words[0], .retry_after_ms = s->retry_after_ms, .token_ms = s->token_ms};
	keys_known(k, known);
	if (keys_text(k, "match", &match) > 0)
		r->match = xstrdup(match);
	(void)keys_int(k, "times", 1, 1000000, &r->times);
	(void)keys_duration(k, "retry_after", 0, HOUR, &r->retry_after_ms);
	(void)keys_duration(k, "token", 0, HOUR, &r->token_ms);
	read_word(k, r);
	read_answer(k, r);
}

static void
read_rules(struct simscript *s, struct keys *top)
{
	const json_t *list = json_object_get(top->object, "rules"), *v;
	size_t i;

	if (list == NULL)
		return;
	if (!json_is_array(list)) {
		(void)keys_fault(top, "rules", "is no list of mappings");
		return;
	}
	s->rule = xcalloc(json_array_size(list) + 1, sizeof(*s->rule));
	json_array_foreach((json_t *)list, i, v)
	{
		struct keys k = *top;

		k.path = "rules";
		if (keys_open(&k, v, "a rule") == 0)
			read_rule(s, &k);
	}
}

static void
read_models(struct simscript *s, struct keys *top)
{
	const json_t *list;
	const char *one;
	size_t n;

	if (keys_list(top, "models", &list, &one) <= 0)
		return;
	n = list != NULL ? json_array_size(list) : 1;
	s->models = xcalloc(n + 1, sizeof(*s->models));
	for (size_t i = 0; i < n; i++) {
		const char *name =
		    list != NULL ? json_string_value(json_array_get(list, i)) : one;

		if (name == NULL)
			(void)keys_fault(top, "models", "holds what is no name");
		s->models[i] = xstrdup(name != NULL ? name : "");
	}
}

static void
read_usage(struct simscript *s, struct keys *top)
{
	static const char *const known[] = {"prompt", "completion", NULL};
	struct keys k;

	if (keys_sub(top, "usage", &k, "usage") <= 0)
		return;
	keys_known(&k, known);
	(void)keys_int(&k, "prompt", 0, 1000000, &s->tokens_in);
	(void)keys_int(&k, "completion", 0, 1000000, &s->tokens_out);
}

void
simscript_init(struct simscript *s)
{
	*s = (struct simscript){.token_ms = TOKEN_MS,
	    .retry_after_ms = RETRY_AFTER_MS,
	    .tokens_in = -1,
	    .tokens_out = -1};
}

int
simscript_load(struct simscript *s, const char *file, struct fault *f)
{
	static const char *const known[] = {"rules", "models", "latency", "token",
	    "retry_after", "requests_per_minute", "tokens_per_minute", "usage", NULL};
	struct yaml y;
	int wrong = 0;
	struct keys k = {.where = &y, .f = f, .wrong = &wrong};

	simscript_init(s);
	if (yaml_load(&y, file, f) < 0 || keys_open(&k, y.root, "a script") < 0) {
		yaml_release(&y);
		return -1;
	}
	keys_known(&k, known);
	(void)keys_duration(&k, "latency", 0, HOUR, &s->latency_ms);
	(void)keys_duration(&k, "token", 0, HOUR, &s->token_ms);
	(void)keys_duration(&k, "retry_after", 0, HOUR, &s->retry_after_ms);
	(void)keys_int(&k, "requests_per_minute", 1, 1000000000, &s->requests_per_minute);
	(void)keys_int(&k, "tokens_per_minute", 1, 1000000000, &s->tokens_per_minute);
	read_usage(s, &k);
	read_models(s, &k);
	read_rules(s, &k);
	yaml_release(&y);
	return wrong > 0 ? -1 : 0;
}

void
simscript_release(struct simscript *s)
{
	for (size_t i = 0; i < s->rules; i++) {
		free(s->rule[i].match);
		free(s->rule[i].answer);
	}
	free(s->rule);
	for (char **m = s->models; m != NULL && *m != NULL; m++)
		free(*m);
	free(s->models);
	*s = (struct simscript){.rule = NULL};
}

/* ---- a question --------------------------------------------------------------------------- */

static struct sim_act
act_of(const struct word *w, const char *answer, int64_t retry_after_ms, int64_t token_ms)
{
	return (struct sim_act){w->act, w->word, w->fault, answer, retry_after_ms, token_ms};
}

/* The first marker that is one and not used up. */
static const struct word *
marker(const char *text, int try)
{
	const char *p = text;

	while ((p = strstr(p, MARK)) != NULL) {
		const struct word *w;
		size_t n;

		p += strlen(MARK);
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
		w = word_of(p, n);
		if (w != NULL && (p[n] != '*' || try <= strtol(p + n + 1, NULL, 10)))
			return w;
	}
	return NULL;
}

struct sim_act
simscript_act(const struct simscript *s, const struct simchat *c, int try)
{
	const struct word *w = marker(c->user, try);

	for (size_t i = 0; i < s->rules; i++) {
		const struct sim_rule *r = &s->rule[i];

		if ((r->times == 0 || try <= r->times) &&
		    (r->match == NULL || strstr(c->user, r->match) != NULL))
			return act_of(r->word, r->answer, r->retry_after_ms, r->token_ms);
	}
	return act_of(w != NULL ? w : &words[0], NULL, s->retry_after_ms, s->token_ms);
}

bool
simscript_has_model(const struct simscript *s, const char *model)
{
	for (char **m = s->models; m != NULL && *m != NULL; m++)
		if (strcmp(*m, model) == 0)
			return true;
	return s->models == NULL;
}
