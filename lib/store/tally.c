/*
 * tally: projections that are counted as they are written, and what is open.
 */
#include "tally.h"

int
tally_dispositions(struct db *db, int64_t n[DISP_COUNT], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT disposition, n FROM tally", f);
	int got;

	for (int d = 0; d < DISP_COUNT; d++)
		n[d] = 0;
	while ((got = db_step(db, s, f)) > 0) {
		enum disposition d = disposition_parse(col_t(s, 0));

		if (d < DISP_COUNT)
			n[d] = col_i(s, 1);
	}
	return got;
}

int
tally_campaigns(struct db *db,
    int (*cb)(void *arg, const char *name, const char *state, int64_t intents), void *arg,
    struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT name, state, intents FROM campaign ORDER BY id", f);
	int got;

	while ((got = db_step(db, s, f)) > 0)
		if (cb(arg, col_t(s, 0), col_t(s, 1), col_i(s, 2)) < 0)
			break;
	if (s)
		sqlite3_reset(s);
	return got < 0 ? -1 : 0;
}

int
tally_open(struct db *db, int (*cb)(void *arg, const char *campaign, enum call_rank, int64_t n),
    void *arg, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.name, k.rank, count(*) FROM call k INDEXED BY call_open"
	    " JOIN campaign c ON c.id = k.campaign"
	    " WHERE k.line_open = 1 AND k.campaign IS NOT NULL GROUP BY k.campaign, k.rank"
	    " ORDER BY k.campaign, k.rank",
	    f);
	int got;

	while ((got = db_step(db, s, f)) > 0)
		if (cb(arg, col_t(s, 0), (enum call_rank)col_i(s, 1), col_i(s, 2)) < 0)
			break;
	if (s)
		sqlite3_reset(s);
	return got < 0 ? -1 : 0;
}
