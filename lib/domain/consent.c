/*
 * consent: the latest revocation ends all before it.
 */
#include <string.h>

#include "consent.h"
#include "mem.h"

static const char *const names[] = {"", "informational", "express", "express_written"};

int64_t
consent_until(const struct consent_row *row, size_t n, enum consent need, bool *revoked)
{
	int64_t last = INT64_MIN, until = 0;

	*revoked = false;
	for (size_t i = 0; i < n; i++)
		if (row[i].kind == CONSENT_NONE && row[i].at > last)
			last = row[i].at;
	for (size_t i = 0; i < n; i++) {
		if (row[i].kind == CONSENT_NONE || row[i].kind < need)
			continue;
		if (row[i].at <= last)
			*revoked = true;
		else if (row[i].until > until)
			until = row[i].until;
	}
	*revoked &= until == 0;
	return until;
}

const char *
consent_name(enum consent kind)
{
	return (unsigned)kind < COUNT(names) ? names[kind] : "";
}

enum consent
consent_parse(const char *s)
{
	for (size_t i = 1; i < COUNT(names); i++)
		if (strcmp(s, names[i]) == 0)
			return (enum consent)i;
	return CONSENT_NONE;
}
