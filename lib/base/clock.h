/*
 * clock: wall and monotonic time, in milliseconds; the only reader of either.
 *
 * OUTREACH_NOW=2026-03-02T09:00:00Z      the wall clock stands still
 * OUTREACH_NOW=...Z*60@ORIGIN            both clocks run 60 times faster from
 *                                        ORIGIN, a CLOCK_MONOTONIC in ms, so
 *                                        that all processes agree
 * A virtual clock (clock_virtual) moves only when the loop moves it.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

struct fault;

/* Reads OUTREACH_NOW once; a malformed value is a CONFIG fault. Call first in main. */
int clock_init(struct fault *);
int64_t clock_wall(void);    /* UTC epoch ms */
int64_t clock_mono(void);    /* ms, never goes back */
int64_t clock_real_us(void); /* CLOCK_MONOTONIC in us, never scaled: only to measure batches */

int clock_is_injected(void); /* OUTREACH_NOW is set: only the simulator may be dialled */
int64_t clock_scale(void);   /* 1, or the factor of OUTREACH_NOW */

void clock_virtual(int64_t wall_ms); /* from now on both clocks stand until clock_advance */
void clock_advance(int64_t mono_ms); /* to that monotonic instant; wall moves along */
int clock_is_virtual(void);

#endif
