/*
 * pure: the least filter that the library makes, for the start bench: it
 * passes every record and links nothing that it does not use.
 */
#include <stdio.h>

#include "filter.h"

static int
none(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	return 0;
}

int
main(int argc, char **argv)
{
	static const char *const types[] = {NULL};
	struct filter filter = {.types = types, .record = none};
	struct filter_count n = {0};
	struct fault f;

	if (filter_files(&filter, argv + (argc > 0), &n, &f) < 0) {
		fprintf(stderr, "pure: %s\n", f.text);
		return f.code;
	}
	return 0;
}
