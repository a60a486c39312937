/*
 * people_bulk: a batch is written in the order of the tree that it enters. A
 * random insert costs a page; in order it costs a row. Two trees have two
 * orders, so contacts go first (by key), then their numbers (by number), each
 * in many short transactions; the table unfinished says which contacts may
 * still lack numbers, should this end in between.
 */
#include "awaited.h"
#include "clock.h"
#include "people_parts.h"
#include "people_run.h"

enum {
	TXN_US = 40000,  /* a transaction with its commit; 50 ms are allowed */
	WORK_US = 25000, /* of it before the commit */
	SHORT_US = 5000, /* as much when somebody waits */
	LOOK_EVERY = 32, /* rows between two looks at the clock */
	TXN_CONTACTS =
	    4096, /* rows, while nobody waits: below, starting and ending cost more than they */
	TXN_PHONES = 8192,
	TXN_WISHES = 256
};

static int
read_ranges(struct people_run *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    r->db, "SELECT first, last FROM unfinished WHERE first <> :mine ORDER BY first", f);
	int n;

	bind_i(r->db, s, ":mine", r->first);
	r->ranges = 0;
	while ((n = db_step(r->db, s, f)) > 0) {
		if (r->ranges ==
		    RUN_RANGES) { /* too many to tell apart: all later ones are asked */
			r->range[RUN_RANGES - 1].last = INT64_MAX;
			continue;
		}
		r->range[r->ranges].first = col_i(s, 0);
		r->range[r->ranges++].last = col_i(s, 1);
	}
	return n;
}

static int
begin(struct people_run *r, struct fault *f)
{
	if (r->here)
		return read_ranges(r, f);
	if ((r->dry ? db_exec(r->db, "BEGIN", f) : db_begin(r->db, f)) < 0)
		return -1;
	return read_ranges(r, f);
}

static int
commit(struct people_run *r, struct fault *f)
{
	if (r->here)
		return 0;
	return r->dry ? db_exec(r->db, "COMMIT", f) : db_commit(r->db, f);
}

static void
rollback(struct people_run *r)
{
	struct fault ignored;

	if (r->here)
		return;
	if (!r->dry)
		db_rollback(r->db);
	else
		(void)db_exec(r->db, "ROLLBACK", &ignored);
}

static int
mark_unfinished(struct people_run *r, struct fault *f)
{
	sqlite3_stmt *s;

	if (!r->first || r->here)
		return 0;
	s = db_sql(r->db,
	    "INSERT INTO unfinished (first, last) VALUES (:first, :last)"
	    " ON CONFLICT (first) DO UPDATE SET last = :last",
	    f);
	bind_i(r->db, s, ":first", r->first);
	bind_i(r->db, s, ":last", r->last);
	return db_run(r->db, s, f);
}

static int
mark_finished(struct people_run *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(r->db, "DELETE FROM unfinished WHERE first = :first", f);

	bind_i(r->db, s, ":first", r->first);
	return db_run(r->db, s, f);
}

/* What a transaction is made of: one step does the first of n items, or some, and says how many. */
struct work {
	int (*step)(struct people_run *, const struct sort_item *, size_t n, struct fault *);
	int (*finish)(struct people_run *, struct fault *); /* before each commit; or null */
	size_t rows; /* of a transaction, at least, while nobody waits */
};

/* As many steps as a transaction may last. */
static int
steps(struct people_run *r, const struct work *w, size_t *done, struct fault *f)
{
	int64_t start = clock_real_us(), now;
	size_t looked = 0;

	*done = 0;
	while (r->next < r->b->items && (r->here || *done < r->rows)) {
		int n = w->step(r, &r->b->item[r->next], r->b->items - r->next, f);

		if (n < 0)
			return -1;
		r->next += (size_t)n;
		*done += (size_t)n;
		if (*done - looked < LOOK_EVERY || r->here)
			continue;
		looked = *done;
		now = clock_real_us();
		if ((*done >= w->rows && now > start + WORK_US) ||
		    (now > start + SHORT_US && db_is_waited_for(r->db)))
			break;
	}
	return w->finish ? w->finish(r, f) : 0;
}

static int
one_txn(struct people_run *r, const struct work *w, struct fault *f)
{
	int64_t start, took;
	size_t n;

	if (begin(r, f) < 0)
		goto bad;
	start = clock_real_us();
	if (steps(r, w, &n, f) < 0 || commit(r, f) < 0)
		goto bad;
	took = clock_real_us() - start;
	/* Half at most: on a busy machine one long wait says little about the next. */
	if (took > TXN_US)
		r->rows = n / 2;
	else if (n >= r->rows && took < TXN_US / 2)
		r->rows += r->rows / 2;
	if (r->rows < w->rows)
		r->rows = w->rows;
	return 0;
bad:
	rollback(r);
	return -1;
}

static int
all_txns(struct people_run *r, const struct work *w, struct fault *f)
{
	r->next = 0;
	r->rows = 2 * w->rows;
	while (r->next < r->b->items)
		if (one_txn(r, w, f) < 0)
			return -1;
	return 0;
}

static int
finish_phones(struct people_run *r, struct fault *f)
{
	if (r->here || !r->first || r->next < r->b->items)
		return 0;
	return mark_finished(r, f);
}

static int
put(struct db *db, struct people_batch *b, bool dry, bool here, struct fault *f)
{
	const struct work contacts = {run_put_contacts, dry ? NULL : mark_unfinished,
			      TXN_CONTACTS},
			  wishes = {run_put_wish, NULL, TXN_WISHES},
			  numbers = {run_put_numbers, finish_phones, TXN_PHONES};
	struct people_run r = {.db = db, .b = b, .dry = dry, .here = here, .expect_new = true};

	if (!b->rows)
		return 0;
	/* In order, a tree is not read back: the memory serves better as a larger batch. */
	if ((!here && db_exec(db, "PRAGMA cache_size = -6144", f) < 0) ||
	    run_prepare(&r, f) < 0)
		return -1;
	pack_sort_by_key(b);
	if (all_txns(&r, &contacts, f) < 0)
		return -1;
	if (dry)
		return 0;
	/* Who is new has no numbers yet, and so nobody could call in between; known ones have their rules. */
	if (awaited_any(db, &r.awaited, f) < 0)
		return -1;
	pack_gather_wishes(b, r.awaited);
	if ((b->reason || r.awaited) && all_txns(&r, &wishes, f) < 0)
		return -1;
	pack_sort_by_phone(b);
	return all_txns(&r, &numbers, f);
}

/* Ranges whose contacts all have their numbers by now. */
int
people_tidy(struct db *db, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "DELETE FROM unfinished WHERE NOT EXISTS (SELECT 1 FROM contact c"
	    " WHERE c.id BETWEEN unfinished.first AND unfinished.last AND c.source <> ''"
	    " AND NOT EXISTS (SELECT 1 FROM contact_phone p WHERE p.contact = c.id))",
	    f);

	return db_run(db, s, f);
}

int
people_batch_put(struct db *db, struct people_batch *b, bool dry, struct fault *f)
{
	return put(db, b, dry, false, f);
}

int
people_batch_put_here(struct db *db, struct people_batch *b, struct fault *f)
{
	return put(db, b, false, true, f);
}
