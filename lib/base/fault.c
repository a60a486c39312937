/*
 * fault: writes the cause of a failure into the caller's struct as one
 * printable line. Input may be quoted in it, so control characters and bytes
 * that are no UTF-8 are replaced here, once: a fault may go into a record.
 */
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "num.h"

/* A terminal obeys C1 controls too; in UTF-8 they are C2 80 to C2 9F. */
static int
is_control(const unsigned char *u, size_t n)
{
	return n == 1 ? *u < 0x20 || *u == 0x7f : n == 2 && u[0] == 0xc2 && u[1] < 0xa0;
}

/* A cut by the format ("%.60s") may leave half a character in the middle: it counts as none. */
static void
make_printable(char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = (unsigned char)s[i] < 0x80 ? 1 : utf8_multi(s + i, len - i);
		if (n == 0)
			s[i] = '?', n = 1;
		else if (is_control((unsigned char *)s + i, n))
			memset(s + i, '?', n);
	}
}

/* Of len bytes those before a character that was cut at the end. */
static size_t
whole(const char *s, size_t len)
{
	size_t i = len;

	while (i > 0 && len - i < 3 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0 || (unsigned char)s[i - 1] < 0xc0 || utf8_multi(s + i - 1, len - i + 1))
		return len;
	return i - 1;
}

__attribute__((format(printf, 3, 0))) static void
set_text(struct fault *f, const char *prefix, const char *fmt, va_list ap)
{
	char text[sizeof(f->text)]; /* the arguments may point into f */
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (prefix && len < sizeof(text)) {
		int m = snprintf(text + len, sizeof(text) - len, ": %s", prefix);
		len += m < 0 ? 0 : (size_t)m;
	}
	if (len >= sizeof(text))
		len = whole(text, sizeof(text) - 1);
	text[len] = '\0';
	make_printable(text, len);
	memcpy(f->text, text, len + 1);
}

int
fault(struct fault *f, enum code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_text(f, NULL, fmt, ap);
	va_end(ap);
	f->code = code;
	return -1;
}

int
fault_in(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_text(f, f->text, fmt, ap);
	va_end(ap);
	return -1;
}

int
fault_shown(const char *p, size_t len)
{
	enum { SHOWN = 40 };

	return (int)utf8_cut(p, len, SHOWN);
}
