/*
 * phone_zone_table: the data of phone_zone, made by lib/domain/gen/phone_zone.py.
 * For phone_zone.c and its tests alone.
 */
#ifndef PHONE_ZONE_TABLE_H
#define PHONE_ZONE_TABLE_H

#include <stdint.h>

enum { PHONE_ZONE_DIGITS = 15, PHONE_ZONE_TOP = 0xffff };

/* One prefix. They are sorted by first, the shorter of two with one first before the longer. */
struct phone_zone_entry {
	int64_t first; /* the prefix, filled up with zeros to 15 digits */
	uint16_t up;   /* the longest entry that this prefix begins with, or PHONE_ZONE_TOP */
	uint16_t set;
	uint16_t digits;
};

extern const char phone_zone_version[]; /* the packages that the data is of */
extern const int64_t phone_zone_sum;    /* of all of it */
extern const int phone_zone_sets, phone_zone_entries;
extern const char *const phone_zone_text[]; /* "Zone,Zone...", names sorted */
extern const struct phone_zone_entry phone_zone_entry[];

#endif
