/*
 * files: a small file read whole.
 */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>

#include "buf.h"
#include "fault.h"

/* Appends the bytes of a regular file: 0, or -1: NOINPUT, DATAERR if it is longer than max or no file. */
int file_read(const char *path, size_t max, struct buf *, struct fault *);

#endif
