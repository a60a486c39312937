/*
 * target_context: what the AI is told of a target and in a call: the stored
 * text, and whether it is current.
 */
#ifndef TARGET_CONTEXT_H
#define TARGET_CONTEXT_H

#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "policy.h"

/* Stores the text of a target's context, for a call (which may be about siblings too) or null; inside a transaction.
 * origin: "template", "model", "fallback", "person" or "pipe" (another program). */
int target_context_put(struct db *, int64_t target, const struct uuid *call,
    const char *context, const char *system_message, const char *origin, struct fault *);
/* The same by a person, who says at once what it is worth: context.edited. Inside a transaction. */
int target_context_edit(struct db *, int64_t target, const char *context,
    const char *system_message, enum review, struct fault *);
/* The stored text if it is current (plan revision, person and whoever follows in this call unchanged): 1, else 0. */
int target_context_get(struct db *, int64_t target, const struct uuid *call,
    struct buf *context, struct buf *system_message, struct fault *);
/*
 * The same as it lies in the store, {"context":"...","system_message":"..."}, and who made it, as
 * target_context_put says.
 */
enum { CONTEXT_ORIGIN = 16 };
int target_context_body(struct db *, int64_t target, const struct uuid *call, struct buf *json,
    char origin[CONTEXT_ORIGIN], struct fault *);

/*
 * What the AI is told in this call: the texts that its intent was committed with, whatever became of the
 * target's context since. Of a claim: those that it would be made with now. 1, 0 there are none (no call
 * of ours, none was stored, or they were erased), -1.
 */
int target_context_of_call(struct db *, const struct uuid *call, struct buf *context,
    struct buf *system_message, struct fault *);

/* ---- for lib/store ---- */

/* The row of the journal that has the text stored for a target, current or not; 0: none is. */
int target_context_seq(struct db *, int64_t target, int64_t *seq, struct fault *);

#endif
