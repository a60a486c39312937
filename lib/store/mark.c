/*
 * mark: the key is made with the store and never changes.
 */
#include <nettle/hmac.h>

#include <string.h>

#include "buf.h"
#include "mark.h"
#include "phone.h"

static int
read_key(struct db *db, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT key FROM secret WHERE one = 1", f);
	int n = db_step(db, s, f);

	if (n < 0)
		return -1;
	if (n == 0 || sqlite3_column_bytes(s, 0) != sizeof db->mark_key)
		return fault(
		    f, CONFIG, "%s: has no key for marks (restore a backup)", db->path);
	memcpy(db->mark_key, sqlite3_column_blob(s, 0), sizeof db->mark_key);
	db->has_mark_key = true;
	sqlite3_reset(s);
	return 0;
}

static int
digest(struct db *db, const char *text, size_t len, int64_t *mark, struct fault *f)
{
	unsigned char digest[8];
	struct hmac_sha256_ctx c;
	uint64_t v = 0;

	if (!db->has_mark_key && read_key(db, f) < 0)
		return -1;
	hmac_sha256_set_key(&c, sizeof db->mark_key, db->mark_key);
	hmac_sha256_update(&c, len, (const unsigned char *)text);
	hmac_sha256_digest(&c, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		v = v << 8 | digest[i];
	*mark = -(int64_t)(v >> 2) - 1;
	return 0;
}

int
mark_of(struct db *db, int64_t phone, int64_t *mark, struct fault *f)
{
	char text[PHONE_SIZE];

	*mark = phone;
	if (phone <= 0)
		return 0;
	phone_text(phone, text);
	return digest(db, text, strlen(text), mark, f);
}

int
mark_of_text(struct db *db, const char *a, const char *b, int64_t *mark, struct fault *f)
{
	struct buf both = {0};
	int rc;

	buf_add(&both, a, strlen(a) + 1); /* no number has a NUL in it */
	buf_adds(&both, b);
	rc = digest(db, both.p, both.len, mark, f);
	buf_release(&both);
	return rc;
}
