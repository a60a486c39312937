/*
 * talk: what is known of one call row by row, whatever id a row came under: an
 * event that AVR sent before its id was mapped has the orphan's.
 */
#ifndef TALK_H
#define TALK_H

#include "journal.h"

/*
 * Rows about the call with seq > *seq, in order, at most limit: as journal_page. *seq becomes the last
 * given.
 */
int talk_page(struct db *, const struct uuid *call, int64_t *seq, int limit,
    int (*cb)(void *arg, const struct entry *, struct fault *), void *arg, struct fault *);

#endif
