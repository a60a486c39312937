/*
 * csv: RFC 4180 rows from a stream, with the place of each and its bytes as
 * they came (for --rejects). Quotes, embedded newlines and delimiters, CRLF
 * and LF, a byte order mark. TSV is the same with a tab.
 */
#ifndef CSV_H
#define CSV_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "fault.h"

enum { CSV_ROW_MAX = 1 << 20, CSV_COLUMNS_MAX = 1024 };

struct csv_row {
	struct slice *field; /* unquoted, unescaped; borrowed until the next call */
	size_t n;
	struct slice raw; /* the row as it came, with its line end */
	uint64_t line;    /* physical line where it starts, from 1 */
	uint64_t offset;  /* byte offset in the stream */
};

struct csv; /* reader */

/* delimiter: ',' ';' '\t', or 0 to detect it from the first row. The descriptor stays the caller's. */
struct csv *csv_new(int fd, const char *file, char delimiter);
void csv_free(struct csv *);
char csv_delimiter(const struct csv *); /* 0 until the first row was read */

/* Bytes come from read instead of the descriptor: count, 0 at the end, -1 with the fault set (see charset.h). */
void csv_source(
    struct csv *, ssize_t (*read)(void *arg, char *, size_t, struct fault *), void *arg);

/* The first lines of the stream are no rows, whatever stands in them; before the first csv_next. */
void csv_skip(struct csv *, uint64_t lines);

/*
 * 1 a row, 0 the end, -1: IOERR, or DATAERR "file:line:col: why" (a stray quote, an open quote
 * at the end, a row over CSV_ROW_MAX); after a DATAERR raw, line and offset say which physical
 * line was given up (at most CSV_ROW_MAX bytes of it) and the next call goes on at the line behind
 * it: an open quote costs one line, not the file. Empty lines are skipped. col counts bytes from 1.
 * UTF-8 is the caller's to check.
 */
int csv_next(struct csv *, struct csv_row *, struct fault *);

/* Appends a field quoted where RFC 4180 needs it. */
void csv_put(struct buf *, const char *, size_t, char delimiter);

#endif
