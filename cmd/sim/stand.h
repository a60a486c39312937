/*
 * stand: what every simulator does once its port is open: it tells the port
 * and the process id, and goes on in the background. One at a time for each
 * file of a process id.
 */
#ifndef STAND_H
#define STAND_H

#include <stdbool.h>

#include "fault.h"

struct stand {
	const char *port_file,
	    *pid_file; /* null: none; without a port file the port is printed */
	bool background;
	int fd; /* of the process id's file, held as long as we live; -1 without one */
};

/* Holds the file of the process id, before any other file is touched; TEMPFAIL: a simulator has it. */
int stand_claim(struct stand *, struct fault *);

/*
 * Behind stand_claim. Tells the port; the process id first: who reads the one may want the other. With background the
 * child goes on and the parent ends: call it before any thread is started. 0, or -1 with the fault.
 */
int stand_up(const struct stand *, int port, struct fault *);

#endif
