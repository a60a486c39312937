/*
 * sandbox: a process gives up for good what it will not need: files, TCP
 * (Linux: Landlock, landlock(7)) and system calls (seccomp(2)), for itself and
 * its children. Best effort: what the kernel does not know is not given up.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* What stays allowed of a path; of a folder, of everything below it too. */
enum {
	SANDBOX_READ = 1,  /* files are read */
	SANDBOX_WRITE = 2, /* files that are there are written and cut */
	SANDBOX_LIST = 4,  /* folders are opened: to list and to sync them */
	SANDBOX_CHANGE =
	    8,           /* files and sockets are made, renamed within a folder and removed */
	SANDBOX_RUN = 16 /* programs are run */
};

/* System calls that only some need. */
enum {
	SANDBOX_CONNECT = 1, /* new sockets for TCP and UDP */
	SANDBOX_LOCAL = 2,   /* and for Unix sockets */
	SANDBOX_START = 4    /* execve */
};

struct sandbox_kernel {
	int landlock; /* its ABI; 0: none */
	bool seccomp;
};

/* What this kernel has. */
struct sandbox_kernel sandbox_kernel(void);
enum { SANDBOX_TEXT = 48 };
/* "Landlock 7, seccomp"; "" if there is nothing. Returns text. */
const char *sandbox_text(const struct sandbox_kernel *, char text[SANDBOX_TEXT]);

struct sandbox; /* what stays allowed */

struct sandbox *sandbox_new(void);
void sandbox_free(struct sandbox *);
/* A path that is not there is passed over. OSERR. */
int sandbox_allow(struct sandbox *, const char *path, unsigned what, struct fault *);
/* Connecting to a TCP port (where Landlock can tell, ABI 4); without any, none. OSERR. */
int sandbox_allow_port(struct sandbox *, int port, struct fault *);
/*
 * From here on, for this thread and those that it starts, for ever: nothing else of files and TCP, and
 * of system calls only what a server needs, and those named. Descriptors that are open stay usable.
 * OSERR; nothing may be relied on then.
 */
int sandbox_enter(struct sandbox *, unsigned calls, struct fault *);

#endif
