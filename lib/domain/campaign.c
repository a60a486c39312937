/*
 * campaign: each key of the file has one function that checks it and puts it
 * into the plan. What could reach the exchange's manager interface (caller ID,
 * dial string) is held to a closed set of characters here, once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "campaign.h"
#include "phone.h"
#include "campaign_parts.h"
#include "contact.h"
#include "keys.h"
#include "language.h"
#include "mem.h"
#include "num.h"
#include "template.h"
#include "zone.h"

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
static bool
has_control(const char *s, bool lines)
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
	if (has_control(s, lines))
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

/* ---- languages ---- */

/* The word becomes a variable of the channel: a closed set of characters. */
static void
voice(struct keys *k, char **out)
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

static void
languages(struct keys *k, struct plan *p)
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
		voice(&one, &l->voice);
	}
	if (p->languages == 0)
		(void)keys_fault(k, "languages", "holds no language");
}

static void
languages_only(struct keys *k, struct plan *p)
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

/* ---- what the exchange is told ---- */

static bool
dial_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("_.+@/;:-", c) != NULL);
}

/* The length of the token at s ("{phone}"), 0 if it is none. */
static size_t
dial_token(const char *s, const char **word)
{
	static const char *const token[] = {"phone", "number", "id"};
	size_t i, n;

	for (i = 0; i < COUNT(token); i++) {
		n = strlen(token[i]);
		if (strncmp(s + 1, token[i], n) == 0 && s[n + 1] == '}') {
			*word = token[i];
			return n + 2;
		}
	}
	return 0;
}

static int
dial_string_check(struct keys *k, const char *s)
{
	bool person = false, id = false;
	const char *at = s, *word = NULL;
	size_t n;

	if (strlen(s) > PLAN_DIAL_MAX)
		return keys_fault(
		    k, "dial_string", "is longer than %d characters", PLAN_DIAL_MAX);
	if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == 0 ||
	    strchr(s, '/') == NULL)
		return keys_fault(k, "dial_string",
		    "does not begin with a technology, as PJSIP/{phone}@trunk does");
	while (*at != '\0') {
		if (*at != '{') {
			if (!dial_char(*at))
				return keys_fault(k, "dial_string",
				    "may hold letters, digits and _ . + @ / ; : - beside "
				    "{phone} {number} {id}");
			at++;
			continue;
		}
		n = dial_token(at, &word);
		if (n == 0)
			return keys_fault(
			    k, "dial_string", "knows {phone}, {number} and {id} alone");
		person |= strcmp(word, "id") != 0;
		id |= strcmp(word, "id") == 0;
		at += n;
	}
	if (!person)
		return keys_fault(
		    k, "dial_string", "dials nobody: {phone} or {number} is missing");
	if (strstr(s, "@outreach-once") != NULL && !id)
		return keys_fault(k, "dial_string",
		    "through outreach-once needs {id}: "
		    "Local/{number}-{id}@outreach-once/n");
	return 0;
}

static void
dial_string(struct keys *k, struct plan *p)
{
	const char *s, *fence;

	if (keys_text(k, "dial_string", &s) <= 0 || dial_string_check(k, s) < 0)
		return;
	p->dial_string = xstrdup(s);
	fence = strstr(s, "@outreach-once");
	p->fenced = fence != NULL && (fence[14] == '\0' || fence[14] == '/');
}

int
plan_need_dial_string(
    const json_t *campaign, const struct yaml *where, bool http, struct fault *f)
{
	int wrong = 0;
	struct keys k = {.object = campaign, .where = where, .f = f, .wrong = &wrong};

	if (http || !json_is_object(campaign) || json_object_get(campaign, "dial_string"))
		return 0;
	return keys_fault(&k, "dial_string",
	    "is missing and has no default (such as dial_string: Local/{number}-{id}@outreach-once/n); only an exchange of type http needs none");
}

int
plan_dial_string(const struct plan *p, const char *phone, const char *id, char *out,
    size_t size, struct fault *f)
{
	const char *at = p->dial_string, *word = NULL, *put;
	size_t used = 0, n, len;

	if (at == NULL)
		return fault(f, CONFIG,
		    "campaign %s has no dial_string, which an exchange that is not of type http needs",
		    p->name);
	for (; *at != '\0'; at += n) {
		n = *at == '{' ? dial_token(at, &word) : 0;
		if (n == 0) {
			put = at;
			n = len = 1;
		} else {
			put = strcmp(word, "id") == 0 ? id : phone;
			put += strcmp(word, "number") == 0 && *put == '+';
			len = strlen(put);
		}
		if (used + len >= size)
			return fault(f, DATAERR,
			    "the dial string is longer than %zu characters", size - 1);
		for (size_t i = 0; i < len; i++)
			if (!dial_char(put[i]))
				return fault(
				    f, DATAERR, "\"%.40s\" cannot stand in a dial string", put);
		memcpy(out + used, put, len);
		used += len;
	}
	out[used] = '\0';
	return 0;
}

/* "+" and 3 to 15 digits, the plus optional; the length, 0 if it is none. */
static size_t
caller_number(const char *s)
{
	size_t plus = *s == '+', n = strspn(s + plus, "0123456789");

	return n >= 3 && n <= 15 ? plus + n : 0;
}

/* "Name <+number>", as Asterisk takes a CallerID, or the number alone. */
static bool
caller_id_ok(const char *s)
{
	const char *open = strchr(s, '<');
	size_t n = caller_number(open != NULL ? open + 1 : s), name;

	if (open == NULL)
		return n > 0 && s[n] == '\0';
	name = (size_t)(open - s);
	return n > 0 && strcmp(open + 1 + n, ">") == 0 && strspn(s, " ") < name && name <= 60 &&
	    memchr(s, '>', name) == NULL;
}

static void
caller_id(struct keys *k, struct plan *p)
{
	const char *s;
	int r = keys_text(k, "caller_id", &s);

	if (r == 0)
		(void)keys_missing(k, "caller_id", "Example School <+15555550100>");
	if (r <= 0)
		return;
	if (has_control(s, false) || strpbrk(s, "\"'\\") != NULL)
		(void)keys_fault(
		    k, "caller_id", "holds a quote, a backslash or a control character");
	else if (!caller_id_ok(s))
		(void)keys_fault(
		    k, "caller_id", "\"%.80s\" is neither a number nor Name <+number>", s);
	else
		p->caller_id = xstrdup(s);
}

static void
dialplan_word(struct keys *k, const char *key, const char *standard, char **out)
{
	const char *s = standard, *c;

	if (keys_text(k, key, &s) < 0)
		return;
	for (c = s; *c != '\0' && dial_char(*c) && *c != '/' && *c != ';' && *c != '@'; c++)
		;
	if (*c != '\0' || c - s > 79)
		(void)keys_fault(
		    k, key, "\"%.60s\" is no word of a dialplan (letters, digits, _ . -)", s);
	else
		*out = xstrdup(s);
}

/* ---- days and hours ---- */

static int
day_number(const char *s, size_t len)
{
	static const char *const day[] = {
	    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
	size_t i;

	for (i = 0; i < COUNT(day); i++)
		if ((len == 3 || len == strlen(day[i])) && strncasecmp(s, day[i], len) == 0)
			return (int)i;
	return -1;
}

/* "mon", "mon-sat", "mon, wed-fri" into bits; 0 if it is no such text. */
static unsigned
days_parse(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	unsigned bits = 0;

	for (;;) {
		size_t n;
		int first, last;

		s += strspn(s, " ");
		n = strspn(s, letters);
		first = last = day_number(s, n);
		s += n;
		if (*s == '-') {
			n = strspn(++s, letters);
			last = day_number(s, n);
			s += n;
		}
		if (first < 0 || last < 0)
			return 0;
		bits |= 1u << first;
		for (; first != last; bits |= 1u << first)
			first = (first + 1) % 7;
		s += strspn(s, " ");
		if (*s == '\0')
			return bits;
		if (*s++ != ',')
			return 0;
	}
}

static void
day_bits(struct keys *k, struct plan *p, const char *s)
{
	unsigned bits = s != NULL ? days_parse(s) : 0;

	if (bits == 0)
		(void)keys_fault(k, "days",
		    "\"%.60s\" is no day or range such as mon or mon-sat", s != NULL ? s : "");
	p->days |= bits;
}

static void
days(struct keys *k, struct plan *p)
{
	const json_t *list;
	const char *one;
	size_t i;
	int r = keys_list(k, "days", &list, &one);

	if (r == 0)
		(void)keys_missing(k, "days", "mon-sat");
	if (r <= 0)
		return;
	if (one != NULL)
		day_bits(k, p, one);
	for (i = 0; i < json_array_size(list); i++)
		day_bits(k, p, json_string_value(json_array_get(list, i)));
}

/* "09:30" to minutes, up to 24:00; -1 if it is no such time. */
static int
minutes(const char *s)
{
	int h, m, i;

	for (i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
			return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	return m > 59 || h * 60 + m > 24 * 60 ? -1 : h * 60 + m;
}

/* One "HH:MM-HH:MM"; taken marks the minutes that other windows hold. */
static int
window(struct keys *k, struct plan *p, const char *s, bool taken[1440])
{
	struct window w = {-1, -1};
	int m;

	if (strlen(s) == 11 && s[5] == '-')
		w = (struct window){minutes(s), minutes(s + 6)};
	if (w.from < 0 || w.to < 0 || w.from == 1440)
		return keys_fault(
		    k, "hours", "\"%.40s\" is no range such as 09:00-20:00 (up to 24:00)", s);
	if (w.from == w.to)
		return keys_fault(k, "hours", "%s is empty", s);
	if (p->windows == PLAN_WINDOWS)
		return keys_fault(k, "hours", "has more than %d ranges", PLAN_WINDOWS);
	for (m = w.from; m != w.to && !(m == 1440 && w.to == 0); m++) {
		if (m == 1440)
			m = 0;
		if (taken[m])
			return keys_fault(k, "hours", "%s overlaps another range", s);
		taken[m] = true;
	}
	p->window[p->windows++] = w;
	return 0;
}

/* A text may hold several ranges with commas between. */
static int
windows(struct keys *k, struct plan *p, const char *s, bool taken[1440])
{
	char one[48];
	size_t n;

	if (s == NULL)
		return keys_fault(k, "hours", "holds what is no range such as 09:00-20:00");
	for (;; s += n + 1) {
		s += strspn(s, " ");
		n = strcspn(s, ",");
		snprintf(one, sizeof(one), "%.*s", (int)(n < 40 ? n : 40), s);
		one[strcspn(one, " ")] = '\0';
		if (window(k, p, one, taken) < 0)
			return -1;
		if (s[n] == '\0')
			return 0;
	}
}

static void
hours(struct keys *k, struct plan *p)
{
	bool taken[1440] = {false};
	const json_t *list;
	const char *one;
	size_t i;
	int r = keys_list(k, "hours", &list, &one);

	if (r == 0)
		(void)keys_missing(k, "hours", "09:00-20:00");
	if (r <= 0)
		return;
	if (one != NULL)
		(void)windows(k, p, one, taken);
	for (i = 0; i < json_array_size(list); i++)
		if (windows(k, p, json_string_value(json_array_get(list, i)), taken) < 0)
			return;
}

/* "2026-03-02", a day that exists. */
static void
date(struct keys *k, const char *key, int *day)
{
	int y = 0, m = 0, d = 0, y2, m2, d2, end = 0;
	const char *s;

	if (keys_text(k, key, &s) <= 0)
		return;
	if (strlen(s) != 10 || strspn(s, "0123456789-") != 10 ||
	    sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &end) != 3 || end != 10 || y < 2000 ||
	    y > 2199 || m < 1 || m > 12) {
		(void)keys_fault(k, key, "\"%.40s\" is no date such as 2026-03-02", s);
		return;
	}
	civil_from_days(civil_days(y, m, d), &y2, &m2, &d2);
	if (y != y2 || m != m2 || d != d2)
		(void)keys_fault(k, key, "there is no %s", s);
	else
		*day = (int)civil_days(y, m, d);
}

static void
dates(struct keys *k, struct plan *p)
{
	date(k, "from", &p->from_day);
	date(k, "until", &p->until_day);
	if (p->from_day != 0 && p->until_day != 0 && p->from_day > p->until_day)
		(void)keys_fault(k, "until", "is before from");
}

static void
timezone_name(struct keys *k, struct plan *p)
{
	const char *s, *c;

	if (keys_text(k, "assume_timezone", &s) <= 0)
		return;
	for (c = s; *c != '\0' && (dial_char(*c) || *c == '+') && strchr(".@;:", *c) == NULL;
	     c++)
		;
	if (*c != '\0' || *s == '/' || c - s > 63)
		(void)keys_fault(
		    k, "assume_timezone", "\"%.60s\" is no name such as Asia/Kolkata", s);
	else
		p->assume_timezone = xstrdup(s);
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

/* ---- do-not-call ---- */

static int
dnc_list(struct keys *k, struct plan *p, const char *name)
{
	if (!name || !keys_name_ok(name))
		return keys_fault(
		    k, "dnc_lists", "\"%.60s\" is not the name of a list", name ? name : "");
	if (p->dnc_lists == PLAN_LISTS)
		return keys_fault(k, "dnc_lists", "names more than %d lists", PLAN_LISTS);
	p->dnc_list[p->dnc_lists++] = xstrdup(name);
	return 0;
}

/* "all", which is also what nothing means, "none", a name, or a list of names. */
static void
dnc_lists(struct keys *k, struct plan *p)
{
	const json_t *list;
	const char *one;
	size_t i;

	if (keys_list(k, "dnc_lists", &list, &one) <= 0 || (one && strcmp(one, "all") == 0))
		return;
	p->dnc_lists = 0;
	if (one && strcmp(one, "none") != 0)
		(void)dnc_list(k, p, one);
	for (i = 0; i < json_array_size(list); i++)
		if (dnc_list(k, p, json_string_value(json_array_get(list, i))) < 0)
			return;
}

/* ---- people's wishes ---- */

/* "9", which may be written as a number too, or "none". */
static void
optout_key(struct keys *k, struct plan *p)
{
	const json_t *v;
	const char *s;

	if (keys_get(k, "key", &v) <= 0)
		return;
	s = json_is_string(v) ? json_string_value(v) : "";
	if (json_is_integer(v) && json_integer_value(v) >= 0 && json_integer_value(v) <= 9)
		p->optout_key = (char)('0' + json_integer_value(v));
	else if (strcmp(s, "none") == 0)
		p->optout_key = '\0';
	else if (strlen(s) == 1 && strchr("0123456789*#", *s))
		p->optout_key = *s;
	else
		(void)keys_fault(
		    k, "key", "is no key of a telephone (0 to 9, * or #), nor none");
}

static void
opt_out(struct keys *k, struct plan *p)
{
	static const char *const words[] = {"key", "words", "hangup", NULL};
	struct keys of;

	if (keys_sub(k, "opt_out", &of, "opt_out") <= 0)
		return;
	keys_known(&of, words);
	optout_key(&of, p);
	(void)keys_bool(&of, "words", &p->optout_words);
	(void)keys_bool(&of, "hangup", &p->optout_hangup);
}

static void
consent(struct keys *k, struct plan *p)
{
	const char *s;

	if (keys_text(k, "consent", &s) <= 0 || strcmp(s, "none") == 0)
		return;
	p->consent = consent_parse(s);
	if (p->consent == CONSENT_NONE)
		(void)keys_fault(k, "consent",
		    "\"%.40s\" is none of informational, express, express_written, none", s);
}

/* Only what is refused otherwise can be allowed. */
static int
allow_number(struct keys *k, struct plan *p, const char *word)
{
	enum phone_type type;

	if (word == NULL || !phone_type_find(word, &type) || !(PHONE_REFUSED & 1u << type))
		return keys_fault(k, "allow_numbers",
		    "\"%.40s\" is none of toll_free, premium, shared_cost, personal, pager",
		    word != NULL ? word : "");
	p->allow_numbers |= 1u << type;
	return 0;
}

static void
allow_numbers(struct keys *k, struct plan *p)
{
	const json_t *list;
	const char *one;

	if (keys_list(k, "allow_numbers", &list, &one) <= 0)
		return;
	if (one != NULL)
		(void)allow_number(k, p, one);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (allow_number(k, p, json_string_value(json_array_get(list, i))) < 0)
			return;
}

static void
compile(struct keys *k, struct plan *p)
{
	keys_known(k, known);
	name(k, "name", "scholarship", &p->name);
	campaign_text(k, "description", false, &p->description);
	campaign_text(k, "base_prompt", true, &p->base_prompt);
	template(k, p);
	voice(k, &p->voice);
	languages(k, p);
	languages_only(k, p);
	delivery(k, p);
	sts_url(k, p);
	name(k, "exchange", "sim", &p->exchange);
	dial_string(k, p);
	dialplan_word(k, "dialplan_context", "avr", &p->dialplan_context);
	dialplan_word(k, "dialplan_exten", "s", &p->dialplan_exten);
	caller_id(k, p);
	if (json_object_get(k->object, "ring_timeout") == NULL)
		(void)keys_missing(k, "ring_timeout", "30s");
	campaign_duration(k, "ring_timeout", 5 * SECOND, 120 * SECOND, &p->ring_ms);
	if (json_object_get(k->object, "max_duration") == NULL)
		(void)keys_missing(k, "max_duration", "5m");
	campaign_duration(k, "max_duration", 10 * SECOND, 4 * HOUR, &p->max_ms);
	campaign_duration(k, "short_call", 0, 5 * MINUTE, &p->short_ms);
	pace(k, p);
	dates(k, p);
	days(k, p);
	hours(k, p);
	timezone_name(k, p);
	(void)keys_duration(k, "min_gap", 0, 90 * DAY, &p->min_gap_ms);
	siblings(k, p);
	campaign_number(k, "max_attempts", 1, 50, &p->max_attempts);
	retry(k, p);
	dnc_lists(k, p);
	opt_out(k, p);
	consent(k, p);
	allow_numbers(k, p);
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
	bool out = t != NULL && !template_has_section(t, "siblings");

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
