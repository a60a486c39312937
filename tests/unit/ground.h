/*
 * ground: a directory of a test's own, and stores in it.
 */
#ifndef GROUND_H
#define GROUND_H

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include "db.h"
#include "home.h"
#include "mem.h"
#include "tap.h"

static char dir[64];
static struct fault f;

/* Ends the program: without what failed there is nothing to test. */
static inline void
need(int good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, f.text);
	exit(1);
}

/* Makes dir below TMPDIR. */
static inline void
ground_make(const char *name)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof dir, "%.40s/%s.XXXXXX", tmp ? tmp : "/tmp", name);
	need(mkdtemp(dir) != NULL, "no directory");
}

static inline int
ground_removed(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static inline void
ground_clear(void)
{
	nftw(dir, ground_removed, 16, FTW_DEPTH | FTW_PHYS);
}

static inline char *
in_dir(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

/* A new store of that name in dir, open to write. */
static inline void
fresh(struct db *db, const char *name)
{
	char *path = in_dir(name);

	need(home_make(path, &f) == 0 && db_open(db, path, DB_WRITE, &f) == 0, name);
	free(path);
}

static inline int
must(int rc, const char *what)
{
	if (rc < 0)
		printf("# %s: %s\n", what, f.text);
	return ok(rc >= 0, "%s", what);
}

#endif
