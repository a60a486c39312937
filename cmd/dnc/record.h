/*
 * record: what a record says of who must not be called: its numbers, the
 * person, or a rule.
 */
#ifndef DNC_RECORD_H
#define DNC_RECORD_H

#include "numbers.h"

/* Takes every rule that an indexed record means. 0, or -1: DATAERR "file:line: why". */
int record_rules(struct numbers *, const struct rec *, struct fault *);

#endif
