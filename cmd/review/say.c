/*
 * approve, reject, regenerate: of targets that are named, or of records that
 * say which text was read.
 */
#include "verbs.h"

#include "../tool.h"
#include "campaigns.h"
#include "filter.h"
#include "hex.h"
#include "written.h"

struct saying {
	struct review_tool *tool;
	enum review verdict;
	struct buf text; /* scratch */
	unsigned done, same;
};

static int
no_context(int64_t target, struct fault *f)
{
	return fault(f, DATAERR,
	    "target %lld has no context, or a stale one (outreach-context makes one)",
	    (long long)target);
}

/* ---- targets that are named -------------------------------------------------------- */

static int
say_of(struct saying *y, const struct subject *s, const struct reviewed *r, struct fault *f)
{
	if (r->state == y->verdict) {
		y->same++;
		return 0;
	}
	y->done++;
	return reviews_put(&y->tool->db, s->target, r, y->verdict, y->tool->reason, f);
}

static int
say_one(struct saying *y, const char *operand, struct fault *f)
{
	struct db *db = &y->tool->db;
	struct reviewed r;
	struct subject s;
	int got;

	if (who_find(y->tool, operand, &s, f) < 0 || db_begin(db, f) < 0)
		return -1;
	if ((got = reviews_get(db, s.target, &r, f)) == 0)
		got = no_context(s.target, f);
	if (got > 0 && say_of(y, &s, &r, f) == 0)
		return db_commit(db, f);
	db_rollback(db);
	return -1;
}

/* ---- records ------------------------------------------------------------------------ */

static int
begin(void *ctx, struct fault *f)
{
	return db_begin(&((struct saying *)ctx)->tool->db, f);
}

static int
commit(void *ctx, struct fault *f)
{
	return db_commit(&((struct saying *)ctx)->tool->db, f);
}

static void
rollback(void *ctx)
{
	db_rollback(&((struct saying *)ctx)->tool->db);
}

/* The record as it came, but for what is said now. */
static void
put(const struct rec *rec, enum review verdict, struct buf *out)
{
	static const char *const ours[] = {"review", "reviewer", "reviewed_at", NULL};

	rec_rest(rec, ours, out);
	buf_member(out, "review", review_name(verdict));
	buf_adds(out, "}\n");
}

/* Only the text that was read is approved: a record names it by its digest. */
static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct saying *y = ctx;
	unsigned char digest[32];
	struct reviewed r;
	struct subject s = {0};
	int got = subject_find(&y->tool->db, rec, &s, &y->text, f);

	if (got != 0)
		return got;
	if ((got = rec_text(rec, "context_digest", &y->text, f)) < 0)
		return 1;
	if (got == 0 || hex_read(y->text.p ? y->text.p : "", digest, sizeof(digest)) < 0) {
		rec_fault(rec, f,
		    "target %lld: no context_digest, which names the text that was read "
		    "(outreach-review export)",
		    (long long)s.target);
		return 1;
	}
	if ((got = reviews_get(&y->tool->db, s.target, &r, f)) < 0)
		return -1;
	if (got == 0 || memcmp(r.digest, digest, sizeof(digest)) != 0) {
		rec_fault(rec, f, "target %lld: %s", (long long)s.target,
		    got ? "its context is another one by now: read it again"
			: "it has no context any more, or a stale one");
		return 1;
	}
	if (say_of(y, &s, &r, f) < 0)
		return -1;
	put(rec, y->verdict, out);
	return 0;
}

static int
say_records(struct saying *y, char **none, uint64_t *refused, struct fault *f)
{
	static const char *const types[] = {"target", NULL};
	struct filter filter = {.types = types,
	    .ctx = y,
	    .begin = begin,
	    .record = record,
	    .commit = commit,
	    .rollback = rollback,
	    .report = tool_report,
	    .keep_going = y->tool->keep_going};
	struct filter_count n = {0};
	int rc = filter_files(&filter, none, &n, f);

	*refused = n.refused;
	return rc;
}

static int
say(struct review_tool *t, char **who, enum review verdict)
{
	struct saying y = {.tool = t, .verdict = verdict};
	uint64_t refused = 0;
	struct fault f;
	int rc = 0;

	if (*who == NULL)
		rc = say_records(&y, who, &refused, &f);
	for (; *who && rc == 0; who++)
		rc = say_one(&y, *who, &f);
	if (!t->quiet)
		fprintf(
		    stderr, TOOL ": %u %s, %u already\n", y.done, review_name(verdict), y.same);
	buf_release(&y.text);
	return rc < 0 ? tool_fail(&f) : refused ? SOME : OK;
}

int
verb_approve(struct review_tool *t, char **who)
{
	return say(t, who, REVIEW_APPROVED);
}

int
verb_reject(struct review_tool *t, char **who)
{
	return say(t, who, REVIEW_REJECTED);
}

/* ---- regenerate ---------------------------------------------------------------------- */

/* The stored text goes, and the model's answer, so that it is asked again. */
static int
drop(struct review_tool *t, struct judge *judge, const struct subject *s, struct fault *f)
{
	unsigned char input[WRITTEN_HASH];
	struct fault why;
	int got = judge_input(judge, s, input, &why);

	if (got < 0 && why.code != DATAERR) { /* what cannot be asked was not answered */
		*f = why;
		return -1;
	}
	if (db_begin(&t->db, f) < 0)
		return -1;
	if ((got <= 0 || written_drop(&t->db, input, f) >= 0) &&
	    reviews_drop(&t->db, s->target, f) == 0)
		return db_commit(&t->db, f);
	db_rollback(&t->db);
	return -1;
}

int
verb_regenerate(struct review_tool *t, char **who)
{
	struct judge *judge = judge_new(&t->db);
	struct campaign c;
	struct subject s;
	struct fault f;
	int rc = 0;

	for (; *who && rc == 0; who++)
		if ((rc = who_find(t, *who, &s, &f)) == 0 && (rc = drop(t, judge, &s, &f)) == 0)
			rc = campaigns_by_id(&t->db, s.campaign, &c, &f) < 0
			    ? -1
			    : who_records(t, c.name, s.contact, false, NULL, &f);
	judge_free(judge);
	return rc < 0 ? tool_fail(&f) : OK;
}
