/*
 * lines: open lines that somebody wants hung up, cheaply enough to be asked
 * for twice a second beside a thousand live calls.
 */
#ifndef LINES_H
#define LINES_H

#include "db.h"

/* The next open call behind *after (all zeros: from the start) whose hangup was asked for: 1, 0 end. */
int lines_next_hangup(struct db *, struct uuid *after, struct fault *);

#endif
