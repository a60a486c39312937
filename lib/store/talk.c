/*
 * talk: the rows of a call and of the orphans that were joined into it, each in
 * order by the index over calls, merged.
 */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "json.h"
#include "mem.h"
#include "talk.h"

enum { IDS = 8 }; /* AVR gives a call one id; whoever maps more is a forger */

/* The orphan under the foreign name that an alias row tells. */
static int
orphan_of(const char *fact, struct uuid *id, struct fault *f)
{
	json_t *v = json_read("fact", fact, strlen(fact), f);
	const char *name = json_string_value(json_object_get(v, "uuid"));

	if (v && name)
		calls_orphan(name, id);
	json_decref(v);
	return !v ? -1 : name != NULL;
}

/* Every id under which the call has rows, its own first; how many, or -1. */
static int
ids_of(struct db *db, const struct uuid *call, struct uuid ids[IDS], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT fact FROM journal WHERE call = :call AND kind = 'call.alias' ORDER BY seq",
	    f);
	int n = 1, got, is = 0;

	ids[0] = *call;
	bind_b(db, s, ":call", call->b, 16);
	while ((got = db_step(db, s, f)) > 0 && n < IDS) {
		const char *fact = col_t(s, 0);

		is = fact ? orphan_of(fact, &ids[n], f) : 0;
		if (is < 0)
			break;
		n += is;
	}
	if (s)
		sqlite3_reset(s);
	return got < 0 || is < 0 ? -1 : n;
}

/* The smallest seq behind this one that is the call's under any of its ids; 0 none. */
static int
next_seqs(struct db *db, const struct uuid *ids, int n, int64_t seq, int limit, int64_t *out,
    struct fault *f)
{
	int found = 0, got = 0;

	for (int i = 0; i < n && got >= 0; i++) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT seq FROM journal WHERE call = :call AND seq > :seq ORDER BY seq LIMIT :limit",
		    f);

		bind_b(db, s, ":call", ids[i].b, 16);
		bind_i(db, s, ":seq", seq);
		bind_i(db, s, ":limit", limit);
		while ((got = db_step(db, s, f)) > 0)
			out[found++] = col_i(s, 0);
	}
	return got < 0 ? -1 : found;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int
talk_page(struct db *db, const struct uuid *call, int64_t *seq, int limit,
    int (*cb)(void *arg, const struct entry *, struct fault *), void *arg, struct fault *f)
{
	struct uuid ids[IDS];
	int n = ids_of(db, call, ids, f), rc = 0;
	int64_t *all = n < 0 ? NULL : xcalloc((size_t)n * (size_t)limit, sizeof(*all));
	int found = n < 0 ? -1 : next_seqs(db, ids, n, *seq, limit, all, f);

	if (found > 1)
		qsort(all, (size_t)found, sizeof(*all), by_number);
	for (int i = 0; i < found && i < limit && rc == 0; i++) {
		int64_t before = all[i] - 1;

		rc = journal_page(db, &before, 1, cb, arg, f);
		if (rc == 0)
			*seq = all[i];
	}
	free(all);
	return found < 0 ? -1 : rc;
}
