/*
 * rand: random bytes from the kernel, or a repeatable stream when
 * OUTREACH_SEED is set (tests and simulation only; says so in outreach(7)).
 */
#ifndef RAND_H
#define RAND_H

#include <stddef.h>
#include <stdint.h>

void rand_bytes(void *, size_t);
/* From the kernel whatever OUTREACH_SEED says: for what must not be guessed. */
void rand_secret(void *, size_t);
uint64_t rand_u64(void);
uint64_t rand_below(uint64_t n); /* uniform in [0, n) */
/* Mixes more text into a seeded stream, so that two tools of one seed differ; no effect unseeded. */
void rand_salt(const char *);

/* 64-bit hash for tables and files that stay on one machine's disk (not cryptographic, stable). */
uint64_t hash64(const void *, size_t, uint64_t seed);
char *hash_hex(uint64_t, char out[17]); /* 16 hexadecimal digits; returns out */

/* UUIDv7 (RFC 9562 section 5.7) of this wall clock; text is 36 characters and NUL. */
struct uuid {
	unsigned char b[16];
};
struct uuid uuid_make(int64_t wall_ms);
char *uuid_text(const struct uuid *, char out[37]);  /* lower case; returns out */
int uuid_parse(const char *, size_t, struct uuid *); /* 0, or -1 if not 8-4-4-4-12 hex */

#endif
