/*
 * zone: local time of an IANA zone from TZif bytes (RFC 9636, with the POSIX
 * footer for the years behind the table). Pure: the bytes come from edge/tz.
 */
#ifndef ZONE_H
#define ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

struct zone; /* heap, immutable */

struct civil {
	int year, month, day; /* month 1..12 */
	int hour, minute, second;
	int weekday; /* 0 Sunday .. 6 Saturday */
	int offset;  /* seconds east of UTC */
};

/*
 * Reads TZif of any version, every count checked; null with a DATAERR "NAME: why". Files that count
 * leap seconds ("right/...") are refused. Freed with zone_free.
 */
struct zone *zone_new(const char *name, const void *tzif, size_t, struct fault *);
void zone_free(struct zone *);
const char *zone_name(const struct zone *);

void zone_civil(const struct zone *, int64_t utc_ms, struct civil *);
int zone_offset(const struct zone *, int64_t utc_ms); /* seconds east */
/* The first instant after utc_ms (ms) at which the offset changes, or INT64_MAX. */
int64_t zone_next_change(const struct zone *, int64_t utc_ms);
int64_t civil_days(int year, int month, int day); /* days since 1970-01-01 */
void civil_from_days(int64_t days, int *year, int *month, int *day);
/* "2026-03-02", all ten characters and a day that exists, years 1 to 9999: 1, 0 it is none. */
int civil_read(const char *text, int64_t *days);

#endif
