/*
 * confined: rules name inodes, so every file must be there before they are made.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "confined.h"
#include "mem.h"
#include "store_parts.h"

/* A write that changes nothing, by SQLite itself, so that the journal gets the mode of the store. */
static int
make_journal(struct db *db, struct fault *f)
{
	char *sql = xasprintf("PRAGMA user_version = %d", DB_VERSION);
	int rc = db_begin(db, f);

	if (rc == 0) {
		rc = db_exec(db, sql, f);
		if (rc == 0)
			rc = db_commit(db, f);
		else
			db_rollback(db);
	}
	free(sql);
	return rc;
}

static int
make_turn(struct db *db, struct fault *f)
{
	if (db_take_turn(db, f) < 0)
		return -1;
	db_give_turn(db);
	return 0;
}

static int
allow_beside(
    struct db *db, struct sandbox *s, const char *suffix, unsigned what, struct fault *f)
{
	char *path = xasprintf("%s%s", db->path, suffix);
	int rc = sandbox_allow(s, path, what, f);

	free(path);
	return rc;
}

/* SQLite syncs the folder with the journal; without the right to open it, it silently would not. */
static int
allow_sync(const char *file, struct sandbox *s, struct fault *f)
{
	const char *slash = strrchr(file, '/');
	char *folder = slash ? xstrndup(file, (size_t)(slash - file) + 1) : xstrdup(".");
	int rc = sandbox_allow(s, folder, SANDBOX_LIST, f);

	free(folder);
	return rc;
}

int
confined_allow(struct confined *c, struct db *db, struct sandbox *s, struct fault *f)
{
	/* SQLite's own name: the journal of a symbolic link lies beside what it points to. */
	const char *file = sqlite3_db_filename(db->s, "main");

	c->journal = xstrdup(sqlite3_filename_journal(file));
	if (stat(c->journal, &c->was) < 0 &&
	    (errno != ENOENT || make_journal(db, f) < 0 || stat(c->journal, &c->was) < 0))
		return fault(f, IOERR, "%s: %s", c->journal, strerror(errno));
	if (make_turn(db, f) < 0 || sandbox_allow(s, file, SANDBOX_WRITE, f) < 0 ||
	    sandbox_allow(s, c->journal, SANDBOX_WRITE, f) < 0 || allow_sync(file, s, f) < 0 ||
	    allow_beside(db, s, ".turn", SANDBOX_WRITE, f) < 0)
		return -1;
	return allow_beside(db, s, ".d", SANDBOX_WRITE | SANDBOX_LIST | SANDBOX_CHANGE, f);
}

void
confined_release(struct confined *c)
{
	free(c->journal);
	*c = (struct confined){0};
}

bool
confined_intact(const struct confined *c)
{
	struct stat is;

	return !c->journal ||
	    (stat(c->journal, &is) == 0 && is.st_ino == c->was.st_ino &&
		is.st_dev == c->was.st_dev);
}
