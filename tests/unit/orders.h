/*
 * orders: every order of a few things.
 */
#ifndef ORDERS_H
#define ORDERS_H

enum { ORDERS_MAX = 8 };

static void
orders_from(int *order, int from, int n, void (*each)(void *arg, const int *order), void *arg)
{
	if (from == n)
		each(arg, order);
	for (int i = from; i < n; i++) {
		int t = order[from];

		order[from] = order[i];
		order[i] = t;
		orders_from(order, from + 1, n, each, arg);
		order[i] = order[from];
		order[from] = t;
	}
}

/* Calls each with the indexes of n things (at most ORDERS_MAX) in every order, theirs first. */
static void
in_every_order(int n, void (*each)(void *arg, const int *order), void *arg)
{
	int order[ORDERS_MAX];

	for (int i = 0; i < n; i++)
		order[i] = i;
	orders_from(order, 0, n, each, arg);
}

#endif
