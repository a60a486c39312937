/*
 * people: contacts and their numbers, a base table. Bulk writes come in
 * chunks sorted by key, many short transactions, one journal row a file.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "contact.h"
#include "db.h"

/* Borrowed strings, null where there is none. */
struct person {
	int64_t id; /* given by people_put */
	const char *source, *key, *name, *timezone, *language;
	int64_t priority;              /* INT64_MIN: none */
	const char *attributes;        /* compact JSON object, or null */
	int64_t phone[CONTACT_PHONES]; /* phone_key, in order */
	int phones;
	int64_t digest;
};

enum people_change { PERSON_ACCEPTED, PERSON_UPDATED, PERSON_UNCHANGED };

/* hash64 over every field but id. */
int64_t person_digest(const struct person *);

/* One person inside a transaction; id and change are given back. */
int people_put(struct db *, struct person *, enum people_change *, struct fault *);
/*
 * A chunk, sorted by (source, key), in as many transactions of at most 50 ms as it takes. done(arg, i)
 * is called for each person whose transaction has committed. dry: looks only, changes nothing.
 */
int people_put_all(
    struct db *, struct person *, size_t n, enum people_change *, bool dry, struct fault *);

/* 1 found, 0 not. Strings are owned by the store's cache until the next people_ call. */
int people_get(struct db *, int64_t id, struct person *, struct fault *);
int people_find(
    struct db *, const char *source, const char *key, struct person *, struct fault *);

struct people_query {
	const char *field[16], *value[16]; /* --where field=value: column or attribute */
	int wheres;
	const char *search; /* in name, key, phones and attributes, case folded for ASCII */
};
/* Persons with id > *after that match, at most limit rows looked at; *after becomes the last looked at; 0 at the end. */
int people_page(struct db *, const struct people_query *, int64_t *after, int limit,
    int (*cb)(void *, const struct person *, struct fault *), void *arg, struct fault *);

/* DATAERR if the contact is in a campaign (says forget). Inside a transaction. */
int people_delete(struct db *, int64_t id, struct fault *);
/* Erases everything personal of one contact in every table and body. REFUSED while a line is open or claimed. */
int people_forget(struct db *, int64_t id, struct fault *);

/* Appends the contact record (outreach-record(5)) as one line; status may be null. */
void person_record(struct buf *, const struct person *, const char *status);

#endif
