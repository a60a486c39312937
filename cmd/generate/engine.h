/*
 * engine: contexts that a model writes, many questions under way at the same
 * time, records in the order in which they came.
 */
#ifndef GENERATE_ENGINE_H
#define GENERATE_ENGINE_H

#include "ask.h"
#include "maker.h"

struct generate_count {
	struct ask_count ask;
	uint64_t checked_out; /* contexts that failed a check */
};

/*
 * Reads the records of files (ask_files) and writes them with their contexts. With dry, which the maker
 * is too, nobody is asked: asked, tokens and cost say what would be. say gets lines for people.
 */
int generate_run(struct maker *, const struct ask_options *, void (*say)(const char *),
    char *const *files, struct generate_count *, struct fault *);

#endif
