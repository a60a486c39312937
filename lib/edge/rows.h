/*
 * rows: a sheet of people one row at a time, whichever of CSV, TSV and NDJSON
 * it is written in, with the place of each row and its bytes as they came.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "csv.h"
#include "ndjson.h"

enum rows_format { ROWS_DETECT, ROWS_CSV, ROWS_TSV, ROWS_NDJSON };

/*
 * One row, borrowed until the next: cells of a table, or one record. Behind a DATAERR of code "syntax" the
 * cells are those of the line if it is cut at each delimiter: what they are worth is the caller's to judge.
 */
struct row {
	uint64_t line;
	struct slice raw; /* with its line end if it had one; null if it was too long to keep */
	const struct slice *field;
	size_t n;
	const struct rec *rec; /* null for a table */
	const char *code;      /* behind a DATAERR: "syntax", or "encoding" */
};

struct rows; /* heap */

/*
 * Starts at the beginning of a file that can seek; the descriptor stays the caller's. delimiter 0 is
 * detected, encoding null is UTF-8. The first skip lines are no rows. Null with a USAGE fault (unknown
 * encoding, an encoding or lines to skip for NDJSON), an IOERR, or a DATAERR that says how to read a
 * workbook.
 */
struct rows *rows_new(int fd, const char *file, enum rows_format, char delimiter,
    const char *encoding, uint64_t skip, struct fault *);
void rows_free(struct rows *);
/* NDJSON: the rows are records, without a header. */
bool rows_are_records(const struct rows *);

/*
 * 1, 0 at the end, -1: IOERR, or DATAERR "file:line:col: why" for one row; then the next call goes on.
 * A row that is UTF-8 in a file of another encoding is such a DATAERR; its raw is as it was.
 */
int rows_next(struct rows *, struct row *, struct fault *);
/* Behind a DATAERR: whether nothing more can be read (the encoding is wrong). */
bool rows_broken(const struct rows *);

#endif
