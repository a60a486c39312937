/*
 * campaign_time: the days, hours and dates on which calls are allowed, and the
 * zone of people of whom none is known.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "mem.h"
#include "zone.h"

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

void
campaign_days(struct keys *k, struct plan *p)
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

void
campaign_hours(struct keys *k, struct plan *p)
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

static void
date(struct keys *k, const char *key, int *day)
{
	const char *s;
	int64_t days;

	if (keys_text(k, key, &s) <= 0)
		return;
	/* Years that a campaign may mean. */
	if (civil_read(s, &days) && days >= civil_days(2000, 1, 1) &&
	    days < civil_days(2200, 1, 1))
		*day = (int)days;
	else
		(void)keys_fault(k, key, "\"%.40s\" is no date such as 2026-03-02", s);
}

void
campaign_dates(struct keys *k, struct plan *p)
{
	date(k, "from", &p->from_day);
	date(k, "until", &p->until_day);
	if (p->from_day != 0 && p->until_day != 0 && p->from_day > p->until_day)
		(void)keys_fault(k, "until", "is before from");
}

void
campaign_timezone(struct keys *k, struct plan *p)
{
	const char *s, *c;

	if (keys_text(k, "assume_timezone", &s) <= 0)
		return;
	for (c = s;
	     *c != '\0' && (campaign_dial_char(*c) || *c == '+') && strchr(".@;:", *c) == NULL;
	     c++)
		;
	if (*c != '\0' || *s == '/' || c - s > 63)
		(void)keys_fault(
		    k, "assume_timezone", "\"%.60s\" is no name such as Asia/Kolkata", s);
	else
		p->assume_timezone = xstrdup(s);
}
