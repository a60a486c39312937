/*
 * dnc_set: everything that speaks against numbers in memory, for who asks about
 * millions of them. A picture: rules that come later are seen after a second.
 */
#ifndef DNC_SET_H
#define DNC_SET_H

#include "dnc.h"

struct dnc_set; /* heap */

/* What holds in all campaigns and in this one (0: none); plan: its lists alone, null: every list. */
struct dnc_set *dnc_set_new(struct db *, int64_t campaign, const struct plan *, struct fault *);
void dnc_set_free(struct dnc_set *);
/* Looks whether the store has changed; the picture is made anew if it is older than a second. */
int dnc_set_refresh(struct db *, struct dnc_set *, struct fault *);
/* A number, right or not, that will be looked for next: spares the wait for memory. */
void dnc_set_expect(const struct dnc_set *, int64_t phone);
/* 1 with the rule's kind and, for DNC_LIST, the list's name (borrowed until the next call), 0, -1. */
int dnc_set_find(struct db *, const struct dnc_set *, int64_t phone, enum dnc_kind *,
    const char **list, struct fault *);

#endif
