/*
 * each: rules are gathered and done a batch at a time.
 */
#include "each.h"

#include <stdlib.h>

#include "../tool.h"
#include "dnc_list.h"
#include "mem.h"
#include "people.h"

/* ---- what speaks against a number ------------------------------------------------ */

/* Rules are gathered: the store is not asked while it answers. */
static int
gather(void *arg, const struct dnc *d, struct fault *f)
{
	struct each *e = arg;

	(void)f;
	if (d->kind == DNC_LIST && e->plan && !dnc_plan_uses(e->plan, d->list))
		return 0;
	if (e->n == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 8;
		e->found = xrealloc(e->found, e->cap, sizeof *e->found);
	}
	e->found[e->n++] = *d;
	return 0;
}

int
each_find(struct each *e, int64_t phone, struct fault *f)
{
	int64_t campaign = e->campaign ? e->campaign : DNC_ANY_CAMPAIGN;

	e->n = 0;
	return dnc_match(&e->t->db, phone, campaign, true, gather, e, f) < 0 ? -1 : 0;
}

/* ---- many of them -------------------------------------------------------------- */

static int
act_on_all(struct each *e, uint64_t *hits, struct fault *f)
{
	for (size_t i = 0; i < e->pending; i++) {
		int got = e->act(e, &e->rule[i], f);

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
	/* A wrong line may be passed over, but not a batch of others. */
	e->in.keep_going &= rc == 0;
	return rc < 0 ? -1 : out_flush(&e->out, f);
}

static int
take(void *ctx, const struct dnc *d, struct fault *f)
{
	struct each *e = ctx;
	struct dnc *mine = &e->rule[e->pending];

	*mine = *d;
	if (e->look && e->look(e, mine, f) < 0)
		return -1;
	e->pending++;
	return e->pending == EACH_BATCH ? flush(e, f) : 0;
}

/* The people of --contact: a rule each, or to check every number. */
static int
take_contacts(struct each *e, struct fault *f)
{
	const struct arg_list *list = &e->t->contacts;

	for (size_t i = 0; i < list->n; i++) {
		struct dnc d = {.kind = DNC_CONTACT, .campaign = e->campaign};
		struct person p;
		int got = 1;

		if (num_parse("--contact", list->value[i], 1, INT64_MAX, &d.value, f) < 0) {
			f->code = USAGE;
			return -1;
		}
		if (e->writes) {
			if (take(e, &d, f) < 0)
				return -1;
			continue;
		}
		if ((got = people_get(&e->t->db, d.value, &p, f)) <= 0)
			return got < 0
			    ? -1
			    : fault(f, DATAERR, "there is no contact %lld", (long long)d.value);
		d.kind = DNC_NUMBER;
		for (int j = 0; j < p.phones; j++) {
			d.value = p.phone[j];
			if (take(e, &d, f) < 0)
				return -1;
		}
	}
	return 0;
}

static int
go(struct each *e, char **operands, struct fault *f)
{
	struct numbers *in = &e->in;
	struct fault other;
	int rc;

	if (check_region(e->t, f) < 0 || find_campaign(e->t, &e->campaign, &e->plan, f) < 0)
		return -1;
	in->campaign = e->campaign;
	in->region = e->t->region;
	rc = take_contacts(e, f);
	if (rc == 0 && (*operands || !e->t->contacts.n))
		return numbers_from(in, operands, f);
	if (flush(e, &other) < 0) {
		*f = other;
		return -1;
	}
	return rc;
}

int
each_number(struct each *e, char **operands)
{
	struct fault f;
	int rc;

	e->in = (struct numbers){.db = &e->t->db,
	    .ctx = e,
	    .take = take,
	    .flush = flush,
	    .report = tool_report,
	    .keep_going = e->t->keep_going,
	    .prefixes = e->t->prefix,
	    .people = e->writes};
	rc = go(e, operands, &f);
	if (rc == 0 && e->end)
		rc = e->end(e, &f);
	buf_release(&e->out);
	free(e->found);
	free(e->prefix);
	note_unknown_end(e->t);
	if (e->done && !e->t->quiet)
		fprintf(stderr, TOOL ": %llu %s, %llu were so before\n",
		    (unsigned long long)e->hits, e->done,
		    (unsigned long long)(e->numbers - e->hits));
	/* A list that is too old cannot say that a number is not on it. */
	if (rc == 0 && !e->done && !e->hits)
		rc = dnc_lists_check(&e->t->db, e->plan, clock_wall(), &f);
	if (rc < 0)
		return tool_fail(&f);
	return e->in.refused || (!e->done && e->hits) ? SOME : OK;
}
