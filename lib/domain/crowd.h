/*
 * crowd: the names and numbers of many people, to be found in a text that is
 * meant for one of them. Looking takes as long for ten thousand people as for
 * one. Pure.
 */
#ifndef CROWD_H
#define CROWD_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct crowd; /* heap */

struct crowd *crowd_new(void);
void crowd_free(struct crowd *);

/*
 * Something that belongs to one contact: a name, a phone number, an amount. Kept as folded words
 * (edge/fold.h); what folds to less than four bytes, or to more than eight words, is left out.
 */
void crowd_add(struct crowd *, int64_t contact, const char *text);

struct crowd_hit {
	int64_t contact; /* the first to whom it belongs */
	size_t at, len;  /* in the folded text */
};
/*
 * Calls hit for everything of the crowd that stands in a folded text, whole words only. Not 0 from hit
 * ends it.
 */
void crowd_find(const struct crowd *, const struct buf *folded,
    int (*hit)(void *arg, const struct crowd_hit *), void *arg);

#endif
