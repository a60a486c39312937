/*
 * touched: the calls of the open transaction, joined in memory. For
 * project_calls.c alone; calls_flush (store_parts.h) writes them back.
 */
#ifndef TOUCHED_H
#define TOUCHED_H

#include "project.h"

struct touched {
	struct call c;
	struct call_parents parents;
	int64_t intent_at;        /* as the row has it: indexes hold it */
	bool line_open;           /* likewise */
	enum disposition counted; /* by the table tally; orphans are not */
	bool exists, dirty;
	bool has_seen; /* the table seen may know events of it */
	int events;    /* new ones, that are not in the table yet */
	size_t last;   /* of them, in fresh, plus 1 */
	struct touched *next;
};

/* The call as the store has it with what came since, kept until the flush; null with a fault. */
struct touched *touched_call(struct db *, const struct uuid *, struct fault *);
/* Whether an event of it was there before. */
int touched_has(
    struct db *, const struct touched *, const struct call_event *, bool *, struct fault *);
/* Keeps a new one to be written with others, in the order of the table. */
int touched_see(struct db *, struct touched *, uint64_t key, bool ends, struct fault *);

#endif
