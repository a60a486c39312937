/*
 * ndjson: records, one JSON object a line, read by line and scanned once for
 * their top-level keys; what is not for a filter passes as bytes. Trees
 * (jansson) only where a tree is needed: see json.h.
 */
#ifndef NDJSON_H
#define NDJSON_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

enum {
	NDJSON_LINE_MAX = 4 << 20, /* bytes; a longer line is a DATAERR that names it */
	NDJSON_MEMBERS_MAX = 1024  /* top-level fields of one record */
};

struct rec_member {
	struct slice key;   /* raw, without its quotes */
	struct slice value; /* raw */
	bool escaped;       /* the key was written with escapes */
};

/* One record; borrowed from the reader until its next call. */
struct rec {
	const char *p; /* the line without its newline */
	size_t len;
	uint64_t line;     /* 1 is the first */
	const char *file;  /* "<stdin>" for descriptor 0 */
	struct slice type; /* value of "type" as text; empty if there is none */
	const struct rec_member
	    *member; /* the top-level fields in order; null: not indexed yet */
	size_t members;
};

struct ndjson {
	int fd;
	const char *file;
	uint64_t line;
	struct buf in; /* bytes read and not consumed yet */
	size_t at;
	bool end;
	size_t next;   /* where the line at `at` ends, once it was looked for; else 0 */
	size_t looked; /* there is no newline before this offset */
	bool skipping; /* inside a line that was too long */
	struct rec_member *member;
	size_t members, members_cap;
	uint64_t keys;   /* a bit for each key seen in this record: finds most duplicates */
	const char *why; /* a member was refused: the reason and where */
	const char *why_at;
	struct buf type; /* the type's text where it was written with escapes */
};

void ndjson_init(struct ndjson *, int fd, const char *file);
void ndjson_release(struct ndjson *);

/*
 * The next record: 1, 0 at the end, -1 with a DATAERR ("file:line:col: why") or IOERR.
 * Blank lines are skipped. The line must be one JSON object by RFC 8259, valid UTF-8,
 * without NUL or a repeated top-level key; after a DATAERR the next call goes on behind the
 * bad line. The record is valid until the next call of ndjson_next or ndjson_ready.
 */
int ndjson_next(struct ndjson *, struct rec *, struct fault *);
/*
 * For who cuts lines itself: checks the line in rec (p, len, line and file are set) as ndjson_next
 * does and indexes it; the index is the reader's. 0, or -1 with the DATAERR.
 */
int ndjson_line(struct ndjson *, struct rec *, struct fault *);
/* 1 if a whole further line lies in memory: the next ndjson_next does not move the buffer. */
int ndjson_buffered(struct ndjson *);
/* 1 if ndjson_next gives a line or a fault without waiting for the writer; may read. */
int ndjson_ready(struct ndjson *);

/* The raw JSON value of a top-level key: 1 found, 0 not. Strings keep their quotes. */
int rec_find(const struct rec *, const char *key, struct slice *value);
/* A top-level string, unescaped into out (replaced): 1, 0 absent or null, -1 DATAERR if no string. */
int rec_text(const struct rec *, const char *key, struct buf *out, struct fault *);
/* A top-level integer: 1, 0 absent or null, -1 DATAERR if no integer. */
int rec_int(const struct rec *, const char *key, int64_t *, struct fault *);
/*
 * Appends the members of an indexed record whose keys are not in named (null-terminated) as they
 * came, as buf_member does. A name that is written with escapes is that name.
 */
void rec_rest(const struct rec *, const char *const *named, struct buf *out);
/* Sets a DATAERR "file:line: " + the printf text; returns -1. */
int rec_fault(const struct rec *, struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Scans one JSON value's structure (RFC 8259 grammar, UTF-8 checked).
 * Returns bytes consumed, or -1 - offset of the first wrong byte.
 * Calls member, if not null, for each member of a top-level object.
 */
ptrdiff_t json_scan(
    const char *, size_t, void (*member)(void *arg, const struct rec_member *), void *arg);

#endif
