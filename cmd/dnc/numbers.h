/*
 * numbers: rules from operands or standard input, where a line is a number, a
 * prefix or a record.
 */
#ifndef DNC_NUMBERS_H
#define DNC_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "dnc.h"
#include "fault.h"
#include "ndjson.h"
#include "number.h"

struct numbers {
	struct db *db;
	void *ctx;
	int (*take)(void *ctx, const struct dnc *,
	    struct fault *); /* kind, value, campaign, perhaps source and reason */
	int (*flush)(void *ctx, struct fault *); /* before waiting for input, and at the end */
	void (*report)(const struct fault *);    /* a wrong line or operand, with keep_going */
	bool keep_going;
	bool prefixes;      /* what is not a record is a prefix, "*" behind it or not */
	bool people;        /* contact and dnc records mean more than their numbers */
	const char *region; /* of national numbers, or null */
	int64_t campaign;   /* 0: all */
	uint64_t refused;
	struct ndjson index; /* of the record at hand */
};

/* Until the end, or -1 with the fault that stopped it; what came before it was flushed. */
int numbers_from(struct numbers *, char *const *operands, struct fault *);
/* Takes one rule, in the campaign. */
int numbers_rule(struct numbers *, enum dnc_kind, int64_t value, struct fault *);

#endif
