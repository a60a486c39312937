/*
 * add, remove, check: something for each number, prefix or person of the
 * options, the operands or standard input. What changes is changed in
 * transactions of at most 256 rules, and records leave behind the commit.
 */
#include "verbs.h"

#include <stdlib.h>

#include "../tool.h"
#include "dnc_list.h"
#include "mem.h"
#include "numbers.h"
#include "people.h"

enum { BATCH = 256, NOTES = 20 };

struct each {
	struct dnc_tool *t;
	int (*act)(struct each *, struct dnc *,
	    struct fault *); /* 1: changed, or speaks against it; 0; -1 */
	bool writes;
	int64_t campaign;
	const struct plan *plan; /* of the campaign; or null */
	struct dnc rule[BATCH];
	size_t pending;
	uint64_t numbers, hits, noted;
	struct buf out;
	struct dnc *found; /* what speaks against one number */
	size_t n, cap;
};

/* ---- what is done ---------------------------------------------------------------- */

static int
add(struct each *e, struct dnc *d, struct fault *f)
{
	const struct dnc_tool *t = e->t;

	copy_text(d->source, sizeof d->source, t->source ? t->source : "person");
	copy_text(d->reason, sizeof d->reason, t->reason ? t->reason : "");
	if (d->kind == DNC_NUMBER)
		note_unknown(e->t, d->value, "remove");
	return dnc_put(&e->t->db, d, f);
}

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

/* One of several rules is gone: whoever thinks that the number may be called now is told of the next. */
static int
note_rest(struct each *e, int64_t phone, struct fault *f)
{
	char text[PHONE_SIZE], what[PHONE_SIZE + DNC_LIST_NAME + 16];
	const struct dnc *d;

	e->n = 0;
	if (dnc_match(&e->t->db, phone, e->campaign ? e->campaign : DNC_ANY_CAMPAIGN, true,
		gather, e, f) < 0)
		return -1;
	if (!e->n || e->noted++ >= NOTES)
		return 0;
	d = e->found;
	if (d->kind == DNC_PREFIX)
		snprintf(what, sizeof what, "the prefix +%lld*", (long long)d->value);
	else if (d->kind == DNC_CONTACT)
		snprintf(what, sizeof what, "contact %lld", (long long)d->value);
	else if (d->kind == DNC_LIST)
		snprintf(what, sizeof what, "the list %s", d->list);
	else
		snprintf(what, sizeof what, "%s",
		    d->kind == DNC_OPTOUT ? "an opt-out" : "a campaign's rule");
	fprintf(stderr,
	    TOOL
	    ": note: %s is still not called, because of %s (outreach-dnc check shows all)\n",
	    phone_text(phone, text), what);
	return 0;
}

static int
take_off(struct each *e, struct dnc *d, struct fault *f)
{
	int got;

	copy_text(d->reason, sizeof d->reason, e->t->reason ? e->t->reason : "");
	if ((got = dnc_drop(&e->t->db, d, f)) < 0)
		return -1;
	return d->kind == DNC_NUMBER && note_rest(e, d->value, f) < 0 ? -1 : got;
}

static int
check(struct each *e, struct dnc *d, struct fault *f)
{
	int64_t campaign = e->campaign ? e->campaign : DNC_ANY_CAMPAIGN;

	e->n = 0;
	if (dnc_match(&e->t->db, d->value, campaign, true, gather, e, f) < 0)
		return -1;
	for (size_t i = 0; i < e->n; i++)
		if (dnc_record(&e->t->db, &e->out, &e->found[i], d->value, f) < 0)
			return -1;
	return e->n > 0;
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
	return rc < 0 ? -1 : out_flush(&e->out, f);
}

static int
take(void *ctx, const struct dnc *d, struct fault *f)
{
	struct each *e = ctx;

	e->rule[e->pending++] = *d;
	return e->pending == BATCH ? flush(e, f) : 0;
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
go(struct each *e, struct numbers *in, char **operands, struct fault *f)
{
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

/* done: what hits counts, for the summary; null: the records say it. */
static int
each_number(struct each *e, const char *done, char **operands)
{
	struct numbers in = {.db = &e->t->db,
	    .ctx = e,
	    .take = take,
	    .flush = flush,
	    .report = tool_report,
	    .keep_going = e->t->keep_going,
	    .prefixes = e->t->prefix,
	    .people = e->writes};
	struct fault f;
	int rc = go(e, &in, operands, &f);

	if (rc == 0 && e->act == take_off)
		rc = dnc_settle(&e->t->db, &f);
	buf_release(&e->out);
	free(e->found);
	note_unknown_end(e->t);
	if (done && !e->t->quiet)
		fprintf(stderr, TOOL ": %llu %s, %llu were so before\n",
		    (unsigned long long)e->hits, done,
		    (unsigned long long)(e->numbers - e->hits));
	/* A list that is too old cannot say that a number is not on it. */
	if (rc == 0 && !done && !e->hits)
		rc = dnc_lists_check(&e->t->db, e->plan, clock_wall(), &f);
	if (rc < 0)
		return tool_fail(&f);
	return in.refused || (!done && e->hits) ? SOME : OK;
}

int
verb_add(struct dnc_tool *t, char **numbers)
{
	static struct each e = {.act = add, .writes = true};

	e.t = t;
	return each_number(&e, "added", numbers);
}

static int
remove_list(struct dnc_tool *t)
{
	struct fault f;
	int got = dnc_list_remove(&t->db, t->list, t->reason, &f);

	if (got == 0)
		got = fault(&f, DATAERR, "there is no list %s (outreach-dnc lists shows them)",
		    t->list);
	if (got < 0)
		return tool_fail(&f);
	if (!t->quiet)
		fprintf(stderr, TOOL ": the list %s is out of force\n", t->list);
	return OK;
}

int
verb_remove(struct dnc_tool *t, char **numbers)
{
	static struct each e = {.act = take_off, .writes = true};

	if (t->list)
		return remove_list(t);
	e.t = t;
	return each_number(&e, "removed", numbers);
}

int
verb_check(struct dnc_tool *t, char **numbers)
{
	static struct each e = {.act = check};

	e.t = t;
	return each_number(&e, NULL, numbers);
}
