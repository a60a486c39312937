/*
 * clock: OUTREACH_NOW in its forms, standing, scaled and virtual time.
 */
#include <stdlib.h>

#include "clock.h"
#include "fault.h"
#include "loop.h"
#include "mem.h"
#include "num.h"
#include "tap.h"

static int
set_now(const char *now, struct fault *f)
{
	setenv("OUTREACH_NOW", now, 1);
	return clock_init(f);
}

static void
test_malformed(void)
{
	static const char *const table[] = {
	    "now",
	    "2026-03-02",
	    "2026-03-02T09:00:00",
	    "2026-03-02T09:00:00Z*",
	    "2026-03-02T09:00:00Z*60",
	    "2026-03-02T09:00:00Z*60@",
	    "2026-03-02T09:00:00Z*0@5",
	    "2026-03-02T09:00:00Z*-1@5",
	    "2026-03-02T09:00:00Z*1.5@5",
	    "2026-03-02T09:00:00Z*60@x",
	    "2026-03-02T09:00:00Z*60@1 ",
	};
	struct fault f;

	for (size_t i = 0; i < COUNT(table); i++)
		ok(set_now(table[i], &f) == -1 && f.code == CONFIG &&
			strncmp(f.text, "OUTREACH_NOW: ", 14) == 0,
		    "refused: %s", table[i]);
	ok(!clock_is_injected(), "and the clock stays real");
}

static void
test_real(void)
{
	struct fault f;
	int64_t mono = clock_mono(), us = clock_real_us();

	unsetenv("OUTREACH_NOW");
	is_int(clock_init(&f), 0, "no OUTREACH_NOW is fine");
	is_int(set_now("", &f), 0, "nor an empty one");
	ok(!clock_is_injected() && !clock_is_virtual() && clock_scale() == 1,
	    "the clock is real");
	ok(clock_wall() > 1700000000000, "the wall clock is past 2023");
	ok(clock_mono() >= mono && clock_real_us() >= us, "monotonic time does not go back");
}

static void
test_standing(void)
{
	struct fault f;
	char text[32];
	int64_t mono;

	is_int(set_now("2026-03-02T14:30:00+05:30", &f), 0, "an instant");
	is_str(num_instant_text(clock_wall(), text), "2026-03-02T09:00:00.000Z", "is now");
	mono = clock_mono();
	while (clock_mono() < mono + 3)
		loop_sleep(1);
	is_str(num_instant_text(clock_wall(), text), "2026-03-02T09:00:00.000Z",
	    "it stands still while monotonic time runs");
	ok(clock_is_injected() && clock_scale() == 1, "injected, not scaled");
}

static void
test_scaled(void)
{
	struct fault f;
	char *now =
	    xasprintf("2026-03-02T09:00:00Z*1000@%lld", (long long)(clock_real_us() / 1000));
	int64_t start = 1772442000000, wall, mono, us, before;

	is_int(set_now(now, &f), 0, "an instant, a factor, an origin");
	is_int(clock_scale(), 1000, "the factor");
	before = clock_real_us();
	wall = clock_wall();
	mono = clock_mono();
	us = clock_real_us();
	ok(wall >= start && wall - start < 600000, "near the instant at the origin");
	while (clock_real_us() < us + 3000)
		loop_sleep(100);
	ok(clock_wall() - wall >= 3000 && clock_mono() - mono >= 3000,
	    "both clocks run 1,000 times faster");
	ok((clock_wall() - wall) / 1000 <= (clock_real_us() - before) / 1000 + 1, "not faster");
	us = clock_real_us();
	mono = clock_mono();
	loop_sleep(60000);
	ok(clock_mono() - mono >= 59999 && clock_real_us() - us < 30000000,
	    "a minute of sleep takes 60 ms");
	free(now);
}

static void
test_virtual(void)
{
	int64_t mono;

	clock_virtual(1772442000000);
	mono = clock_mono();
	ok(clock_is_virtual() && clock_scale() == 1, "virtual");
	ok(mono > 0, "monotonic time starts above zero");
	is_int(clock_wall(), 1772442000000, "the wall clock is what was said");
	clock_advance(mono + 5000);
	is_int(clock_wall(), 1772442005000, "the wall clock moves along");
	is_int(clock_mono(), mono + 5000, "with the monotonic one");
	clock_advance(mono);
	is_int(clock_mono(), mono + 5000, "never back");
	loop_sleep(3600000);
	is_int(clock_wall(), 1772445605000, "sleep jumps");
}

int
main(void)
{
	test_malformed();
	test_real();
	test_standing();
	test_scaled();
	test_virtual();
	return done_testing();
}
