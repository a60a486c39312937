/*
 * num: text to numbers, durations and instants and back, and the two checks
 * of text itself (well-formed UTF-8, control characters). Every byte of the
 * input counts: nothing is skipped, guessed or clipped in silence.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "buf.h"
#include "fault.h"
#include "num.h"

static const struct {
	const char *name;
	int64_t ms;
} unit[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

enum { UNITS = sizeof(unit) / sizeof(unit[0]) };

int
num_parse(
    const char *what, const char *s, int64_t min, int64_t max, int64_t *out, struct fault *f)
{
	const char *digits = *s == '-' ? s + 1 : s;
	long long v;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return fault(f, DATAERR, "%s \"%s\" is not a whole number", what, s);
	errno = 0;
	v = strtoll(s, NULL, 10);
	if (errno || v < min || v > max)
		return fault(f, DATAERR, "%s %s is not between %lld and %lld", what, s,
		    (long long)min, (long long)max);
	*out = v;
	return 0;
}

/* Reads "15m" at s, with a unit smaller than the one before; null if it is none. */
static const char *
duration_part(const char *s, int *next_unit, int64_t *sum)
{
	size_t digits = strspn(s, "0123456789");
	size_t letters = strspn(s + digits, "dhms");
	struct slice name = {s + digits, letters};
	int64_t v = 0;

	if (!digits)
		return NULL;
	for (size_t i = 0; i < digits; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s[i] - '0', &v))
			return NULL;
	for (int i = *next_unit; i < UNITS; i++) {
		if (!slice_is(name, unit[i].name))
			continue;
		if (__builtin_mul_overflow(v, unit[i].ms, &v) ||
		    __builtin_add_overflow(*sum, v, sum))
			return NULL;
		*next_unit = i + 1;
		return s + digits + letters;
	}
	return NULL;
}

int
num_duration(const char *what, const char *s, int64_t *ms, struct fault *f)
{
	const char *at = s;
	int next_unit = 0;
	int64_t sum = 0;

	do
		at = duration_part(at, &next_unit, &sum);
	while (at && *at);
	if (!at)
		return fault(f, DATAERR,
		    "%s \"%s\" is not a duration (such as 500ms, 90s, 15m, 4h, 2d, 1h30m)",
		    what, s);
	*ms = sum;
	return 0;
}

char *
num_duration_text(int64_t ms, char out[32])
{
	uint64_t u = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
	const char *sign = ms < 0 ? "-" : "";
	char joined[40];
	int n = 0, i = 0;
	uint64_t rest = u;

	if (!u) {
		memcpy(out, "0s", 3);
		return out;
	}
	while (u % (uint64_t)unit[i].ms)
		i++;
	snprintf(out, 32, "%s%llu%s", sign, (unsigned long long)(u / (uint64_t)unit[i].ms),
	    unit[i].name);
	for (i = 0; i < UNITS; i++) {
		uint64_t v = rest / (uint64_t)unit[i].ms;

		rest %= (uint64_t)unit[i].ms;
		if (v)
			n += snprintf(joined + n, sizeof(joined) - (size_t)n, "%s%llu%s",
			    n ? "" : sign, (unsigned long long)v, unit[i].name);
	}
	if ((size_t)n < strlen(out))
		memcpy(out, joined, (size_t)n + 1);
	return out;
}

/* Days since 1970-01-01 of a Gregorian date; years start in March so that leap days come last. */
static int64_t
days_of(int64_t y, int m, int d)
{
	int64_t march = m > 2 ? m - 3 : m + 9;

	y += 400 - (m <= 2); /* one whole cycle of 146,097 days keeps the divisions positive */
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * march + 2) / 5 + d - 1 - 719468 -
	    146097;
}

static void
date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t n = days + 719468;        /* since 0000-03-01 */
	int64_t y = n * 400 / 146097 - 2; /* one or two short, never over */

	while (days_of(y + 1, 3, 1) <= days)
		y++;
	int64_t in_year = days - days_of(y, 3, 1);
	int64_t march = (5 * in_year + 2) / 153;

	*day = (int)(in_year - (153 * march + 2) / 5 + 1);
	*month = (int)(march < 10 ? march + 3 : march - 9);
	*year = (int)(y + (*month <= 2));
}

char *
num_instant_text(int64_t ms, char out[32])
{
	const int64_t first = -62167219200000, last = 253402300799999; /* years 0000 to 9999 */
	int64_t days, in_day;
	int y, m, d;

	ms = ms < first ? first : ms > last ? last : ms;
	days = ms / 86400000 - (ms % 86400000 < 0);
	in_day = ms - days * 86400000;
	date_of(days, &y, &m, &d);
	snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", y & 0x3fff, m & 15, d & 31,
	    (int)(in_day / 3600000 % 24), (int)(in_day / 60000 % 60), (int)(in_day / 1000 % 60),
	    (int)(in_day % 1000));
	return out;
}

/* Reads exactly n digits in [min, max] followed by the separator (0: by anything). */
static int
digits(const char **s, int n, int min, int max, char separator)
{
	int v = 0;

	for (int i = 0; i < n; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		v = v * 10 + (**s - '0');
	}
	if (v < min || v > max || (separator && *(*s)++ != separator))
		return -1;
	return v;
}

static int
days_in_month(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[m - 1] + (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
}

/* ".123" to 123; digits behind the third are read and dropped. */
static int
fraction(const char **s)
{
	int v = 0, n = 0;

	if (**s != '.')
		return 0;
	for ((*s)++; **s >= '0' && **s <= '9'; (*s)++, n++)
		if (n < 3)
			v = v * 10 + (**s - '0');
	for (int i = n; i < 3; i++)
		v *= 10;
	return n ? v : -1;
}

/* "Z" or "+05:30" in minutes. */
static int
offset(const char **s, int *minutes)
{
	char sign = *(*s)++;
	int h, m;

	*minutes = 0;
	if (sign == 'Z' || sign == 'z')
		return 0;
	if (sign != '+' && sign != '-')
		return -1;
	if ((h = digits(s, 2, 0, 23, ':')) < 0 || (m = digits(s, 2, 0, 59, 0)) < 0)
		return -1;
	*minutes = sign == '-' ? -(h * 60 + m) : h * 60 + m;
	return 0;
}

static int
instant(const char *s, int64_t *ms)
{
	int y, mo, d, h, mi, sec, frac, east;

	if ((y = digits(&s, 4, 0, 9999, '-')) < 0 || (mo = digits(&s, 2, 1, 12, '-')) < 0 ||
	    (d = digits(&s, 2, 1, 31, 0)) < 0 || d > days_in_month(y, mo))
		return -1;
	if (*s != 'T' && *s != 't' && *s != ' ')
		return -1;
	s++;
	if ((h = digits(&s, 2, 0, 23, ':')) < 0 || (mi = digits(&s, 2, 0, 59, ':')) < 0 ||
	    (sec = digits(&s, 2, 0, 60, 0)) < 0 || (frac = fraction(&s)) < 0 ||
	    offset(&s, &east) < 0 || *s)
		return -1;
	*ms = ((((days_of(y, mo, d) * 24 + h) * 60 + mi - east) * 60) + sec) * 1000 + frac;
	return 0;
}

int
num_instant(const char *what, const char *s, int64_t *ms, struct fault *f)
{
	if (instant(s, ms) < 0)
		return fault(f, DATAERR,
		    "%s \"%s\" is not an instant (such as 2026-03-02T09:00:00Z)", what, s);
	return 0;
}

/* Bytes before the first that is not ASCII, counted in steps of eight or sixteen. */
static size_t
ascii_run(const char *p, size_t len)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; i + 16 <= len; i += 16)
		if (_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + i))))
			break;
#endif
	for (uint64_t w; i + 8 <= len; i += 8) {
		memcpy(&w, p + i, 8);
		if (w & 0x8080808080808080u)
			break;
	}
	while (i < len && (unsigned char)p[i] < 0x80)
		i++;
	return i;
}

/* RFC 3629 section 4: the second byte's range excludes what has a shorter form or no meaning. */
size_t
utf8_multi(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned char c = len ? u[0] : 0, low = 0x80, high = 0xbf;
	size_t n;

	if (c >= 0xc2 && c <= 0xdf)
		n = 2;
	else if (c >= 0xe0 && c <= 0xef)
		n = 3;
	else if (c >= 0xf0 && c <= 0xf4)
		n = 4;
	else
		return 0;
	if (c == 0xe0)
		low = 0xa0; /* shorter form exists */
	else if (c == 0xed)
		high = 0x9f; /* surrogates */
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f; /* beyond U+10FFFF */
	if (len < n || u[1] < low || u[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

ptrdiff_t
utf8_bad(const char *p, size_t len)
{
	size_t i = 0, n;

	for (;;) {
		i += ascii_run(p + i, len - i);
		if (i == len)
			return -1;
		while (i < len && (unsigned char)p[i] >= 0x80) {
			n = utf8_multi(p + i, len - i);
			if (!n)
				return (ptrdiff_t)i;
			i += n;
		}
	}
}

size_t
utf8_cut(const char *p, size_t len, size_t max)
{
	size_t n = len < max ? len : max;

	/* A character has at most three bytes behind its first; more are none. */
	for (int back = 0; back < 3 && n < len && n > 0; back++, n--)
		if (((unsigned char)p[n] & 0xc0) != 0x80)
			break;
	return n;
}

ptrdiff_t
text_control(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;

	for (size_t i = 0; i < len; i++)
		if (u[i] < 0x20 || u[i] == 0x7f ||
		    (u[i] == 0xc2 && i + 1 < len && u[i + 1] >= 0x80 && u[i + 1] < 0xa0))
			return (ptrdiff_t)i;
	return -1;
}

int64_t
num_milli(const char *s)
{
	int64_t n = 0;
	int places = -1, digits = 0;

	for (; *s != '\0'; s++) {
		if (*s == '.' && places < 0 && digits > 0) {
			places = 0;
			continue;
		}
		if (*s < '0' || *s > '9' || ++digits > 12 || places == 3)
			return -1;
		n = n * 10 + (*s - '0');
		if (places >= 0)
			places++;
	}
	if (digits == 0 || places == 0)
		return -1;
	for (places = places < 0 ? 0 : places; places < 3; places++)
		n *= 10;
	return n;
}
