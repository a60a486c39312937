/*
 * engine: contexts that a model writes, many questions under way at the same
 * time, records in the order in which they came.
 */
#ifndef GENERATE_ENGINE_H
#define GENERATE_ENGINE_H

#include "maker.h"
#include "settings.h"

struct generate_options {
	const struct settings *settings;
	bool keep_going, unordered;
	bool again;            /* what was asked before is asked anew */
	int concurrent;        /* 0: as the settings say */
	int64_t budget_milli;  /* thousandths of the currency's unit for this run; 0: none */
	int64_t budget_tokens; /* 0: none */
	void (*report)(const struct fault *); /* of a refused record */
	void (*say)(const char *);            /* a line for people */
};

struct generate_count {
	uint64_t refused;
	uint64_t asked, cached,
	    checked_out; /* questions; answers found; contexts that failed a check */
	int64_t tokens_in, tokens_out;
	int64_t cost; /* billionths of the unit; of all campaigns */
	int signo;    /* of the signal that ended it; 0 none */
};

/*
 * Reads records from a descriptor until its end and writes them with their contexts. Answers are stored
 * as they come, whatever becomes of their record. 0, or -1 with the fault that stopped it: what was paid
 * for is stored, what came before is written. With maker->dry nobody is asked: asked, tokens and cost say
 * what would be.
 */
int generate_run(struct maker *, const struct generate_options *, int fd, const char *file,
    struct generate_count *, struct fault *);

#endif
