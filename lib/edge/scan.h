/*
 * scan: the JSON grammar (RFC 8259) over bytes, once from left to right, with
 * the UTF-8 check in the same step. It builds nothing: who wants values is
 * told where the top-level members stand.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>

#include "buf.h"
#include "ndjson.h"

enum { JSON_DEPTH_MAX = 128 }; /* arrays and objects inside one another */

/*
 * As json_scan, and says in words why a text is refused. Bytes from p up to safe may be read, so
 * that strings are examined in wide steps; where safe lies behind p + len, p[len] must be a
 * control character.
 */
ptrdiff_t scan_json(const char *p, size_t len, const char *safe,
    void (*member)(void *arg, const struct rec_member *), void *arg, const char **why);

/* Appends the text of a scanned JSON string's inside, its escapes resolved. */
void scan_unescape(struct buf *, struct slice inside);

#endif
