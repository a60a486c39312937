/*
 * column: one text a row, from a file of lines, from one column of a table, or
 * from one member of records; read once from start to end, and hashed.
 */
#ifndef COLUMN_H
#define COLUMN_H

#include <stdint.h>

#include "buf.h"
#include "fault.h"

/* DETECT: records if the first byte is "{", a table if a column is named, else lines. */
enum column_format { COLUMN_DETECT, COLUMN_LINES, COLUMN_CSV, COLUMN_NDJSON };

struct column; /* heap */

/*
 * name: the column or member; null: the member "phone". A name of digits counts the columns of a
 * table without a header from 1. The descriptor and the texts stay the caller's. Null with a USAGE or IOERR fault.
 */
struct column *column_new(
    int fd, const char *file, enum column_format, const char *name, struct fault *);
void column_free(struct column *);
/*
 * The next text without the blanks around it, borrowed until the next call, and its line: 1, 0 at the
 * end, -1: IOERR, or DATAERR "file:line: why" for one row, then the next call goes on; DATAERR without
 * such a column ends it. Blank lines are skipped.
 */
int column_next(struct column *, struct slice *, uint64_t *line, struct fault *);
/* After the end: SHA-256 of every byte, in hex. */
void column_digest(struct column *, char hex[65]);

#endif
