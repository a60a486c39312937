/*
 * orphan: the same two steps for every table that has rows by call: what the
 * call does not know yet is copied to it, then the orphan's rows go.
 */
#include "orphan.h"

#include "mem.h"

static int
run(struct db *db, const char *sql, const struct uuid *from, const struct uuid *to,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, sql, f);

	bind_b(db, s, ":from", from->b, sizeof from->b);
	if (to)
		bind_b(db, s, ":to", to->b, sizeof to->b);
	return db_run(db, s, f);
}

int
orphan_rows_move(struct db *db, const struct uuid *from, const struct uuid *to, struct fault *f)
{
	static const struct {
		const char *copy, *drop;
	} table[] = {
	    {"INSERT INTO seen (call, key, ends)"
	     " SELECT :to, key, ends FROM seen WHERE call = :from"
	     " ON CONFLICT (call, key) DO NOTHING",
		"DELETE FROM seen WHERE call = :from"},
	    {"INSERT INTO heard (call, at, key, how, seq)"
	     " SELECT :to, at, key, how, seq FROM heard WHERE call = :from"
	     " ON CONFLICT (call, at, key) DO NOTHING",
		"DELETE FROM heard WHERE call = :from"},
	    /* Of two the later one stays. */
	    {"INSERT INTO summary (call, at, key, seq, outcome)"
	     " SELECT :to, at, key, seq, outcome FROM summary WHERE call = :from"
	     " ON CONFLICT (call) DO UPDATE SET at = excluded.at, key = excluded.key,"
	     " seq = excluded.seq, outcome = excluded.outcome"
	     " WHERE (at, key) < (excluded.at, excluded.key)",
		"DELETE FROM summary WHERE call = :from"},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		if (run(db, table[i].copy, from, to, f) < 0 ||
		    run(db, table[i].drop, from, NULL, f) < 0)
			return -1;
	return 0;
}
