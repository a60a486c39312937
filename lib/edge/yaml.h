/*
 * yaml: one YAML 1.1 document (libyaml) to a JSON tree. Plain scalars follow
 * the YAML 1.2 core schema without what surprises: true/false, null, integers
 * (no plus, no leading zero, no octal), everything else is text ("yes", 012,
 * +4477, 0.5 and 09:00 stay text). Duplicate keys, anchors, aliases, tags and
 * merges are refused.
 */
#ifndef YAML_H_
#define YAML_H_

#include <jansson.h>
#include <stddef.h>

#include "fault.h"

/* Where the values stand in the file, for messages: see yaml_fault. */
struct yaml {
	json_t *root;            /* null JSON if the document is empty */
	struct yaml_mark *marks; /* owned */
	size_t n;
	char *file;
};

enum { YAML_MAX = 1 << 20, YAML_DEPTH = 32 };

/* Reads a file ("-" is standard input) of at most YAML_MAX bytes. 0, or -1: NOINPUT, or CONFIG with
 * "file:line:col: why". Release in either case. */
int yaml_load(struct yaml *, const char *file, struct fault *);
int yaml_parse(struct yaml *, const char *file, const char *, size_t, struct fault *);
void yaml_release(struct yaml *);

/* CONFIG fault "file:line:col: " + text for an object, array, text or number of the tree (the file
 * alone if unknown; true, false and null are shared, so use yaml_fault_at for them). Returns -1. */
int yaml_fault(const struct yaml *, const json_t *value, struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for the place of a key in an object of the tree; the object's own if it has no such key. */
int yaml_fault_at(const struct yaml *, const json_t *object, const char *key, struct fault *,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The line of a key in an object of the tree, 0 if unknown. */
int yaml_line(const struct yaml *, const json_t *object, const char *key);

#endif
