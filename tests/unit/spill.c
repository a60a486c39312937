/*
 * spill and sort: the same as a comparison sort, in memory and through the
 * file, read twice.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "mem.h"
#include "rand.h"
#include "sort.h"
#include "spill.h"
#include "tap.h"

static uint64_t
key_of(uint64_t i, int kind)
{
	uint64_t v = hash64(&i, sizeof i, 7);

	return kind == 0 ? v : kind == 1 ? v % 5 : kind == 2 ? i : UINT64_MAX - i;
}

static int
compare(const void *x, const void *y)
{
	const struct sort_item *a = x, *b = y;

	return a->key != b->key ? (a->key > b->key) - (a->key < b->key)
				: (a->value > b->value) - (a->value < b->value);
}

static void
sorts(size_t n, int kind)
{
	struct sort_item *v = xcalloc(n + 1, sizeof *v), *w = xcalloc(n + 1, sizeof *w),
			 *scratch = xcalloc(n + 1, sizeof *scratch);

	for (size_t i = 0; i < n; i++)
		v[i] = w[i] = (struct sort_item){key_of(i, kind), i};
	sort_items(v, scratch, n);
	qsort(w, n, sizeof *w, compare);
	ok(memcmp(v, w, n * sizeof *v) == 0, "%zu items of kind %d as qsort, stable", n, kind);
	free(v);
	free(w);
	free(scratch);
}

static bool
in_order(struct spill *s, size_t n, int kind)
{
	struct spill_item last = {0}, x;
	struct fault f;
	size_t count = 0;
	int got;

	if (spill_rewind(s, &f) < 0)
		return false;
	while ((got = spill_next(s, &x, &f)) > 0) {
		if (count++ && (x.key < last.key || (x.key == last.key && x.a <= last.a)))
			return false;
		if (x.key != key_of(x.a, kind) || x.b != x.a * 3)
			return false;
		last = x;
	}
	return got == 0 && count == n;
}

static void
spills(size_t n, int kind)
{
	struct spill *s = spill_new();
	struct fault f;
	int rc = 0;

	for (uint64_t i = 0; i < n && rc == 0; i++) {
		struct spill_item x = {key_of(i, kind), i, i * 3};
		rc = spill_add(s, &x, &f);
	}
	ok(rc == 0 && in_order(s, n, kind), "%zu items of kind %d, merged", n, kind);
	ok(in_order(s, n, kind), "and again from the start");
	spill_free(s);
}

int
main(void)
{
	static const size_t sizes[] = {0, 1, 2, 47, 48, 49, 1000, 32768, 32769, 200000};
	struct spill *s;
	struct spill_item x = {0};
	struct fault f;

	for (int kind = 0; kind < 4; kind++)
		for (size_t i = 0; i < COUNT(sizes); i++) {
			sorts(sizes[i], kind);
			spills(sizes[i], kind);
		}
	setenv("TMPDIR", "/nonexistent", 1);
	s = spill_new();
	int rc = 0;
	for (int i = 0; i < 40000 && rc == 0; i++)
		rc = spill_add(s, &x, &f);
	ok(rc < 0 && f.code == IOERR, "no place for the file is a fault");
	is_str(f.text, "/nonexistent: no room for a temporary file: No such file or directory",
	    "that names it");
	spill_free(s);
	return done_testing();
}
