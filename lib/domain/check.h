/*
 * check: what a context must pass before a person hears it. A model wrote it
 * from the contact's data, the notes and the campaign's own words; what it
 * says beyond those, what it says about somebody else, and what would turn the
 * agent away from its task is found here and named with its sentence. Pure.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crowd.h"

struct check_rules {
	size_t min_length, max_length; /* characters; 0: no limit */
	bool numbers;                  /* every number must be known */
	bool others;                   /* nothing of another contact */
	bool instructions;             /* nothing that tells the agent to leave its task */
	bool language;                 /* written in the script of the person's language */
	const char *const
	    *banned; /* phrases that may not stand there; null-terminated, or null */
	const char *const
	    *disclosure; /* one of them must stand in the system message; likewise */
};

/* One context; texts borrowed, none of them null. */
struct check_text {
	int64_t contact;
	const char *context;
	const char *system_message; /* as the AI gets it: base prompt, blank line, context */
	const char *known;          /* all that the context may draw on, one text */
	const char *language;       /* BCP 47; empty: not known, not checked */
};

struct check_finding {
	const char *code;   /* "length" "placeholder" "language" "number" "other" "banned"
			     "disclosure" "instruction" */
	char text[200];     /* what is wrong, for people */
	char sentence[200]; /* where, cut if it is long; empty: the whole text */
	int64_t other;      /* "other": the contact to whom it belongs */
};

/* What "instructions" looks for, as phrases of outreach-optout(5). */
extern const char check_turns[];

struct check; /* heap: the rules, ready to be used for many texts */

/* The rules' phrases stay the caller's; crowd may be null, and may grow between texts. */
struct check *check_new(const struct check_rules *, const struct crowd *);
void check_free(struct check *);

/* Calls found for each thing that is wrong, at most 20 times; how many. */
int check_run(struct check *, const struct check_text *,
    void (*found)(void *arg, const struct check_finding *), void *arg);

#endif
