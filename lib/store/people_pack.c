/*
 * people_pack: memory for 131,072 persons that grows with what they hold.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "people_pack.h"

enum { BATCH_ROWS = 1 << 17, BATCH_PHONES = 3 << 16, BATCH_BYTES = 27 << 20 };

struct people_batch *
people_batch_new(void)
{
	return xcalloc(1, sizeof(struct people_batch));
}

void
people_batch_free(struct people_batch *b)
{
	if (!b)
		return;
	free(b->p);
	free(b->at);
	free(b->item);
	free(b->scratch);
	free(b->reason);
	free(b->remark);
	free(b);
}

void
people_batch_reset(struct people_batch *b)
{
	b->len = b->rows = b->phones = b->items = 0;
}

void
people_batch_be_careful(struct people_batch *b)
{
	b->careful = true;
}

void
people_batch_obey(struct people_batch *b, const char *reason, const char *remark)
{
	free(b->reason);
	free(b->remark);
	b->reason = xstrdup(reason);
	b->remark = xstrdup(remark);
}

/* ---- packing ---------------------------------------------------------------- */

static size_t
length(const char *s)
{
	return s ? strlen(s) : 0;
}

static char *
put_text(char *to, const char *s, size_t len)
{
	if (!s)
		return to;
	memcpy(to, s, len);
	to[len] = '\0';
	return to + len + 1;
}

static const char *
take_text(const char **from, size_t len)
{
	const char *s = *from;

	if (!len)
		return NULL;
	*from += len;
	return s;
}

static void
make_room(struct people_batch *b, size_t more)
{
	if (b->len + more > b->cap) {
		b->cap = b->cap ? b->cap * 2 : 1 << 16;
		/* Doubling the last time would take more than a full batch ever holds. */
		if (b->cap > BATCH_BYTES && b->len + more <= BATCH_BYTES)
			b->cap = BATCH_BYTES;
		if (b->cap < b->len + more)
			b->cap = b->len + more;
		b->p = xrealloc(b->p, b->cap, 1);
	}
	if (b->rows == b->at_cap) {
		b->at_cap = b->at_cap ? b->at_cap * 2 : 256;
		b->at = xrealloc(b->at, b->at_cap, sizeof *b->at);
	}
}

/* Lengths count the NUL, so that 0 is null. */
static size_t
measure(const struct person *p, struct packed_person *k)
{
	*k = (struct packed_person){.id = p->id,
	    .digest = p->digest,
	    .priority = p->priority,
	    .phones = (uint8_t)p->phones,
	    .wish = p->do_not_call,
	    .remark = p->remark};
	k->source = (uint16_t)(length(p->source) + 1);
	k->key = (uint16_t)(length(p->key) + 1);
	k->name = (uint16_t)(p->name ? length(p->name) + 1 : 0);
	k->timezone = (uint16_t)(p->timezone ? length(p->timezone) + 1 : 0);
	k->language = (uint16_t)(p->language ? length(p->language) + 1 : 0);
	k->attributes = (uint32_t)(p->attributes ? length(p->attributes) + 1 : 0);
	return sizeof *k + (size_t)p->phones * sizeof p->phone[0] + k->source + k->key +
	    k->name + k->timezone + k->language + k->attributes;
}

bool
people_batch_add(struct people_batch *b, const struct person *p)
{
	struct packed_person k;
	size_t size = (measure(p, &k) + 7) & ~(size_t)7;
	char *to;

	if (b->rows &&
	    (b->rows == BATCH_ROWS || b->phones + k.phones > BATCH_PHONES ||
		b->len + size > BATCH_BYTES))
		return false;
	make_room(b, size);
	to = b->p + b->len;
	memcpy(to, &k, sizeof k);
	to += sizeof k;
	memcpy(to, p->phone, k.phones * sizeof p->phone[0]);
	to += k.phones * sizeof p->phone[0];
	to = put_text(to, p->source ? p->source : "", (size_t)k.source - 1);
	to = put_text(to, p->key ? p->key : "", (size_t)k.key - 1);
	to = put_text(to, p->name, (size_t)k.name - 1);
	to = put_text(to, p->timezone, (size_t)k.timezone - 1);
	to = put_text(to, p->language, (size_t)k.language - 1);
	put_text(to, p->attributes, (size_t)k.attributes - 1);
	b->at[b->rows++] = (uint32_t)(b->len / 8);
	b->phones += k.phones;
	b->len += size;
	return true;
}

void
pack_read(const struct packed_person *k, struct person *p)
{
	const char *from = (const char *)(k + 1);

	p->id = k->id;
	p->digest = k->digest;
	p->priority = k->priority;
	p->phones = k->phones;
	p->do_not_call = k->wish;
	p->remark = k->remark;
	memcpy(p->phone, from, k->phones * sizeof p->phone[0]);
	from += k->phones * sizeof p->phone[0];
	p->source = take_text(&from, k->source);
	p->key = take_text(&from, k->key);
	p->name = take_text(&from, k->name);
	p->timezone = take_text(&from, k->timezone);
	p->language = take_text(&from, k->language);
	p->attributes = take_text(&from, k->attributes);
}

int
people_batch_get(
    const struct people_batch *b, size_t i, struct person *p, enum people_change *change)
{
	const struct packed_person *k;

	if (i >= b->rows)
		return 0;
	k = pack_at(b, i);
	pack_read(k, p);
	*change = (enum people_change)k->change;
	return 1;
}

/* ---- orders ------------------------------------------------------------------ */

static int
compare_persons(const void *x, const void *y, void *batch)
{
	const struct sort_item *a = x, *b = y;
	const struct packed_person *k = pack_at(batch, a->value), *m = pack_at(batch, b->value);
	int c = strcmp(pack_key(k), pack_key(m));

	if (!c)
		c = strcmp(pack_source(k), pack_source(m));
	return c ? c : (a->value > b->value) - (a->value < b->value);
}

/* Room for the items of the next sort. */
static void
need_items(struct people_batch *b, size_t n)
{
	b->items = 0;
	if (n <= b->items_cap)
		return;
	b->items_cap = n;
	b->item = xrealloc(b->item, n, sizeof *b->item);
	b->scratch = xrealloc(b->scratch, n, sizeof *b->scratch);
}

/* Bytes that all keys begin with. */
static size_t
common_start(const struct people_batch *b)
{
	const char *first = pack_key(pack_at(b, 0));
	size_t common = strlen(first);

	for (size_t i = 1; i < b->rows; i++) {
		const char *key = pack_key(pack_at(b, i));
		size_t n = 0;

		while (n < common && key[n] == first[n])
			n++;
		common = n;
	}
	return common;
}

static uint64_t
eight_bytes(const char *s)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++) {
		v = v << 8 | (unsigned char)*s;
		s += *s != '\0';
	}
	return v;
}

void
pack_sort_by_key(struct people_batch *b)
{
	size_t common = common_start(b), i, j;

	need_items(b, b->rows);
	for (i = 0; i < b->rows; i++) {
		uint64_t v = eight_bytes(pack_key(pack_at(b, i)) + common);
		b->item[b->items++] = (struct sort_item){v, i};
	}
	sort_items(b->item, b->scratch, b->items);
	for (i = 0; i < b->items; i = j) {
		for (j = i + 1; j < b->items && b->item[j].key == b->item[i].key; j++)
			;
		if (j - i > 1)
			qsort_r(b->item + i, j - i, sizeof *b->item, compare_persons, b);
	}
}

/* The numbers of everybody who is new. */
void
pack_sort_by_phone(struct people_batch *b)
{
	struct person p;

	need_items(b, b->phones);
	for (size_t i = 0; i < b->rows; i++) {
		const struct packed_person *k = pack_at(b, i);
		if (k->change != PERSON_ACCEPTED)
			continue;
		pack_read(k, &p);
		for (int j = 0; j < p.phones; j++)
			b->item[b->items++] = (struct sort_item){(uint64_t)p.phone[j],
			    (uint64_t)k->id * CONTACT_PHONES + (uint64_t)j};
	}
	sort_items(b->item, b->scratch, b->items);
}

void
pack_gather_wishes(struct people_batch *b, bool all)
{
	need_items(b, b->rows);
	for (size_t i = 0; i < b->rows; i++) {
		const struct packed_person *k = pack_at(b, i);

		if ((k->wish || all) && k->change == PERSON_ACCEPTED)
			b->item[b->items++] = (struct sort_item){(uint64_t)k->id, i};
	}
}
