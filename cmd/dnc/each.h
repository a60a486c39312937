/*
 * each: something done for each number, prefix or person of the options, the
 * operands or standard input. What changes is changed in transactions of at
 * most 256 rules, and records leave behind the commit.
 */
#ifndef DNC_EACH_H
#define DNC_EACH_H

#include "numbers.h"
#include "verbs.h"

enum { EACH_BATCH = 256 };

struct each {
	struct dnc_tool *t;
	/* When it is read: changes it, or -1 DATAERR if there can be no such rule; or null. */
	int (*look)(struct each *, struct dnc *, struct fault *);
	int (*act)(struct each *, struct dnc *,
	    struct fault *); /* 1: changed, or speaks against it; 0; -1 */
	bool writes;
	int (*end)(struct each *, struct fault *); /* when all is done; or null */
	const char *done; /* what hits counts, for the summary; null: the records say it */
	/* what is found out meanwhile */
	struct numbers in;
	int64_t campaign;
	const struct plan *plan; /* of the campaign; or null */
	struct dnc rule[EACH_BATCH];
	size_t pending;
	uint64_t numbers, hits, noted;
	struct buf out;
	struct dnc *found; /* what speaks against one number */
	size_t n, cap;
	struct dnc *prefix; /* that were added */
	size_t prefixes;
};

/* All of them; the exit code. */
int each_number(struct each *, char **operands);
/* What speaks against a number in the campaign of the options, else in any, becomes e->found: 0 or -1. */
int each_find(struct each *, int64_t phone, struct fault *);

#endif
