/*
 * reviews: what people said of the contexts that are stored: approved,
 * rejected, written anew, thrown away. Each is a row of the journal.
 */
#ifndef REVIEWS_H
#define REVIEWS_H

#include "campaigns.h"
#include "target_context.h"

enum { REVIEWER = 128 };

/* A context that is current: made from the campaign file and the person as they are now. */
struct reviewed {
	int64_t seq; /* of the row that has its text */
	int64_t made_at;
	enum review state;
	int64_t at;        /* UTC ms of what was said; 0: nothing was */
	char by[REVIEWER]; /* who said it */
	char origin[CONTEXT_ORIGIN];
	unsigned char digest[32]; /* SHA-256 of the text */
};

/* 1, 0 the target has none, -1. */
int reviews_get(struct db *, int64_t target, struct reviewed *, struct fault *);

/* One text that a target had, and what its row says of it. */
struct version {
	int64_t seq, at;
	char origin[CONTEXT_ORIGIN];
	char actor[REVIEWER];
	bool erased; /* its person was forgotten */
	struct buf text;
};
/*
 * Two versions of a target's context, release both (version_release): the rows from and to; 0: the
 * last two, or the last two up to to. DATAERR if there are not two, or no such ones.
 */
int reviews_versions(struct db *, int64_t target, int64_t from, int64_t to,
    struct version out[2], struct fault *);
void version_release(struct version *);

/*
 * Inside a transaction: approves or rejects the context that was read by reviews_get in the same one, and
 * decides anew for the target. Who is rejected loses the claim. reason may be null.
 */
int reviews_put(struct db *, int64_t target, const struct reviewed *, enum review,
    const char *reason, struct fault *);
/*
 * Inside a transaction: a person wrote the texts, so that nobody is held for the want of them. A claim is
 * withdrawn, as its record may carry the ones before; REFUSED while the target is on the line.
 */
int reviews_edit(struct db *, int64_t target, const char *context, const char *system_message,
    enum review, struct fault *);
/* Inside a transaction: there is no context any more. As reviews_edit. */
int reviews_drop(struct db *, int64_t target, struct fault *);

#endif
