/*
 * check: a record for each rule and list that speaks against a number.
 */
#include "each.h"

static int
check(struct each *e, struct dnc *d, struct fault *f)
{
	if (each_find(e, d->value, f) < 0)
		return -1;
	for (size_t i = 0; i < e->n; i++)
		if (dnc_record(&e->t->db, &e->out, &e->found[i], d->value, f) < 0)
			return -1;
	return e->n > 0;
}

int
verb_check(struct dnc_tool *t, char **numbers)
{
	static struct each e = {.act = check};

	e.t = t;
	return each_number(&e, numbers);
}
