/*
 * numset: the same as a comparison sort without its repetitions, in memory and
 * through the file; what is packed has its numbers and no others; distances.
 */
#include <stdlib.h>

#include "mem.h"
#include "numset.h"
#include "rand.h"
#include "tap.h"

static uint64_t
number(uint64_t i, int kind)
{
	uint64_t v = hash64(&i, sizeof i, 7);

	return kind == 0 ? v
	    : kind == 1  ? v % 1000
	    : kind == 2  ? i
			 : 440000000000 + v % 9000000000;
}

static int
compare(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* Whether reading gives exactly what is in v, sorted. */
static bool
gives(struct numset *s, const uint64_t *v, size_t n)
{
	struct fault f;
	uint64_t x;
	size_t i = 0;

	if (numset_rewind(s, &f) < 0)
		return false;
	for (; numset_next(s, &x, &f) > 0; i++) {
		while (i > 0 && i < n && v[i] == v[i - 1]) {
			v++;
			n--;
		}
		if (i >= n || v[i] != x)
			return false;
	}
	while (i > 0 && i < n && v[i] == v[i - 1])
		i++;
	return i == n;
}

static void
sorts(size_t n, int kind)
{
	struct numset *s = numset_new();
	uint64_t *v = xcalloc(n + 1, sizeof *v);
	struct fault f;
	bool added = true;

	for (size_t i = 0; i < n; i++) {
		v[i] = number(i, kind);
		added &= numset_add(s, v[i], &f) == 0;
	}
	qsort(v, n, sizeof *v, compare);
	ok(added && gives(s, v, n), "%zu numbers of kind %d, each once in order", n, kind);
	ok(gives(s, v, n), "and once more");
	numset_free(s);
	free(v);
}

/* So many of them as one run; how many that were. */
static size_t
add_run(struct packed *p, const uint64_t *v, size_t n)
{
	unsigned char *rest = xmalloc(n * DISTANCE_MAX), *exact;
	size_t len = 0;

	for (size_t i = 1; i < n; i++)
		len += distance_put(rest + len, v[i] - v[i - 1]);
	exact = xmalloc(len); /* so that a sanitizer sees a step too far */
	memcpy(exact, rest, len);
	packed_add_run(p, v[0], exact, len);
	free(exact);
	free(rest);
	return n;
}

static void
packs(size_t n, int kind)
{
	struct packed *p = packed_new();
	uint64_t *v = xcalloc(n + 1, sizeof *v);
	size_t wrong = 0, near = 0;

	for (size_t i = 0; i < n; i++)
		v[i] = number(i, kind);
	qsort(v, n, sizeof *v, compare);
	/* One by one, and in runs of 1 to 99. */
	for (size_t i = 0, some = 1; i < n; some = some % 99 + 1)
		if (some % 7 == 0)
			packed_add(p, v[i++]);
		else
			i += add_run(p, v + i, some < n - i ? some : n - i);
	packed_finish(p);
	packed_expect(p, 0);
	packed_expect(p, UINT64_MAX);
	for (size_t i = 0; i < n; i++) {
		packed_expect(p, v[i]);
		wrong += !packed_has(p, v[i]);
		if (v[i] != UINT64_MAX && (i + 1 == n || v[i + 1] > v[i] + 1))
			near += packed_has(p, v[i] + 1);
		if (v[i] != 0 && (i == 0 || v[i - 1] < v[i] - 1))
			near += packed_has(p, v[i] - 1);
	}
	ok(wrong == 0, "%zu of kind %d packed: all are there", n, kind);
	ok(near == 0, "and no neighbour");
	ok(!packed_has(p, 0) || (n && v[0] == 0), "nor nothing");
	packed_free(p);
	free(v);
}

static void
distances(void)
{
	static const uint64_t some[] = {
	    0, 1, 127, 128, 16383, 16384, 1u << 21, UINT32_MAX, INT64_MAX, UINT64_MAX};
	unsigned char b[DISTANCE_MAX], *exact;
	uint64_t d;

	for (size_t i = 0; i < COUNT(some); i++) {
		size_t n = distance_put(b, some[i]);

		exact = xmalloc(n); /* so that a sanitizer sees a step too far */
		memcpy(exact, b, n);
		ok(distance_get(exact, exact + n, &d) == n && d == some[i], "distance %" PRIu64,
		    some[i]);
		ok(distance_get(exact, exact + n - 1, &d) == 0, "cut short");
		free(exact);
	}
	memset(b, 0xff, sizeof b);
	ok(distance_get(b, b + sizeof b, &d) == 0, "without an end");
}

int
main(void)
{
	static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 1000, 1 << 20, (1 << 20) + 1};

	distances();
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (int kind = 0; kind < 4; kind++)
			sorts(sizes[i], kind);
	for (size_t i = 0; i < 7; i++)
		for (int kind = 0; kind < 4; kind++)
			packs(sizes[i], kind);
	sorts(2500000, 3);
	packs(200000, 3);
	return done_testing();
}
