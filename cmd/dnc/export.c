/*
 * export: numbers for other tools: the rules of this store as numbers, and
 * imported lists that are named.
 */
#include "verbs.h"

#include "../tool.h"
#include "dnc_list.h"
#include "mem.h"
#include "numset.h"
#include "people.h"
#include "phone.h"
#include "word.h"

enum { PAGE = 200, LARGE = 64 << 10 };

struct exporting {
	struct dnc_tool *t;
	bool records;
	struct numset *set; /* lines: each number once, in order, whoever said so */
	struct buf out;
	struct dnc list; /* of the numbers at hand */
};

static int
leave(struct exporting *x, struct fault *f)
{
	return x->out.len > LARGE ? out_flush(&x->out, f) : 0;
}

/* All numbers that a person has now. */
static int
numbers_of(struct exporting *x, int64_t contact, struct fault *f)
{
	struct person p;
	int got = people_get(&x->t->db, contact, &p, f);

	for (int i = 0; got > 0 && i < p.phones; i++)
		if (numset_add(x->set, (uint64_t)p.phone[i], f) < 0)
			return -1;
	return got < 0 ? -1 : 0;
}

static int
one_rule(struct exporting *x, const struct dnc *d, struct fault *f)
{
	char digits[PHONE_SIZE];

	if (d->value < 0)
		return 0; /* of a forgotten number: means nothing elsewhere */
	if (x->records)
		return dnc_record(&x->t->db, &x->out, d, 0, f) < 0 ? -1 : leave(x, f);
	if (d->kind == DNC_CONTACT)
		return numbers_of(x, d->value, f);
	if (d->kind == DNC_NUMBER || d->kind == DNC_OPTOUT)
		return numset_add(x->set, (uint64_t)d->value, f);
	buf_printf(&x->out, "%s*\n", phone_text(d->value, digits));
	return leave(x, f);
}

static int
one_listed(void *arg, int64_t phone, struct fault *f)
{
	struct exporting *x = arg;

	if (!x->records)
		return numset_add(x->set, (uint64_t)phone, f);
	if (dnc_record(&x->t->db, &x->out, &x->list, phone, f) < 0)
		return -1;
	return leave(x, f);
}

static int
rules(struct exporting *x, int64_t campaign, struct fault *f)
{
	static struct dnc page[PAGE], after;
	int n;

	while ((n = dnc_page(&x->t->db, &after, page, PAGE, f)) > 0)
		for (int i = 0; i < n; i++)
			if ((page[i].campaign == 0 || page[i].campaign == campaign) &&
			    one_rule(x, &page[i], f) < 0)
				return -1;
	return n;
}

static int
lists(struct exporting *x, struct fault *f)
{
	const struct arg_list *names = &x->t->lists;

	for (size_t i = 0; i < names->n; i++) {
		struct dnc_list l;
		int got = dnc_list_get(&x->t->db, names->value[i], &l, f);

		if (got < 0)
			return -1;
		if (got == 0)
			return fault(f, DATAERR,
			    "there is no list %s (outreach-dnc lists shows them)",
			    names->value[i]);
		x->list = (struct dnc){.kind = DNC_LIST, .value = l.id, .at = l.at};
		copy_text(x->list.list, sizeof x->list.list, l.name);
		copy_text(x->list.source, sizeof x->list.source, l.name);
		copy_text(x->list.actor, sizeof x->list.actor, l.actor);
		if (dnc_list_numbers(&x->t->db, l.id, one_listed, x, f) < 0)
			return -1;
	}
	return 0;
}

static int
lines(struct exporting *x, struct fault *f)
{
	char digits[PHONE_SIZE];
	uint64_t phone;
	int got;

	if (numset_rewind(x->set, f) < 0)
		return -1;
	while ((got = numset_next(x->set, &phone, f)) > 0) {
		buf_adds(&x->out, phone_text((int64_t)phone, digits));
		buf_addc(&x->out, '\n');
		if (leave(x, f) < 0)
			return -1;
	}
	return got;
}

static int export(struct exporting *x, struct fault *f)
{
	static const char *const formats[] = {"ndjson", "lines", NULL};
	const struct plan *plan;
	int64_t campaign;

	if (word_check("--format", x->t->format, formats, f) < 0)
		return -1;
	x->records = !x->t->format || *x->t->format == 'n';
	if (find_campaign(x->t, &campaign, &plan, f) < 0)
		return -1;
	/* A list that is named is asked for alone. */
	if ((!x->t->lists.n || campaign) && rules(x, campaign, f) < 0)
		return -1;
	if (lists(x, f) < 0 || (!x->records && lines(x, f) < 0))
		return -1;
	return out_flush(&x->out, f);
}

int
verb_export(struct dnc_tool *t, char **none)
{
	struct exporting x = {.t = t, .set = numset_new()};
	struct fault f;
	int rc = export(&x, &f);

	(void)none;
	numset_free(x.set);
	buf_release(&x.out);
	return rc < 0 ? tool_fail(&f) : OK;
}
