/*
 * language: tags compared as RFC 5646 section 2.1.1 asks, without regard to case.
 */
#include <string.h>
#include <strings.h>

#include "language.h"

/* Without the last part, and without a singleton that would then stand last (x, u, ...). */
static size_t
cut(const char *tag, size_t len)
{
	do {
		while (len > 0 && tag[len - 1] != '-')
			len--;
		len -= len > 0;
	} while (len > 1 && tag[len - 2] == '-');
	return len;
}

int
language_lookup(const char *tag, const char *const *have, size_t n)
{
	for (size_t len = tag ? strlen(tag) : 0; len > 0; len = cut(tag, len))
		for (size_t i = 0; i < n; i++)
			if (strlen(have[i]) == len && strncasecmp(have[i], tag, len) == 0)
				return (int)i;
	return -1;
}

bool
language_same(const char *a, const char *b)
{
	return strcasecmp(a ? a : "", b ? b : "") == 0;
}
