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

enum header_kind {
	HEADER_NONE,
	HEADER_NAME,
	HEADER_PART, /* a first or a last name: half of a name */
	HEADER_PHONE
};

/* rank: 1 is plainly so, 2 less ("Alternate Mobile"), 3 only for want of better ("Contact"). */
enum header_kind header_kind(struct slice name, int *rank);

/* "Do not call", "DNC", "Opted out", ... with "list", "status" and the like around it. */
bool header_wish(struct slice name);

struct header_guess {
	size_t phone[CONTACT_PHONES], phones; /* columns from 0; the first is the phone */
	size_t name;                          /* valid if names is 1 */
	size_t names;          /* columns that could be the name; of several, none is certain */
	bool split;            /* the name stands in parts, in several columns */
	size_t part[2], parts; /* two, if one plainly is the first name and one the last */
	size_t wish[HEADER_WISHES], wishes; /* columns that say who must not be called */
};

void header_suggest(const struct slice *name, size_t n, struct header_guess *);

/* Whether a row reads like a header: a phone among several names, and no numbers. */
bool header_likely(const struct slice *name, size_t n);

#endif
