/*
 * leftover: a child that holds one end of a pipe and reads until the other is
 * closed, which the kernel does when we die.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftover.h"

enum { LEFTOVERS = 32 };

static void
remove_same(const char *path, const struct stat *was)
{
	struct stat is;

	if (lstat(path, &is) == 0 && is.st_dev == was->st_dev && is.st_ino == was->st_ino)
		unlink(path);
}

/* Every descriptor but this one, which becomes 0: nothing of ours stays open through the child. */
static void
keep_only(int fd)
{
	if (dup2(fd, STDIN_FILENO) < 0)
		_exit(OSERR);
	(void)close_range(1, ~0u, 0);
}

static void
wait_and_remove(int fd, const char *const *path, size_t n)
{
	struct stat was[LEFTOVERS];
	sigset_t all;
	char byte;

	/* A signal to the whole group is for the parent; its end is ours. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (size_t i = 0; i < n; i++)
		if (lstat(path[i], &was[i]) < 0)
			was[i] = (struct stat){0};
	keep_only(fd);
	while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < n; i++)
		remove_same(path[i], &was[i]);
	_exit(OK);
}

int
leftover_start(struct leftover *l, const char *const *path, size_t n, struct fault *f)
{
	int end[2];

	l->fd = -1;
	if (n > LEFTOVERS)
		return fault(f, SOFTWARE, "over %d files to remove", LEFTOVERS);
	if (pipe2(end, O_CLOEXEC) < 0)
		return fault(f, OSERR, "pipe: %s", strerror(errno));
	l->pid = fork();
	if (l->pid == 0) {
		close(end[1]);
		wait_and_remove(end[0], path, n);
	}
	close(end[0]);
	if (l->pid > 0) {
		l->fd = end[1];
		return 0;
	}
	close(end[1]);
	return fault(f, OSERR, "fork: %s", strerror(errno));
}

void
leftover_end(struct leftover *l)
{
	if (l->fd < 0)
		return;
	close(l->fd);
	l->fd = -1;
	while (waitpid(l->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
