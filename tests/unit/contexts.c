/*
 * contexts: put, alias, give, drop; a receipt for each text that was given.
 */
#include <stdlib.h>

#include "contexts.h"
#include "mem.h"
#include "tap.h"

static struct uuid
id_of(unsigned n)
{
	struct uuid id = {{0}};

	memcpy(id.b, &n, sizeof(n));
	return id;
}

static void
test_one(void)
{
	struct contexts *k = contexts_new();
	struct uuid call = id_of(1), other = id_of(2);
	struct receipt *r;
	struct buf b = {0};
	size_t n;

	ok(!contexts_give(k, &call, 5, &b), "nothing is there");
	ok(!contexts_receipts(k, &n) && n == 0, "nor a receipt");
	contexts_put(k, &call, SLICE("Say \"hello\"\n"));
	contexts_alias(k, &other, &call);
	ok(contexts_give(k, &other, 5, &b), "under another id");
	is_str(b.p, "{\"system\":\"Say \\\"hello\\\"\\n\"}\n", "its text as JSON");
	ok(contexts_give(k, &call, 6, &b), "under its own");
	r = contexts_receipts(k, &n);
	ok(n == 1 && r[0].at == 5 && memcmp(&r[0].call, &call, sizeof(call)) == 0,
	    "one receipt, of the first time, for the call");
	ok(!contexts_receipts(k, &(size_t){0}), "it is taken");
	contexts_give_back(k, r, n);
	free(r);
	free(contexts_receipts(k, &n));
	is_int((int64_t)n, 1, "given back it comes again");
	contexts_put(k, &call, SLICE("Another."));
	ok(contexts_give(k, &call, 9, &b), "another text");
	free(contexts_receipts(k, &n));
	is_int((int64_t)n, 1, "has a receipt of its own");
	contexts_drop(k, &other);
	ok(contexts_has(k, &call), "another id does not end the call");
	contexts_drop(k, &call);
	ok(!contexts_has(k, &call) && !contexts_has(k, &other), "the call's ends both");
	contexts_drop(k, &call);
	is_int((int64_t)contexts_count(k), 0, "none is left");
	contexts_alias(k, &other, &call);
	ok(!contexts_has(k, &other), "an alias of nothing");
	buf_release(&b);
	contexts_free(k);
}

static void
test_many(void)
{
	enum { MANY = 20000 };
	struct contexts *k = contexts_new();
	struct buf b = {0};
	int good = 0;

	for (unsigned i = 0; i < MANY; i++) {
		struct uuid id = id_of(i), alias = id_of(i + MANY);

		contexts_put(k, &id, SLICE("x"));
		contexts_alias(k, &alias, &id);
	}
	for (unsigned i = 0; i < 2 * MANY; i++) {
		struct uuid id = id_of(i);

		good += contexts_has(k, &id);
	}
	is_int(good, 2 * MANY, "all of many are found");
	for (unsigned i = 0; i < MANY; i += 2) {
		struct uuid id = id_of(i);

		contexts_drop(k, &id);
	}
	is_int((int64_t)contexts_count(k), MANY / 2, "half are dropped");
	good = 0;
	for (unsigned i = 0; i < 2 * MANY; i++) {
		struct uuid id = id_of(i);

		good += contexts_has(k, &id) == (i % 2 == 1);
	}
	is_int(good, 2 * MANY, "and the others stay");
	buf_release(&b);
	contexts_free(k);
}

static void
test_key(void)
{
	static const struct {
		const char *text;
		int want;
	} table[] = {{"0195f5f0-0000-7000-8000-00000000000a", 0},
	    {"0195F5F0-0000-7000-8000-00000000000A", 0},
	    {" 0195f5f0-0000-7000-8000-00000000000a\t", 0}, {"", -1}, {" ", -1},
	    {"0195f5f0-0000-7000-8000-00000000000", -1},
	    {"0195f5f0-0000-7000-8000-00000000000a x", -1},
	    {"0195f5f0000070008000000000000000000a", -1}};
	struct uuid id;

	for (size_t i = 0; i < COUNT(table); i++)
		is_int(context_key(table[i].text, &id), table[i].want, table[i].text);
}

int
main(void)
{
	test_one();
	test_many();
	test_key();
	return done_testing();
}
