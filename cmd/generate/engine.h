/*
 * engine: contexts that a model writes, many questions under way at the same
 * time, records in the order in which they came.
 */
#ifndef GENERATE_ENGINE_H
#define GENERATE_ENGINE_H

#include "ask.h"
#include "maker.h"

struct generate_options {
	struct desk_terms terms;
	bool keep_going, unordered;
	bool again;                           /* what was asked before is asked anew */
	void (*report)(const struct fault *); /* of a refused record */
	void (*say)(const char *);            /* a line for people */
};

struct generate_count {
	struct ask_count ask;
	uint64_t checked_out; /* contexts that failed a check */
};

/*
 * Reads records from a descriptor until its end and writes them with their contexts; see ask_run. With
 * maker->dry nobody is asked: asked, tokens and cost say what would be.
 */
int generate_run(struct maker *, const struct generate_options *, int fd, const char *file,
    struct generate_count *, struct fault *);

#endif
