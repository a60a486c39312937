/*
 * timeline: calls over time in a number of steps that is bounded, whatever the
 * time: where they do not suffice, each becomes longer. Pure.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdint.h>

#include "openings.h"

enum { TIMELINE_STEPS = 96 };

struct timeline {        /* zero it first */
	int64_t step_ms; /* a minute at first; 0: nothing was added */
	int64_t from;    /* UTC ms, a multiple of step_ms */
	int steps;       /* from the first to the last that has calls */
	int64_t calls[TIMELINE_STEPS], answered[TIMELINE_STEPS];
};

/* A call that began at this instant (UTC ms, any order). */
void timeline_add(struct timeline *, int64_t at, int answered);
/*
 * Calls an hour of calling time of late: those of the last tenth of the steps, at least of five and of
 * those that reach back ten minutes, until now; outside of calling time, until the last call. 0: none.
 */
int64_t timeline_pace(const struct timeline *, const struct openings *, int64_t now);
/*
 * When remaining people are done with, if they take as many calls each as the settled ones did and the
 * pace stays whenever calls are allowed: UTC ms; 0 if that cannot be told.
 */
int64_t timeline_finish(const struct timeline *, const struct openings *, int64_t now,
    int64_t calls, int64_t settled, int64_t remaining);

#endif
