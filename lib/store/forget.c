/*
 * forget: numbers become marks, and bodies go that nothing but a number or a
 * foreign call id leads to.
 */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "consents.h"
#include "dnc.h"
#include "forget.h"
#include "journal.h"
#include "mark.h"
#include "mem.h"
#include "phone.h"
#include "project.h"
#include "store_parts.h"

struct numbers {
	int64_t *v;
	size_t n;
};

int
forget_is_gone(struct db *db, int64_t contact, bool *gone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT EXISTS (SELECT 1 FROM contact WHERE id = :id AND source = '')", f);
	int64_t is;

	bind_i(db, s, ":id", contact);
	if (db_one(db, s, 0, &is, f) < 0)
		return -1;
	*gone = is != 0;
	return 0;
}

static void
add_number(struct numbers *out, int64_t phone)
{
	out->v = xrealloc(out->v, out->n + 1, sizeof *out->v);
	out->v[out->n++] = phone;
}

/* The first column of every row. */
static int
read_numbers(struct db *db, sqlite3_stmt *s, struct numbers *out, struct fault *f)
{
	int n;

	while ((n = db_step(db, s, f)) > 0)
		add_number(out, col_i(s, 0));
	return n;
}

/* ---- wishes ----------------------------------------------------------------------- */

/* Those that the contact has, was called on, or had before, as far as that was journalled. */
static int
own_numbers(struct db *db, int64_t contact, struct numbers *out, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT e164 FROM contact_phone WHERE contact = :contact UNION SELECT c.phone"
	    " FROM target t CROSS JOIN call c ON c.target = t.id"
	    " WHERE t.contact = :contact AND c.contact = :contact AND c.phone > 0"
	    " UNION SELECT CAST(substr(json_extract(b.json, '$.before'), 2) AS INTEGER)"
	    " FROM journal j CROSS JOIN body b ON b.seq = j.seq WHERE j.contact = :contact"
	    " AND j.contact IS NOT NULL"
	    " AND (j.call IS NULL OR (j.kind >= 'context.' AND j.kind < 'context/'))"
	    " AND j.kind IN ('number.changed', 'number.unknown', 'number.left')",
	    f);

	bind_i(db, s, ":contact", contact);
	return read_numbers(db, s, out, f);
}

static bool
has_number(const struct numbers *of, int64_t phone)
{
	for (size_t i = 0; i < of->n; i++)
		if (of->v[i] == phone)
			return true;
	return false;
}

/* The forms in which other tables wrote a number: their wishes stay beside the new ones (renumber.h). */
static int
add_forms(struct db *db, int64_t phone, struct numbers *of, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT DISTINCT CAST(substr(json_extract(b.json, '$.before'), 2) AS INTEGER)"
	    " FROM about a CROSS JOIN body b ON b.seq = a.seq"
	    " WHERE a.who = :who AND json_extract(b.json, '$.before') IS NOT NULL",
	    f);
	struct numbers forms = {0};
	int64_t mark;
	int rc;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	bind_i(db, s, ":who", mark);
	rc = read_numbers(db, s, &forms, f);
	for (size_t i = 0; i < forms.n && rc == 0; i++)
		if (!has_number(of, forms.v[i]))
			add_number(of, forms.v[i]);
	free(forms.v);
	return rc;
}

static int
numbers_of(struct db *db, int64_t contact, struct numbers *out, struct fault *f)
{
	if (own_numbers(db, contact, out, f) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (add_forms(db, out->v[i], out, f) < 0)
			return -1;
	return 0;
}

/*
 * The rules about a number, and about the contact if the number is one that it has now: each to the mark,
 * and into the array.
 */
static int
mark_rules(struct db *db, int64_t contact, int64_t phone, int64_t mark, struct buf *out,
    struct fault *f)
{
	struct dnc d = {.campaign = -1};
	sqlite3_stmt *s;
	int n;

	for (;;) {
		s = db_sql(db,
		    "SELECT campaign, at, actor FROM dnc WHERE campaign > :after"
		    " AND ((kind = 1 AND value = :phone) OR (kind = 3 AND value = :contact"
		    " AND EXISTS (SELECT 1 FROM contact_phone"
		    " WHERE contact = :contact AND e164 = :phone))"
		    " OR (kind = 5 AND value <> :phone AND value IN " DNC_OPTED_OUT
		    " AND EXISTS"
		    " (SELECT 1 FROM contact_phone WHERE contact = :contact AND e164 = :phone)))"
		    " ORDER BY campaign, at LIMIT 1",
		    f);
		bind_i(db, s, ":after", d.campaign);
		bind_i(db, s, ":phone", phone);
		bind_i(db, s, ":contact", contact);
		if ((n = db_step(db, s, f)) <= 0)
			break;
		d.campaign = col_i(s, 0);
		d.at = col_i(s, 1);
		copy_text(d.actor, sizeof d.actor, col_t(s, 2));
		sqlite3_reset(s);
		if (project_rule_marked(db, mark, d.campaign, d.at, d.actor, f) < 0)
			return -1;
		buf_adds(out, out->len ? ",{\"campaign\":" : "[{\"campaign\":");
		buf_addi(out, d.campaign);
		buf_member_i(out, "at", d.at);
		buf_member(out, "actor", d.actor);
		buf_addc(out, '}');
	}
	if (n < 0)
		return -1;
	if (out->len)
		buf_addc(out, ']');
	s = db_sql(db, "DELETE FROM dnc WHERE kind = 1 AND value = :phone", f);
	bind_i(db, s, ":phone", phone);
	return db_run(db, s, f);
}

static int
mark_consents(struct db *db, int64_t phone, int64_t mark, struct buf *out, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT id FROM consent WHERE subject = 1 AND value = :phone ORDER BY id", f);
	struct numbers ids = {0};
	int rc;

	bind_i(db, s, ":phone", phone);
	rc = read_numbers(db, s, &ids, f);
	for (size_t i = 0; i < ids.n && rc == 0; i++) {
		rc = project_consent_marked(db, ids.v[i], mark, f);
		buf_addc(out, i ? ',' : '[');
		buf_addi(out, ids.v[i]);
	}
	if (ids.n)
		buf_addc(out, ']');
	free(ids.v);
	return rc;
}

static int
keep_revocation(struct db *db, int64_t contact, const struct numbers *of, struct fault *f)
{
	for (size_t i = 0; i < of->n; i++)
		if (consents_keep(db, contact, of->v[i], f) < 0)
			return -1;
	return 0;
}

static int
mark_number(struct db *db, int64_t contact, int64_t phone, struct buf *numbers, struct fault *f)
{
	struct buf rules = {0}, consents = {0};
	int64_t mark;
	int rc = -1;

	if (mark_of(db, phone, &mark, f) == 0 &&
	    mark_rules(db, contact, phone, mark, &rules, f) == 0 &&
	    mark_consents(db, phone, mark, &consents, f) == 0)
		rc = 0;
	if (rc == 0 && (rules.len || consents.len)) {
		buf_adds(numbers, numbers->len ? ",{\"mark\":" : "[{\"mark\":");
		buf_addi(numbers, mark);
		if (rules.len) {
			buf_key(numbers, "rules");
			buf_add(numbers, rules.p, rules.len);
		}
		if (consents.len) {
			buf_key(numbers, "consents");
			buf_add(numbers, consents.p, consents.len);
		}
		buf_addc(numbers, '}');
	}
	buf_release(&rules);
	buf_release(&consents);
	return rc;
}

/* What was journalled of a contact or a mark under no contact's id, or another's (schema.sql). */
static int
erase_about(struct db *db, int64_t who, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "DELETE FROM body WHERE seq IN (SELECT seq FROM about WHERE who = :who)", f);

	bind_i(db, s, ":who", who);
	return db_run(db, s, f);
}

static int
erase_wishes(struct db *db, int64_t contact, const struct numbers *of, struct fault *f)
{
	int64_t mark;

	for (size_t i = 0; i < of->n; i++)
		if (mark_of(db, of->v[i], &mark, f) < 0 || erase_about(db, mark, f) < 0)
			return -1;
	return erase_about(db, contact, f);
}

int
forget_wishes(struct db *db, int64_t contact, struct buf *numbers, struct fault *f)
{
	struct numbers of = {0};
	int rc = journal_flush(db, f) < 0 || numbers_of(db, contact, &of, f) < 0 ||
		keep_revocation(db, contact, &of, f) < 0
	    ? -1
	    : 0;

	for (size_t i = 0; i < of.n && rc == 0; i++)
		rc = mark_number(db, contact, of.v[i], numbers, f);
	if (rc == 0 && numbers->len)
		buf_addc(numbers, ']');
	if (rc == 0)
		rc = erase_wishes(db, contact, &of, f);
	free(of.v);
	return rc;
}

/* ---- numbers that go before the person -------------------------------------------- */

/* About the number too: who else has it may be forgotten first. */
static int
note_left(struct db *db, int64_t contact, int64_t phone, struct fault *f)
{
	struct entry e = {
	    .at = clock_wall(), .kind = "number.left", .contact = contact, .source = "tool"};
	struct buf fact = {0}, body = {0};
	char text[PHONE_SIZE];
	int64_t mark;
	int rc;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	buf_member_i(&fact, "about", mark);
	buf_addc(&fact, '}');
	buf_member(&body, "before", phone_text(phone, text));
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	rc = journal_add(db, &e, f) < 0 ? -1 : project_about(db, e.seq, mark, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

/* Whether something is journalled about the number that would survive who had it: a rule that was taken away, too. */
static int
is_spoken_of(struct db *db, int64_t phone, bool *is, struct fault *f)
{
	sqlite3_stmt *s;
	int64_t mark, any;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM about a CROSS JOIN body b ON b.seq = a.seq"
	    " WHERE a.who = :who)",
	    f);
	bind_i(db, s, ":who", mark);
	if (db_one(db, s, 0, &any, f) < 0)
		return -1;
	*is = any != 0;
	return 0;
}

static bool
is_among(const int64_t *v, int n, int64_t x)
{
	for (int i = 0; i < n; i++)
		if (v[i] == x)
			return true;
	return false;
}

int
forget_numbers_leave(
    struct db *db, int64_t contact, const int64_t *staying, int n, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT e164 FROM contact_phone WHERE contact = :contact", f);
	struct numbers now = {0};
	bool gone = false, is = false;
	int rc;

	bind_i(db, s, ":contact", contact);
	rc = read_numbers(db, s, &now, f);
	if (rc == 0 && now.n)
		rc = forget_is_gone(db, contact, &gone, f);
	for (size_t i = 0; i < now.n && rc == 0 && !gone; i++) {
		if (is_among(staying, n, now.v[i]))
			continue;
		rc = is_spoken_of(db, now.v[i], &is, f);
		if (rc == 0 && is)
			rc = note_left(db, contact, now.v[i], f);
	}
	free(now.v);
	return rc;
}

/* ---- calls that were not known yet ------------------------------------------------- */

static int
erase_unowned(struct db *db, const struct uuid *call, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "DELETE FROM body WHERE seq IN"
	    " (SELECT seq FROM journal WHERE call = :call AND contact IS NULL)",
	    f);

	bind_b(db, s, ":call", call->b, sizeof call->b);
	return db_run(db, s, f);
}

struct ids {
	struct uuid *v;
	size_t n;
};

/* The calls that were made to the contact, or were about it too; each with the ids that it had elsewhere. */
#define THEIR_CALLS                                                                               \
	"(SELECT c.id FROM target t CROSS JOIN call c ON c.target = t.id"                         \
	" WHERE t.contact = :contact UNION SELECT s.call FROM target t CROSS JOIN call_sibling s" \
	" ON s.target = t.id WHERE t.contact = :contact)"

static int
ids_of(struct db *db, int64_t contact, struct ids *ids, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT id, NULL FROM " THEIR_CALLS
	    " UNION ALL SELECT call, uuid FROM alias WHERE call IN " THEIR_CALLS,
	    f);
	int n;

	bind_i(db, s, ":contact", contact);
	while ((n = db_step(db, s, f)) > 0) {
		struct uuid *id;

		ids->v = xrealloc(ids->v, ids->n + 1, sizeof *ids->v);
		id = &ids->v[ids->n++];
		if (col_t(s, 1))
			calls_orphan(col_t(s, 1), id);
		else
			memcpy(id->b, sqlite3_column_blob(s, 0), sizeof id->b);
	}
	return n;
}

int
forget_orphans(struct db *db, int64_t contact, struct fault *f)
{
	struct ids ids = {0};
	int rc = journal_flush(db, f) < 0 ? -1 : ids_of(db, contact, &ids, f);

	for (size_t i = 0; i < ids.n && rc == 0; i++)
		rc = erase_unowned(db, &ids.v[i], f);
	free(ids.v);
	return rc;
}

int
forget_orphan(struct db *db, const struct uuid *orphan, struct fault *f)
{
	return journal_flush(db, f) < 0 ? -1 : erase_unowned(db, orphan, f);
}
