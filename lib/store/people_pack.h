/*
 * people_pack: persons one behind the other, as a batch keeps them, and the
 * orders in which they enter the trees of the store. For lib/store.
 */
#ifndef PEOPLE_PACK_H
#define PEOPLE_PACK_H

#include "people.h"
#include "sort.h"

/* One person; behind it phones numbers, then the texts, each with its NUL. */
struct packed_person {
	int64_t id, digest, priority;
	uint32_t attributes;
	uint16_t source, key, name, timezone, language;
	uint8_t phones, change, wish, remark;
};

struct people_batch {
	char *p;
	size_t len, cap, rows, phones;
	uint32_t *at; /* where each person stands, in units of eight bytes */
	size_t at_cap;
	struct sort_item *item, *scratch;
	size_t items, items_cap;
	bool careful;
	char *reason,
	    *remark; /* of the rules for who is not to be called; null: there are none */
};

static inline struct packed_person *
pack_at(const struct people_batch *b, size_t row)
{
	return (struct packed_person *)(void *)(b->p + (size_t)b->at[row] * 8);
}

static inline const char *
pack_source(const struct packed_person *k)
{
	return (const char *)(k + 1) + k->phones * sizeof(int64_t);
}

static inline const char *
pack_key(const struct packed_person *k)
{
	return pack_source(k) + k->source;
}

/* All of it but the change; texts are borrowed. */
void pack_read(const struct packed_person *, struct person *);

/*
 * Fills item: every person in the order of key, source and place (value: the row); the numbers of
 * everybody who is new in the order of numbers (key: the number, value: the contact times CONTACT_PHONES
 * and its place); who is new and not to be called, or all who are new (key: the contact, value: the row).
 */
void pack_sort_by_key(struct people_batch *);
void pack_sort_by_phone(struct people_batch *);
void pack_gather_wishes(struct people_batch *, bool all);

#endif
