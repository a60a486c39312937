/*
 * written: the text lies in the body of its journal row, so that forgetting a
 * person erases it there and here it is found no more.
 */
#include <string.h>

#include "clock.h"
#include "hex.h"
#include "journal.h"
#include "json.h"
#include "project.h"
#include "store_parts.h"
#include "written.h"

/* ---- projections ------------------------------------------------------------- */

static int
count(struct db *db, const struct written *w, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO spent (campaign, questions, tokens_in, tokens_out, cost)"
	    " VALUES (:campaign, 1, :in, :out, :cost) ON CONFLICT (campaign) DO UPDATE SET"
	    " questions = questions + 1, tokens_in = tokens_in + :in,"
	    " tokens_out = tokens_out + :out, cost = cost + :cost",
	    f);

	bind_i(db, s, ":campaign", w->campaign);
	bind_i(db, s, ":in", w->tokens_in);
	bind_i(db, s, ":out", w->tokens_out);
	bind_i(db, s, ":cost", w->cost);
	return db_run(db, s, f);
}

int
project_written(struct db *db, const struct written *w, int64_t seq, struct fault *f)
{
	sqlite3_stmt *s;

	if (count(db, w, f) < 0)
		return -1;
	if (w->refused)
		return 0;
	s = db_sql(db,
	    "INSERT INTO written (input, seq) VALUES (:input, :seq)"
	    " ON CONFLICT (input) DO UPDATE SET seq = :seq",
	    f);
	bind_b(db, s, ":input", w->input, WRITTEN_HASH);
	bind_i(db, s, ":seq", seq);
	return db_run(db, s, f);
}

int
project_unwritten(struct db *db, const unsigned char input[WRITTEN_HASH], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM written WHERE input = :input", f);

	bind_b(db, s, ":input", input, WRITTEN_HASH);
	return db_run(db, s, f) < 0 ? -1 : sqlite3_changes(db->s) > 0;
}

/* ---- writing ----------------------------------------------------------------- */

int
written_put(struct db *db, const struct written *w, struct fault *f)
{
	struct entry e = {.at = clock_wall(),
	    .kind = w->of_call ? "context.summarized" : "context.written",
	    .campaign = w->campaign,
	    .contact = w->contact,
	    .source = "tool"};
	char hex[2 * WRITTEN_HASH + 1];
	struct buf fact = {0}, body = {0};
	int rc = -1;

	buf_member(&fact, "input", hex_text(w->input, WRITTEN_HASH, hex));
	buf_member(&fact, "model", w->model);
	buf_member_i(&fact, "tokens_in", w->tokens_in);
	buf_member_i(&fact, "tokens_out", w->tokens_out);
	buf_member_i(&fact, "cost", w->cost);
	buf_member_i(&fact, "answered", w->refused == NULL);
	if (w->with.n) { /* whose data are in the body too, when one of them is forgotten */
		buf_key(&fact, "siblings");
		siblings_write(&fact, &w->with);
	}
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (w->text || w->refused) {
		buf_member(&body, "text", w->text);
		buf_member(&body, "refused", w->refused);
		buf_addc(&body, '}');
		e.body = body.p;
	}
	if (journal_add(db, &e, f) == 0)
		rc = project_written(db, w, e.seq, f) < 0
		    ? -1
		    : project_shared(db, e.seq, &w->with, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

int
written_drop(struct db *db, const unsigned char input[WRITTEN_HASH], struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = "context.unwritten", .source = "tool"};
	char hex[2 * WRITTEN_HASH + 1];
	struct buf fact = {0};
	int was = project_unwritten(db, input, f), rc = was;

	if (was <= 0)
		return was;
	buf_member(&fact, "input", hex_text(input, WRITTEN_HASH, hex));
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (journal_add(db, &e, f) < 0)
		rc = -1;
	buf_release(&fact);
	return rc;
}

/* ---- looking ----------------------------------------------------------------- */

int
written_get(
    struct db *db, const unsigned char input[WRITTEN_HASH], struct buf *text, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT b.json FROM written w JOIN body b ON b.seq = w.seq WHERE w.input = :input",
	    f);
	const char *found;
	json_t *body;
	int n;

	bind_b(db, s, ":input", input, WRITTEN_HASH);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	body = json_read("written text", col_t(s, 0), (size_t)sqlite3_column_bytes(s, 0), f);
	sqlite3_reset(s);
	n = body ? json_need_text(body, "text", &found, f) : -1;
	if (n == 0) {
		buf_reset(text);
		buf_adds(text, found);
		n = 1;
	}
	json_decref(body);
	return n;
}

int
written_at(struct db *db, const unsigned char input[WRITTEN_HASH], int64_t *at, struct fault *f)
{
	sqlite3_stmt *s;

	if (journal_flush(db, f) < 0) /* it may be in memory yet */
		return -1;
	s = db_sql(db,
	    "SELECT j.at FROM written w JOIN journal j ON j.seq = w.seq WHERE w.input = :input",
	    f);
	bind_b(db, s, ":input", input, WRITTEN_HASH);
	return db_one(db, s, 0, at, f);
}

int
written_spent(struct db *db, int64_t campaign, struct spent *spent, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT questions, tokens_in, tokens_out, cost FROM spent WHERE campaign = :campaign",
	    f);
	int n;

	memset(spent, 0, sizeof(*spent));
	bind_i(db, s, ":campaign", campaign);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	*spent = (struct spent){col_i(s, 0), col_i(s, 1), col_i(s, 2), col_i(s, 3)};
	sqlite3_reset(s);
	return 0;
}
