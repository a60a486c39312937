/*
 * metrics: what a monitor asks for, as OpenMetrics 1.0. What this process did
 * is counted as it happens, by any thread; what the store holds is read when it
 * is asked for, and never by counting calls.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdint.h>

#include "buf.h"

struct metrics;
struct request;
struct fault;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *);
/* A request is over: its answer has left, or its connection is gone. Any thread. */
void metrics_count(struct metrics *, const struct request *, int64_t took_us);

/* Appends a label's value with its quotes: backslash, quote and newline escaped. */
void metrics_label(struct buf *, const char *value);

/* GET /metrics */
int metrics_get(struct request *, struct fault *);

#endif
