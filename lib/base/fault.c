/*
 * fault: writes the cause of a failure into the caller's struct as one
 * printable line. Input may be quoted in it, so control characters are
 * replaced here, once, and a cut at the end never splits a character.
 */
#include <stdio.h>
#include <string.h>

#include "fault.h"

/* A terminal obeys C1 controls too; in UTF-8 they are C2 80 to C2 9F. */
static void
make_printable(char *s)
{
	for (unsigned char *u = (unsigned char *)s; *u; u++) {
		if (*u < 0x20 || *u == 0x7f)
			*u = '?';
		else if (u[0] == 0xc2 && u[1] >= 0x80 && u[1] < 0xa0)
			u[0] = u[1] = '?';
	}
}

static void
drop_cut_character(char *s, size_t len)
{
	size_t i = len;

	while (i > 0 && len - i < 4 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0 || (unsigned char)s[i - 1] < 0xc0)
		return;
	unsigned char lead = (unsigned char)s[i - 1];
	size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	if (len - (i - 1) < want)
		s[i - 1] = '\0';
}

__attribute__((format(printf, 3, 0))) static void
set_text(struct fault *f, const char *prefix, const char *fmt, va_list ap)
{
	char text[sizeof(f->text)]; /* the arguments may point into f */
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (n < 0)
		text[0] = '\0';
	if (prefix && len < sizeof(text)) {
		int m = snprintf(text + len, sizeof(text) - len, ": %s", prefix);
		len += m < 0 ? 0 : (size_t)m;
	}
	if (len >= sizeof(text))
		drop_cut_character(text, sizeof(text) - 1);
	make_printable(text);
	memcpy(f->text, text, strlen(text) + 1);
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
	size_t n = len < SHOWN ? len : SHOWN;

	while (n < len && n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}
