/*
 * region: whose national numbers a tool reads: --region, else the settings.
 * Include tool.h first.
 */
#ifndef REGION_H
#define REGION_H

#include "phone.h"
#include "settings.h"

/* The value of --region, if it was given; out has it then in capitals. */
static int
region_check(const char **given, char out[PHONE_REGION], struct fault *f)
{
	if (*given && !phone_region_find(*given, out))
		return fault(
		    f, USAGE, "--region \"%.20s\" is no region such as IN or GB", *given);
	if (*given)
		*given = out;
	return 0;
}

/* The same, or else what the settings say. */
static int
region_of(const char **given, const struct settings *settings, char out[PHONE_REGION],
    struct fault *f)
{
	if (*given || !settings->region)
		return region_check(given, out, f);
	if (!phone_region_find(settings->region, out))
		return fault(f, CONFIG, "%s: region: \"%s\" is no region such as IN or GB",
		    settings->file, settings->region);
	*given = out;
	return 0;
}

#endif
