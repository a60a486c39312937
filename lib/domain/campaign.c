/*
 * campaign: each key of the file has one function that checks it and puts it
 * into the plan; here those of texts, pace and attempts, and all of them in
 * their order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "mem.h"
#include "num.h"
#include "template.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const char *const known[] = {"name", "description", "base_prompt", "template",
    "exchange", "dial_string", "dialplan_context", "dialplan_exten", "caller_id",
    "ring_timeout", "max_duration", "short_call", "pace", "concurrent", "calls_per_second",
    "from", "until", "days", "hours", "assume_timezone", "min_gap", "max_attempts", "retry",
    "dnc_lists", "opt_out", "consent", "allow_numbers", "priority", "claim_hold", "voice",
    "languages", "languages_only", "delivery", "sts_url", "siblings", "context", NULL};

static const char *const pace_words[] = {"bulk", "progressive", "scheduled", NULL};

static const char *const delivery_words[] = {"none", "api", "dynamic", "file", NULL};

/*
 * What ships: how often and when a person is tried again after each ending. An ending that is not here
 * is never tried again, or (trunk and placing faults) costs no attempt and waits as policy says.
 */
static const struct {
	enum disposition after;
	struct retry_rule rule;
} retry_default[] = {
    {DISP_ANSWERED_SHORT, {1, 1, {DAY}}},
    {DISP_ANSWERED_DROPPED, {1, 1, {2 * HOUR}}},
    {DISP_BUSY, {3, 3, {15 * MINUTE, HOUR, DAY}}},
    {DISP_NO_ANSWER, {3, 3, {2 * HOUR, 6 * HOUR, 2 * DAY}}},
    {DISP_DECLINED, {1, 1, {DAY}}},
    {DISP_FAILED, {1, 1, {2 * HOUR}}},
};

bool
plan_tries_again(enum disposition d)
{
	return d != DISP_NONE && d != DISP_ANSWERED && d != DISP_UNWANTED &&
	    d != DISP_INVALID && d != DISP_UNKNOWN;
}

const char *
pace_name(enum pace_mode pace)
{
	return pace_words[pace];
}

const char *
delivery_name(enum delivery d)
{
	return d == DELIVERY_NONE ? NULL : delivery_words[d];
}

/* ---- texts ---- */

/* With lines, newlines and tabs are no control characters. */
bool
campaign_has_control(const char *s, bool lines)
{
	ptrdiff_t at;

	while ((at = text_control(s, strlen(s))) >= 0) {
		if (!lines || (s[at] != '\n' && s[at] != '\t'))
			return true;
		s += at + 1;
	}
	return false;
}

void
campaign_text(struct keys *k, const char *key, bool lines, char **out)
{
	const char *s;

	if (keys_text(k, key, &s) <= 0)
		return;
	if (campaign_has_control(s, lines))
		(void)keys_fault(k, key, "holds a control character");
	else if (strlen(s) > PLAN_TEXT_MAX)
		(void)keys_fault(k, key, "is longer than %d KiB", PLAN_TEXT_MAX >> 10);
	else
		*out = xstrdup(s);
}

static void
name(struct keys *k, const char *key, const char *example, char **out)
{
	const char *s;
	int r = keys_name(k, key, &s);

	if (r > 0)
		*out = xstrdup(s);
	else if (r == 0)
		(void)keys_missing(k, key, example);
}

void
campaign_template(struct keys *k, const char *key, char **out)
{
	struct template *t;
	struct fault why;

	campaign_text(k, key, true, out);
	if (*out == NULL)
		return;
	t = template_new(*out, &why);
	if (t == NULL)
		(void)keys_fault(k, key, "in its line %s",
		    strncmp(why.text, "template:", 9) == 0 ? why.text + 9 : why.text);
	template_free(t);
}

static void template(struct keys *k, struct plan *p)
{
	if (json_object_get(k->object, "template") == NULL)
		(void)keys_missing(k, "template", "\"Speak to {{name}}.\"");
	campaign_template(k, "template", &p->template);
}

/* ---- pace and attempts ---- */

void
campaign_duration(struct keys *k, const char *key, int64_t min, int64_t max, int *out)
{
	int64_t ms = *out;

	if (keys_duration(k, key, min, max, &ms) >= 0)
		*out = (int)ms;
}

void
campaign_number(struct keys *k, const char *key, int64_t min, int64_t max, int *out)
{
	int64_t n = *out;

	if (keys_int(k, key, min, max, &n) >= 0)
		*out = (int)n;
}

static void
siblings(struct keys *k, struct plan *p)
{
	const char *s;

	if (keys_text(k, "siblings", &s) <= 0)
		return;
	p->merge_siblings = strcmp(s, "merge") == 0;
	if (!p->merge_siblings && strcmp(s, "apart") != 0)
		(void)keys_fault(k, "siblings", "\"%.40s\" is none of apart, merge", s);
}

static void
pace(struct keys *k, struct plan *p)
{
	int64_t rate = p->rate_milli;
	const char *s;
	int i;

	if (keys_text(k, "pace", &s) > 0) {
		for (i = 0; pace_words[i] != NULL && strcmp(s, pace_words[i]) != 0; i++)
			;
		if (pace_words[i] == NULL)
			(void)keys_fault(
			    k, "pace", "\"%.40s\" is none of bulk, progressive, scheduled", s);
		else
			p->pace = (enum pace_mode)i;
	}
	campaign_number(k, "concurrent", 1, 1000, &p->concurrent);
	if (keys_milli(k, "calls_per_second", 10, 200000, &rate) >= 0)
		p->rate_milli = (int)rate;
}

static void
delivery(struct keys *k, struct plan *p)
{
	const char *s;
	int i = DELIVERY_API;

	if (keys_text(k, "delivery", &s) <= 0)
		return;
	while (delivery_words[i] != NULL && strcmp(s, delivery_words[i]) != 0)
		i++;
	if (delivery_words[i] == NULL)
		(void)keys_fault(k, "delivery", "\"%.40s\" is none of api, dynamic, file", s);
	else
		p->delivery = (enum delivery)i;
}

/* AVR connects to it, with more of its own behind it: an address, and no quotes or blanks. */
static void
sts_url(struct keys *k, struct plan *p)
{
	const char *s, *c;

	if (keys_text(k, "sts_url", &s) <= 0)
		return;
	for (c = s; *c > ' ' && *c < 0x7f && !strchr("\"'<>\\", *c); c++)
		;
	if (*c || c - s > 1000 || (strncmp(s, "ws://", 5) != 0 && strncmp(s, "wss://", 6) != 0))
		(void)keys_fault(k, "sts_url",
		    "\"%.60s\" is no address such as ws://avr-sts-openai:6030", s);
	else
		p->sts_url = xstrdup(s);
}

/* A list of delays, or one. */
static int
delays(struct keys *k, struct retry_rule *rule)
{
	const json_t *list, *v;
	const char *one;
	size_t i, n;
	int r = keys_list(k, "delays", &list, &one);

	if (r <= 0)
		return r;
	n = list != NULL ? json_array_size(list) : 1;
	if (n > PLAN_DELAYS)
		return keys_fault(k, "delays", "has more than %d delays", PLAN_DELAYS);
	for (i = 0; i < n; i++) {
		v = list != NULL ? json_array_get(list, i)
				 : json_object_get(k->object, "delays");
		if (keys_duration_of(k, "delays", v, SECOND, 90 * DAY, &rule->delay[i]) < 0)
			return -1;
	}
	rule->delays = (int)n;
	return 1;
}

static void
retry_rule(struct keys *k, struct retry_rule *rule)
{
	static const char *const words[] = {"max", "delays", NULL};
	int given;
	int64_t max;

	keys_known(k, words);
	given = delays(k, rule);
	max = given > 0 ? rule->delays : rule->max;
	if (keys_int(k, "max", 0, 20, &max) < 0 || given < 0)
		return;
	rule->max = (int)max;
	if (rule->max > 0 && rule->delays == 0)
		(void)keys_missing(k, "delays", "[15m, 1h]");
}

static void
retry(struct keys *k, struct plan *p)
{
	const char *words[DISP_COUNT], *key;
	struct keys all, one;
	size_t i, n = 0;
	char path[64];
	json_t *v;

	for (i = 0; i < COUNT(retry_default); i++)
		p->retry[retry_default[i].after] = retry_default[i].rule;
	for (i = 0; i < DISP_COUNT; i++)
		if (plan_tries_again((enum disposition)i))
			words[n++] = disposition_name((enum disposition)i);
	words[n] = NULL;
	if (keys_sub(k, "retry", &all, "retry") <= 0)
		return;
	json_object_foreach((json_t *)all.object, key, v)
	{
		enum disposition d = disposition_parse(key);

		snprintf(path, sizeof(path), "retry.%.40s", key);
		if (d == DISP_COUNT || d == DISP_NONE)
			(void)keys_unknown(&all, key, words);
		else if (!plan_tries_again(d))
			(void)keys_fault(&all, key, "is never called again");
		else if (keys_sub(&all, key, &one, path) > 0)
			retry_rule(&one, &p->retry[d]);
	}
}

static void
compile(struct keys *k, struct plan *p)
{
	keys_known(k, known);
	name(k, "name", "scholarship", &p->name);
	campaign_text(k, "description", false, &p->description);
	campaign_text(k, "base_prompt", true, &p->base_prompt);
	template(k, p);
	campaign_voice(k, &p->voice);
	campaign_languages(k, p);
	campaign_languages_only(k, p);
	delivery(k, p);
	sts_url(k, p);
	name(k, "exchange", "sim", &p->exchange);
	campaign_dial_string(k, p);
	campaign_dialplan_word(k, "dialplan_context", "avr", &p->dialplan_context);
	campaign_dialplan_word(k, "dialplan_exten", "s", &p->dialplan_exten);
	campaign_caller_id(k, p);
	if (json_object_get(k->object, "ring_timeout") == NULL)
		(void)keys_missing(k, "ring_timeout", "30s");
	campaign_duration(k, "ring_timeout", 5 * SECOND, 120 * SECOND, &p->ring_ms);
	if (json_object_get(k->object, "max_duration") == NULL)
		(void)keys_missing(k, "max_duration", "5m");
	campaign_duration(k, "max_duration", 10 * SECOND, 4 * HOUR, &p->max_ms);
	campaign_duration(k, "short_call", 0, 5 * MINUTE, &p->short_ms);
	pace(k, p);
	campaign_dates(k, p);
	campaign_days(k, p);
	campaign_hours(k, p);
	campaign_timezone(k, p);
	(void)keys_duration(k, "min_gap", 0, 90 * DAY, &p->min_gap_ms);
	siblings(k, p);
	campaign_number(k, "max_attempts", 1, 50, &p->max_attempts);
	retry(k, p);
	campaign_dnc_lists(k, p);
	campaign_opt_out(k, p);
	campaign_consent(k, p);
	campaign_allow_numbers(k, p);
	campaign_number(k, "priority", -1000, 1000, &p->priority);
	(void)keys_duration(k, "claim_hold", MINUTE, DAY, &p->claim_ms);
	p->context = context_compile(k, p->merge_siblings);
}

int
plan_compile(struct plan *p, const json_t *campaign, const struct yaml *where, struct buf *all,
    struct fault *f)
{
	int wrong = 0;
	struct keys k = {.where = where, .all = all, .f = f, .wrong = &wrong};

	*p = (struct plan){
	    .short_ms = 10 * SECOND,
	    .pace = PACE_PROGRESSIVE,
	    .concurrent = 5,
	    .rate_milli = 1000,
	    .min_gap_ms = 4 * HOUR,
	    .max_attempts = 4,
	    .dnc_lists = -1,
	    .optout_key = '9',
	    .optout_words = true,
	    .claim_ms = HOUR,
	};
	if (keys_open(&k, campaign, "the campaign") == 0)
		compile(&k, p);
	return wrong > 0 ? -1 : 0;
}

void
plan_release(struct plan *p)
{
	free(p->name);
	free(p->description);
	free(p->base_prompt);
	free(p->template);
	free(p->voice);
	for (int i = 0; i < p->languages; i++) {
		free(p->language[i].tag);
		free(p->language[i].base_prompt);
		free(p->language[i].template);
		free(p->language[i].voice);
	}
	free(p->sts_url);
	free(p->exchange);
	free(p->dial_string);
	free(p->dialplan_context);
	free(p->dialplan_exten);
	free(p->caller_id);
	free(p->assume_timezone);
	for (int i = 0; i < p->dnc_lists; i++)
		free(p->dnc_list[i]);
	context_release(p->context);
	*p = (struct plan){0};
}

/* A call by it would count for people whom nobody speaks of. */
static bool
leaves_out_siblings(const char *text)
{
	struct fault f;
	struct template *t = text != NULL ? template_new(text, &f) : NULL;
	bool out = t != NULL && !template_names(t, "siblings");

	template_free(t);
	return out;
}

/* Of the campaign and of each language; what a model writes sees the others in its data. */
static int
warn_of_siblings(const struct plan *p, struct buf *out)
{
	static const char why[] =
	    "template: has no {{#siblings}}, so with siblings: merge a call counts as theirs "
	    "though nothing is said of them\n";
	int n = 0;

	if (!p->merge_siblings || (p->context != NULL && p->context->model != NULL))
		return 0;
	if (leaves_out_siblings(p->template) && ++n > 0)
		buf_adds(out, why);
	for (int i = 0; i < p->languages; i++)
		if (leaves_out_siblings(p->language[i].template) && ++n > 0)
			buf_printf(out, "languages.%s.%s", p->language[i].tag, why);
	return n;
}

int
plan_warnings(const struct plan *p, struct buf *out)
{
	int n = warn_of_siblings(p, out), i;

	if (p->ring_ms < 15 * SECOND && ++n > 0)
		buf_adds(out,
		    "ring_timeout: under 15s: 47 CFR 64.1200(a)(6) forbids hanging up on "
		    "an unanswered call sooner\n");
	for (i = 0; i < p->windows; i++)
		if (p->window[i].from < 8 * 60 || p->window[i].to > 21 * 60 ||
		    p->window[i].to < p->window[i].from) {
			n++;
			buf_adds(out,
			    "hours: before 08:00 or after 21:00: 47 CFR 64.1200(c)(1) and many "
			    "other rules forbid calls then\n");
			break;
		}
	if (p->optout_key == '\0' && !p->optout_words && ++n > 0)
		buf_adds(out,
		    "opt_out: with neither key nor words nobody can say in a call that it is to "
		    "be the last (47 CFR 64.1200(b)(3) wants a way)\n");
	if (p->dial_string != NULL && !p->fenced && ++n > 0)
		buf_adds(out,
		    "dial_string: not through outreach-once: a call whose answer is lost stays "
		    "unknown until a person settles it\n");
	return n;
}
