/*
 * people: one person at a time: put, found, looked through, erased. Many at
 * once are people_bulk.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dnc.h"
#include "forget.h"
#include "journal.h"
#include "mark.h"
#include "mem.h"
#include "ndjson.h"
#include "people.h"
#include "people_parts.h"
#include "project.h"
#include "scan.h"
#include "schedule.h"
#include "store_parts.h"
#include "twins.h"

struct people_cache {
	struct buf text; /* of the person given out last */
	struct people_batch *page;
};

static struct people_cache *
cache_of(struct db *db)
{
	if (!db->people)
		db->people = xcalloc(1, sizeof *db->people);
	return db->people;
}

void
people_forget_state(struct db *db)
{
	if (!db->people)
		return;
	buf_release(&db->people->text);
	people_batch_free(db->people->page);
	free(db->people);
	db->people = NULL;
}

const char *
people_change_name(enum people_change change)
{
	static const char *const name[] = {"accepted", "updated", "unchanged", "stranger"};

	return name[change];
}

/* ---- writing ---------------------------------------------------------------- */

/* The numbers of a person whose id is set; those that are there are replaced. */
static int
people_put_phones(struct db *db, const struct person *p, struct fault *f)
{
	for (int i = 0; i < p->phones; i++) {
		sqlite3_stmt *s = db_sql(db,
		    "INSERT INTO contact_phone (contact, ord, e164) VALUES (:contact, :ord, :e164)"
		    " ON CONFLICT (contact, ord) DO UPDATE SET e164 = :e164",
		    f);
		bind_i(db, s, ":contact", p->id);
		bind_i(db, s, ":ord", i + 1);
		bind_i(db, s, ":e164", p->phone[i]);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	return 0;
}

/* staying: those that the contact gets back. */
static int
drop_phones(struct db *db, int64_t contact, const int64_t *staying, int n, struct fault *f)
{
	sqlite3_stmt *s;

	if (dnc_keep_numbers(db, contact, staying, n, f) < 0 ||
	    forget_numbers_leave(db, contact, staying, n, f) < 0)
		return -1;
	s = db_sql(db, "DELETE FROM contact_phone WHERE contact = :contact", f);
	bind_i(db, s, ":contact", contact);
	return db_run(db, s, f);
}

int
people_update(struct db *db, const struct person *p, struct fault *f)
{
	struct twin_pairs before;
	sqlite3_stmt *s;

	if (twins_of(db, p->id, &before, f) < 0)
		return -1;
	s = db_sql(db,
	    "UPDATE contact SET name = :name, timezone = :timezone, language = :language,"
	    " priority = :priority, attributes = :attributes, digest = :digest WHERE id = :id",
	    f);

	bind_i(db, s, ":id", p->id);
	bind_t(db, s, ":name", p->name);
	bind_t(db, s, ":timezone", p->timezone);
	bind_t(db, s, ":language", p->language);
	bind_or_null(db, s, ":priority", p->priority, INT64_MIN);
	bind_t(db, s, ":attributes", p->attributes);
	bind_i(db, s, ":digest", p->digest);
	if (db_run(db, s, f) < 0 || drop_phones(db, p->id, p->phone, p->phones, f) < 0 ||
	    people_put_phones(db, p, f) < 0 || targets_of_contact_changed(db, p->id, f) < 0)
		return -1;
	return twins_appeared(db, p->id, &before, f);
}

/* Who changed whom; what it was is the base table's, as with an import. */
static int
journal_put(struct db *db, int64_t contact, enum people_change change, struct fault *f)
{
	struct entry e = {
	    .at = clock_wall(), .kind = "contact.put", .contact = contact, .source = "tool"};
	struct buf fact = {0};
	int rc;

	if (change == PERSON_UNCHANGED || change == PERSON_STRANGER)
		return 0;
	buf_member(&fact, "change", people_change_name(change));
	buf_addc(&fact, '}');
	e.fact = fact.p;
	rc = journal_add(db, &e, f);
	buf_release(&fact);
	return rc;
}

static int
put_one(
    struct db *db, struct person *p, bool careful, enum people_change *change, struct fault *f)
{
	struct people_batch *one = people_batch_new();
	int rc;

	if (careful)
		people_batch_be_careful(one);
	p->digest = person_digest(p);
	people_batch_add(one, p);
	rc = people_batch_put_here(db, one, f);
	if (rc == 0) {
		struct person stored;
		people_batch_get(one, 0, &stored, change);
		p->id = stored.id;
		rc = journal_put(db, p->id, *change, f);
	}
	people_batch_free(one);
	return rc;
}

int
people_put(struct db *db, struct person *p, enum people_change *change, struct fault *f)
{
	return put_one(db, p, false, change, f);
}

int
people_put_careful(struct db *db, struct person *p, enum people_change *change, struct fault *f)
{
	return put_one(db, p, true, change, f);
}

/* ---- looking ---------------------------------------------------------------- */

#define PERSON_COLUMNS "id, source, key, name, timezone, language, priority, attributes, digest"

/* Strings point into the statement. */
static void
row_person(sqlite3_stmt *s, struct person *p)
{
	*p = (struct person){.id = col_i(s, 0),
	    .source = col_t(s, 1),
	    .key = col_t(s, 2),
	    .name = col_t(s, 3),
	    .timezone = col_t(s, 4),
	    .language = col_t(s, 5),
	    .priority = sqlite3_column_type(s, 6) == SQLITE_NULL ? INT64_MIN : col_i(s, 6),
	    .attributes = col_t(s, 7),
	    .digest = col_i(s, 8)};
}

static int
read_phones(struct db *db, struct person *p, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT e164 FROM contact_phone WHERE contact = :contact ORDER BY ord", f);
	int n;

	bind_i(db, s, ":contact", p->id);
	p->phones = 0;
	while ((n = db_step(db, s, f)) > 0)
		if (p->phones < CONTACT_PHONES)
			p->phone[p->phones++] = col_i(s, 0);
	return n;
}

static const char *
keep(struct buf *b, const char *s)
{
	size_t at = b->len;

	if (!s)
		return NULL;
	buf_add(b, s, strlen(s) + 1);
	return b->p + at;
}

/* The statement's one row, copied; 1, 0, -1. */
static int
take_row(struct db *db, sqlite3_stmt *s, struct person *p, struct fault *f)
{
	struct buf *b = &cache_of(db)->text;
	int n = db_step(db, s, f);

	if (n <= 0)
		return n;
	row_person(s, p);
	buf_reset(b);
	buf_need(b,
	    (size_t)(sqlite3_column_bytes(s, 1) + sqlite3_column_bytes(s, 2) +
		sqlite3_column_bytes(s, 3) + sqlite3_column_bytes(s, 4) +
		sqlite3_column_bytes(s, 5) + sqlite3_column_bytes(s, 7) + 8));
	p->source = keep(b, p->source);
	p->key = keep(b, p->key);
	p->name = keep(b, p->name);
	p->timezone = keep(b, p->timezone);
	p->language = keep(b, p->language);
	p->attributes = keep(b, p->attributes);
	sqlite3_reset(s);
	if (read_phones(db, p, f) < 0)
		return -1;
	return p->phones > 0;
}

int
people_get(struct db *db, int64_t id, struct person *p, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT " PERSON_COLUMNS " FROM contact WHERE id = :id", f);

	bind_i(db, s, ":id", id);
	return take_row(db, s, p, f);
}

int
people_find(
    struct db *db, const char *source, const char *key, struct person *p, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " PERSON_COLUMNS " FROM contact WHERE source = :source AND key = :key", f);

	bind_t(db, s, ":source", source);
	bind_t(db, s, ":key", key);
	return take_row(db, s, p, f);
}

const char *const people_fields[] = {
    "id", "source", "key", "name", "phone", "timezone", "language", "priority", NULL};

/* ---- matching ---------------------------------------------------------------- */

struct wanted_attribute {
	const char *key, *value;
	bool equal;
};

static void
look_at_member(void *arg, const struct rec_member *m)
{
	struct wanted_attribute *w = arg;
	struct buf text = {0};
	struct slice key = m->key, value = m->value;

	if (m->escaped) {
		scan_unescape(&text, m->key);
		key = (struct slice){text.p, text.len};
	}
	if (slice_is(key, w->key)) {
		buf_reset(&text);
		if (value.p[0] == '"') {
			scan_unescape(&text, (struct slice){value.p + 1, value.len - 2});
			value = (struct slice){text.p, text.len};
		}
		w->equal = slice_is(value, w->value);
	}
	buf_release(&text);
}

static bool
attribute_is(const struct person *p, const char *key, const char *value)
{
	struct wanted_attribute w = {key, value, !*value}; /* none is empty */

	if (p->attributes)
		json_scan(p->attributes, strlen(p->attributes), look_at_member, &w);
	return w.equal;
}

static bool
phone_is(const struct person *p, const char *value)
{
	char text[20];

	for (int i = 0; i < p->phones; i++)
		if (!strcmp(phone_text(p->phone[i], text), value))
			return true;
	return false;
}

static bool
field_is(const struct person *p, const char *field, const char *value)
{
	const struct {
		const char *name, *text;
	} column[] = {{"source", p->source}, {"key", p->key}, {"name", p->name},
	    {"timezone", p->timezone}, {"language", p->language}};
	struct buf number = {0};
	bool same;

	for (size_t i = 0; i < COUNT(column); i++)
		if (!strcmp(field, column[i].name))
			return !strcmp(column[i].text ? column[i].text : "", value);
	if (!strcmp(field, "phone"))
		return phone_is(p, value);
	if (strcmp(field, "id") && strcmp(field, "priority"))
		return attribute_is(p, field, value);
	buf_addi(&number, *field == 'i' ? p->id : p->priority);
	same = *field == 'p' && p->priority == INT64_MIN ? !*value : !strcmp(number.p, value);
	buf_release(&number);
	return same;
}

static bool
holds(const struct person *p, const char *search)
{
	char text[20];

	if ((p->name && strcasestr(p->name, search)) || strcasestr(p->key, search) ||
	    (p->attributes && strcasestr(p->attributes, search)))
		return true;
	for (int i = 0; i < p->phones; i++)
		if (strstr(phone_text(p->phone[i], text), search))
			return true;
	return false;
}

int
people_match(const struct people_query *q, const struct person *p)
{
	for (int i = 0; i < q->wheres; i++)
		if (!field_is(p, q->field[i], q->value[i]))
			return 0;
	return !q->search || holds(p, q->search);
}

/* ---- pages ---------------------------------------------------------------- */

/* The numbers of one person from a statement that runs along in the same order. */
static int
merge_phones(struct db *db, sqlite3_stmt *s, int *more, struct person *p, struct fault *f)
{
	while (*more > 0 && col_i(s, 0) <= p->id) {
		if (col_i(s, 0) == p->id && p->phones < CONTACT_PHONES)
			p->phone[p->phones++] = col_i(s, 1);
		*more = db_step(db, s, f);
	}
	return *more < 0 ? -1 : 0;
}

/* Copies at most limit rows behind *after, fewer if they are large. */
static int
read_page(struct db *db, struct people_batch *page, int64_t *after, int limit, struct fault *f)
{
	sqlite3_stmt *c = db_sql(db,
	    "SELECT " PERSON_COLUMNS " FROM contact WHERE id > :after ORDER BY id LIMIT :limit",
	    f);
	sqlite3_stmt *t = db_sql(db,
	    "SELECT contact, e164 FROM contact_phone WHERE contact > :after ORDER BY contact, ord",
	    f);
	int more, n = 0, seen = 0;
	bool full = false;

	bind_i(db, c, ":after", *after);
	bind_i(db, c, ":limit", limit);
	bind_i(db, t, ":after", *after);
	more = db_step(db, t, f);
	while (more >= 0 && !full && (n = db_step(db, c, f)) > 0) {
		struct person p;
		row_person(c, &p);
		if (merge_phones(db, t, &more, &p, f) < 0)
			break;
		full = p.phones > 0 && !people_batch_add(page, &p);
		if (!full) {
			*after = p.id;
			seen++;
		}
	}
	if (c)
		sqlite3_reset(c);
	if (t)
		sqlite3_reset(t);
	if (more < 0 || (!full && n < 0))
		return -1;
	if (!full && seen < limit)
		*after = INT64_MAX;
	return 0;
}

int
people_page(struct db *db, const struct people_query *q, int64_t *after, int limit,
    int (*cb)(void *, const struct person *, struct fault *), void *arg, struct fault *f)
{
	struct people_cache *cache = cache_of(db);
	enum people_change ignored;
	struct person p;

	if (!cache->page)
		cache->page = people_batch_new();
	people_batch_reset(cache->page);
	if (read_page(db, cache->page, after, limit, f) < 0)
		return -1;
	for (size_t i = 0; people_batch_get(cache->page, i, &p, &ignored); i++)
		if (people_match(q, &p) && cb(arg, &p, f) < 0)
			return -1;
	return 0;
}

/* ---- going ---------------------------------------------------------------- */

/* Counts with one parameter :contact. */
static int
counts(struct db *db, const char *sql, int64_t contact, bool *any, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, sql, f);
	int64_t n;

	bind_i(db, s, ":contact", contact);
	if (db_one(db, s, 0, &n, f) < 0)
		return -1;
	*any = n != 0;
	return 0;
}

static int
must_exist(struct db *db, int64_t id, struct fault *f)
{
	bool is;

	if (counts(db,
		"SELECT EXISTS (SELECT 1 FROM contact WHERE id = :contact AND source <> '')",
		id, &is, f) < 0)
		return -1;
	return is ? 0 : fault(f, DATAERR, "there is no contact %lld", (long long)id);
}

/* The row stays, empty: its id must not come to another person. */
static int
blank(struct db *db, int64_t id, const char *kind, const struct buf *marks,
    const struct buf *numbers, struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = kind, .contact = id, .source = "tool"};
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE contact SET source = '', key = 'gone-' || id, name = NULL, timezone = NULL,"
	    " language = NULL, priority = NULL, attributes = NULL, digest = 0 WHERE id = :id",
	    f);
	struct buf fact = {0};
	int64_t bodies;
	int rc = -1;

	bind_i(db, s, ":id", id);
	if (db_run(db, s, f) < 0 || drop_phones(db, id, NULL, 0, f) < 0 ||
	    journal_erase(db, id, &bodies, f) < 0)
		return -1;
	buf_member_i(&fact, "bodies", bodies);
	if (marks && marks->len) {
		buf_key(&fact, "calls");
		buf_add(&fact, marks->p, marks->len);
		buf_addc(&fact, '}');
	}
	if (numbers && numbers->len) {
		buf_key(&fact, "numbers");
		buf_add(&fact, numbers->p, numbers->len);
	}
	buf_addc(&fact, '}');
	e.fact = fact.p;
	rc = journal_add(db, &e, f);
	buf_release(&fact);
	return rc;
}

int
people_delete(struct db *db, int64_t id, struct fault *f)
{
	bool used;

	if (must_exist(db, id, f) < 0 ||
	    counts(db,
		/* Whoever was called was a target, and is one for good. */
		"SELECT EXISTS (SELECT 1 FROM target WHERE contact = :contact)", id, &used,
		f) < 0)
		return -1;
	if (used)
		return fault(f, DATAERR,
		    "contact %lld is in a campaign, whose history stays; outreach-contacts forget %lld erases what is personal",
		    (long long)id, (long long)id);
	return blank(db, id, "contact.deleted", NULL, NULL, f);
}

/*
 * What calls hold that were about this person beside the one who led them. The intent stays: it holds the
 * leader's number alone.
 */
static int
erase_shared(struct db *db, int64_t contact, struct fault *f)
{
	sqlite3_stmt *s;

	if (journal_flush(db, f) < 0)
		return -1;
	s = db_sql(db,
	    "DELETE FROM body WHERE seq IN (SELECT j.seq FROM target t"
	    " CROSS JOIN call_sibling s ON s.target = t.id CROSS JOIN journal j ON j.call = s.call"
	    " WHERE t.contact = :contact AND j.kind <> 'call.intent')",
	    f);
	bind_i(db, s, ":contact", contact);
	return db_run(db, s, f);
}

/* The marks of the numbers that were called, as members of an object; what was heard elsewhere goes. */
static int
mark_calls(struct db *db, int64_t contact, struct buf *marks, struct fault *f)
{
	struct uuid call = {{0}};
	int n;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT c.id, c.phone FROM target t CROSS JOIN call c ON c.target = t.id"
		    " WHERE t.contact = :contact AND c.phone > 0 AND c.id > :after"
		    " ORDER BY c.id LIMIT 1",
		    f);
		char text[37];
		int64_t phone, mark;

		bind_i(db, s, ":contact", contact);
		bind_b(db, s, ":after", call.b, sizeof call.b);
		if ((n = db_step(db, s, f)) <= 0)
			return n;
		memcpy(call.b, sqlite3_column_blob(s, 0), sizeof call.b);
		phone = col_i(s, 1);
		sqlite3_reset(s);
		if (mark_of(db, phone, &mark, f) < 0 || project_mark(db, &call, mark, f) < 0)
			return -1;
		buf_member_i(marks, uuid_text(&call, text), mark);
	}
}

int
people_forget(struct db *db, int64_t id, struct fault *f)
{
	struct buf marks = {0}, numbers = {0};
	bool open, claimed;
	int rc;

	if (must_exist(db, id, f) < 0 ||
	    counts(db,
		"SELECT EXISTS (SELECT 1 FROM call JOIN target t ON t.id = call.target"
		" WHERE t.contact = :contact AND call.line_open = 1)"
		" OR EXISTS (SELECT 1 FROM call_sibling s JOIN target t ON t.id = s.target"
		" JOIN call c ON c.id = s.call WHERE t.contact = :contact AND c.line_open = 1)",
		id, &open, f) < 0 ||
	    counts(db,
		"SELECT EXISTS (SELECT 1 FROM claim JOIN target t ON t.id = claim.target"
		" WHERE t.contact = :contact)"
		" OR EXISTS (SELECT 1 FROM claim_sibling s JOIN target t ON t.id = s.target"
		" WHERE t.contact = :contact)",
		id, &claimed, f) < 0)
		return -1;
	if (open || claimed)
		return fault(f, REFUSED, "contact %lld %s", (long long)id,
		    open
			? "has a call whose line is open: forget it when that is over (outreach-calls list --open, hangup)"
			: "is claimed for a call: forget it when that is over, or put it on do-not-call first (outreach-dnc add), which takes the claim");
	/* What is deleted must not stay readable in free pages of the file. */
	rc = db_exec(db, "PRAGMA secure_delete = ON", f) < 0 || erase_shared(db, id, f) < 0 ||
		forget_orphans(db, id, f) < 0 || forget_wishes(db, id, &numbers, f) < 0 ||
		mark_calls(db, id, &marks, f) < 0 || project_forget(db, id, f) < 0 ||
		blank(db, id, "contact.forgotten", &marks, &numbers, f) < 0
	    ? -1
	    : 0;
	buf_release(&marks);
	buf_release(&numbers);
	return rc < 0 ? -1 : targets_of_contact_changed(db, id, f);
}
