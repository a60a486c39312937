/*
 * health: pragmas that look, the chain recomputed, and open calls counted.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "control.h"
#include "health.h"
#include "journal.h"
#include "mem.h"

const char *
health_sqlite(void)
{
	return sqlite3_libversion();
}

enum { ROOM = 8 << 20 }; /* of a thousand webhooks, their rollback and what else writes */

const char *
health_room(const char *path)
{
	struct statvfs disk;
	struct rlimit most;
	struct stat st;

	if (access(path, W_OK) < 0 || stat(path, &st) < 0)
		return "the store's file cannot be written";
	if (statvfs(path, &disk) == 0 && disk.f_bavail * disk.f_frsize < ROOM)
		return "the disk is full";
	if (getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur != RLIM_INFINITY &&
	    (rlim_t)st.st_size + ROOM > most.rlim_cur)
		return "the store is nearly as large as a file may be here";
	return NULL;
}

int
health_try(struct db *db, struct fault *f)
{
	sqlite3_stmt *s;
	int rc;

	if (db_begin(db, f) < 0)
		return -1;
	s = db_sql(db, "UPDATE home SET created_at = created_at", f);
	rc = db_run(db, s, f);
	db_rollback(db);
	return rc;
}

static int
first_text(struct db *db, const char *sql, char *out, size_t size, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, sql, f);
	int n = db_step(db, s, f);

	if (n < 0)
		return -1;
	if (n > 0)
		copy_text(out, size, col_t(s, 0) ? col_t(s, 0) : "");
	sqlite3_reset(s);
	return 0;
}

static int
look_for_damage(struct db *db, struct health *h, struct fault *f)
{
	struct fault broken;
	int rc;

	if (first_text(db, "PRAGMA integrity_check(1)", h->damage, sizeof(h->damage), f) < 0)
		return -1;
	if (strcmp(h->damage, "ok") != 0)
		return 0;
	h->damage[0] = '\0';
	rc = journal_verify(db, &h->rows, &h->erased, &broken);
	if (rc < 0) {
		*f = broken;
		return -1;
	}
	if (rc > 0)
		copy_text(h->damage, sizeof(h->damage), broken.text);
	return 0;
}

static int
count_calls(struct db *db, struct health *h, struct fault *f)
{
	struct uuid after = {{0}};
	struct order o;
	int got;

	while ((got = calls_next_open(db, NULL, &after, &o, f)) > 0) {
		h->open++;
		h->abandoned += !owner_alive(db, o.owner);
	}
	if (got < 0)
		return -1;
	return db_one(
	    db, db_sql(db, "SELECT count(*) FROM call WHERE rank = 6", f), 0, &h->unknown, f);
}

int
health_look(struct db *db, struct health *h, struct fault *f)
{
	memset(h, 0, sizeof(*h));
	if (first_text(db, "PRAGMA journal_mode", h->journal_mode, sizeof(h->journal_mode), f) <
		0 ||
	    look_for_damage(db, h, f) < 0)
		return -1;
	return count_calls(db, h, f);
}
