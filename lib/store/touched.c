/*
 * touched: calls that a transaction touches are kept joined in memory and
 * written back once, before its commit, with the events that were new.
 */
#include "touched.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "store_parts.h"

enum { BUCKETS = 8192, ROWS = 32, CALLS = 16, CHAIN_MAX = 64 };

/* An event that is new, until it is written to seen. */
struct fresh {
	struct touched *of;
	uint64_t key;
	bool ends;
	size_t before; /* the one of the same call, plus 1 */
};

struct calls {
	struct touched *bucket[BUCKETS];
	struct touched **all; /* of them, n */
	size_t n, cap;
	struct fresh *fresh;
	size_t freshes, fresh_cap;
};

static struct touched **
bucket_of(struct db *db, const struct uuid *id)
{
	if (!db->calls)
		db->calls = xcalloc(1, sizeof *db->calls);
	return &db->calls->bucket[hash64(id->b, 16, 0) % BUCKETS];
}

static void
read_call(sqlite3_stmt *s, struct call *c)
{
	const char *d = col_t(s, 8);

	c->rank = (enum call_rank)col_i(s, 0);
	for (int i = RANK_INTENT; i <= RANK_ENDED; i++)
		c->at[i] = col_i(s, i);
	c->disposition = d ? disposition_parse(d) : DISP_NONE;
	c->cause = sqlite3_column_type(s, 9) == SQLITE_NULL ? -1 : (int)col_i(s, 9);
	c->tech_cause = (int)col_i(s, 10);
	c->talk_ms = sqlite3_column_type(s, 11) == SQLITE_NULL ? -1 : (int)col_i(s, 11);
	c->ring_ms = sqlite3_column_type(s, 12) == SQLITE_NULL ? -1 : (int)col_i(s, 12);
	c->end_source = (enum call_source)col_i(s, 13);
	c->end_key = (uint64_t)col_i(s, 14);
	c->line_closed = col_i(s, 15) != 0;
	c->line_open = col_i(s, 16) != 0;
	c->watched = col_i(s, 20) != 0;
}

static void
remember(struct calls *k, struct touched *t)
{
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 256;
		k->all = xrealloc(k->all, k->cap, sizeof *k->all);
	}
	k->all[k->n++] = t;
}

struct touched *
touched_call(struct db *db, const struct uuid *id, struct fault *f)
{
	struct touched **at = bucket_of(db, id), *t;
	sqlite3_stmt *s;
	int n;

	for (t = *at; t; t = t->next)
		if (!memcmp(t->c.id.b, id->b, 16))
			return t;
	t = xcalloc(1, sizeof *t);
	call_init(&t->c, id);
	s = db_sql(db,
	    "SELECT rank, intent_at, placing_at, placed_at, ringing_at, answered_at, unknown_at, ended_at,"
	    " disposition, cause, tech_cause, talk_ms, ring_ms, end_source, end_key, line_closed, line_open,"
	    " campaign, contact, target, watched FROM call WHERE id = :id",
	    f);
	bind_b(db, s, ":id", id->b, 16);
	if ((n = db_step(db, s, f)) < 0) {
		free(t);
		return NULL;
	}
	if (n) {
		read_call(s, &t->c);
		t->parents = (struct call_parents){col_i(s, 17), col_i(s, 18), col_i(s, 19)};
		t->counted = t->parents.campaign ? t->c.disposition : DISP_NONE;
		t->intent_at = t->c.at[RANK_INTENT];
		t->line_open = t->c.line_open;
		t->exists = t->has_seen = true; /* an event leaves a call: no row, no events */
		sqlite3_reset(s);
	}
	t->next = *at;
	*at = t;
	remember(db->calls, t);
	return t;
}

/* ---- the rows of calls ----------------------------------------------------------- */

/* All but what an index holds. */
static void
bind_call(struct db *db, sqlite3_stmt *s, const struct call *c)
{
	static const char *const stamp[] = {NULL, NULL, ":placing_at", ":placed_at",
	    ":ringing_at", ":answered_at", ":unknown_at", ":ended_at"};

	bind_b(db, s, ":id", c->id.b, 16);
	bind_i(db, s, ":rank", c->rank);
	for (int i = RANK_PLACING; i <= RANK_ENDED; i++)
		bind_or_null(db, s, stamp[i], c->at[i], 0);
	bind_t(db, s, ":disposition",
	    c->disposition == DISP_NONE ? NULL : disposition_name(c->disposition));
	bind_or_null(db, s, ":cause", c->cause, -1);
	bind_or_null(db, s, ":tech_cause", c->tech_cause, 0);
	bind_or_null(db, s, ":talk_ms", c->talk_ms, -1);
	bind_or_null(db, s, ":ring_ms", c->ring_ms, -1);
	bind_or_null(
	    db, s, ":end_source", c->rank == RANK_ENDED ? (int64_t)c->end_source : -1, -1);
	if (c->rank == RANK_ENDED)
		bind_i(db, s, ":end_key", (int64_t)c->end_key);
	else
		bind_null(db, s, ":end_key");
	bind_i(db, s, ":line_closed", c->line_closed);
}

/* Rows of one statement, bound in the order of the columns; see INTO_SEEN. */
#define CALL4                                                     \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)," \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)," \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)," \
	"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define INTO_CALL                                                                           \
	"INSERT OR FAIL INTO call (id, rank, intent_at, placing_at, placed_at, ringing_at," \
	" answered_at, unknown_at, ended_at, disposition, cause, tech_cause, talk_ms,"      \
	" ring_ms, end_source, end_key, line_closed, line_open) VALUES "

static void
put_or_null(sqlite3_stmt *s, int i, int64_t v, int64_t none)
{
	if (v == none)
		sqlite3_bind_null(s, i);
	else
		sqlite3_bind_int64(s, i, v);
}

static void
bind_new(sqlite3_stmt *s, int i, const struct call *c)
{
	const char *d = c->disposition == DISP_NONE ? NULL : disposition_name(c->disposition);
	bool ended = c->rank == RANK_ENDED;

	sqlite3_bind_blob(s, i++, c->id.b, 16, SQLITE_STATIC);
	sqlite3_bind_int(s, i++, (int)c->rank);
	for (int r = RANK_INTENT; r <= RANK_ENDED; r++)
		put_or_null(s, i++, c->at[r], 0);
	sqlite3_bind_text(s, i++, d, -1, SQLITE_STATIC);
	put_or_null(s, i++, c->cause, -1);
	put_or_null(s, i++, c->tech_cause, 0);
	put_or_null(s, i++, c->talk_ms, -1);
	put_or_null(s, i++, c->ring_ms, -1);
	put_or_null(s, i++, ended ? (int64_t)c->end_source : -1, -1);
	if (ended)
		sqlite3_bind_int64(s, i++, (int64_t)c->end_key);
	else
		sqlite3_bind_null(s, i++);
	sqlite3_bind_int(s, i++, c->line_closed);
	sqlite3_bind_int(s, i, c->line_open);
}

static int
insert_calls(struct db *db, struct touched *const *t, int rows, struct fault *f)
{
	sqlite3_stmt *s = rows == 1
	    ? db_sql(db, INTO_CALL "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", f)
	    : db_sql(db, INTO_CALL CALL4 "," CALL4 "," CALL4 "," CALL4, f);

	for (int i = 0; s && i < rows; i++)
		bind_new(s, 18 * i + 1, &t[i]->c);
	return db_run(db, s, f);
}

/*
 * Columns that an index holds are set only where they change: each costs the index two steps.
 * OR FAIL, as a failed statement ends the transaction anyhow: SQLite then keeps no copy of each
 * page to undo the statement alone, which was half of its cost.
 */
#define UPDATE_CALL                                                                               \
	"UPDATE OR FAIL call SET rank = :rank, placing_at = :placing_at, placed_at = :placed_at," \
	" ringing_at = :ringing_at, answered_at = :answered_at, unknown_at = :unknown_at,"        \
	" ended_at = :ended_at, disposition = :disposition, cause = :cause,"                      \
	" tech_cause = :tech_cause, talk_ms = :talk_ms, ring_ms = :ring_ms,"                      \
	" end_source = :end_source, end_key = :end_key, line_closed = :line_closed"

static int
update_call(struct db *db, const struct touched *t, struct fault *f)
{
	const struct call *c = &t->c;
	sqlite3_stmt *s;

	if (c->at[RANK_INTENT] != t->intent_at) {
		s = db_sql(db,
		    UPDATE_CALL
		    ", line_open = :line_open, intent_at = :intent_at WHERE id = :id",
		    f);
		bind_i(db, s, ":line_open", c->line_open);
		bind_or_null(db, s, ":intent_at", c->at[RANK_INTENT], 0);
	} else if (c->line_open != t->line_open) {
		s = db_sql(db, UPDATE_CALL ", line_open = :line_open WHERE id = :id", f);
		bind_i(db, s, ":line_open", c->line_open);
	} else {
		s = db_sql(db, UPDATE_CALL " WHERE id = :id", f);
	}
	bind_call(db, s, c);
	return db_run(db, s, f);
}

/* ---- events that were seen ------------------------------------------------------ */

static int
by_call_and_key(const void *a, const void *b)
{
	const struct fresh *x = a, *y = b;
	int c = memcmp(x->of->c.id.b, y->of->c.id.b, sizeof x->of->c.id.b);

	/* The order of the table: its integers are signed. */
	return c ? c
		 : ((int64_t)x->key > (int64_t)y->key) - ((int64_t)x->key < (int64_t)y->key);
}

/* Many rows of one statement keep its cursor; see people_bulk.c. */
#define ROW8 \
	"(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)"
#define INTO_SEEN "INSERT OR FAIL INTO seen (call, key, ends) VALUES "

static int
write_seen(struct db *db, const struct fresh *e, int rows, struct fault *f)
{
	sqlite3_stmt *s = rows == 1
	    ? db_sql(db, INTO_SEEN "(?, ?, ?)", f)
	    : db_sql(db, INTO_SEEN ROW8 ", " ROW8 ", " ROW8 ", " ROW8, f);

	for (int i = 0; s && i < rows; i++) {
		sqlite3_bind_blob(
		    s, 3 * i + 1, e[i].of->c.id.b, sizeof e[i].of->c.id.b, SQLITE_STATIC);
		sqlite3_bind_int64(s, 3 * i + 2, (int64_t)e[i].key);
		sqlite3_bind_int(s, 3 * i + 3, e[i].ends);
	}
	return db_run(db, s, f);
}

static int
flush_seen(struct db *db, struct fault *f)
{
	struct calls *k = db->calls;
	size_t n = k->freshes;
	int rc = 0, rows;

	for (size_t i = 0; i < n; i++) {
		k->fresh[i].of->has_seen = true;
		k->fresh[i].of->last = 0;
		k->fresh[i].of->events = 0;
	}
	k->freshes = 0;
	if (n > 1)
		qsort(k->fresh, n, sizeof *k->fresh, by_call_and_key);
	for (size_t i = 0; i < n && rc == 0; i += (size_t)rows) {
		rows = n - i >= ROWS ? ROWS : 1;
		rc = write_seen(db, &k->fresh[i], rows, f);
	}
	return rc;
}

/* A rank and a time that the call would have risen to. A note leaves no trace in it. */
static bool
is_unheard_of(const struct call *c, const struct call_event *e)
{
	return e->rank != RANK_NONE && e->at > 0 &&
	    (c->at[e->rank] == 0 || c->at[e->rank] > e->at);
}

int
touched_has(struct db *db, const struct touched *t, const struct call_event *e, bool *is,
    struct fault *f)
{
	sqlite3_stmt *s;
	int64_t v = 0;

	*is = false;
	if (is_unheard_of(&t->c, e))
		return 0;
	for (size_t i = t->last; i && !*is; i = db->calls->fresh[i - 1].before)
		*is = db->calls->fresh[i - 1].key == e->key;
	if (*is || !t->has_seen)
		return 0;
	s = db_sql(db, "SELECT 1 FROM seen WHERE call = :call AND key = :key", f);
	bind_b(db, s, ":call", t->c.id.b, 16);
	bind_i(db, s, ":key", (int64_t)e->key);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*is = v != 0;
	return 0;
}

int
touched_see(struct db *db, struct touched *t, uint64_t key, bool ends, struct fault *f)
{
	struct calls *k = db->calls;

	if (k->freshes == k->fresh_cap) {
		k->fresh_cap = k->fresh_cap ? 2 * k->fresh_cap : 256;
		k->fresh = xrealloc(k->fresh, k->fresh_cap, sizeof *k->fresh);
	}
	k->fresh[k->freshes++] = (struct fresh){t, key, ends, t->last};
	t->last = k->freshes;
	return ++t->events < CHAIN_MAX ? 0 : flush_seen(db, f);
}

/* ---- how many ended how ---------------------------------------------------------- */

static int
add_tally(struct db *db, enum disposition d, int64_t n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO tally (disposition, n) VALUES (:disposition, :n)"
	    " ON CONFLICT (disposition) DO UPDATE SET n = n + :n",
	    f);

	bind_t(db, s, ":disposition", disposition_name(d));
	bind_i(db, s, ":n", n);
	return db_run(db, s, f);
}

static int
flush_tally(struct db *db, const struct calls *k, struct fault *f)
{
	int64_t more[DISP_COUNT] = {0};

	for (size_t i = 0; i < k->n; i++) {
		const struct touched *t = k->all[i];
		enum disposition is = t->parents.campaign ? t->c.disposition : DISP_NONE;

		if (!t->dirty || is == t->counted)
			continue;
		more[t->counted]--;
		more[is]++;
	}
	for (int d = DISP_NONE + 1; d < DISP_COUNT; d++)
		if (more[d] && add_tally(db, (enum disposition)d, more[d], f) < 0)
			return -1;
	return 0;
}

/* ---- writing calls back ------------------------------------------------------- */

/* Lines that close go first: the next call to the same number may be among the others. Then the
 * order of the table, whose pages are met once each. */
static int
by_place(const void *a, const void *b)
{
	const struct touched *x = *(struct touched *const *)a, *y = *(struct touched *const *)b;

	if (x->c.line_open != y->c.line_open)
		return x->c.line_open - y->c.line_open;
	return memcmp(x->c.id.b, y->c.id.b, sizeof x->c.id.b);
}

int
calls_flush(struct db *db, struct fault *f)
{
	struct calls *k = db->calls;
	size_t new = 0;
	int rc = 0;

	if (!k || k->n == 0)
		return 0;
	rc = flush_seen(db, f); /* the evidence that a trigger asks for */
	if (rc == 0)
		rc = flush_tally(db, k, f);
	if (k->n)
		qsort(k->all, k->n, sizeof *k->all, by_place);
	for (size_t i = 0; i < k->n && rc == 0; i++) {
		struct touched *t = k->all[i];

		if (t->dirty && t->exists)
			rc = update_call(db, t, f);
		else if (t->dirty) { /* new ones to the front, in their order */
			k->all[i] = k->all[new];
			k->all[new ++] = t;
		}
	}
	for (size_t i = 0, rows; i < new &&rc == 0; i += rows) {
		rows = new - i >= CALLS ? CALLS : 1;
		rc = insert_calls(db, &k->all[i], (int)rows, f);
	}
	calls_drop(db);
	return rc;
}

void
calls_drop(struct db *db)
{
	struct calls *k = db->calls;

	for (size_t i = 0; k && i < k->n; i++) {
		*bucket_of(db, &k->all[i]->c.id) = NULL;
		free(k->all[i]);
	}
	if (k)
		k->n = k->freshes = 0;
}

void
calls_forget_state(struct db *db)
{
	calls_drop(db);
	if (db->calls) {
		free(db->calls->all);
		free(db->calls->fresh);
	}
	free(db->calls);
	db->calls = NULL;
}
