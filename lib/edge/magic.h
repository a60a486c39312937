/*
 * magic: files that are no text, known by their first bytes, and the program
 * that makes text of them.
 */
#ifndef MAGIC_H
#define MAGIC_H

#include <stddef.h>

#include "fault.h"

enum { MAGIC_SIZE = 128 }; /* as many bytes are looked at */

/*
 * 0 if the file may be text, else -1 with a DATAERR that says what it is and the pipe that reads it
 * (into tool, with options). file is its name as it was given.
 */
int magic_check(const char *file, const char *p, size_t n, const char *tool, struct fault *);

#endif
