/*
 * file: a small file whole.
 */
#ifndef FILE_H
#define FILE_H

#include "buf.h"
#include "fault.h"

/*
 * Reads all of a file ("-": standard input, "<stdin>" in messages), at most max bytes; out is
 * NUL-terminated behind them. NOINPUT if it cannot be opened or read, DATAERR if it is longer.
 */
int file_read(const char *path, size_t max, struct buf *out, struct fault *);

#endif
