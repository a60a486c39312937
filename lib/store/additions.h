/*
 * additions: people added to a campaign, and those of them who are in it
 * already under another source: a sheet that was saved under another file name
 * makes every person of it a second time.
 *
 * A twin has a number of the other and the same name (text_fold(); two without
 * any have the same), and comes from another source. Within one source a sheet
 * says itself who is who. A twin is most probably the same person, so it is
 * added and held: nobody is called twice, nobody is lost, and a person who
 * knows better releases it (targets_release).
 */
#ifndef ADDITIONS_H
#define ADDITIONS_H

#include "campaigns.h"
#include "contact.h"

struct twin {
	int64_t target, of; /* the one that is held, and the one that was there before */
	char source[CONTACT_NAME_MAX + 1], of_source[CONTACT_NAME_MAX + 1];
};

enum { TWINS_LOOK = 256 }; /* so many people on one number are looked at */

/* As campaigns_add; told is given each twin that was held. */
int additions_put(struct db *, int64_t campaign, const int64_t *contacts, size_t n,
    size_t *added, void (*told)(void *, const struct twin *), void *arg, struct fault *);

#endif
