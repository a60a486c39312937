/*
 * dnc_list: numbers in order, some hundred a row as distances: a list of ten
 * million is some 25,000 rows, and a lookup is one seek.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "control.h"
#include "dnc_list.h"
#include "dnc_meant.h"
#include "journal.h"
#include "loop.h"
#include "mem.h"
#include "num.h"
#include "numset.h"
#include "schedule.h"

enum {
	BLOCK = 940,        /* bytes: four rows fill a page, and none overflows */
	TXN_US = 40 * 1000, /* a transaction takes at most, its commit included */
	TXN_ROWS = 64,      /* at the least */
	TXN_ROWS_MAX = 8192,
	PAGE = 64 /* rows of one read */
};

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

int
dnc_lists_check(struct db *db, const struct plan *plan, int64_t now, struct fault *f)
{
	char after[DNC_LIST_NAME] = "", until[32];
	struct dnc_list l;
	int got;

	while ((got = dnc_list_next(db, after, &l, f)) > 0)
		if ((!plan || dnc_plan_uses(plan, l.name)) && l.until <= now)
			return fault(f, REFUSED,
			    "the do-not-call list %s is too old since %s: nobody knows who is on it now (outreach-dnc import --list %s)",
			    l.name, num_instant_text(l.until, until), l.name);
	for (int i = 0; got == 0 && plan && i < plan->dnc_lists; i++) {
		int there = dnc_list_get(db, plan->dnc_list[i], &l, f);

		if (there < 0)
			return -1;
		if (there == 0)
			return fault(f, REFUSED,
			    "the do-not-call list %s was never imported (outreach-dnc import --list %s)",
			    plan->dnc_list[i], plan->dnc_list[i]);
	}
	return got;
}

/* ---- reading through ------------------------------------------------------------ */

struct block {
	int64_t first;
	unsigned char rest[BLOCK + DISTANCE_MAX];
	int len;
};

static int
read_page(struct db *db, int64_t list, int64_t after, struct block *b, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT first, rest FROM dnc_block WHERE list = :list AND first > :after"
	    " ORDER BY first LIMIT :limit",
	    f);
	int n, got = 0;

	bind_i(db, s, ":list", list);
	bind_i(db, s, ":after", after);
	bind_i(db, s, ":limit", PAGE);
	while ((n = db_step(db, s, f)) > 0) {
		b[got].first = col_i(s, 0);
		b[got].len = sqlite3_column_bytes(s, 1);
		if (b[got].len > (int)sizeof b[got].rest)
			b[got].len = (int)sizeof b[got].rest;
		if (b[got].len) /* of nothing SQLite gives a null pointer */
			memcpy(b[got].rest, sqlite3_column_blob(s, 1), (size_t)b[got].len);
		got++;
	}
	return n < 0 ? -1 : got;
}

int
dnc_list_runs(struct db *db, int64_t list,
    int (*cb)(void *, uint64_t, const unsigned char *, size_t, struct fault *), void *arg,
    struct fault *f)
{
	struct block *b = xmalloc(PAGE * sizeof *b);
	int64_t after = 0;
	int n, rc = 0;

	while (rc == 0 && (n = read_page(db, list, after, b, f)) != 0) {
		if (n < 0) {
			rc = -1;
			break;
		}
		after = b[n - 1].first;
		for (int i = 0; i < n && rc == 0; i++)
			rc = cb(arg, (uint64_t)b[i].first, b[i].rest, (size_t)b[i].len, f);
	}
	free(b);
	return rc;
}

struct each {
	int (*cb)(void *, int64_t, struct fault *);
	void *arg;
};

static int
each_number(void *arg, uint64_t x, const unsigned char *at, size_t len, struct fault *f)
{
	const struct each *e = arg;
	const unsigned char *end = at + len;
	int rc = e->cb(e->arg, (int64_t)x, f);
	uint64_t d;
	size_t took;

	for (; rc == 0 && (took = distance_get(at, end, &d)) > 0; at += took)
		rc = e->cb(e->arg, (int64_t)(x += d), f);
	return rc;
}

int
dnc_list_numbers(struct db *db, int64_t list, int (*cb)(void *, int64_t, struct fault *),
    void *arg, struct fault *f)
{
	struct each e = {cb, arg};

	return dnc_list_runs(db, list, each_number, &e, f);
}

/* ---- many transactions ------------------------------------------------------------ */

/*
 * Runs step, which does a row and says 1, 0 when nothing is left, -1, in transactions that are as
 * long as they may be; another writer gets in between.
 */
static int
in_transactions(struct db *db, int (*step)(void *, struct fault *), void *arg, struct fault *f)
{
	int limit = TXN_ROWS, got = 1;

	while (got > 0) {
		int64_t start, took;

		if (db_begin(db, f) < 0)
			return -1;
		start = clock_real_us();
		for (int i = 0; i < limit && (got = step(arg, f)) > 0; i++)
			if (i % 32 == 31 && clock_real_us() - start > TXN_US / 2)
				break;
		if (got < 0) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db, f) < 0)
			return -1;
		took = clock_real_us() - start;
		if (took > TXN_US && limit > TXN_ROWS)
			limit /= 2;
		else if (took < TXN_US / 2 && limit < TXN_ROWS_MAX)
			limit += limit / 2;
		/* flock does not hand over: without a pause the others would never come to it. */
		loop_sleep(1);
	}
	return 0;
}

/* ---- importing ---------------------------------------------------------------------- */

struct load {
	struct db *db;
	int64_t id, numbers;
	struct numset *set;
	uint64_t head; /* the number that starts the next block */
	bool more;
};

static int
start_load(struct load *l, const struct dnc_import *in, struct fault *f)
{
	struct db *db = l->db;
	sqlite3_stmt *s;

	/* Nobody else imports: what is loading was left by one that was killed. */
	if (db_run(db,
		db_sql(db, "UPDATE dnc_list SET state = 'over' WHERE state = 'loading'", f),
		f) < 0)
		return -1;
	s = db_sql(db,
	    "INSERT INTO dnc_list (name, state, as_of, max_age, numbers, at, actor)"
	    " VALUES (:name, 'loading', :as_of, :max_age, 0, :at, :actor)",
	    f);
	bind_t(db, s, ":name", in->name);
	bind_i(db, s, ":as_of", in->as_of);
	bind_or_null(db, s, ":max_age", in->max_age, 0);
	bind_i(db, s, ":at", clock_wall());
	bind_t(db, s, ":actor", db->actor);
	if (db_run(db, s, f) < 0)
		return -1;
	l->id = sqlite3_last_insert_rowid(db->s);
	return 0;
}

/* One block: as many numbers as it holds. */
static int
put_block(void *arg, struct fault *f)
{
	struct load *l = arg;
	unsigned char rest[BLOCK];
	uint64_t before = l->head, x = l->head;
	size_t len = 0;
	sqlite3_stmt *s;
	int got;

	if (!l->more)
		return 0;
	s = db_sql(l->db,
	    "INSERT INTO dnc_block (list, first, rest) VALUES (:list, :first, :rest)", f);
	bind_i(l->db, s, ":list", l->id);
	bind_i(l->db, s, ":first", (int64_t)l->head);
	l->numbers++;
	while ((got = numset_next(l->set, &x, f)) > 0 && len + DISTANCE_MAX <= sizeof rest) {
		len += distance_put(rest + len, x - before);
		before = x;
		l->numbers++;
	}
	l->head = x;
	l->more = got > 0;
	bind_b(l->db, s, ":rest", rest, len);
	return got < 0 || db_run(l->db, s, f) < 0 ? -1 : 1;
}

static int
journal_files(struct db *db, const struct dnc_import *in, int64_t numbers, struct fault *f)
{
	char at[32];

	for (size_t i = 0; i < in->files; i++) {
		const struct dnc_file *file = &in->file[i];
		struct entry e = {.at = clock_wall(), .kind = "dnc.imported", .source = "file"};
		struct buf fact = {0}, body = {0}, name = {0};
		int rc;

		buf_member(&fact, "list", in->name);
		buf_member(&fact, "as_of", num_instant_text(in->as_of, at));
		if (in->max_age)
			buf_member_i(&fact, "max_age_ms", in->max_age);
		buf_member_i(&fact, "update", in->update);
		buf_member_i(&fact, "read", (int64_t)file->numbers);
		buf_member_i(&fact, "refused", (int64_t)file->refused);
		buf_member_i(&fact, "numbers", numbers);
		buf_member(&fact, "sha256", file->sha256);
		buf_addc(&fact, '}');
		buf_utf8(&name, file->name);
		buf_member(&body, "file", name.p);
		buf_release(&name);
		buf_addc(&body, '}');
		e.fact = fact.p;
		e.body = body.p;
		rc = journal_add(db, &e, f);
		buf_release(&fact);
		buf_release(&body);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int
set_state(struct db *db, int64_t id, const char *state, int64_t numbers, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "UPDATE dnc_list SET state = :state, numbers = :numbers WHERE id = :id", f);

	bind_i(db, s, ":id", id);
	bind_t(db, s, ":state", state);
	bind_i(db, s, ":numbers", numbers);
	return db_run(db, s, f);
}

/* The one transaction in which the new list takes over. */
static int
take_over(
    struct load *l, const struct dnc_import *in, const struct dnc_list *before, struct fault *f)
{
	if (db_begin(l->db, f) < 0)
		return -1;
	if ((before->id && set_state(l->db, before->id, "over", before->numbers, f) < 0) ||
	    set_state(l->db, l->id, "in_force", l->numbers, f) < 0 ||
	    journal_files(l->db, in, l->numbers, f) < 0 ||
	    (before->id && dnc_mark_settle(l->db, f) < 0)) {
		db_rollback(l->db);
		return -1;
	}
	return db_commit(l->db, f);
}

static int
add_to_set(void *arg, int64_t phone, struct fault *f)
{
	return numset_add(arg, (uint64_t)phone, f);
}

static int
begin_load(
    struct load *l, const struct dnc_import *in, struct dnc_list *before, struct fault *f)
{
	char date[32];
	int got = dnc_list_get(l->db, in->name, before, f);

	if (got < 0)
		return -1;
	if (got == 0)
		memset(before, 0, sizeof *before);
	if (before->id && before->as_of > in->as_of)
		return fault(f, REFUSED,
		    "the list %s in force is of %.10s, later than this one (outreach-dnc remove --list %s takes it out)",
		    in->name, num_instant_text(before->as_of, date), in->name);
	if (before->id && in->update &&
	    dnc_list_numbers(l->db, before->id, add_to_set, l->set, f) < 0)
		return -1;
	if (numset_rewind(l->set, f) < 0 || (got = numset_next(l->set, &l->head, f)) < 0)
		return -1;
	if (got == 0)
		return fault(f, DATAERR, "there is no number in it; the list %s stays as it is",
		    in->name);
	l->more = true;
	if (db_begin(l->db, f) < 0)
		return -1;
	if (start_load(l, in, f) < 0) {
		db_rollback(l->db);
		return -1;
	}
	return db_commit(l->db, f);
}

/* ---- lists that are over --------------------------------------------------------------- */

static int
drop_block(void *arg, struct fault *f)
{
	struct load *l = arg;
	sqlite3_stmt *s = db_sql(l->db,
	    "DELETE FROM dnc_block WHERE list = :list AND first ="
	    " (SELECT first FROM dnc_block WHERE list = :list ORDER BY first LIMIT 1)",
	    f);

	bind_i(l->db, s, ":list", l->id);
	return db_run(l->db, s, f) < 0 ? -1 : sqlite3_changes(l->db->s) > 0;
}

static int
empty_lists(struct db *db, struct fault *f)
{
	struct load l = {.db = db};

	for (;;) {
		sqlite3_stmt *s =
		    db_sql(db, "SELECT id FROM dnc_list WHERE state = 'over' LIMIT 1", f);

		if (db_one(db, s, 0, &l.id, f) < 0)
			return -1;
		if (!l.id)
			return 0;
		if (in_transactions(db, drop_block, &l, f) < 0 || db_begin(db, f) < 0)
			return -1;
		s = db_sql(db, "UPDATE dnc_list SET state = 'emptied' WHERE id = :id", f);
		bind_i(db, s, ":id", l.id);
		if (db_run(db, s, f) < 0) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db, f) < 0)
			return -1;
	}
}

int
dnc_settle(struct db *db, struct fault *f)
{
	int64_t campaign = 0;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT min(campaign) FROM rebuild WHERE reason = 'dnc' AND campaign > :after",
		    f);

		bind_i(db, s, ":after", campaign);
		if (db_one(db, s, 0, &campaign, f) < 0)
			return -1;
		if (!campaign)
			return 0;
		if (schedule_rebuild(db, campaign, f) < 0)
			return -1;
	}
}

/* One import or removal at a time. */
static int
only_one(struct db *db, struct owner *lock, struct fault *f)
{
	int got = owner_only(db, "dnc-list", lock, f);

	if (got == 0)
		return fault(f, TEMPFAIL,
		    "another import of a do-not-call list is under way; try again");
	return got < 0 ? -1 : 0;
}

int
dnc_list_import(struct db *db, const struct dnc_import *in, struct numset *numbers,
    struct dnc_list *now, struct fault *f)
{
	struct load l = {.db = db, .set = numbers};
	struct dnc rule = {.kind = DNC_LIST};
	struct dnc_list before;
	struct owner lock;
	int rc = -1;

	if (only_one(db, &lock, f) < 0)
		return -1;
	if (begin_load(&l, in, &before, f) == 0 && in_transactions(db, put_block, &l, f) == 0 &&
	    take_over(&l, in, &before, f) == 0 && dnc_recheck_claims(db, f) == 0 &&
	    dnc_settle(db, f) == 0 && empty_lists(db, f) == 0 &&
	    dnc_list_get(db, in->name, now, f) > 0) {
		rule.value = now->id;
		rc = dnc_meant_settle(db, &rule, f);
	}
	owner_release(&lock);
	return rc;
}

static int
journal_removal(struct db *db, const char *name, const char *reason, struct fault *f)
{
	struct entry e = {.at = clock_wall(), .kind = "dnc.list_removed", .source = "tool"};
	struct buf fact = {0};
	int rc;

	buf_member(&fact, "list", name);
	buf_member(&fact, "reason", reason);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	rc = journal_add(db, &e, f);
	buf_release(&fact);
	return rc;
}

int
dnc_list_remove(struct db *db, const char *name, const char *reason, struct fault *f)
{
	struct dnc_list l;
	struct owner lock;
	int got = -1;

	if (only_one(db, &lock, f) < 0)
		return -1;
	if (db_begin(db, f) < 0)
		goto out;
	if ((got = dnc_list_get(db, name, &l, f)) > 0 &&
	    (set_state(db, l.id, "over", l.numbers, f) < 0 ||
		journal_removal(db, name, reason, f) < 0 || dnc_mark_settle(db, f) < 0))
		got = -1;
	if (got < 0)
		db_rollback(db);
	else if (db_commit(db, f) < 0 || dnc_settle(db, f) < 0 || empty_lists(db, f) < 0)
		got = -1;
out:
	owner_release(&lock);
	return got;
}
