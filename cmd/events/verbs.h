/*
 * verbs: the parts of outreach-events. Each verb gets its arguments with its
 * name in argv[0] and returns the exit code.
 */
#ifndef EVENTS_VERBS_H
#define EVENTS_VERBS_H

#define TOOL "outreach-events"

extern const char events_usage[];

int events_apply(int argc, char **argv);
int events_log(int argc, char **argv);
int events_verify(int argc, char **argv);
int events_replay(int argc, char **argv);

#endif
