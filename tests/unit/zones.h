/*
 * zones: time zones of this system and instants, for tests that need them.
 */
#ifndef ZONES_H
#define ZONES_H

#include <stdlib.h>

#include "buf.h"
#include "num.h"
#include "tap.h"
#include "tz.h"
#include "zone.h"

/* A zone that the system must have. */
static inline struct zone *
load(const char *name)
{
	struct fault f = {.code = OK};
	struct buf b = {0};
	struct zone *z = NULL;

	if (tz_read(name, &b, &f) == 0)
		z = zone_new(name, b.p, b.len, &f);
	if (z == NULL) {
		printf("Bail out! %s\n", f.text);
		exit(1);
	}
	buf_release(&b);
	return z;
}

static inline int64_t
instant(const char *text)
{
	struct fault f;
	int64_t ms;

	if (num_instant("instant", text, &ms, &f) < 0) {
		printf("Bail out! %s\n", f.text);
		exit(1);
	}
	return ms;
}

#endif
