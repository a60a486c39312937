/*
 * hangup: ends the calls whose hangup was asked for (calls_ask_hangup), also
 * where no dialer lives any more. Only our own channels, by their call ids.
 */
#ifndef HANGUP_H
#define HANGUP_H

#include "calls.h"
#include "door.h"

/*
 * Calls of dead dialers are hung up and settled here; those of living ones by them, and by us where
 * they do not within a second. 0, also where lines are open in the end, or -1: TEMPFAIL where an
 * exchange cannot be reached.
 */
int hangup_open(struct db *, const struct settings *,
    void (*word)(void *arg, enum door_word, const char *text), void *arg, struct fault *);
/* The same for one call; no exchange but its own is asked. */
int hangup_one(struct db *, const struct settings *, const struct order *,
    void (*word)(void *arg, enum door_word, const char *text), void *arg, struct fault *);

#endif
