/*
 * openings: sums and ends by hand, and minute by minute where clocks are set;
 * groups that overlap, that touch, and that are never open.
 */
#include "openings.h"
#include "zones.h"

#define MINUTE INT64_C(60000)
#define HOUR   INT64_C(3600000)

static const struct plan plan = {.days = 0x3e, /* from nine to five on Mondays to Fridays */
    .windows = 1,
    .window = {{9 * 60, 17 * 60}}};

/* UTC, and Tokyo nine hours earlier: from 0 to 8 and from 9 to 17 UTC. */
static void
test_by_hand(const struct zone *utc, const struct zone *tokyo)
{
	const struct zone *one[] = {utc}, *two[] = {tokyo}, *both[] = {utc, tokyo};
	struct openings o = {.plan = &plan, .group = {{one, 1}, {two, 1}}, .groups = 2};
	struct openings never = {.plan = &plan, .group = {{both, 2}}, .groups = 1};
	struct openings any = {.groups = 0};
	int64_t monday = instant("2026-03-02T00:00:00Z"), friday = monday + 4 * 24 * HOUR;

	ok(openings_now(&o, monday + 12 * HOUR) && openings_now(&o, monday), "open");
	ok(!openings_now(&o, monday + 8 * HOUR) && !openings_now(&o, monday + 18 * HOUR),
	    "between them, and behind");
	is_int(openings_between(&o, monday, monday + 24 * HOUR), 16 * HOUR, "a day has both");
	is_int(openings_between(&o, friday + 12 * HOUR, monday + (7 * 24 + 12) * HOUR),
	    16 * HOUR, "over a week-end");
	is_int(openings_between(&o, monday + 9 * HOUR, monday + 9 * HOUR), 0, "no time");
	is_int(openings_after(&o, monday + 12 * HOUR, 5 * HOUR), monday + 17 * HOUR,
	    "to the very end");
	is_int(openings_after(&o, monday + 12 * HOUR, 5 * HOUR + 1), monday + 24 * HOUR + 1,
	    "and on the next day");
	is_int(openings_after(&o, friday + 16 * HOUR, 2 * HOUR), friday + (3 * 24 + 1) * HOUR,
	    "or behind the week-end");
	ok(!openings_now(&never, monday) && openings_between(&never, monday, friday) == 0 &&
		openings_after(&never, monday, 1) == INT64_MAX,
	    "hours that nobody shares");
	ok(openings_now(&any, monday) && openings_between(&any, monday, friday) == 96 * HOUR &&
		openings_after(&any, monday, HOUR) == monday + HOUR,
	    "nobody: any instant");
	is_int(openings_after(&o, monday, INT64_MAX / 2), INT64_MAX, "too far to see");
}

/* Three weeks in which both clocks are set, against each minute of it. */
static void
test_by_minute(const struct zone *berlin, const struct zone *york)
{
	const struct zone *one[] = {berlin}, *two[] = {york}, *both[] = {berlin, york};
	struct openings o = {
	    .plan = &plan, .group = {{one, 1}, {two, 1}, {both, 2}}, .groups = 3};
	int64_t from = instant("2026-03-06T03:17:00Z"), to = instant("2026-03-31T15:03:00Z");
	int64_t open = 0, bad = 0;

	for (int64_t t = from; t < to; t += MINUTE) {
		int64_t closes;
		bool look = t / MINUTE % 97 == 0,
		     is = policy_window(&plan, one, 1, t, &closes) == t ||
		    policy_window(&plan, two, 1, t, &closes) == t;

		bad += is != openings_now(&o, t);
		bad += look && is && openings_after(&o, from, open) > t;
		open += is ? MINUTE : 0;
		bad += look && is && openings_after(&o, from, open) != t + MINUTE;
	}
	is_int(bad, 0, "each minute is as policy has it");
	is_int(openings_between(&o, from, to), open, "and so is their sum");
}

int
main(void)
{
	struct zone *utc = load("UTC"), *tokyo = load("Asia/Tokyo");
	struct zone *berlin = load("Europe/Berlin"), *york = load("America/New_York");

	test_by_hand(utc, tokyo);
	test_by_minute(berlin, york);
	zone_free(utc);
	zone_free(tokyo);
	zone_free(berlin);
	zone_free(york);
	return done_testing();
}
