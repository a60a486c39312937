/*
 * orphan: a call of which only events from outside are known, under an id of
 * theirs, until that id is mapped. Inside lib/store only; inside a transaction.
 */
#ifndef ORPHAN_H
#define ORPHAN_H

#include "db.h"

/* What tables know under the orphan's id, but for its call, belongs to the call from now on. */
int orphan_rows_move(
    struct db *, const struct uuid *orphan, const struct uuid *call, struct fault *);

#endif
