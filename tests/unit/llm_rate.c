/*
 * llm_rate: buckets against a count of what went, and the words of servers.
 */
#include "llm_rate.h"
#include "rand.h"
#include "tap.h"

/* Asks as often as it may for some minutes of made-up time; what went in each minute. */
static void
test_minutes(int64_t requests, int64_t tokens, int64_t each, int64_t want_first, int64_t want)
{
	struct llm_rate r;
	int64_t went[5] = {0}, now = 1000000, start = now;

	llm_rate_init(&r, requests, tokens, now);
	while (now - start < 5 * 60000) {
		int64_t wait = llm_rate_take(&r, each, now);

		if (wait == 0)
			went[(now - start) / 60000]++;
		now += wait;
	}
	ok(went[0] >= want_first - 1 && went[0] <= want_first + 1, "the first minute: %lld",
	    (long long)went[0]);
	for (int i = 1; i < 5; i++)
		ok(went[i] >= want - 1 && went[i] <= want + 1, "minute %d: %lld", i,
		    (long long)went[i]);
}

static void
test_exact_wait(void)
{
	struct llm_rate r;

	llm_rate_init(&r, 60, 0, 0);
	for (int i = 0; i < 60; i++)
		if (llm_rate_take(&r, 1, 0))
			ok(0, "a full bucket gives 60");
	is_int(llm_rate_take(&r, 1, 0), 1000, "the next one after a second");
	is_int(llm_rate_take(&r, 1, 999), 1, "not a millisecond sooner");
	is_int(llm_rate_take(&r, 1, 1000), 0, "then it goes");
	llm_rate_pause(&r, 5000, 2000);
	is_int(llm_rate_take(&r, 1, 2000), 5000, "a pause holds for all");
	is_int(llm_rate_take(&r, 1, 7000), 0, "and ends");
	llm_rate_pause(&r, INT64_C(1) << 40, 8000);
	is_int(llm_rate_take(&r, 1, 8000), 600000, "ten minutes at most");
	llm_rate_init(&r, 0, 100, 0);
	is_int(llm_rate_take(&r, 5000, 0), 0,
	    "a question over the whole limit goes once it is full");
	ok(llm_rate_take(&r, 1, 0) > 49 * 60000, "and is paid for");
	llm_rate_init(&r, 0, 100, 0);
	is_int(llm_rate_take(&r, 100, 0), 0, "an estimate of all");
	llm_rate_correct(&r, 100, 10);
	is_int(llm_rate_take(&r, 90, 0), 0, "what was not used is given back");
}

static void
test_learn(void)
{
	struct llm_rate r;

	llm_rate_init(&r, 600, 0, 0);
	llm_rate_learn(&r, "0", "2s", NULL, NULL, 0);
	is_int(llm_rate_take(&r, 1, 0), 2000, "nothing left: until the reset");
	llm_rate_init(&r, 600, 0, 0);
	llm_rate_learn(&r, "3", "1s", "rubbish", "", 0);
	for (int i = 0; i < 3; i++)
		is_int(llm_rate_take(&r, 1, 0), 0, "what the server says is left");
	is_int(llm_rate_take(&r, 1, 0), 100, "and then our own rate");
	llm_rate_learn(&r, NULL, NULL, NULL, NULL, 0);
	llm_rate_init(&r, 0, 0, 0);
	llm_rate_learn(&r, "5", "1s", "0", "30ms", 0);
	is_int(llm_rate_take(&r, 1, 0), 30, "tokens too, without a limit of ours");
}

static const struct {
	const char *text;
	int64_t ms;
} spans[] = {{"1s", 1000}, {"20ms", 20}, {"6m0s", 360000}, {"1h2m", 3720000}, {"1.5s", 1500},
    {"0.25", 250}, {"30", 30000}, {"", -1}, {"x", -1}, {"-1", -1}, {"1d", -1}, {"1 s", -1},
    {"99999999999999999999s", -1}, {"1.999999s", 1999}},
  afters[] = {{"2", 2000}, {"0", 0}, {"Wed, 21 Oct 2015 07:28:30 GMT", 30000},
      {"Wed, 21 Oct 2015 07:27:00 GMT", 0}, {"Wed, 21 Oct 2015 09:28:00 GMT", 600000},
      {"86400", 600000}, {"soon", -1}, {"Wed, 21 Oct 2015", -1}, {"", -1}, {NULL, -1}};

int
main(void)
{
	test_minutes(60, 0, 1, 120, 60);
	test_minutes(0, 60000, 1000, 120, 60);
	test_minutes(1000, 60000, 1000, 120, 60);
	test_exact_wait();
	test_learn();
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		is_int(llm_span(spans[i].text), spans[i].ms, spans[i].text);
	for (size_t i = 0; i < sizeof(afters) / sizeof(afters[0]); i++)
		is_int(llm_retry_after(afters[i].text, 1445412480000), afters[i].ms,
		    afters[i].text ? afters[i].text : "no header");
	for (int try = 0; try < 12; try++) {
		int64_t top = 0, low = INT64_MAX, limit = try < 6 ? 1000LL <<
		try:
			60000;

		for (int i = 0; i < 2000; i++) {
			int64_t ms = llm_backoff(try, rand_u64());

			top = ms > top ? ms : top;
			low = ms < low ? ms : low;
		}
		ok(low > 0 && low < limit / 20 && top <= limit && top > limit * 9 / 10,
		    "try %d waits up to %lld ms", try, (long long)limit);
	}
	return done_testing();
}
