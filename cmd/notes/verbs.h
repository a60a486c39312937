/*
 * verbs: what outreach-notes can do. main reads the options of the verb into
 * one struct and opens the store; a verb returns the exit code.
 */
#ifndef NOTES_VERBS_H
#define NOTES_VERBS_H

#define TOOL "outreach-notes"

#include <stdbool.h>

#include "buf.h"
#include "db.h"
#include "settings.h"

struct notes_tool {
	struct db db;
	struct settings settings;
	/* the options of all verbs */
	const char *format, *path;
	bool help, keep_going, dry, quiet, table;
	unsigned changed[3]; /* by enum note_change */
	unsigned refused;
	struct buf out;
};

/* The operands are null-terminated. */
int verb_add(struct notes_tool *, char **paths);

/* The exit code of a verb that came to rc: 0, or -1 with the fault. */
int notes_ended(struct notes_tool *, int rc, const struct fault *);

#endif
