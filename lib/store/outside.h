/*
 * outside: what happens elsewhere comes in. One function for files, pipes and
 * webhooks: the event is mapped to its call, journalled once, and joined.
 */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include "db.h"
#include "foreign.h"

/*
 * Takes the event in, inside a transaction: 1 it was new, 0 seen before, -1 fault. Any order and any
 * number of times come to the same. A wish not to be called again acts at once (optouts.h).
 */
int outside_apply(struct db *, const struct foreign *, struct fault *);

#endif
