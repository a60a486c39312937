/*
 * lines: the open lines with a hangup request, by an index of their own.
 */
#include <string.h>

#include "lines.h"

int
lines_next_hangup(struct db *db, struct uuid *after, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT min(id) FROM call"
	    " WHERE line_open = 1 AND hangup_at IS NOT NULL AND id > :after",
	    f);
	int n;

	bind_b(db, s, ":after", after->b, 16);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	n = sqlite3_column_bytes(s, 0) == 16;
	if (n)
		memcpy(after->b, sqlite3_column_blob(s, 0), 16);
	sqlite3_reset(s);
	return n;
}
