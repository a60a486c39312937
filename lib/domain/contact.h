/*
 * contact: one person as imported, checked field by field.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include <jansson.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

enum { CONTACT_PHONES = 8, CONTACT_TEXT_MAX = 64 << 10 };

/* E.164: "+" and 7 to 15 digits, the first not 0 (ITU-T E.164 6.2). 0, or -1 with a DATAERR. */
int phone_check(const char *, size_t, struct fault *);
/* The digits as a number, for indexes: E.164 has at most 15 digits. */
int64_t phone_key(const char *e164);
char *phone_text(int64_t key, char out[20]); /* "+4915..."; returns out */

#endif
