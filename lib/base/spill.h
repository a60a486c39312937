/*
 * spill: any number of small records sorted in little memory: sorted runs go
 * to a file without a name and are merged as they are read.
 */
#ifndef SPILL_H
#define SPILL_H

#include <stdint.h>

#include "fault.h"

struct spill_item {
	uint64_t key, a, b;
};

struct spill; /* heap */

struct spill *spill_new(void);
void spill_free(struct spill *);
int spill_add(struct spill *, const struct spill_item *, struct fault *);
/* After the last add: reading starts (again) at the smallest key. */
int spill_rewind(struct spill *, struct fault *);
/* By key; equal keys in the order of adding. 1, 0 at the end, -1 IOERR. */
int spill_next(struct spill *, struct spill_item *, struct fault *);

#endif
