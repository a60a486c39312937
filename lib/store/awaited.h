/*
 * awaited: wishes of people who are not stored yet. A row that was refused
 * asked that its person is not called; who comes under its identity later has
 * the rule before they have a number.
 */
#ifndef AWAITED_H
#define AWAITED_H

#include <stdbool.h>

#include "contact.h"
#include "dnc.h"

/* Whom a source has under a key; a mark (mark.h) of both, which tells nobody who it is. */
struct awaited {
	const char *source, *key;
	const char *reason; /* of the rule that it becomes */
};

/*
 * Inside a transaction. If somebody is stored by now, with a number or without one yet, it is a rule about
 * them: their id, else 0; -1.
 */
int64_t awaited_put(struct db *, const struct awaited *, struct fault *);
/* Whether there are any at all. */
int awaited_any(struct db *, bool *any, struct fault *);
/* Inside a transaction: the contact is new under this identity. 1 it was awaited and has its rule, 0, -1. */
int awaited_obey(
    struct db *, const char *source, const char *key, int64_t contact, struct fault *);

struct awaited_entry {
	int64_t id; /* its journal row */
	int64_t at;
	char source[CONTACT_NAME_MAX + 1], reason[200];
};

/* The next behind *after by id: 1, 0 end. */
int awaited_next(struct db *, int64_t *after, struct awaited_entry *, struct fault *);
/*
 * A person says that nobody is awaited by this one any more; who has its rule by now keeps it. Own
 * transaction. DATAERR if there is none.
 */
int awaited_lift(struct db *, int64_t id, const char *reason, struct fault *);

#endif
