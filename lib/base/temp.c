/*
 * temp: temporary files and replacing files as a whole.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "temp.h"

enum { LARGE = 64 << 10 };

int
temp_file(struct fault *f)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* Some file systems cannot make one without a name. */
	path = xasprintf("%s/outreach.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		fault(f, IOERR, "%s: no room for a temporary file: %s", dir, strerror(errno));
	else
		unlink(path);
	free(path);
	return fd;
}

/* The process that a name behind its start tells of, 0 if it is none of ours. */
static long
maker(const char *rest)
{
	long pid = 0;

	while (*rest >= '0' && *rest <= '9' && pid < 100000000)
		pid = 10 * pid + (*rest++ - '0');
	return *rest == '\0' || *rest == '-' || *rest == '.' ? pid : 0;
}

void
temp_sweep(const char *path, const char *word)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *dir = slash ? xstrndup(path, (size_t)(slash - path + 1)) : xstrdup("./");
	char *start = xasprintf("%s.%s-", base, word), *name;
	DIR *d = opendir(dir);
	struct dirent *e;
	long pid;

	while (d && (e = readdir(d))) {
		if (strncmp(e->d_name, start, strlen(start)) ||
		    (pid = maker(e->d_name + strlen(start))) <= 0 || kill((pid_t)pid, 0) == 0 ||
		    errno != ESRCH)
			continue;
		name = xasprintf("%s%s", dir, e->d_name);
		unlink(name);
		free(name);
	}
	if (d)
		closedir(d);
	free(start);
	free(dir);
}

static int
failed(struct newfile *n, struct fault *f)
{
	return fault(f, IOERR, "%s: %s", n->path, strerror(errno));
}

int
newfile_open(struct newfile *n, const char *path, struct fault *f)
{
	struct stat st;
	int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;

	*n = (struct newfile){.path = xstrdup(path), .fd = -1};
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		n->fd = open(path, flags);
	} else {
		temp_sweep(path, "new");
		n->tmp = xasprintf("%s.new-%ld", path, (long)getpid());
		/* What stands there is of a process that had our number, or a link to somewhere. */
		unlink(n->tmp);
		n->fd = open(n->tmp, flags | O_CREAT | O_EXCL, 0666);
	}
	return n->fd < 0 ? failed(n, f) : 0;
}

static int
flush(struct newfile *n, struct fault *f)
{
	size_t done = 0;

	while (done < n->out.len) {
		ssize_t w = write(n->fd, n->out.p + done, n->out.len - done);
		if (w < 0 && errno != EINTR)
			return failed(n, f);
		done += w > 0 ? (size_t)w : 0;
	}
	buf_reset(&n->out);
	return 0;
}

int
newfile_more(struct newfile *n, struct fault *f)
{
	return n->out.len > LARGE ? flush(n, f) : 0;
}

int
newfile_finish(struct newfile *n, struct fault *f)
{
	int fd = n->fd;

	if (flush(n, f) < 0 || (n->tmp && fsync(fd) < 0 && errno != EINVAL))
		return failed(n, f);
	n->fd = -1;
	if (close(fd) < 0 || (n->tmp && rename(n->tmp, n->path) < 0))
		return failed(n, f);
	free(n->tmp);
	n->tmp = NULL;
	return 0;
}

void
newfile_drop(struct newfile *n)
{
	if (n->path && n->fd >= 0)
		close(n->fd);
	if (n->tmp)
		unlink(n->tmp);
	free(n->tmp);
	free(n->path);
	buf_release(&n->out);
	*n = (struct newfile){.fd = -1};
}

int
newfile_number(const char *path, long number, struct fault *f)
{
	struct newfile n;
	int rc = newfile_open(&n, path, f);

	if (rc == 0) {
		buf_addi(&n.out, number);
		buf_addc(&n.out, '\n');
		rc = newfile_finish(&n, f);
	}
	newfile_drop(&n);
	return rc;
}
