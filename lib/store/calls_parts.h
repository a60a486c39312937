/*
 * calls_parts: what the files of calls share. Not for anyone else.
 */
#ifndef CALLS_PARTS_H
#define CALLS_PARTS_H

#include "calls.h"

/* By a claim that holds: 1, 0 there is none. The id stands in the order; the rest of it is zero. */
int calls_of_claim(struct db *, const struct uuid *, struct order *, struct fault *);

#endif
