/*
 * served: what is open is read from the calls, what it is told from the
 * journal's bodies; a receipt is a row of the journal and one of its own.
 */
#include <stdlib.h>

#include "calls.h"
#include "hex.h"
#include "journal.h"
#include "mem.h"
#include "project.h"
#include "served.h"
#include "target_context.h"

/* The target of a call whose line is open; 0 if it is not, or is nobody's. */
static int
open_target(struct db *db, const struct uuid *call, int64_t *target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT target FROM call WHERE id = :id AND line_open = 1 AND campaign IS NOT NULL",
	    f);

	bind_b(db, s, ":id", call->b, 16);
	return db_one(db, s, 0, target, f);
}

int
served_get(struct db *db, const struct uuid *call, struct buf *system, struct fault *f)
{
	struct buf context = {0};
	int64_t target;
	int n;

	if (open_target(db, call, &target, f) < 0)
		return -1;
	if (target == 0)
		return 0;
	n = target_context_of_call(db, call, &context, system, f);
	buf_release(&context);
	return n;
}

bool
served_is_open(struct db *db, const struct uuid *call)
{
	int64_t target;
	struct fault ignored;

	return open_target(db, call, &target, &ignored) < 0 || target != 0;
}

int
served_open(struct db *db, struct uuid **calls, size_t *n, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT id FROM call WHERE line_open = 1 AND campaign IS NOT NULL", f);
	size_t cap = 0;
	int got;

	*calls = NULL;
	*n = 0;
	while ((got = db_step(db, s, f)) > 0) {
		if (*n == cap) {
			cap = cap ? 2 * cap : 64;
			*calls = xrealloc(*calls, cap, sizeof(**calls));
		}
		*n += col_id(s, 0, &(*calls)[*n]);
	}
	return got;
}

int
served_changes(struct db *db, int64_t *seq, int limit,
    void (*cb)(void *arg, const char *kind, const struct uuid *call), void *arg,
    struct fault *f)
{
	struct change {
		char kind[40];
		struct uuid call;
	} *v = xcalloc((size_t)limit, sizeof(*v));
	sqlite3_stmt *s = db_sql(db,
	    "SELECT seq, kind, call FROM journal WHERE seq > :seq ORDER BY seq LIMIT :limit",
	    f);
	int n = 0, got;

	bind_i(db, s, ":seq", *seq);
	bind_i(db, s, ":limit", limit);
	while ((got = db_step(db, s, f)) > 0) {
		*seq = col_i(s, 0);
		if (n == limit || !col_id(s, 2, &v[n].call))
			continue;
		copy_text(v[n].kind, sizeof(v[n].kind), col_t(s, 1));
		n++;
	}
	/* Behind the read: whoever is told may read too. */
	for (int i = 0; i < n && got == 0; i++)
		cb(arg, v[i].kind, &v[i].call);
	free(v);
	return got;
}

/* ---- receipts ------------------------------------------------------------------ */

static int
known(struct db *db, const struct uuid *call, const unsigned char digest[32], int64_t *is,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT count(*) FROM receipt WHERE call = :call AND digest = :digest", f);

	bind_b(db, s, ":call", call->b, 16);
	bind_b(db, s, ":digest", digest, 32);
	return db_one(db, s, 0, is, f);
}

int
served_receipt(struct db *db, const struct uuid *call, const unsigned char digest[32],
    int64_t at, struct fault *f)
{
	struct entry e = {
	    .at = at, .kind = "context.served", .call = call, .source = "webhook"};
	struct call_parents of;
	struct buf fact = {0};
	char hex[65];
	int64_t is;
	int rc = -1;

	if (known(db, call, digest, &is, f) < 0)
		return -1;
	if (is)
		return 0;
	hex_text(digest, 32, hex);
	if (project_parents(db, call, &of, f) < 0)
		return -1;
	e.campaign = of.campaign;
	e.contact = of.contact;
	buf_member(&fact, "digest", hex);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (journal_add(db, &e, f) == 0 && project_receipt(db, call, at, digest, f) == 0)
		rc = 1;
	buf_release(&fact);
	return rc;
}

int
served_has_receipt(struct db *db, const struct uuid *call, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT count(*) FROM receipt WHERE call = :call", f);
	int64_t n;

	bind_b(db, s, ":call", call->b, 16);
	return db_one(db, s, 0, &n, f) < 0 ? -1 : n > 0;
}
