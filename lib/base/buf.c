/*
 * buf: the growing buffer all text is built in, and the writer of JSON
 * members into it. Growth doubles, so n bytes cost O(n); a buffer that was
 * added to always ends with a NUL that is not counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "num.h"

void
buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->p)
		b->p[0] = '\0';
}

void
buf_need(struct buf *b, size_t more)
{
	size_t want, cap = b->cap ? b->cap : 64;

	if (__builtin_add_overflow(b->len, more, &want) || want > SIZE_MAX / 2 - 1)
		want = SIZE_MAX / 2; /* more than there is: xrealloc ends it */
	if (want < b->cap)
		return;
	while (cap <= want)
		cap *= 2;
	b->p = xrealloc(b->p, cap, 1);
	b->cap = cap;
}

/* Nearly always there is room: only the rest is worth a call. */
static inline void
need(struct buf *b, size_t more)
{
	if (__builtin_expect(more >= b->cap - b->len, 0))
		buf_need(b, more);
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	need(b, n);
	if (n)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	need(b, 1);
	b->p[b->len++] = c;
	b->p[b->len] = '\0';
}

void
buf_addi(struct buf *b, int64_t v)
{
	char text[24], *p = text + sizeof(text);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		buf_need(b, (size_t)n);
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

static void
add_escaped(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	if (at) {
		buf_add(b, (char[]){'\\', to[at - from]}, 2);
	} else {
		buf_add(b, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
	}
}

/* Whether one of eight bytes is escaped in JSON: below a space, a quote, a backslash. */
static uint64_t
is_odd(const char *p)
{
	const uint64_t ones = 0x0101010101010101u, high = ones << 7;
	uint64_t w, quote, backslash;

	memcpy(&w, p, 8);
	quote = w ^ ones * '"';
	backslash = w ^ ones * '\\';
	return (((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) |
		   ((backslash - ones) & ~backslash)) &
	    high;
}

/* Bytes before the first that is escaped. */
static size_t
plain(const char *s, size_t len)
{
	size_t i = 0;

	while (i + 8 <= len && !is_odd(s + i))
		i += 8;
	if (len >= 8 && i + 8 > len && !is_odd(s + len - 8))
		return len; /* the rest, by the last eight */
	while (i < len && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

void
buf_json(struct buf *b, const char *s, size_t len)
{
	size_t n;
	char *to;

	need(b, len + 2);
	b->p[b->len++] = '"';
	while ((n = plain(s, len)) < len) {
		buf_add(b, s, n);
		add_escaped(b, (unsigned char)s[n]);
		s += n + 1;
		len -= n + 1;
	}
	need(b, len + 1);
	to = b->p + b->len;
	if (len)
		memcpy(to, s, len);
	memcpy(to + len, "\"", 2); /* with its NUL */
	b->len += len + 1;
}

/* What stands before a member: a brace where an object begins, a comma behind another member. */
static void
part(struct buf *b)
{
	char last = b->len ? b->p[b->len - 1] : '\n';

	if (last == '\n' || last == ':' || last == '[')
		buf_addc(b, '{');
	else if (last != '{' && last != ',')
		buf_addc(b, ',');
}

void
buf_key(struct buf *b, const char *key)
{
	part(b);
	buf_json(b, key, strlen(key));
	buf_addc(b, ':');
}

void
buf_member_raw(struct buf *b, struct slice key, struct slice value)
{
	part(b);
	buf_addc(b, '"');
	buf_add(b, key.p, key.len);
	buf_adds(b, "\":");
	buf_add(b, value.p, value.len);
}

void
buf_member(struct buf *b, const char *key, const char *text)
{
	if (!text)
		return;
	buf_key(b, key);
	buf_json(b, text, strlen(text));
}

void
buf_member_i(struct buf *b, const char *key, int64_t v)
{
	buf_key(b, key);
	buf_addi(b, v);
}

void
buf_shell(struct buf *b, struct slice s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%";
	size_t i = 0;

	while (i < s.len && memchr(plain, s.p[i], sizeof plain - 1))
		i++;
	if (s.len && i == s.len) {
		buf_add(b, s.p, s.len);
		return;
	}
	buf_addc(b, '\'');
	for (i = 0; i < s.len; i++)
		if (s.p[i] == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, s.p[i]);
	buf_addc(b, '\'');
}

void
buf_utf8(struct buf *b, const char *s)
{
	size_t len = strlen(s);
	ptrdiff_t at;

	buf_need(b, len + 1);
	while ((at = utf8_bad(s, len)) >= 0) {
		buf_add(b, s, (size_t)at);
		buf_adds(b, "\xef\xbf\xbd");
		s += at + 1;
		len -= (size_t)at + 1;
	}
	buf_add(b, s, len);
}

struct slice
slice(const char *s)
{
	return (struct slice){s, strlen(s)};
}

int
slice_is(struct slice a, const char *s)
{
	size_t len = strlen(s);

	return a.len == len && memcmp(a.p ? a.p : "", s, len) == 0;
}

char *
slice_dup(struct slice a)
{
	return xstrndup(a.p ? a.p : "", a.len);
}
