/*
 * fuzz: any text as a cell. Nothing is read behind its end; what numbers come
 * out hold no more digits than went in but for those completed from the number
 * before, and damage is never a plain number.
 */
#include <stdlib.h>
#include <string.h>

#include "cell.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int good)
{
	if (!good)
		abort();
}

static size_t
digits(struct slice v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++)
		n += v.p[i] >= '0' && v.p[i] <= '9';
	return n;
}

static void
split(struct slice v)
{
	struct cell_numbers n;
	const char *code = NULL;
	struct fault f = {.code = OK};

	if (cell_numbers("phone", v, &n, &code, &f) < 0) {
		must(f.code == DATAERR && code && *f.text);
		return;
	}
	must(n.n >= 1 && n.n <= CONTACT_PHONES);
	for (size_t i = 0; i < n.n; i++) {
		struct slice part = n.part[i];
		bool ours = part.p >= v.p && part.p + part.len <= v.p + v.len;

		must(part.len > 0);
		/* A completed number is as long as the one that it was completed from. */
		must(ours || (i && digits(part) == digits(n.part[i - 1])));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	char *text = malloc(len ? len : 1), out[24];
	struct slice v = {text, len}, trimmed;
	struct buf b = {0};
	struct fault f;

	memcpy(text, p, len);
	trimmed = cell_trim(v);
	must(trimmed.len <= len);
	buf_adds(&b, "");
	cell_plain(&b, trimmed);
	must(b.len <= trimmed.len);
	(void)cell_damage("x", v, false, &f);
	if (cell_damage("x", v, true, &f))
		must(digits(v) < len);
	if (cell_ungroup(v, out, sizeof out))
		must(strlen(out) + 2 <= len && len < sizeof out);
	(void)cell_footer(v);
	if (len && len <= CONTACT_NAME_MAX)
		split(v);
	buf_release(&b);
	free(text);
	return 0;
}
