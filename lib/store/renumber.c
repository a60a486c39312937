/*
 * renumber: wishes first, so that at no moment a person has a number that the
 * wish about it does not know; then people, then what their calls are counted
 * by. What reads the same is not written.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "consents.h"
#include "dnc_list.h"
#include "journal.h"
#include "mem.h"
#include "numset.h"
#include "people_parts.h"
#include "phone.h"
#include "project.h"
#include "renumber.h"
#include "store_parts.h"

enum { PAGE = 64 };

static const char other_form[] = "the tables write it in another form";
static const char no_number[] = "no plan gives it out any more";

struct renumbering {
	struct db *db;
	int (*cb)(void *, const struct renumbered *, struct fault *);
	void *arg;
	struct renumbered *told; /* of the open transaction */
	size_t n, cap;
	struct dnc *prefix; /* rules against one number */
	size_t prefixes, prefixes_cap;
};

/* What the tables make of a stored number: itself, another one, or 0. */
static int64_t
read_anew(int64_t key)
{
	char text[PHONE_SIZE];
	struct phone p;
	struct fault f;

	if (key <= 0 || phone_look(key, &p))
		return key;
	phone_text(key, text);
	return phone_read(text, strlen(text), NULL, &p, &f) == 0 ? p.key : 0;
}

static void
tell(struct renumbering *r, const char *of, int64_t contact, int64_t before, int64_t after)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : PAGE;
		r->told = xrealloc(r->told, r->cap, sizeof *r->told);
	}
	r->told[r->n++] =
	    (struct renumbered){of, contact, before, after, after ? other_form : no_number};
}

static int
begin(struct renumbering *r, struct fault *f)
{
	int64_t open;

	r->n = 0;
	if (db_begin(r->db, f) < 0)
		return -1;
	if (db_one(r->db,
		db_sql(r->db,
		    "SELECT EXISTS (SELECT 1 FROM call WHERE line_open = 1"
		    " AND campaign IS NOT NULL)",
		    f),
		0, &open, f) == 0 &&
	    !open)
		return 0;
	db_rollback(r->db);
	return open ? fault(f, REFUSED,
			  "%s: a line is open: numbers are read anew when no call is made "
			  "(outreach status, outreach reconcile)",
			  r->db->path)
		    : -1;
}

/* rc: of what was done in the transaction. */
static int
end(struct renumbering *r, int rc, struct fault *f)
{
	if (rc < 0) {
		db_rollback(r->db);
		return -1;
	}
	if (db_commit(r->db, f) < 0)
		return -1;
	for (size_t i = 0; i < r->n; i++)
		if (r->cb(r->arg, &r->told[i], f) < 0)
			return -1;
	return 0;
}

/* ---- wishes --------------------------------------------------------------------- */

/* A rule for the new number, beside the one that there is. */
static int
copy_rule(
    struct renumbering *r, const struct dnc *d, int64_t before, int64_t after, struct fault *f)
{
	struct dnc copy = *d;
	int got;

	copy.kind = DNC_NUMBER;
	copy.value = after;
	got = dnc_put_beside(r->db, &copy, before, f);
	if (got > 0)
		tell(r, "dnc", 0, d->value, after); /* as it was stored: a prefix, maybe */
	return got < 0 ? -1 : 0;
}

static int
rules(struct renumbering *r, struct fault *f)
{
	static struct dnc page[PAGE];
	struct dnc after = {.kind = DNC_NUMBER};
	int n, rc;

	while ((n = dnc_page(r->db, &after, page, PAGE, f)) > 0) {
		int changed = 0;

		for (int i = 0; i < n; i++) {
			int64_t v = page[i].kind == DNC_NUMBER ? read_anew(page[i].value) : 0;

			if (v && v != page[i].value)
				page[changed++] = page[i];
		}
		if (!changed)
			continue;
		rc = begin(r, f);
		if (rc < 0)
			return -1;
		for (int i = 0; i < changed && rc == 0; i++)
			rc = copy_rule(r, &page[i], page[i].value, read_anew(page[i].value), f);
		if (end(r, rc, f) < 0)
			return -1;
	}
	return n;
}

static const char *
member(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static int
copy_consent(
    struct renumbering *r, const struct consent_entry *e, int64_t after, struct fault *f)
{
	json_t *fact = json_loads(e->fact.len ? e->fact.p : "{}", 0, NULL);
	json_t *body = json_loads(e->body.len ? e->body.p : "{}", 0, NULL);
	struct consent_fact c = {.phone = after,
	    .before = e->phone,
	    .row = e->row,
	    .how = member(fact, "how"),
	    .text = member(body, "text"),
	    .evidence = member(fact, "evidence")};
	int rc = begin(r, f);

	if (rc == 0) {
		int got = consents_put(r->db, &c, f);

		if (got > 0)
			tell(r, "consent", 0, e->phone, after);
		rc = end(r, got < 0 ? -1 : 0, f);
	}
	json_decref(fact);
	json_decref(body);
	return rc;
}

static int
consents(struct renumbering *r, struct fault *f)
{
	struct consent_entry e = {.fact = {0}};
	int64_t id = 0;
	int n;

	while ((n = consents_next(r->db, 0, 0, &id, &e, f)) > 0) {
		int64_t after = e.phone ? read_anew(e.phone) : 0;

		if (after && after != e.phone && copy_consent(r, &e, after, f) < 0) {
			n = -1;
			break;
		}
	}
	buf_release(&e.fact);
	buf_release(&e.body);
	return n;
}

struct relisting {
	struct renumbering *r;
	int64_t list;
	struct numset *set;
	uint64_t numbers;
};

static int
look_at_listed(void *arg, int64_t phone, struct fault *f)
{
	struct relisting *l = arg;
	int64_t after = read_anew(phone);
	int there;

	if (!after || after == phone)
		return 0;
	if ((there = dnc_list_has(l->r->db, l->list, after, f)) != 0)
		return there < 0 ? -1 : 0;
	l->numbers++;
	tell(l->r, "dnc_list", 0, phone, after);
	return numset_add(l->set, (uint64_t)after, f);
}

/* The numbers as they are read now come into the list beside those that it has. */
static int
list_anew(struct renumbering *r, const struct dnc_list *list, struct fault *f)
{
	struct relisting l = {r, list->id, numset_new(), 0};
	struct dnc_file file = {.name = "outreach upgrade"};
	struct dnc_import in = {list->name, list->as_of, list->max_age, true, &file, 1};
	struct dnc_list now;
	int rc;

	r->n = 0;
	rc = dnc_list_numbers(r->db, list->id, look_at_listed, &l, f);
	if (rc == 0 && l.numbers) {
		file.numbers = l.numbers;
		rc = dnc_list_import(r->db, &in, l.set, &now, f);
	}
	numset_free(l.set);
	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = r->cb(r->arg, &r->told[i], f);
	return rc;
}

static int
lists(struct renumbering *r, struct fault *f)
{
	char after[DNC_LIST_NAME] = "";
	struct dnc_list list;
	int n;

	while ((n = dnc_list_next(r->db, after, &list, f)) > 0)
		if (list_anew(r, &list, f) < 0)
			return -1;
	return n;
}

/* ---- people ---------------------------------------------------------------------- */

/* The change for the journal, and what the calls of the contact are counted by. */
static int
note_change(
    struct renumbering *r, int64_t contact, int64_t before, int64_t after, struct fault *f)
{
	struct entry e = {.at = clock_wall(),
	    .kind = after ? "number.changed" : "number.unknown",
	    .contact = contact,
	    .source = "tool"};
	struct buf body = {0};
	char text[PHONE_SIZE];
	int rc;

	buf_member(&body, "before", phone_text(before, text));
	buf_member(&body, "after", after ? phone_text(after, text) : NULL);
	buf_addc(&body, '}');
	e.body = body.p;
	rc = journal_add(r->db, &e, f);
	buf_release(&body);
	if (rc == 0 && after)
		rc = project_renumber(r->db, contact, before, after, f);
	return rc < 0 ? -1 : 0;
}

/* Rules are gathered: the store is not asked while it answers. */
static int
gather_prefix(void *arg, const struct dnc *d, struct fault *f)
{
	struct renumbering *r = arg;

	(void)f;
	if (d->kind != DNC_PREFIX)
		return 0;
	if (r->prefixes == r->prefixes_cap) {
		r->prefixes_cap = r->prefixes_cap ? 2 * r->prefixes_cap : 16;
		r->prefix = xrealloc(r->prefix, r->prefixes_cap, sizeof *r->prefix);
	}
	r->prefix[r->prefixes++] = *d;
	return 0;
}

/* A prefix that spoke against the old number speaks against the new one. */
static int
keep_prefixes(struct renumbering *r, int64_t before, int64_t after, struct fault *f)
{
	r->prefixes = 0;
	if (dnc_match(r->db, before, DNC_ANY_CAMPAIGN, false, gather_prefix, r, f) < 0)
		return -1;
	for (size_t i = 0; i < r->prefixes; i++)
		if (copy_rule(r, &r->prefix[i], before, after, f) < 0)
			return -1;
	return 0;
}

/* Of a contact that is known by its number; not where another has that name already. */
static int
change_key(struct db *db, int64_t id, int64_t after, struct fault *f)
{
	char key[PHONE_SIZE];
	sqlite3_stmt *s = db_sql(db,
	    "UPDATE contact SET key = :key WHERE id = :id AND NOT EXISTS"
	    " (SELECT 1 FROM contact o WHERE o.source = contact.source AND o.key = :key)",
	    f);

	bind_t(db, s, ":key", phone_text(after, key));
	bind_i(db, s, ":id", id);
	return db_run(db, s, f);
}

static bool
has(const struct person *p, int64_t phone)
{
	for (int i = 0; i < p->phones; i++)
		if (p->phone[i] == phone)
			return true;
	return false;
}

static int
change_person(struct renumbering *r, int64_t id, struct fault *f)
{
	struct person old, p;
	bool by_number; /* known by it */
	int got = people_get(r->db, id, &old, f);

	if (got <= 0)
		return got;
	p = old;
	p.phones = 0;
	by_number = *old.key == '+' && phone_key(old.key) == old.phone[0];
	for (int i = 0; i < old.phones; i++) {
		int64_t before = old.phone[i], after = read_anew(before);

		if (!has(&p, after ? after : before))
			p.phone[p.phones++] = after ? after : before;
		if (after == before)
			continue;
		tell(r, "contact", id, before, after);
		if (note_change(r, id, before, after, f) < 0 ||
		    (after && keep_prefixes(r, before, after, f) < 0))
			return -1;
	}
	if (by_number && p.phone[0] != old.phone[0] && change_key(r->db, id, p.phone[0], f) < 0)
		return -1;
	/* Read back: the texts of the first reading are gone, and the key may be another. */
	if ((got = people_get(r->db, id, &old, f)) <= 0)
		return got;
	memcpy(old.phone, p.phone, sizeof old.phone);
	old.phones = p.phones;
	old.digest = person_digest(&old);
	return people_update(r->db, &old, f);
}

struct page {
	int64_t id[PAGE];
	int n;
};

static int
look_at_person(void *arg, const struct person *p, struct fault *f)
{
	struct page *page = arg;

	(void)f;
	for (int i = 0; i < p->phones; i++)
		if (read_anew(p->phone[i]) != p->phone[i]) {
			page->id[page->n++] = p->id;
			break;
		}
	return 0;
}

static int
people(struct renumbering *r, struct fault *f)
{
	static const struct people_query all;
	static struct page page;
	int64_t after = 0;
	int rc = 0;

	while (after != INT64_MAX) {
		page.n = 0;
		if (people_page(r->db, &all, &after, PAGE, look_at_person, &page, f) < 0)
			return -1;
		if (!page.n)
			continue;
		if (begin(r, f) < 0)
			return -1;
		for (int i = 0; i < page.n && rc == 0; i++)
			rc = change_person(r, page.id[i], f);
		if (end(r, rc, f) < 0)
			return -1;
	}
	return 0;
}

/* ---- calls: caps and gaps are per number, whoever has it now ---------------------- */

static int
calls_of(struct renumbering *r, int64_t before, int64_t after, struct fault *f)
{
	for (;;) {
		sqlite3_stmt *s = db_sql(r->db,
		    "SELECT contact FROM call WHERE phone = :phone AND contact IS NOT NULL LIMIT 1",
		    f);
		int64_t contact;

		bind_i(r->db, s, ":phone", before);
		if (db_one(r->db, s, 0, &contact, f) < 0)
			return -1;
		if (!contact)
			return 0;
		tell(r, "call", contact, before, after);
		if (note_change(r, contact, before, after, f) < 0)
			return -1;
	}
}

static int
calls(struct renumbering *r, struct fault *f)
{
	int64_t phone = 0;

	for (;;) {
		sqlite3_stmt *s =
		    db_sql(r->db, "SELECT min(phone) FROM call WHERE phone > :after", f);
		int64_t after;

		bind_i(r->db, s, ":after", phone);
		if (db_one(r->db, s, 0, &phone, f) < 0)
			return -1;
		if (!phone)
			return 0;
		after = read_anew(phone);
		if (!after || after == phone)
			continue;
		if (begin(r, f) < 0 || end(r, calls_of(r, phone, after, f), f) < 0)
			return -1;
	}
}

/* ---- the tables -------------------------------------------------------------------- */

int
numbers_version(struct db *db, char version[NUMBERS_VERSION], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT tables FROM numbers", f);
	int n = db_step(db, s, f);

	*version = '\0';
	if (n > 0) {
		copy_text(version, NUMBERS_VERSION, col_t(s, 0));
		sqlite3_reset(s);
	}
	return n < 0 ? -1 : 0;
}

int
numbers_check(struct db *db, struct fault *f)
{
	char version[NUMBERS_VERSION];

	if (numbers_version(db, version, f) < 0)
		return -1;
	if (!strcmp(version, phone_version()))
		return 0;
	return fault(f, CONFIG,
	    "%s: its numbers were read with the tables of libphonenumber %s, this outreach has %s: "
	    "nobody is called before they are read anew (outreach upgrade)",
	    db->path, *version ? version : "unknown", phone_version());
}

int
numbers_note(struct db *db, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO numbers (one, tables) VALUES (1, :tables)"
	    " ON CONFLICT (one) DO UPDATE SET tables = :tables",
	    f);

	bind_t(db, s, ":tables", phone_version());
	return db_run(db, s, f);
}

/* Whoever stood for what a number was is decided anew. */
static int
finish(struct db *db, struct fault *f)
{
	char then[NUMBERS_VERSION];
	struct buf fact = {0};
	struct entry e = {.at = clock_wall(), .kind = "store.renumbered", .source = "tool"};
	int rc = numbers_version(db, then, f);

	buf_member(&fact, "from", then);
	buf_member(&fact, "to", phone_version());
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (rc == 0)
		rc = numbers_note(db, f) < 0 || journal_add(db, &e, f) < 0 ? -1 : 0;
	buf_release(&fact);
	if (rc < 0)
		return -1;
	return db_run(db,
	    db_sql(db,
		"INSERT INTO rebuild (campaign, next) SELECT id, 0 FROM campaign"
		" WHERE state IN ('draft', 'active', 'paused')"
		" AND EXISTS (SELECT 1 FROM target WHERE target.campaign = campaign.id)"
		" ON CONFLICT (campaign) DO UPDATE SET next = 0, reason = NULL",
		f),
	    f);
}

int
renumber(struct db *db, int (*cb)(void *, const struct renumbered *, struct fault *), void *arg,
    struct fault *f)
{
	struct renumbering r = {.db = db, .cb = cb, .arg = arg};
	int rc = -1;

	if (rules(&r, f) == 0 && consents(&r, f) == 0 && lists(&r, f) == 0 &&
	    people(&r, f) == 0 && calls(&r, f) == 0 && begin(&r, f) == 0)
		rc = end(&r, finish(db, f), f);
	free(r.told);
	free(r.prefix);
	return rc;
}
