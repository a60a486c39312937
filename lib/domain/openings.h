/*
 * openings: when somebody of several groups of people may be called, by the
 * windows of policy: how much calling time lies between two instants, and when
 * so much of it has passed. Pure.
 */
#ifndef OPENINGS_H
#define OPENINGS_H

#include "policy.h"

enum { OPENINGS_GROUPS = 16 };

struct openings {
	const struct plan *plan; /* all of it is borrowed */
	struct {
		const struct zone *const *zone; /* of one person: open where all of them are */
		int n;
	} group[OPENINGS_GROUPS];
	int groups; /* 0: any instant is open */
};

/* Instants are UTC ms, the rest ms. */
bool openings_now(const struct openings *, int64_t now);
int64_t openings_between(const struct openings *, int64_t from, int64_t to);
/* The instant at which so much calling time has passed; INT64_MAX where that is too far to see. */
int64_t openings_after(const struct openings *, int64_t from, int64_t ms);

#endif
