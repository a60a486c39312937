/*
 * campaign_show: a plan back to JSON with every default in it, and the
 * difference of two campaigns in words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "phone.h"
#include "mem.h"
#include "num.h"
#include "zone.h"

void
campaign_set_text(json_t *o, const char *key, const char *text)
{
	if (text != NULL)
		json_object_set_new(o, key, json_string(text));
}

void
campaign_set_milli(json_t *o, const char *key, int64_t milli)
{
	char text[40];
	size_t n = (size_t)snprintf(text, sizeof(text), "%lld.%03lld",
	    (long long)(milli / 1000), (long long)(milli % 1000));

	while (text[n - 1] == '0')
		text[--n] = '\0';
	if (text[n - 1] == '.')
		text[--n] = '\0';
	campaign_set_text(o, key, text);
}

static void
set_duration(json_t *o, const char *key, int64_t ms)
{
	char text[32];

	campaign_set_text(o, key, num_duration_text(ms, text));
}

static void
set_date(json_t *o, const char *key, int day)
{
	char text[32];
	int y, m, d;

	if (day == 0)
		return;
	civil_from_days(day, &y, &m, &d);
	snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	campaign_set_text(o, key, text);
}

static void
set_days(json_t *o, unsigned days)
{
	static const char *const name[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < COUNT(name); i++)
		if ((days >> (i + 1) % 7 & 1) != 0)
			json_array_append_new(list, json_string(name[i]));
	json_object_set_new(o, "days", list);
}

static void
set_hours(json_t *o, const struct plan *p)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < p->windows; i++) {
		const struct window *w = &p->window[i];
		char *text = xasprintf(
		    "%02d:%02d-%02d:%02d", w->from / 60, w->from % 60, w->to / 60, w->to % 60);

		json_array_append_new(list, json_string(text));
		free(text);
	}
	json_object_set_new(o, "hours", list);
}

/* Calls a second: a whole number, or a decimal. */
static void
set_rate(json_t *o, int milli)
{
	if (milli % 1000 == 0)
		json_object_set_new(o, "calls_per_second", json_integer(milli / 1000));
	else
		campaign_set_milli(o, "calls_per_second", milli);
}

static void
set_retry(json_t *o, const struct plan *p)
{
	json_t *all = json_object();
	int i, j;

	for (i = 0; i < DISP_COUNT; i++) {
		const struct retry_rule *rule = &p->retry[i];
		json_t *one, *list;
		char text[32];

		if (!plan_tries_again((enum disposition)i) ||
		    (rule->max == 0 && rule->delays == 0))
			continue;
		one = json_object();
		list = json_array();
		json_object_set_new(one, "max", json_integer(rule->max));
		for (j = 0; j < rule->delays; j++)
			json_array_append_new(
			    list, json_string(num_duration_text(rule->delay[j], text)));
		json_object_set_new(one, "delays", list);
		json_object_set_new(all, disposition_name((enum disposition)i), one);
	}
	json_object_set_new(o, "retry", all);
}

static void
set_languages(json_t *o, const struct plan *p)
{
	json_t *all, *one;

	if (p->languages == 0)
		return;
	all = json_object();
	for (int i = 0; i < p->languages; i++) {
		one = json_object();
		campaign_set_text(one, "base_prompt", p->language[i].base_prompt);
		campaign_set_text(one, "template", p->language[i].template);
		campaign_set_text(one, "voice", p->language[i].voice);
		json_object_set_new(all, p->language[i].tag, one);
	}
	json_object_set_new(o, "languages", all);
	json_object_set_new(o, "languages_only", json_boolean(p->languages_only));
}

static void
set_lists(json_t *o, const struct plan *p)
{
	json_t *list;
	int i;

	if (p->dnc_lists <= 0) {
		campaign_set_text(o, "dnc_lists", p->dnc_lists < 0 ? "all" : "none");
		return;
	}
	list = json_array();
	for (i = 0; i < p->dnc_lists; i++)
		json_array_append_new(list, json_string(p->dnc_list[i]));
	json_object_set_new(o, "dnc_lists", list);
}

static void
set_wishes(json_t *o, const struct plan *p)
{
	const char key[2] = {p->optout_key, '\0'};
	json_t *of = json_object();

	campaign_set_text(of, "key", *key ? key : "none");
	json_object_set_new(of, "words", json_boolean(p->optout_words));
	json_object_set_new(of, "hangup", json_boolean(p->optout_hangup));
	json_object_set_new(o, "opt_out", of);
	if (p->allow_numbers != 0) {
		json_t *types = json_array();

		for (int i = 0; i < PHONE_TYPES; i++)
			if (p->allow_numbers & 1u << i)
				json_array_append_new(
				    types, json_string(phone_type_name((enum phone_type)i)));
		json_object_set_new(o, "allow_numbers", types);
	}
	campaign_set_text(o, "consent", p->consent ? consent_name(p->consent) : "none");
}

json_t *
plan_json(const struct plan *p)
{
	json_t *o = json_object();

	campaign_set_text(o, "name", p->name);
	campaign_set_text(o, "description", p->description);
	campaign_set_text(o, "base_prompt", p->base_prompt);
	campaign_set_text(o, "template", p->template);
	campaign_set_text(o, "voice", p->voice);
	set_languages(o, p);
	campaign_set_text(o, "delivery", delivery_name(p->delivery));
	campaign_set_text(o, "sts_url", p->sts_url);
	if (p->context != NULL)
		json_object_set_new(o, "context", context_json(p->context));
	campaign_set_text(o, "exchange", p->exchange);
	campaign_set_text(o, "dial_string", p->dial_string);
	campaign_set_text(o, "dialplan_context", p->dialplan_context);
	campaign_set_text(o, "dialplan_exten", p->dialplan_exten);
	campaign_set_text(o, "caller_id", p->caller_id);
	set_duration(o, "ring_timeout", p->ring_ms);
	set_duration(o, "max_duration", p->max_ms);
	set_duration(o, "short_call", p->short_ms);
	campaign_set_text(o, "pace", pace_name(p->pace));
	json_object_set_new(o, "concurrent", json_integer(p->concurrent));
	set_rate(o, p->rate_milli);
	set_date(o, "from", p->from_day);
	set_date(o, "until", p->until_day);
	set_days(o, p->days);
	set_hours(o, p);
	campaign_set_text(o, "assume_timezone", p->assume_timezone);
	set_duration(o, "min_gap", p->min_gap_ms);
	campaign_set_text(o, "siblings", p->merge_siblings ? "merge" : "apart");
	json_object_set_new(o, "max_attempts", json_integer(p->max_attempts));
	set_retry(o, p);
	set_lists(o, p);
	set_wishes(o, p);
	json_object_set_new(o, "priority", json_integer(p->priority));
	set_duration(o, "claim_hold", p->claim_ms);
	return o;
}

/* ---- differences ---- */

/* A value as a person would write it on one line. */
static void
put_value(struct buf *out, const json_t *v)
{
	char *json;
	size_t i;

	if (v == NULL) {
		buf_adds(out, "(default)");
	} else if (json_is_string(v)) {
		buf_adds(out, json_string_value(v));
	} else if (json_is_array(v)) {
		for (i = 0; i < json_array_size(v); i++) {
			buf_adds(out, i > 0 ? ", " : "");
			put_value(out, json_array_get(v, i));
		}
	} else {
		json = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
		buf_adds(out, json != NULL ? json : "");
		free(json);
	}
}

static bool
is_long(const json_t *v)
{
	const char *s = json_string_value(v);

	return s != NULL && (strlen(s) > 60 || strchr(s, '\n') != NULL);
}

static void
put_change(struct buf *out, const char *path, const char *key, const json_t *before,
    const json_t *after)
{
	buf_printf(out, "%s%s: ", path, key);
	if (is_long(before) || is_long(after)) {
		buf_adds(out, before == NULL ? "added" : after == NULL ? "removed" : "changed");
	} else {
		put_value(out, before);
		buf_adds(out, " -> ");
		put_value(out, after);
	}
	buf_addc(out, '\n');
}

static void
diff(struct buf *out, const char *path, const json_t *before, const json_t *after)
{
	const char *key;
	json_t *v, *other;

	json_object_foreach((json_t *)before, key, v)
	{
		other = json_object_get(after, key);
		if (other != NULL && json_equal(v, other))
			continue;
		if (json_is_object(v) && json_is_object(other)) {
			char *below = xasprintf("%s%s.", path, key);

			diff(out, below, v, other);
			free(below);
		} else {
			put_change(out, path, key, v, other);
		}
	}
	json_object_foreach((json_t *)after, key, v)
	{
		if (json_object_get(before, key) == NULL)
			put_change(out, path, key, NULL, v);
	}
}

void
plan_diff(struct buf *out, const json_t *before, const json_t *after)
{
	diff(out, "", before, after);
}
