/*
 * question: what a model is asked for one person's context, and what its
 * answer must be held against.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <jansson.h>

#include "buf.h"
#include "campaign.h"
#include "people.h"
#include "template.h"
#include "written.h"

struct question_text {
	char *source; /* of compiled */
	struct template *compiled;
};

/* Zero it first; its memory serves from person to person. */
struct question {
	struct buf system, user;           /* the two messages */
	struct buf known;                  /* all that the answer may draw on, one text */
	unsigned char input[WRITTEN_HASH]; /* SHA-256 of all that decides about the answer */
	struct question_text system_text, user_text;
	json_t *parameters; /* the last ones, and their text */
	char *parameters_json;
};

/* What the questions of a campaign have in common. */
struct question_terms {
	const struct plan *plan;  /* with a context */
	const json_t *parameters; /* question_parameters; not changed any more */
	const char *notes;        /* as told; may be empty */
};

/*
 * Fills the messages from the templates of plan->context (ours where it has none). They see what the
 * campaign's template sees (prompt_data, which stays the caller's), `data`, all of it as JSON, and
 * `notes`. `data` has no keys (id): they are known if a template names them. DATAERR if a variable does not resolve.
 */
int question_make(struct question *, const struct question_terms *, const struct person *,
    const json_t *data, struct fault *);
/* A text about them may say their keys too (the field id of prompt_data): more than a question shows. */
void question_know(struct question *, const json_t *data);
/* What every question of a campaign sends beside its messages. Caller frees. */
json_t *question_parameters(const struct plan_context *);
/* SHA-256 of all that decides about an answer. */
void question_hash(const char *model, int max_tokens, const json_t *parameters,
    const char *system, const char *user, unsigned char input[WRITTEN_HASH]);
void question_release(struct question *);

#endif
