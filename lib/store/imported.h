/*
 * imported: what the files of an import came to, counted over all of them, and
 * as a summary record: one for outreach-import and for a sheet that is uploaded.
 */
#ifndef IMPORTED_H
#define IMPORTED_H

#include "import.h"

enum { IMPORTED_KINDS = 32 };

struct imported {     /* zero it first */
	size_t files; /* the caller's */
	struct import_count count;
	struct {
		const char *code; /* static */
		uint64_t n;
	} kind
	    [IMPORTED_KINDS]; /* of refusals, in the order of their first; the last is all others */
	const char *
	    unapplied; /* a column that may say who must not be called and was left an attribute; or null */
	bool dry;
};

void imported_add(struct imported *, const struct import_count *);
void imported_refused(struct imported *, const char *code);
/* Appends it as a line. */
void imported_record(const struct imported *, const char *tool, struct buf *);

#endif
