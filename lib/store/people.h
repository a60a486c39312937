/*
 * people: contacts and their numbers, a base table: an import leaves one
 * journal row a file. An id is never given to a second person. Whoever has no
 * number is not there yet (an import was cut short) or not any more.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "contact.h"
#include "db.h"

enum people_change {
	PERSON_ACCEPTED,
	PERSON_UPDATED,
	PERSON_UNCHANGED,
	PERSON_STRANGER /* of a careful batch only: not stored */
};

const char *people_change_name(enum people_change); /* "accepted" "updated" "unchanged" */

/*
 * One person inside a transaction; id and digest are set, the change is given back and, if there is
 * one, journalled (contact.put). Targets of an updated person are decided anew.
 */
int people_put(struct db *, struct person *, enum people_change *, struct fault *);
/* The same as a careful batch does it: a PERSON_STRANGER is not stored; its id is that of the stored one. */
int people_put_careful(struct db *, struct person *, enum people_change *, struct fault *);

/* ---- many at once (people_bulk.c) ---- */

struct people_batch; /* copies of persons, at most about 20 MiB; heap */

struct people_batch *people_batch_new(void);
void people_batch_free(struct people_batch *);
void people_batch_reset(struct people_batch *);
/*
 * From now on a person is a stranger who comes under the identity of a stored one with another name and
 * without any of their numbers; the id is that of the stored one, who stays as it is.
 */
void people_batch_be_careful(struct people_batch *);
/*
 * From now on a person who is not to be called gets a rule of do-not-call when the batch is put, with the
 * person's source and this reason: a known one in the transaction that changes the person, a new one
 * before it has a number. It stays as long as nobody takes it away. Whose wish is a remark (that reason) and
 * from whom a person took a rule away before gets none, and do_not_call is false then.
 */
void people_batch_obey(struct people_batch *, const char *reason, const char *remark);
/* False: it is full, put it and reset it first. An empty one takes any person. digest must be set. */
bool people_batch_add(struct people_batch *, const struct person *);
/* The i-th in the order of adding, borrowed: 1, 0 behind the last. */
int people_batch_get(
    const struct people_batch *, size_t i, struct person *, enum people_change *);
/*
 * All of them in key order, in as many transactions of at most 50 ms as it takes; ids and changes are
 * set. dry: looks only. After a fault some may be stored, none by half that the same call again
 * would not complete.
 */
int people_batch_put(struct db *, struct people_batch *, bool dry, struct fault *);

/* Inside a transaction: forgets about imports that were cut short and completed by another. */
int people_tidy(struct db *, struct fault *);

/* ---- looking ---- */

/* 1 found, 0 not. Strings are owned by the store's cache until the next people_ call. */
int people_get(struct db *, int64_t id, struct person *, struct fault *);
int people_find(
    struct db *, const char *source, const char *key, struct person *, struct fault *);

/* The fields that --where may name beside attributes; null-terminated. */
extern const char *const people_fields[];

struct people_query {
	const char *field[16], *value[16]; /* --where field=value: column or attribute */
	int wheres;
	const char *search; /* in name, key, phones and attributes, case folded for ASCII */
};
/* Whether the person is wanted: 1 or 0. */
int people_match(const struct people_query *, const struct person *);
/*
 * Persons with id > *after that match, at most limit rows looked at; *after becomes the last looked
 * at, or INT64_MAX at the end. No read is open while cb works; -1 from it stops.
 */
int people_page(struct db *, const struct people_query *, int64_t *after, int limit,
    int (*cb)(void *, const struct person *, struct fault *), void *arg, struct fault *);

/* ---- going (inside a transaction; DATAERR if there is no such contact) ---- */

/* DATAERR if the contact is in a campaign (says forget). */
int people_delete(struct db *, int64_t id, struct fault *);
/*
 * Erases everything personal of one contact in every table and body; do-not-call entries stay.
 * REFUSED while a line is open or claimed.
 */
int people_forget(struct db *, int64_t id, struct fault *);

#endif
