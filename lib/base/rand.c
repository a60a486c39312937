/*
 * rand: where ids and jitter come from. The kernel's randomness, asked each
 * time (a buffer would be shared by a fork), or a repeatable stream mixed
 * from OUTREACH_SEED and the salts of the tool.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "rand.h"

static struct {
	enum { UNKNOWN, KERNEL, SEEDED } source;
	uint64_t state;
} rng;

/* Odd constants with evenly spread bits: the fractions of the golden ratio and of square roots. */
static const uint64_t K0 = 0x9e3779b97f4a7c15u, K1 = 0xbb67ae8584caa73bu,
		      K2 = 0x3c6ef372fe94f82bu;

/* The two halves of a 128-bit product, folded: each input bit reaches all output bits. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
hash64(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t h = fold(seed ^ K0, K1) ^ len, w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = fold(h ^ w ^ K2, K1) + w;
	}
	w = 0;
	if (len)
		memcpy(&w, p, len);
	h = fold(h ^ w ^ K0, K2) + w;
	h = fold(h ^ K1, K0);
	return h ^ h >> 32;
}

static int
is_seeded(void)
{
	const char *seed;

	if (rng.source == UNKNOWN) {
		seed = getenv("OUTREACH_SEED");
		rng.source = seed && *seed ? SEEDED : KERNEL;
		if (rng.source == SEEDED)
			rng.state = hash64(seed, strlen(seed), 0);
	}
	return rng.source == SEEDED;
}

void
rand_salt(const char *text)
{
	if (is_seeded())
		rng.state = hash64(text, strlen(text), rng.state);
}

static uint64_t
seeded_u64(void)
{
	rng.state += K0;
	return hash64(&rng.state, sizeof(rng.state), K2);
}

void
rand_secret(void *out, size_t len)
{
	unsigned char *p = out;

	while (len) {
		size_t n = len < 256 ? len : 256; /* up to there getrandom is never cut short */

		if (getrandom(p, n, 0) != (ssize_t)n) {
			if (errno == EINTR)
				continue;
			abort(); /* no kernel without it; guessable ids would be worse */
		}
		p += n;
		len -= n;
	}
}

void
rand_bytes(void *out, size_t len)
{
	unsigned char *p = out;

	if (!is_seeded()) {
		rand_secret(out, len);
		return;
	}
	while (len) {
		uint64_t v = seeded_u64();
		size_t n = len < sizeof(v) ? len : sizeof(v);

		memcpy(p, &v, n);
		p += n;
		len -= n;
	}
}

uint64_t
rand_u64(void)
{
	uint64_t v;

	rand_bytes(&v, sizeof(v));
	return v;
}

uint64_t
rand_below(uint64_t n)
{
	uint64_t v, uneven;

	if (n < 2)
		return 0;
	uneven = (0 - n) % n; /* so many values would favour the low results */
	do
		v = rand_u64();
	while (v < uneven);
	return v % n;
}

struct uuid
uuid_make(int64_t wall_ms)
{
	static int64_t last_ms = INT64_MIN;
	static unsigned counter;
	struct uuid u;

	/*
	 * RFC 9562 section 6.2: ids of one millisecond count up, so that they enter an index in
	 * order. The start is random in the lower half, which leaves room to count.
	 */
	rand_bytes(u.b + 6, sizeof(u.b) - 6);
	if (wall_ms != last_ms)
		counter = (unsigned)(u.b[6] << 8 | u.b[7]) & 0x7ff;
	else
		counter = (counter + 1) & 0xfff;
	last_ms = wall_ms;
	for (int i = 0; i < 6; i++)
		u.b[i] = (unsigned char)((uint64_t)wall_ms >> (40 - 8 * i));
	u.b[6] = (unsigned char)(0x70 | counter >> 8);
	u.b[7] = (unsigned char)counter;
	u.b[8] = (unsigned char)(0x80 | (u.b[8] & 0x3f));
	return u;
}

static const char hex[] = "0123456789abcdef";

char *
hash_hex(uint64_t h, char out[17])
{
	for (int i = 0; i < 16; i++)
		out[i] = hex[h >> (60 - 4 * i) & 15];
	out[16] = '\0';
	return out;
}

/* Hyphens of 8-4-4-4-12 stand before these bytes. */
static int
hyphen_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

char *
uuid_text(const struct uuid *u, char out[37])
{
	char *p = out;

	for (size_t i = 0; i < sizeof(u->b); i++) {
		if (hyphen_before(i))
			*p++ = '-';
		*p++ = hex[u->b[i] >> 4];
		*p++ = hex[u->b[i] & 15];
	}
	*p = '\0';
	return out;
}

static int
hex_value(char c)
{
	unsigned d = (unsigned char)c - '0';

	if (d < 10)
		return (int)d;
	d = ((unsigned char)c | 0x20) - 'a';
	return d < 6 ? (int)d + 10 : -1;
}

int
uuid_parse(const char *s, size_t len, struct uuid *u)
{
	if (len != 36)
		return -1;
	for (size_t i = 0; i < sizeof(u->b); i++) {
		int high, low;

		if (hyphen_before(i) && *s++ != '-')
			return -1;
		high = hex_value(*s++);
		low = hex_value(*s++);
		if ((high | low) < 0)
			return -1;
		u->b[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}
