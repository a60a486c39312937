/*
 * contexts: what the AI is told in each open call, in memory: it is given out
 * while a writer holds the store, too. Filled and emptied by the main loop,
 * read by the HTTP threads; every function may be called from any thread.
 */
#ifndef CONTEXTS_H
#define CONTEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "rand.h"

enum { CONTEXT_DIGEST = 32 };

/* That a context was given out, to be journalled. */
struct receipt {
	struct uuid call;
	unsigned char digest[CONTEXT_DIGEST];
	int64_t at; /* UTC ms */
};

struct contexts;

struct contexts *contexts_new(void);
void contexts_free(struct contexts *);

/* The call is told this from now on, under its own id. */
void contexts_put(struct contexts *, const struct uuid *call, struct slice system);
/* Another id of the same call. */
void contexts_alias(struct contexts *, const struct uuid *id, const struct uuid *call);
/* The call is over, under every id. */
void contexts_drop(struct contexts *, const struct uuid *call);
bool contexts_has(struct contexts *, const struct uuid *call);
size_t contexts_count(struct contexts *);

/*
 * Appends {"system":"..."} of the call that has this id, and keeps a receipt of its first time: true,
 * false if there is none.
 */
bool contexts_give(struct contexts *, const struct uuid *id, int64_t now, struct buf *out);
/* The receipts since the last call, heap, *n of them; null: none. Given back, they come again. */
struct receipt *contexts_receipts(struct contexts *, size_t *n);
void contexts_give_back(struct contexts *, const struct receipt *, size_t n);

/* A call's id as a header says it ("X-AVR-UUID"), in any case, blanks around it: 0, -1 none. */
int context_key(const char *text, struct uuid *);

#endif
