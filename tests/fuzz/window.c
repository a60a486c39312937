/*
 * fuzz: any plan, zones and instant through the calendar. An opening must be
 * the first one: open where it begins and until it closes, shut before it and
 * behind it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "tz.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const names[] = {"America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
    "America/Havana", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Kiritimati", "UTC"};
enum { ZONES = sizeof(names) / sizeof(names[0]) };

struct input {
	int16_t from_day, until_day;
	uint8_t days, windows, zones;
	uint8_t zone[4];
	uint16_t edge[2 * PLAN_WINDOWS];
	uint32_t minute; /* since 2020 */
	uint16_t inside;
};

static void
load(struct zone *zone[ZONES])
{
	struct fault f;
	struct buf b = {0};

	for (int i = 0; i < ZONES; i++) {
		buf_reset(&b);
		if (tz_read(names[i], &b, &f) < 0 ||
		    (zone[i] = zone_new(names[i], b.p, b.len, &f)) == NULL)
			abort();
	}
	buf_release(&b);
}

static void
check(const struct plan *p, const struct zone *const *z, int n, int64_t now, uint64_t inside)
{
	int64_t closes, other, opens = policy_window(p, z, n, now, &closes), t;

	if (opens == INT64_MAX) {
		if (closes != INT64_MAX)
			abort();
		return;
	}
	if (opens < now || closes <= opens)
		abort();
	t = opens + (int64_t)(inside % (uint64_t)(closes - opens));
	if (policy_window(p, z, n, opens, &other) != opens || other != closes)
		abort();
	if (policy_window(p, z, n, t, &other) != t || other < closes)
		abort();
	if (closes - opens < INT64_C(8) * 86400000 &&
	    policy_window(p, z, n, closes, &other) == closes)
		abort();
	if (opens > now) {
		t = now + (int64_t)(inside % (uint64_t)(opens - now));
		if (policy_window(p, z, n, t, &other) != opens || other != closes)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct zone *zone[ZONES];
	const struct zone *used[4];
	struct input in;
	struct plan p = {0};
	int n;

	if (zone[0] == NULL)
		load(zone);
	if (len < sizeof(in))
		return 0;
	memcpy(&in, bytes, sizeof(in));
	p.days = in.days & 0x7f;
	p.from_day = in.from_day > 0 ? 18262 + in.from_day % 7000 : 0;
	p.until_day = in.until_day > 0 ? 18262 + in.until_day % 7000 : 0;
	p.windows = in.windows % (PLAN_WINDOWS + 1);
	for (int i = 0; i < p.windows; i++)
		p.window[i] = (struct window){in.edge[2 * i] % 1440, in.edge[2 * i + 1] % 1441};
	n = 1 + in.zones % 4;
	for (int i = 0; i < n; i++)
		used[i] = zone[in.zone[i] % ZONES];
	check(&p, used, n, 1577836800000 + (int64_t)(in.minute % 9000000) * 60000,
	    in.inside * 60007u);
	return 0;
}
