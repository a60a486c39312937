/*
 * tz: one file below the time zone directory, read whole. The name comes from
 * contacts and campaigns, so nothing outside the directory can be named.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fault.h"
#include "mem.h"
#include "tz.h"

enum { NAME_MAX_LEN = 64, FILE_MAX = 1 << 20 };

const char *
tz_directory(void)
{
	const char *dir = getenv("TZDIR");

	return dir != NULL && *dir != '\0' ? dir : "/usr/share/zoneinfo";
}

/* Letters, digits, _ + - in parts joined by single slashes. */
static int
name_ok(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++) {
		if (*p == '/' && (p == name || p[-1] == '/' || p[1] == '\0'))
			return 0;
		if (*p != '/' && *p != '_' && *p != '+' && *p != '-' &&
		    !(*p >= '0' && *p <= '9') && !(*p >= 'A' && *p <= 'Z') &&
		    !(*p >= 'a' && *p <= 'z'))
			return 0;
	}
	return p > name && p - name <= NAME_MAX_LEN;
}

static int
read_all(int fd, const char *path, struct buf *out, struct fault *f)
{
	size_t start = out->len;
	char chunk[4096];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault(f, IOERR, "%s: %s", path, strerror(errno));
		if (n == 0)
			return 0;
		buf_add(out, chunk, (size_t)n);
		if (out->len - start > FILE_MAX)
			return fault(f, DATAERR, "%s: too long for a time zone file", path);
	}
}

static int
no_such(const char *name, struct fault *f)
{
	struct stat st;

	if (stat(tz_directory(), &st) < 0)
		return fault(f, CONFIG, "%s: %s (install tzdata, or set TZDIR)", tz_directory(),
		    strerror(errno));
	return fault(f, DATAERR,
	    "\"%.80s\" is not a time zone (use an IANA name such as Asia/Kolkata)", name);
}

int
tz_read(const char *name, struct buf *out, struct fault *f)
{
	char *path = NULL;
	struct stat st;
	size_t start = out->len;
	int fd = -1, r = -1;

	if (!name_ok(name))
		return no_such(name, f);
	path = xasprintf("%s/%s", tz_directory(), name);
	/* Never wait on a fifo that somebody put there. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			no_such(name, f);
		else
			fault(f, CONFIG, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		no_such(name, f);
		goto out;
	}
	r = read_all(fd, path, out, f);
out:
	if (r < 0 && out->p != NULL) {
		out->len = start;
		out->p[start] = '\0';
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return r;
}

char *
tz_release(char out[32])
{
	char *path = xasprintf("%s/tzdata.zi", tz_directory()), line[64] = "";
	FILE *in = fopen(path, "re");

	out[0] = '\0';
	if (in != NULL && fgets(line, sizeof(line), in) != NULL &&
	    strncmp(line, "# version ", 10) == 0) {
		line[strcspn(line, "\n")] = '\0';
		(void)copy_text(out, 32, line + 10);
	}
	if (in != NULL)
		fclose(in);
	free(path);
	return out;
}
