/*
 * add, remove, check: something for each number of the operands or standard
 * input. What changes is changed in transactions of at most 256 numbers, and
 * records leave behind the commit.
 */
#include "verbs.h"

#include "../tool.h"
#include "numbers.h"

enum { BATCH = 256 };

struct each {
	struct dnc_tool *t;
	/* 1: changed, or listed; 0; -1 */
	int (*act)(struct each *, int64_t phone, struct fault *);
	bool writes;
	int64_t phone[BATCH];
	size_t pending;
	uint64_t numbers, hits;
	struct buf out;
};

/* ---- what is done to one number --------------------------------------------- */

static int
add(struct each *e, int64_t phone, struct fault *f)
{
	const char *source = e->t->source ? e->t->source : "person";

	return dnc_add(&e->t->db, phone, source, e->t->reason, f);
}

static int
take_off(struct each *e, int64_t phone, struct fault *f)
{
	return dnc_remove(&e->t->db, phone, e->t->reason, f);
}

static int
check(struct each *e, int64_t phone, struct fault *f)
{
	struct dnc d;
	int got = dnc_get(&e->t->db, phone, &d, f);

	if (got <= 0)
		return got;
	return dnc_record(&e->t->db, &e->out, &d, phone, f) < 0 ? -1 : 1;
}

/* ---- many of them -------------------------------------------------------------- */

static int
act_on_all(struct each *e, uint64_t *hits, struct fault *f)
{
	for (size_t i = 0; i < e->pending; i++) {
		int got = e->act(e, e->phone[i], f);

		if (got < 0)
			return -1;
		*hits += (uint64_t)got;
	}
	return 0;
}

/* What was gathered, in one transaction if it changes anything; then the records leave. */
static int
flush(void *ctx, struct fault *f)
{
	struct each *e = ctx;
	bool writes = e->writes && e->pending;
	uint64_t hits = 0;
	int rc = writes ? db_begin(&e->t->db, f) : 0;

	if (rc == 0)
		rc = act_on_all(e, &hits, f);
	if (rc == 0 && writes)
		rc = db_commit(&e->t->db, f);
	db_rollback(&e->t->db);
	e->numbers += rc == 0 ? e->pending : 0;
	e->hits += rc == 0 ? hits : 0;
	e->pending = 0;
	return rc < 0 ? -1 : out_flush(&e->out, f);
}

static int
take(void *ctx, int64_t phone, struct fault *f)
{
	struct each *e = ctx;

	e->phone[e->pending++] = phone;
	return e->pending == BATCH ? flush(e, f) : 0;
}

/* done: what hits counts, for the summary; null: the records say it. */
static int
each_number(struct each *e, const char *done, char **operands)
{
	struct numbers in = {.ctx = e,
	    .take = take,
	    .flush = flush,
	    .report = tool_report,
	    .keep_going = e->t->keep_going};
	struct fault f;
	int rc = numbers_from(&in, operands, &f);

	buf_release(&e->out);
	if (done && !e->t->quiet)
		fprintf(stderr, TOOL ": %llu %s, %llu were so before\n",
		    (unsigned long long)e->hits, done,
		    (unsigned long long)(e->numbers - e->hits));
	if (rc < 0)
		return tool_fail(&f);
	return in.refused || (!done && e->hits) ? SOME : OK;
}

int
verb_add(struct dnc_tool *t, char **numbers)
{
	struct each e = {.t = t, .act = add, .writes = true};

	return each_number(&e, "added", numbers);
}

int
verb_remove(struct dnc_tool *t, char **numbers)
{
	struct each e = {.t = t, .act = take_off, .writes = true};

	return each_number(&e, "removed", numbers);
}

int
verb_check(struct dnc_tool *t, char **numbers)
{
	struct each e = {.t = t, .act = check};

	return each_number(&e, NULL, numbers);
}
