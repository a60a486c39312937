/*
 * fuzz: any bytes as a time zone file. What is accepted must answer every
 * question: a change is a change, a day starts on its date, local time is
 * within a day and two hours of UTC.
 */
#include <stdint.h>
#include <stdlib.h>

#include "zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_at(const struct zone *z, int64_t at)
{
	int64_t next = zone_next_change(z, at);
	struct civil c;

	zone_civil(z, at, &c);
	if (c.offset != zone_offset(z, at) || c.offset <= -25 * 3600 || c.offset >= 26 * 3600)
		abort();
	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour < 0 || c.hour > 23)
		abort();
	if (next == INT64_MAX)
		return;
	if (next <= at || zone_offset(z, next) == zone_offset(z, next - 1))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN / 1000, -1, 0, 1, 1772442000000,
	    4102444800000, INT64_MAX / 1000, INT64_MAX};
	struct fault f = {.code = OK};
	struct zone *z = zone_new("fuzz", p, len, &f);
	int64_t at;

	if (z == NULL) {
		if (f.code != DATAERR)
			abort();
		return 0;
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		check_at(z, times[i]);
	at = 1772442000000;
	for (int i = 0; i < 20 && (at = zone_next_change(z, at)) != INT64_MAX; i++)
		check_at(z, at);
	zone_free(z);
	return 0;
}
