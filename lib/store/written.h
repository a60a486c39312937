/*
 * written: what a model wrote, by the hash of all that went into the question:
 * asked again it costs nothing. And what it cost. Projections.
 */
#ifndef WRITTEN_H
#define WRITTEN_H

#include "buf.h"
#include "db.h"
#include "siblings.h"

enum { WRITTEN_HASH = 32 };

struct written {
	unsigned char input[WRITTEN_HASH]; /* SHA-256 of the question */
	bool of_call;                      /* of a call's transcript: it ages with it */
	int64_t campaign, contact;
	struct siblings with; /* whom the question spoke of beside */
	const char *model;
	int64_t tokens_in, tokens_out;
	int64_t cost;        /* billionths of the unit of the campaign's currency */
	const char *text;    /* null: there was no answer, but it was paid for */
	const char *refused; /* why there is none; or null */
};

/* Inside a transaction. A later text for the same question takes the place of the first. */
int written_put(struct db *, const struct written *, struct fault *);
/* The text for a question, as an answer gave it: 1, 0 it was never asked, or its person was forgotten. */
int written_get(
    struct db *, const unsigned char input[WRITTEN_HASH], struct buf *text, struct fault *);
/* When that answer was given (UTC ms); 0 if there is none. */
int written_at(
    struct db *, const unsigned char input[WRITTEN_HASH], int64_t *at, struct fault *);
/* Inside a transaction: the next question of this kind is asked anew. 1, 0 there was none. */
int written_drop(struct db *, const unsigned char input[WRITTEN_HASH], struct fault *);

struct spent {
	int64_t questions, tokens_in, tokens_out, cost;
};
/* What a campaign's questions cost so far; all 0 if there were none. */
int written_spent(struct db *, int64_t campaign, struct spent *, struct fault *);

/* For replay. */
int project_written(struct db *, const struct written *, int64_t seq, struct fault *);
int project_unwritten(struct db *, const unsigned char input[WRITTEN_HASH], struct fault *);

#endif
