/*
 * llm_rate: token buckets in whole numbers. A level counts in sixty-thousandths
 * so that a limit a minute gains exactly per_minute a millisecond.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "llm_rate.h"

enum { MINUTE = 60000, WAIT_MAX = 10 * MINUTE };

static void
fill(struct llm_bucket *b, int64_t now)
{
	int64_t full = b->per_minute * MINUTE, gone = now - b->at;

	if (gone > MINUTE)
		gone = MINUTE;
	if (gone > 0)
		b->level += gone * b->per_minute;
	if (b->level > full)
		b->level = full;
	b->at = now;
}

/* ms until n are there; a question over the whole limit goes when the bucket is full. */
static int64_t
missing(struct llm_bucket *b, int64_t n, int64_t now)
{
	int64_t need;

	if (!b->per_minute)
		return 0;
	fill(b, now);
	if (n > b->per_minute)
		n = b->per_minute;
	need = n * MINUTE - b->level;
	return need <= 0 ? 0 : (need + b->per_minute - 1) / b->per_minute;
}

static void
take(struct llm_bucket *b, int64_t n)
{
	if (b->per_minute)
		b->level -= n * MINUTE;
}

void
llm_rate_init(struct llm_rate *r, int64_t requests, int64_t tokens, int64_t now)
{
	*r = (struct llm_rate){.requests = {requests, requests * MINUTE, now},
	    .tokens = {tokens, tokens * MINUTE, now},
	    .paused_until = INT64_MIN};
}

int64_t
llm_rate_take(struct llm_rate *r, int64_t tokens, int64_t now)
{
	int64_t a, b, wait = r->paused_until > now ? r->paused_until - now : 0;

	a = missing(&r->requests, 1, now);
	b = missing(&r->tokens, tokens, now);
	wait = a > wait ? a : wait;
	wait = b > wait ? b : wait;
	if (wait)
		return wait;
	take(&r->requests, 1);
	take(&r->tokens, tokens);
	return 0;
}

void
llm_rate_correct(struct llm_rate *r, int64_t estimated, int64_t used)
{
	take(&r->tokens, used - estimated);
}

void
llm_rate_pause(struct llm_rate *r, int64_t ms, int64_t now)
{
	if (ms > WAIT_MAX)
		ms = WAIT_MAX;
	if (now + ms > r->paused_until)
		r->paused_until = now + ms;
}

int64_t
llm_estimate(size_t bytes)
{
	return (int64_t)(bytes / 4 + 1);
}

/* ---- what servers write ---------------------------------------------------------- */

static int64_t
whole_number(const char *s)
{
	char *end;
	long long n;

	if (!s || *s < '0' || *s > '9')
		return -1;
	n = strtoll(s, &end, 10);
	return *end || n < 0 ? -1 : (int64_t)n;
}

/* One number with its fraction, as thousandths; -1 none. */
static int64_t
thousandths(const char **p)
{
	int64_t n = 0, place = 100;

	if (**p < '0' || **p > '9')
		return -1;
	for (; **p >= '0' && **p <= '9'; ++*p)
		if ((n = n * 10 + (**p - '0')) > 1000000000)
			return -1;
	n *= 1000;
	if (**p != '.')
		return n;
	for (++*p; **p >= '0' && **p <= '9'; ++*p, place /= 10)
		n += (**p - '0') * place;
	return n;
}

int64_t
llm_span(const char *s)
{
	int64_t sum = 0, n;

	if (!s || !*s)
		return -1;
	while (*s) {
		if ((n = thousandths(&s)) < 0)
			return -1;
		if (!strncmp(s, "ms", 2)) {
			sum += n / 1000;
			s += 2;
		} else if (*s == 's' || !*s) {
			sum += n;
			s += *s == 's';
		} else if (*s == 'm') {
			sum += n * 60;
			s++;
		} else if (*s == 'h') {
			sum += n * 3600;
			s++;
		} else
			return -1;
	}
	return sum;
}

int64_t
llm_retry_after(const char *s, int64_t wall_ms)
{
	struct tm tm = {0};
	const char *end;
	int64_t ms;

	if (!s || !*s)
		return -1;
	if ((ms = llm_span(s)) < 0) {
		/* IMF-fixdate, RFC 9110 5.6.7; the locale of time is never set here. */
		end = strptime(s, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		if (!end || *end)
			return -1;
		ms = (int64_t)timegm(&tm) * 1000 - wall_ms;
	}
	return ms < 0 ? 0 : ms > WAIT_MAX ? WAIT_MAX : ms;
}

int64_t
llm_backoff(int try, uint64_t dice)
{
	int64_t top = try >= 6 ? MINUTE : (int64_t)1000 << (try < 0 ? 0 : try);

	return (int64_t)(dice % (uint64_t)top) + 1;
}

static void
learn(struct llm_rate *r, struct llm_bucket *b, const char *remaining, const char *reset,
    int64_t now)
{
	int64_t left = whole_number(remaining), span = llm_span(reset);

	if (left < 0)
		return;
	if (b->per_minute) {
		fill(b, now);
		if (left < b->per_minute && b->level > left * MINUTE)
			b->level = left * MINUTE;
	}
	if (left == 0 && span > 0)
		llm_rate_pause(r, span, now);
}

void
llm_rate_learn(struct llm_rate *r, const char *remaining_requests, const char *reset_requests,
    const char *remaining_tokens, const char *reset_tokens, int64_t now)
{
	learn(r, &r->requests, remaining_requests, reset_requests, now);
	learn(r, &r->tokens, remaining_tokens, reset_tokens, now);
}
