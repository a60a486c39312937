/*
 * aging: pages by the journal's key, each a short transaction.
 */
#include "aging.h"
#include "buf.h"
#include "clock.h"
#include "journal.h"

enum { WINDOW = 20000 }; /* rows of the journal that one read looks at */

static int
write_journal(struct db *db, const char *what, int64_t n, struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = "retention.done", .source = "tool"};
	struct buf fact = {0};
	int rc;

	buf_member_i(&fact, what, n);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	rc = journal_add(db, &e, f);
	buf_release(&fact);
	return rc;
}

static int
next_page(struct db *db, int64_t before, int64_t seq, struct aged *v, int n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT j.seq, j.at, j.call FROM body b CROSS JOIN journal j ON j.seq = b.seq"
	    " WHERE b.seq > :seq AND b.seq <= :seq + :window AND j.at < :before"
	    " AND j.kind IN ('call.transcription', 'call.summary', 'context.summarized')"
	    " ORDER BY b.seq LIMIT :limit",
	    f);
	int got, i = 0;

	bind_i(db, s, ":seq", seq);
	bind_i(db, s, ":window", WINDOW);
	bind_i(db, s, ":before", before);
	bind_i(db, s, ":limit", n);
	while ((got = db_step(db, s, f)) > 0) {
		v[i] = (struct aged){.seq = col_i(s, 0), .at = col_i(s, 1)};
		v[i].has_call = col_id(s, 2, &v[i].call);
		i++;
	}
	return got < 0 ? -1 : i;
}

static int
erase(struct db *db, const struct aged *v, int n, struct fault *f)
{
	for (int i = 0; i < n; i++) {
		sqlite3_stmt *s = db_sql(db, "DELETE FROM body WHERE seq = :seq", f);

		bind_i(db, s, ":seq", v[i].seq);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	return write_journal(db, "transcripts", n, f);
}

int
aging_transcripts(struct db *db, int64_t before, int64_t *seq, struct aged *v, int n, bool dry,
    struct fault *f)
{
	/* Outside the transaction, as it may look far; what another one erased meanwhile is gone anyway. */
	int64_t last;
	int got;

	if (db_one(db, db_sql(db, "SELECT max(seq) FROM journal", f), 0, &last, f) < 0)
		return -1;
	while ((got = next_page(db, before, *seq, v, n, f)) == 0 && *seq < last)
		*seq += WINDOW;
	if (got <= 0)
		return got;
	if (!dry) {
		/* What is deleted must not stay readable in free pages of the file. */
		if (db_exec(db, "PRAGMA secure_delete = ON", f) < 0 || db_begin(db, f) < 0)
			return -1;
		if (erase(db, v, got, f) < 0) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db, f) < 0)
			return -1;
	}
	*seq = v[got - 1].seq;
	return got;
}

int
aging_call_end(struct db *db, const struct uuid *call, int64_t *at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT CASE WHEN line_open = 1 OR ended_at IS NULL THEN :never ELSE ended_at END"
	    " FROM call WHERE id = :id",
	    f);
	int n;

	bind_i(db, s, ":never", INT64_MAX);
	bind_b(db, s, ":id", call->b, 16);
	if ((n = db_step(db, s, f)) > 0) {
		*at = col_i(s, 0);
		sqlite3_reset(s);
	}
	return n;
}

int
aging_recordings(struct db *db, int64_t n, struct fault *f)
{
	if (db_begin(db, f) < 0)
		return -1;
	if (write_journal(db, "recordings", n, f) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}
