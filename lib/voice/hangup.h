/*
 * hangup: ends the calls whose hangup was asked for (calls_ask_hangup), also
 * where no dialer lives any more. Only our own channels, by their call ids.
 */
#ifndef HANGUP_H
#define HANGUP_H

#include "door.h"

/*
 * Calls of dead dialers are hung up and settled here; those of living ones by them, and by us where
 * they do not within a second. *left is how many lines are open at the end. 0, or -1: TEMPFAIL where
 * an exchange cannot be reached.
 */
int hangup_open(struct db *, const struct settings *,
    void (*word)(void *arg, enum door_word, const char *text), void *arg, int64_t *left,
    struct fault *);

#endif
