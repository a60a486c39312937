/*
 * show: how a note is printed.
 */
#ifndef NOTES_SHOW_H
#define NOTES_SHOW_H

#include "buf.h"
#include "note.h"

/* Appends the note record (outreach-record(5)) as one line, with its text if it is to be whole. */
void notes_record(struct buf *, const struct note *, bool whole);
/* Appends a line for people. */
void notes_row(struct buf *, const struct note *);

#endif
