/*
 * guard: the shape of a request's header, judged before anything acts on it.
 * libmicrohttpd 0.9.75 takes requests that two programs read as different ones
 * (CWE-444): both lengths at once, a length twice, `Content-Length :`. Pure.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum { GUARD_FIELDS = 100 }; /* a request with more is refused */

struct guard_field {
	struct slice name, value;
};

/*
 * Null if the request may be read; else why not, in words: it is answered 400 and its connection
 * closed, since what follows on it cannot be told apart. newer: HTTP/1.1, which must name its host
 * (RFC 9112 sections 3.2, 6.1, 6.3).
 */
const char *guard_fields(const struct guard_field *, size_t n, bool newer);

#endif
