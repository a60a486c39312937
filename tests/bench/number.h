/*
 * number: a whole number of a bench's command line, or the end with 64.
 */
#ifndef BENCH_NUMBER_H
#define BENCH_NUMBER_H

#include <err.h>
#include <stdint.h>

#include "fault.h"
#include "num.h"

static int64_t
number(const char *what, const char *text, int64_t min, int64_t max)
{
	struct fault f;
	int64_t n;

	if (num_parse(what, text, min, max, &n, &f) < 0)
		errx(64, "%s", f.text);
	return n;
}

#endif
