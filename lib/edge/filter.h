/*
 * filter: the one loop of every tool that reads records. It takes what can be
 * read without waiting (at most 1,000 records, 20 ms or 4 MiB; a sink may take
 * more while nobody waits for it), hands the records that are for the tool to its callbacks, passes all others through in
 * place, and writes only after commit: no transaction is open across a pipe.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

#include "ndjson.h"

struct filter {
	const char *const *types;         /* null-terminated: the types that are for us */
	bool (*mine)(const struct rec *); /* null, or decides instead of types */
	void *ctx;
	int (*begin)(void *ctx,
	    struct fault *); /* before the first own record of a batch; may be null */
	/* One own record: append what leaves to out, whole lines (may be nothing; the last newline
	 * is added if missing). 0 done; 1 refused, with the fault set (it is reported; nothing
	 * leaves); -1 stops the tool. */
	int (*record)(void *ctx, const struct rec *, struct buf *out, struct fault *);
	int (*commit)(void *ctx, struct fault *); /* after the last; may be null */
	/* Of a sink, whose records nobody reads: whether another process waits for what the batch
	 * holds. While none does, a batch goes on up to 20,000 records, as far as commits stay short. */
	bool (*waited_for)(void *ctx); /* may be null */
	/* When the batch is given up (record said -1, or commit did); may be null. */
	void (*rollback)(void *ctx);
	void (*report)(const struct fault *); /* a refused record's line on stderr */
	bool quick;      /* a record takes microseconds: the clock is read at some of them */
	bool keep_going; /* -k: a bad line is reported and counted, not fatal */
};

struct filter_count {
	uint64_t read, own, refused;
};

/*
 * Runs until the end of input. 0, or -1 with the fault that stopped it.
 * Bad line or refused record without keep_going: what came before is committed and written
 * first, then the fault is returned. With keep_going: reported, and the caller exits SOME
 * when refused is not 0 (bad lines count in it).
 */
int filter_run(
    const struct filter *, int fd, const char *file, struct filter_count *, struct fault *);
/* The same over the operands (files, "-"), or standard input if there are none. */
int filter_files(
    const struct filter *, char *const *files, struct filter_count *, struct fault *);

#endif
