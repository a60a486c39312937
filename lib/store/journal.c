/*
 * journal: rows, bodies and the chain. Rows of one transaction are hashed as
 * they are added and written some at a time; the transaction's row closes the
 * chain at the commit.
 */
#include <nettle/sha2.h>

#include <stdlib.h>
#include <string.h>

#include "forget.h"
#include "hex.h"
#include "journal.h"
#include "mem.h"
#include "store_parts.h"

enum { SALT = 16, HASH = SHA256_DIGEST_SIZE, VERIFY_PAGE = 2000 };

/* Rows of one statement, their columns; what texts and blobs a row has. */
enum { ROWS = 32, COLUMNS = 11, HELD_BYTES = 1 << 20 };
enum text { KIND, CALL, ACTOR, SOURCE, FACT, DIGEST, TEXTS };

/* A row that is hashed and not written yet. */
struct held {
	int64_t seq, at, campaign, contact;
	size_t from;        /* in texts: one behind the other */
	int64_t len[TEXTS]; /* -1 null */
};

struct journal {
	bool open;
	int64_t txn, first, last;
	unsigned char prev[HASH];
	struct sha256_ctx sha;
	struct buf row;
	struct held held[ROWS];
	int n; /* of held */
	struct buf texts;
};

static void
put_i(struct buf *b, int64_t v)
{
	unsigned char x[8];

	for (int i = 0; i < 8; i++)
		x[i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	buf_add(b, x, sizeof x);
}

/* Length first, so that no two rows have the same bytes; null is not empty. */
static void
put_s(struct buf *b, const void *p, size_t n)
{
	put_i(b, p ? (int64_t)n : -1);
	if (p)
		buf_add(b, p, n);
}

static void
put_t(struct buf *b, const char *s)
{
	put_s(b, s, s ? strlen(s) : 0);
}

static void
row_bytes(struct buf *b, const struct entry *e, const unsigned char *digest)
{
	buf_reset(b);
	put_i(b, e->seq);
	put_i(b, e->txn);
	put_i(b, e->at);
	put_t(b, e->kind);
	put_s(b, e->call ? e->call->b : NULL, 16);
	put_i(b, e->campaign);
	put_i(b, e->contact);
	put_t(b, e->actor);
	put_t(b, e->source);
	put_t(b, e->fact);
	put_s(b, digest, HASH);
}

static void
body_digest(const unsigned char *salt, const char *json, unsigned char out[HASH])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, SALT, salt);
	sha256_update(&c, strlen(json), (const unsigned char *)json);
	sha256_digest(&c, HASH, out);
}

static void
start_txn_hash(struct sha256_ctx *c, const unsigned char *prev, int64_t txn)
{
	struct buf b = {0};

	sha256_init(c);
	sha256_update(c, HASH, prev);
	put_i(&b, txn);
	sha256_update(c, b.len, (const unsigned char *)b.p);
	buf_release(&b);
}

static int
head(struct db *db, int64_t *txn, int64_t *last, unsigned char hash[HASH], struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT txn, last, hash FROM txn ORDER BY txn DESC LIMIT 1", f);
	int n = db_step(db, s, f);

	if (n < 0)
		return -1;
	*txn = *last = 0;
	memset(hash, 0, HASH);
	if (n) {
		*txn = col_i(s, 0);
		*last = col_i(s, 1);
		if (sqlite3_column_bytes(s, 2) == HASH)
			memcpy(hash, sqlite3_column_blob(s, 2), HASH);
		sqlite3_reset(s);
	}
	return 0;
}

static int
journal_open(struct db *db, struct fault *f)
{
	struct journal *j = db->journal;
	int64_t txn, last;

	if (!j)
		j = db->journal = xcalloc(1, sizeof *j);
	if (j->open)
		return 0;
	if (!db->writing)
		return fault(f, SOFTWARE, "a journal row outside a transaction");
	if (head(db, &txn, &last, j->prev, f) < 0)
		return -1;
	j->txn = txn + 1;
	j->first = last + 1;
	j->last = last;
	start_txn_hash(&j->sha, j->prev, j->txn);
	j->open = true;
	return 0;
}

static int
put_body(
    struct db *db, int64_t seq, const char *json, unsigned char digest[HASH], struct fault *f)
{
	unsigned char salt[SALT];
	sqlite3_stmt *s =
	    db_sql(db, "INSERT INTO body (seq, salt, json) VALUES (:seq, :salt, :json)", f);

	rand_bytes(salt, sizeof salt);
	body_digest(salt, json, digest);
	bind_i(db, s, ":seq", seq);
	bind_b(db, s, ":salt", salt, sizeof salt);
	bind_t(db, s, ":json", json);
	return db_run(db, s, f);
}

/* ---- writing some at a time ---------------------------------------------------- */

static void
hold(struct journal *j, const struct entry *e, const unsigned char *digest)
{
	const void *text[TEXTS] = {
	    e->kind, e->call ? e->call->b : NULL, e->actor, e->source, e->fact, digest};
	struct held *h = &j->held[j->n++];

	*h = (struct held){e->seq, e->at, e->campaign, e->contact, j->texts.len, {0}};
	for (int i = 0; i < TEXTS; i++) {
		h->len[i] = !text[i] ? -1
		    : i == CALL      ? 16
		    : i == DIGEST    ? HASH
				     : (int64_t)strlen(text[i]);
		if (text[i])
			buf_add(&j->texts, text[i], (size_t)h->len[i]);
	}
}

static void
put_or_null(sqlite3_stmt *s, int i, int64_t id)
{
	if (id)
		sqlite3_bind_int64(s, i, id);
	else
		sqlite3_bind_null(s, i);
}

/* The columns of one row from parameter i on. */
static void
bind_held(sqlite3_stmt *s, int i, const struct journal *j, const struct held *h)
{
	static const int place[TEXTS] = {3, 4, 7, 8, 9, 10};
	const char *text = j->texts.p + h->from;

	sqlite3_bind_int64(s, i, h->seq);
	sqlite3_bind_int64(s, i + 1, j->txn);
	sqlite3_bind_int64(s, i + 2, h->at);
	put_or_null(s, i + 5, h->campaign);
	put_or_null(s, i + 6, h->contact);
	for (int k = 0; k < TEXTS; k++) {
		if (h->len[k] < 0) {
			sqlite3_bind_null(s, i + place[k]);
			continue;
		}
		if (k == CALL || k == DIGEST)
			sqlite3_bind_blob(s, i + place[k], text, (int)h->len[k], SQLITE_STATIC);
		else
			sqlite3_bind_text64(s, i + place[k], text, (uint64_t)h->len[k],
			    SQLITE_STATIC, SQLITE_UTF8);
		text += h->len[k];
	}
}

/*
 * Many rows of one statement keep its cursor at the end of the table. Their values have no names; they
 * are bound in the order of the columns. OR FAIL spares a copy of each page: a fault ends the
 * transaction anyway.
 */
#define ROW4                                                                     \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), " \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define ROW16 ROW4 ", " ROW4 ", " ROW4 ", " ROW4
#define INTO_JOURNAL                  \
	"INSERT OR FAIL INTO journal" \
	" (seq, txn, at, kind, call, campaign, contact, actor, source, fact, digest) VALUES "

int
journal_flush(struct db *db, struct fault *f)
{
	struct journal *j = db->journal;
	int rc = 0, n = j ? j->n : 0;

	for (int i = 0, rows; i < n && rc == 0; i += rows) {
		sqlite3_stmt *s;

		rows = n == ROWS ? ROWS : 1;
		s = rows == 1 ? db_sql(db, INTO_JOURNAL "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", f)
			      : db_sql(db, INTO_JOURNAL ROW16 ", " ROW16, f);
		for (int k = 0; s && k < rows; k++)
			bind_held(s, k * COLUMNS + 1, j, &j->held[i + k]);
		rc = db_run(db, s, f);
	}
	if (j)
		j->n = 0, j->texts.len = 0;
	return rc;
}

int
journal_add(struct db *db, struct entry *e, struct fault *f)
{
	unsigned char digest[HASH];
	struct journal *j;
	bool gone = false;

	if (journal_open(db, f) < 0)
		return -1;
	j = db->journal;
	e->seq = j->last + 1;
	e->txn = j->txn;
	if (!e->actor)
		e->actor = db->actor;
	if (e->body && e->contact && forget_is_gone(db, e->contact, &gone, f) < 0)
		return -1;
	if (gone)
		e->body = NULL; /* what comes later of a forgotten person is not kept */
	if (e->body && put_body(db, e->seq, e->body, digest, f) < 0)
		return -1;
	row_bytes(&j->row, e, e->body ? digest : NULL);
	sha256_update(&j->sha, j->row.len, (const unsigned char *)j->row.p);
	j->last = e->seq;
	hold(j, e, e->body ? digest : NULL);
	return j->n == ROWS || j->texts.len > HELD_BYTES ? journal_flush(db, f) : 0;
}

int
journal_close(struct db *db, struct fault *f)
{
	struct journal *j = db->journal;
	unsigned char hash[HASH];
	sqlite3_stmt *s;

	if (!j || !j->open)
		return 0;
	if (journal_flush(db, f) < 0)
		return -1;
	j->open = false;
	sha256_digest(&j->sha, HASH, hash);
	s = db_sql(db,
	    "INSERT INTO txn (txn, first, last, prev, hash) VALUES (:txn, :first, :last, :prev, :hash)",
	    f);
	bind_i(db, s, ":txn", j->txn);
	bind_i(db, s, ":first", j->first);
	bind_i(db, s, ":last", j->last);
	bind_b(db, s, ":prev", j->prev, HASH);
	bind_b(db, s, ":hash", hash, HASH);
	return db_run(db, s, f);
}

void
journal_drop(struct db *db)
{
	if (!db->journal)
		return;
	db->journal->open = false;
	db->journal->n = 0;
	db->journal->texts.len = 0;
}

void
journal_forget_state(struct db *db)
{
	if (!db->journal)
		return;
	buf_release(&db->journal->row);
	buf_release(&db->journal->texts);
	free(db->journal);
	db->journal = NULL;
}

int
journal_head(struct db *db, int64_t *seq, char hex[65], struct fault *f)
{
	unsigned char hash[HASH];
	int64_t txn;

	if (head(db, &txn, seq, hash, f) < 0)
		return -1;
	hex_text(hash, HASH, hex);
	return 0;
}

/* One row as read: strings and blobs point into the statement. */
struct raw {
	struct entry e;
	struct uuid call;
	const unsigned char *digest, *salt;
};

static void
read_row(sqlite3_stmt *s, struct raw *r)
{
	memset(r, 0, sizeof *r);
	r->e.seq = col_i(s, 0);
	r->e.txn = col_i(s, 1);
	r->e.at = col_i(s, 2);
	r->e.kind = col_t(s, 3);
	if (col_id(s, 4, &r->call))
		r->e.call = &r->call;
	r->e.campaign = col_i(s, 5);
	r->e.contact = col_i(s, 6);
	r->e.actor = col_t(s, 7);
	r->e.source = col_t(s, 8);
	r->e.fact = col_t(s, 9);
	if (sqlite3_column_bytes(s, 10) == HASH)
		r->digest = sqlite3_column_blob(s, 10);
	if (sqlite3_column_bytes(s, 11) == SALT)
		r->salt = sqlite3_column_blob(s, 11);
	r->e.body = col_t(s, 12);
	r->e.erased = r->digest && !r->e.body;
}

static sqlite3_stmt *
rows_after(struct db *db, int64_t seq, int limit, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT j.seq, j.txn, j.at, j.kind, j.call, j.campaign, j.contact, j.actor, j.source, j.fact,"
	    " j.digest, b.salt, b.json"
	    " FROM journal j LEFT JOIN body b ON b.seq = j.seq"
	    " WHERE j.seq > :seq ORDER BY j.seq LIMIT :limit",
	    f);

	bind_i(db, s, ":seq", seq);
	bind_i(db, s, ":limit", limit);
	return s;
}

/* Copies a page out of the store, so that no read is open while the caller works. */
struct page_row {
	struct entry e;
	struct uuid call;
};

static char *
keep(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void
page_row_release(struct page_row *p)
{
	free((char *)p->e.kind);
	free((char *)p->e.actor);
	free((char *)p->e.source);
	free((char *)p->e.fact);
	free((char *)p->e.body);
}

int
journal_page(struct db *db, int64_t *seq, int limit,
    int (*cb)(void *arg, const struct entry *, struct fault *), void *arg, struct fault *f)
{
	struct page_row *page = xcalloc((size_t)limit, sizeof *page);
	sqlite3_stmt *s = rows_after(db, *seq, limit, f);
	int n = 0, got, rc = 0;

	while ((got = db_step(db, s, f)) > 0 && n < limit) {
		struct raw r;
		read_row(s, &r);
		page[n].call = r.call;
		page[n].e = r.e;
		page[n].e.kind = keep(r.e.kind);
		page[n].e.actor = keep(r.e.actor);
		page[n].e.source = keep(r.e.source);
		page[n].e.fact = keep(r.e.fact);
		page[n].e.body = keep(r.e.body);
		if (r.e.call)
			page[n].e.call = &page[n].call;
		n++;
	}
	if (s)
		sqlite3_reset(s);
	if (got < 0)
		rc = -1;
	for (int i = 0; i < n; i++) {
		if (rc == 0 && (rc = cb(arg, &page[i].e, f)) == 0)
			*seq = page[i].e.seq;
		page_row_release(&page[i]);
	}
	free(page);
	return rc;
}

/* ---- verify ---------------------------------------------------------------- */

struct chain {
	int64_t txn, seq, rows, erased;
	unsigned char hash[HASH];
	struct buf row;
};

static int
check_row(struct chain *c, const struct raw *r, struct sha256_ctx *sha, struct fault *f)
{
	unsigned char digest[HASH];

	if (r->e.seq != c->seq + 1)
		return fault(f, DATAERR, "journal row %lld is missing", (long long)c->seq + 1);
	if (r->e.body && (!r->salt || !r->digest))
		return fault(f, DATAERR, "journal row %lld: a body without its digest",
		    (long long)r->e.seq);
	if (r->e.body) {
		body_digest(r->salt, r->e.body, digest);
		if (memcmp(digest, r->digest, HASH))
			return fault(f, DATAERR, "journal row %lld: the body was changed",
			    (long long)r->e.seq);
	}
	row_bytes(&c->row, &r->e, r->digest);
	sha256_update(sha, c->row.len, (const unsigned char *)c->row.p);
	c->seq = r->e.seq;
	c->rows++;
	c->erased += r->e.erased;
	return 0;
}

/* The rows first..last of one transaction, in short reads. */
static int
check_rows(
    struct db *db, struct chain *c, int64_t last, struct sha256_ctx *sha, struct fault *f)
{
	while (c->seq < last) {
		int64_t want = last - c->seq, before = c->seq;
		sqlite3_stmt *s =
		    rows_after(db, c->seq, want < VERIFY_PAGE ? (int)want : VERIFY_PAGE, f);
		int n, bad = 0;

		while (!bad && (n = db_step(db, s, f)) > 0) {
			struct raw r;
			read_row(s, &r);
			bad = check_row(c, &r, sha, f) < 0;
		}
		if (s)
			sqlite3_reset(s);
		if (bad)
			return 1;
		if (n < 0)
			return -1;
		if (c->seq == before) {
			fault(f, DATAERR, "journal row %lld is missing", (long long)c->seq + 1);
			return 1;
		}
	}
	return 0;
}

static int
check_txn(struct db *db, struct chain *c, int64_t last, const unsigned char *prev,
    const unsigned char *hash, struct fault *f)
{
	struct sha256_ctx sha;
	unsigned char h[HASH];
	int rc;

	if (memcmp(prev, c->hash, HASH)) {
		fault(f, DATAERR, "transaction %lld does not follow the one before",
		    (long long)c->txn);
		return 1;
	}
	start_txn_hash(&sha, prev, c->txn);
	if ((rc = check_rows(db, c, last, &sha, f)))
		return rc;
	sha256_digest(&sha, HASH, h);
	if (memcmp(h, hash, HASH)) {
		fault(f, DATAERR, "transaction %lld: a row was changed", (long long)c->txn);
		return 1;
	}
	memcpy(c->hash, h, HASH);
	return 0;
}

int
journal_verify(struct db *db, int64_t *rows, int64_t *erased, struct fault *f)
{
	struct chain c = {0};
	int64_t total = 0;
	int rc = 0, n;

	for (;;) {
		unsigned char prev[HASH] = {0}, hash[HASH] = {0};
		int64_t last, txn;
		sqlite3_stmt *s = db_sql(db,
		    "SELECT txn, last, prev, hash FROM txn WHERE txn > :txn"
		    " ORDER BY txn LIMIT 1",
		    f);

		bind_i(db, s, ":txn", c.txn);
		if ((n = db_step(db, s, f)) <= 0)
			break;
		txn = col_i(s, 0);
		last = col_i(s, 1);
		if (sqlite3_column_bytes(s, 2) == HASH)
			memcpy(prev, sqlite3_column_blob(s, 2), HASH);
		if (sqlite3_column_bytes(s, 3) == HASH)
			memcpy(hash, sqlite3_column_blob(s, 3), HASH);
		sqlite3_reset(s);
		if (txn != c.txn + 1) {
			fault(f, DATAERR, "transaction %lld is missing", (long long)c.txn + 1);
			rc = 1;
			break;
		}
		c.txn = txn;
		if ((rc = check_txn(db, &c, last, prev, hash, f)))
			break;
	}
	if (rc == 0 && n == 0) {
		rc = db_one(db, db_sql(db, "SELECT max(seq) FROM journal", f), 0, &total, f);
		if (rc == 0 && total > c.seq) {
			/* A writer may have added a transaction meanwhile: only rows without one are wrong. */
			int64_t now = 0;
			rc = db_one(db, db_sql(db, "SELECT max(last) FROM txn", f), 0, &now, f);
			if (rc == 0 && now < total) {
				fault(f, DATAERR, "journal row %lld is in no transaction",
				    (long long)now + 1);
				rc = 1;
			}
		}
	}
	*rows = c.rows;
	*erased = c.erased;
	buf_release(&c.row);
	return n < 0 ? -1 : rc;
}

int
journal_erase(struct db *db, int64_t contact, int64_t *n, struct fault *f)
{
	sqlite3_stmt *s;

	if (journal_flush(db, f) < 0)
		return -1;
	s = db_sql(db,
	    "DELETE FROM body WHERE seq IN (SELECT seq FROM journal WHERE contact = :contact"
	    " AND contact IS NOT NULL AND (call IS NULL OR (kind >= 'context.' AND kind < 'context/'))"
	    " UNION ALL SELECT j.seq FROM target t CROSS JOIN call c ON c.target = t.id"
	    " CROSS JOIN journal j ON j.call = c.id WHERE t.contact = :contact AND j.contact = :contact)",
	    f);
	bind_i(db, s, ":contact", contact);
	if (db_run(db, s, f) < 0)
		return -1;
	*n = sqlite3_changes64(db->s);
	return 0;
}
