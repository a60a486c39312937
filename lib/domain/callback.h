/*
 * callback: when somebody asked to be called again, as an instant. Whether a
 * call may be made then is policy's to say. Pure: zones and now are arguments.
 */
#ifndef CALLBACK_H
#define CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "zone.h"

enum { CALLBACK_DAYS = 90, CALLBACK_WHY = 100 };

/*
 * "2026-03-02T18:00" (seconds allowed) by the clocks of these zones, or an instant of RFC 3339, which
 * needs none: 0, or -1 with a DATAERR: it is no time, there is no zone, or the zones do not agree
 * about the instant.
 */
int callback_read(
    const char *text, const struct zone *const *, int zones, int64_t *at, struct fault *);

/*
 * Whether somebody who spoke at asked_at can have meant that time, and it is still to come. If not, why
 * says it for people.
 */
bool callback_fits(int64_t at, int64_t asked_at, int64_t now, char why[CALLBACK_WHY + 1]);

#endif
