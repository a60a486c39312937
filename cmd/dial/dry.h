/*
 * dry: outreach-dial -n, which decides and prints and dials nobody.
 */
#ifndef DIAL_DRY_H
#define DIAL_DRY_H

#include "db.h"
#include "settings.h"

/*
 * Each call record on standard input with the members decision (call_now, not_before, held, never),
 * reasons, not_before where there is such an instant, and channel, the dial string. Its exit code.
 */
int dial_dry(struct db *, const struct settings *, const char *exchange, bool keep_going,
    void (*report)(const struct fault *));

#endif
