/*
 * settings_llm: the language model's server, and its key.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "proc.h"
#include "secret.h"
#include "settings_parts.h"

static const char *const llm_keys[] = {"url", "key_file", "azure", "concurrent",
    "requests_per_minute", "tokens_per_minute", "model", "sorry", "answer_within", NULL};

#define LLM_URL "https://api.openai.com/v1"

enum { ANSWER_WITHIN = 8 /* s */ };
enum { LLM_CONCURRENT = 16, LLM_CONCURRENT_MAX = 256 };

/* The file before $OPENAI_BASE_URL, as OpenAI's clients read it, before OpenAI. */
static void
llm_url(struct load *l, struct keys *k)
{
	const char *env = getenv("OPENAI_BASE_URL"), *url = NULL;

	if (settings_text(k, "url", &url) < 0)
		return;
	if (url != NULL && strncmp(url, "http://", 7) != 0 &&
	    strncmp(url, "https://", 8) != 0) {
		(void)keys_fault(
		    k, "url", "\"%.80s\" begins with neither http:// nor https://", url);
		return;
	}
	l->s->llm.url = xstrdup(url != NULL   ? url
		: env != NULL && *env != '\0' ? env
					      : LLM_URL);
	if (url == NULL && env != NULL && *env != '\0')
		settings_remember(l->s, "llm.url", env, "$OPENAI_BASE_URL");
	else
		settings_remember_key(l, k, "url", l->s->llm.url);
}

static void
llm_number(struct load *l, struct keys *k, const char *key, int64_t max, int64_t *n)
{
	if (keys_int(k, key, 1, max, n) >= 0)
		settings_remember_number(l, k, key, *n);
}

static void
llm_text(struct load *l, struct keys *k, const char *key, char **to)
{
	const char *text = NULL;

	if (keys_text(k, key, &text) <= 0)
		return;
	*to = xstrdup(text);
	settings_remember_key(l, k, key, text);
}

void
settings_read_llm(struct load *l, struct keys *k)
{
	struct llm_settings *s = &l->s->llm;
	json_t *none = NULL;
	struct keys of;

	s->concurrent = LLM_CONCURRENT;
	if (keys_sub(k, "llm", &of, "llm") <= 0) {
		none = json_object();
		of = *k;
		of.object = none;
		of.path = "llm";
	}
	if (getenv("OPENAI_API_KEY") !=
	    NULL) /* it is in our memory, whether it is used or not */
		proc_keep_secret();
	keys_known(&of, llm_keys);
	llm_url(l, &of);
	(void)settings_path(l, &of, "key_file", &s->key_file);
	settings_flag(l, &of, "azure", &s->azure);
	llm_number(l, &of, "concurrent", LLM_CONCURRENT_MAX, &s->concurrent);
	llm_number(l, &of, "requests_per_minute", 1000000, &s->requests_per_minute);
	s->answer_within = ANSWER_WITHIN;
	llm_text(l, &of, "model", &s->model);
	llm_text(l, &of, "sorry", &s->sorry);
	llm_number(l, &of, "answer_within", 60, &s->answer_within);
	llm_number(l, &of, "tokens_per_minute", INT64_C(1000000000), &s->tokens_per_minute);
	json_decref(none);
}

char *
llm_key(const struct settings *s, const char **from, struct fault *f)
{
	char *key = NULL;
	const char *env = getenv("OPENAI_API_KEY");
	int r = secret_find("llm-key", s->llm.key_file, &key, from, f);

	if (r != 0)
		return key;
	*from = NULL;
	if (env == NULL || *env == '\0') {
		(void)fault(f, CONFIG,
		    "there is no key for %s: give llm.key_file in the settings, the credential llm-key, "
		    "or $OPENAI_API_KEY (any word, where the server wants none)",
		    s->llm.url);
		return NULL;
	}
	*from = "environment";
	if (utf8_bad(env, strlen(env)) >= 0 || text_control(env, strlen(env)) >= 0) {
		(void)fault(f, CONFIG,
		    "$OPENAI_API_KEY: the key holds a control character or is not UTF-8");
		return NULL;
	}
	proc_keep_secret();
	return xstrdup(env);
}
