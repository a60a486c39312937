/*
 * health: what `outreach doctor` asks about the store's file and the library
 * that reads it. Looks only.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

/* The SQLite in use, and whether its WAL mode keeps what was committed (in db.c). */
const char *health_sqlite(void);
bool health_wal_is_safe(void);
/* The name of a network file system by its statfs type, null for all others (in db.c). */
const char *health_network(unsigned long type);

/*
 * Why the store at this path cannot be written, as far as a look at its disk tells: literal words, null
 * if it can.
 */
const char *health_room(const char *path);
/* Whether a transaction can be had and writes: one that is rolled back. */
int health_try(struct db *, struct fault *);

struct health {
	char journal_mode[16];
	int64_t open;         /* calls whose line is open */
	int64_t abandoned;    /* of them: no process follows them */
	int64_t unknown;      /* of them or ended so: nobody knows what became of them */
	int64_t rows, erased; /* of the journal */
	char damage[300];     /* what SQLite or the chain finds wrong; empty: nothing */
};

/* Reads all of the store, which takes a while; damage is no fault. */
int health_look(struct db *, struct health *, struct fault *);

#endif
