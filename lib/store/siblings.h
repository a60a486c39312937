/*
 * siblings: people on one number whom one call is about (siblings: merge in
 * the campaign). One of them, the leader, has the claim and the call; the
 * others follow: beside the claim until the intent, then, journalled with it,
 * beside the call, whose outcome settles all of them.
 *
 * Who follows is fixed when the leader is claimed: the other targets of the
 * campaign who wait, would be called at the same number and in the same
 * language, and of whom policy too says that they may be called now. Whatever
 * changes for one of them until the intent gives the whole claim back.
 */
#ifndef SIBLINGS_H
#define SIBLINGS_H

#include <stdint.h>

#include "campaign.h"
#include "db.h"

enum { SIBLINGS_MAX = 7, SIBLINGS_LOOK = 64 }; /* beside the leader; looked at for one claim */

struct siblings { /* in the order of their targets */
	int n;
	int64_t target[SIBLINGS_MAX], contact[SIBLINGS_MAX];
};

/* Who follows a claim, and who a call. None is no fault. */
int siblings_of_claim(struct db *, const struct uuid *call, struct siblings *, struct fault *);
int siblings_of_call(struct db *, const struct uuid *call, struct siblings *, struct fault *);

/*
 * What a context of this target was made from, as a number: the person, and with a call or claim
 * (else null) whoever follows it. Another number is another context.
 */
int siblings_digest(
    struct db *, int64_t target, const struct uuid *call, int64_t *digest, struct fault *);
/* The same where the person's own digest is known: it becomes that of all. */
int siblings_mix(struct db *, const struct uuid *call, int64_t *digest, struct fault *);

/* Appends "siblings":[...] to a record of which a member was written; nothing if there is none. */
int siblings_member(struct db *, const struct siblings *, struct buf *, struct fault *);

/* ---- inside a transaction, for lib/store ---- */

/* Target numbers as a JSON array, for a fact, and back. */
void siblings_write(struct buf *, const struct siblings *);
void siblings_read(const json_t *array, struct siblings *); /* targets alone */
/* Whether a target follows a claim, or a call whose line is open. */
int siblings_taken(struct db *, int64_t target, bool *, struct fault *);
int siblings_claim(
    struct db *, const struct uuid *call, const struct siblings *, struct fault *);
int siblings_unclaim(struct db *, const struct uuid *call, struct fault *);
/* Decides anew for each. */
int siblings_settle(struct db *, const struct siblings *, int64_t now, struct fault *);

#endif
