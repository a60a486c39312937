/*
 * contact: one person as imported, checked field by field.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "phone.h"

enum {
	CONTACT_PHONES = 8,
	CONTACT_NAME_MAX = 255,     /* bytes of a name, a key or a source */
	CONTACT_TEXT_MAX = 64 << 10 /* bytes of any other value */
};

/* Borrowed strings, null where there is none. */
struct person {
	int64_t id; /* given by the store; 0 none yet */
	const char *source, *key, *name, *timezone, *language;
	int64_t priority;              /* INT64_MIN: none */
	const char *attributes;        /* compact JSON object, or null */
	int64_t phone[CONTACT_PHONES]; /* phone_key, in order */
	int phones;
	int64_t digest;
	bool do_not_call; /* says the sheet; no part of the person, but a rule (store/dnc.h) */
	bool remark;      /* it is an attribute whose text says so, no field */
};

/* hash64 over every field but id and digest. */
int64_t person_digest(const struct person *);
/* Appends the contact record (outreach-record(5)) as one line; status may be null. */
void person_record(struct buf *, const struct person *, const char *status);

/*
 * Looks like a BCP 47 tag (RFC 5646 section 2.1; the registry is not asked, but it has no language of more
 * than three letters). 0, or -1 with a DATAERR, which has the tag for a name that is known (language.h).
 */
int language_check(const char *, size_t, struct fault *);

#endif
