/*
 * secrets: digests are compared, not texts, so that neither a length nor a
 * common start shows in the time; every secret is tried, whichever fits.
 */
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "mem.h"
#include "num.h"
#include "secrets.h"

_Static_assert((int)SECRETS_DIGEST == (int)SHA256_DIGEST_SIZE, "SHA-256");

static void
digest(const char *text, unsigned char out[SECRETS_DIGEST])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, strlen(text), (const unsigned char *)text);
	sha256_digest(&c, SECRETS_DIGEST, out);
}

/* The bytes of a base64 text, heap; null if it is none. */
static unsigned char *
decode(const char *text, size_t n, size_t *len)
{
	struct base64_decode_ctx c;
	unsigned char *out = xmalloc(BASE64_DECODE_LENGTH(n) + 1);

	base64_decode_init(&c);
	if (base64_decode_update(&c, len, out, n, text) && base64_decode_final(&c) && *len)
		return out;
	free(out);
	return NULL;
}

void
secrets_add(struct secrets *s, const char *text)
{
	size_t i = s->n;

	if (i == SECRETS_MAX)
		return;
	s->n++;
	digest(text, s->v[i].digest);
	if (strncmp(text, "whsec_", 6) == 0)
		s->v[i].key = decode(text + 6, strlen(text + 6), &s->v[i].key_len);
	if (!s->v[i].key) {
		s->v[i].key_len = strlen(text);
		s->v[i].key = (unsigned char *)xstrdup(text);
	}
}

void
secrets_release(struct secrets *s)
{
	for (size_t i = 0; i < s->n; i++) {
		explicit_bzero(s->v[i].key, s->v[i].key_len);
		free(s->v[i].key);
	}
	explicit_bzero(s, sizeof(*s));
}

bool
secrets_match(const struct secrets *s, const char *text)
{
	unsigned char d[SECRETS_DIGEST];
	int good = 0;

	digest(text, d);
	for (size_t i = 0; i < s->n; i++)
		good |= memeql_sec(d, s->v[i].digest, sizeof(d));
	return good != 0;
}

static void
sign(const struct secrets *s, size_t i, const char *id, const char *timestamp,
    struct slice body, unsigned char out[SECRETS_DIGEST])
{
	struct hmac_sha256_ctx c;

	hmac_sha256_set_key(&c, s->v[i].key_len, s->v[i].key);
	hmac_sha256_update(&c, strlen(id), (const unsigned char *)id);
	hmac_sha256_update(&c, 1, (const unsigned char *)".");
	hmac_sha256_update(&c, strlen(timestamp), (const unsigned char *)timestamp);
	hmac_sha256_update(&c, 1, (const unsigned char *)".");
	hmac_sha256_update(&c, body.len, (const unsigned char *)body.p);
	hmac_sha256_digest(&c, SECRETS_DIGEST, out);
}

/* One "v1,BASE64" of the list; other versions are passed over. */
static bool
is_signature(const char *p, size_t n, const unsigned char want[SECRETS_DIGEST])
{
	size_t len = 0;
	unsigned char *got;
	bool good;

	if (n < 4 || memcmp(p, "v1,", 3) != 0 || !(got = decode(p + 3, n - 3, &len)))
		return false;
	good = len == SECRETS_DIGEST && memeql_sec(got, want, SECRETS_DIGEST);
	free(got);
	return good;
}

bool
secrets_timely(const char *timestamp, int64_t now)
{
	struct fault ignored;
	int64_t at;

	return strlen(timestamp) <= 12 &&
	    num_parse("timestamp", timestamp, 0, INT64_MAX / 1000, &at, &ignored) == 0 &&
	    llabs(now / 1000 - at) <= SECRETS_TOLERANCE_S;
}

bool
secrets_signed(const struct secrets *s, const char *id, const char *timestamp,
    const char *signatures, struct slice body, int64_t now)
{
	unsigned char want[SECRETS_DIGEST];
	bool good = false;

	if (!*id || !secrets_timely(timestamp, now))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		sign(s, i, id, timestamp, body, want);
		for (const char *p = signatures; *p; p += strspn(p, " ")) {
			size_t n = strcspn(p, " ");

			good |= is_signature(p, n, want);
			p += n;
		}
	}
	return good;
}
