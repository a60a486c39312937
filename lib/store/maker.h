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
	struct buf text, json; /* scratch */
	bool dry;
	const char *origin; /* of what is made: "template" or "fallback" */
};

/*
 * Appends the record with context and system_message: the stored ones if they are current, else the
 * campaign's template makes them, and they are stored. 0, 1 refused and the person is held, -1. Inside
 * a transaction unless dry.
 */
int maker_record(struct maker *, const struct rec *, struct buf *out, struct fault *);
/* The first half of that for a subject that is known: 1 it is appended, 0 no stored context is current, -1. */
int maker_stored(struct maker *, const struct rec *, const struct subject *, struct buf *out,
    struct fault *);
/*
 * The same for a target's record by its id alone, without a look at anything else: 0 also for records
 * that are none.
 */
int maker_current(struct maker *, const struct rec *, struct buf *out, struct fault *);
/* The record with these texts. */
void maker_attach(struct maker *, const struct rec *, const char *context,
    const char *system_message, const char *origin, struct buf *out);
void maker_release(struct maker *);

#endif
