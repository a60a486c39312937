/*
 * zones: N scattered numbers through the table of prefixes, for the zones
 * bench: how many of them have zones.
 */
#include <inttypes.h>
#include <stdio.h>

#include "phone_zone.h"
#include "number.h"

int
main(int argc, char **argv)
{
	int64_t n = argc > 1 ? number("N", argv[1], 0, INT64_C(1000000000)) : 0, known = 0;
	uint64_t x = 1;

	for (int64_t i = 0; i < n; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		known += phone_zone_set(
			     NULL, (int64_t)(100000000000 + (x >> 11) % 900000000000)) >= 0;
	}
	printf("%" PRId64 "\n", known);
	return 0;
}
