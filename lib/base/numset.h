/*
 * numset: millions of numbers in little memory. Collected in any order they
 * are sorted in runs, which go to a file without a name; what is in order is
 * kept as distances, about two bytes a telephone number.
 */
#ifndef NUMSET_H
#define NUMSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* ---- distances, seven bits a byte from the lowest, the last one without its top bit (LEB128) ---- */

enum { DISTANCE_MAX = 10 };

/* Writes at most DISTANCE_MAX bytes; how many. */
static inline size_t
distance_put(unsigned char *out, uint64_t d)
{
	size_t n = 0;

	for (; d >= 0x80; d >>= 7)
		out[n++] = (unsigned char)(d | 0x80);
	out[n++] = (unsigned char)d;
	return n;
}

/* The bytes that it took, 0 if none is whole before end. */
static inline size_t
distance_get(const unsigned char *p, const unsigned char *end, uint64_t *d)
{
	size_t n = 0;

	*d = 0;
	while (p + n < end && n < DISTANCE_MAX) {
		*d |= (uint64_t)(p[n] & 0x7f) << (7 * n);
		if (p[n++] < 0x80)
			return n;
	}
	return 0;
}

/* ---- collected in any order, read in ascending order, each once ---- */

struct numset; /* heap */

struct numset *numset_new(void);
void numset_free(struct numset *);
int numset_add(struct numset *, uint64_t, struct fault *); /* IOERR */
/* After the last add: reading starts (again) at the smallest. */
int numset_rewind(struct numset *, struct fault *);
/* 1, 0 at the end, -1 IOERR. */
int numset_next(struct numset *, uint64_t *, struct fault *);

/* ---- to look up ---- */

struct packed; /* heap */

struct packed *packed_new(void);
void packed_free(struct packed *);
void packed_add(struct packed *, uint64_t); /* not below the one before */
/* One, and those whose distances follow. */
void packed_add_run(struct packed *, uint64_t first, const unsigned char *rest, size_t len);
void packed_finish(struct packed *); /* after the last */
bool packed_has(const struct packed *, uint64_t);
/* It will be asked for soon: memory is slow, and may begin to bring what that takes. */
void packed_expect(const struct packed *, uint64_t);

#endif
