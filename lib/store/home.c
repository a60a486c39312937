/*
 * home: a store is written beside its name and renamed when it is whole; its
 * home is the file system, the inode and the machine that are noted in it.
 */
#include <sys/stat.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "home.h"
#include "journal.h"
#include "mem.h"
#include "renumber.h"
#include "store_parts.h"
#include "temp.h"

extern const char sql_schema[];

struct identity {
	char machine[64];
	int64_t
	    device; /* the file system's id, stable over reboots where the kernel gives one */
	int64_t inode;
};

static int
identity_of(const char *path, struct identity *id, struct fault *f)
{
	struct stat st;
	struct statfs sf;
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	memset(id, 0, sizeof *id);
	if (fd >= 0) {
		n = read(fd, id->machine, sizeof id->machine - 1);
		close(fd);
	}
	id->machine[n > 0 ? n : 0] = '\0';
	id->machine[strcspn(id->machine, "\n")] = '\0';
	if (stat(path, &st) || statfs(path, &sf))
		return fault(f, IOERR, "%s: %s", path, strerror(errno));
	id->inode = (int64_t)st.st_ino;
	memcpy(&id->device, &sf.f_fsid,
	    sizeof id->device < sizeof sf.f_fsid ? sizeof id->device : sizeof sf.f_fsid);
	return 0;
}

static int
put_home(struct db *db, const char *store, const struct identity *id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO home (one, store, machine, device, inode, created_at)"
	    " VALUES (1, :store, :machine, :device, :inode, :at)"
	    " ON CONFLICT (one) DO UPDATE SET machine = :machine, device = :device, inode = :inode",
	    f);

	bind_t(db, s, ":store", store);
	bind_t(db, s, ":machine", id->machine);
	bind_i(db, s, ":device", id->device);
	bind_i(db, s, ":inode", id->inode);
	bind_i(db, s, ":at", clock_wall());
	return db_run(db, s, f);
}

static int
put_secret(struct db *db, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "INSERT INTO secret (one, key) VALUES (1, :key)", f);
	unsigned char key[32];

	rand_bytes(key, sizeof key);
	bind_b(db, s, ":key", key, sizeof key);
	return db_run(db, s, f);
}

/* An empty file that its owner alone reads: names and numbers come into it. path: what it is to become. */
static int
make_private(const char *tmp, const char *path, struct fault *f)
{
	int fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return fault(f, IOERR, "%s: cannot be made: %s", path, strerror(errno));
	close(fd);
	return 0;
}

/*
 * The schema in a fresh file of a temporary name; the name appears only when all of it is there. Pages of
 * 8 KiB: an import journals and rewrites half as many; with 16 KiB claims cost more (tests/bench/README.md).
 */
static int
fill_new(const char *tmp, struct fault *f)
{
	struct db db = {.turn = -1};
	struct identity id;
	struct uuid store = uuid_make(clock_wall());
	char name[37];
	struct entry e = {.at = clock_wall(), .kind = "store.created", .source = "tool"};
	int rc = -1;

	db.path = xstrdup(tmp);
	db.stmts = NULL;
	if (sqlite3_open_v2(tmp, &db.s,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, NULL) ||
	    sqlite3_exec(db.s,
		"PRAGMA page_size = 8192; PRAGMA journal_mode = TRUNCATE; BEGIN;", NULL, NULL,
		NULL) ||
	    sqlite3_exec(db.s, sql_schema, NULL, NULL, NULL)) {
		db_fault(&db, f, "create");
		goto out;
	}
	char *pragma =
	    sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
		DB_APPLICATION, DB_VERSION);
	rc = sqlite3_exec(db.s, pragma, NULL, NULL, NULL) ? db_fault(&db, f, "create") : 0;
	sqlite3_free(pragma);
out:
	sqlite3_close(db.s);
	free(db.path);
	if (rc < 0 || db_open(&db, tmp, DB_WRITE, f) < 0)
		return -1;
	rc = -1;
	if (identity_of(tmp, &id, f) == 0 && db_begin(&db, f) == 0 &&
	    put_home(&db, uuid_text(&store, name), &id, f) == 0 && put_secret(&db, f) == 0 &&
	    numbers_note(&db, f) == 0 && journal_add(&db, &e, f) == 0)
		rc = db_commit(&db, f);
	db_close(&db);
	return rc;
}

int
home_make(const char *path, struct fault *f)
{
	char *tmp = xasprintf("%s.new-%ld", path, (long)getpid());
	char *turn = xasprintf("%s.turn", tmp);
	char *journal = xasprintf("%s-journal", tmp);
	int rc;

	if (access(path, F_OK) == 0) {
		rc = fault(f, DATAERR, "%s: exists already; nothing was changed", path);
		goto out;
	}
	temp_sweep(path, "new");
	rc = make_private(tmp, path, f);
	if (rc == 0)
		rc = fill_new(tmp, f);
	if (rc == 0 && link(tmp, path) < 0) /* unlike rename, never replaces */
		rc = fault(
		    f, errno == EEXIST ? DATAERR : IOERR, "%s: %s", path, strerror(errno));
out:
	unlink(tmp);
	unlink(turn);
	unlink(journal);
	free(journal);
	free(turn);
	free(tmp);
	return rc;
}

int
home_may_dial(struct db *db, struct fault *f)
{
	struct identity here;
	sqlite3_stmt *s =
	    db_sql(db, "SELECT machine, device, inode FROM home WHERE one = 1", f);
	int n = db_step(db, s, f), same;

	if (n < 0 || identity_of(db->path, &here, f) < 0)
		return -1;
	same = n && !strcmp(col_t(s, 0), here.machine) && col_i(s, 1) == here.device &&
	    col_i(s, 2) == here.inode;
	sqlite3_reset(s);
	if (!same)
		return fault(f, REFUSED,
		    "%s: is a copy of a store (or was moved to another file system or machine), and two stores must not call the same people; if the other one is gone for good: outreach adopt",
		    db->path);
	return numbers_check(db, f);
}

int
home_adopt(struct db *db, struct fault *f)
{
	struct identity id;
	struct entry e = {.at = clock_wall(), .kind = "store.adopted", .source = "tool"};

	if (identity_of(db->path, &id, f) < 0 || db_begin(db, f) < 0)
		return -1;
	if (put_home(db, "", &id, f) < 0 || journal_add(db, &e, f) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}

/* ---- backup ---------------------------------------------------------------- */

enum { BACKUP_PAGES = 256 /* 2 MiB */, BACKUP_RESTARTS = 3 };

/*
 * Copies in short reads; each change by another process makes SQLite start again, so after a few
 * restarts the rest is done in the turn of the writers.
 */
static int
copy_pages(struct db *db, sqlite3 *to, const char *name, struct fault *f)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", db->s, "main");
	int rc = SQLITE_OK, restarts = 0, left = 1 << 30;

	if (!b)
		return fault(f, IOERR, "%s: %s", name, sqlite3_errmsg(to));
	while (rc == SQLITE_OK && restarts < BACKUP_RESTARTS) {
		rc = sqlite3_backup_step(b, BACKUP_PAGES);
		if (sqlite3_backup_remaining(b) > left)
			restarts++;
		left = sqlite3_backup_remaining(b);
	}
	if (rc == SQLITE_OK) {
		if (db_take_turn(db, f) < 0) {
			sqlite3_backup_finish(b);
			return -1;
		}
		rc = sqlite3_backup_step(b, -1);
		db_give_turn(db);
	}
	sqlite3_backup_finish(b);
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) /* longer than the busy handler waits */
		return fault(f, TEMPFAIL,
		    "%s: another process holds the store; no copy was made; try again",
		    db->path);
	if (rc != SQLITE_DONE)
		return fault(f, IOERR, "%s: %s; no copy was made", name, sqlite3_errstr(rc));
	return 0;
}

int
home_backup(struct db *db, const char *to, struct fault *f)
{
	char *tmp = xasprintf("%s.new-%ld", to, (long)getpid());
	sqlite3 *dest = NULL;
	int rc = -1, fd;

	if (access(to, F_OK) == 0) {
		fault(f, DATAERR, "%s: exists already; nothing was written", to);
		goto out;
	}
	temp_sweep(to, "new");
	if (make_private(tmp, to, f) < 0)
		goto out;
	if (sqlite3_open_v2(tmp, &dest, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)) {
		fault(f, IOERR, "%s: %s", tmp, sqlite3_errmsg(dest));
		goto out;
	}
	rc = copy_pages(db, dest, to, f);
out:
	sqlite3_close(dest);
	if (rc == 0) {
		fd = open(tmp, O_RDWR | O_CLOEXEC);
		if (fd < 0 || fsync(fd) < 0 || link(tmp, to) < 0)
			rc = fault(f, IOERR, "%s: %s", to, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	unlink(tmp);
	free(tmp);
	return rc;
}

/* ---- upgrade --------------------------------------------------------------- */

/* Migrations by the version that they start from; each is one transaction. */
static const struct {
	int from;
	const char *sql;
} migration[] = {
    {0, NULL}, /* version 1 is the first */
};

static int
version_of(const char *path, int *version, struct fault *f)
{
	unsigned char h[DB_HEADER];

	if (db_check_file(path, h, f) < 0)
		return -1;
	if ((h[68] << 24 | h[69] << 16 | h[70] << 8 | h[71]) != DB_APPLICATION)
		return fault(f, CONFIG,
		    "%s: is an SQLite file, but not a store of outreach (-d or $OUTREACH_DB names another)",
		    path);
	*version = h[60] << 24 | h[61] << 16 | h[62] << 8 | h[63];
	return 0;
}

int
home_upgrade(const char *path, int *from, struct fault *f)
{
	if (version_of(path, from, f) < 0)
		return -1;
	if (*from == DB_VERSION)
		return 0;
	if (*from > DB_VERSION)
		return fault(f, CONFIG,
		    "%s: was made by a newer outreach (version %d); use that one", path, *from);
	for (size_t i = 0; i < COUNT(migration); i++)
		if (migration[i].from == *from && migration[i].sql)
			return fault(f, SOFTWARE, "a migration without its runner");
	return fault(f, CONFIG,
	    "%s: there is no way from version %d to %d; import the contacts anew", path, *from,
	    DB_VERSION);
}
