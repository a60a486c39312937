/*
 * consents: a journal row each. What is personal (number, text) is in its
 * body; kind, dates and the hash of the evidence outlive it.
 */
#include <nettle/sha2.h>

#include <string.h>

#include "clock.h"
#include "consents.h"
#include "dnc_parts.h"
#include "journal.h"
#include "mark.h"
#include "phone.h"
#include "project.h"
#include "store_parts.h"

enum { ROWS = 64 };

void
consents_sha256(const void *bytes, size_t len, char hex[65])
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, len, bytes);
	sha256_digest(&c, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++) {
		hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	hex[64] = '\0';
}

static int
check(struct db *db, const struct consent_fact *c, int64_t now, struct fault *f)
{
	sqlite3_stmt *s;
	int64_t is = 1;

	if (c->row.at > now)
		return fault(f, DATAERR, "the time of a consent lies in the future");
	if (c->row.kind && c->row.until <= c->row.at)
		return fault(f, DATAERR, "the consent ends before it was given");
	if (c->contact) {
		s = db_sql(db,
		    "SELECT EXISTS (SELECT 1 FROM contact WHERE id = :id AND source <> '')", f);
		bind_i(db, s, ":id", c->contact);
		if (db_one(db, s, 0, &is, f) < 0)
			return -1;
	}
	return is ? 0 : fault(f, DATAERR, "there is no contact %lld", (long long)c->contact);
}

static int
is_known(struct db *db, const struct consent_fact *c, bool *is, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM consent WHERE subject = :subject AND value IN (:value, :mark)"
	    " AND kind = :kind AND given_at = :at)",
	    f);
	int64_t v, mark = c->contact;

	if (!c->contact && mark_of(db, c->phone, &mark, f) < 0)
		return -1;
	bind_i(db, s, ":mark", mark);
	bind_i(db, s, ":subject", c->contact ? DNC_CONTACT : DNC_NUMBER);
	bind_i(db, s, ":value", c->contact ? c->contact : c->phone);
	bind_i(db, s, ":kind", c->row.kind);
	bind_i(db, s, ":at", c->row.at);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*is = v != 0;
	return 0;
}

static int
write_journal(
    struct db *db, const struct consent_fact *c, int64_t now, int64_t *seq, struct fault *f)
{
	struct buf fact = {0}, body = {0};
	char hex[65], phone[PHONE_SIZE];
	struct entry e = {.at = now,
	    .kind = c->row.kind ? "consent.given" : "consent.revoked",
	    .contact = c->contact,
	    .source = "tool"};
	int64_t about = 0;
	int rc;

	if (mark_of(db, c->phone, &about, f) < 0)
		return -1;
	if (c->text && !c->evidence)
		consents_sha256(c->text, strlen(c->text), hex);
	buf_member(&fact, "kind", c->row.kind ? consent_name(c->row.kind) : NULL);
	buf_member_i(&fact, "given_at", c->row.at);
	if (c->row.until != INT64_MAX)
		buf_member_i(&fact, "until", c->row.until);
	buf_member(&fact, "how", c->how);
	buf_member(&fact, "evidence", c->evidence ? c->evidence : c->text ? hex : NULL);
	if (about)
		buf_member_i(&fact, "about", about);
	buf_addc(&fact, '}');
	buf_member(&body, "phone", c->phone ? phone_text(c->phone, phone) : NULL);
	buf_member(&body, "before", c->before ? phone_text(c->before, phone) : NULL);
	buf_member(&body, "text", c->text);
	e.fact = fact.p;
	if (body.len) {
		buf_addc(&body, '}');
		e.body = body.p;
	}
	rc = journal_add(db, &e, f);
	if (rc == 0 && about)
		rc = project_about(db, e.seq, about, f);
	*seq = e.seq;
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

/* Whom it is about waits again, or is claimed no more. */
static int
act(struct db *db, const struct consent_fact *c, struct fault *f)
{
	struct dnc about = {.kind = c->contact ? DNC_CONTACT : DNC_NUMBER,
	    .value = c->contact ? c->contact : c->phone};

	if (!c->row.kind)
		return dnc_enforce(db, &about, f);
	return c->contact ? targets_of_contact_changed(db, c->contact, f)
			  : targets_of_number_settle(db, c->phone, f);
}

static int
put(struct db *db, const struct consent_fact *c, struct fault *f)
{
	int64_t now = clock_wall(), seq;
	bool known;

	if (check(db, c, now, f) < 0 || is_known(db, c, &known, f) < 0)
		return -1;
	if (known)
		return 0;
	if (write_journal(db, c, now, &seq, f) < 0 ||
	    project_consent(db, seq, c->contact ? DNC_CONTACT : DNC_NUMBER,
		c->contact ? c->contact : c->phone, &c->row, f) < 0 ||
	    act(db, c, f) < 0)
		return -1;
	return 1;
}

int
consents_put(struct db *db, const struct consent_fact *c, struct fault *f)
{
	bool own = !db->writing;
	int got;

	if (own && db_begin(db, f) < 0)
		return -1;
	got = put(db, c, f);
	if (!own)
		return got;
	if (got < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f) < 0 ? -1 : got;
}

int
consents_keep(struct db *db, int64_t contact, int64_t phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT max(given_at) FROM consent WHERE subject = 3 AND value = :contact AND kind = 0",
	    f);
	struct consent_fact c = {
	    .phone = phone, .row = {.kind = CONSENT_NONE, .until = INT64_MAX}};

	bind_i(db, s, ":contact", contact);
	if (db_one(db, s, 0, &c.row.at, f) < 0)
		return -1;
	return c.row.at && consents_put(db, &c, f) < 0 ? -1 : 0;
}

/* ---- asking ---------------------------------------------------------------------- */

/* The later of *at and the last revocation of a number, or of whoever has it. */
static int
last_revoked(struct db *db, int64_t phone, int64_t *at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT max(given_at) FROM consent WHERE kind = 0"
	    " AND ((subject = 1 AND value IN (:phone, :mark)) OR (subject = 3"
	    " AND value IN (SELECT contact FROM contact_phone WHERE e164 = :phone)))",
	    f);
	int64_t mark, last; /* of what was said before somebody was forgotten */

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":mark", mark);
	if (db_one(db, s, 0, &last, f) < 0)
		return -1;
	*at = last > *at ? last : *at;
	return 0;
}

/* A page of the newest: those long past decide nothing that newer ones do not. */
static int
given(struct db *db, int64_t contact, int64_t phone, struct consent_row row[ROWS], size_t *n,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT kind, given_at, until FROM consent WHERE (subject = 1 AND value IN (:phone, :mark))"
	    " OR (subject = 3 AND value = :contact) ORDER BY given_at DESC LIMIT :limit",
	    f);
	int64_t mark;
	int got;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":mark", mark);
	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":limit", ROWS);
	*n = 0;
	while ((got = db_step(db, s, f)) > 0)
		row[(*n)++] =
		    (struct consent_row){(enum consent)col_i(s, 0), col_i(s, 1), col_i(s, 2)};
	return got;
}

int
consents_facts(struct db *db, enum consent need, int64_t contact, int64_t phone,
    struct facts *facts, struct fault *f)
{
	struct consent_row row[ROWS + 1], revoked = {.kind = CONSENT_NONE};
	int64_t of[DNC_PHONES];
	size_t n;
	int phones = dnc_phones_of(db, contact, phone, of, f);

	for (int i = 0; i < phones; i++)
		if (last_revoked(db, of[i], &revoked.at, f) < 0)
			return -1;
	if (phones < 0 || given(db, contact, phone, row, &n, f) < 0)
		return -1;
	row[n++] = revoked;
	facts->consent_until = consent_until(row, n, need, &facts->consent_revoked);
	return 0;
}

static void
copy_column(struct buf *b, sqlite3_stmt *s, int col)
{
	buf_reset(b);
	if (col_t(s, col))
		buf_adds(b, col_t(s, col));
}

int
consents_next(struct db *db, int64_t phone, int64_t contact, int64_t *after,
    struct consent_entry *e, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.id, c.subject, c.value, c.kind, c.given_at, c.until, j.fact, b.json"
	    " FROM consent c JOIN journal j ON j.seq = c.id LEFT JOIN body b ON b.seq = c.id"
	    " WHERE c.id > :after AND (:any OR (c.subject = 1 AND c.value IN (:phone, :mark))"
	    " OR (c.subject = 3 AND c.value = :contact) OR (c.kind = 0 AND c.subject = 3 AND c.value IN"
	    " (SELECT contact FROM contact_phone WHERE e164 = :phone OR e164 IN"
	    " (SELECT e164 FROM contact_phone WHERE contact = :contact)))) ORDER BY c.id LIMIT 1",
	    f);
	int64_t mark;
	int n;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	bind_i(db, s, ":mark", mark);
	bind_i(db, s, ":after", *after);
	bind_i(db, s, ":any", !phone && !contact);
	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":contact", contact);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	*after = e->id = col_i(s, 0);
	e->phone = col_i(s, 1) == DNC_NUMBER && col_i(s, 2) > 0 ? col_i(s, 2) : 0;
	e->contact = col_i(s, 1) == DNC_CONTACT ? col_i(s, 2) : 0;
	e->row = (struct consent_row){(enum consent)col_i(s, 3), col_i(s, 4), col_i(s, 5)};
	copy_column(&e->fact, s, 6);
	copy_column(&e->body, s, 7);
	sqlite3_reset(s);
	return 1;
}
