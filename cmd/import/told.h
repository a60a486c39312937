/*
 * told: what outreach-import says while it works and at the end: records on
 * stdout, refusals, progress and the summary on stderr.
 */
#ifndef TOLD_H
#define TOLD_H

#include <signal.h>
#include <stdbool.h>

#include "imported.h"

struct told {
	bool quiet, verbose;
	struct imported all;        /* files */
	uint64_t refusals, remarks; /* lines that were due on stderr */
	struct buf out;
	bool drawn;             /* a progress line stands on the terminal */
	int terminal;           /* 0 not asked yet, 1 yes, -1 no */
	int64_t started, shown; /* monotonic ms */
};

extern volatile sig_atomic_t told_signal; /* the one that asked us to end, or 0 */

void told_catch_signals(void);
struct import_face told_face(struct told *);
/* Whatever -q says: a column that may say who must not be called says nothing here. */
void told_unapplied(struct told *, const char *file, const char *column, const char *field);
int told_flush(struct told *, struct fault *); /* the records */
/* The last words on stderr; file null: several. */
void told_end(struct told *, const char *file, size_t files);
int told_summary(struct told *, const char *path, size_t files, struct fault *);
void told_release(struct told *);

#endif
