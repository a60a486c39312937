/*
 * The floor of generate.sh: what SQLite alone costs for the rows of contexts
 * that are there already. "read" finds each target's context with one
 * statement in one transaction; "write" writes the rows that a context from a
 * kept answer is (journal, body, context), as they lie in the store, in
 * transactions of 256.
 *
 *	context_floor read|write STORE
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP = 256 };

static sqlite3 *db;

static void
need(int ok)
{
	if (ok)
		return;
	fprintf(stderr, "context_floor: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void
run_sql(const char *sql)
{
	need(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *s;

	need(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK);
	return s;
}

static sqlite3_int64
number(const char *sql)
{
	sqlite3_stmt *s = prepare(sql);
	sqlite3_int64 n;

	need(sqlite3_step(s) == SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void
read_all(void)
{
	sqlite3_stmt *s = prepare(
	    "SELECT b.json, x.origin, x.contact_digest, k.digest FROM context x"
	    " JOIN target t ON t.id = x.target JOIN contact k ON k.id = t.contact"
	    " JOIN campaign c ON c.id = t.campaign AND c.plan_revision = x.plan_revision"
	    " JOIN body b ON b.seq = x.seq WHERE x.target = ?");
	sqlite3_int64 last = number("SELECT max(target) FROM context");
	size_t bytes = 0;

	run_sql("BEGIN");
	for (sqlite3_int64 id = 1; id <= last; id++) {
		sqlite3_bind_int64(s, 1, id);
		if (sqlite3_step(s) == SQLITE_ROW)
			bytes += strlen((const char *)sqlite3_column_text(s, 0));
		sqlite3_reset(s);
	}
	run_sql("COMMIT");
	sqlite3_finalize(s);
	printf("%lld contexts, %zu bytes\n", (long long)last, bytes);
}

/* The rows of one context again, behind the last row of the journal. */
static void
write_all(void)
{
	sqlite3_int64 last = number("SELECT max(target) FROM context");
	sqlite3_int64 seq = number("SELECT max(seq) FROM journal");
	sqlite3_stmt *s[] = {
	    prepare(
		"INSERT INTO journal SELECT ?1, txn, at, kind, call, campaign, contact, actor, source,"
		" fact, digest FROM journal WHERE seq = (SELECT seq FROM context WHERE target = ?2)"),
	    prepare("INSERT INTO body SELECT ?1, salt, json FROM body"
		    " WHERE seq = (SELECT seq FROM context WHERE target = ?2)"),
	    prepare("UPDATE context SET seq = ?1, review = 'made' WHERE target = ?2")};

	for (sqlite3_int64 id = 1; id <= last; id++) {
		if (id % GROUP == 1)
			run_sql("BEGIN IMMEDIATE");
		seq++;
		for (int i = 0; i < 3; i++) {
			sqlite3_bind_int64(s[i], 1, seq);
			sqlite3_bind_int64(s[i], 2, id);
			need(sqlite3_step(s[i]) == SQLITE_DONE);
			sqlite3_reset(s[i]);
		}
		if (id % GROUP == 0 || id == last)
			run_sql("COMMIT");
	}
	for (int i = 0; i < 3; i++)
		sqlite3_finalize(s[i]);
	printf("%lld contexts\n", (long long)last);
}

int
main(int argc, char **argv)
{
	if (argc != 3 || (strcmp(argv[1], "read") && strcmp(argv[1], "write"))) {
		fprintf(stderr, "usage: context_floor read|write STORE\n");
		return 64;
	}
	need(sqlite3_open(argv[2], &db) == SQLITE_OK);
	run_sql("PRAGMA journal_mode=TRUNCATE");
	run_sql("PRAGMA synchronous=FULL");
	if (strcmp(argv[1], "read") == 0)
		read_all();
	else
		write_all();
	sqlite3_close(db);
	return 0;
}
