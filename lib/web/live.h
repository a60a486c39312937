/*
 * live: the journal as server-sent events. The main loop renders rows into
 * pages that all streams share; each stream holds one page at most, so memory
 * is flat however slow a reader is. One that takes nothing for five seconds is
 * ended, and may resume where it was.
 */
#ifndef LIVE_H
#define LIVE_H

#include <stdint.h>

struct fault;
struct live;
struct request;
struct web;

struct live *live_new(struct web *, struct fault *); /* null: fault */
/* Once no request is left. */
void live_free(struct live *);
/* Ends every stream, and those that come. */
void live_close(struct live *);
/* In the main loop, some times a second: rows that came, heartbeats, streams that are stuck. */
void live_tick(struct live *);
/* How many streams are open; any thread. */
int live_streams(struct live *);
/* How many were ended because they were too slow. */
int64_t live_dropped(struct live *);

/* GET /api/v1/live */
void live_open(struct request *);

#endif
