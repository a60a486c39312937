/*
 * killshim: where ptrace is refused, this counts the calls that change the
 * world and ends the process by SIGKILL before number KILL_AT. With KILL_COUNT
 * it writes how many there were. Loaded by LD_PRELOAD; a test's tool only.
 */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static long count, limit = -1;

static void
point(void)
{
	if (limit < 0)
		limit = getenv("KILL_AT") != NULL ? strtol(getenv("KILL_AT"), NULL, 10) : 0;
	if (++count == limit)
		kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void
report(void)
{
	const char *path = getenv("KILL_COUNT");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;

	if (file != NULL) {
		fprintf(file, "%ld\n", count);
		fclose(file);
	}
}

#define REAL(name, ret, ...)                                                     \
	ret (*real)(__VA_ARGS__) = (ret(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name); \
	point();

#define WRAP(name, ret, params, args, ...)   \
	ret name params;                     \
	ret name params                      \
	{                                    \
		REAL(name, ret, __VA_ARGS__) \
		return real args;            \
	}

WRAP(write, ssize_t, (int fd, const void *p, size_t n), (fd, p, n), int, const void *, size_t)
WRAP(pwrite64, ssize_t, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at), int,
    const void *, size_t, off_t)
WRAP(read, ssize_t, (int fd, void *p, size_t n), (fd, p, n), int, void *, size_t)
WRAP(pread64, ssize_t, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), int, void *,
    size_t, off_t)
WRAP(fdatasync, int, (int fd), (fd), int)
WRAP(fsync, int, (int fd), (fd), int)
WRAP(ftruncate64, int, (int fd, off_t n), (fd, n), int, off_t)
WRAP(unlink, int, (const char *path), (path), const char *)
WRAP(mkdir, int, (const char *path, mode_t mode), (path, mode), const char *, mode_t)
WRAP(close, int, (int fd), (fd), int)
WRAP(flock, int, (int fd, int what), (fd, what), int, int)
WRAP(socket, int, (int domain, int type, int protocol), (domain, type, protocol), int, int, int)
WRAP(connect, int, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n), int,
    const struct sockaddr *, socklen_t)
WRAP(send, ssize_t, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags), int,
    const void *, size_t, int)
WRAP(recv, ssize_t, (int fd, void *p, size_t n, int flags), (fd, p, n, flags), int, void *,
    size_t, int)
WRAP(ppoll, int, (struct pollfd * p, nfds_t n, const struct timespec *t, const sigset_t *mask),
    (p, n, t, mask), struct pollfd *, nfds_t, const struct timespec *, const sigset_t *)

/* The last argument may be absent; then it is not looked at. */
#define WRAP_VA(name, first)                     \
	int name(first a, int b, ...);           \
	int name(first a, int b, ...)            \
	{                                        \
		va_list ap;                      \
		long c;                          \
		REAL(name, int, first, int, ...) \
		va_start(ap, b);                 \
		c = va_arg(ap, long);            \
		va_end(ap);                      \
		return real(a, b, c);            \
	}

WRAP_VA(open64, const char *)
WRAP_VA(fcntl64, int)
