/*
 * tokens: who may use the HTTP face: a name, what it may do, and the SHA-256
 * of a random text that its holder alone knows. A projection of the journal.
 */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

enum token_role {
	TOKEN_GONE, /* of no token */
	TOKEN_VIEWER,
	TOKEN_OPERATOR
};

enum { TOKEN_NAME = 64, TOKEN_HASH = 32, TOKEN_TEXT = 4 + 2 * 32 + 1, TOKENS_MAX = 256 };

struct token {
	char name[TOKEN_NAME]; /* as keys_name_ok has it */
	enum token_role role;
	unsigned char hash[TOKEN_HASH];
	int64_t at; /* made: UTC ms */
};

const char *token_role_name(enum token_role); /* "viewer" "operator" */
int token_role_parse(const char *);           /* -1 if it is none */
/* The SHA-256 of a token's text. */
void token_hash(const char *text, unsigned char hash[TOKEN_HASH]);

/*
 * A new token: its text, 256 bits of the kernel's randomness, is given back here and never again. Own
 * transaction. DATAERR if there is one of that name, or too many.
 */
int tokens_add(
    struct db *, const char *name, enum token_role, char text[TOKEN_TEXT], struct fault *);
int tokens_remove(struct db *, const char *name, struct fault *); /* 1, 0 there is none */
/* The token behind *after in the order of names; *after becomes its name. 1, 0 end. */
int tokens_next(struct db *, char after[TOKEN_NAME], struct token *, struct fault *);

/* For replay; TOKEN_GONE: it is removed. */
int project_token(struct db *, const struct token *, struct fault *);

#endif
