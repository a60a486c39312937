/*
 * add, remove: rules on and off; and lists, as a whole, off.
 */
#include "each.h"

#include "../tool.h"
#include "dnc_list.h"
#include "dnc_meant.h"
#include "mem.h"
#include "people.h"

enum { NOTES = 20 };

/* Somebody's opt-out in a call of another store is here a rule about the number. */
static int
may_add(struct each *e, struct dnc *d, struct fault *f)
{
	struct person p;
	int got = 1;

	if (d->kind == DNC_OPTOUT)
		d->kind = DNC_NUMBER;
	if (d->kind == DNC_CONTACT && (got = people_get(&e->t->db, d->value, &p, f)) < 0)
		return -1;
	return got ? 0 : fault(f, DATAERR, "there is no contact %lld", (long long)d->value);
}

/* What the options say goes before what a record says. */
static int
add(struct each *e, struct dnc *d, struct fault *f)
{
	const struct dnc_tool *t = e->t;
	int got;

	if (t->source || !*d->source)
		copy_text(d->source, sizeof d->source, t->source ? t->source : "person");
	if (t->reason)
		copy_text(d->reason, sizeof d->reason, t->reason);
	if (d->kind == DNC_NUMBER)
		note_unknown(e->t, d->value, "remove");
	got = dnc_put(&e->t->db, d, f);
	if (got > 0 && d->kind == DNC_PREFIX) {
		e->prefix = xrealloc(e->prefix, e->prefixes + 1, sizeof *e->prefix);
		e->prefix[e->prefixes++] = *d;
	}
	return got;
}

/* Whom a prefix means may be many: they are gone through when the rules are stored. */
static int
settle_prefixes(struct each *e, struct fault *f)
{
	for (size_t i = 0; i < e->prefixes; i++)
		if (dnc_meant_settle(&e->t->db, &e->prefix[i], f) < 0)
			return -1;
	return 0;
}

/* One of several rules is gone: whoever thinks that the number may be called now is told of the next. */
static int
note_rest(struct each *e, int64_t phone, struct fault *f)
{
	char text[PHONE_SIZE], what[PHONE_SIZE + DNC_LIST_NAME + 16];
	const struct dnc *d;

	if (each_find(e, phone, f) < 0)
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
may_take_off(struct each *e, struct dnc *d, struct fault *f)
{
	char text[PHONE_SIZE];

	(void)e;
	return d->kind != DNC_OPTOUT
	    ? 0
	    : fault(f, DATAERR,
		  "%s opted out in a call: a review alone takes that away "
		  "(outreach-dnc review --dismiss)",
		  phone_text(d->value, text));
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

int
verb_add(struct dnc_tool *t, char **numbers)
{
	static struct each e = {.look = may_add,
	    .act = add,
	    .writes = true,
	    .end = settle_prefixes,
	    .done = "added"};

	e.t = t;
	return each_number(&e, numbers);
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

static int
settle(struct each *e, struct fault *f)
{
	return dnc_settle(&e->t->db, f);
}

int
verb_remove(struct dnc_tool *t, char **numbers)
{
	static struct each e = {.look = may_take_off,
	    .act = take_off,
	    .writes = true,
	    .end = settle,
	    .done = "removed"};

	if (t->list)
		return remove_list(t);
	e.t = t;
	return each_number(&e, numbers);
}
