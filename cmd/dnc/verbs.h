/*
 * verbs: what outreach-dnc can do. main reads the options of the verb into one
 * struct and opens the store; a verb returns the exit code.
 */
#ifndef DNC_VERBS_H
#define DNC_VERBS_H

#define TOOL "outreach-dnc"

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "dnc.h"
#include "settings.h"

struct dnc_tool {
	struct db db;
	struct settings settings;
	/* the options of all verbs */
	bool help, keep_going, quiet;
	const char *path, *source, *reason;
};

/* The operands are null-terminated. */
int verb_add(struct dnc_tool *, char **numbers);
int verb_remove(struct dnc_tool *, char **numbers);
int verb_check(struct dnc_tool *, char **numbers);
int verb_list(struct dnc_tool *, char **none);

/* One rule as a line; asked: the number that it speaks against, or 0. */
int dnc_record(struct db *, struct buf *, const struct dnc *, int64_t asked, struct fault *);

#endif
