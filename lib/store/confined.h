/*
 * confined: the files of a store for a process that gives up all others
 * (sandbox.h): the file, its journal, the turnstile and the folder of locks.
 * The journal is known by its inode: another program that replaces it (the
 * sqlite3 shell deletes it when it has written) takes it away from us.
 */
#ifndef CONFINED_H
#define CONFINED_H

#include <stdbool.h>
#include <sys/stat.h>

#include "db.h"
#include "sandbox.h"

struct confined {
	char *journal;
	struct stat was;
};

/* Allows them, and makes those that only come with a first write. Release in either case. */
int confined_allow(struct confined *, struct db *, struct sandbox *, struct fault *);
void confined_release(struct confined *);
/* Whether the journal is still the one that we may open. */
bool confined_intact(const struct confined *);

#endif
