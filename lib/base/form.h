/*
 * form: the three forms in which a tool shows records: a table for people,
 * NDJSON and CSV for programs; and the cells of a table.
 */
#ifndef FORM_H
#define FORM_H

#include <stdbool.h>

#include "buf.h"
#include "fault.h"

enum form { FORM_TABLE, FORM_NDJSON, FORM_CSV };

/* The value of --format; null: a table where stdout is a terminal, else NDJSON. -1 with a USAGE fault. */
int form_parse(const char *, enum form *, struct fault *);

/* Appends text filled up to width characters (a longer one is not cut), and a space. */
void form_cell(struct buf *, const char *text, int width);
void form_cell_i(struct buf *, int64_t, int width);
/* Ends the line; the last cell leaves no space there. */
void form_end(struct buf *);

#endif
