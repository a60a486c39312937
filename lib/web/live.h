/*
 * live: the journal as server-sent events. The main loop renders rows into
 * pages that all streams share; each stream holds one page at most, so memory
 * is flat however slow a reader is. One that takes nothing for five seconds is
 * ended, and may resume where it was.
 */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
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

/* Ends the streams of tokens that are none any more; any thread but those of HTTP. */
void live_check(struct live *);
/* Where a request asks to begin (Last-Event-ID, from): the seq before that, 1; 0 it does not say; -1 answered. */
int live_from(struct request *, int64_t *seq);
/* In the main loop: 0 the journal has row seq, or -1; DATAERR: it ends before that. */
int live_reaches(struct web *, int64_t seq, struct fault *);

/* ---- for streams that the main loop sends itself (ws.c), in it alone ---- */

enum { LIVE_ROWS = 64 };
/* Rows as frames of WebSocket: row i is at[i] .. at[i + 1]. */
struct live_page {
	int64_t first, last;
	const char *p;
	const size_t *at;
	size_t rows;
	struct page *page; /* held until live_put_back */
};
/* One more stream, or one less; the seq where it begins if it does not say. */
int64_t live_join(struct live *);
void live_leave(struct live *, bool dropped);
/* The page with the row behind seq: 1, 0 there is none yet, -1 the store is not to be had. */
int live_take(struct live *, int64_t seq, struct live_page *);
void live_put_back(struct live *, struct live_page *);

/* GET /api/v1/live: handle, and serve where it asks for more than the pages have. */
void live_open(struct request *);
int live_open_ahead(struct request *, struct fault *);

#endif
