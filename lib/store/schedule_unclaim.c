/*
 * schedule_unclaim: claims that are given back: withdrawn, expired, or written
 * to nobody. Whoever had one is decided anew.
 */
#include <string.h>

#include "clock.h"
#include "schedule_parts.h"
#include "siblings.h"
#include "store_parts.h"

static void
uuid_from(sqlite3_stmt *s, int col, struct uuid *u)
{
	memset(u, 0, sizeof *u);
	if (sqlite3_column_bytes(s, col) == 16)
		memcpy(u->b, sqlite3_column_blob(s, col), 16);
}

int
claim_delete(struct db *db, const struct uuid *call, bool *was, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM claim WHERE call = :call", f);

	bind_b(db, s, ":call", call->b, 16);
	if (db_run(db, s, f) < 0)
		return -1;
	*was = sqlite3_changes(db->s) > 0;
	return 0;
}

int
claim_withdraw(struct db *db, const struct uuid *call, int64_t target, struct fault *f)
{
	struct siblings with;
	int64_t now = clock_wall();
	bool was;

	if (siblings_of_claim(db, call, &with, f) < 0 || claim_delete(db, call, &was, f) < 0)
		return -1;
	if (!was)
		return 0;
	if (with.n && siblings_unclaim(db, call, f) < 0)
		return -1;
	return schedule_settle(db, target, now, f) < 0 ? -1
						       : siblings_settle(db, &with, now, f);
}

/* Steps a query for (call, target) of a claim and gives that one back: 1, 0 there is none. */
static int
withdraw_next(struct db *db, sqlite3_stmt *s, int64_t *target, struct fault *f)
{
	struct uuid call;
	int n = db_step(db, s, f);

	if (n <= 0)
		return n;
	uuid_from(s, 0, &call);
	*target = col_i(s, 1);
	sqlite3_reset(s);
	return claim_withdraw(db, &call, *target, f) < 0 ? -1 : 1;
}

/* One query for each index. */
static sqlite3_stmt *
claims_of(struct db *db, int64_t campaign, int64_t phone, int64_t target, struct fault *f)
{
	sqlite3_stmt *s;

	if (target) {
		s = db_sql(db,
		    "SELECT call, target FROM claim WHERE target = :target"
		    " UNION ALL SELECT c.call, c.target FROM claim_sibling s"
		    " JOIN claim c ON c.call = s.call WHERE s.target = :target",
		    f);
		bind_i(db, s, ":target", target);
	} else if (phone) {
		s = db_sql(db, "SELECT call, target FROM claim WHERE phone = :phone", f);
		bind_i(db, s, ":phone", phone);
	} else {
		s = db_sql(
		    db, "SELECT call, target FROM claim WHERE campaign = :campaign LIMIT 1", f);
		bind_i(db, s, ":campaign", campaign);
	}
	return s;
}

int
claims_withdraw(struct db *db, int64_t campaign, int64_t phone, int64_t target, struct fault *f)
{
	int64_t was;
	int n;

	while ((n = withdraw_next(db, claims_of(db, campaign, phone, target, f), &was, f)) > 0)
		;
	return n;
}

/* Claims whose time is over go back, to be claimed under new ids: who lost one waited longest. */
int
claims_release_expired(struct db *db, int64_t campaign, int64_t now, struct fault *f)
{
	for (int i = 0; i < CLAIM_BATCH; i++) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT call, target FROM claim WHERE campaign = :campaign AND expires_at <= :now"
		    " ORDER BY expires_at LIMIT 1",
		    f);
		int64_t target;
		int n;

		bind_i(db, s, ":campaign", campaign);
		bind_i(db, s, ":now", now);
		if ((n = withdraw_next(db, s, &target, f)) <= 0)
			return n;
		s = db_sql(db,
		    "UPDATE schedule SET due_at = 0 WHERE target = :target AND due_at <= :now",
		    f);
		bind_i(db, s, ":target", target);
		bind_i(db, s, ":now", now);
		if (db_run(db, s, f) < 0)
			return -1;
	}
	return 0;
}

static int
not_before(struct db *db, int64_t target, int64_t at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "UPDATE schedule SET due_at = :at WHERE target = :target AND due_at < :at", f);

	bind_i(db, s, ":at", at);
	bind_i(db, s, ":target", target);
	return db_run(db, s, f);
}

int
schedule_put_off(
    struct db *db, const struct uuid *call, int64_t target, int64_t at, struct fault *f)
{
	struct siblings with;

	if (siblings_of_claim(db, call, &with, f) < 0 ||
	    claim_withdraw(db, call, target, f) < 0 || not_before(db, target, at, f) < 0)
		return -1;
	for (int i = 0; i < with.n; i++)
		if (not_before(db, with.target[i], at, f) < 0)
			return -1;
	return 0;
}

int
schedule_unclaim(struct db *db, const struct claim *c, size_t n, struct fault *f)
{
	for (size_t i = 0; i < n;) {
		size_t stop = i + CLAIM_BATCH < n ? i + CLAIM_BATCH : n;
		if (db_begin(db, f) < 0)
			return -1;
		for (; i < stop; i++)
			if (claim_withdraw(db, &c[i].call, c[i].target, f) < 0) {
				db_rollback(db);
				return -1;
			}
		if (db_commit(db, f) < 0)
			return -1;
	}
	return 0;
}

int
schedule_unclaim_since(struct db *db, int64_t campaign, int64_t since, struct fault *f)
{
	struct uuid from = {{0}}; /* ids begin with their instant (RFC 9562 section 5.7) */
	int64_t was;
	int n = 1;

	for (int i = 0; i < 6; i++)
		from.b[i] = (unsigned char)(since >> (40 - 8 * i));
	while (n > 0) {
		if (db_begin(db, f) < 0)
			return -1;
		for (int i = 0; i < CLAIM_BATCH && n > 0; i++) {
			sqlite3_stmt *s = db_sql(db,
			    "SELECT call, target FROM claim WHERE campaign = :campaign AND call >= :from"
			    " LIMIT 1",
			    f);

			bind_i(db, s, ":campaign", campaign);
			bind_b(db, s, ":from", from.b, sizeof from.b);
			n = withdraw_next(db, s, &was, f);
		}
		if (n < 0) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db, f) < 0)
			return -1;
	}
	return 0;
}
