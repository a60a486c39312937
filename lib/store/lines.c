/*
 * lines: the open lines with a hangup request, by an index of their own.
 */
#include "lines.h"

int
lines_next_hangup(struct db *db, struct uuid *after, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT min(id) FROM call"
	    " WHERE line_open = 1 AND hangup_at IS NOT NULL AND id > :after",
	    f);

	bind_b(db, s, ":after", after->b, 16);
	return db_one_id(db, s, after, f);
}
