/*
 * out: the last step of every tool. Output is only done when the kernel has
 * taken it: a full disk or a gone reader is found here and becomes the exit
 * status.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "out.h"

int
out_write(const char *p, size_t len, struct fault *f)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, p, len);

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			/* a pipe whose other user made it non-blocking */
			loop_wait_writable(STDOUT_FILENO);
		} else if (errno != EINTR) {
			return fault(f, IOERR, "standard output: %s", strerror(errno));
		}
	}
	return 0;
}

int
out_flush(struct buf *b, struct fault *f)
{
	if (b->len && out_write(b->p, b->len, f) < 0)
		return -1;
	buf_reset(b);
	return 0;
}

int
out_close(const char *tool, int status)
{
	int failed = ferror(stdout), why = failed ? EIO : 0;

	if (fflush(stdout) != 0) {
		failed = 1;
		why = errno;
	}
	/* A stdout that never was open matters only to a tool that wrote to it. */
	if (fclose(stdout) != 0 && !failed && errno != EBADF) {
		failed = 1;
		why = errno;
	}
	if (!failed)
		return status;
	fprintf(stderr, "%s: standard output: %s\n", tool, strerror(why));
	return status < USAGE ? IOERR : status;
}
