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

void
buf_add(struct buf *b, const void *p, size_t n)
{
	buf_need(b, n);
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
	buf_need(b, 1);
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

void
buf_json(struct buf *b, const char *s, size_t len)
{
	size_t from = 0;

	buf_need(b, len + 2);
	buf_addc(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, s + from, i - from);
		add_escaped(b, c);
		from = i + 1;
	}
	buf_add(b, s + from, len - from);
	buf_addc(b, '"');
}

void
buf_key(struct buf *b, const char *key)
{
	char last = b->len ? b->p[b->len - 1] : '\n';

	if (last == '\n' || last == ':' || last == '[')
		buf_addc(b, '{');
	else if (last != '{' && last != ',')
		buf_addc(b, ',');
	buf_json(b, key, strlen(key));
	buf_addc(b, ':');
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
