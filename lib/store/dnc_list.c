/*
 * dnc_list: numbers in order, some hundred a row as distances: a list of ten
 * million is some 25,000 rows, and a lookup is one seek.
 */
#include <string.h>

#include "dnc_list.h"
#include "mem.h"
#include "numset.h"
#include "store_parts.h"

/* ---- looking ------------------------------------------------------------------ */

#define LIST_COLUMNS "id, name, as_of, max_age, numbers, at, actor"

static int
read_list(struct db *db, sqlite3_stmt *s, struct dnc_list *l, struct fault *f)
{
	int n = db_step(db, s, f);

	if (n <= 0)
		return n;
	memset(l, 0, sizeof *l);
	l->id = col_i(s, 0);
	copy_text(l->name, sizeof l->name, col_t(s, 1));
	l->as_of = col_i(s, 2);
	l->max_age = col_i(s, 3);
	l->until = l->max_age ? l->as_of + l->max_age : INT64_MAX;
	l->numbers = col_i(s, 4);
	l->at = col_i(s, 5);
	copy_text(l->actor, sizeof l->actor, col_t(s, 6));
	sqlite3_reset(s);
	return 1;
}

int
dnc_list_get(struct db *db, const char *name, struct dnc_list *l, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " LIST_COLUMNS " FROM dnc_list WHERE name = :name AND state = 'in_force'",
	    f);

	bind_t(db, s, ":name", name);
	return read_list(db, s, l, f);
}

int
dnc_list_next(struct db *db, char after[DNC_LIST_NAME], struct dnc_list *l, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " LIST_COLUMNS " FROM dnc_list WHERE state = 'in_force' AND name > :after"
	    " ORDER BY name LIMIT 1",
	    f);
	int n;

	bind_t(db, s, ":after", after);
	if ((n = read_list(db, s, l, f)) > 0)
		copy_text(after, DNC_LIST_NAME, l->name);
	return n;
}

int
dnc_list_has(struct db *db, int64_t list, int64_t phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT first, rest FROM dnc_block WHERE list = :list AND first <= :phone"
	    " ORDER BY first DESC LIMIT 1",
	    f);
	const unsigned char *at, *end;
	uint64_t x, d;
	size_t took;
	int n;

	bind_i(db, s, ":list", list);
	bind_i(db, s, ":phone", phone);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	x = (uint64_t)col_i(s, 0);
	at = sqlite3_column_blob(s, 1);
	end = at + sqlite3_column_bytes(s, 1);
	for (; x < (uint64_t)phone && (took = distance_get(at, end, &d)) > 0; at += took)
		x += d;
	sqlite3_reset(s);
	return x == (uint64_t)phone;
}
