/*
 * people_parts: what people.c and people_bulk.c do for one another.
 */
#ifndef PEOPLE_PARTS_H
#define PEOPLE_PARTS_H

#include "people.h"

/* Everything of a stored person but the identity; its targets are decided anew. */
int people_update(struct db *, const struct person *, struct fault *);
/* As people_batch_put, but inside the open transaction. */
int people_batch_put_here(struct db *, struct people_batch *, struct fault *);

#endif
