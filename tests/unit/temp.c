/*
 * temp: a file is replaced whole or not at all; what others left or put under
 * its temporary name does no harm.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "mem.h"
#include "tap.h"
#include "temp.h"

static char dir[] = "/tmp/outreach-temp.XXXXXX";

/* Heap; "-" if there is no such file. */
static char *
text_of(const char *path)
{
	struct buf b = {0};
	struct fault f;

	if (file_read(path, 1 << 20, &b, &f) < 0) {
		buf_release(&b);
		return xstrdup("-");
	}
	return b.p;
}

static void
holds(const char *path, const char *want, const char *name)
{
	char *got = text_of(path);

	is_str(got, want, name);
	free(got);
}

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) < 0)
		abort();
}

/* Bytes for a new file, left open. */
static int
begin(struct newfile *n, const char *path, const char *text, struct fault *f)
{
	int rc = newfile_open(n, path, f);

	if (rc == 0)
		buf_adds(&n->out, text);
	return rc;
}

static void
test_replace(void)
{
	struct newfile n;
	struct fault f;

	put("a", "old");
	is_int(begin(&n, "a", "new", &f), 0, "a new file");
	holds("a", "old", "the old one stays meanwhile");
	is_int(newfile_finish(&n, &f), 0, "it is finished");
	newfile_drop(&n);
	holds("a", "new", "and in its place");
	is_int(begin(&n, "a", "half", &f), 0, "one that is given up");
	newfile_drop(&n);
	holds("a", "new", "changes nothing");
	is_int(begin(&n, "none/a", "x", &f), -1, "no such folder");
	is_str(f.text, "none/a: No such file or directory", "in words");
	is_int(f.code, IOERR, "74");
	newfile_drop(&n);
	unlink("a");
}

/* Under the temporary name: a file of a dead process with our number, a link to what is not ours. */
static void
test_in_the_way(void)
{
	char *tmp = xasprintf("b.new-%ld", (long)getpid());
	struct newfile n;
	struct fault f;

	put(tmp, "a long text of somebody else");
	is_int(begin(&n, "b", "mine", &f), 0, "a file that is in the way");
	is_int(newfile_finish(&n, &f), 0, "is");
	newfile_drop(&n);
	holds("b", "mine", "replaced");
	put("precious", "theirs");
	if (symlink("precious", tmp) < 0)
		abort();
	is_int(begin(&n, "b", "again", &f), 0, "a link that is in the way");
	is_int(newfile_finish(&n, &f), 0, "is");
	newfile_drop(&n);
	holds("b", "again", "replaced too");
	holds("precious", "theirs", "and not followed");
	free(tmp);
	unlink("b");
	unlink("precious");
}

static void
test_devices(void)
{
	struct newfile n;
	struct fault f;
	struct stat st;

	is_int(begin(&n, "/dev/full", "x", &f), 0, "a device");
	is_int(newfile_finish(&n, &f), -1, "is written as it is");
	is_str(f.text, "/dev/full: No space left on device", "and says why not");
	newfile_drop(&n);
	ok(stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode), "it stays a device");
}

static void
test_sweep(void)
{
	pid_t dead = fork();
	char *left = NULL, *more = NULL, *live = NULL;

	if (dead == 0)
		_exit(0);
	waitpid(dead, NULL, 0);
	left = xasprintf("c.new-%ld", (long)dead);
	more = xasprintf("c.new-%ld-journal", (long)dead);
	live = xasprintf("c.new-%ld", (long)getppid());
	put(left, "x");
	put(more, "x");
	put(live, "x");
	put("c.new-1x", "x");
	put("c.new-", "x");
	temp_sweep("c", "new");
	holds(left, "-", "what a dead process left goes");
	holds(more, "-", "with what hangs on it");
	holds(live, "x", "what a live one has stays");
	holds("c.new-1x", "x", "and what only looks like it");
	holds("c.new-", "x", "or has no number");
	unlink(live);
	unlink("c.new-1x");
	unlink("c.new-");
	free(left);
	free(more);
	free(live);
}

static void
test_number(void)
{
	struct fault f;

	is_int(newfile_number("n", 40123, &f), 0, "a number");
	holds("n", "40123\n", "is a line");
	is_int(newfile_number("none/n", 1, &f), -1, "or a fault");
	is_str(f.text, "none/n: No such file or directory", "in words");
	unlink("n");
}

static void
test_nameless(void)
{
	struct fault f;
	int fd;

	setenv("TMPDIR", dir, 1);
	fd = temp_file(&f);
	ok(fd >= 0 && write(fd, "x", 1) == 1, "a file without a name");
	close(fd);
	setenv("TMPDIR", "/nonexistent", 1);
	is_int(temp_file(&f), -1, "no such folder");
	is_str(f.text, "/nonexistent: no room for a temporary file: No such file or directory",
	    "in words");
}

int
main(void)
{
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return printf("Bail out! no folder\n"), 1;
	test_replace();
	test_in_the_way();
	test_devices();
	test_sweep();
	test_number();
	test_nameless();
	is_int(chdir("/") < 0 || rmdir(dir) < 0, 0, "nothing is left");
	return done_testing();
}
