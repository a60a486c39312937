/*
 * yaml: one YAML 1.1 document (libyaml) to a JSON tree. Plain scalars follow
 * the YAML 1.2 core schema: true/false, null, integers (no leading zero, no
 * octal), everything else text ("yes", "012" and 09:00 stay text). Duplicate
 * keys, anchors, aliases, tags and merges are refused.
 */
#ifndef YAML_H_
#define YAML_H_

#include <jansson.h>

#include "fault.h"

/* Where a value stands in the file, for messages: see yaml_where. */
struct yaml {
	json_t *root;
	struct yaml_mark *marks; /* owned */
	char *file;
};

/* Reads at most 1 MiB. 0, or -1: NOINPUT, or CONFIG with "file:line:col: why". */
int yaml_load(struct yaml *, const char *file, struct fault *);
int yaml_parse(struct yaml *, const char *file, const char *, size_t, struct fault *);
void yaml_release(struct yaml *);

/* CONFIG fault "file:line:col: " + text for a value inside root (the file alone if unknown). */
int yaml_fault(const struct yaml *, const json_t *value, struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
