/*
 * charset: a stream in another character encoding read as UTF-8 (iconv(3)),
 * for --encoding NAME. Nothing is guessed, replaced or left out: a sequence
 * that the encoding does not allow is a fault with its place.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include <stdbool.h>
#include <sys/types.h>

#include "buf.h"
#include "fault.h"

struct charset; /* heap */

/* Null with a USAGE fault if iconv does not know the encoding. The descriptor stays the caller's. */
struct charset *charset_new(int fd, const char *file, const char *encoding, struct fault *);
void charset_free(struct charset *);

/*
 * Fills at most size (64 or more) bytes of UTF-8: count, 0 at the end, -1: IOERR, or DATAERR
 * "file:line: byte N: not valid NAME" with N counted from 0 in the original. Text before the
 * wrong place was given already; there is no going on behind it. Fits csv_source.
 */
ssize_t charset_read(void *charset, char *, size_t size, struct fault *);

/*
 * Whether text that came out of here was UTF-8 already, in a file of another encoding: out gets its
 * bytes as they were. False for plain ASCII, and for encodings of several bytes a character, where
 * that cannot be told.
 */
bool charset_was_utf8(struct charset *, struct slice, struct buf *out);

#endif
