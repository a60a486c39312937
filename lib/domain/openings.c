/*
 * openings: from one opening to the next; those of several groups that touch
 * are walked through one by one.
 */
#include "openings.h"

enum { STEPS_MAX = 2000 };

/* The next instant from t on that is open to a group, and until when it stays so. */
static int64_t
next(const struct openings *o, int64_t t, int64_t *closes)
{
	int64_t first = o->groups ? INT64_MAX : t;

	*closes = INT64_MAX;
	for (int i = 0; i < o->groups; i++) {
		int64_t end;
		int64_t opens =
		    policy_window(o->plan, o->group[i].zone, o->group[i].n, t, &end);

		if (opens < first || (opens == first && end > *closes)) {
			first = opens;
			*closes = end;
		}
	}
	return first;
}

bool
openings_now(const struct openings *o, int64_t now)
{
	int64_t closes;

	return next(o, now, &closes) == now;
}

int64_t
openings_between(const struct openings *o, int64_t from, int64_t to)
{
	int64_t sum = 0, opens, closes = from;

	for (int i = 0; i < STEPS_MAX && (opens = next(o, closes, &closes)) < to; i++)
		sum += (closes < to ? closes : to) - opens;
	return sum;
}

int64_t
openings_after(const struct openings *o, int64_t from, int64_t ms)
{
	int64_t opens, closes = from;

	for (int i = 0; i < STEPS_MAX; i++) {
		if ((opens = next(o, closes, &closes)) == INT64_MAX)
			break;
		if (ms <= closes - opens)
			return opens + ms;
		ms -= closes - opens;
	}
	return INT64_MAX;
}
