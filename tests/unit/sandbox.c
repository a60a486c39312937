/*
 * What outreach-serve gives up: in a child, since there is no way back. Each
 * thing is tried before and after.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "home.h"
#include "mem.h"
#include "tap.h"
#include "web_parts.h"

enum { COUNTED = 100 }; /* a status above tells how many cases the child counted */

static struct sandbox_kernel kernel;
static struct settings settings = {.llm.url = (char *)"https://[::1]:8443/v1"};
static char said[1000];

static void
word(void *arg, const char *text)
{
	copy_text(said, sizeof(said), text);
}

/* errno of opening it, 0 if it can be had. */
static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int
try_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Nobody listens there: refused is what the network says. */
static int
try_connect(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	rc = connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? errno : 0;
	close(fd);
	return rc;
}

static int
try_run(void)
{
	char *argv[] = {(char *)"true", NULL};

	execv("/bin/true", argv);
	return errno;
}

static int
try_write(struct db *db)
{
	struct fault f;

	if (db_begin(db, &f) < 0 || db_exec(db, "UPDATE home SET inode = inode + 1", &f) < 0 ||
	    db_commit(db, &f) < 0) {
		printf("# %s\n", f.text);
		return -1;
	}
	return 0;
}

static void
files(struct web *w)
{
	int no = kernel.landlock ? EACCES : 0;

	is_int(try_open("/etc/passwd", O_RDONLY), no, "/etc/passwd is not read");
	is_int(try_open("other", O_RDONLY), no, "a file beside the store is not read");
	is_int(try_open("other", O_WRONLY), no, "nor written");
	is_int(
	    truncate("other", 0) < 0 ? errno : 0, kernel.landlock >= 3 ? EACCES : 0, "nor cut");
	is_int(try_open("new", O_WRONLY | O_CREAT), no, "nothing new is made there");
	is_int(rename("other", "store.db.d/other") < 0, kernel.landlock != 0, "nor moved");
	is_int(unlink("store.db") < 0 ? errno : 0, no, "and the store is not removed");
	is_int(try_open(".", O_RDONLY | O_DIRECTORY), 0, "the store's folder is synced");
	is_int(try_open("store.db.d/lock", O_RDWR | O_CREAT), 0, "locks are made");
	is_int(unlink("store.db.d/lock"), 0, "and removed");
	is_int(try_write(w->db), 0, "the store is written");
	is_int(try_open("/usr/share/zoneinfo/Europe/London", O_RDONLY), 0, "zones are read");
	is_int(try_open("/dev/null", O_RDONLY), no, "a device is not");
}

static void
calls(void)
{
	is_int(try_socket(AF_UNIX, SOCK_STREAM), kernel.seccomp ? EAFNOSUPPORT : 0,
	    "no Unix socket is made");
	is_int(syscall(SYS_socket, (1L << 32) | AF_UNIX, SOCK_STREAM, 0) < 0, kernel.seccomp,
	    "however its number is written");
	is_int(try_socket(AF_PACKET, SOCK_RAW) == 0, !kernel.seccomp, "and none of packets");
	is_int(try_socket(AF_INET, SOCK_DGRAM), 0, "names are looked up");
	is_int(try_connect(8443), ECONNREFUSED, "the model's port is asked");
	is_int(try_connect(8444), kernel.landlock >= 4 ? EACCES : ECONNREFUSED, "no other is");
	if (kernel.seccomp) {
		is_int(chmod("store.db", 0777) < 0 ? errno : 0, EPERM, "no mode is changed");
		is_int(try_run(), EPERM, "no program is run");
	} else if (kernel.landlock) {
		is_int(try_run(), EACCES, "no program is run");
	}
}

static int
inside(void)
{
	struct web w = {.o = {.settings = &settings, .word = word}};
	struct db db;
	struct fault f;

	if (db_open(&db, "store.db", DB_WRITE, &f) < 0)
		return ok(0, "%s", f.text);
	w.db = &db;
	is_int(try_open("/etc/passwd", O_RDONLY), 0, "before: /etc/passwd is read");
	ok(confine(&w, &f) == 0, "confined");
	files(&w);
	calls();
	ok(confined_intact(&w.confined), "the journal is the one that there was");
	is_int(kernel.landlock ? *said == '\0' : strstr(said, "no Landlock") != NULL, 1,
	    "what the kernel has not is said");
	confined_release(&w.confined);
	db_close(&db);
	return 0;
}

/* The settings' words, where they can be told apart. */
static void
uses(void)
{
	struct web w = {.o = {.settings = &settings, .word = word}};
	struct fault f;

	settings.serve.sandbox = SANDBOX_OFF;
	ok(confine(&w, &f) == 0 && try_open("/etc/passwd", O_RDONLY) == 0, "off: nothing");
	settings.serve.sandbox = SANDBOX_REQUIRE;
	if (!kernel.landlock || !kernel.seccomp)
		ok(confine(&w, &f) < 0 && f.code == CONFIG, "required and not there: %s",
		    f.text);
	settings.serve.sandbox = SANDBOX_AUTO;
}

/* Another program's journal is not ours to open. */
static void
replaced(void)
{
	struct confined c = {0};
	struct sandbox *s = sandbox_new();
	struct db db;
	struct fault f;

	if (db_open(&db, "store.db", DB_WRITE, &f) < 0 || confined_allow(&c, &db, s, &f) < 0) {
		ok(0, "%s", f.text);
		return;
	}
	ok(confined_intact(&c), "the journal is there");
	ok(rename("store.db-journal", "was") == 0 && !confined_intact(&c), "it is gone");
	ok(try_open("store.db-journal", O_WRONLY | O_CREAT) == 0 && !confined_intact(&c),
	    "another is in its place");
	sandbox_free(s);
	confined_release(&c);
	db_close(&db);
}

static void
clean(const char *dir)
{
	static const char *const made[] = {"store.db", "store.db-journal", "store.db.turn",
	    "was", "other", "new", "store.db.d/other"};

	for (size_t i = 0; i < COUNT(made); i++)
		unlink(made[i]);
	ok(rmdir("store.db.d") == 0 && rmdir(dir) == 0, "nothing else was made");
}

int
main(void)
{
	char dir[] = "/tmp/outreach-sandbox.XXXXXX", text[SANDBOX_TEXT];
	struct fault f;
	int status;
	pid_t pid;

	kernel = sandbox_kernel();
	printf("# this kernel: %s\n", sandbox_text(&kernel, text));
	if (!mkdtemp(dir) || chdir(dir) < 0 || clock_init(&f) < 0 ||
	    home_make("store.db", &f) < 0 || mkdir("store.db.d", 0700) < 0 ||
	    try_open("other", O_WRONLY | O_CREAT) != 0)
		return printf("Bail out! no store\n"), 1;
	uses();
	replaced();
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		inside();
		return fflush(stdout) != 0 || tap_failed != 0 ? 1 : COUNTED + tap_run;
	}
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) <= COUNTED)
		return printf("Bail out! the child failed\n"), 1;
	tap_run = WEXITSTATUS(status) - COUNTED;
	clean(dir);
	return done_testing();
}
