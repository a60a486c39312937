/*
 * call: the join commutes, associates and repeats without harm: all orders of
 * every set of up to seven kinds of event with duplicates, 100,000 random
 * longer ones; orphans merged at any point; unknown left by an ending alone.
 */
#include <limits.h>

#include "call.h"
#include "mem.h"
#include "tap.h"

static uint64_t seed = 20261123;

static uint64_t
draw(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static const struct uuid some_id = {{1, 2, 3}};

static struct call
fresh(void)
{
	struct call c;

	call_init(&c, &some_id);
	return c;
}

static bool
equal(const struct call *a, const struct call *b)
{
	return memcmp(&a->id, &b->id, sizeof(a->id)) == 0 && a->rank == b->rank &&
	    memcmp(a->at, b->at, sizeof(a->at)) == 0 && a->disposition == b->disposition &&
	    a->cause == b->cause && a->tech_cause == b->tech_cause &&
	    a->talk_ms == b->talk_ms && a->ring_ms == b->ring_ms &&
	    a->end_source == b->end_source && a->end_key == b->end_key &&
	    a->watched == b->watched && a->line_closed == b->line_closed &&
	    a->line_open == b->line_open;
}

static bool watched; /* whether the intents say that the exchange tells of the line */

static bool
join(struct call *c, const struct call_event *e)
{
	if (watched && e->rank == RANK_INTENT)
		call_watch(c);
	return call_join(c, e);
}

static struct call
join_all(const struct call_event *e, const int *order, int n)
{
	struct call c = fresh();

	for (int i = 0; i < n; i++)
		join(&c, &e[order[i]]);
	return c;
}

/* An event of any kind; few distinct values, so that they meet and conflict. */
static struct call_event
any_event(void)
{
	struct call_event e = {.rank = (enum call_rank)draw(RANK_ENDED + 1),
	    .at = (int64_t)draw(4) * 1000,
	    .source = (enum call_source)draw(4),
	    .key = draw(3),
	    .line_closed = draw(8) == 0};

	if (e.rank == RANK_ENDED) {
		e.disposition = (enum disposition)draw(DISP_COUNT);
		e.cause = draw(9) ? (int)draw(20) - 1 : INT_MAX;
		e.tech_cause = draw(2) ? 0 : 480 + (int)draw(9);
		e.talk_ms = (int)draw(3) - 1;
		e.ring_ms = (int)draw(3) - 1;
	}
	return e;
}

static bool
invariants(const struct call *c)
{
	bool over = c->rank == RANK_ENDED;

	if (c->line_open !=
		(c->rank >= RANK_INTENT && !c->line_closed && (!over || c->watched)) ||
	    (over && c->end_source != FROM_WEBHOOK && !c->line_closed))
		return false;
	if (c->rank == RANK_UNKNOWN)
		return c->disposition == DISP_UNKNOWN && c->cause == -1;
	return over ? c->disposition != DISP_NONE
		    : c->disposition == DISP_NONE && c->talk_ms == -1;
}

/* Every order of the n events, by swapping (Heap's way), against the first. */
static bool
all_orders(const struct call_event *e, int n, long *orders)
{
	int order[8] = {0, 1, 2, 3, 4, 5, 6, 7}, at[8] = {0}, k = 0, other, swap;
	struct call want = join_all(e, order, n), got;

	while (k < n) {
		if (at[k] >= k) {
			at[k++] = 0;
			continue;
		}
		other = k % 2 == 0 ? 0 : at[k];
		swap = order[other];
		order[other] = order[k];
		order[k] = swap;
		got = join_all(e, order, n);
		(*orders)++;
		if (!equal(&got, &want))
			return false;
		at[k]++;
		k = 0;
	}
	return invariants(&want);
}

/* One event of each kind a call can have, with two endings and evidence. */
static const struct call_event kinds[] = {
    {.rank = RANK_INTENT, .at = 100, .source = FROM_DOOR},
    {.rank = RANK_PLACED, .at = 120, .source = FROM_DOOR},
    {.rank = RANK_RINGING, .at = 130, .source = FROM_EXCHANGE},
    {.rank = RANK_ANSWERED, .at = 150, .source = FROM_EXCHANGE},
    {.rank = RANK_UNKNOWN, .at = 200, .source = FROM_DOOR},
    {.rank = RANK_ENDED,
	.at = 210,
	.source = FROM_WEBHOOK,
	.key = 1,
	.disposition = DISP_FAILED,
	.cause = -1,
	.talk_ms = -1,
	.ring_ms = -1},
    {.rank = RANK_ENDED,
	.at = 220,
	.source = FROM_EXCHANGE,
	.key = 9,
	.disposition = DISP_ANSWERED,
	.cause = 16,
	.talk_ms = 60,
	.ring_ms = 20},
    {.rank = RANK_ENDED,
	.at = 215,
	.source = FROM_EXCHANGE,
	.key = 5,
	.disposition = DISP_BUSY,
	.cause = 17,
	.tech_cause = 486,
	.talk_ms = -1,
	.ring_ms = 20},
    {.rank = RANK_NONE, .at = 140, .source = FROM_EXCHANGE, .line_closed = true},
    {.rank = RANK_ANSWERED, .at = 149, .source = FROM_WEBHOOK},
};

static void
test_orders(void)
{
	struct call_event e[8];
	long orders = 0, sets = 0;
	bool good = true;

	for (unsigned set = 2; set < 2u << COUNT(kinds); set++) {
		int n = 0;

		watched = set & 1;

		if (__builtin_popcount(set >> 1) > 7)
			continue;
		for (size_t i = 0; i < COUNT(kinds); i++)
			if (set >> (i + 1) & 1)
				e[n++] = kinds[i];
		good &= all_orders(e, n, &orders);
		/* And with one of them twice. */
		if (n < 7) {
			e[n] = e[draw((uint64_t)n)];
			good &= all_orders(e, n + 1, &orders);
		}
		sets++;
	}
	ok(good, "every order of every set of up to 7 events gives the same call");
	printf("# %ld sets, %ld orders\n", sets, orders);
}

/* Random longer ones: shuffled, repeated, split over an orphan that is merged in. */
static void
test_random(void)
{
	struct call_event e[40];
	bool commutes = true, merges = true, repeats = true, sound = true;
	int order[80], n, m, swap;

	for (int round = 0; round < 100000; round++) {
		struct call want = fresh(), got = fresh(), left = fresh(), right = fresh();

		watched = draw(2);

		n = 8 + (int)draw(32);
		for (int i = 0; i < n; i++) {
			e[i] = any_event();
			order[i] = i;
			join(&want, &e[i]);
		}
		m = n + (int)draw((uint64_t)n);
		for (int i = n; i < m; i++)
			order[i] = (int)draw((uint64_t)n);
		for (int i = m - 1; i > 0; i--) {
			int k = (int)draw((uint64_t)i + 1);

			swap = order[i];
			order[i] = order[k];
			order[k] = swap;
		}
		for (int i = 0; i < m; i++) {
			join(&got, &e[order[i]]);
			join(draw(2) ? &left : &right, &e[order[i]]);
		}
		commutes &= equal(&got, &want);
		call_merge(&left, &right);
		merges &= equal(&left, &want);
		repeats &= !call_merge(&left, &want) && !join(&got, &e[draw((uint64_t)n)]);
		sound &= invariants(&want);
	}
	ok(commutes, "100,000 random ones in any order, with repetitions");
	ok(merges, "split over an orphan and merged");
	ok(repeats, "what is known changes nothing");
	ok(sound, "the derived fields follow");
}

/* Whatever comes, at whatever time: only an ending leaves unknown. */
static void
test_unknown(void)
{
	bool good = true;

	for (int walk = 0; walk < 1000000; walk++) {
		struct call c = fresh();
		struct call_event e;

		call_join(&c, &kinds[4]);
		for (int i = 0; i < 6; i++) {
			e = any_event();
			e.at += (int64_t)draw(1u << 30) * 1000;
			call_join(&c, &e);
			if (e.rank == RANK_ENDED)
				break;
			good &= c.rank == RANK_UNKNOWN && c.disposition == DISP_UNKNOWN;
		}
	}
	ok(good, "1,000,000 random walks: unknown is left by an ending alone");
}

static void
test_endings(void)
{
	struct call c = fresh();
	struct call_event e = kinds[5];

	ok(call_join(&c, &e), "an ending is news");
	is_int(c.rank, RANK_ENDED, "it is over");
	is_int(c.disposition, DISP_FAILED, "as the webhook says");
	e = kinds[6];
	call_join(&c, &e);
	is_int(c.disposition, DISP_ANSWERED, "the exchange knows better");
	e = kinds[7];
	call_join(&c, &e);
	is_int(c.disposition, DISP_BUSY, "of one source the smaller key");
	is_int(c.talk_ms, -1, "the ending is taken whole");
	is_int(c.at[RANK_ENDED], 210, "the stamp is the smallest of all");
	e = (struct call_event){.rank = RANK_ENDED,
	    .at = 300,
	    .source = FROM_DOOR,
	    .key = 99,
	    .disposition = DISP_NO_ANSWER,
	    .cause = 19,
	    .talk_ms = -1,
	    .ring_ms = -1};
	call_join(&c, &e);
	is_int(c.disposition, DISP_NO_ANSWER, "the door before all");
	e = (struct call_event){.rank = RANK_ENDED,
	    .at = 310,
	    .source = FROM_DOOR,
	    .key = 1,
	    .disposition = DISP_NONE,
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1};
	ok(!call_join(&c, &e), "an ending that knows nothing yields");
	c = fresh();
	call_join(&c, &e);
	is_int(c.disposition, DISP_UNKNOWN, "and alone is unknown");
	e = kinds[5];
	call_join(&c, &e);
	is_int(c.disposition, DISP_FAILED, "until anybody knows");
}

static void
test_line(void)
{
	struct call c = fresh();
	struct call_event closed = kinds[8];

	ok(!c.line_open, "no intent, no line");
	call_join(&c, &kinds[0]);
	ok(c.line_open, "the intent opens it");
	call_join(&c, &kinds[4]);
	ok(c.line_open, "unknown keeps it open");
	ok(call_join(&c, &closed), "evidence is news");
	ok(!c.line_open, "and closes it");
	is_int(c.disposition, DISP_UNKNOWN, "the outcome stays unknown");
	is_int(c.at[RANK_UNKNOWN], 200, "with its stamp");
	c = fresh();
	call_join(&c, &closed);
	call_join(&c, &kinds[0]);
	ok(!c.line_open, "evidence before the intent counts as well");
	c = fresh();
	call_join(&c, &kinds[0]);
	call_join(&c, &kinds[5]);
	ok(!c.line_open, "where nobody hears of the line a webhook's end closes it");
	call_watch(&c);
	ok(c.line_open, "where the exchange tells of it, it does not");
	is_int(c.rank, RANK_ENDED, "though the call is over");
	call_join(&c, &closed);
	ok(!c.line_open && c.disposition == DISP_FAILED, "no channel of it closes it");
	c = fresh();
	call_watch(&c);
	call_join(&c, &kinds[0]);
	call_join(&c, &kinds[5]);
	call_join(&c, &kinds[7]);
	ok(!c.line_open && c.disposition == DISP_BUSY,
	    "so does the end that the exchange tells");
	c = fresh();
	call_join(&c, &(struct call_event){.rank = RANK_NONE, .at = 7});
	ok(c.rank == RANK_NONE && c.at[RANK_NONE] == 0 && !c.line_open, "a note moves nothing");
}

static void
test_names(void)
{
	bool good = true;

	for (int r = RANK_INTENT; r <= RANK_ENDED; r++)
		good &= rank_parse(rank_name((enum call_rank)r)) == (enum call_rank)r;
	for (int s = FROM_DOOR; s <= FROM_FILE; s++)
		good &= source_parse(source_name((enum call_source)s)) == s;
	ok(good, "names read back");
	is_str(rank_name(RANK_PLACING), "placing", "a rank");
	is_str(source_name(FROM_FILE), "file", "a source");
	ok(rank_parse("dtmf") == RANK_NONE && rank_parse("") == RANK_NONE &&
		rank_parse(NULL) == RANK_NONE,
	    "no rank");
	ok(source_parse("pbx") == -1 && source_parse(NULL) == -1, "no source");
}

int
main(void)
{
	test_endings();
	test_line();
	test_names();
	test_orders();
	test_random();
	test_unknown();
	return done_testing();
}
