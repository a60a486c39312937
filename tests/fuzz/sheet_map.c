/*
 * fuzz: any bytes as a map file. Each entry is one that --map takes, or the
 * file is refused with the line; and a sheet can be made of all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "sheet.h"

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
	struct sheet_rules rules = {.source = "s"};
	const char *map[SHEET_MAPS];
	struct fault f = {.code = OK};
	char *text = malloc(len + 1);
	size_t n = 0;

	memcpy(text, p, len);
	text[len] = '\0';
	if (sheet_map_read("m", text, len, map, &n, &f) < 0) {
		must(f.code == DATAERR && !strncmp(f.text, "m:", 2));
	} else {
		struct sheet *s;

		must(n <= SHEET_MAPS);
		rules.map = map;
		rules.maps = n;
		s = sheet_new(&rules, &f);
		must(s != NULL);
		sheet_free(s);
	}
	free(text);
	return 0;
}
