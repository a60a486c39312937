/*
 * header: what the name of a column suggests. Only a suggestion: whoever
 * applies it asks a person first. A name counts only if every word in it is
 * known here: "Roll Number" is no phone, "Course Name" nobody's name.
 */
#ifndef HEADER_H
#define HEADER_H

#include <stdbool.h>

#include "buf.h"
#include "contact.h"

enum { HEADER_WISHES = 4 };

/* Fields that a column is called after as they are, but for case and what stands between words. */
enum header_field {
	HEADER_ID,
	HEADER_TIMEZONE,
	HEADER_LANGUAGE,
	HEADER_PRIORITY,
	HEADER_FIELDS
};

enum header_kind {
	HEADER_NONE,
	HEADER_NAME,
	HEADER_PART, /* a first or a last name: half of a name */
	HEADER_PHONE
};

/* rank: 1 is plainly so, 2 less ("Alternate Mobile"), 3 only for want of better ("Contact"). */
enum header_kind header_kind(struct slice name, int *rank);

/* "ID", "Time Zone", "PRIORITY"; HEADER_FIELDS: none of them. */
enum header_field header_field_of(struct slice name);

enum header_wish {
	HEADER_NO_WISH,
	HEADER_NOT_TO_CALL, /* "Do not call", "DNC", "Opted out", "Blocked": a yes says no */
	HEADER_MAY_CALL     /* "OK to call", "Permission", "Consent": a no does */
};

/* With "list", "status", "(yes/no)" and the like around it. */
enum header_wish header_wish(struct slice name);

struct header_guess {
	size_t phone[CONTACT_PHONES], phones; /* columns from 0; the first is the phone */
	size_t name;                          /* valid if names is 1 */
	size_t names;          /* columns that could be the name; of several, none is certain */
	bool split;            /* the name stands in parts, in several columns */
	size_t part[2], parts; /* two, if one plainly is the first name and one the last */
	size_t field[HEADER_FIELDS]; /* valid if fields is not 0: the first of them */
	size_t
	    fields[HEADER_FIELDS]; /* columns that could be it; of several, none is certain */
	struct {
		size_t column;
		enum header_wish kind;
	} wish[HEADER_WISHES]; /* columns that say who must not be called, or who may */
	size_t wishes;
};

void header_suggest(const struct slice *name, size_t n, struct header_guess *);

/* Whether a row reads like a header: a phone among several names, and no numbers. */
bool header_likely(const struct slice *name, size_t n);

#endif
