/*
 * db: the store's file. Opens it with everything read back, takes the
 * turnstile before every write, prepares each statement once. The rest of
 * lib/store builds on it; nothing outside lib/store sees SQLite.
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "buf.h"
#include "fault.h"
#include "rand.h"

enum { DB_APPLICATION = 0x4f555452, DB_VERSION = 1 };

enum db_mode { DB_READ, DB_WRITE };

struct journal; /* journal.c: rows of the open transaction, the head of the chain */

struct db {
	sqlite3 *s;
	char *path;
	int turn;      /* the turnstile's descriptor, -1 until the first write */
	int wait_s;    /* for the turn and for SQLite's locks; a test shortens it */
	bool has_turn; /* this process writes, or is about to */
	bool had_turn; /* and did before */
	bool writing;
	bool failed;     /* a bind named no parameter: our bug, found at the next step */
	char actor[128]; /* "user@host" */
	struct db_stmt *stmts;
	struct db_stmt *taken; /* by db_sql, last */
	struct journal *journal;
	unsigned char mark_key[32]; /* mark.c */
	bool has_mark_key;
	struct people_cache *people;
	struct plans *plans;                  /* compiled campaigns, by id and plan_revision */
	struct zones_state *zones;            /* zones.c: the operator's prefixes, zones read */
	struct calls *calls;                  /* calls touched in the open transaction */
	struct optout *optout;                /* phrases, once something was said (optouts.h) */
	void (*optout_free)(struct optout *); /* so that only who listens is linked to them */
};

/*
 * Opens an existing store. NOINPUT: no such file (says `outreach init`). CONFIG: not ours, newer,
 * older (says `outreach upgrade`), WAL with an affected SQLite, a network file system.
 * A copy opens for reading and for writing; only home_may_dial refuses it.
 */
int db_open(struct db *, const char *path, enum db_mode, struct fault *);
void db_close(struct db *); /* rolls back what is open */
/* At most so much memory for pages of the file (16 MiB else): for who lives long beside others. */
int db_cache(struct db *, int kib, struct fault *);

/*
 * A write transaction: turnstile (flock), BEGIN IMMEDIATE. Keep it under 50 ms and do not wait in it.
 * TEMPFAIL when another writer holds the store for over 30 s; IOERR on a full disk. db_commit also
 * closes the journal's transaction; after a failed commit everything is rolled back.
 */
int db_begin(struct db *, struct fault *);
int db_commit(struct db *, struct fault *);
void db_rollback(struct db *);
/*
 * Reads that belong together: one lock and one state of the store for all of them, at most 50 ms.
 * Nothing may be written before db_looked.
 */
int db_look(struct db *, struct fault *);
void db_looked(struct db *);
/* Whether another process waits for its turn while this one has it. */
bool db_is_waited_for(struct db *);

/* ---- for lib/store only ---- */

/* The prepared statement of a string literal (cached by its address), reset and unbound. Null with a fault. */
sqlite3_stmt *db_sql(struct db *, const char *sql, struct fault *);
void bind_i(struct db *, sqlite3_stmt *, const char *name, int64_t);
void bind_t(struct db *, sqlite3_stmt *, const char *name,
    const char *); /* null binds NULL; borrowed until the reset */
void bind_b(struct db *, sqlite3_stmt *, const char *name, const void *, size_t);
void bind_null(struct db *, sqlite3_stmt *, const char *name);
/* NULL where it is none. */
void bind_or_null(struct db *, sqlite3_stmt *, const char *name, int64_t, int64_t none);
/* 1 a row, 0 done (and reset), -1 fault (and reset). */
int db_step(struct db *, sqlite3_stmt *, struct fault *);
/* Steps to the end; for statements that give no rows. */
int db_run(struct db *, sqlite3_stmt *, struct fault *);
/* One integer of one row, or the default when there is no row. */
int db_one(struct db *, sqlite3_stmt *, int64_t none, int64_t *, struct fault *);
/* The id in the one row: 1, 0 there is no row or it is null, -1. */
int db_one_id(struct db *, sqlite3_stmt *, struct uuid *, struct fault *);
int db_exec(struct db *, const char *sql, struct fault *);
const char *col_t(sqlite3_stmt *, int col);          /* null stays null */
bool col_id(sqlite3_stmt *, int col, struct uuid *); /* of a call; false: null */
#define col_i sqlite3_column_int64

/* Sets a fault from SQLite's last error: TEMPFAIL for busy and locked, IOERR for full and I/O, else SOFTWARE. */
int db_fault(struct db *, struct fault *, const char *doing);

#endif
