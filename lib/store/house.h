/*
 * house: what nearly every tool opens first, the settings and the store that
 * they name.
 */
#ifndef HOUSE_H
#define HOUSE_H

#include "db.h"
#include "settings.h"

struct house {
	struct settings settings;
	struct db db;
};

/* path: the value of -d, or null: then $OUTREACH_DB, the settings, ./outreach.db. Faults as settings_load and db_open. */
int house_open(struct house *, const char *path, enum db_mode, struct fault *);
void house_close(struct house *); /* also after a failed open */

#endif
