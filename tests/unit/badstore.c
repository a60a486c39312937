/*
 * A store that another process holds, with the wait cut to a second; and which
 * file systems are network ones.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "db.h"
#include "health.h"
#include "home.h"
#include "mem.h"
#include "tap.h"

static char dir[] = "/tmp/outreach-badstore.XXXXXX";
static char *path, *turn;
static struct fault f;

/* A child that holds what hold() takes until it is told to go; *go is the end to close. */
static pid_t
holder(int (*hold)(void), int *go)
{
	int up[2], down[2];
	char c;

	if (pipe(up) < 0 || pipe(down) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		close(up[0]);
		close(down[1]);
		c = (char)hold();
		if (write(up[1], &c, 1) == 1)
			(void)!read(down[0], &c, 1);
		_exit(0);
	}
	close(up[1]);
	close(down[0]);
	if (read(up[0], &c, 1) != 1 || c != 0)
		printf("Bail out! the other process holds nothing\n");
	close(up[0]);
	*go = down[1];
	return pid;
}

static int
hold_turn(void)
{
	int fd = open(turn, O_RDWR | O_CREAT, 0600);

	return fd < 0 || flock(fd, LOCK_EX) < 0;
}

/* A foreign program, which knows of no turnstile. */
static int
hold_sqlite(void)
{
	sqlite3 *s;

	return sqlite3_open(path, &s) || sqlite3_exec(s, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
}

static void
let_go(pid_t pid, int go)
{
	close(go);
	waitpid(pid, NULL, 0);
}

static void
test_turn(void)
{
	struct db db;
	struct stop st;
	int go;
	pid_t pid;
	int64_t began;

	ok(db_open(&db, path, DB_WRITE, &f) == 0, "the store opens");
	is_int(db.wait_s, 30, "a writer waits half a minute");
	db.wait_s = 1;
	pid = holder(hold_turn, &go);
	began = clock_real_us();
	ok(db_begin(&db, &f) < 0, "no turn while another has it");
	ok(clock_real_us() - began >= 900000, "it was waited for");
	is_int(f.code, TEMPFAIL, "try again later");
	ok(strstr(f.text, "another process has been writing for over 1 s; try again") != NULL &&
		strncmp(f.text, path, strlen(path)) == 0,
	    "says which store, why and what to do: %s", f.text);
	ok(control_stopped(&db, &st, &f) == 0, "reading goes on meanwhile");
	let_go(pid, go);
	ok(db_begin(&db, &f) == 0 && db_commit(&db, &f) == 0, "then it has its turn");
	db_close(&db);
}

static void
test_foreign_lock(void)
{
	struct db db;
	int go;
	pid_t pid;

	ok(db_open(&db, path, DB_WRITE, &f) == 0, "the store opens");
	db.wait_s = 1;
	pid = holder(hold_sqlite, &go);
	ok(db_begin(&db, &f) < 0, "no transaction while a foreign program has one");
	is_int(f.code, TEMPFAIL, "try again later");
	ok(strstr(f.text, "another process holds the store; try again") != NULL, "says so: %s",
	    f.text);
	let_go(pid, go);
	ok(db_begin(&db, &f) == 0 && db_commit(&db, &f) == 0, "then it goes on");
	db_close(&db);
}

/* A holder that dies gives its turn back: there is no lock file to remove by hand. */
static void
test_dead_holder(void)
{
	struct db db;
	int go;
	pid_t pid = holder(hold_turn, &go);

	kill(pid, SIGKILL);
	let_go(pid, go);
	ok(db_open(&db, path, DB_WRITE, &f) == 0, "the store opens");
	db.wait_s = 1;
	ok(db_begin(&db, &f) == 0 && db_commit(&db, &f) == 0,
	    "a killed writer holds nobody up");
	db_close(&db);
}

static void
test_network(void)
{
	static const struct {
		unsigned long type;
		const char *name;
	} row[] = {{0x6969, "NFS"}, {0x517b, "SMB"}, {0xff534d42, "CIFS"},
	    {0xffffffffff534d42, "CIFS"}, {0xfe534d42, "SMB2"}, {0xfffffffffe534d42, "SMB2"},
	    {0x01021997, "9p"}, {0x65735546, "FUSE"}, {0x5346414f, "AFS"}, {0x00c36400, "Ceph"},
	    {0xef53, NULL}, {0x58465342, NULL}, {0x9123683e, NULL}, {0x01021994, NULL},
	    {0x794c7630, NULL}, {0, NULL}};

	for (size_t i = 0; i < COUNT(row); i++) {
		char name[64];

		snprintf(name, sizeof name, "type %lx is %s", row[i].type,
		    row[i].name ? row[i].name : "local");
		is_str(health_network(row[i].type), row[i].name, name);
	}
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	path = xasprintf("%s/store.db", dir);
	turn = xasprintf("%s.turn", path);
	ok(home_make(path, &f) == 0, "a store is made");
	test_turn();
	test_foreign_lock();
	test_dead_holder();
	test_network();
	for (const char *const *end = (const char *const[]){"", ".turn", "-journal", NULL};
	     *end; end++) {
		char *name = xasprintf("%s%s", path, *end);

		unlink(name);
		free(name);
	}
	rmdir(dir);
	free(turn);
	free(path);
	return done_testing();
}
