/*
 * renumber: a number is an identity, so the store remembers with which tables
 * (domain/phone.h) its numbers were read. Other tables may read them otherwise:
 * then nobody is called until every number is read anew.
 */
#ifndef RENUMBER_H
#define RENUMBER_H

#include "db.h"

enum { NUMBERS_VERSION = 32 };

/* The tables that the store's numbers were read with; empty: nobody knows. */
int numbers_version(struct db *, char version[NUMBERS_VERSION], struct fault *);
/* CONFIG if they are others than those of this outreach (says `outreach upgrade`). */
int numbers_check(struct db *, struct fault *);

/* One change: of a contact, a rule, a consent, a list or a call. */
struct renumbered {
	const char *of;  /* "contact" "dnc" "consent" "dnc_list" "call" */
	int64_t contact; /* or 0 */
	int64_t before,
	    after; /* after 0: it is no number any more, is kept, and its people are held */
	const char *why;
};

/*
 * Reads every number anew that people and wishes hang on, in transactions of at most 64 of them, and
 * notes the tables at the end; each cb comes behind the commit of what it tells. Nothing is lost: rules and
 * consents get the new number beside the old one. After a kill, the same call again. REFUSED while
 * lines are open.
 */
int renumber(struct db *, int (*cb)(void *, const struct renumbered *, struct fault *),
    void *arg, struct fault *);

#endif
