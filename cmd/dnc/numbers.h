/*
 * numbers: phone numbers from operands or standard input, where a line is a
 * number or a record that holds some.
 */
#ifndef DNC_NUMBERS_H
#define DNC_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "ndjson.h"

struct numbers {
	void *ctx;
	int (*take)(void *ctx, int64_t phone, struct fault *);
	int (*flush)(void *ctx, struct fault *); /* before waiting for input, and at the end */
	void (*report)(const struct fault *);    /* a wrong line or operand, with keep_going */
	bool keep_going;
	uint64_t refused;
	struct ndjson index; /* of the record at hand */
};

/* Until the end, or -1 with the fault that stopped it; what came before it was flushed. */
int numbers_from(struct numbers *, char *const *operands, struct fault *);

#endif
