/*
 * callback: local times to instants, over gaps and folds, where zones agree
 * and where they do not; and times that nobody can have meant.
 */
#include "callback.h"
#include "zones.h"

static const struct {
	const char *zones[3], *text, *want; /* an instant, or words of the fault */
} times[] = {
    {{"Asia/Kolkata"}, "2026-03-02T18:00", "2026-03-02T12:30:00.000Z"},
    {{"Asia/Kolkata"}, "2026-03-02 18:00", "2026-03-02T12:30:00.000Z"},
    {{"Asia/Kolkata"}, "2026-03-02T18:00:30", "2026-03-02T12:30:00.000Z"},
    {{"Asia/Kolkata"}, "2026-03-02T18:00:00Z", "2026-03-02T18:00:00.000Z"},
    {{"Asia/Kolkata"}, "2026-03-02T18:00:00+01:00", "2026-03-02T17:00:00.000Z"},
    /* Clocks go forward at 01:00 UTC on the 29th: 01:30 is not shown, 02:30 comes of it. */
    {{"Europe/London"}, "2026-03-29T01:30", "2026-03-29T01:30:00.000Z"},
    {{"Europe/London"}, "2026-03-29T00:59", "2026-03-29T00:59:00.000Z"},
    {{"Europe/London"}, "2026-03-29T02:00", "2026-03-29T01:00:00.000Z"},
    /* And back on 25 October: 01:30 is shown twice, the first is meant. */
    {{"Europe/London"}, "2026-10-25T01:30", "2026-10-25T00:30:00.000Z"},
    {{"Europe/London"}, "2026-10-25T02:00", "2026-10-25T02:00:00.000Z"},
    {{"America/New_York"}, "2026-03-08T02:30", "2026-03-08T07:30:00.000Z"},
    {{"America/New_York"}, "2026-11-01T01:30", "2026-11-01T05:30:00.000Z"},
    {{"Europe/Rome", "Europe/Berlin"}, "2026-03-02T18:00", "2026-03-02T17:00:00.000Z"},
    {{"Europe/Rome", "Europe/London"}, "2026-03-02T18:00", "another instant in Europe/London"},
    {{0}, "2026-03-02T18:00", "not known"},
    {{0}, "2026-03-02T18:00:00Z", "2026-03-02T18:00:00.000Z"},
    {{"Asia/Kolkata"}, "2026-02-30T18:00", "is no time"},
    {{"Asia/Kolkata"}, "2026-13-01T18:00", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T24:00", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T18:60", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T18:00:61", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T-1:30", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T10:-5", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T10:05:-9", "the time"},
    {{"Asia/Kolkata"}, "2026-03-02T 9:30", "is no time"},
    {{"Asia/Kolkata"}, "2026-03--2T09:30", "is no time"},
    {{"Asia/Kolkata"}, "2026-3-2T18:00", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02x18:00", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T18:00x", "is no time"},
    {{"Asia/Kolkata"}, "1926-03-02T18:00", "is no time"},
    {{"Asia/Kolkata"}, "tomorrow at six", "is no time"},
    {{"Asia/Kolkata"}, "", "is no time"},
    {{"Asia/Kolkata"}, "2026-03-02T18:00:00+99", "the time"},
};

static void
test_times(void)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const struct zone *z[3] = {0};
		struct fault f = {.code = OK};
		char got[1000];
		int64_t at = 0;
		int n = 0;

		for (; n < 3 && times[i].zones[n]; n++)
			z[n] = load(times[i].zones[n]);
		if (callback_read(times[i].text, z, n, &at, &f) == 0)
			num_instant_text(at, got);
		else
			snprintf(got, sizeof(got), "%s", f.text);
		ok(strstr(got, times[i].want) != NULL, "%s %s", times[i].text,
		    times[i].zones[0] ? times[i].zones[0] : "nowhere");
		if (!strstr(got, times[i].want))
			printf("# got %s\n", got);
		while (n > 0)
			zone_free((struct zone *)(uintptr_t)z[--n]);
	}
}

static void
test_fits(void)
{
	const int64_t day = INT64_C(86400000), asked = 1000 * day;
	char why[CALLBACK_WHY + 1] = "";

	ok(callback_fits(asked + 1, asked, asked, why), "the next moment");
	ok(callback_fits(asked + 90 * day, asked, asked, why), "in 90 days");
	ok(!callback_fits(asked + 90 * day + 1, asked, asked, why) && strstr(why, "90 days"),
	    "not later: %s", why);
	ok(!callback_fits(asked, asked, asked, why) && strstr(why, "was over"),
	    "not the moment itself: %s", why);
	ok(!callback_fits(asked + day, asked, asked + day, why) && strstr(why, "that is over"),
	    "nor what is over by now: %s", why);
	ok(!callback_fits(INT64_MIN, asked, asked, why), "nor the beginning of time");
	ok(!callback_fits(INT64_MAX, asked, asked, why), "nor its end");
}

int
main(void)
{
	test_times();
	test_fits();
	return done_testing();
}
