/*
 * campaign_languages: the voice, and what people of one language get in place
 * of the campaign's own texts.
 */
#include <stdio.h>
#include <string.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "contact.h"
#include "language.h"
#include "mem.h"

/* The word becomes a variable of the channel: a closed set of characters. */
void
campaign_voice(struct keys *k, char **out)
{
	const char *s, *c;

	if (keys_text(k, "voice", &s) <= 0)
		return;
	for (c = s; (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
	     (*c >= '0' && *c <= '9') || (*c != '\0' && strchr("_.:/-", *c) != NULL);
	     c++)
		;
	if (*c != '\0' || c - s > PLAN_VOICE_MAX)
		(void)keys_fault(k, "voice",
		    "\"%.60s\" is no word of letters, digits and _ . : / - (at most %d)", s,
		    PLAN_VOICE_MAX);
	else
		*out = xstrdup(s);
}

static int
language_key(struct keys *all, const struct plan *p, const char *tag)
{
	struct fault why;

	if (language_check(tag, strlen(tag), &why) < 0)
		return keys_fault(all, tag, "%s", why.text);
	for (int i = 0; i < p->languages; i++)
		if (language_same(p->language[i].tag, tag))
			return keys_fault(all, tag, "is there twice (case does not count)");
	if (p->languages == PLAN_LANGUAGES)
		return keys_fault(all, tag, "is one language more than %d", PLAN_LANGUAGES);
	return 0;
}

void
campaign_languages(struct keys *k, struct plan *p)
{
	static const char *const words[] = {"base_prompt", "template", "voice", NULL};
	struct keys all, one;
	const char *tag;
	char path[96];
	json_t *v;

	if (keys_sub(k, "languages", &all, "languages") <= 0)
		return;
	json_object_foreach((json_t *)all.object, tag, v)
	{
		struct plan_language *l = &p->language[p->languages];

		snprintf(path, sizeof(path), "languages.%.63s", tag);
		if (language_key(&all, p, tag) < 0 || keys_sub(&all, tag, &one, path) <= 0)
			continue;
		p->languages++;
		l->tag = xstrdup(tag);
		keys_known(&one, words);
		campaign_text(&one, "base_prompt", true, &l->base_prompt);
		campaign_template(&one, "template", &l->template);
		campaign_voice(&one, &l->voice);
	}
	if (p->languages == 0)
		(void)keys_fault(k, "languages", "holds no language");
}

void
campaign_languages_only(struct keys *k, struct plan *p)
{
	if (keys_bool(k, "languages_only", &p->languages_only) > 0 && p->languages_only &&
	    json_object_get(k->object, "languages") == NULL)
		(void)keys_fault(k, "languages_only", "needs languages, or nobody is called");
}

bool
plan_texts(const struct plan *p, const char *language, struct plan_texts *t)
{
	const char *tags[PLAN_LANGUAGES];
	const struct plan_language *l;
	int i;

	*t = (struct plan_texts){p->base_prompt, p->template, p->voice, NULL};
	for (i = 0; i < p->languages; i++)
		tags[i] = p->language[i].tag;
	i = language_lookup(language, tags, (size_t)p->languages);
	if (i < 0)
		return !p->languages_only || language == NULL || *language == '\0';
	l = &p->language[i];
	t->language = l->tag;
	t->base_prompt = l->base_prompt != NULL ? l->base_prompt : t->base_prompt;
	t->template = l->template != NULL ? l->template : t->template;
	t->voice = l->voice != NULL ? l->voice : t->voice;
	return true;
}

bool
plan_same_texts(const struct plan *p, const char *a, const char *b)
{
	struct plan_texts x, y;

	if (language_same(a, b))
		return true;
	(void)plan_texts(p, a, &x);
	(void)plan_texts(p, b, &y);
	return x.language != NULL && x.language == y.language;
}
