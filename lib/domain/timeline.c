/*
 * timeline: a step becomes so many of the next longer kind that the earlier
 * boundaries stay boundaries.
 */
#include <string.h>

#include "mem.h"
#include "timeline.h"

enum { MINUTE = 60000, LATE = 5, LATE_MS = 10 * MINUTE, HOUR = 60 * MINUTE };

/* Each a multiple of the one before, so that steps merge whole. */
static const int64_t lengths[] = {MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * (int64_t)HOUR,
    24 * (int64_t)HOUR, 168 * (int64_t)HOUR, 8736 * (int64_t)HOUR};

static int64_t
floor_to(int64_t at, int64_t step)
{
	return at - at % step;
}

/* The first length with which everything from first to last has room. */
static int64_t
length_for(int64_t first, int64_t last, int64_t least)
{
	size_t i = 0;

	while (i + 1 < COUNT(lengths) &&
	    (lengths[i] < least ||
		(floor_to(last, lengths[i]) - floor_to(first, lengths[i])) / lengths[i] >=
		    TIMELINE_STEPS))
		i++;
	return lengths[i];
}

static int64_t
step_of(const struct timeline *t, int64_t at)
{
	int64_t i = (at - t->from) / t->step_ms;

	return i < TIMELINE_STEPS ? i : TIMELINE_STEPS - 1; /* behind a century */
}

/* The same calls in steps of another length, beginning at another instant. */
static void
lay_out(struct timeline *t, int64_t from, int64_t step)
{
	struct timeline old = *t;

	if (from == t->from && step == t->step_ms)
		return;
	memset(t, 0, sizeof(*t));
	t->from = from;
	t->step_ms = step;
	for (int i = 0; i < old.steps; i++) {
		int64_t at = step_of(t, old.from + i * old.step_ms);

		t->calls[at] += old.calls[i];
		t->answered[at] += old.answered[i];
		t->steps = (int)at + 1;
	}
}

void
timeline_add(struct timeline *t, int64_t at, int answered)
{
	int64_t last = t->step_ms ? t->from + (t->steps - 1) * t->step_ms : at;
	int64_t first = t->step_ms && t->from < at ? t->from : at, step, i;

	if (at < 0)
		return;
	if (last < at)
		last = at;
	step = length_for(first, last, t->step_ms);
	lay_out(t, floor_to(first, step), step);
	i = step_of(t, at);
	if (t->steps <= i)
		t->steps = (int)i + 1;
	t->calls[i]++;
	t->answered[i] += answered != 0;
}

/* Where the pace is measured: of the steps behind *begin, until *end. */
static void
late(const struct timeline *t, const struct openings *o, int64_t now, int64_t *begin,
    int64_t *end)
{
	int64_t n = TIMELINE_STEPS / 10, last = t->from + t->steps * t->step_ms;

	*end = last < now && !openings_now(o, now) ? last : now;
	if (n * t->step_ms < LATE_MS)
		n = LATE_MS / t->step_ms;
	if (n < LATE)
		n = LATE;
	*begin = floor_to(*end - 1, t->step_ms) - (n - 1) * t->step_ms;
	if (*begin < t->from)
		*begin = t->from;
}

int64_t
timeline_pace(const struct timeline *t, const struct openings *o, int64_t now)
{
	int64_t calls = 0, begin, end, open;

	if (!t->step_ms)
		return 0;
	late(t, o, now, &begin, &end);
	for (int i = 0; i < t->steps; i++)
		if (t->from + i * t->step_ms >= begin)
			calls += t->calls[i];
	open = openings_between(o, begin, end);
	return calls && open > 0 ? calls * HOUR / open : 0;
}

int64_t
timeline_finish(const struct timeline *t, const struct openings *o, int64_t now, int64_t calls,
    int64_t settled, int64_t remaining)
{
	int64_t pace = timeline_pace(t, o, now), more, at;

	if (!pace || settled <= 0 || remaining <= 0)
		return 0;
	more = calls > settled ? remaining * calls / settled : remaining;
	at = openings_after(o, now, more * HOUR / pace);
	return at != INT64_MAX ? at : 0;
}
