/*
 * verbs: the parts of outreach-events. Each verb gets its arguments with its
 * name in argv[0] and returns the exit code.
 */
#ifndef EVENTS_VERBS_H
#define EVENTS_VERBS_H

#define TOOL "outreach-events"

#include "args.h"

extern const char events_usage[];

/* Reads the command line of a verb without operands: 0, or 1 where its exit code is known. */
int read_options(const char *verb, int argc, char **argv, const struct arg *table,
    const bool *help, int *status);

int events_age(int argc, char **argv);
int events_apply(int argc, char **argv);
int events_log(int argc, char **argv);
int events_verify(int argc, char **argv);
int events_replay(int argc, char **argv);

#endif
