/*
 * secrets: what a webhook's sender shows: the secret itself in
 * X-AVR-WEBHOOK-SECRET, as AVR does, or a signature by it (Standard Webhooks
 * 1.0). Several are good at the same time, so that one can be replaced. Pure.
 */
#ifndef SECRETS_H
#define SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum { SECRETS_MAX = 8, SECRETS_DIGEST = 32, SECRETS_TOLERANCE_S = 300 };

struct secrets {
	size_t n;
	struct {
		unsigned char digest[SECRETS_DIGEST]; /* of its text */
		unsigned char *key; /* of signatures: what whsec_ encodes, else its text */
		size_t key_len;
	} v[SECRETS_MAX];
};

void secrets_add(struct secrets *, const char *text); /* those over SECRETS_MAX are left out */
void secrets_release(struct secrets *);

/* Whether the text is one of them; takes as long whether it is or not. */
bool secrets_match(const struct secrets *, const char *text);
/* Whether the timestamp of a signature (epoch seconds) is within five minutes of now (UTC ms). */
bool secrets_timely(const char *timestamp, int64_t now);
/*
 * Whether one of the signatures ("v1,BASE64 v1,BASE64 ...") of "ID.TIMESTAMP.BODY" is by one of them,
 * and the timestamp (epoch seconds) within the tolerance of now (UTC ms).
 */
bool secrets_signed(const struct secrets *, const char *id, const char *timestamp,
    const char *signatures, struct slice body, int64_t now);

#endif
