/*
 * maker: a record becomes the same record with its context.
 */
#ifndef MAKER_H
#define MAKER_H

#include "prompt.h"
#include "subject.h"

struct maker {
	struct db *db;
	struct prompt prompt;
	struct buf text; /* scratch */
	bool dry;
	const char *origin; /* of what is made: "template" or "fallback" */
};

/*
 * Appends the record with context and system_message: the stored ones if they are current, else the
 * campaign's template makes them, and they are stored. 0, 1 refused and the person is held, -1. Inside
 * a transaction unless dry.
 */
int maker_record(struct maker *, const struct rec *, struct buf *out, struct fault *);
void maker_release(struct maker *);

#endif
