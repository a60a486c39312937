/*
 * proc: children through posix_spawn, which reports a failed exec here and
 * not in the child.
 */
#include <sys/stat.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "proc.h"

extern char **environ;

/* DIR/NAME if that can be run, heap; else null. */
static char *
program_in(const char *dir, size_t len, const char *name)
{
	char *path = len ? xasprintf("%.*s/%s", (int)len, dir, name) : xasprintf("./%s", name);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *
program_beside(const char *name)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	return slash != NULL ? program_in(self, (size_t)(slash - self), name) : NULL;
}

static char *
program_on_path(const char *name)
{
	const char *at = getenv("PATH");
	char *found = NULL;

	while (at != NULL && found == NULL) {
		size_t len = strcspn(at, ":");

		found = program_in(at, len, name);
		at = at[len] != '\0' ? at + len + 1 : NULL;
	}
	return found;
}

char *
proc_find(const char *name)
{
	char *found = program_beside(name);

	return found != NULL ? found : program_on_path(name);
}

static int
put_stream(posix_spawn_file_actions_t *a, int fd, int as)
{
	return fd < 0 ? 0 : posix_spawn_file_actions_adddup2(a, fd, as);
}

int
proc_start(char *const argv[], int in, int out, pid_t *pid, struct fault *f)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = put_stream(&files, in, STDIN_FILENO);
	if (rc == 0)
		rc = put_stream(&files, out, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc == 0 ? 0 : fault(f, OSERR, "%s: %s", argv[0], strerror(rc));
}

pid_t
proc_reap(int *code)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid <= 0)
		return 0;
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return pid;
}

bool
proc_end_with_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() > 1;
}

void
proc_keep_secret(void)
{
	(void)prctl(PR_SET_DUMPABLE, 0);
}
