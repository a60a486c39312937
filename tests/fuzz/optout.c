/*
 * fuzz: a file of phrases and an utterance, split by the first NUL; and the
 * utterance against what ships. Nothing is read behind its end, and what one
 * half of an utterance says alone is no wish cut in two.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "optout.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct optout *shipped;
	const char *p = (const char *)data, *nul = len ? memchr(p, '\0', len) : NULL;
	size_t file = nul ? (size_t)(nul - p) : 0, text = nul ? len - file - 1 : len;
	const char *said = nul ? nul + 1 : p;
	struct optout *own = optout_new(false);
	struct optout_hit hit;
	struct fault f;

	if (!shipped)
		shipped = optout_new(true);
	if (optout_says(shipped, said, text, &hit) && (!*hit.phrase || !*hit.language))
		abort();
	(void)optout_says_split(
	    shipped, said, text / 2, said + text / 2, text - text / 2, NULL);
	if (optout_says_split(shipped, said, text, "", 0, NULL))
		abort();
	(void)optout_add(own, "fuzz", p, file, &f);
	(void)optout_says(own, said, text, &hit);
	optout_free(own);
	return 0;
}
