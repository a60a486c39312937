/*
 * siblings: two small tables of (call, target), read by call and by target.
 */
#include <string.h>

#include "people.h"
#include "rand.h"
#include "schedule.h"
#include "siblings.h"

static int
read_them(struct db *db, sqlite3_stmt *s, const struct uuid *call, struct siblings *with,
    struct fault *f)
{
	int n;

	with->n = 0;
	bind_b(db, s, ":call", call->b, 16);
	while ((n = db_step(db, s, f)) > 0) {
		if (with->n == SIBLINGS_MAX)
			continue;
		with->target[with->n] = col_i(s, 0);
		with->contact[with->n++] = col_i(s, 1);
	}
	return n;
}

int
siblings_of_claim(
    struct db *db, const struct uuid *call, struct siblings *with, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT s.target, t.contact FROM claim_sibling s CROSS JOIN target t ON t.id = s.target"
	    " WHERE s.call = :call ORDER BY s.target",
	    f);

	return read_them(db, s, call, with, f);
}

int
siblings_of_call(struct db *db, const struct uuid *call, struct siblings *with, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT s.target, t.contact FROM call_sibling s CROSS JOIN target t ON t.id = s.target"
	    " WHERE s.call = :call ORDER BY s.target",
	    f);

	return read_them(db, s, call, with, f);
}

/* Of a claim, or else of a call; one cheap question where there are none. */
static int
read_any(struct db *db, const struct uuid *call, struct siblings *with, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM claim_sibling WHERE call = :call)"
	    " + 2 * EXISTS (SELECT 1 FROM call_sibling WHERE call = :call)",
	    f);
	int64_t in;

	with->n = 0;
	bind_b(db, s, ":call", call->b, 16);
	if (db_one(db, s, 0, &in, f) < 0)
		return -1;
	return in & 1 ? siblings_of_claim(db, call, with, f)
	    : in      ? siblings_of_call(db, call, with, f)
		      : 0;
}

static int
digest_of(struct db *db, int64_t contact, int64_t *digest, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT digest FROM contact WHERE id = :id", f);

	bind_i(db, s, ":id", contact);
	return db_one(db, s, 0, digest, f);
}

int
siblings_mix(struct db *db, const struct uuid *call, int64_t *digest, struct fault *f)
{
	struct siblings with = {.n = 0};
	int64_t part[2];

	if (call && read_any(db, call, &with, f) < 0)
		return -1;
	for (int i = 0; i < with.n; i++) {
		part[0] = with.target[i];
		if (digest_of(db, with.contact[i], &part[1], f) < 0)
			return -1;
		*digest = (int64_t)hash64(part, sizeof part, (uint64_t)*digest);
	}
	return 0;
}

int
siblings_digest(
    struct db *db, int64_t target, const struct uuid *call, int64_t *digest, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.digest FROM target t JOIN contact c ON c.id = t.contact WHERE t.id = :target",
	    f);

	bind_i(db, s, ":target", target);
	if (db_one(db, s, 0, digest, f) < 0)
		return -1;
	return siblings_mix(db, call, digest, f);
}

static void
put_person(struct buf *b, int64_t target, const struct person *p)
{
	buf_adds(b, "{\"target\":");
	buf_addi(b, target);
	buf_member_i(b, "contact", p->id);
	buf_member(b, "name", p->name);
	buf_member(b, "timezone", p->timezone);
	buf_member(b, "language", p->language);
	if (p->attributes) {
		buf_key(b, "attributes");
		buf_adds(b, p->attributes);
	}
	buf_addc(b, '}');
}

int
siblings_member(struct db *db, const struct siblings *with, struct buf *b, struct fault *f)
{
	struct person p;

	if (with->n == 0)
		return 0;
	buf_key(b, "siblings");
	for (int i = 0; i < with->n; i++) {
		int n = people_get(db, with->contact[i], &p, f);

		if (n < 0)
			return -1;
		if (n == 0) { /* forgotten */
			memset(&p, 0, sizeof p);
			p.id = with->contact[i];
		}
		buf_addc(b, i ? ',' : '[');
		put_person(b, with->target[i], &p);
	}
	buf_addc(b, ']');
	return 0;
}

void
siblings_write(struct buf *b, const struct siblings *with)
{
	for (int i = 0; i < with->n; i++) {
		buf_addc(b, i ? ',' : '[');
		buf_addi(b, with->target[i]);
	}
	buf_adds(b, with->n ? "]" : "[]");
}

void
siblings_read(const json_t *array, struct siblings *with)
{
	size_t n = json_array_size(array);

	memset(with, 0, sizeof *with);
	for (size_t i = 0; i < n && with->n < SIBLINGS_MAX; i++)
		with->target[with->n++] = json_integer_value(json_array_get(array, i));
}

int
siblings_taken(struct db *db, int64_t target, bool *taken, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM claim_sibling WHERE target = :target)"
	    " OR EXISTS (SELECT 1 FROM call_sibling s JOIN call c ON c.id = s.call"
	    " WHERE s.target = :target AND c.line_open = 1)",
	    f);
	int64_t v;

	bind_i(db, s, ":target", target);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*taken = v != 0;
	return 0;
}

int
siblings_claim(
    struct db *db, const struct uuid *call, const struct siblings *with, struct fault *f)
{
	for (int i = 0; i < with->n; i++) {
		sqlite3_stmt *s = db_sql(
		    db, "INSERT INTO claim_sibling (target, call) VALUES (:target, :call)", f);
		bind_i(db, s, ":target", with->target[i]);
		bind_b(db, s, ":call", call->b, 16);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	return 0;
}

int
siblings_unclaim(struct db *db, const struct uuid *call, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM claim_sibling WHERE call = :call", f);

	bind_b(db, s, ":call", call->b, 16);
	return db_run(db, s, f);
}

int
siblings_settle(struct db *db, const struct siblings *with, int64_t now, struct fault *f)
{
	for (int i = 0; i < with->n; i++)
		if (schedule_settle(db, with->target[i], now, f) < 0)
			return -1;
	return 0;
}
