/*
 * recordings: the files of a folder that are named after calls, and nothing
 * else in it: no link is followed, no folder entered.
 */
#ifndef RECORDINGS_H
#define RECORDINGS_H

#include <stdint.h>

#include "fault.h"
#include "rand.h"

struct recordings;

struct recording {
	char name[128]; /* in the folder */
	struct uuid call;
	int64_t at; /* ms: last written */
};

/* Null: NOINPUT. */
struct recordings *recordings_open(const char *dir, struct fault *);
/* The next regular file whose name is a call id and an extension: 1, 0 end, -1. */
int recordings_next(struct recordings *, struct recording *, struct fault *);
/* Removes it; 0 also if it is gone already. */
int recordings_remove(struct recordings *, const struct recording *, struct fault *);
void recordings_close(struct recordings *);

#endif
