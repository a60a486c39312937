/*
 * target_context: the text lies in the body of a journal row; the table context
 * says which row it is and what the text was made from.
 * A call keeps the row that it was intended with.
 */
#include <nettle/sha2.h>

#include <string.h>

#include "calls.h"
#include "campaigns.h"
#include "clock.h"
#include "hex.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "project.h"
#include "siblings.h"
#include "store_parts.h"
#include "target_context.h"
#include "targets.h"

/* ---- writing ------------------------------------------------------------------- */

static int
owner_of(struct db *db, int64_t target, struct entry *e, struct fault *f)
{
	struct target_owner o;
	int n = targets_get(db, target, &o, f);

	if (n <= 0)
		return n < 0 ? -1
			     : fault(f, DATAERR, "there is no target %lld", (long long)target);
	e->campaign = o.campaign;
	e->contact = o.contact;
	return 0;
}

/* Whom the stored context speaks of beside: a person who edits it may leave their words in it. */
static int
siblings_of_text(struct db *db, int64_t target, struct siblings *with, struct fault *f)
{
	sqlite3_stmt *s;
	json_t *fact;
	int n;

	if (journal_flush(db, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT j.fact FROM context x JOIN journal j ON j.seq = x.seq"
	    " WHERE x.target = :target AND instr(j.fact, '\"siblings\":') > 0",
	    f);
	bind_i(db, s, ":target", target);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	fact = json_read("a context", col_t(s, 0), (size_t)sqlite3_column_bytes(s, 0), f);
	sqlite3_reset(s);
	if (fact)
		siblings_read(json_object_get(fact, "siblings"), with);
	n = fact ? 0 : -1;
	json_decref(fact);
	return n;
}

/* The row, and its projection; review: what its writer says of it (context.edited), else none. */
static int
write_context(struct db *db, int64_t target, const struct uuid *call, const char *context,
    const char *system_message, const char *origin, enum review review, struct fault *f)
{
	struct siblings with = {.n = 0};
	int64_t about;
	struct entry e = {.at = clock_wall(),
	    .kind = review == REVIEW_NONE ? "context.made" : "context.edited",
	    .call = call,
	    .source = "tool"};
	struct buf fact = {0}, body = {0};
	unsigned char digest[SHA256_DIGEST_SIZE];
	char hex[2 * SHA256_DIGEST_SIZE + 1];
	struct sha256_ctx sha;
	struct campaign c;
	int rc = -1;

	sha256_init(&sha);
	sha256_update(&sha, strlen(context), (const unsigned char *)context);
	sha256_digest(&sha, sizeof digest, digest);
	hex_text(digest, sizeof digest, hex);
	if (owner_of(db, target, &e, f) < 0 || campaigns_by_id(db, e.campaign, &c, f) <= 0 ||
	    siblings_digest(db, target, call, &about, f) < 0 ||
	    (call && siblings_of_claim(db, call, &with, f) < 0) ||
	    (!call && review != REVIEW_NONE && siblings_of_text(db, target, &with, f) < 0))
		return -1;
	buf_member_i(&fact, "target", target);
	buf_member_i(&fact, "plan_revision", c.plan_revision);
	buf_member_i(&fact, "contact_digest", about);
	buf_member(&fact, "digest", hex);
	buf_member(&fact, "origin", origin);
	buf_member(&fact, "review", review == REVIEW_NONE ? NULL : review_name(review));
	if (with.n) { /* whose data are in the body too, when one of them is forgotten */
		buf_key(&fact, "siblings");
		siblings_write(&fact, &with);
	}
	buf_addc(&fact, '}');
	buf_member(&body, "context", context);
	buf_member(&body, "system_message", system_message);
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	if (journal_add(db, &e, f) == 0)
		rc = project_context(
		    db, target, e.campaign, c.plan_revision, about, e.seq, digest, origin, f);
	if (rc == 0)
		rc = project_shared(db, e.seq, &with, f);
	if (rc == 0 && review != REVIEW_NONE)
		rc = project_review(db, target, e.seq, review, e.at, e.actor, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

int
target_context_put(struct db *db, int64_t target, const struct uuid *call, const char *context,
    const char *system_message, const char *origin, struct fault *f)
{
	return write_context(db, target, call, context, system_message, origin, REVIEW_NONE, f);
}

int
target_context_edit(struct db *db, int64_t target, const char *context,
    const char *system_message, enum review review, struct fault *f)
{
	return write_context(db, target, NULL, context, system_message, "person", review, f);
}

/* ---- reading ------------------------------------------------------------------- */

int
target_context_body(struct db *db, int64_t target, const struct uuid *call, struct buf *json,
    char origin[CONTEXT_ORIGIN], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT b.json, x.origin, x.contact_digest, k.digest FROM context x"
	    " JOIN target t ON t.id = x.target JOIN contact k ON k.id = t.contact"
	    " JOIN campaign c ON c.id = t.campaign AND c.plan_revision = x.plan_revision"
	    " JOIN body b ON b.seq = x.seq WHERE x.target = :target",
	    f);
	int64_t about, now;
	int n;

	bind_i(db, s, ":target", target);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	buf_reset(json);
	buf_add(json, col_t(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	(void)copy_text(origin, CONTEXT_ORIGIN, col_t(s, 1));
	about = col_i(s, 2);
	now = col_i(s, 3);
	sqlite3_reset(s);
	if (siblings_mix(db, call, &now, f) < 0)
		return -1;
	return now == about;
}

/* A body into its two texts: 1, -1. */
static int
texts_of(const char *json, size_t len, struct buf *context, struct buf *system_message,
    struct fault *f)
{
	const char *text, *message;
	json_t *body = json_read("stored context", json, len, f);
	int rc = -1;

	if (body && json_need_text(body, "context", &text, f) == 0 &&
	    json_need_text(body, "system_message", &message, f) == 0) {
		buf_reset(context);
		buf_adds(context, text);
		buf_reset(system_message);
		buf_adds(system_message, message);
		rc = 1;
	}
	json_decref(body);
	return rc;
}

int
target_context_get(struct db *db, int64_t target, const struct uuid *call, struct buf *context,
    struct buf *system_message, struct fault *f)
{
	char origin[CONTEXT_ORIGIN];
	struct buf json = {0};
	int rc = target_context_body(db, target, call, &json, origin, f);

	if (rc > 0)
		rc = texts_of(json.p, json.len, context, system_message, f);
	buf_release(&json);
	return rc;
}

/* ---- of one call --------------------------------------------------------------- */

int
target_context_seq(struct db *db, int64_t target, int64_t *seq, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT seq FROM context WHERE target = :target", f);

	bind_i(db, s, ":target", target);
	return db_one(db, s, 0, seq, f);
}

/* The target that a claim is on; 0 there is no such claim. */
static int
claimed_target(struct db *db, const struct uuid *call, int64_t *target, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT target FROM claim WHERE call = :call", f);

	bind_b(db, s, ":call", call->b, sizeof call->b);
	return db_one(db, s, 0, target, f);
}

int
target_context_of_call(struct db *db, const struct uuid *call, struct buf *context,
    struct buf *system_message, struct fault *f)
{
	sqlite3_stmt *s;
	int64_t target;
	struct buf json = {0};
	int n;

	if (claimed_target(db, call, &target, f) < 0)
		return -1;
	if (target)
		return target_context_get(db, target, call, context, system_message, f);
	s = db_sql(db,
	    "SELECT b.json FROM call c JOIN body b ON b.seq = c.context WHERE c.id = :id", f);
	bind_b(db, s, ":id", call->b, sizeof call->b);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	buf_add(&json, col_t(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	sqlite3_reset(s);
	n = texts_of(json.p, json.len, context, system_message, f);
	buf_release(&json);
	return n;
}
