/*
 * engine: summaries of calls that are over, of lib/store/ask: what is asked of
 * a transcript, and the event that an answer becomes if its claims hold.
 */
#ifndef SUMMARIZE_ENGINE_H
#define SUMMARIZE_ENGINE_H

#include "ask.h"

struct summarize_options {
	struct desk_terms terms;
	const char *model; /* null: the campaign's */
	bool keep_going, unordered, dry, again;
	bool alone;                           /* the events leave without the records */
	void (*report)(const struct fault *); /* of a refused record */
};

struct summarize_count {
	struct ask_count ask;
	uint64_t refuted; /* answers with a claim that does not hold */
	uint64_t silent;  /* ended calls without a transcript, or whose words were erased */
};

/* Reads call and event records from a descriptor until its end; see ask_run. */
int summarize_run(struct db *, const struct summarize_options *, int fd, const char *file,
    struct summarize_count *, struct fault *);

#endif
