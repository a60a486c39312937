/*
 * verbs: what outreach-dnc can do. main reads the options of the verb into one
 * struct and opens the store; a verb returns the exit code.
 */
#ifndef DNC_VERBS_H
#define DNC_VERBS_H

#define TOOL "outreach-dnc"

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "campaigns.h"
#include "db.h"
#include "dnc.h"
#include "phone.h"
#include "settings.h"

struct dnc_tool {
	struct db db;
	struct settings settings;
	/* the options of all verbs */
	bool help, keep_going, quiet, prefix, update, mark, all, confirm, dismiss, lift;
	const char *path, *source, *reason, *campaign, *region, *list, *as_of, *max_age,
	    *format, *column, *rule, *kind, *at, *expires, *how, *text, *file;
	struct arg_list contacts, lists;
	int64_t limit;
	/* what the verbs find out */
	char region_name[PHONE_REGION];
	uint64_t unknown; /* numbers that no plan gives out */
};

/* The operands are null-terminated. */
int verb_add(struct dnc_tool *, char **numbers);
int verb_remove(struct dnc_tool *, char **numbers);
int verb_check(struct dnc_tool *, char **numbers);
int verb_import(struct dnc_tool *, char **files);
int verb_export(struct dnc_tool *, char **none);
int verb_list(struct dnc_tool *, char **none);
int verb_lists(struct dnc_tool *, char **none);
int verb_filter(struct dnc_tool *, char **files);
int verb_review(struct dnc_tool *, char **ids);
int verb_awaited(struct dnc_tool *, char **ids);
int verb_consent(struct dnc_tool *, char **what_and_numbers);
int verb_phrases(struct dnc_tool *, char **none);

/* ---- what they share (look.c) ---- */

/* The campaign of --campaign: its id (0 none was named) and plan (null then). */
int find_campaign(struct dnc_tool *, int64_t *id, const struct plan **, struct fault *);
/* The region of --region, else of the settings, becomes t->region. */
int check_region(struct dnc_tool *, struct fault *);
/*
 * A wish about a number that was stored: if no plan gives it out, nobody has it, and whoever meant
 * another one is called. Says so, and that undo takes it back.
 */
void note_unknown(struct dnc_tool *, int64_t phone, const char *undo);
void note_unknown_end(const struct dnc_tool *); /* how many more there were */

#endif
