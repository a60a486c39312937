/*
 * sort: by digits of eight bits from the lowest up (radix sort); digits that
 * all keys share cost one look.
 */
#include <string.h>

#include "sort.h"

enum { FEW = 48, DIGITS = 8, VALUES = 256 };

static void
insertion_sort(struct sort_item *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct sort_item x = v[i];
		size_t j = i;

		for (; j > 0 && v[j - 1].key > x.key; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

/* Moves by one digit, counted before. */
static void
distribute(const struct sort_item *from, struct sort_item *to, size_t n, int digit,
    const size_t *count)
{
	size_t place[VALUES], sum = 0;

	for (int i = 0; i < VALUES; i++) {
		place[i] = sum;
		sum += count[i];
	}
	for (size_t i = 0; i < n; i++)
		to[place[from[i].key >> (8 * digit) & 0xff]++] = from[i];
}

void
sort_items(struct sort_item *v, struct sort_item *scratch, size_t n)
{
	size_t count[DIGITS][VALUES] = {{0}};
	struct sort_item *from = v, *to = scratch, *t;

	if (n <= FEW) {
		insertion_sort(v, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < DIGITS; d++)
			count[d][v[i].key >> (8 * d) & 0xff]++;
	for (int d = 0; d < DIGITS; d++) {
		if (count[d][v[0].key >> (8 * d) & 0xff] == n)
			continue;
		distribute(from, to, n, d, count[d]);
		t = from;
		from = to;
		to = t;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
}

void
sort_numbers(uint64_t *v, uint64_t *scratch, size_t n)
{
	size_t count[DIGITS][VALUES] = {{0}}, place[VALUES], sum;
	uint64_t *from = v, *to = scratch, *t;

	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < DIGITS; d++)
			count[d][v[i] >> (8 * d) & 0xff]++;
	for (int d = 0; d < DIGITS; d++) {
		if (n == 0 || count[d][v[0] >> (8 * d) & 0xff] == n)
			continue;
		sum = 0;
		for (int i = 0; i < VALUES; i++) {
			place[i] = sum;
			sum += count[d][i];
		}
		for (size_t i = 0; i < n; i++)
			to[place[from[i] >> (8 * d) & 0xff]++] = from[i];
		t = from;
		from = to;
		to = t;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
}
