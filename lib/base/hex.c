/*
 * hex: see hex.h.
 */
#include <string.h>

#include "hex.h"

char *
hex_text(const void *bytes, size_t n, char *out)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

static int
value(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
				    : -1;
}

int
hex_read(const char *text, void *out, size_t n)
{
	unsigned char *p = out;

	if (!text || strlen(text) != 2 * n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int high = value(text[2 * i]), low = value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		p[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}
