/*
 * transcript: what was said in a call, by everybody, in the order of time.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "db.h"
#include "summary.h"

/* Zero it first; its memory serves from call to call. */
struct transcript {
	struct summary_line *line; /* texts in text */
	size_t n, cap;
	bool erased; /* some of it was, by age or because the person is forgotten */
	struct buf text;
};

/* Reads that of a call, under whatever id it came. 0, or -1: DATAERR if it is too long (SUMMARY_*). */
int transcript_read(struct db *, const struct uuid *call, struct transcript *, struct fault *);
void transcript_release(struct transcript *);

#endif
