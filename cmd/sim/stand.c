/*
 * stand: the parent of a simulator in the background ends only when the port
 * is open and both files are written.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "clock.h"
#include "loop.h"
#include "stand.h"
#include "temp.h"

enum { TRIES = 20, AGAIN_MS = 50 }; /* of real time: one that was told to end needs a moment */

static int
hold(int fd)
{
	int rc;

	for (int i = 1; (rc = flock(fd, LOCK_EX | LOCK_NB)) < 0 && i < TRIES; i++)
		(void)loop_sleep(AGAIN_MS * clock_scale());
	return rc;
}

int
stand_claim(struct stand *s, struct fault *f)
{
	char text[32] = "";

	s->fd = -1;
	if (s->pid_file == NULL)
		return 0;
	s->fd = open(s->pid_file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (s->fd < 0)
		return fault(f, IOERR, "%s: %s", s->pid_file, strerror(errno));
	if (hold(s->fd) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return fault(f, IOERR, "%s: %s", s->pid_file, strerror(errno));
	(void)!read(s->fd, text, sizeof(text) - 1);
	text[strspn(text, "0123456789")] = '\0';
	return fault(f, TEMPFAIL,
	    "%s: the simulator of this file is running (kill %s ends it; another file is for another one)",
	    s->pid_file, text);
}

static int
tell_pid(const struct stand *s, pid_t pid, struct fault *f)
{
	if (s->fd < 0 || (ftruncate(s->fd, 0) == 0 && dprintf(s->fd, "%d\n", (int)pid) > 0))
		return 0;
	return fault(f, IOERR, "%s: %s", s->pid_file, strerror(errno));
}

static int
detach(const struct stand *s, struct fault *f)
{
	pid_t pid = fork();
	int null;

	if (pid < 0)
		return fault(f, OSERR, "fork: %s", strerror(errno));
	if (pid > 0) {
		if (tell_pid(s, pid, f) == 0)
			_exit(OK);
		warnx("%s", f->text);
		kill(pid, SIGKILL);
		_exit(f->code);
	}
	setsid();
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(OSERR);
	return 0;
}

static int
announce(const struct stand *s, int port, struct fault *f)
{
	if (!s->background && tell_pid(s, getpid(), f) < 0)
		return -1;
	if (s->port_file != NULL)
		return newfile_number(s->port_file, port, f);
	printf("%d\n", port);
	return fflush(stdout) == 0 ? 0 : fault(f, IOERR, "stdout: %s", strerror(errno));
}

int
stand_up(const struct stand *s, int port, struct fault *f)
{
	if (announce(s, port, f) < 0)
		return -1;
	return s->background ? detach(s, f) : 0;
}
