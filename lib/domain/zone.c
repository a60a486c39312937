/*
 * zone: TZif (RFC 9636, versions 1 to 4) and its POSIX footer read into a
 * table of offsets. Every count is checked against the bytes that are there
 * before anything is read. Files that count leap seconds are refused: their
 * instants are not UTC.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "mem.h"
#include "zone.h"

enum { DAY_S = 86400, TYPES_MAX = 256, SPAN_BEFORE = 26 * 3600 };

/* When daylight saving begins or ends each year: Mm.w.d, Jn or n, and the time of that day. */
struct rule {
	char kind; /* 'M', 'J', or 'N' for n */
	int month, week, day;
	int time;
};

/* The footer: what holds after the last transition of the table. */
struct footer {
	bool set, saves;
	int standard, daylight; /* seconds east */
	struct rule start, end;
};

struct zone {
	char *name;
	size_t n;
	int64_t *at; /* seconds, rising */
	int *offset; /* from at[i] on */
	int first;   /* before at[0] */
	struct footer footer;
};

struct header {
	int version;
	uint32_t isut, isstd, leap, time, type, chars;
};

/* Bytes not read yet. */
struct bytes {
	const unsigned char *p;
	size_t left;
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t
civil_days(int year, int month, int day)
{
	int64_t y = month > 2 ? year : (int64_t)year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9; /* March is 0: leap days end the year */

	return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) +
	    (153 * m + 2) / 5 + day - 1 - 719468;
}

void
civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t y = floor_div((days + 719468) * 400, 146097), in_year, m;

	/* Years begin on the first of March here; no year begins a whole day behind its mean. */
	while (civil_days((int)y + 1, 3, 1) <= days)
		y++;
	in_year = days - civil_days((int)y, 3, 1);
	m = (5 * in_year + 2) / 153;
	*day = (int)(in_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(m < 10 ? y : y + 1);
}

int
civil_read(const char *text, int64_t *days)
{
	int year = 0, month = 0, day = 0, y, m, d;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
	    sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3 || text[4] != '-' ||
	    text[7] != '-' || year < 1 || month < 1 || month > 12)
		return 0;
	*days = civil_days(year, month, day);
	civil_from_days(*days, &y, &m, &d);
	return y == year && m == month && d == day;
}

static int
weekday_of(int64_t days)
{
	return (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

static int
year_of(int64_t s)
{
	const int64_t most = INT64_MAX / 1000; /* a file may name instants that no ms can */
	int y, m, d;

	s = s > most ? most : s < -most ? -most : s;
	civil_from_days(floor_div(s, DAY_S), &y, &m, &d);
	return y;
}

/* The local second, counted as if it were UTC, at which the rule strikes in that year. */
static int64_t
rule_at(const struct rule *r, int year)
{
	int64_t first, day;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (r->kind == 'M') {
		first = civil_days(year, r->month, 1);
		day = first + (r->day - weekday_of(first) + 7) % 7 + (r->week - 1) * 7;
		/* "The last" is the fifth or else the fourth. */
		if (day >= civil_days(r->month == 12 ? year + 1 : year, r->month % 12 + 1, 1))
			day -= 7;
	} else if (r->kind == 'J') {
		day = civil_days(year, 1, 1) + r->day - 1 + (leap && r->day >= 60);
	} else {
		day = civil_days(year, 1, 1) + r->day;
	}
	return day * DAY_S + r->time;
}

/* The two changes of a year in their order; offset[i] holds from at[i]. */
static void
footer_year(const struct footer *f, int year, int64_t at[2], int offset[2])
{
	int64_t start = rule_at(&f->start, year) - f->standard;
	int64_t end = rule_at(&f->end, year) - f->daylight;
	bool south = end < start;

	at[south] = start;
	offset[south] = f->daylight;
	at[!south] = end;
	offset[!south] = f->standard;
}

static int
footer_offset(const struct footer *f, int64_t s)
{
	int64_t at[2], latest = INT64_MIN;
	int offset[2], found = f->standard, year;

	if (!f->saves)
		return f->standard;
	year = year_of(s);
	/* Rules may reach a week over the year's ends; of changes at one instant the later year's holds. */
	for (int y = year - 2; y <= year + 1; y++) {
		footer_year(f, y, at, offset);
		for (int i = 0; i < 2; i++)
			if (at[i] <= s && at[i] >= latest) {
				latest = at[i];
				found = offset[i];
			}
	}
	return found;
}

static int64_t
footer_next(const struct footer *f, int64_t s)
{
	int64_t at[2], next = INT64_MAX;
	int offset[2], now, year;

	if (!f->saves)
		return INT64_MAX;
	now = footer_offset(f, s);
	year = year_of(s);
	for (int y = year - 1; y <= year + 9 && (y <= year + 1 || next == INT64_MAX); y++) {
		footer_year(f, y, at, offset);
		for (int i = 0; i < 2; i++)
			if (at[i] > s && at[i] < next && footer_offset(f, at[i]) != now)
				next = at[i];
	}
	return next;
}

/* How many transitions are at or before s. */
static size_t
passed(const struct zone *z, int64_t s)
{
	size_t low = 0, high = z->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (z->at[mid] <= s)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
offset_at(const struct zone *z, int64_t s)
{
	size_t k = passed(z, s);

	if (k == z->n && z->footer.set)
		return footer_offset(&z->footer, s);
	return k == 0 ? z->first : z->offset[k - 1];
}

static int64_t
next_at(const struct zone *z, int64_t s)
{
	int now = offset_at(z, s);

	for (size_t i = passed(z, s); i < z->n; i++)
		if (offset_at(z, z->at[i]) != now)
			return z->at[i];
	if (!z->footer.set)
		return INT64_MAX;
	return footer_next(&z->footer, z->n > 0 && z->at[z->n - 1] > s ? z->at[z->n - 1] : s);
}

/* ---- the footer's text: std offset [dst [offset] , start [/time] , end [/time]] ---- */

static bool
take_name(const char **p)
{
	const char *s = *p, *begin;

	if (*s == '<') {
		for (begin = ++s; (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') ||
		     (*s >= 'a' && *s <= 'z') || *s == '+' || *s == '-';
		     s++)
			;
		if (*s != '>' || s - begin < 3)
			return false;
		*p = s + 1;
		return true;
	}
	for (begin = s; (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z'); s++)
		;
	*p = s;
	return s - begin >= 3;
}

static bool
take_int(const char **p, int min, int max, int *out)
{
	const char *s = *p;
	int n = 0;

	for (; *s >= '0' && *s <= '9' && s - *p < 4; s++)
		n = n * 10 + (*s - '0');
	if (s == *p || n < min || n > max)
		return false;
	*p = s;
	*out = n;
	return true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
take_time(const char **p, int hours_max, int *seconds)
{
	int sign = **p == '-' ? -1 : 1, part[3] = {0, 0, 0};

	if (**p == '-' || **p == '+')
		(*p)++;
	if (!take_int(p, 0, hours_max, &part[0]))
		return false;
	for (int i = 1; i < 3 && **p == ':'; i++) {
		(*p)++;
		if (!take_int(p, 0, 59, &part[i]))
			return false;
	}
	*seconds = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return true;
}

static bool
take_rule(const char **p, struct rule *r)
{
	r->kind = 'N';
	r->time = 2 * 3600;
	if (*(*p)++ != ',')
		return false;
	if (**p == 'M') {
		r->kind = *(*p)++;
		if (!take_int(p, 1, 12, &r->month) || *(*p)++ != '.' ||
		    !take_int(p, 1, 5, &r->week) || *(*p)++ != '.' ||
		    !take_int(p, 0, 6, &r->day))
			return false;
	} else if (**p == 'J') {
		r->kind = *(*p)++;
		if (!take_int(p, 1, 365, &r->day))
			return false;
	} else if (!take_int(p, 0, 365, &r->day)) {
		return false;
	}
	if (**p != '/')
		return true;
	(*p)++;
	return take_time(p, 167, &r->time);
}

static bool
footer_parse(struct footer *f, const char *s)
{
	int west;

	if (!take_name(&s) || !take_time(&s, 24, &west))
		return false;
	f->set = true;
	f->standard = -west;
	if (*s == '\0')
		return true;
	f->saves = true;
	f->daylight = f->standard + 3600;
	if (!take_name(&s))
		return false;
	if (*s != ',') {
		if (!take_time(&s, 24, &west))
			return false;
		f->daylight = -west;
	}
	return take_rule(&s, &f->start) && take_rule(&s, &f->end) && *s == '\0';
}

/* ---- the file ---- */

static const unsigned char *
take(struct bytes *b, size_t n)
{
	const unsigned char *p = b->p;

	b->p += n;
	b->left -= n;
	return p;
}

static int64_t
number(const unsigned char *p, int size)
{
	uint64_t n = 0;

	for (int i = 0; i < size; i++)
		n = n << 8 | p[i];
	return size == 4 ? (int64_t)(int32_t)(uint32_t)n : (int64_t)n;
}

static int
take_header(struct bytes *b, struct header *h, struct fault *f)
{
	const unsigned char *p;

	if (b->left < 44 || memcmp(b->p, "TZif", 4) != 0)
		return fault(f, DATAERR, "not a time zone file (TZif)");
	p = take(b, 44);
	if (p[4] != 0 && p[4] < '2')
		return fault(f, DATAERR, "time zone file of an unknown version");
	h->version = p[4] == 0 ? 1 : p[4] - '0';
	h->isut = (uint32_t)number(p + 20, 4);
	h->isstd = (uint32_t)number(p + 24, 4);
	h->leap = (uint32_t)number(p + 28, 4);
	h->time = (uint32_t)number(p + 32, 4);
	h->type = (uint32_t)number(p + 36, 4);
	h->chars = (uint32_t)number(p + 40, 4);
	return 0;
}

/* How many bytes follow the header, with instants of that size; sums of products of 32 bits fit. */
static uint64_t
body_size(const struct header *h, unsigned size)
{
	return (uint64_t)h->time * (size + 1) + (uint64_t)h->type * 6 + h->chars +
	    (uint64_t)h->leap * (size + 4) + h->isstd + h->isut;
}

static int
check_counts(const struct header *h, struct fault *f)
{
	if (h->leap > 0)
		return fault(f, DATAERR, "time zone file counts leap seconds");
	if (h->type == 0 || h->type > TYPES_MAX || h->chars == 0 ||
	    (h->isut != 0 && h->isut != h->type) || (h->isstd != 0 && h->isstd != h->type))
		return fault(f, DATAERR, "time zone file with impossible counts");
	return 0;
}

static int
take_types(struct bytes *b, const struct header *h, int offset[TYPES_MAX], struct fault *f)
{
	const unsigned char *p = take(b, (size_t)h->type * 6);

	for (uint32_t i = 0; i < h->type; i++, p += 6) {
		offset[i] = (int)number(p, 4);
		/* RFC 9636 section 3.2: more than -25 and less than 26 hours. */
		if (offset[i] <= -25 * 3600 || offset[i] >= 26 * 3600)
			return fault(
			    f, DATAERR, "time zone file with an offset of %d s", offset[i]);
		if (p[4] > 1 || p[5] >= h->chars)
			return fault(f, DATAERR, "time zone file with a wrong local time type");
	}
	return 0;
}

static int
take_body(struct zone *z, struct bytes *b, const struct header *h, int size, struct fault *f)
{
	const unsigned char *at, *index;
	int offset[TYPES_MAX];

	if (check_counts(h, f) < 0)
		return -1;
	z->n = h->time;
	z->at = xcalloc(z->n + 1, sizeof(*z->at));
	z->offset = xcalloc(z->n + 1, sizeof(*z->offset));
	at = take(b, z->n * (size_t)size);
	index = take(b, z->n);
	if (take_types(b, h, offset, f) < 0)
		return -1;
	z->first = offset[0];
	for (size_t i = 0; i < z->n; i++) {
		if (index[i] >= h->type)
			return fault(f, DATAERR, "time zone file names a type that it has not");
		z->at[i] = number(at + i * (size_t)size, size);
		z->offset[i] = offset[index[i]];
		if (i > 0 && z->at[i] <= z->at[i - 1])
			return fault(
			    f, DATAERR, "time zone file with transitions out of order");
	}
	take(b, (size_t)h->chars + h->isstd + h->isut);
	return 0;
}

static int
take_footer(struct zone *z, struct bytes *b, struct fault *f)
{
	const unsigned char *end;
	char *text;
	int r = 0;

	if (b->left < 2 || b->p[0] != '\n' ||
	    (end = memchr(b->p + 1, '\n', b->left - 1)) == NULL)
		return fault(f, DATAERR, "time zone file without its footer");
	if (end == b->p + 1)
		return 0;
	text = xstrndup((const char *)b->p + 1, (size_t)(end - b->p - 1));
	if (strlen(text) != (size_t)(end - b->p - 1) || !footer_parse(&z->footer, text))
		r = fault(f, DATAERR, "time zone file with a wrong footer \"%.60s\"", text);
	free(text);
	return r;
}

static int
read_tzif(struct zone *z, struct bytes *b, struct fault *f)
{
	struct header h;
	int size = 4;

	if (take_header(b, &h, f) < 0)
		return -1;
	if (h.version > 1) {
		if (body_size(&h, 4) > b->left)
			return fault(f, DATAERR, "time zone file cut short");
		take(b, (size_t)body_size(&h, 4));
		if (take_header(b, &h, f) < 0)
			return -1;
		if (h.version == 1)
			return fault(f, DATAERR, "time zone file of two versions");
		size = 8;
	}
	if (body_size(&h, (unsigned)size) > b->left)
		return fault(f, DATAERR, "time zone file cut short");
	if (take_body(z, b, &h, size, f) < 0)
		return -1;
	return h.version > 1 ? take_footer(z, b, f) : 0;
}

struct zone *
zone_new(const char *name, const void *tzif, size_t len, struct fault *f)
{
	struct bytes b = {tzif, len};
	struct zone *z = xcalloc(1, sizeof(*z));

	z->name = xstrdup(name);
	if (read_tzif(z, &b, f) < 0) {
		fault_in(f, "%s", name);
		zone_free(z);
		return NULL;
	}
	return z;
}

void
zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->name);
	free(z->at);
	free(z->offset);
	free(z);
}

const char *
zone_name(const struct zone *z)
{
	return z->name;
}

int
zone_offset(const struct zone *z, int64_t utc_ms)
{
	return offset_at(z, floor_div(utc_ms, 1000));
}

void
zone_civil(const struct zone *z, int64_t utc_ms, struct civil *c)
{
	int64_t local, days;
	int second;

	c->offset = zone_offset(z, utc_ms);
	local = floor_div(utc_ms, 1000) + c->offset;
	days = floor_div(local, DAY_S);
	second = (int)(local - days * DAY_S);
	civil_from_days(days, &c->year, &c->month, &c->day);
	c->hour = second / 3600;
	c->minute = second / 60 % 60;
	c->second = second % 60;
	c->weekday = weekday_of(days);
}

int64_t
zone_next_change(const struct zone *z, int64_t utc_ms)
{
	int64_t s = next_at(z, floor_div(utc_ms, 1000));

	return s > INT64_MAX / 1000 ? INT64_MAX : s * 1000;
}
