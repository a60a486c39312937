/*
 * phone: telephone numbers as libphonenumber sees them: which region's, of
 * which type, and their one E.164 form. A number is an identity (caps, gaps
 * and do-not-call are per number), so what is not certainly one is refused.
 */
#ifndef PHONE_H
#define PHONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum {
	PHONE_SIZE = 20, /* "+", the digits of any key and NUL */
	PHONE_REGION = 4 /* "IN", "001" for numbers of no country, and NUL */
};

enum phone_type {
	PHONE_UNKNOWN, /* no number that the tables know */
	PHONE_FIXED,
	PHONE_MOBILE,
	PHONE_FIXED_OR_MOBILE, /* the plan does not tell them apart, as in +1 */
	PHONE_TOLL_FREE,
	PHONE_PREMIUM,
	PHONE_SHARED_COST,
	PHONE_VOIP,
	PHONE_PERSONAL, /* follows a person to any line */
	PHONE_PAGER,
	PHONE_UAN, /* a company's one number over all its sites */
	PHONE_VOICEMAIL,
	PHONE_TYPES,
	PHONE_EMERGENCY =
	    PHONE_TYPES, /* these two only with a refusal: they have no E.164 form */
	PHONE_SHORT
};

/* Not called unless a campaign allows them: whoever answers is a service, or it costs more. */
#define PHONE_REFUSED                                                            \
	(1u << PHONE_TOLL_FREE | 1u << PHONE_PREMIUM | 1u << PHONE_SHARED_COST | \
	    1u << PHONE_PERSONAL | 1u << PHONE_PAGER)

struct phone {
	int64_t key; /* phone_key of its E.164 form */
	enum phone_type type;
	char region[PHONE_REGION]; /* ISO 3166-1 alpha-2, or "001"; "" when unknown */
	bool bare;                 /* read from a national form without any prefix */
};

/*
 * Reads one number as a person writes it: "+91 98765-43210", "tel:+1-415-555-0123", "+44 (0)20 ...",
 * full-width digits; with a region also its national form and its international prefix
 * ("098765 43210", "00 44 ..." for IN). Region null: the international form only.
 * -1 with a DATAERR that begins `phone "..."` and says the way out: letters, an extension ("x12",
 * "ext. 12": nobody could dial it), a second number, an emergency or short number, and what no
 * region's plan calls valid or is longer than E.164. Never kept in part, never repaired beyond the
 * plan's own rules. After -1 the type is PHONE_EMERGENCY or PHONE_SHORT for such, else UNKNOWN.
 */
int phone_read(const char *, size_t, const char *region, struct phone *, struct fault *);
/* What the tables say of a number that is stored; false and PHONE_UNKNOWN, "" if it is none now. */
bool phone_look(int64_t key, struct phone *);

const char *phone_type_name(enum phone_type); /* "mobile", "fixed_or_mobile", ... "unknown" */
bool phone_type_find(const char *name, enum phone_type *);
bool phone_region_known(const char *); /* "IN", in capitals; not "001" */
/* The region as it is known, of "in" as of "IN"; false if there is none. */
bool phone_region_find(const char *, char out[PHONE_REGION]);
/*
 * Whether national numbers of the region are in doubt without the 0 in front of them, which a
 * spreadsheet takes away: where its lines have numbers of several lengths, a bare one may be a local
 * number, which with a 0 is somebody else's (23125042 in Berlin, and in Dortmund). A walk over the
 * plan: ask once.
 */
bool phone_needs_zero(const char *region);
const char *phone_version(void); /* of the tables: libphonenumber's, "9.0.43" */

/* E.164 by its form alone: "+" and 6 to 15 digits, the first not 0. 0, or -1 with a DATAERR. */
int phone_check(const char *, size_t, struct fault *);
/* The digits as a number, for indexes. */
int64_t phone_key(const char *e164);
char *phone_text(int64_t key, char out[PHONE_SIZE]); /* "+4915..."; returns out */

#endif
