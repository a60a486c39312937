/*
 * additions: people added to a campaign, and those of them who are in it
 * already under another source (twins.h).
 */
#ifndef ADDITIONS_H
#define ADDITIONS_H

#include "campaigns.h"
#include "twins.h"

/*
 * Adds contacts (ids) as targets; those that are in already are left alone. Inside a transaction; one journal
 * row, and one for each twin, who is added and held, and given to told (which may be null).
 */
int additions_put(struct db *, int64_t campaign, const int64_t *contacts, size_t n,
    size_t *added, void (*told)(void *, const struct twin *), void *arg, struct fault *);

#endif
