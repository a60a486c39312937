/*
 * people_bulk: persons packed one behind the other, then written in the order
 * of the tree that they enter. A random insert costs a page; in order it costs
 * a row. Two trees have two orders, so contacts go first (by key), then their
 * numbers (by number), each in many short transactions; the table unfinished
 * says which contacts may still lack numbers, should this end in between.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dnc.h"
#include "mem.h"
#include "num.h"
#include "people_parts.h"
#include "sort.h"
#include "store_parts.h"

enum {
	BATCH_ROWS = 1 << 17,
	BATCH_PHONES = 3 << 16,
	BATCH_BYTES = 27 << 20,
	TXN_US = 40000,  /* a transaction with its commit; 50 ms are allowed */
	WORK_US = 25000, /* of it before the commit */
	SHORT_US = 5000, /* as much when somebody waits */
	LOOK_EVERY = 32, /* rows between two looks at the clock */
	TXN_CONTACTS =
	    4096, /* rows, while nobody waits: below, starting and ending cost more than they */
	TXN_PHONES = 8192,
	TXN_WISHES = 256,
	SOME_CONTACTS = 32, /* rows of one statement */
	SOME_PHONES = 64,
	RANGES = 64
};

/* One person; behind it phones numbers, then the texts, each with its NUL. */
struct packed {
	int64_t id, digest, priority;
	uint32_t attributes;
	uint16_t source, key, name, timezone, language;
	uint8_t phones, change, wish;
};

struct people_batch {
	char *p;
	size_t len, cap, rows, phones;
	uint32_t *at; /* where each person stands, in units of eight bytes */
	size_t at_cap;
	struct sort_item *item, *scratch;
	size_t items, items_cap;
	bool careful;
	char *reason; /* of the rules for who is not to be called; null: there are none */
};

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
people_batch_obey(struct people_batch *b, const char *reason)
{
	free(b->reason);
	b->reason = xstrdup(reason);
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

static struct packed *
person_at(const struct people_batch *b, size_t row)
{
	return (struct packed *)(void *)(b->p + (size_t)b->at[row] * 8);
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
measure(const struct person *p, struct packed *k)
{
	*k = (struct packed){.id = p->id,
	    .digest = p->digest,
	    .priority = p->priority,
	    .phones = (uint8_t)p->phones,
	    .wish = p->do_not_call};
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
	struct packed k;
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

static void
unpack(const struct packed *k, struct person *p)
{
	const char *from = (const char *)(k + 1);

	p->id = k->id;
	p->digest = k->digest;
	p->priority = k->priority;
	p->phones = k->phones;
	p->do_not_call = k->wish;
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
	const struct packed *k;

	if (i >= b->rows)
		return 0;
	k = person_at(b, i);
	unpack(k, p);
	*change = (enum people_change)k->change;
	return 1;
}

/* ---- in order of the keys ------------------------------------------------------ */

static const char *
source_of(const struct packed *k)
{
	return (const char *)(k + 1) + k->phones * sizeof(int64_t);
}

static const char *
key_of(const struct packed *k)
{
	return source_of(k) + k->source;
}

static int
compare_persons(const void *x, const void *y, void *batch)
{
	const struct sort_item *a = x, *b = y;
	const struct packed *k = person_at(batch, a->value), *m = person_at(batch, b->value);
	int c = strcmp(key_of(k), key_of(m));

	if (!c)
		c = strcmp(source_of(k), source_of(m));
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
	const char *first = key_of(person_at(b, 0));
	size_t common = strlen(first);

	for (size_t i = 1; i < b->rows; i++) {
		const char *key = key_of(person_at(b, i));
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

static void
sort_by_key(struct people_batch *b)
{
	size_t common = common_start(b), i, j;

	need_items(b, b->rows);
	for (i = 0; i < b->rows; i++) {
		uint64_t v = eight_bytes(key_of(person_at(b, i)) + common);
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

/* ---- statements bound by number (a name costs a search for each row) ------------ */

/* What one run over a batch keeps. */
struct run {
	struct db *db;
	struct people_batch *b;
	bool dry, here; /* here: the transaction is the caller's */
	bool expect_new;
	int64_t first, last; /* ids that this batch gave */
	struct {
		int64_t first, last;
	} range[RANGES]; /* of imports that are not finished */
	int ranges;
	size_t next; /* item */
	size_t rows; /* of the next transaction */
	const struct packed *before;
	sqlite3_stmt *insert, *find, *find_some, *phone, *some_contacts, *some_phones;
};

/* What is stored under an identity; id 0: nobody. */
struct stored {
	int64_t id, digest;
};

/*
 * Many rows of one statement keep its cursors open. Their values have no names; they are bound in the
 * order of the columns. OR FAIL spares a copy of each page: a fault ends the transaction anyway.
 */
#define ROWS4(row)  row ", " row ", " row ", " row
#define ROWS16(row) ROWS4(ROWS4(row))
#define INTO_CONTACT                  \
	"INSERT OR FAIL INTO contact" \
	" (source, key, name, timezone, language, priority, attributes, digest) VALUES "
#define INTO_PHONE "INSERT OR FAIL INTO contact_phone (contact, ord, e164) VALUES "

static int
prepare(struct run *r, struct fault *f)
{
	struct db *db = r->db;

	r->insert = db_sql(db,
	    INTO_CONTACT "(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key, source) DO NOTHING", f);
	r->some_contacts = db_sql(db,
	    INTO_CONTACT ROWS16("(?, ?, ?, ?, ?, ?, ?, ?)") ", " ROWS16(
		"(?, ?, ?, ?, ?, ?, ?, ?)") " ON CONFLICT (key, source) DO NOTHING",
	    f);
	r->phone = db_sql(db, INTO_PHONE "(?, ?, ?) ON CONFLICT (contact, ord) DO NOTHING", f);
	r->some_phones = db_sql(db,
	    INTO_PHONE ROWS4(ROWS16("(?, ?, ?)")) " ON CONFLICT (contact, ord) DO NOTHING", f);
	r->find = db_sql(db, "SELECT id, digest FROM contact WHERE source = ? AND key = ?", f);
	r->find_some = db_sql(db,
	    "SELECT asked.column1, c.id, c.digest FROM (VALUES " ROWS16("(?, ?, ?)") ", " ROWS16(
		"(?, ?, ?)") ") asked"
			     " CROSS JOIN contact c ON c.key = asked.column2 AND c.source = asked.column3",
	    f);
	return r->insert && r->some_contacts && r->phone && r->some_phones && r->find &&
		r->find_some
	    ? 0
	    : -1;
}

static void
set_text(sqlite3_stmt *s, int i, const char *text, size_t size)
{
	if (text)
		sqlite3_bind_text(s, i, text, (int)size - 1, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, i);
}

/* The row's columns from parameter i + 1 on. */
static void
bind_contact(sqlite3_stmt *s, int i, const struct packed *k)
{
	struct person p;

	unpack(k, &p);
	set_text(s, i + 1, p.source, k->source);
	set_text(s, i + 2, p.key, k->key);
	set_text(s, i + 3, p.name, k->name);
	set_text(s, i + 4, p.timezone, k->timezone);
	set_text(s, i + 5, p.language, k->language);
	if (p.priority == INT64_MIN)
		sqlite3_bind_null(s, i + 6);
	else
		sqlite3_bind_int64(s, i + 6, p.priority);
	set_text(s, i + 7, p.attributes, k->attributes);
	sqlite3_bind_int64(s, i + 8, p.digest);
}

static void
is_new(struct run *r, struct packed *k, int64_t id)
{
	k->id = id;
	k->change = PERSON_ACCEPTED;
	if (!r->first)
		r->first = id;
	if (id > r->last)
		r->last = id;
}

/* 1 inserted, 0 there was one already. */
static int
insert(struct run *r, struct packed *k, struct fault *f)
{
	bind_contact(r->insert, 0, k);
	if (db_run(r->db, r->insert, f) < 0)
		return -1;
	if (!sqlite3_changes(r->db->s))
		return 0;
	is_new(r, k, sqlite3_last_insert_rowid(r->db->s));
	return 1;
}

static int
find(struct run *r, const struct packed *k, struct stored *is, struct fault *f)
{
	int n;

	*is = (struct stored){0};
	set_text(r->find, 1, source_of(k), k->source);
	set_text(r->find, 2, key_of(k), k->key);
	n = db_step(r->db, r->find, f);
	if (n > 0) {
		*is = (struct stored){col_i(r->find, 0), col_i(r->find, 1)};
		sqlite3_reset(r->find);
	}
	return n < 0 ? -1 : 0;
}

/* SOME_CONTACTS of them at once, which costs two thirds. */
static int
find_some(struct run *r, const struct sort_item *item, struct stored is[SOME_CONTACTS],
    struct fault *f)
{
	int n;

	for (int i = 0; i < SOME_CONTACTS; i++) {
		const struct packed *k = person_at(r->b, item[i].value);

		is[i] = (struct stored){0};
		sqlite3_bind_int(r->find_some, i * 3 + 1, i);
		set_text(r->find_some, i * 3 + 2, key_of(k), k->key);
		set_text(r->find_some, i * 3 + 3, source_of(k), k->source);
	}
	while ((n = db_step(r->db, r->find_some, f)) > 0)
		is[col_i(r->find_some, 0)] =
		    (struct stored){col_i(r->find_some, 1), col_i(r->find_some, 2)};
	return n;
}

/* Somebody else's import began this one and may not have come to the numbers. */
static int
lacks_phones(struct run *r, int64_t id, bool *lacks, struct fault *f)
{
	sqlite3_stmt *s;
	bool in = false;
	int64_t n;

	*lacks = false;
	for (int i = 0; i < r->ranges; i++)
		in |= id >= r->range[i].first && id <= r->range[i].last;
	if (!in)
		return 0;
	s = db_sql(r->db, "SELECT count(*) FROM contact_phone WHERE contact = :contact", f);
	bind_i(r->db, s, ":contact", id);
	if (db_one(r->db, s, 0, &n, f) < 0)
		return -1;
	*lacks = n == 0;
	return 0;
}

/* Whether the stored one has numbers, and none of these. */
static int
no_number_in_common(struct run *r, const struct packed *k, int64_t id, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(r->db, "SELECT e164 FROM contact_phone WHERE contact = :contact", f);
	bool any = false, common = false;
	struct person p;
	int n;

	unpack(k, &p);
	bind_i(r->db, s, ":contact", id);
	while ((n = db_step(r->db, s, f)) > 0) {
		any = true;
		for (int i = 0; i < p.phones; i++)
			common |= p.phone[i] == col_i(s, 0);
	}
	return n < 0 ? -1 : any && !common;
}

/* Whether somebody else is stored under this identity: 1 or 0. Asked only of rows that changed. */
static int
is_stranger(struct run *r, const struct packed *k, int64_t id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    r->db, "SELECT name IS NOT :name COLLATE NOCASE FROM contact WHERE id = :id", f);
	struct person p;
	int64_t other = 0;

	unpack(k, &p);
	bind_i(r->db, s, ":id", id);
	bind_t(r->db, s, ":name", p.name);
	if (db_one(r->db, s, 0, &other, f) < 0)
		return -1;
	return other ? no_number_in_common(r, k, id, f) : 0;
}

/* It is stored: the same, or to be changed. */
static int
found(struct run *r, struct packed *k, const struct stored *is, struct fault *f)
{
	struct person p;
	bool lacks = false;
	int stranger;

	k->id = is->id;
	if (is->digest == k->digest) {
		if (lacks_phones(r, is->id, &lacks, f) < 0)
			return -1;
		k->change = lacks ? PERSON_ACCEPTED : PERSON_UNCHANGED;
		return 0;
	}
	if (r->b->careful && (stranger = is_stranger(r, k, is->id, f)) != 0) {
		k->change = PERSON_STRANGER;
		return stranger < 0 ? -1 : 0;
	}
	k->change = PERSON_UPDATED;
	unpack(k, &p);
	return r->dry ? 0 : people_update(r->db, &p, f);
}

static bool
same_person(const struct packed *a, const struct packed *b)
{
	return a && !strcmp(key_of(a), key_of(b)) && !strcmp(source_of(a), source_of(b));
}

/* Whether it is the one before again, who has its place by now. */
static bool
is_again(const struct run *r, const struct packed *k, struct stored *is)
{
	const struct packed *b = r->before;

	if (!same_person(b, k) || b->change == PERSON_STRANGER)
		return false;
	*is = (struct stored){b->id, b->digest};
	return true;
}

/* As it was found, or new. */
static int
settle(struct run *r, struct packed *k, struct stored *is, struct fault *f)
{
	bool again = is_again(r, k, is);

	r->before = k;
	if (again || is->id)
		return found(r, k, is, f);
	k->change = PERSON_ACCEPTED;
	return r->dry || insert(r, k, f) >= 0 ? 0 : -1;
}

static int
put_contact(struct run *r, struct packed *k, struct fault *f)
{
	struct stored is = {0};
	int n;

	if (is_again(r, k, &is))
		return settle(r, k, &is, f);
	if (r->expect_new && !r->dry && (n = insert(r, k, f)) != 0) {
		r->before = k;
		return n < 0 ? -1 : 0;
	}
	/* A file is mostly new or mostly known: whichever it was is tried first. */
	if (find(r, k, &is, f) < 0)
		return -1;
	r->expect_new = !is.id;
	return settle(r, k, &is, f);
}

/* Whether nobody among them stands there twice. */
static bool
all_different(const struct run *r, const struct sort_item *item, size_t n)
{
	const struct packed *before = r->before;

	for (size_t i = 0; i < n; i++) {
		const struct packed *k = person_at(r->b, item[i].value);
		if (same_person(before, k))
			return false;
		before = k;
	}
	return true;
}

/* Some of the statement's rows were there already: each is looked up, the new ones have the last ids. */
static int
sort_out(struct run *r, const struct sort_item *item, int64_t first_new, struct fault *f)
{
	struct stored is[SOME_CONTACTS];

	if (find_some(r, item, is, f) < 0)
		return -1;
	for (int i = 0; i < SOME_CONTACTS; i++) {
		struct packed *k = person_at(r->b, item[i].value);

		if (!is[i].id)
			return fault(f, SOFTWARE, "a contact is neither new nor known");
		if (is[i].id >= first_new)
			is_new(r, k, is[i].id);
		else if (found(r, k, &is[i], f) < 0)
			return -1;
	}
	return 0;
}

/* As many that are expected to be known. */
static int
put_known_contacts(struct run *r, const struct sort_item *item, struct fault *f)
{
	struct stored is[SOME_CONTACTS];
	int known = 0;

	if (find_some(r, item, is, f) < 0)
		return -1;
	for (int i = 0; i < SOME_CONTACTS; i++) {
		known += is[i].id != 0;
		if (settle(r, person_at(r->b, item[i].value), &is[i], f) < 0)
			return -1;
	}
	r->expect_new = known < SOME_CONTACTS / 2;
	return 0;
}

/* A whole statement's rows, expected to be new. */
static int
put_some_contacts(struct run *r, const struct sort_item *item, struct fault *f)
{
	int64_t last;
	int n;

	for (int i = 0; i < SOME_CONTACTS; i++)
		bind_contact(r->some_contacts, i * 8, person_at(r->b, item[i].value));
	if (db_run(r->db, r->some_contacts, f) < 0)
		return -1;
	n = sqlite3_changes(r->db->s);
	last = sqlite3_last_insert_rowid(r->db->s);
	r->before = person_at(r->b, item[SOME_CONTACTS - 1].value);
	if (n < SOME_CONTACTS) {
		r->expect_new = n > SOME_CONTACTS / 2;
		return sort_out(r, item, n ? last - n + 1 : INT64_MAX, f);
	}
	for (int i = 0; i < SOME_CONTACTS; i++)
		is_new(r, person_at(r->b, item[i].value), last - n + 1 + i);
	return 0;
}

/* They lie all over the batch: those of the next statement are fetched meanwhile. */
static void
fetch_next(const struct people_batch *b, const struct sort_item *item, size_t n)
{
	for (size_t i = SOME_CONTACTS; i < n && i < 2 * SOME_CONTACTS; i++) {
		const char *k = (const char *)person_at(b, item[i].value);

		__builtin_prefetch(k);
		__builtin_prefetch(k + 64);
	}
}

/* The first of n items, or some: how many. */
static int
put_contacts(struct run *r, const struct sort_item *item, size_t n, struct fault *f)
{
	bool fresh = r->expect_new && !r->dry;

	fetch_next(r->b, item, n);
	if (n >= SOME_CONTACTS && !fresh)
		return put_known_contacts(r, item, f) < 0 ? -1 : SOME_CONTACTS;
	if (n >= SOME_CONTACTS && all_different(r, item, SOME_CONTACTS))
		return put_some_contacts(r, item, f) < 0 ? -1 : SOME_CONTACTS;
	return put_contact(r, person_at(r->b, item->value), f) < 0 ? -1 : 1;
}

/* value: the contact and the place of the number. */
static void
bind_phone(sqlite3_stmt *s, int i, const struct sort_item *item)
{
	sqlite3_bind_int64(s, i + 1, (int64_t)(item->value / CONTACT_PHONES));
	sqlite3_bind_int64(s, i + 2, (int64_t)(item->value % CONTACT_PHONES) + 1);
	sqlite3_bind_int64(s, i + 3, (int64_t)item->key);
}

static int
put_numbers(struct run *r, const struct sort_item *item, size_t n, struct fault *f)
{
	int rows = n >= SOME_PHONES ? SOME_PHONES : 1;
	sqlite3_stmt *s = rows == 1 ? r->phone : r->some_phones;

	for (int i = 0; i < rows; i++)
		bind_phone(s, i * 3, &item[i]);
	return db_run(r->db, s, f) < 0 ? -1 : rows;
}

/* ---- transactions ---------------------------------------------------------------- */

static int
read_ranges(struct run *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    r->db, "SELECT first, last FROM unfinished WHERE first <> :mine ORDER BY first", f);
	int n;

	bind_i(r->db, s, ":mine", r->first);
	r->ranges = 0;
	while ((n = db_step(r->db, s, f)) > 0) {
		if (r->ranges ==
		    RANGES) { /* too many to tell apart: all later ones are asked */
			r->range[RANGES - 1].last = INT64_MAX;
			continue;
		}
		r->range[r->ranges].first = col_i(s, 0);
		r->range[r->ranges++].last = col_i(s, 1);
	}
	return n;
}

static int
begin(struct run *r, struct fault *f)
{
	if (r->here)
		return read_ranges(r, f);
	if ((r->dry ? db_exec(r->db, "BEGIN", f) : db_begin(r->db, f)) < 0)
		return -1;
	return read_ranges(r, f);
}

static int
commit(struct run *r, struct fault *f)
{
	if (r->here)
		return 0;
	return r->dry ? db_exec(r->db, "COMMIT", f) : db_commit(r->db, f);
}

static void
rollback(struct run *r)
{
	struct fault ignored;

	if (r->here)
		return;
	if (!r->dry)
		db_rollback(r->db);
	else
		(void)db_exec(r->db, "ROLLBACK", &ignored);
}

static int
mark_unfinished(struct run *r, struct fault *f)
{
	sqlite3_stmt *s;

	if (!r->first || r->here)
		return 0;
	s = db_sql(r->db,
	    "INSERT INTO unfinished (first, last) VALUES (:first, :last)"
	    " ON CONFLICT (first) DO UPDATE SET last = :last",
	    f);
	bind_i(r->db, s, ":first", r->first);
	bind_i(r->db, s, ":last", r->last);
	return db_run(r->db, s, f);
}

static int
mark_finished(struct run *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(r->db, "DELETE FROM unfinished WHERE first = :first", f);

	bind_i(r->db, s, ":first", r->first);
	return db_run(r->db, s, f);
}

/* What a transaction is made of: one step does the first of n items, or some, and says how many. */
struct work {
	int (*step)(struct run *, const struct sort_item *, size_t n, struct fault *);
	int (*finish)(struct run *, struct fault *); /* before each commit; or null */
	size_t rows; /* of a transaction, at least, while nobody waits */
};

/* As many steps as a transaction may last. */
static int
steps(struct run *r, const struct work *w, size_t *done, struct fault *f)
{
	int64_t start = clock_real_us(), now;
	size_t looked = 0;

	*done = 0;
	while (r->next < r->b->items && (r->here || *done < r->rows)) {
		int n = w->step(r, &r->b->item[r->next], r->b->items - r->next, f);

		if (n < 0)
			return -1;
		r->next += (size_t)n;
		*done += (size_t)n;
		if (*done - looked < LOOK_EVERY || r->here)
			continue;
		looked = *done;
		now = clock_real_us();
		if ((*done >= w->rows && now > start + WORK_US) ||
		    (now > start + SHORT_US && db_is_waited_for(r->db)))
			break;
	}
	return w->finish ? w->finish(r, f) : 0;
}

static int
one_txn(struct run *r, const struct work *w, struct fault *f)
{
	int64_t start, took;
	size_t n;

	if (begin(r, f) < 0)
		goto bad;
	start = clock_real_us();
	if (steps(r, w, &n, f) < 0 || commit(r, f) < 0)
		goto bad;
	took = clock_real_us() - start;
	/* Half at most: on a busy machine one long wait says little about the next. */
	if (took > TXN_US)
		r->rows = n / 2;
	else if (n >= r->rows && took < TXN_US / 2)
		r->rows += r->rows / 2;
	if (r->rows < w->rows)
		r->rows = w->rows;
	return 0;
bad:
	rollback(r);
	return -1;
}

static int
all_txns(struct run *r, const struct work *w, struct fault *f)
{
	r->next = 0;
	r->rows = 2 * w->rows;
	while (r->next < r->b->items)
		if (one_txn(r, w, f) < 0)
			return -1;
	return 0;
}

static int
finish_phones(struct run *r, struct fault *f)
{
	if (r->here || !r->first || r->next < r->b->items)
		return 0;
	return mark_finished(r, f);
}

/* The numbers of everybody who is new. */
static void
sort_by_phone(struct people_batch *b)
{
	struct person p;

	need_items(b, b->phones);
	for (size_t i = 0; i < b->rows; i++) {
		const struct packed *k = person_at(b, i);
		if (k->change != PERSON_ACCEPTED)
			continue;
		unpack(k, &p);
		for (int j = 0; j < p.phones; j++)
			b->item[b->items++] = (struct sort_item){(uint64_t)p.phone[j],
			    (uint64_t)k->id * CONTACT_PHONES + (uint64_t)j};
	}
	sort_items(b->item, b->scratch, b->items);
}

/* ---- wishes ---------------------------------------------------------------------- */

static int
put_wish(struct run *r, const struct sort_item *item, size_t n, struct fault *f)
{
	const struct packed *k = person_at(r->b, item->value);
	struct dnc d = {.kind = DNC_CONTACT, .value = k->id};

	(void)n;
	copy_text(d.source, sizeof d.source, source_of(k));
	copy_text(d.reason, sizeof d.reason, r->b->reason);
	return dnc_put(r->db, &d, f) < 0 ? -1 : 1;
}

static void
gather_wishes(struct people_batch *b)
{
	need_items(b, b->rows);
	for (size_t i = 0; i < b->rows; i++) {
		const struct packed *k = person_at(b, i);

		if (k->wish && k->change != PERSON_STRANGER)
			b->item[b->items++] = (struct sort_item){(uint64_t)k->id, i};
	}
}

static int
put(struct db *db, struct people_batch *b, bool dry, bool here, struct fault *f)
{
	const struct work contacts = {put_contacts, dry ? NULL : mark_unfinished, TXN_CONTACTS},
			  wishes = {put_wish, NULL, TXN_WISHES},
			  numbers = {put_numbers, finish_phones, TXN_PHONES};
	struct run r = {.db = db, .b = b, .dry = dry, .here = here, .expect_new = true};

	if (!b->rows)
		return 0;
	/* In order, a tree is not read back: the memory serves better as a larger batch. */
	if ((!here && db_exec(db, "PRAGMA cache_size = -6144", f) < 0) || prepare(&r, f) < 0)
		return -1;
	sort_by_key(b);
	if (all_txns(&r, &contacts, f) < 0)
		return -1;
	if (dry)
		return 0;
	if (b->reason)
		gather_wishes(b);
	/* Who is new has no numbers yet, and so nobody could call in between. */
	if (b->reason && all_txns(&r, &wishes, f) < 0)
		return -1;
	sort_by_phone(b);
	return all_txns(&r, &numbers, f);
}

/* Ranges whose contacts all have their numbers by now. */
int
people_tidy(struct db *db, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "DELETE FROM unfinished WHERE NOT EXISTS (SELECT 1 FROM contact c"
	    " WHERE c.id BETWEEN unfinished.first AND unfinished.last AND c.source <> ''"
	    " AND NOT EXISTS (SELECT 1 FROM contact_phone p WHERE p.contact = c.id))",
	    f);

	return db_run(db, s, f);
}

int
people_batch_put(struct db *db, struct people_batch *b, bool dry, struct fault *f)
{
	return put(db, b, dry, false, f);
}

int
people_batch_put_here(struct db *db, struct people_batch *b, struct fault *f)
{
	return put(db, b, false, true, f);
}
