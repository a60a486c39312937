/*
 * db: the store's file. Opening checks that the file is ours, in a journal
 * mode that does not lose data with this SQLite, and of our version; writing
 * goes through the turnstile, so that writers queue instead of starving.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db.h"
#include "health.h"
#include "mem.h"
#include "store_parts.h"

extern const char sql_schema[];

enum { STMTS = 512, WAIT_S = 30, HAND_OVER_MS = 20 };

/*
 * Where each parameter was found, in the order in which it was bound last time: the names are string
 * literals, so the same pointer is the same name, and looking it up again is not needed.
 */
enum { PARAMETERS = 24 };

struct db_stmt {
	const char *sql;
	sqlite3_stmt *s;
	const char *name[PARAMETERS];
	int index[PARAMETERS];
	int bound; /* since the statement was taken */
};

int
db_fault(struct db *db, struct fault *f, const char *doing)
{
	int rc = sqlite3_errcode(db->s);
	int code = SOFTWARE;
	const char *out = "";

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		code = TEMPFAIL;
		out = " (another process holds the store; try again)";
		break;
	case SQLITE_FULL:
		code = IOERR;
		out = " (the disk is full; nothing of this step was kept)";
		break;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN: code = IOERR; break;
	case SQLITE_READONLY:
		code = IOERR;
		out = " (the file or its folder cannot be written)";
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		code = CONFIG;
		out = " (restore a backup; `outreach doctor` says more)";
		break;
	default: break;
	}
	return fault(f, code, "%s: %s: %s%s", db->path, doing, sqlite3_errmsg(db->s), out);
}

/* ---- statements ------------------------------------------------------------ */

/* Where a statement is, or goes; null: there are too many. */
static struct db_stmt *
slot(struct db *db, const char *sql)
{
	size_t i = ((uintptr_t)sql >> 3) * 0x9e3779b97f4a7c15u >> 40;

	for (size_t n = 0; n < STMTS; n++, i++) {
		struct db_stmt *st = &db->stmts[i % STMTS];
		if (st->sql == sql || !st->sql)
			return st;
	}
	return NULL;
}

sqlite3_stmt *
db_sql(struct db *db, const char *sql, struct fault *f)
{
	struct db_stmt *st = slot(db, sql);

	if (!st) {
		fault(f, SOFTWARE, "more than %d statements: %s", STMTS, sql);
		return NULL;
	}
	if (!st->sql) {
		if (sqlite3_prepare_v3(
			db->s, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->s, NULL)) {
			db_fault(db, f, sql);
			return NULL;
		}
		st->sql = sql;
	}
	sqlite3_reset(st->s);
	sqlite3_clear_bindings(st->s);
	st->bound = 0;
	db->taken = st;
	return st->s;
}

static int
where(struct db *db, sqlite3_stmt *s, const char *name)
{
	struct db_stmt *st = db->taken;
	int i;

	if (!s || !st || st->s != s || st->bound == PARAMETERS)
		i = s ? sqlite3_bind_parameter_index(s, name) : 0;
	else if (st->name[st->bound] == name)
		i = st->index[st->bound++];
	else {
		i = sqlite3_bind_parameter_index(s, name);
		st->name[st->bound] = name;
		st->index[st->bound++] = i;
	}
	if (i == 0)
		db->failed = true;
	return i;
}

void
bind_i(struct db *db, sqlite3_stmt *s, const char *name, int64_t v)
{
	sqlite3_bind_int64(s, where(db, s, name), v);
}

static void
bind_tn(struct db *db, sqlite3_stmt *s, const char *name, const char *v, size_t n)
{
	int i = where(db, s, name);

	if (v)
		sqlite3_bind_text64(s, i, v, n, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_bind_null(s, i);
}

void
bind_t(struct db *db, sqlite3_stmt *s, const char *name, const char *v)
{
	bind_tn(db, s, name, v, v ? strlen(v) : 0);
}

void
bind_b(struct db *db, sqlite3_stmt *s, const char *name, const void *v, size_t n)
{
	int i = where(db, s, name);

	if (v)
		sqlite3_bind_blob64(s, i, v, n, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, i);
}

void
bind_null(struct db *db, sqlite3_stmt *s, const char *name)
{
	sqlite3_bind_null(s, where(db, s, name));
}

void
bind_or_null(struct db *db, sqlite3_stmt *s, const char *name, int64_t v, int64_t none)
{
	if (v == none)
		bind_null(db, s, name);
	else
		bind_i(db, s, name, v);
}

int
db_step(struct db *db, sqlite3_stmt *s, struct fault *f)
{
	int rc;

	if (!s)
		return -1;
	if (db->failed) {
		db->failed = false;
		return fault(f, SOFTWARE, "a wrong parameter name for: %s", sqlite3_sql(s));
	}
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(s);
		return 0;
	}
	db_fault(db, f, "store");
	sqlite3_reset(s);
	return -1;
}

int
db_run(struct db *db, sqlite3_stmt *s, struct fault *f)
{
	int n;

	while ((n = db_step(db, s, f)) > 0)
		;
	return n;
}

int
db_one(struct db *db, sqlite3_stmt *s, int64_t none, int64_t *v, struct fault *f)
{
	int n = db_step(db, s, f);

	if (n < 0)
		return -1;
	*v = n && sqlite3_column_type(s, 0) != SQLITE_NULL ? col_i(s, 0) : none;
	sqlite3_reset(s);
	return 0;
}

int
db_one_id(struct db *db, sqlite3_stmt *s, struct uuid *id, struct fault *f)
{
	int n = db_step(db, s, f);

	if (n <= 0)
		return n;
	n = col_id(s, 0, id);
	sqlite3_reset(s);
	return n;
}

int
db_exec(struct db *db, const char *sql, struct fault *f)
{
	return sqlite3_exec(db->s, sql, NULL, NULL, NULL) ? db_fault(db, f, sql) : 0;
}

bool
col_id(sqlite3_stmt *s, int col, struct uuid *id)
{
	if (sqlite3_column_bytes(s, col) != sizeof(id->b))
		return false;
	memcpy(id->b, sqlite3_column_blob(s, col), sizeof(id->b));
	return true;
}

const char *
col_t(sqlite3_stmt *s, int col)
{
	return (const char *)sqlite3_column_text(s, col);
}

/* ---- opening --------------------------------------------------------------- */

/* Releases with the WAL-reset fix: 3.51.3 and later, 3.50.7 and its series, 3.44.6 and its series. */
bool
health_wal_is_safe(void)
{
	int v = sqlite3_libversion_number();

	return v >= 3051003 || (v >= 3050007 && v < 3051000) || (v >= 3044006 && v < 3045000);
}

const char *
health_network(unsigned long type)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} net[] = {{0x6969, "NFS"}, {0x517b, "SMB"}, {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"},
	    {0x01021997, "9p"}, {0x65735546, "FUSE"}, {0x5346414f, "AFS"},
	    {0x00c36400, "Ceph"}};

	for (size_t i = 0; i < COUNT(net); i++)
		if ((type & 0xffffffff) == net[i].magic) /* the kernel's word may be signed */
			return net[i].name;
	return NULL;
}

static int
check_filesystem(const char *path, struct fault *f)
{
	struct statfs sf;
	const char *name = statfs(path, &sf) ? NULL : health_network((unsigned long)sf.f_type);

	if (!name)
		return 0;
	return fault(f, CONFIG,
	    "%s: is on a network file system (%s), where locks are not to be trusted; move the store to a local disk",
	    path, name);
}

static int
read_header(const char *path, unsigned char h[DB_HEADER], struct fault *f)
{
	/* A named pipe without a writer would keep us here for ever. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;

	if (fd < 0 && errno == ENOENT)
		return fault(
		    f, NOINPUT, "%s: there is no store here (`outreach init` makes one)", path);
	if (fd < 0)
		return fault(f, NOINPUT, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0 || (S_ISREG(st.st_mode) && (n = read(fd, h, DB_HEADER)) < 0))
		fault(f, IOERR, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		fault(f, CONFIG, "%s: is not a store but %s (-d or $OUTREACH_DB names it)",
		    path, S_ISDIR(st.st_mode) ? "a folder" : "no file at all");
	else if (n < DB_HEADER || memcmp(h, "SQLite format 3", 16))
		n = fault(f, CONFIG, "%s: is not a store (`outreach init` makes one elsewhere)",
		    path);
	close(fd);
	return n == DB_HEADER ? 0 : -1;
}

int
db_check_file(const char *path, unsigned char h[DB_HEADER], struct fault *f)
{
	if (read_header(path, h, f) < 0 || check_filesystem(path, f) < 0)
		return -1;
	if (h[18] == 2 && !health_wal_is_safe())
		return fault(f, CONFIG,
		    "%s: is in WAL mode, in which SQLite %s can lose committed data (fixed in 3.51.3); convert it: sqlite3 %s 'PRAGMA journal_mode=truncate'",
		    path, sqlite3_libversion(), path);
	return 0;
}

static int open_turn(struct db *, struct fault *);
static int flock_within(int fd, int how, unsigned seconds);

/* Until who has the turn has written: 1, 0 that cannot be waited for, -1 it has not within wait_s. */
static int
await_writer(struct db *db)
{
	struct fault ignored;

	if (db->has_turn || open_turn(db, &ignored) < 0)
		return 0;
	if (flock_within(db->turn, LOCK_SH, (unsigned)db->wait_s) < 0)
		return errno == EINTR ? -1 : 0;
	flock(db->turn, LOCK_UN);
	return 1;
}

/*
 * A reader met a commit, or a commit met readers. Behind a writer it queues for the turn: naps are a
 * lottery that a reader of many statements loses again and again. Readers are done in milliseconds.
 */
static int
on_busy(void *arg, int count)
{
	struct db *db = arg;
	int came = count % 2 ? 0 : await_writer(db);

	if (came == 0)
		sqlite3_sleep(1 + (int)rand_below(4));
	return came >= 0 && count < db->wait_s * 1000 / 3;
}

static int
pragma_is(struct db *db, const char *sql, const char *want, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc;

	if (sqlite3_prepare_v2(db->s, sql, -1, &s, NULL) ||
	    (rc = sqlite3_step(s)) != SQLITE_ROW) {
		db_fault(db, f, sql);
		sqlite3_finalize(s);
		return -1;
	}
	rc = strcmp(col_t(s, 0), want);
	if (rc)
		fault(f, CONFIG, "%s: %s says %s, not %s", db->path, sql, col_t(s, 0), want);
	sqlite3_finalize(s);
	return rc ? -1 : 0;
}

static int
pragma_int(struct db *db, const char *sql, int64_t *v, struct fault *f)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->s, sql, -1, &s, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW)
		*v = col_i(s, 0);
	else
		db_fault(db, f, "open");
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 0 : -1;
}

static void
who_am_i(char *out, size_t n)
{
	char host[65] = "localhost";
	struct passwd *pw = getpwuid(geteuid());

	gethostname(host, sizeof host - 1);
	if (pw)
		snprintf(out, n, "%.40s@%s", pw->pw_name, host);
	else
		snprintf(out, n, "uid%u@%s", (unsigned)geteuid(), host);
}

/* Every tool has one thread: SQLite needs no locks inside, nor to count its memory under one. */
static void
configure(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
open_file(struct db *db, const char *path, int flags, struct fault *f)
{
	configure();
	memset(db, 0, sizeof *db);
	db->turn = -1;
	db->wait_s = WAIT_S;
	db->path = xstrdup(path);
	db->stmts = xcalloc(STMTS, sizeof *db->stmts);
	who_am_i(db->actor, sizeof db->actor);
	if (sqlite3_open_v2(
		path, &db->s, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL))
		return db_fault(db, f, "open");
	sqlite3_busy_handler(db->s, on_busy, db);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db->s, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

static int
pragma_reads(struct db *db, const char *sql, int64_t want, struct fault *f)
{
	int64_t is = want;

	if (pragma_int(db, sql, &is, f) < 0)
		return -1;
	return is == want ? 0
			  : fault(f, CONFIG, "%s: %s says %lld, not %lld", db->path, sql,
				(long long)is, (long long)want);
}

/* What calls and wishes rest on is read back: a library built otherwise may not know it. */
static int
set_pragmas(struct db *db, struct fault *f)
{
	if (db_exec(db,
		"PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
		"PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
		f) < 0)
		return -1;
	if (pragma_reads(db, "PRAGMA synchronous", 2, f) < 0 ||
	    pragma_reads(db, "PRAGMA foreign_keys", 1, f) < 0 ||
	    pragma_reads(db, "PRAGMA cell_size_check", 1, f) < 0)
		return -1;
	return pragma_reads(db, "PRAGMA trusted_schema", 0, f);
}

static int
check_version(struct db *db, struct fault *f)
{
	int64_t app = 0, version = 0;

	if (pragma_int(db, "PRAGMA application_id", &app, f) < 0 ||
	    pragma_int(db, "PRAGMA user_version", &version, f) < 0)
		return -1;
	if (app != DB_APPLICATION)
		return fault(f, CONFIG,
		    "%s: is an SQLite file, but not a store of outreach (-d or $OUTREACH_DB names another)",
		    db->path);
	if (version > DB_VERSION)
		return fault(f, CONFIG,
		    "%s: was made by a newer outreach (store version %d, this one knows %d); use that one",
		    db->path, (int)version, DB_VERSION);
	if (version < DB_VERSION)
		return fault(f, CONFIG,
		    "%s: is of version %d, this outreach needs %d (`outreach upgrade`)",
		    db->path, (int)version, DB_VERSION);
	return 0;
}

int
db_open(struct db *db, const char *path, enum db_mode mode, struct fault *f)
{
	unsigned char header[DB_HEADER];
	int flags = SQLITE_OPEN_READWRITE; /* also to read: a hot journal must be rolled back */
	bool readonly = access(path, W_OK) != 0 && (errno == EACCES || errno == EROFS);

	memset(db, 0, sizeof *db);
	db->turn = -1;
	if (db_check_file(path, header, f) < 0)
		return -1;
	if (readonly && mode == DB_WRITE)
		return fault(f, IOERR, "%s: cannot be written: %s", path, strerror(errno));
	if (readonly)
		flags = SQLITE_OPEN_READONLY;
	if (open_file(db, path, flags, f) < 0 || check_version(db, f) < 0 ||
	    set_pragmas(db, f) < 0)
		goto bad;
	if (!readonly && !health_wal_is_safe() &&
	    pragma_is(db, "PRAGMA journal_mode = TRUNCATE", "truncate", f) < 0)
		goto bad;
	if (mode == DB_READ && db_exec(db, "PRAGMA query_only = ON", f) < 0)
		goto bad;
	return 0;
bad:
	db_close(db);
	return -1;
}

int
db_cache(struct db *db, int kib, struct fault *f)
{
	char sql[48];

	snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", kib);
	return db_exec(db, sql, f);
}

void
db_close(struct db *db)
{
	if (!db->path)
		return;
	if (db->writing)
		db_rollback(db);
	journal_forget_state(db);
	calls_forget_state(db);
	plans_forget_state(db);
	zones_forget_state(db);
	people_forget_state(db);
	if (db->optout)
		db->optout_free(db->optout);
	for (int i = 0; db->stmts && i < STMTS; i++)
		sqlite3_finalize(db->stmts[i].s);
	sqlite3_close(db->s);
	if (db->turn >= 0)
		close(db->turn);
	free(db->stmts);
	free(db->path);
	memset(db, 0, sizeof *db);
	db->turn = -1;
}

/* ---- transactions ---------------------------------------------------------- */

static volatile sig_atomic_t rang;

static void
on_alarm(int signo)
{
	(void)signo;
	rang = 1;
}

/* A lock on the turnstile's first byte that means nothing but: this process waits. */
static struct flock
queue(short type)
{
	return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
}

static void
set_queued(int fd, bool queued)
{
	struct flock lock = queue(queued ? F_RDLCK : F_UNLCK);

	(void)fcntl(fd, F_OFD_SETLK, &lock); /* without it one waits unseen, which is allowed */
}

bool
db_is_waited_for(struct db *db)
{
	struct flock lock = queue(F_WRLCK);

	return db->turn >= 0 && fcntl(db->turn, F_OFD_GETLK, &lock) == 0 &&
	    lock.l_type != F_UNLCK;
}

/*
 * A blocking flock is fair, a polled one is not; the alarm only ends an endless wait (EINTR). It rings on,
 * should the first come before the wait itself.
 */
static int
flock_within(int fd, int how, unsigned seconds)
{
	struct sigaction sa = {.sa_handler = on_alarm}, old;
	struct itimerval most = {.it_value = {.tv_sec = seconds}, .it_interval = {.tv_sec = 1}};
	struct itimerval none = {.it_value = {.tv_sec = 0}};
	int rc, why;

	if (flock(fd, how | LOCK_NB) == 0)
		return 0;
	set_queued(fd, true);
	rang = 0;
	sigaction(SIGALRM, &sa, &old);
	setitimer(ITIMER_REAL, &most, NULL);
	while ((rc = flock(fd, how)) < 0 && errno == EINTR && !rang)
		;
	why = errno;
	setitimer(ITIMER_REAL, &none, NULL);
	sigaction(SIGALRM, &old, NULL);
	set_queued(fd, false);
	errno = why;
	return rc;
}

static int
open_turn(struct db *db, struct fault *f)
{
	char *path;

	if (db->turn >= 0)
		return 0;
	path = xasprintf("%s.turn", db->path);
	db->turn = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (db->turn < 0)
		fault(f, IOERR, "%s: %s", path, strerror(errno));
	free(path);
	return db->turn < 0 ? -1 : 0;
}

/* Who waits with a read open keeps the commit of the one that is waited for from ever ending. */
static int
check_no_read(struct db *db, struct fault *f)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_txn_state(db->s, NULL) == SQLITE_TXN_NONE)
		return 0;
	while ((s = sqlite3_next_stmt(db->s, s)) && !sqlite3_stmt_busy(s))
		;
	return fault(f, SOFTWARE, "%s: a wait for the turn with a read open: %s", db->path,
	    s ? sqlite3_sql(s) : "");
}

/* flock does not hand over: who had the turn lets those who wait wake up and come to it. */
static void
hand_over(struct db *db)
{
	for (int ms = 0; db->had_turn && ms < HAND_OVER_MS; ms++) {
		if (flock(db->turn, LOCK_EX | LOCK_NB) < 0 || !db_is_waited_for(db))
			return;
		flock(db->turn, LOCK_UN);
		sqlite3_sleep(1);
	}
}

int
db_take_turn(struct db *db, struct fault *f)
{
	if (check_no_read(db, f) < 0 || open_turn(db, f) < 0)
		return -1;
	hand_over(db);
	if (flock_within(db->turn, LOCK_EX, (unsigned)db->wait_s) < 0)
		return fault(f, TEMPFAIL,
		    "%s: another process has been writing for over %d s; try again", db->path,
		    db->wait_s);
	db->has_turn = true;
	return 0;
}

void
db_give_turn(struct db *db)
{
	db->has_turn = false;
	db->had_turn = true;
	flock(db->turn, LOCK_UN);
}

int
db_begin(struct db *db, struct fault *f)
{
	if (db->writing)
		return fault(f, SOFTWARE, "a transaction inside a transaction");
	if (db_take_turn(db, f) < 0)
		return -1;
	if (db_exec(db, "BEGIN IMMEDIATE", f) < 0) {
		db_give_turn(db);
		return -1;
	}
	db->writing = true;
	return 0;
}

int
db_look(struct db *db, struct fault *f)
{
	return db_exec(db, "BEGIN", f);
}

void
db_looked(struct db *db)
{
	struct fault ignored;

	(void)db_exec(db, "COMMIT", &ignored);
}

int
db_commit(struct db *db, struct fault *f)
{
	if (!db->writing)
		return fault(f, SOFTWARE, "a commit without a transaction");
	if (calls_flush(db, f) < 0 || journal_close(db, f) < 0 ||
	    db_exec(db, "COMMIT", f) < 0) {
		db_rollback(db);
		return -1;
	}
	db->writing = false;
	db_give_turn(db);
	return 0;
}

void
db_rollback(struct db *db)
{
	if (!db->writing)
		return;
	for (int i = 0; i < STMTS; i++)
		if (db->stmts[i].s)
			sqlite3_reset(db->stmts[i].s);
	sqlite3_exec(db->s, "ROLLBACK", NULL, NULL, NULL);
	db->writing = false;
	calls_drop(db);
	journal_drop(db);
	db_give_turn(db);
}
