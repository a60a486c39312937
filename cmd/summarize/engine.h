/*
 * engine: summaries of calls that are over, of lib/store/ask: what is asked of
 * a transcript, and the event that an answer becomes if its claims hold.
 */
#ifndef SUMMARIZE_ENGINE_H
#define SUMMARIZE_ENGINE_H

#include "ask.h"

struct summarize_options {
	struct ask_options ask;
	const char *model; /* null: the campaign's */
	int alone; /* a descriptor with records of our own: the events leave without them; -1: none */
	const char *name; /* of those, for messages */
};

struct summarize_count {
	struct ask_count ask;
	uint64_t refuted; /* answers with a claim that does not hold */
	uint64_t silent;  /* ended calls without a transcript, or whose words were erased */
};

/* Reads call and event records of files (ask_files), or those of alone. */
int summarize_run(struct db *, const struct summarize_options *, char *const *files,
    struct summarize_count *, struct fault *);

#endif
