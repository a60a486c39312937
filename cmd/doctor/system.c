/*
 * doctor, what is around: settings, clock and time zones.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"
#include "clock.h"
#include "mem.h"
#include "num.h"
#include "phone_zone.h"
#include "tz.h"

void
doctor_settings(struct doctor *d)
{
	doctor_say(d, FINE, "settings_file", d->settings.file ? d->settings.file : "none", NULL,
	    "%s", d->settings.file ? "" : "the defaults hold");
	for (size_t i = 0; i < d->settings.origins; i++) {
		const struct setting *s = &d->settings.origin[i];

		doctor_say(d, FINE, s->key, s->value, s->from, NULL);
	}
}

/* The release of the zones' database, which tzdata writes into the head of one of its files. */
static void
zones(struct doctor *d)
{
	char release[32];
	struct buf utc = {0};
	struct fault f;

	if (tz_read("Europe/London", &utc, &f) < 0)
		doctor_say(d, WRONG, "tzdata", "", NULL, "%s", f.text);
	else if (*tz_release(release) == '\0')
		doctor_say(d, NOTE, "tzdata", "unknown release", NULL,
		    "its tzdata.zi does not tell it; keep the package up to date");
	else
		doctor_say(d, FINE, "tzdata", release, NULL, NULL);
	doctor_say(d, FINE, "zones_of_numbers", phone_zone_source(), NULL, NULL);
	buf_release(&utc);
}

void
doctor_system(struct doctor *d)
{
	char now[32];

	doctor_say(d, clock_is_injected() ? NOTE : FINE, "clock",
	    num_instant_text(clock_wall(), now), clock_is_injected() ? "$OUTREACH_NOW" : NULL,
	    "%s", clock_is_injected() ? "no exchange but the simulator is dialled" : "");
	zones(d);
}
