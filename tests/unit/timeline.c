/*
 * timeline: no call is lost or moved to another time when steps become longer,
 * in whatever order they come; pace and finish by hand.
 */
#include "rand.h"
#include "tap.h"
#include "timeline.h"
#include "zones.h"

enum { MINUTE = 60000 };

static const int64_t noon = 1772452800000; /* 2026-03-02T12:00:00Z */

static const struct openings always = {.groups = 0};

static int64_t
sum(const int64_t *v, const struct timeline *t)
{
	int64_t n = 0;

	for (int i = 0; i < t->steps; i++)
		n += v[i];
	return n;
}

static void
test_short(void)
{
	struct timeline t = {.step_ms = 0};

	is_int(timeline_pace(&t, &always, noon), 0, "nothing has no pace");
	timeline_add(&t, noon + 5 * MINUTE, 1);
	timeline_add(&t, noon + 10, 0);
	timeline_add(&t, noon + 5 * MINUTE + 59999, 0);
	is_int(t.step_ms, MINUTE, "minutes");
	is_int(t.from, noon, "from the earliest");
	is_int(t.steps, 6, "to the last");
	is_int(t.calls[0], 1, "one at first");
	is_int(t.calls[5], 2, "two at last");
	is_int(t.answered[5], 1, "of them answered");
	timeline_add(&t, -1, 1);
	is_int(sum(t.calls, &t), 3, "before 1970 is no time");
}

/* Calls over so many minutes: all are there, in steps of so long. */
static void
test_long(int64_t minutes, int64_t step)
{
	struct timeline t = {.step_ms = 0};
	int64_t answered = 0, early = 0, want = 0;

	for (uint64_t i = 0; i < 3000; i++) {
		int64_t at = (int64_t)(hash64(&i, sizeof i, 3) % (uint64_t)minutes);
		int is = i % 3 == 0;

		timeline_add(&t, noon + at * MINUTE, is);
		answered += is;
		want += noon + at * MINUTE < noon - noon % step + step;
	}
	timeline_add(&t, noon, 0);
	timeline_add(&t, noon + (minutes - 1) * MINUTE, 0);
	is_int(t.step_ms, step, "the length of a step");
	ok(t.steps <= TIMELINE_STEPS && t.from % step == 0 && t.from <= noon,
	    "bounded, aligned");
	is_int(sum(t.calls, &t), 3002, "no call is lost");
	is_int(sum(t.answered, &t), answered, "nor an answer");
	early = t.calls[0];
	is_int(early, want + 1, "each in its step");
}

static void
test_finish(void)
{
	struct timeline t = {.step_ms = 0};

	/* Six calls a minute for an hour, until now. */
	for (int i = 0; i < 360; i++)
		timeline_add(&t, noon + i * 10000, 1);
	is_int(timeline_pace(&t, &always, noon + 60 * MINUTE), 360, "six a minute");
	is_int(timeline_finish(&t, &always, noon + 60 * MINUTE, 360, 360, 36),
	    noon + 60 * MINUTE + 6 * MINUTE, "36 more take six minutes");
	is_int(timeline_finish(&t, &always, noon + 60 * MINUTE, 360, 180, 36),
	    noon + 60 * MINUTE + 12 * MINUTE, "twice as long if each takes two calls");
	is_int(
	    timeline_finish(&t, &always, noon + 60 * MINUTE, 360, 360, 0), 0, "nobody is left");
	is_int(timeline_finish(&t, &always, noon + 60 * MINUTE, 360, 0, 5), 0,
	    "nobody is settled");
	is_int(timeline_pace(&t, &always, noon + 600 * MINUTE), 0, "long ago is no pace");
	is_int(timeline_finish(&t, &always, noon + 600 * MINUTE, 360, 360, 5), 0,
	    "and has no end");
}

/* A call a minute from nine to five in UTC, on Monday and on Tuesday until half past nine. */
static void
test_hours(void)
{
	static const struct plan plan = {
	    .days = 0x3e, .windows = 1, .window = {{9 * 60, 17 * 60}}};
	struct zone *utc = load("UTC");
	const struct zone *zone[] = {utc};
	struct openings o = {.plan = &plan, .group = {{zone, 1}}, .groups = 1};
	int64_t monday = noon - 12 * 60 * MINUTE, tuesday = monday + 24 * 60 * MINUTE;
	int64_t five = monday + 17 * 60 * MINUTE, nine = tuesday + 9 * 60 * MINUTE;
	struct timeline t = {.step_ms = 0};

	for (int64_t at = monday + 9 * 60 * MINUTE; at < five - 60 * MINUTE; at += MINUTE)
		timeline_add(&t, at, 1);
	is_int(timeline_pace(&t, &o, five - 60 * MINUTE), 60, "one a minute");
	is_int(timeline_finish(&t, &o, five - 60 * MINUTE, 420, 420, 120), nine + 60 * MINUTE,
	    "an hour today, an hour tomorrow");
	for (int64_t at = five - 60 * MINUTE; at < five; at += MINUTE)
		timeline_add(&t, at, 1);
	is_int(timeline_pace(&t, &o, five + 300 * MINUTE), 60, "the night does not slow it");
	is_int(timeline_finish(&t, &o, five + 300 * MINUTE, 480, 480, 120), nine + 120 * MINUTE,
	    "it goes on in the morning");
	is_int(timeline_pace(&t, &o, nine + 30 * MINUTE), 0, "a morning without calls does");
	for (int64_t at = nine; at < nine + 30 * MINUTE; at += MINUTE)
		timeline_add(&t, at, 1);
	ok(t.step_ms > MINUTE, "longer steps");
	is_int(timeline_pace(&t, &o, nine + 30 * MINUTE), 60, "behind the night as before it");
	zone_free(utc);
}

int
main(void)
{
	test_short();
	test_long(96, MINUTE);
	test_long(97, 5 * MINUTE);
	test_long(24 * 60, 15 * MINUTE);
	test_long(3 * 24 * 60, 60 * MINUTE);
	test_long(400 * 24 * 60, 168 * 60 * MINUTE);
	test_finish();
	test_hours();
	return done_testing();
}
