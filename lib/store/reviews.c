/*
 * reviews: a verdict holds for one row of the journal, the one that made the
 * text. Another text, another verdict.
 */
#include "reviews.h"

#include <string.h>

#include "clock.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "project.h"
#include "prompt.h"
#include "schedule.h"
#include "siblings.h"
#include "store_parts.h"
#include "target_context.h"
#include "targets.h"

/* ---- looking ---------------------------------------------------------------- */

int
reviews_get(struct db *db, int64_t target, struct reviewed *r, struct fault *f)
{
	sqlite3_stmt *s;
	int64_t about;
	int n;

	memset(r, 0, sizeof(*r));
	/* Its row may be of this very transaction. */
	if (journal_flush(db, f) < 0 || siblings_digest(db, target, NULL, &about, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT x.seq, j.at, x.review, x.reviewed_at, x.reviewer, x.origin, x.digest"
	    " FROM context x JOIN target t ON t.id = x.target"
	    " JOIN campaign c ON c.id = t.campaign AND c.plan_revision = x.plan_revision"
	    " JOIN journal j ON j.seq = x.seq"
	    " WHERE x.target = :target AND x.contact_digest = :about",
	    f);
	bind_i(db, s, ":target", target);
	bind_i(db, s, ":about", about);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	r->seq = col_i(s, 0);
	r->made_at = col_i(s, 1);
	r->state = (enum review)review_parse(col_t(s, 2));
	r->at = col_i(s, 3);
	(void)copy_text(r->by, sizeof(r->by), col_t(s, 4) ? col_t(s, 4) : "");
	(void)copy_text(r->origin, sizeof(r->origin), col_t(s, 5));
	if (sqlite3_column_bytes(s, 6) == sizeof(r->digest))
		memcpy(r->digest, sqlite3_column_blob(s, 6), sizeof(r->digest));
	sqlite3_reset(s);
	return 1;
}

struct hunt {
	int64_t from, to;
	struct version *out; /* two: the one before the last, the last */
};

static int
take_version(struct version *v, const struct entry *e, const json_t *fact, struct fault *f)
{
	const char *origin, *text;
	json_t *body;
	int rc = json_need_text(fact, "origin", &origin, f);

	version_release(v);
	v->seq = e->seq;
	v->at = e->at;
	v->erased = !e->body;
	(void)copy_text(v->actor, sizeof(v->actor), e->actor);
	if (rc == 0)
		(void)copy_text(v->origin, sizeof(v->origin), origin);
	if (rc < 0 || !e->body)
		return rc;
	if (!(body = json_read("stored context", e->body, strlen(e->body), f)))
		return -1;
	if ((rc = json_need_text(body, "context", &text, f)) == 0)
		buf_adds(&v->text, text);
	json_decref(body);
	return rc;
}

static int
look_at_row(void *arg, const struct entry *e, struct fault *f)
{
	struct hunt *h = arg;
	struct version *v = &h->out[1];
	json_t *fact = json_read("journal fact", e->fact, strlen(e->fact), f);
	int rc = fact ? 0 : -1;

	if (rc == 0 && !h->from) { /* the last becomes the one before it */
		version_release(&h->out[0]);
		h->out[0] = *v;
		*v = (struct version){0};
	}
	if (rc == 0 && e->seq == h->from)
		rc = take_version(&h->out[0], e, fact, f);
	if (rc == 0)
		rc = take_version(v, e, fact, f);
	json_decref(fact);
	return rc;
}

/* The next row behind *seq that made a context of the target: 1, 0 there is none. */
static int
next_version(struct db *db, int64_t target, int64_t *seq, struct fault *f)
{
	/* By the index of what is of one contact; the words of its condition are repeated for that. */
	sqlite3_stmt *s = db_sql(db,
	    "SELECT j.seq FROM target t CROSS JOIN journal j ON j.contact = t.contact"
	    " WHERE t.id = :target AND j.contact IS NOT NULL AND (j.call IS NULL"
	    " OR (j.kind >= 'context.' AND j.kind < 'context/'))"
	    " AND j.kind IN ('context.made', 'context.edited') AND j.seq > :seq"
	    " AND json_extract(j.fact, '$.target') = :target ORDER BY j.seq LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":seq", *seq);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	*seq = col_i(s, 0);
	sqlite3_reset(s);
	return 1;
}

static int
look_at_versions(struct db *db, int64_t target, struct hunt *h, struct fault *f)
{
	int64_t seq = 0;
	int n;

	while ((n = next_version(db, target, &seq, f)) > 0 && (!h->to || seq <= h->to)) {
		int64_t before = seq - 1;

		if (journal_page(db, &before, 1, look_at_row, h, f) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

int
reviews_versions(struct db *db, int64_t target, int64_t from, int64_t to, struct version out[2],
    struct fault *f)
{
	struct hunt h = {from, to, out};

	memset(out, 0, 2 * sizeof(*out));
	if (look_at_versions(db, target, &h, f) < 0)
		return -1;
	if (to && out[1].seq != to)
		return fault(f, DATAERR, "row %lld of the journal is no context of target %lld",
		    (long long)to, (long long)target);
	if (from && out[0].seq != from)
		return fault(f, DATAERR, "row %lld of the journal is no context of target %lld",
		    (long long)from, (long long)target);
	if (!out[0].seq)
		return fault(f, DATAERR, "target %lld has had %s", (long long)target,
		    out[1].seq ? "one context only" : "no context");
	return 0;
}

void
version_release(struct version *v)
{
	buf_release(&v->text);
	*v = (struct version){0};
}

/* ---- saying something --------------------------------------------------------- */

/* The row of a verdict; of 0 is none (a context that goes). */
static int
journal_verdict(struct db *db, const char *kind, int64_t target, int64_t of, const char *reason,
    struct entry *e, struct fault *f)
{
	struct target_owner owner;
	struct buf fact = {0}, body = {0};
	int got = targets_get(db, target, &owner, f);

	if (got <= 0)
		return got < 0
		    ? -1
		    : fault(f, DATAERR, "there is no target %lld", (long long)target);
	*e = (struct entry){.at = clock_wall(),
	    .kind = kind,
	    .campaign = owner.campaign,
	    .contact = owner.contact,
	    .source = "tool"};
	buf_member_i(&fact, "target", target);
	if (of)
		buf_member_i(&fact, "of", of);
	buf_addc(&fact, '}');
	e->fact = fact.p;
	if (reason) {
		buf_member(&body, "reason", reason);
		buf_addc(&body, '}');
		e->body = body.p;
	}
	got = journal_add(db, e, f);
	e->fact = e->body = NULL;
	buf_release(&fact);
	buf_release(&body);
	return got;
}

int
reviews_put(struct db *db, int64_t target, const struct reviewed *of, enum review state,
    const char *reason, struct fault *f)
{
	const char *kind = state == REVIEW_APPROVED ? "context.approved" : "context.rejected";
	struct entry e;

	if (journal_verdict(db, kind, target, of->seq, reason, &e, f) < 0 ||
	    project_review(db, target, of->seq, state, e.at, e.actor, f) < 0)
		return -1;
	if (state == REVIEW_REJECTED && claims_withdraw(db, 0, 0, target, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f);
}

/* What the AI was told in a call that goes on is not changed under it. */
static int
check_line(struct db *db, int64_t target, struct fault *f)
{
	bool open;

	if (targets_on_line(db, target, &open, f) < 0)
		return -1;
	return open
	    ? fault(f, REFUSED, "target %lld is being called: its context stays until then",
		  (long long)target)
	    : 0;
}

int
reviews_edit(struct db *db, int64_t target, const char *context, const char *system_message,
    enum review state, struct fault *f)
{
	if (check_line(db, target, f) < 0 || claims_withdraw(db, 0, 0, target, f) < 0 ||
	    target_context_edit(db, target, context, system_message, state, f) < 0 ||
	    prompt_unhold(db, target, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f);
}

int
reviews_drop(struct db *db, int64_t target, struct fault *f)
{
	struct entry e;

	if (check_line(db, target, f) < 0 || claims_withdraw(db, 0, 0, target, f) < 0 ||
	    journal_verdict(db, "context.dropped", target, 0, NULL, &e, f) < 0 ||
	    project_context_drop(db, target, f) < 0)
		return -1;
	return schedule_settle(db, target, clock_wall(), f);
}
