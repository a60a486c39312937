/*
 * simdb: the simulated switch's AstDB, in memory: family and key to a value.
 * Who owns the switch keeps it on disk, one line "family/key<TAB>value" a put.
 */
#ifndef SIMDB_H
#define SIMDB_H

#include <stddef.h>

#include "fault.h"

struct simdb;

struct simdb *simdb_new(void);
void simdb_free(struct simdb *);

void simdb_put(struct simdb *, const char *family, const char *key, const char *value);
/* Borrowed until the next put; null if there is none. Keys compare with case. */
const char *simdb_get(const struct simdb *, const char *family, const char *key);
/* Takes lines as kept on disk, the last value wins; a last line without its end (its writer
 * died) is dropped. DATAERR names the line. */
int simdb_load(struct simdb *, const char *text, size_t len, struct fault *);

#endif
