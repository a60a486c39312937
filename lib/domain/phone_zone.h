/*
 * phone_zone: which time zones a number may be in, by its longest known
 * prefix; and the operator's own word on prefixes, which goes before the
 * table's. Pure: the bytes of the operator's file come from the store.
 */
#ifndef PHONE_ZONE_H
#define PHONE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum { PHONE_ZONE_MAX = 64 }; /* zones of one set */

struct phone_zones; /* heap, immutable: the operator's prefixes */

/* Whether there is such a zone: 0, or -1 with a fault. Null where nobody asks. */
struct phone_zone_check {
	int (*zone)(void *, const char *name, struct fault *);
	void *arg;
};

/*
 * Reads the operator's file (outreach.conf(5)): lines "PREFIX ZONE[,ZONE...]", "#" begins a comment.
 * Null with a CONFIG "FILE:LINE: ..." at the first wrong line. Freed with phone_zones_free.
 */
struct phone_zones *phone_zones_read(
    const char *file, const char *text, size_t, struct phone_zone_check, struct fault *);
void phone_zones_free(struct phone_zones *); /* null is none */

/*
 * The number of the set for a number (phone_key); -1: nothing is known of it. The operator's longest
 * prefix holds whatever the table says below it. The operator's file may be null.
 */
int phone_zone_set(const struct phone_zones *, int64_t phone);
/* The set's zones as "Zone,Zone...", sorted by name. Borrowed. */
const char *phone_zone_names(const struct phone_zones *, int set);
/* Sets are numbered from 0 to below this. */
int phone_zone_count(const struct phone_zones *);
/* Changes when the table or the operator's prefixes do. */
int64_t phone_zone_digest(const struct phone_zones *);
/* The packages that the table was made from. */
const char *phone_zone_source(void);

#endif
