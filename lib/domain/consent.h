/*
 * consent: what a person agreed to, and whether it still holds. Consents and
 * revocations are rows that may come in any order; what counts follows from
 * all of them.
 */
#ifndef CONSENT_H
#define CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each includes those before it. */
enum consent { CONSENT_NONE, CONSENT_INFORMATIONAL, CONSENT_EXPRESS, CONSENT_EXPRESS_WRITTEN };

struct consent_row {
	enum consent kind; /* NONE: a revocation of all that was given until then */
	int64_t at;        /* UTC ms: given, or revoked */
	int64_t until;     /* UTC ms; INT64_MAX: no end */
};

/*
 * Until when one of at least this kind holds: INT64_MAX without end, perhaps past already, 0 if there is
 * none. *revoked: there was one, and it was taken back.
 */
int64_t consent_until(const struct consent_row *, size_t n, enum consent need, bool *revoked);

const char *consent_name(enum consent);   /* "express_written"; "" for NONE */
enum consent consent_parse(const char *); /* NONE if it is none */

#endif
