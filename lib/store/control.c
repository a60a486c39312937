/*
 * control: stop and locks.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "contact.h"
#include "control.h"
#include "journal.h"
#include "mem.h"
#include "num.h"
#include "project.h"

/* ---- stop ------------------------------------------------------------------ */

int
control_stop(struct db *db, const char *reason, bool hangup, struct fault *f)
{
	struct buf fact = {0};
	struct entry e = {.at = clock_wall(), .kind = "store.stopped", .source = "tool"};
	int rc = -1;

	buf_member(&fact, "reason", reason);
	buf_member_i(&fact, "hangup", hangup);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (db_begin(db, f) < 0)
		goto out;
	if (project_stop(db, e.at, db->actor, reason, hangup, f) < 0 ||
	    journal_add(db, &e, f) < 0)
		db_rollback(db);
	else
		rc = db_commit(db, f);
out:
	buf_release(&fact);
	return rc;
}

int
control_resume(struct db *db, bool *was, struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = "store.resumed", .source = "tool"};

	if (db_begin(db, f) < 0)
		return -1;
	if (project_resume(db, f) < 0)
		goto bad;
	*was = sqlite3_changes(db->s) > 0;
	if (*was && journal_add(db, &e, f) < 0)
		goto bad;
	return db_commit(db, f);
bad:
	db_rollback(db);
	return -1;
}

int
control_stopped(struct db *db, struct stop *st, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT at, actor, reason, hangup FROM stop WHERE one = 1", f);
	int n = db_step(db, s, f);

	memset(st, 0, sizeof *st);
	if (n <= 0)
		return n;
	st->stopped = true;
	st->at = col_i(s, 0);
	copy_text(st->actor, sizeof st->actor, col_t(s, 1));
	copy_text(st->reason, sizeof st->reason, col_t(s, 2) ? col_t(s, 2) : "");
	st->hangup = col_i(s, 3) != 0;
	sqlite3_reset(s);
	return 0;
}

int
control_check(struct db *db, struct fault *f)
{
	struct stop st;
	char at[32];

	if (control_stopped(db, &st, f) < 0)
		return -1;
	if (!st.stopped)
		return 0;
	return fault(f, REFUSED, "everything is stopped since %s by %s%s%s (outreach resume)",
	    num_instant_text(st.at, at), st.actor, *st.reason ? ": " : "", st.reason);
}

/* ---- owners ---------------------------------------------------------------- */

static char *
lock_path(struct db *db, const char *name)
{
	return xasprintf("%s.d/%s.lock", db->path, name);
}

/* Whether a file that was opened still has its name: another may have removed it before we locked it. */
static bool
has_name(int fd, const char *path)
{
	struct stat held, there;

	return fstat(fd, &held) == 0 && stat(path, &there) == 0 &&
	    held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

/* 1 locked, 0 somebody has it, -1 fault. */
static int
lock_file(struct db *db, const char *name, struct owner *o, struct fault *f)
{
	char *dir = xasprintf("%s.d", db->path);
	int rc = -1;

	memset(o, 0, sizeof *o);
	o->fd = -1;
	o->path = lock_path(db, name);
	copy_text(o->name, sizeof o->name, name);
	if (mkdir(dir, 0777) && errno != EEXIST) {
		fault(f, IOERR, "%s: %s", dir, strerror(errno));
		goto out;
	}
	do { /* again when the file was removed between open and lock */
		if (o->fd >= 0)
			close(o->fd);
		o->fd = open(o->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (o->fd < 0) {
			fault(f, IOERR, "%s: %s", o->path, strerror(errno));
			goto out;
		}
		if (flock(o->fd, LOCK_EX | LOCK_NB)) {
			rc = errno == EWOULDBLOCK
			    ? 0
			    : fault(f, IOERR, "%s: %s", o->path, strerror(errno));
			goto out;
		}
	} while (!has_name(o->fd, o->path));
	rc = 1;
out:
	if (rc <= 0) {
		if (o->fd >= 0)
			close(o->fd);
		free(o->path);
		memset(o, 0, sizeof *o);
		o->fd = -1;
	}
	free(dir);
	return rc;
}

int
owner_take(struct db *db, struct owner *o, struct fault *f)
{
	char name[64], id[37];
	struct uuid u = uuid_make(clock_wall());
	int rc;

	snprintf(name, sizeof name, "%ld-%s", (long)getpid(), uuid_text(&u, id));
	rc = lock_file(db, name, o, f);
	if (rc == 0)
		return fault(f, SOFTWARE, "%s: the new lock is taken", name);
	return rc < 0 ? -1 : 0;
}

int
owner_only(struct db *db, const char *what, struct owner *o, struct fault *f)
{
	return lock_file(db, what, o, f);
}

void
owner_release(struct owner *o)
{
	if (!o->path)
		return;
	unlink(o->path);
	close(o->fd);
	free(o->path);
	memset(o, 0, sizeof *o);
	o->fd = -1;
}

bool
owner_alive(struct db *db, const char *name)
{
	char *path = lock_path(db, name);
	bool alive = false, again;

	do {
		int fd = open(path, O_RDWR | O_CLOEXEC);

		again = false;
		if (fd < 0) {
			alive = errno != ENOENT;
			break;
		}
		/* A lock that cannot be tried counts as held: better to wait than to judge another's calls. */
		alive = flock(fd, LOCK_EX | LOCK_NB) != 0;
		/* Under the name there may be the file of one who took the place of the dead meanwhile. */
		again = !alive && !has_name(fd, path);
		if (!alive && !again)
			unlink(path);
		close(fd);
	} while (again);
	free(path);
	return alive;
}
