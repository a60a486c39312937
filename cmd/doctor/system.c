/*
 * doctor, what is around: settings, clock and time zones.
 */
#include <errno.h>

#include "checks.h"
#include "clock.h"
#include "num.h"
#include "phone_zone.h"
#include "sandbox.h"
#include "tz.h"

/* What outreach-serve gives up once it listens, as far as this kernel can hold it to that. */
static void
sandbox(struct doctor *d)
{
	enum sandbox_use use = d->settings.serve.sandbox;
	struct sandbox_kernel k = sandbox_kernel();
	bool whole = k.landlock && k.seccomp;
	char text[SANDBOX_TEXT];

	sandbox_text(&k, text);
	if (use == SANDBOX_OFF)
		doctor_say(d, NOTE, "sandbox", "off", NULL, "%s%s",
		    whole ? "outreach-serve could be confined by " : "", whole ? text : "");
	else if (!whole && use == SANDBOX_REQUIRE)
		doctor_say(d, WRONG, "sandbox", text, NULL,
		    "outreach-serve does not start without %s (serve.sandbox)",
		    k.landlock ? "seccomp" : "Landlock");
	else
		doctor_say(d, whole ? FINE : NOTE, "sandbox", *text ? text : "none", NULL, "%s",
		    k.landlock ? "" : "outreach-serve can reach every file of its user");
}

void
doctor_settings(struct doctor *d)
{
	doctor_say(d, FINE, "settings_file", d->settings.file ? d->settings.file : "none", NULL,
	    "%s", d->settings.file ? "" : "the defaults hold");
	for (size_t i = 0; i < d->settings.origins; i++) {
		const struct setting *s = &d->settings.origin[i];

		doctor_say(d, FINE, s->key, s->value, s->from, NULL);
	}
	sandbox(d);
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
