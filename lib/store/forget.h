/*
 * forget: the traces of a person who is forgotten that do not lie under the
 * person's own id. For lib/store, inside a transaction.
 */
#ifndef FORGET_H
#define FORGET_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"

/* Whether somebody was forgotten or deleted: what comes later about them is not kept. */
int forget_is_gone(struct db *, int64_t contact, bool *gone, struct fault *);

/*
 * Rules and consents about the numbers that a contact has or was called on, and rules about the contact,
 * are said of the numbers' marks from now on (store/mark.h): they hold on, and tell nobody whose they
 * are. So does a consent that the contact took back. The bodies of their rows are erased. Appends to numbers a JSON array of what the journal needs to
 * do it again; nothing where there is nothing.
 */
int forget_wishes(struct db *, int64_t contact, struct buf *numbers, struct fault *);

/*
 * A contact is about to lose the numbers that are not among these: those of which a wish is journalled (a rule,
 * even one that was taken away since, or a consent) are noted (number.left), so that who is forgotten later takes
 * them along.
 */
int forget_numbers_leave(
    struct db *, int64_t contact, const int64_t *staying, int n, struct fault *);

/* Erases what was journalled of the contact's calls before it was known whose they are. */
int forget_orphans(struct db *, int64_t contact, struct fault *);
/* The same of one orphan, which turned out to be the call of somebody who was forgotten. */
int forget_orphan(struct db *, const struct uuid *, struct fault *);

#endif
