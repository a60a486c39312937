/*
 * tz: time zone files of the system (TZif, RFC 9636) as bytes for domain/zone.
 */
#ifndef TZ_H
#define TZ_H

#include "buf.h"
#include "fault.h"

/*
 * The TZif bytes of an IANA name below $TZDIR or /usr/share/zoneinfo.
 * DATAERR if there is no such zone ("Asia/Calcuta": did you mean ... is not attempted),
 * CONFIG if the database is missing (install tzdata). Names with "..", or a leading slash, are refused.
 */
int tz_read(const char *name, struct buf *, struct fault *);

/* The release of the database ("2025b"), from the head of its tzdata.zi; empty where that does not tell. */
char *tz_release(char out[32]);

const char *tz_directory(void); /* where they are read */

#endif
