/*
 * files: opened without waiting for the writer of a pipe that a name may be.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

enum { STEP = 64 << 10 };

static int
read_all(int fd, const char *path, size_t max, struct buf *b, struct fault *f)
{
	size_t start = b->len;
	ssize_t n;

	do {
		buf_need(b, STEP);
		if ((n = read(fd, b->p + b->len, STEP)) < 0)
			return fault(f, NOINPUT, "%s: %s", path, strerror(errno));
		b->len += (size_t)n;
	} while (n > 0 && b->len - start <= max);
	if (b->len - start > max)
		return fault(f, DATAERR, "%s: is longer than %zu bytes", path, max);
	return 0;
}

int
file_read(const char *path, size_t max, struct buf *b, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	struct stat st;

	if (fd < 0)
		return fault(f, NOINPUT, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		rc = fault(f, DATAERR, "%s: is no file", path);
	else
		rc = read_all(fd, path, max, b, f);
	close(fd);
	return rc;
}
