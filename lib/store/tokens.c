/*
 * tokens: a hash without salt or stretching serves, since what is hashed is
 * 256 random bits; and it may stand in the journal.
 */
#include <nettle/sha2.h>

#include <string.h>

#include "clock.h"
#include "hex.h"
#include "journal.h"
#include "mem.h"
#include "rand.h"
#include "tokens.h"

_Static_assert((int)TOKEN_HASH == (int)SHA256_DIGEST_SIZE, "SHA-256");

static const char *const roles[] = {"", "viewer", "operator"};

const char *
token_role_name(enum token_role role)
{
	return roles[role];
}

int
token_role_parse(const char *name)
{
	for (int i = TOKEN_VIEWER; i <= TOKEN_OPERATOR; i++)
		if (strcmp(roles[i], name) == 0)
			return i;
	return -1;
}

void
token_hash(const char *text, unsigned char hash[TOKEN_HASH])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, strlen(text), (const unsigned char *)text);
	sha256_digest(&c, TOKEN_HASH, hash);
}

int
project_token(struct db *db, const struct token *t, struct fault *f)
{
	sqlite3_stmt *s;

	if (t->role == TOKEN_GONE) {
		s = db_sql(db, "DELETE FROM token WHERE name = :name", f);
	} else {
		s = db_sql(db,
		    "INSERT INTO token (name, role, hash, at) VALUES (:name, :role, :hash, :at)",
		    f);
		bind_t(db, s, ":role", token_role_name(t->role));
		bind_b(db, s, ":hash", t->hash, TOKEN_HASH);
		bind_i(db, s, ":at", t->at);
	}
	bind_t(db, s, ":name", t->name);
	return db_run(db, s, f);
}

static int
write_token(struct db *db, const struct token *t, struct fault *f)
{
	bool gone = t->role == TOKEN_GONE;
	struct entry e = {
	    .at = t->at, .kind = gone ? "token.removed" : "token.added", .source = "tool"};
	struct buf fact = {0};
	char hex[2 * TOKEN_HASH + 1];
	int rc;

	buf_member(&fact, "name", t->name);
	if (!gone) {
		buf_member(&fact, "role", token_role_name(t->role));
		buf_member(&fact, "hash", hex_text(t->hash, TOKEN_HASH, hex));
	}
	buf_addc(&fact, '}');
	e.fact = fact.p;
	rc = project_token(db, t, f) < 0 || journal_add(db, &e, f) < 0 ? -1 : 0;
	buf_release(&fact);
	return rc;
}

static int
count(struct db *db, const char *name, int64_t *same, int64_t *all, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT count(*) FROM token WHERE name = :name", f);

	bind_t(db, s, ":name", name);
	if (db_one(db, s, 0, same, f) < 0)
		return -1;
	return db_one(db, db_sql(db, "SELECT count(*) FROM token", f), 0, all, f);
}

/* Ends the transaction as rc has it. */
static int
end(struct db *db, int rc, struct fault *f)
{
	if (rc >= 0 && db_commit(db, f) == 0)
		return rc;
	db_rollback(db);
	return -1;
}

int
tokens_add(struct db *db, const char *name, enum token_role role, char text[TOKEN_TEXT],
    struct fault *f)
{
	struct token t = {.role = role, .at = clock_wall()};
	unsigned char secret[32];
	int64_t same, all;
	int rc;

	copy_text(t.name, sizeof(t.name), name);
	rand_secret(secret, sizeof(secret));
	memcpy(text, "ort_", 4);
	hex_text(secret, sizeof(secret), text + 4);
	explicit_bzero(secret, sizeof(secret));
	token_hash(text, t.hash);
	if (db_begin(db, f) < 0)
		return -1;
	if ((rc = count(db, name, &same, &all, f)) == 0 && same)
		rc = fault(
		    f, DATAERR, "there is a token %s (outreach-token remove %s)", name, name);
	else if (rc == 0 && all >= TOKENS_MAX)
		rc = fault(f, DATAERR, "there are %d tokens, and no more can be", TOKENS_MAX);
	if (rc == 0)
		rc = write_token(db, &t, f);
	return end(db, rc, f);
}

int
tokens_remove(struct db *db, const char *name, struct fault *f)
{
	struct token t = {.role = TOKEN_GONE, .at = clock_wall()};
	int64_t same, all;
	int rc;

	copy_text(t.name, sizeof(t.name), name);
	if (db_begin(db, f) < 0)
		return -1;
	rc = count(db, name, &same, &all, f);
	if (rc == 0 && !same) {
		db_rollback(db);
		return 0;
	}
	if (rc == 0)
		rc = write_token(db, &t, f) < 0 ? -1 : 1;
	return end(db, rc, f);
}

int
tokens_next(struct db *db, char after[TOKEN_NAME], struct token *t, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT name, role, hash, at FROM token WHERE name > :after ORDER BY name LIMIT 1",
	    f);
	int got;

	bind_t(db, s, ":after", after);
	if ((got = db_step(db, s, f)) <= 0)
		return got;
	*t = (struct token){
	    .role = (enum token_role)token_role_parse(col_t(s, 1)), .at = col_i(s, 3)};
	copy_text(t->name, sizeof(t->name), col_t(s, 0));
	memcpy(t->hash, sqlite3_column_blob(s, 2), TOKEN_HASH);
	sqlite3_reset(s);
	copy_text(after, TOKEN_NAME, t->name);
	return 1;
}
