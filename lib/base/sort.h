/*
 * sort: many 64-bit keys at once, faster than comparisons: bulk writes go into
 * a tree in its own order.
 */
#ifndef SORT_H
#define SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_item {
	uint64_t key, value;
};

/* By key; equal keys keep their order. scratch has room for n. */
void sort_items(struct sort_item *, struct sort_item *scratch, size_t n);

/* Numbers alone. */
void sort_numbers(uint64_t *, uint64_t *scratch, size_t n);

#endif
