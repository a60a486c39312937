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
#include <unistd.h>

#include "stand.h"
#include "temp.h"

static int
detach(const struct stand *s, struct fault *f)
{
	pid_t pid = fork();
	int null;

	if (pid < 0)
		return fault(f, OSERR, "fork: %s", strerror(errno));
	if (pid > 0) {
		if (s->pid_file == NULL || newfile_number(s->pid_file, pid, f) == 0)
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
	if (s->pid_file != NULL && !s->background &&
	    newfile_number(s->pid_file, getpid(), f) < 0)
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
