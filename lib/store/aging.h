/*
 * aging: words of calls that are kept no longer than the settings say. The
 * journal's rows and their digests stay.
 */
#ifndef AGING_H
#define AGING_H

#include "db.h"

/* One transcript that went, or would. */
struct aged {
	int64_t seq, at;
	struct uuid call;
	bool has_call;
};

/*
 * Erases the next transcripts and summaries behind *seq that are older than an instant, at most n, in a
 * transaction of its own with a row retention.done; dry only looks. How many, or -1; 0 is the end.
 */
int aging_transcripts(
    struct db *, int64_t before, int64_t *seq, struct aged *, int n, bool dry, struct fault *);

/* When a call ended: 1, 0 there is no such call, or *at INT64_MAX while it has not. */
int aging_call_end(struct db *, const struct uuid *, int64_t *at, struct fault *);

/* Recordings went: a row of the journal, in a transaction of its own. */
int aging_recordings(struct db *, int64_t n, struct fault *);

#endif
