/*
 * leftover: files that must go when this process ends, however it ends: a small
 * child, forked before we give up the right to remove them ourselves (sandbox.h),
 * waits for our end. What somebody put in their place meanwhile stays.
 */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include <sys/types.h>

#include "fault.h"

struct leftover {
	int fd; /* closed: remove them; -1: nobody waits */
	pid_t pid;
};

/* path: n files that are there. To be called before the first thread. OSERR. */
int leftover_start(struct leftover *, const char *const *path, size_t n, struct fault *);
/* Removes them now, and returns when that is done. */
void leftover_end(struct leftover *);

#endif
