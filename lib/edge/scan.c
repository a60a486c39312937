/*
 * scan: the grammar of RFC 8259 by recursive descent, on bytes. Most bytes of
 * a record stand in strings, so these are examined sixteen (or eight) at a
 * time for what ends the plain run: a quote, a backslash, a control character
 * or the start of a character of several bytes.
 */
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "num.h"
#include "scan.h"

struct scan {
	const char *p, *end, *safe;
	const char *why;
	void (*member)(void *arg, const struct rec_member *);
	void *arg;
	bool escaped; /* an escape stands in the last string */
};

static int value(struct scan *, int depth);

static int
wrong(struct scan *s, const char *at, const char *why)
{
	s->p = at;
	s->why = why;
	return -1;
}

static int
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The first byte from p on that is not plain; may stop earlier, near safe. */
static const char *
plain_run(const char *p, const char *safe)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
		      space = _mm_set1_epi8(0x20);

	for (; safe - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		/* signed: bytes from 0x80 on are less than a space too */
		__m128i stop = _mm_or_si128(_mm_cmplt_epi8(v, space),
		    _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)));
		int mask = _mm_movemask_epi8(stop);

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#else
	const uint64_t ones = 0x0101010101010101u;

	for (uint64_t w; safe - p >= 8; p += 8) {
		memcpy(&w, p, 8);
		uint64_t q = w ^ ones * '"', b = w ^ ones * '\\';
		uint64_t stop =
		    ((w - ones * 0x20) & ~w) | ((q - ones) & ~q) | ((b - ones) & ~b) | w;

		if (stop & ones * 0x80)
			break;
	}
#endif
	while (p < safe && is_plain((unsigned char)*p))
		p++;
	return p;
}

static int
hex4(const char *p, const char *end, unsigned *out)
{
	unsigned v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (unsigned)(c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			v = v << 4 | (unsigned)((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	*out = v;
	return 0;
}

/* p stands on a backslash; gives the bytes of the escape (0: wrong) and its character. */
static size_t
escape(const char *p, const char *end, unsigned *character)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *at;
	unsigned low;

	if (end - p < 2)
		return 0;
	if (p[1] != 'u') {
		at = p[1] ? strchr(names, p[1]) : NULL;
		if (!at)
			return 0;
		*character = (unsigned char)values[at - names];
		return 2;
	}
	if (hex4(p + 2, end, character) < 0)
		return 0;
	if (*character < 0xd800 || *character > 0xdfff)
		return 6;
	/* A half of a surrogate pair stands for nothing. */
	if (*character > 0xdbff || end - p < 12 || p[6] != '\\' || p[7] != 'u' ||
	    hex4(p + 8, end, &low) < 0 || low < 0xdc00 || low > 0xdfff)
		return 0;
	*character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* p stands behind the opening quote; s->p behind the closing one. */
static int
string(struct scan *s, const char *p)
{
	unsigned character;
	size_t n;

	s->escaped = false;
	for (;;) {
		p = plain_run(p, s->safe);
		if (p >= s->end)
			return wrong(s, s->end, "a string is not closed");
		if (*p == '"') {
			s->p = p + 1;
			return 0;
		}
		if (*p == '\\') {
			n = escape(p, s->end, &character);
			if (!n)
				return wrong(s, p, "wrong escape in a string");
			p += n;
			s->escaped = true;
			continue;
		}
		if ((unsigned char)*p < 0x20)
			return wrong(s, p,
			    *p ? "control character in a string" : "NUL byte in a string");
		while (p < s->end && (unsigned char)*p >= 0x80) {
			n = utf8_multi(p, (size_t)(s->end - p));
			if (!n)
				return wrong(s, p, "not valid UTF-8");
			p += n;
		}
	}
}

static void
space(struct scan *s)
{
	while (
	    s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'))
		s->p++;
}

static int
next_is(struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static int
digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > from ? 0 : wrong(s, s->p, "a digit is missing in a number");
}

static int
number(struct scan *s)
{
	if (next_is(s, '-'))
		s->p++;
	if (next_is(s, '0'))
		s->p++;
	else if (digits(s) < 0)
		return -1;
	if (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		return wrong(s, s->p, "a number starts with 0");
	if (next_is(s, '.')) {
		s->p++;
		if (digits(s) < 0)
			return -1;
	}
	if (next_is(s, 'e') || next_is(s, 'E')) {
		s->p++;
		if (next_is(s, '+') || next_is(s, '-'))
			s->p++;
		if (digits(s) < 0)
			return -1;
	}
	return 0;
}

static int
word(struct scan *s, const char *text, size_t len)
{
	if ((size_t)(s->end - s->p) < len || memcmp(s->p, text, len) != 0)
		return wrong(s, s->p, "not a JSON value");
	s->p += len;
	return 0;
}

/* s->p stands on the bracket. */
static int
array(struct scan *s, int depth)
{
	s->p++;
	space(s);
	if (next_is(s, ']')) {
		s->p++;
		return 0;
	}
	for (;;) {
		space(s);
		if (value(s, depth) < 0)
			return -1;
		space(s);
		if (next_is(s, ']')) {
			s->p++;
			return 0;
		}
		if (!next_is(s, ','))
			return wrong(s, s->p, "expected , or ] in an array");
		s->p++;
	}
}

/* One "key": value; s->p stands on the quote. */
static int
member(struct scan *s, int depth)
{
	struct rec_member m;

	if (!next_is(s, '"'))
		return wrong(s, s->p, "expected a key in quotes");
	m.key.p = s->p + 1;
	if (string(s, m.key.p) < 0)
		return -1;
	m.key.len = (size_t)(s->p - 1 - m.key.p);
	m.escaped = s->escaped;
	space(s);
	if (!next_is(s, ':'))
		return wrong(s, s->p, "expected : behind a key");
	s->p++;
	space(s);
	m.value.p = s->p;
	if (value(s, depth) < 0)
		return -1;
	m.value.len = (size_t)(s->p - m.value.p);
	if (depth == 1 && s->member)
		s->member(s->arg, &m);
	return 0;
}

/* s->p stands on the brace. */
static int
object(struct scan *s, int depth)
{
	s->p++;
	space(s);
	if (next_is(s, '}')) {
		s->p++;
		return 0;
	}
	for (;;) {
		space(s);
		if (member(s, depth) < 0)
			return -1;
		space(s);
		if (next_is(s, '}')) {
			s->p++;
			return 0;
		}
		if (!next_is(s, ','))
			return wrong(s, s->p, "expected , or } in an object");
		s->p++;
	}
}

/* s->p stands on the first byte; depth counts what is open around it. */
static int
value(struct scan *s, int depth)
{
	if (s->p >= s->end)
		return wrong(s, s->p, "the text ends where a value should be");
	switch (*s->p) {
	case '"': return string(s, s->p + 1);
	case '{':
	case '[':
		if (depth == JSON_DEPTH_MAX)
			return wrong(s, s->p, "nested deeper than 128");
		return *s->p == '{' ? object(s, depth + 1) : array(s, depth + 1);
	case 't': return word(s, "true", 4);
	case 'f': return word(s, "false", 5);
	case 'n': return word(s, "null", 4);
	default: break;
	}
	if (*s->p == '-' || (*s->p >= '0' && *s->p <= '9'))
		return number(s);
	return wrong(s, s->p, *s->p ? "not a JSON value" : "NUL byte");
}

ptrdiff_t
scan_json(const char *p, size_t len, const char *safe,
    void (*on_member)(void *, const struct rec_member *), void *arg, const char **why)
{
	struct scan s = {p, p + len, safe, NULL, on_member, arg, false};

	space(&s);
	if (value(&s, 0) < 0) {
		*why = s.why;
		return -1 - (s.p - p);
	}
	return s.p - p;
}

ptrdiff_t
json_scan(
    const char *p, size_t len, void (*on_member)(void *, const struct rec_member *), void *arg)
{
	const char *why;

	return scan_json(p, len, p + len, on_member, arg, &why);
}

static void
add_character(struct buf *b, unsigned c)
{
	char u[4];

	if (c < 0x80) {
		buf_addc(b, (char)c);
	} else if (c < 0x800) {
		u[0] = (char)(0xc0 | c >> 6);
		u[1] = (char)(0x80 | (c & 0x3f));
		buf_add(b, u, 2);
	} else if (c < 0x10000) {
		u[0] = (char)(0xe0 | c >> 12);
		u[1] = (char)(0x80 | (c >> 6 & 0x3f));
		u[2] = (char)(0x80 | (c & 0x3f));
		buf_add(b, u, 3);
	} else {
		u[0] = (char)(0xf0 | c >> 18);
		u[1] = (char)(0x80 | (c >> 12 & 0x3f));
		u[2] = (char)(0x80 | (c >> 6 & 0x3f));
		u[3] = (char)(0x80 | (c & 0x3f));
		buf_add(b, u, 4);
	}
}

void
scan_unescape(struct buf *b, struct slice in)
{
	const char *p = in.p, *end = in.p + in.len, *next;
	unsigned character = 0;

	while (p < end && (next = memchr(p, '\\', (size_t)(end - p)))) {
		buf_add(b, p, (size_t)(next - p));
		size_t n = escape(next, end, &character);
		if (!n)
			return; /* cannot be: the text was scanned */
		add_character(b, character);
		p = next + n;
	}
	buf_add(b, p, (size_t)(end - p));
}
