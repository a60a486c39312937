/*
 * consent: what the verbs of outreach-dnc consent share.
 */
#ifndef DNC_CONSENT_H
#define DNC_CONSENT_H

#include "consents.h"
#include "verbs.h"

enum { CONSENT_TEXT_MAX = 4000 }; /* bytes of what was agreed to */

/* A time of day or a date (its midnight, UTC): -1 USAGE or DATAERR as code says. */
int consent_time(const char *what, const char *text, int64_t *ms, int code, struct fault *);
/* A word such as "paper", or null. */
int consent_how(const char *how, int code, struct fault *);
/* consent import FILE ...: each row is a consent or a revocation. The exit code. */
int consent_import(struct dnc_tool *, char **files);

#endif
