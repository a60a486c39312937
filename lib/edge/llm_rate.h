/*
 * llm_rate: how fast a server may be asked: requests and tokens a minute, as
 * the campaign says and as the server's headers say, whichever is slower; and
 * how long to wait behind a failure. Pure: time is an argument, in ms of the
 * monotonic clock.
 */
#ifndef LLM_RATE_H
#define LLM_RATE_H

#include <stddef.h>
#include <stdint.h>

struct llm_bucket {
	int64_t per_minute; /* 0: no limit */
	int64_t level;      /* what is left, times 60,000 */
	int64_t at;
};

struct llm_rate {
	struct llm_bucket requests, tokens;
	int64_t paused_until; /* a server said Retry-After: nobody asks before */
};

void llm_rate_init(
    struct llm_rate *, int64_t requests_per_minute, int64_t tokens_per_minute, int64_t now);
/* 0: a question of that many tokens may go now and is counted; else ms to wait before asking again. */
int64_t llm_rate_take(struct llm_rate *, int64_t tokens, int64_t now);
/* What was estimated and what it came to be: the difference is given back, or taken. */
void llm_rate_correct(struct llm_rate *, int64_t estimated, int64_t used);
void llm_rate_pause(struct llm_rate *, int64_t ms, int64_t now);

/*
 * The headers of one reply (null where there is none): x-ratelimit-remaining-requests and -tokens, and
 * the time until they are full again ("1s", "6m0s", "20ms"). What is left becomes at most that.
 */
void llm_rate_learn(struct llm_rate *, const char *remaining_requests,
    const char *reset_requests, const char *remaining_tokens, const char *reset_tokens,
    int64_t now);

/* Tokens of a text, by the rule of thumb of four bytes each, never less than one. */
int64_t llm_estimate(size_t bytes);

/* "20ms" "1.5s" "6m0s" "1h2m" or plain seconds, as ms; -1 if it is none. */
int64_t llm_span(const char *);
/*
 * Retry-After (RFC 9110 10.2.3): seconds, or an HTTP date, as ms from wall_ms, at most ten minutes;
 * -1 if it is none.
 */
int64_t llm_retry_after(const char *, int64_t wall_ms);
/* Full jitter: random below 1 s doubled with each try, at most 60 s; dice is any random number. */
int64_t llm_backoff(int try, uint64_t dice);

#endif
