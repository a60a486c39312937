/*
 * dnc_parts: what the files of do-not-call share. Not for anyone else.
 */
#ifndef DNC_PARTS_H
#define DNC_PARTS_H

#include "contact.h"
#include "dnc.h"

enum { DNC_PHONES = CONTACT_PHONES + 1 };
/* The numbers of a contact, and asked if it is not 0 and none of them, at most DNC_PHONES: how many, or -1. */
int dnc_phones_of(struct db *, int64_t contact, int64_t asked, int64_t *phone, struct fault *);

#define DNC_COLUMNS "d.kind, d.value, d.campaign, d.at, d.source, d.reason, d.actor"
/* A row of these. */
void dnc_read_rule(sqlite3_stmt *, struct dnc *);

#endif
