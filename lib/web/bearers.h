/*
 * bearers: the store's tokens in memory, so that who asks is known before the
 * store is. Set by the main loop, asked by the HTTP threads; every function
 * may be called from any thread.
 */
#ifndef BEARERS_H
#define BEARERS_H

#include <stddef.h>

#include "tokens.h"

struct bearers;

struct bearers *bearers_new(void);
void bearers_free(struct bearers *);
/* These are good from now on, and no others; they are copied. */
void bearers_set(struct bearers *, const struct token *, size_t n);
size_t bearers_count(struct bearers *);
/*
 * Whose text this is, by its hash: its role and its name, or TOKEN_GONE; takes as long whether it is
 * somebody's or not.
 */
enum token_role bearers_of(
    struct bearers *, const unsigned char hash[TOKEN_HASH], char name[TOKEN_NAME]);
/* The token in "Bearer TOKEN" (RFC 6750 section 2.1), or null. */
const char *bearer_of(const char *authorization);

#endif
