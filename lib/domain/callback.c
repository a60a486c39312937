/*
 * callback: a local time to an instant, and whether it can be meant.
 */
#include "callback.h"

#include <stdio.h>
#include <string.h>

#include "num.h"

#define DAY_MS INT64_C(86400000)

/* ---- local time -------------------------------------------------------------- */

static bool
shows(const struct zone *z, int64_t at, const struct civil *want)
{
	struct civil c;

	zone_civil(z, at, &c);
	return c.year == want->year && c.month == want->month && c.day == want->day &&
	    c.hour == want->hour && c.minute == want->minute;
}

/*
 * The first instant (UTC ms) at which a zone's clock shows this date and minute; where the clock is set
 * forward over it, as long behind the jump as it would have been.
 */
static int64_t
callback_instant(const struct zone *z, const struct civil *c)
{
	int64_t local = civil_days(c->year, c->month, c->day) * DAY_MS +
	    ((int64_t)c->hour * 60 + c->minute) * 60000;
	/* Offsets are less than a day: the one that holds is that of a day before or of a day behind. */
	int64_t before = local - (int64_t)zone_offset(z, local - DAY_MS) * 1000;
	int64_t behind = local - (int64_t)zone_offset(z, local + DAY_MS) * 1000;
	int64_t first = before < behind ? before : behind;

	if (shows(z, first, c))
		return first;
	if (shows(z, before, c))
		return before;
	return shows(z, behind, c) ? behind : before;
}

/* Whether a text looks so: d is a digit, anything else itself. */
static bool
looks_like(const char *text, const char *form)
{
	for (; *form && (*form == 'd' ? *text >= '0' && *text <= '9' : *text == *form); form++)
		text++;
	return !*form && !*text;
}

/* "YYYY-MM-DDTHH:MM[:SS]" or with a space; false if it is none, or no day of the calendar. */
static bool
read_civil(const char *text, struct civil *c)
{
	int year, month, day, second = 0;

	*c = (struct civil){0};
	if (!looks_like(text, "dddd-dd-ddTdd:dd") && !looks_like(text, "dddd-dd-dd dd:dd") &&
	    !looks_like(text, "dddd-dd-ddTdd:dd:dd") &&
	    !looks_like(text, "dddd-dd-dd dd:dd:dd"))
		return false;
	if (sscanf(text, "%4d-%2d-%2d%*c%2d:%2d:%2d", &c->year, &c->month, &c->day, &c->hour,
		&c->minute, &second) < 5)
		return false;
	if (c->month < 1 || c->month > 12 || c->hour > 23 || c->minute > 59 || second > 59)
		return false;
	civil_from_days(civil_days(c->year, c->month, c->day), &year, &month, &day);
	return c->year >= 1970 && year == c->year && month == c->month && day == c->day;
}

int
callback_read(
    const char *text, const struct zone *const *zone, int zones, int64_t *at, struct fault *f)
{
	struct civil c;

	if (strlen(text) > 16 && strpbrk(text + 16, "Zz+-"))
		return num_instant("the time", text, at, f);
	if (!read_civil(text, &c))
		return fault(f, DATAERR,
		    "\"%.40s\" is no time such as 2026-03-02T18:00 (the person's clock) or 2026-03-02T18:00:00Z",
		    text);
	for (int i = 0; i < zones; i++)
		if (!zone[i])
			zones = 0; /* the system does not know it */
	if (zones <= 0)
		return fault(
		    f, DATAERR, "the time zone of the person is not known: give an instant");
	*at = callback_instant(zone[0], &c);
	for (int i = 1; i < zones; i++)
		if (callback_instant(zone[i], &c) != *at)
			return fault(f, DATAERR,
			    "%.16s is another instant in %s than in %s, and the person may be in either",
			    text, zone_name(zone[i]), zone_name(zone[0]));
	return 0;
}

/* ---- whether it can be meant --------------------------------------------------- */

bool
callback_fits(int64_t at, int64_t asked_at, int64_t now, char why[CALLBACK_WHY + 1])
{
	const char *what = NULL;
	char text[32];

	if (at <= asked_at)
		what = "was over when it was asked for";
	else if (at <= now)
		what = "is over";
	else if (at - asked_at > CALLBACK_DAYS * DAY_MS)
		what = "is more than 90 days away";
	if (!what)
		return true;
	(void)snprintf(why, CALLBACK_WHY + 1, "a call was asked for at a time that %s: %.16sZ",
	    what, num_instant_text(at, text));
	return false;
}
