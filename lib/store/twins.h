/*
 * twins: one person under two sources in one campaign: a sheet that was saved
 * under another file name makes every person of it a second time.
 *
 * A twin has a number of the other and the same name (names_same()), and comes
 * from another source. Within one source a sheet says itself who is who. A twin
 * is most probably the same person, so it is held: nobody is called twice, nobody
 * is lost, and a person who knows better releases it (targets_release). When
 * people are added that is the newcomer; when two become twins by a change, the
 * one that was not called yet, else the later.
 */
#ifndef TWINS_H
#define TWINS_H

#include "contact.h"
#include "db.h"

struct twin {
	int64_t target, of; /* the one that is held, and the one that was there before */
	char source[CONTACT_NAME_MAX + 1], of_source[CONTACT_NAME_MAX + 1];
};

enum { TWINS_LOOK = 256 }; /* so many people on one number are looked at */

/*
 * The first who was in the campaign before w->target with a number of this contact, from another source and
 * of the same name: 1 and the rest of w is filled in, 0, -1.
 */
int twins_find(struct db *, int64_t campaign, int64_t contact, struct twin *w, struct fault *);
/* Inside a transaction. */
int twins_hold(struct db *, const struct twin *, struct fault *);

/* Targets of one contact, each with one that is its twin in the same campaign. */
struct twin_pairs {
	int n;
	struct {
		int64_t mine, other;
	} pair[TWINS_LOOK];
};
int twins_of(struct db *, int64_t contact, struct twin_pairs *, struct fault *);
/*
 * Inside a transaction, behind a change of the contact's name or numbers: one of each pair that was none
 * before is held. Whom a person released before stays so.
 */
int twins_appeared(
    struct db *, int64_t contact, const struct twin_pairs *before, struct fault *);

#endif
