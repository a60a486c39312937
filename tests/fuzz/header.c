/*
 * fuzz: any bytes as a header, cells split at newlines. What is suggested
 * exists, is of that kind, and no column is suggested twice.
 */
#include <stdlib.h>
#include <string.h>

#include "header.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct slice cell[64];
	struct header_guess g;
	size_t n = 0;
	int rank;
	/* A copy of its own size, so that a byte too many is seen. */
	char *text = malloc(len ? len : 1), *at = text, *end = text + len;

	memcpy(text, p, len);
	for (char *nl; n < 63 && (nl = memchr(at, '\n', (size_t)(end - at))); at = nl + 1)
		cell[n++] = (struct slice){at, (size_t)(nl - at)};
	cell[n++] = (struct slice){at, (size_t)(end - at)};
	header_suggest(cell, n, &g);
	must(g.phones <= CONTACT_PHONES);
	for (size_t i = 0; i < g.phones; i++) {
		must(g.phone[i] < n && header_kind(cell[g.phone[i]], &rank) == HEADER_PHONE);
		must(rank >= 1 && rank <= 3);
		for (size_t j = 0; j < i; j++)
			must(g.phone[i] != g.phone[j]);
	}
	if (g.names == 1)
		must(g.name < n && header_kind(cell[g.name], &rank) == HEADER_NAME);
	must(g.parts == 0 || (g.part[0] < n && g.part[1] < n && g.part[0] != g.part[1]));
	for (int i = 0; i < HEADER_FIELDS; i++)
		must(!g.fields[i] ||
		    (g.field[i] < n &&
			header_field_of(cell[g.field[i]]) == (enum header_field)i));
	must(g.wishes <= HEADER_WISHES);
	for (size_t i = 0; i < g.wishes; i++)
		must(g.wish[i].column < n &&
		    header_wish(cell[g.wish[i].column]) == g.wish[i].kind && g.wish[i].kind);
	if (header_likely(cell, n))
		must(n > 1);
	free(text);
	return 0;
}
