/*
 * keys: one mapping of a settings or campaign file, read key by key. A wrong
 * value is a CONFIG fault that names its place in the file and the way out;
 * with `all` set, every further one is collected too and reading goes on.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "yaml.h"

struct keys {
	const json_t *object;
	const struct yaml *where; /* null: messages name the key alone */
	const char *path;         /* "retry.busy", or null at the top */
	struct buf *all;          /* null, or gets each further error as a line */
	struct fault *f;          /* the first error */
	int *wrong;               /* how many so far; shared by all levels */
};

/* 0 if the value is a mapping; else -1 with the fault that names what it should hold. */
int keys_open(struct keys *, const json_t *value, const char *what);
/* A mapping below k; path must live as long as sub. 1, 0 absent, -1 not a mapping. */
int keys_sub(struct keys *k, const char *key, struct keys *sub, const char *path);
/* Reports every key that is not in the null-terminated list, with the nearest that is. */
void keys_known(struct keys *, const char *const *known);
/* Reports one such key. Returns -1. */
int keys_unknown(struct keys *, const char *key, const char *const *known);
/* Reports "file:line:col: path.key: text" (the key alone where that is all there is). Returns -1. */
int keys_fault(struct keys *, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Reports a key that must be there and is not, with an example of its value. Returns -1. */
int keys_missing(struct keys *, const char *key, const char *example);

/* 1 and the value, 0 absent (the value stays as it was), -1 reported. */
int keys_get(struct keys *, const char *key, const json_t **);
int keys_text(struct keys *, const char *key, const char **); /* not empty */
int keys_bool(struct keys *, const char *key, bool *);        /* true or false */
int keys_int(struct keys *, const char *key, int64_t min, int64_t max, int64_t *);
int keys_duration(struct keys *, const char *key, int64_t min_ms, int64_t max_ms, int64_t *ms);
/* The same for a value that stands below the key, such as an element of its list. 1 or -1. */
int keys_duration_of(struct keys *, const char *key, const json_t *, int64_t min_ms,
    int64_t max_ms, int64_t *ms);
/* A decimal with up to three places, times 1000. */
int keys_milli(struct keys *, const char *key, int64_t min, int64_t max, int64_t *milli);
/* An array that is not empty; a text alone stands for itself (one is 1, then *array is null). */
int keys_list(struct keys *, const char *key, const json_t **array, const char **one);

/* Lower-case letters, digits, - and _, at most 63: what campaigns and exchanges are called. */
int keys_name_ok(const char *);
/* A text that is such a name. 1, 0 absent, -1 reported. */
int keys_name(struct keys *, const char *key, const char **);

const char *json_kind(const json_t *); /* "a text" "a list" ... for messages */

#endif
