/*
 * recordings: everything by the descriptor of the folder, so that a name
 * cannot lead out of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "recordings.h"

enum { UUID_TEXT = 36 };

struct recordings {
	DIR *dir;
	char *path;
};

struct recordings *
recordings_open(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct recordings *r;

	if (!dir) {
		(void)fault(f, NOINPUT, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	r = xcalloc(1, sizeof *r);
	r->dir = dir;
	r->path = xstrdup(path);
	return r;
}

/* "0192f5f0-....-............wav" */
static bool
is_named(const char *name, struct recording *out)
{
	size_t len = strlen(name);

	if (len < UUID_TEXT + 2 || len >= sizeof out->name || name[UUID_TEXT] != '.' ||
	    uuid_parse(name, UUID_TEXT, &out->call) < 0)
		return false;
	memcpy(out->name, name, len + 1);
	return true;
}

int
recordings_next(struct recordings *r, struct recording *out, struct fault *f)
{
	const struct dirent *d;
	struct stat st;

	while (errno = 0, (d = readdir(r->dir)) != NULL) {
		if (!is_named(d->d_name, out))
			continue;
		if (fstatat(dirfd(r->dir), out->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			return fault(
			    f, IOERR, "%s/%s: %s", r->path, out->name, strerror(errno));
		}
		if (!S_ISREG(st.st_mode))
			continue;
		out->at = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
		return 1;
	}
	return errno ? fault(f, IOERR, "%s: %s", r->path, strerror(errno)) : 0;
}

int
recordings_remove(struct recordings *r, const struct recording *rec, struct fault *f)
{
	if (unlinkat(dirfd(r->dir), rec->name, 0) < 0 && errno != ENOENT)
		return fault(f, IOERR, "%s/%s: %s", r->path, rec->name, strerror(errno));
	return 0;
}

void
recordings_close(struct recordings *r)
{
	if (!r)
		return;
	closedir(r->dir);
	free(r->path);
	free(r);
}
