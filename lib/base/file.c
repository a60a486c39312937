/*
 * file: see file.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

enum { CHUNK = 16 << 10 };

static int
read_all(int fd, const char *name, size_t max, struct buf *b, struct fault *f)
{
	ssize_t n;

	for (;;) {
		buf_need(b, CHUNK);
		n = read(fd, b->p + b->len, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault(f, NOINPUT, "%s: cannot read: %s", name, strerror(errno));
		if (n == 0)
			break;
		b->len += (size_t)n;
		if (b->len > max)
			return fault(f, DATAERR, "%s: more than %zu KiB", name, max >> 10);
	}
	b->p[b->len] = '\0';
	return 0;
}

int
file_read(const char *path, size_t max, struct buf *out, struct fault *f)
{
	bool in = strcmp(path, "-") == 0;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return fault(f, NOINPUT, "%s: cannot open: %s", path, strerror(errno));
	rc = read_all(fd, in ? "<stdin>" : path, max, out, f);
	if (!in)
		close(fd);
	return rc;
}
