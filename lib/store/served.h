/*
 * served: the contexts of open calls, for whoever gives them to the AI, and
 * the receipts that say that it asked.
 */
#ifndef SERVED_H
#define SERVED_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"

/* What the AI is told in this call, while its line is open: 1, else 0. */
int served_get(struct db *, const struct uuid *call, struct buf *system, struct fault *);
bool served_is_open(struct db *, const struct uuid *call); /* true where it cannot be told */
/* Every open call of a campaign, heap, *n of them. */
int served_open(struct db *, struct uuid **calls, size_t *n, struct fault *);

/* Rows of the journal that are about a call, behind *seq, at most limit; *seq becomes the last looked at. */
int served_changes(struct db *, int64_t *seq, int limit,
    void (*cb)(void *arg, const char *kind, const struct uuid *call), void *arg,
    struct fault *);

/*
 * The text with this digest (SHA-256) was given out for the call. Inside a transaction; journalled once
 * for each text: 1 new, 0 known.
 */
int served_receipt(struct db *, const struct uuid *call, const unsigned char digest[32],
    int64_t at, struct fault *);
/* 1 if there is a receipt for the call, else 0. */
int served_has_receipt(struct db *, const struct uuid *call, struct fault *);

#endif
