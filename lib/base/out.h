/*
 * out: stdout that is checked. Records collect in a buffer and leave with
 * out_flush; the last line of every main is return out_close(status).
 */
#ifndef OUT_H
#define OUT_H

#include "buf.h"
#include "fault.h"

/* Writes the whole buffer to descriptor 1 and resets it; IOERR "standard output: why". */
int out_flush(struct buf *, struct fault *);
/* The same for bytes that lie elsewhere. */
int out_write(const char *, size_t, struct fault *);
/* Flushes and closes stdio's stdout; a failed write turns a good status into IOERR with a line on stderr. */
int out_close(const char *tool, int status);

#endif
