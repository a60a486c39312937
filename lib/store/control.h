/*
 * control: stop, which acts on everything at once, and the lock files by which
 * the kernel tells who is alive.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

struct stop {
	bool stopped, hangup;
	int64_t at;
	char actor[128], reason[200];
};

int control_stop(
    struct db *, const char *reason, bool hangup, struct fault *); /* own transaction */
int control_resume(struct db *, bool *was, struct fault *);        /* own transaction */
int control_stopped(struct db *, struct stop *, struct fault *);
/* REFUSED "everything is stopped since ... by ... (outreach resume)" when it is. */
int control_check(struct db *, struct fault *);

/* ---- owners: <db>.d/<name>.lock, held by flock while the process lives ---- */
struct owner {
	char name[64];
	int fd;
	char *path;
};
int owner_take(struct db *, struct owner *, struct fault *);
void owner_release(struct owner *); /* removes the file */
bool owner_alive(struct db *, const char *name);
/* A named lock (one run a campaign): 1 taken, 0 somebody has it. */
int owner_only(struct db *, const char *what, struct owner *, struct fault *);

#endif
