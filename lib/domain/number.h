/*
 * number: numbers and beginnings of numbers that must not be called. More is
 * taken here than may be dialled (phone.h).
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

#include "buf.h"
#include "fault.h"

/*
 * A number as phone_read reads it; what the tables know no number for is taken in the plain form of
 * E.164 only, as it stands. -1 DATAERR.
 */
int number_read(const char *, size_t, const char *region, int64_t *phone, struct fault *);
/* "+4470" or "+4470*" */
int prefix_read(struct slice, int64_t *prefix, struct fault *);

#endif
