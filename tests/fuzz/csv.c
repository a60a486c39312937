/*
 * fuzz: any bytes through the CSV reader, in reads of odd sizes. Rows must
 * cover the stream in order without overlap, and end.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

struct source {
	const uint8_t *p;
	size_t len, step;
};

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static ssize_t
take(void *arg, char *out, size_t room, struct fault *f)
{
	struct source *s = arg;
	size_t n = s->len < s->step ? s->len : s->step;

	n = n < room ? n : room;
	if (n > 0)
		memcpy(out, s->p, n);
	s->p += n;
	s->len -= n;
	return (ssize_t)n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char delimiter[] = {0, ',', ';', '\t'};
	struct source s = {p, len, 1};
	struct fault f = {.code = OK};
	struct csv_row row;
	struct csv *c;
	uint64_t end = 0, line = 0;
	int r;

	if (len > 0) {
		s.step = 1 + p[0] % 64 * 7;
		s.p++;
		s.len--;
	}
	c = csv_new(-1, "fuzz", delimiter[len % 4]);
	csv_source(c, take, &s);
	while ((r = csv_next(c, &row, &f)) != 0) {
		if (row.offset < end || row.line <= line || row.raw.len == 0)
			abort();
		if (r < 0 && (f.code != DATAERR || row.n != 0))
			abort();
		if (r > 0 && row.n == 0)
			abort();
		end = row.offset + row.raw.len;
		line = row.line;
	}
	if (end > len)
		abort();
	csv_free(c);
	return 0;
}
