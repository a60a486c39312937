/*
 * json: jansson trees with getters that fault instead of guessing.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

/* Parses one value, duplicate keys refused; null with a DATAERR "what:line:col: why". Caller frees (json_decref). */
json_t *json_read(const char *what, const char *, size_t, struct fault *);
/* Compact text in the order of insertion, appended to out. */
void json_write(struct buf *out, const json_t *);

/* 0, or -1 with a DATAERR that names the key and the type found. Strings are borrowed. */
int json_need_text(const json_t *, const char *key, const char **, struct fault *);
int json_need_int(const json_t *, const char *key, int64_t *, struct fault *);
/* Absent or null leaves the value as it was. */
int json_want_text(const json_t *, const char *key, const char **, struct fault *);
int json_want_int(const json_t *, const char *key, int64_t *, struct fault *);
int json_want_bool(const json_t *, const char *key, int *, struct fault *);

#endif
