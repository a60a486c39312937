/*
 * number: numbers and beginnings of numbers that must not be called. More is
 * taken here than may be dialled (phone.h).
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

#include "buf.h"
#include "fault.h"

/* A number in E.164 form, whoever's it may be, or with a region a national one. -1 DATAERR. */
int number_read(const char *, size_t, const char *region, int64_t *phone, struct fault *);
/* "+4470" or "+4470*" */
int prefix_read(struct slice, int64_t *prefix, struct fault *);

#endif
