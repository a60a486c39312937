/*
 * buf: a growing byte buffer, and slices of bytes that somebody else owns.
 */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p; /* always NUL-terminated once anything was added */
	size_t len;
	size_t cap;
};

/* Bytes borrowed from elsewhere; not NUL-terminated. */
struct slice {
	const char *p;
	size_t len;
};

#define SLICE(s) ((struct slice){(s), sizeof(s) - 1})

void buf_release(struct buf *); /* frees and zeroes */
void buf_reset(struct buf *);   /* len = 0, memory kept */
void buf_need(struct buf *, size_t more);
void buf_add(struct buf *, const void *, size_t);
void buf_adds(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_addi(struct buf *, int64_t);
void buf_printf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends s as a JSON string with its quotes; s must be valid UTF-8. */
void buf_json(struct buf *, const char *s, size_t len);
/* Appends ,"key": or {"key": depending on what the buffer ends with. */
void buf_key(struct buf *, const char *key);
/* Appends the member "key":"text"; a null text appends nothing. */
void buf_member(struct buf *, const char *key, const char *text);
void buf_member_i(struct buf *, const char *key, int64_t);
/* The same of JSON as it stands: the key without its quotes, any value. */
void buf_member_raw(struct buf *, struct slice key, struct slice value);

/* Appends s as one word of the shell, in quotes where it needs them. */
void buf_shell(struct buf *, struct slice);

/* Appends text in UTF-8, whatever s is (a name of a file): each byte that is wrong becomes U+FFFD. */
void buf_utf8(struct buf *, const char *s);

struct slice slice(const char *);
int slice_is(struct slice, const char *); /* equal bytes */
char *slice_dup(struct slice);            /* xstrndup */

#endif
