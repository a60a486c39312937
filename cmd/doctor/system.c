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
	const char *dir = getenv("TZDIR");
	char *path = xasprintf(
	    "%s/tzdata.zi", dir != NULL && *dir != '\0' ? dir : "/usr/share/zoneinfo");
	FILE *in = fopen(path, "re");
	char line[64] = "";
	struct buf utc = {0};
	struct fault f;

	if (tz_read("Europe/London", &utc, &f) < 0)
		doctor_say(d, WRONG, "tzdata", "", NULL, "%s", f.text);
	else if (in == NULL || fgets(line, sizeof(line), in) == NULL ||
	    strncmp(line, "# version ", 10) != 0)
		doctor_say(d, NOTE, "tzdata", "unknown release", NULL,
		    "%s does not tell it; keep the package up to date", path);
	else {
		line[strcspn(line, "\n")] = '\0';
		doctor_say(d, FINE, "tzdata", line + 10, NULL, NULL);
	}
	if (in != NULL)
		fclose(in);
	buf_release(&utc);
	free(path);
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
