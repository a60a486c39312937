/*
 * zones: which time zones a person may be in, with the operator's word on
 * prefixes; the zones of the system read once and kept while the store is open.
 */
#ifndef ZONES_H
#define ZONES_H

#include "campaign.h"
#include "db.h"
#include "policy.h"

/*
 * Takes the operator's file of prefixes (outreach.conf(5): phone_zones), null for none. To be called
 * once, behind db_open. CONFIG "FILE:LINE: ..." if it is wrong, or cannot be read.
 */
int zones_use(struct db *, const char *file, struct fault *);

/* Where a person may be. zone[i] is null where the system's database lacks it; all borrowed from the store. */
struct zones {
	enum zone_source from;
	const char *names; /* "Zone,Zone...", or null: not known */
	const struct zone *const *zone;
	int n;
};
/* Of the person's own timezone (null or empty: none), else of the number (0: none). */
int zones_of(struct db *, const char *timezone, int64_t phone, struct zones *, struct fault *);

/* Where nothing is known, the names become what the campaign assumes. For records: policy asks facts. */
void zones_assume(struct zones *, const struct plan *);
/* Appends the members "zones" and "zone_from", if anything is known or assumed. */
void zones_members(struct buf *, const char *names, enum zone_source);

/*
 * The schedule was made with the table, the operator's prefixes and the tz database of that day: if
 * they are others now, every campaign's is marked to be made anew, and the operator's file is journalled
 * as a statement. So it is where the clock was set back: what was decided in what is now the future would
 * keep people until then, or for ever. Own transaction, none if nothing changed.
 */
int zones_follow(struct db *, struct fault *);
/* Inside a transaction: somebody was decided about at this instant of our clock. */
int zones_decided(struct db *, int64_t now, struct fault *);
/* Whether zones_follow would mark nothing. */
int zones_current(struct db *, bool *are, struct fault *);

#endif
