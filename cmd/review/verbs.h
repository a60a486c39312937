/*
 * verbs: what outreach-review can do. main reads the options of the verb into
 * one struct and opens the store; a verb returns the exit code.
 */
#ifndef REVIEW_VERBS_H
#define REVIEW_VERBS_H

#define TOOL "outreach-review"

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "judge.h"
#include "prompt.h"
#include "reviews.h"
#include "settings.h"

struct review_tool {
	struct db db;
	struct settings settings;
	/* the options of all verbs */
	bool help, keep_going, quiet;
	const char *path, *state, *format, *reason, *origin;
	int64_t contact, limit, from, to;
};

/* The operands are null-terminated. */
int verb_list(struct review_tool *, char **name);
int verb_export(struct review_tool *, char **name);
int verb_show(struct review_tool *, char **who);
int verb_preview(struct review_tool *, char **who);
int verb_diff(struct review_tool *, char **who);
int verb_edit(struct review_tool *, char **who);
int verb_approve(struct review_tool *, char **who);
int verb_reject(struct review_tool *, char **who);
int verb_regenerate(struct review_tool *, char **who);
int verb_check(struct review_tool *, char **files);

/* ---- for the verbs (who.c) ---- */

/* A target by its number, or with --contact by the name of its campaign. */
int who_find(struct review_tool *, const char *operand, struct subject *, struct fault *);

/* The person; DATAERR if they were forgotten. */
int who_person(struct review_tool *, const struct subject *, struct person *, struct fault *);

/* The texts that the AI would be told, in the prompt: the stored ones (1), or the template's (0). -1. */
int who_texts(struct review_tool *, const struct subject *, struct prompt *, struct fault *);

/*
 * Appends the target record, with what was said of its context and the text if full. skip (may be null)
 * says by the context's state and origin whether it is left out.
 */
int who_records(struct review_tool *, const char *campaign, int64_t contact, bool full,
    bool (*skip)(const struct review_tool *, const struct reviewed *), struct fault *);

/* A finding as a record; and as a line for people. */
void finding_record(
    struct buf *, const struct subject *, const char *campaign, const struct check_finding *);
void finding_line(struct buf *, const struct check_finding *);

#endif
