/*
 * control: stop, do-not-call and locks.
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
#include "store_parts.h"

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

/* ---- do-not-call ------------------------------------------------------------ */

/* Runs in the caller's transaction, or in one of its own. */
static int
own_begin(struct db *db, bool *own, struct fault *f)
{
	*own = !db->writing;
	return *own ? db_begin(db, f) : 0;
}

static int
own_end(struct db *db, bool own, int rc, struct fault *f)
{
	if (!own)
		return rc;
	if (rc < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f) < 0 ? -1 : rc;
}

static int
dnc_journal(struct db *db, const char *kind, int64_t at, int64_t phone, const char *source,
    const char *reason, struct fault *f)
{
	struct buf body = {0};
	char text[20];
	struct entry e = {.at = at, .kind = kind, .source = "tool"};
	int rc;

	/* The number is personal, and the wish has to outlive the person's record: no contact here. */
	buf_member(&body, "phone", phone_text(phone, text));
	buf_member(&body, "source", source);
	buf_member(&body, "reason", reason);
	buf_addc(&body, '}');
	e.body = body.p;
	rc = journal_add(db, &e, f);
	buf_release(&body);
	return rc;
}

int
dnc_add(struct db *db, int64_t phone, const char *source, const char *reason, struct fault *f)
{
	int64_t now = clock_wall();
	bool own;
	int added;

	if (own_begin(db, &own, f) < 0)
		return -1;
	added = project_dnc_add(db, phone, now, source, reason, db->actor, f);
	if (added > 0 &&
	    (dnc_journal(db, "dnc.added", now, phone, source, reason, f) < 0 ||
		claims_withdraw(db, 0, phone, 0, f) < 0))
		added = -1;
	return own_end(db, own, added, f);
}

int
dnc_remove(struct db *db, int64_t phone, const char *reason, struct fault *f)
{
	bool own;
	int removed;

	if (own_begin(db, &own, f) < 0)
		return -1;
	removed = project_dnc_remove(db, phone, f);
	if (removed > 0 &&
	    (dnc_journal(db, "dnc.removed", clock_wall(), phone, NULL, reason, f) < 0 ||
		targets_of_number_settle(db, phone, f) < 0))
		removed = -1;
	return own_end(db, own, removed, f);
}

static void
copy_column(char *to, size_t size, sqlite3_stmt *s, int col)
{
	const char *text = col_t(s, col);

	copy_text(to, size, text ? text : "");
}

/* A copy: with the row still open nobody could commit, nor we have our turn. */
static void
read_dnc(sqlite3_stmt *s, struct dnc *d)
{
	d->phone = col_i(s, 0);
	d->at = col_i(s, 1);
	copy_column(d->source, sizeof d->source, s, 2);
	copy_column(d->reason, sizeof d->reason, s, 3);
	copy_column(d->actor, sizeof d->actor, s, 4);
	sqlite3_reset(s);
}

int
dnc_get(struct db *db, int64_t phone, struct dnc *d, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT phone, at, source, reason, actor FROM dnc WHERE phone = :phone", f);
	int n;

	bind_i(db, s, ":phone", phone);
	if ((n = db_step(db, s, f)) > 0)
		read_dnc(s, d);
	return n;
}

int
dnc_next(struct db *db, int64_t *after, struct dnc *d, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT phone, at, source, reason, actor FROM dnc WHERE phone > :after"
	    " ORDER BY phone LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":after", *after);
	if ((n = db_step(db, s, f)) > 0) {
		read_dnc(s, d);
		*after = d->phone;
	}
	return n;
}

/* ---- owners ---------------------------------------------------------------- */

static char *
lock_path(struct db *db, const char *name)
{
	return xasprintf("%s.d/%s.lock", db->path, name);
}

/* 1 locked, 0 somebody has it, -1 fault. */
static int
lock_file(struct db *db, const char *name, struct owner *o, struct fault *f)
{
	char *dir = xasprintf("%s.d", db->path);
	struct stat held, there;
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
	} while (fstat(o->fd, &held) || stat(o->path, &there) || held.st_ino != there.st_ino);
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
	int fd = open(path, O_RDWR | O_CLOEXEC);
	bool alive = false;

	if (fd >= 0) {
		/* A lock that cannot be tried counts as held: better to wait than to judge another's calls. */
		alive = flock(fd, LOCK_EX | LOCK_NB) != 0;
		if (!alive)
			unlink(path);
		close(fd);
	} else
		alive = errno != ENOENT;
	free(path);
	return alive;
}
