/*
 * people_run: statements bound by number, as a name costs a search for each
 * row. A file is mostly new or mostly known: whichever it was is tried first.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "awaited.h"
#include "dnc.h"
#include "mem.h"
#include "people_parts.h"
#include "people_run.h"
#include "remark.h"

enum { SOME_CONTACTS = 32, SOME_PHONES = 64 }; /* rows of one statement */

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

int
run_prepare(struct people_run *r, struct fault *f)
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
bind_contact(sqlite3_stmt *s, int i, const struct packed_person *k)
{
	struct person p;

	pack_read(k, &p);
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
is_new(struct people_run *r, struct packed_person *k, int64_t id)
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
insert(struct people_run *r, struct packed_person *k, struct fault *f)
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
find(struct people_run *r, const struct packed_person *k, struct stored *is, struct fault *f)
{
	int n;

	*is = (struct stored){0};
	set_text(r->find, 1, pack_source(k), k->source);
	set_text(r->find, 2, pack_key(k), k->key);
	n = db_step(r->db, r->find, f);
	if (n > 0) {
		*is = (struct stored){col_i(r->find, 0), col_i(r->find, 1)};
		sqlite3_reset(r->find);
	}
	return n < 0 ? -1 : 0;
}

/* SOME_CONTACTS of them at once, which costs two thirds. */
static int
find_some(struct people_run *r, const struct sort_item *item, struct stored is[SOME_CONTACTS],
    struct fault *f)
{
	int n;

	for (int i = 0; i < SOME_CONTACTS; i++) {
		const struct packed_person *k = pack_at(r->b, item[i].value);

		is[i] = (struct stored){0};
		sqlite3_bind_int(r->find_some, i * 3 + 1, i);
		set_text(r->find_some, i * 3 + 2, pack_key(k), k->key);
		set_text(r->find_some, i * 3 + 3, pack_source(k), k->source);
	}
	while ((n = db_step(r->db, r->find_some, f)) > 0)
		is[col_i(r->find_some, 0)] =
		    (struct stored){col_i(r->find_some, 1), col_i(r->find_some, 2)};
	return n;
}

/* Somebody else's import began this one and may not have come to the numbers. */
static int
lacks_phones(struct people_run *r, int64_t id, bool *lacks, struct fault *f)
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
no_number_in_common(
    struct people_run *r, const struct packed_person *k, int64_t id, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(r->db, "SELECT e164 FROM contact_phone WHERE contact = :contact", f);
	bool any = false, common = false;
	struct person p;
	int n;

	pack_read(k, &p);
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
is_stranger(struct people_run *r, const struct packed_person *k, int64_t id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    r->db, "SELECT name IS NOT :name COLLATE NOCASE FROM contact WHERE id = :id", f);
	struct person p;
	int64_t other = 0;

	pack_read(k, &p);
	bind_i(r->db, s, ":id", id);
	bind_t(r->db, s, ":name", p.name);
	if (db_one(r->db, s, 0, &other, f) < 0)
		return -1;
	return other ? no_number_in_common(r, k, id, f) : 0;
}

/* Whether a person took away a rule about a contact. */
static int
was_taken_away(struct people_run *r, int64_t contact, bool *was, struct fault *f)
{
	sqlite3_stmt *s = db_sql(r->db,
	    "SELECT EXISTS (SELECT 1 FROM about a CROSS JOIN journal j ON j.seq = a.seq"
	    " WHERE a.who = :contact AND j.kind = 'dnc.removed')",
	    f);
	int64_t is;

	bind_i(r->db, s, ":contact", contact);
	if (db_one(r->db, s, 0, &is, f) < 0)
		return -1;
	*was = is != 0;
	return 0;
}

/* Whether a text that may be a remark is not what the store has, so that nobody has judged it yet. */
static bool
has_new_text(const char *before, const char *now)
{
	json_t *old = json_loads(before ? before : "{}", 0, NULL);
	json_t *new = json_loads(now ? now : "{}", 0, NULL), *v;
	const char *column;
	bool is = false;

	json_object_foreach(new, column, v)
	{
		char *text = json_is_string(v) ? xstrdup(json_string_value(v))
					       : json_dumps(v, JSON_ENCODE_ANY);

		is |= !json_equal(v, json_object_get(old, column)) && text &&
		    remark_may(text, strlen(text));
		free(text);
	}
	json_decref(old);
	json_decref(new);
	return is;
}

static int
is_news(struct people_run *r, const struct person *p, bool *is, struct fault *f)
{
	sqlite3_stmt *s = db_sql(r->db, "SELECT attributes FROM contact WHERE id = :id", f);
	int n;

	bind_i(r->db, s, ":id", p->id);
	if ((n = db_step(r->db, s, f)) <= 0)
		return n;
	*is = has_new_text(col_t(s, 0), p->attributes);
	sqlite3_reset(s);
	return 0;
}

/*
 * The rule for who is not to be called. What was written of somebody may mean something else: a person
 * knows, until there are news.
 */
static int
obey(struct people_run *r, struct packed_person *k, bool news, struct fault *f)
{
	struct dnc d = {.kind = DNC_CONTACT, .value = k->id};
	bool away = false;

	if (!k->wish || !r->b->reason)
		return 0;
	if (k->remark && !news && was_taken_away(r, k->id, &away, f) < 0)
		return -1;
	k->wish = !away;
	if (r->dry || away)
		return 0;
	copy_text(d.source, sizeof d.source, pack_source(k));
	copy_text(d.reason, sizeof d.reason, k->remark ? r->b->remark : r->b->reason);
	return dnc_put(r->db, &d, f) < 0 ? -1 : 0;
}

/* It is stored: the same, or to be changed; with its new number it could be called, so the wish comes along. */
static int
found(struct people_run *r, struct packed_person *k, const struct stored *is, struct fault *f)
{
	struct person p;
	bool lacks = false, news = false;
	int stranger;

	k->id = is->id;
	if (is->digest == k->digest) {
		if (lacks_phones(r, is->id, &lacks, f) < 0)
			return -1;
		k->change = lacks ? PERSON_ACCEPTED : PERSON_UNCHANGED;
		return obey(r, k, false, f);
	}
	if (r->b->careful && (stranger = is_stranger(r, k, is->id, f)) != 0) {
		k->change = PERSON_STRANGER;
		return stranger < 0 ? -1 : 0;
	}
	k->change = PERSON_UPDATED;
	pack_read(k, &p);
	if (k->remark && is_news(r, &p, &news, f) < 0)
		return -1;
	return r->dry ? 0 : people_update(r->db, &p, f) < 0 ? -1 : obey(r, k, news, f);
}

static bool
same_person(const struct packed_person *a, const struct packed_person *b)
{
	return a && !strcmp(pack_key(a), pack_key(b)) &&
	    !strcmp(pack_source(a), pack_source(b));
}

/* Whether it is the one before again, who has its place by now. */
static bool
is_again(const struct people_run *r, const struct packed_person *k, struct stored *is)
{
	const struct packed_person *b = r->before;

	if (!same_person(b, k) || b->change == PERSON_STRANGER)
		return false;
	*is = (struct stored){b->id, b->digest};
	return true;
}

/* As it was found, or new. */
static int
settle(struct people_run *r, struct packed_person *k, struct stored *is, struct fault *f)
{
	bool again = is_again(r, k, is);

	r->before = k;
	if (again || is->id)
		return found(r, k, is, f);
	k->change = PERSON_ACCEPTED;
	return r->dry || insert(r, k, f) >= 0 ? 0 : -1;
}

static int
put_contact(struct people_run *r, struct packed_person *k, struct fault *f)
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
all_different(const struct people_run *r, const struct sort_item *item, size_t n)
{
	const struct packed_person *before = r->before;

	for (size_t i = 0; i < n; i++) {
		const struct packed_person *k = pack_at(r->b, item[i].value);
		if (same_person(before, k))
			return false;
		before = k;
	}
	return true;
}

/* Some of the statement's rows were there already: each is looked up, the new ones have the last ids. */
static int
sort_out(struct people_run *r, const struct sort_item *item, int64_t first_new, struct fault *f)
{
	struct stored is[SOME_CONTACTS];

	if (find_some(r, item, is, f) < 0)
		return -1;
	for (int i = 0; i < SOME_CONTACTS; i++) {
		struct packed_person *k = pack_at(r->b, item[i].value);

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
put_known_contacts(struct people_run *r, const struct sort_item *item, struct fault *f)
{
	struct stored is[SOME_CONTACTS];
	int known = 0;

	if (find_some(r, item, is, f) < 0)
		return -1;
	for (int i = 0; i < SOME_CONTACTS; i++) {
		known += is[i].id != 0;
		if (settle(r, pack_at(r->b, item[i].value), &is[i], f) < 0)
			return -1;
	}
	r->expect_new = known < SOME_CONTACTS / 2;
	return 0;
}

/* A whole statement's rows, expected to be new. */
static int
put_some_contacts(struct people_run *r, const struct sort_item *item, struct fault *f)
{
	int64_t last;
	int n;

	for (int i = 0; i < SOME_CONTACTS; i++)
		bind_contact(r->some_contacts, i * 8, pack_at(r->b, item[i].value));
	if (db_run(r->db, r->some_contacts, f) < 0)
		return -1;
	n = sqlite3_changes(r->db->s);
	last = sqlite3_last_insert_rowid(r->db->s);
	r->before = pack_at(r->b, item[SOME_CONTACTS - 1].value);
	if (n < SOME_CONTACTS) {
		r->expect_new = n > SOME_CONTACTS / 2;
		return sort_out(r, item, n ? last - n + 1 : INT64_MAX, f);
	}
	for (int i = 0; i < SOME_CONTACTS; i++)
		is_new(r, pack_at(r->b, item[i].value), last - n + 1 + i);
	return 0;
}

/*
 * They lie all over the batch: those of the next statement are fetched meanwhile. Inlined, since gcc takes
 * a function that only fetches for one without effect and drops its calls.
 */
static inline __attribute__((always_inline)) void
fetch_next(const struct people_batch *b, const struct sort_item *item, size_t n)
{
	for (size_t i = SOME_CONTACTS; i < n && i < 2 * SOME_CONTACTS; i++) {
		const char *k = (const char *)pack_at(b, item[i].value);

		__builtin_prefetch(k);
		__builtin_prefetch(k + 64);
	}
}

/* The first of n items, or some: how many. */
int
run_put_contacts(struct people_run *r, const struct sort_item *item, size_t n, struct fault *f)
{
	bool fresh = r->expect_new && !r->dry;

	fetch_next(r->b, item, n);
	if (n >= SOME_CONTACTS && !fresh)
		return put_known_contacts(r, item, f) < 0 ? -1 : SOME_CONTACTS;
	if (n >= SOME_CONTACTS && all_different(r, item, SOME_CONTACTS))
		return put_some_contacts(r, item, f) < 0 ? -1 : SOME_CONTACTS;
	return put_contact(r, pack_at(r->b, item->value), f) < 0 ? -1 : 1;
}

/* value: the contact and the place of the number. */
static void
bind_phone(sqlite3_stmt *s, int i, const struct sort_item *item)
{
	sqlite3_bind_int64(s, i + 1, (int64_t)(item->value / CONTACT_PHONES));
	sqlite3_bind_int64(s, i + 2, (int64_t)(item->value % CONTACT_PHONES) + 1);
	sqlite3_bind_int64(s, i + 3, (int64_t)item->key);
}

int
run_put_numbers(struct people_run *r, const struct sort_item *item, size_t n, struct fault *f)
{
	int rows = n >= SOME_PHONES ? SOME_PHONES : 1;
	sqlite3_stmt *s = rows == 1 ? r->phone : r->some_phones;

	for (int i = 0; i < rows; i++)
		bind_phone(s, i * 3, &item[i]);
	return db_run(r->db, s, f) < 0 ? -1 : rows;
}

int
run_put_wish(struct people_run *r, const struct sort_item *item, size_t n, struct fault *f)
{
	struct packed_person *k = pack_at(r->b, item->value);
	int awaited =
	    r->awaited ? awaited_obey(r->db, pack_source(k), pack_key(k), k->id, f) : 0;

	(void)n;
	if (awaited < 0)
		return -1;
	k->wish |= awaited > 0;
	return obey(r, k, false, f) < 0 ? -1 : 1;
}
