/*
 * again: another call to a target that policy had settled (it was reached, or
 * its attempts were made): a person at the desk says so, or the one who was
 * called asked for it. It grants nothing but that: when, and whether at all,
 * the one decision says.
 */
#ifndef AGAIN_H
#define AGAIN_H

#include "db.h"
#include "project.h"

enum { AGAIN_WHY = 110 }; /* bytes of a reason */

/*
 * Inside a transaction, journalled as kind ("target.requeued", "target.callback"): calls of the target
 * until `since` that have ended are settled, its claim goes, and it is decided anew.
 */
int again_put(struct db *, const char *kind, const struct again *, struct fault *);
/* Inside a transaction: that call was not asked for after all. 1, 0 there was none. */
int again_drop(struct db *, int64_t target, int64_t since, struct fault *);

/*
 * A person says so: from due_at on (UTC ms; 0: as soon as policy allows). A hold stays. Own
 * transaction. REFUSED while a call to the target is open, or how one ended is not known.
 */
int again_ask(struct db *, int64_t target, int64_t due_at, struct fault *);

/*
 * A person says that there is to be none: all that were asked for go, and no summary of a call made
 * until now asks for another. Own transaction. DATAERR: none was asked for.
 */
int again_end(struct db *, int64_t target, struct fault *);
/* Whether a person said so at `at` or later: what was asked for in a call of then does not count. */
int again_denied(struct db *, int64_t target, int64_t at, bool *denied, struct fault *);

/*
 * A time in words (callback_read) by the clocks of where the target's person may be, or where the
 * campaign assumes them: 0, or -1 with a DATAERR.
 */
int again_read_time(struct db *, int64_t target, const char *text, int64_t *at, struct fault *);

/* The latest that was asked for: 1, 0 none. why is empty where it is null. */
struct again_row {
	int64_t since, due_at;
	char why[AGAIN_WHY + 1];
};
int again_get(struct db *, int64_t target, struct again_row *, struct fault *);

#endif
