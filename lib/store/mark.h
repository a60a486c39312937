/*
 * mark: what stands in place of the number of somebody who was forgotten: a
 * keyed hash, so that caps and wishes hold for the number when it is asked
 * about, and nobody without the store's key can tell which it was.
 */
#ifndef MARK_H
#define MARK_H

#include "db.h"

/*
 * The mark of a number: negative, the same for the life of the store (HMAC-SHA256, RFC 2104, of the
 * digits under a key of the store's own). 0 of no number; a mark is its own.
 */
int mark_of(struct db *, int64_t phone, int64_t *mark, struct fault *);
/* The same of two texts together, such as the source and the key of somebody. */
int mark_of_text(struct db *, const char *, const char *, int64_t *mark, struct fault *);

#endif
