/*
 * verbs: what outreach-calls can do. main reads the options of the verb into
 * one struct and opens the store; a verb returns the exit code.
 */
#ifndef CALLS_VERBS_H
#define CALLS_VERBS_H

#define TOOL "outreach-calls"

#include <stdbool.h>
#include <stdint.h>

#include "calls.h"
#include "db.h"
#include "settings.h"

struct calls_tool {
	struct db db;
	struct settings settings;
	/* the options of all verbs */
	bool help, open, quiet, table;
	const char *campaign, *format, *path, *state;
	int64_t contact, limit;
	struct buf out;
};

/* The operands are null-terminated. */
int verb_hangup(struct calls_tool *, char **id);
int verb_list(struct calls_tool *, char **none);
int verb_show(struct calls_tool *, char **id);

/* A call of ours by the id that was typed: 0, or -1 with what is wrong. */
int calls_need(struct calls_tool *, const char *id, struct order *, struct fault *);

#endif
