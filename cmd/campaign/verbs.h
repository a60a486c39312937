/*
 * verbs: what outreach-campaign can do. main reads the options of the verb
 * into one struct and opens the store; a verb returns the exit code.
 */
#ifndef CAMPAIGN_VERBS_H
#define CAMPAIGN_VERBS_H

#define TOOL "outreach-campaign"

#include <stdbool.h>
#include <stdint.h>

#include "campaigns.h"
#include "db.h"
#include "settings.h"

struct campaign_tool {
	struct db db; /* open, but for lint */
	struct settings settings;
	/* the options of all verbs */
	bool help, quiet, keep_going, dry, except_obstacles, due, without_context, none;
	bool table; /* for people, as --format says or where stdout is a terminal */
	const char *path, *reason, *state, *format, *at;
	int64_t limit, contact;
};

/* The operands are null-terminated. */
int verb_lint(struct campaign_tool *, char **files);
int verb_apply(struct campaign_tool *, char **files);
int verb_show(struct campaign_tool *, char **name);
int verb_list(struct campaign_tool *, char **none);
int verb_add(struct campaign_tool *, char **name_and_files);
int verb_activate(struct campaign_tool *, char **name);
int verb_pause(struct campaign_tool *, char **name);
int verb_resume(struct campaign_tool *, char **name);
int verb_cancel(struct campaign_tool *, char **name);
int verb_claim(struct campaign_tool *, char **name);
int verb_targets(struct campaign_tool *, char **name);
int verb_release(struct campaign_tool *, char **name_and_targets);
int verb_priority(struct campaign_tool *, char **name_target_priority);
int verb_callback(struct campaign_tool *, char **name);
int verb_requeue(struct campaign_tool *, char **name);
int verb_why(struct campaign_tool *, char **name);

#endif
