/*
 * The store: files it refuses, the journal's chain, claims and intents as the
 * fence, events in any order, and replay.
 */
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "additions.h"
#include "again.h"
#include "calls.h"
#include "clock.h"
#include "contact.h"
#include "control.h"
#include "dnc.h"
#include "ground.h"
#include "home.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "people.h"
#include "plan.h"
#include "rand.h"
#include "replay.h"
#include "schedule.h"
#include "store_parts.h"
#include "tap.h"

/* The table tally against the calls themselves. */
static bool
tally_holds(struct db *db)
{
	int64_t wrong = -1;

	db_one(db,
	    db_sql(db,
		"WITH is_now AS (SELECT disposition, count(*) n FROM call"
		" WHERE campaign IS NOT NULL AND disposition IS NOT NULL GROUP BY disposition),"
		" told AS (SELECT disposition, n FROM tally WHERE n <> 0)"
		" SELECT (SELECT count(*) FROM (SELECT * FROM is_now EXCEPT SELECT * FROM told))"
		" + (SELECT count(*) FROM (SELECT * FROM told EXCEPT SELECT * FROM is_now))",
		&f),
	    -1, &wrong, &f);
	return wrong == 0;
}

#define MONDAY INT64_C(1772442000000) /* 2026-03-02T09:00:00Z */

/* ---- the turn ------------------------------------------------------------------- */

/* Another process, which was forked before any store was open: writes when it is told to. */
static int
write_elsewhere(const char *path, int told)
{
	struct db db;
	char go;

	return read(told, &go, 1) != 1 || db_open(&db, path, DB_WRITE, &f) < 0 ||
	    db_begin(&db, &f) < 0 || db_commit(&db, &f) < 0;
}

static void
test_turn(void)
{
	char *path = in_dir("turn.db");
	struct db db;
	int tell[2], status = -1;
	pid_t child;

	fflush(stdout);
	if (pipe(tell) < 0)
		abort();
	if ((child = fork()) == 0)
		_exit(write_elsewhere(path, tell[0]));
	fresh(&db, "turn.db");
	must(db_begin(&db, &f), "a transaction is open");
	ok(!db_is_waited_for(&db), "nobody waits for it");
	ok(write(tell[1], "", 1) == 1, "another process wants to write");
	while (!db_is_waited_for(&db) && waitpid(child, &status, WNOHANG) == 0)
		;
	ok(db_is_waited_for(&db), "it waits, and that can be seen");
	must(db_commit(&db, &f), "the transaction ends");
	ok(waitpid(child, &status, 0) == child && status == 0, "and the other one can write");
	must(db_begin(&db, &f), "then the first again");
	ok(!db_is_waited_for(&db), "which nobody waits for");
	db_close(&db);
	close(tell[0]);
	close(tell[1]);
	free(path);
}

/* Another process that has the store to itself and never gives it back. */
static void
hold_elsewhere(const char *path, int told, int tell)
{
	struct db db;
	char go;

	if (read(told, &go, 1) == 1 && db_open(&db, path, DB_WRITE, &f) == 0 &&
	    db_take_turn(&db, &f) == 0 && db_exec(&db, "BEGIN EXCLUSIVE", &f) == 0 &&
	    write(tell, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static void
test_stuck(void)
{
	char *path = in_dir("stuck.db"), ready;
	int64_t start, n;
	int go[2], held[2];
	struct db db;
	pid_t child;

	fflush(stdout);
	if (pipe(go) < 0 || pipe(held) < 0)
		abort();
	if ((child = fork()) == 0)
		hold_elsewhere(path, go[0], held[1]);
	fresh(&db, "stuck.db");
	db.wait_s = 1;
	ok(write(go[1], "", 1) == 1 && read(held[0], &ready, 1) == 1,
	    "another process is stuck with the store");
	start = clock_real_us();
	ok(db_one(&db, db_sql(&db, "SELECT count(*) FROM journal", &f), 0, &n, &f) < 0 &&
		f.code == TEMPFAIL,
	    "who reads is told to try again: %s", f.text);
	ok(clock_real_us() - start < 20000000, "when its time is over, and not for ever");
	ok(db_begin(&db, &f) < 0 && f.code == TEMPFAIL, "who writes too: %s", f.text);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	must(db_one(&db, db_sql(&db, "SELECT count(*) FROM journal", &f), 0, &n, &f),
	    "then it is free");
	db_close(&db);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(held[i]);
	}
	free(path);
}

/* ---- people and a campaign ---------------------------------------------------- */

static const char campaign_text[] =
    "{\"name\":\"hello\",\"template\":\"Hello {{name}}.\",\"base_prompt\":\"Be kind.\"," PLAN_ALWAYS
    ",\"concurrent\":%d,\"assume_timezone\":\"Asia/Kolkata\"}";

static json_t *
campaign_file(int concurrent)
{
	char *text = xasprintf(campaign_text, concurrent);
	json_t *file = json_read("campaign", text, strlen(text), &f);

	free(text);
	if (!file)
		printf("Bail out! %s\n", f.text);
	return file;
}

static int64_t
person(struct db *db, const char *key, int64_t phone)
{
	struct person p = {.source = "test",
	    .key = key,
	    .name = "Asha Rao",
	    .priority = INT64_MIN,
	    .phones = 1,
	    .phone = {phone}};
	enum people_change change;

	p.digest = person_digest(&p);
	if (people_put(db, &p, &change, &f) < 0)
		printf("# people_put: %s\n", f.text);
	return p.id;
}

/* n people, each with a number of its own from first on, in an active campaign. */
static void
campaign_with(struct db *db, struct campaign *c, int concurrent, int n, int64_t first)
{
	json_t *file = campaign_file(concurrent);
	enum apply_change change;
	int64_t *ids = xcalloc((size_t)n, sizeof *ids), obstacles;
	size_t added;

	must(campaigns_apply(db, file, &change, NULL, &f), "a campaign is applied");
	json_decref(file);
	must(campaigns_need(db, "hello", c, &f), "and found");
	db_begin(db, &f);
	for (int i = 0; i < n; i++) {
		char key[16];
		snprintf(key, sizeof key, "k%d", i);
		ids[i] = person(db, key, first + i);
	}
	db_commit(db, &f);
	db_begin(db, &f);
	must(additions_put(db, c->id, ids, (size_t)n, &added, NULL, NULL, &f),
	    "people are added");
	must(db_commit(db, &f), "and committed");
	is_int((int64_t)added, n, "all of them");
	campaigns_need(db, "hello", c, &f);
	must(campaigns_activate(db, c, false, NULL, NULL, NULL, &obstacles, &f),
	    "it is activated");
	campaigns_need(db, "hello", c, &f);
	free(ids);
}

static struct intent
intent_of(const struct claim *c)
{
	return (struct intent){
	    .id = c->call, .owner = "owner", .exchange = "sim", .simulated = true};
}

static int
event(struct db *db, const struct uuid *id, enum call_rank rank, int64_t at,
    enum call_source source, enum disposition d, uint64_t key)
{
	struct call_fact c = {.id = *id,
	    .kind = rank_name(rank),
	    .event = {.rank = rank,
		.at = at,
		.source = source,
		.disposition = d,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1,
		.key = key}};

	return calls_event(db, &c, &f);
}

/* ---- files ------------------------------------------------------------------- */

static void
copy_file(const char *from, const char *to)
{
	char bytes[65536];
	int a = open(from, O_RDONLY), b = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	for (ssize_t n; (n = read(a, bytes, sizeof bytes)) > 0;)
		if (write(b, bytes, (size_t)n) != n)
			break;
	close(a);
	close(b);
}

static void
poke(const char *path, off_t at, const void *bytes, size_t n)
{
	int fd = open(path, O_WRONLY);

	if (pwrite(fd, bytes, n, at) != (ssize_t)n)
		printf("# poke: %s\n", strerror(errno));
	close(fd);
}

static void
refuses(const char *path, enum code code, const char *words)
{
	struct db db;
	int rc = db_open(&db, path, DB_WRITE, &f);

	ok(rc < 0 && f.code == code && strstr(f.text, words), "refused: %s", words);
	if (rc == 0)
		db_close(&db);
	else if (!strstr(f.text, words))
		printf("# %d %s\n", f.code, f.text);
}

static void
test_files(void)
{
	char *a = in_dir("a.db"), *b = in_dir("b.db");
	struct db db;

	refuses(a, NOINPUT, "outreach init");
	fresh(&db, "a.db");
	ok(home_may_dial(&db, &f) == 0, "the file that was made may dial");
	db_close(&db);
	ok(home_make(a, &f) < 0 && f.code == DATAERR, "a store is never made over another");
	copy_file(a, b);
	ok(db_open(&db, b, DB_WRITE, &f) == 0, "a copy opens");
	ok(home_may_dial(&db, &f) < 0 && f.code == REFUSED && strstr(f.text, "outreach adopt"),
	    "but does not dial");
	must(home_adopt(&db, &f), "until it is adopted");
	ok(home_may_dial(&db, &f) == 0, "then it does");
	db_close(&db);
	copy_file(a, b);
	poke(b, 68, "\0\0\0\1", 4);
	refuses(b, CONFIG, "not a store of outreach");
	copy_file(a, b);
	poke(b, 60, "\0\0\0\11", 4);
	refuses(b, CONFIG, "newer outreach");
	poke(b, 60, "\0\0\0\0", 4);
	refuses(b, CONFIG, "outreach upgrade");
	copy_file(a, b);
	poke(b, 18, "\2\2", 2);
	if (sqlite3_libversion_number() < 3044006)
		refuses(b, CONFIG, "WAL mode");
	poke(b, 0, "nonsense", 8);
	refuses(b, CONFIG, "is not a store");
	free(a);
	free(b);
}

/* ---- the journal ------------------------------------------------------------- */

static void
test_journal(void)
{
	struct db db;
	int64_t rows, erased, n, seq;
	char hex[65], again[65];
	struct entry e = {.at = MONDAY,
	    .kind = "test",
	    .source = "tool",
	    .contact = 7,
	    .body = "{\"name\":\"Asha\"}"};

	fresh(&db, "journal.db");
	db_begin(&db, &f);
	must(journal_add(&db, &e, &f), "a row is added");
	e.actor = NULL;
	e.body = NULL;
	e.fact = "{\"a\":1}";
	must(journal_add(&db, &e, &f), "and another");
	must(db_commit(&db, &f), "in one transaction");
	is_int(e.seq, 3, "rows are numbered behind the store's own first one");
	ok(journal_verify(&db, &rows, &erased, &f) == 0, "the chain verifies");
	is_int(rows, 3, "all rows are looked at");
	journal_head(&db, &seq, hex, &f);
	db_begin(&db, &f);
	journal_add(&db, &e, &f);
	db_rollback(&db);
	journal_head(&db, &seq, again, &f);
	is_str(again, hex, "a rollback leaves the head");
	db_begin(&db, &f);
	must(journal_erase(&db, 7, &n, &f), "a person's bodies are erased");
	db_commit(&db, &f);
	is_int(n, 1, "the one that there was");
	ok(journal_verify(&db, &rows, &erased, &f) == 0, "the chain still verifies");
	is_int(erased, 1, "and tells of the erasure");
	ok(sqlite3_exec(db.s, "UPDATE journal SET kind = 'x'", NULL, NULL, NULL) != 0,
	    "a row cannot be changed");
	ok(sqlite3_exec(db.s, "DELETE FROM journal", NULL, NULL, NULL) != 0, "nor deleted");
	sqlite3_exec(db.s,
	    "DROP TRIGGER journal_is_fixed; UPDATE journal SET kind = 'x' WHERE seq = 2", NULL,
	    NULL, NULL);
	ok(journal_verify(&db, &rows, &erased, &f) == 1, "by force it is noticed: %s", f.text);
	db_close(&db);
}

/* ---- claims and intents -------------------------------------------------------- */

static void
test_claims(void)
{
	struct db db;
	struct campaign c;
	struct claim claims[64];
	struct intent in;
	enum claim_end end;
	size_t n;
	int64_t next;
	struct order o;

	fresh(&db, "claims.db");
	campaign_with(&db, &c, 5, 20, 442079460100);
	must(schedule_claim(&db, &c, 64, claims, &n, &end, &next, &f), "claims are taken");
	is_int((int64_t)n, 5, "never more than the free slots");
	is_int(end, CLAIM_SLOTS, "and it says so");
	must(schedule_claim(&db, &c, 64, claims + 5, &n, &end, &next, &f), "asking again");
	is_int((int64_t)n, 0, "gives none");

	in = intent_of(&claims[0]);
	must(calls_intend(&db, &in, 1, &f), "an intent is committed");
	is_int(in.result, INTENT_OK, "the call may be sent");
	must(calls_intend(&db, &in, 1, &f), "the same record again");
	is_int(in.result, INTENT_GONE, "is refused: its claim is gone");
	ok(calls_order(&db, &claims[0].call, &o, &f) == 1 && o.open &&
		o.call.rank == RANK_INTENT,
	    "the call is open");
	is_str(o.phone, "+442079460100", "with the number of the store");

	must(schedule_unclaim(&db, &claims[1], 1, &f), "a claim is given back");
	in = intent_of(&claims[1]);
	must(calls_intend(&db, &in, 1, &f), "and used all the same");
	is_int(in.result, INTENT_GONE, "it is refused");
	must(schedule_claim(&db, &c, 64, claims + 5, &n, &end, &next, &f), "claimed again");
	is_int((int64_t)n, 1, "by another run");
	ok(memcmp(claims[5].call.b, claims[1].call.b, 16), "under a new id");

	ok(dnc_add(&db, claims[2].phone, "test", "asked", &f) == 1, "a wish arrives");
	in = intent_of(&claims[2]);
	must(calls_intend(&db, &in, 1, &f), "its claim is used");
	is_int(in.result, INTENT_GONE, "it was withdrawn");
	must(control_stop(&db, "test", false, &f), "everything is stopped");
	in = intent_of(&claims[3]);
	must(calls_intend(&db, &in, 1, &f), "a claim under a stop");
	is_int(in.result, INTENT_REFUSED, "is refused");
	ok(strstr(in.why, "stopped") != NULL, "for that reason: %s", in.why);
	ok(schedule_claim(&db, &c, 1, claims, &n, &end, &next, &f) < 0 && f.code == REFUSED,
	    "nor is anyone claimed");
	ok(tally_holds(&db), "calls are tallied as they are");
	ok(replay_check(&db, &f) == 0, "replay gives the same projections: %s", f.text);
	db_close(&db);
}

static void
test_expiry(void)
{
	struct db db;
	struct campaign c;
	struct claim claims[8];
	struct intent in;
	enum claim_end end;
	size_t n;

	clock_virtual(MONDAY);
	fresh(&db, "expiry.db");
	campaign_with(&db, &c, 1, 2, 442079460200);
	schedule_claim(&db, &c, 1, claims, &n, &end, NULL, &f);
	is_int((int64_t)n, 1, "one claim");
	clock_advance(clock_mono() + 25 * 3600 * 1000);
	in = intent_of(&claims[0]);
	must(schedule_claim(&db, &c, 1, claims + 1, &n, &end, NULL, &f),
	    "a day later the next run");
	is_int((int64_t)n, 1, "takes the expired one over");
	is_int(claims[1].target, claims[0].target, "the same person");
	must(calls_intend(&db, &in, 1, &f), "yesterday's record");
	is_int(in.result, INTENT_GONE, "is refused: claimed again by another run");
	in = intent_of(&claims[1]);
	must(calls_intend(&db, &in, 1, &f), "today's");
	is_int(in.result, INTENT_OK, "goes");
	db_close(&db);
}

static void
test_siblings(void)
{
	struct db db;
	struct campaign c;
	struct claim claims[8];
	struct intent in;
	enum claim_end end;
	int64_t ids[2];
	size_t n, added;

	fresh(&db, "siblings.db");
	campaign_with(&db, &c, 8, 1, 442079460300);
	db_begin(&db, &f);
	ids[0] = person(&db, "s1", 442079460399);
	ids[1] = person(&db, "s2", 442079460399);
	additions_put(&db, c.id, ids, 2, &added, NULL, NULL, &f);
	db_commit(&db, &f);
	must(schedule_claim(&db, &c, 8, claims, &n, &end, NULL, &f),
	    "three people, two on one number");
	is_int((int64_t)n, 2, "one of the two is claimed");
	for (int i = 0; i < 2; i++) {
		in = intent_of(&claims[i]);
		calls_intend(&db, &in, 1, &f);
		db_begin(&db, &f);
		event(&db, &claims[i].call, RANK_ENDED, clock_wall(), FROM_EXCHANGE,
		    DISP_ANSWERED, 1);
		db_commit(&db, &f);
	}
	clock_advance(clock_mono() + 3600 * 1000);
	schedule_claim(&db, &c, 8, claims + 2, &n, &end, NULL, &f);
	is_int((int64_t)n, 0, "an hour after the first, the gap keeps the second away");
	clock_advance(clock_mono() + 4 * 3600 * 1000);
	schedule_claim(&db, &c, 8, claims + 2, &n, &end, NULL, &f);
	ok(n >= 1, "four hours after, it is claimed");
	db_close(&db);
}

/* No attempt is charged for a call that was hung up before the answer, but its phone rang. */
static void
test_rang(void)
{
	struct db db;
	struct campaign c;
	struct claim claims[2];
	struct intent in;
	enum claim_end end;
	size_t n;

	fresh(&db, "rang.db");
	campaign_with(&db, &c, 1, 1, 442079460350);
	schedule_claim(&db, &c, 1, claims, &n, &end, NULL, &f);
	in = intent_of(&claims[0]);
	calls_intend(&db, &in, 1, &f);
	db_begin(&db, &f);
	event(&db, &in.id, RANK_RINGING, clock_wall(), FROM_EXCHANGE, DISP_NONE, 1);
	event(&db, &in.id, RANK_ENDED, clock_wall(), FROM_DOOR, DISP_CANCELLED, 2);
	db_commit(&db, &f);
	clock_advance(clock_mono() + 3600 * 1000);
	schedule_claim(&db, &c, 1, claims + 1, &n, &end, NULL, &f);
	is_int((int64_t)n, 0, "a phone that rang is left alone for the gap");
	clock_advance(clock_mono() + 3 * 3600 * 1000 + 1000);
	schedule_claim(&db, &c, 1, claims + 1, &n, &end, NULL, &f);
	is_int((int64_t)n, 1, "and called again behind it");
	db_close(&db);
}

static void
test_unknown(void)
{
	struct db db;
	struct campaign c;
	struct claim claim;
	struct intent in;
	struct order o;
	struct facts facts;
	enum claim_end end;
	size_t n;

	fresh(&db, "unknown.db");
	campaign_with(&db, &c, 1, 1, 442079460400);
	schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f);
	in = intent_of(&claim);
	calls_intend(&db, &in, 1, &f);
	db_begin(&db, &f);
	event(&db, &claim.call, RANK_UNKNOWN, clock_wall(), FROM_DOOR, DISP_NONE, 5);
	db_commit(&db, &f);
	calls_order(&db, &claim.call, &o, &f);
	ok(o.call.line_open, "an unknown call keeps its line open");
	ok(sqlite3_exec(db.s, "UPDATE call SET rank = 7", NULL, NULL, NULL) != 0,
	    "nothing moves it without evidence: %s", sqlite3_errmsg(db.s));
	ok(sqlite3_exec(db.s, "UPDATE call SET rank = 1", NULL, NULL, NULL) != 0, "nor back");
	clock_advance(clock_mono() + INT64_C(90) * 86400 * 1000);
	schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f);
	is_int((int64_t)n, 0, "nor does a quarter of a year");
	schedule_facts(&db, o.target, 0, &facts, &f);
	is_int(facts.attempts, 1, "it counts as an attempt");
	ok(again_ask(&db, o.target, 0, &f) < 0 && f.code == REFUSED,
	    "nor is another call asked for: %s", f.text);
	db_begin(&db, &f);
	must(again_put(&db, "target.requeued",
		 &(struct again){.target = o.target, .since = clock_wall()}, &f),
	    "and if it were");
	must(db_commit(&db, &f), "  in the store");
	schedule_facts(&db, o.target, 0, &facts, &f);
	is_int(facts.attempts, 1, "  it would count all the same");
	must(calls_resolve_unknown(&db, &o.id, DISP_BUSY, "asked them", &f) - 1,
	    "a person says how it ended");
	calls_order(&db, &o.id, &o, &f);
	ok(o.call.rank == RANK_ENDED && o.call.disposition == DISP_BUSY && !o.call.line_open,
	    "and it is over");
	schedule_facts(&db, o.target, 0, &facts, &f);
	is_int(
	    facts.attempts * 10 + facts.settled, 1, "and settled by what was asked for since");
	ok(tally_holds(&db), "calls are tallied as they are");
	ok(replay_check(&db, &f) == 0, "replay agrees: %s", f.text);
	db_close(&db);
}

/* ---- events in any order ------------------------------------------------------- */

struct said {
	enum call_rank rank;
	int64_t at;
	enum call_source source;
	enum disposition d;
};

static const struct said said[] = {
    {RANK_PLACED, MONDAY + 100, FROM_EXCHANGE, DISP_NONE},
    {RANK_RINGING, MONDAY + 300, FROM_EXCHANGE, DISP_NONE},
    {RANK_RINGING, MONDAY + 250, FROM_WEBHOOK, DISP_NONE},
    {RANK_ANSWERED, MONDAY + 900, FROM_WEBHOOK, DISP_NONE},
    {RANK_UNKNOWN, MONDAY + 1000, FROM_DOOR, DISP_NONE},
    {RANK_ENDED, MONDAY + 2000, FROM_WEBHOOK, DISP_ANSWERED},
    {RANK_ENDED, MONDAY + 1900, FROM_EXCHANGE, DISP_BUSY},
};

static int64_t
claimable(struct db *db, const struct campaign *c, int64_t ms)
{
	struct claim claim;
	enum claim_end end;
	size_t n;

	clock_advance(clock_mono() + ms);
	must(schedule_claim(db, c, 1, &claim, &n, &end, NULL, &f), "a claim is asked for");
	if (n > 0)
		schedule_unclaim(db, &claim, n, &f);
	return (int64_t)n;
}

/* Where the exchange tells of the line, a webhook's end leaves it open: nobody else is called meanwhile. */
static void
test_told(void)
{
	struct call_fact closed = {.kind = "unknown",
	    .event = {
		.rank = RANK_UNKNOWN, .source = FROM_DOOR, .key = 6, .line_closed = true}};
	struct db db;
	struct campaign c;
	struct claim claim;
	struct intent in;
	struct decision d;
	struct order o;
	enum claim_end end;
	int64_t open;
	size_t n;

	clock_virtual(MONDAY);
	fresh(&db, "told.db");
	campaign_with(&db, &c, 1, 1, 442079460410);
	for (int round = 0; round < 2; round++) {
		schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f);
		in = intent_of(&claim);
		calls_intend(&db, &in, 1, &f);
		is_int(in.result, INTENT_OK, "a call");
		db_begin(&db, &f);
		event(&db, &in.id, RANK_ENDED, clock_wall(), FROM_WEBHOOK, DISP_BUSY, 5);
		db_commit(&db, &f);
		calls_order(&db, &in.id, &o, &f);
		ok(o.call.rank == RANK_ENDED && o.call.line_open,
		    "it is over, and its line open");
		must(calls_open_count(&db, c.id, &open, &f), "open calls");
		is_int(open, 1, "are this one");
		is_int(
		    claimable(&db, &c, 20 * 3600 * 1000), 0, "the person is not called again");
		ok(calls_decide(&db, &in.id, &d, &f) < 0, "nor is it sent again: %s", f.text);
		must(calls_ask_hangup(&db, c.id, &open, &f), "a hangup is asked for");
		is_int(open, 1, "and heard");
		if (round == 0) {
			closed.id = in.id;
			closed.event.at = clock_wall();
			db_begin(&db, &f);
			must(calls_event(&db, &closed, &f) - 1, "no channel of it lives");
			db_commit(&db, &f);
		} else {
			must(calls_resolve_unknown(&db, &in.id, DISP_NO_ANSWER, "the log", &f),
			    "a person closes its line");
		}
		calls_order(&db, &in.id, &o, &f);
		ok(!o.call.line_open && o.call.disposition == DISP_BUSY,
		    "it ended as was told");
		is_int(
		    claimable(&db, &c, 20 * 3600 * 1000), 1, "the person is due by the policy");
		ok(replay_check(&db, &f) == 0, "replay agrees: %s", f.text);
	}
	ok(calls_resolve_unknown(&db, &in.id, DISP_BUSY, "again", &f) < 0, "once: %s", f.text);
	ok(tally_holds(&db), "calls are tallied as they are");
	db_close(&db);
}

static void
call_text(struct db *db, const struct uuid *id, struct buf *out)
{
	static const char sql[] =
	    "SELECT rank, placed_at, ringing_at, answered_at, unknown_at, ended_at, disposition, cause, tech_cause,"
	    " talk_ms, ring_ms, end_source, end_key, line_open,"
	    " (SELECT group_concat(key || ':' || ends) FROM seen WHERE call = :id) FROM call WHERE id = :id";
	sqlite3_stmt *s = db_sql(db, sql, &f);

	buf_reset(out);
	bind_b(db, s, ":id", id->b, 16);
	if (db_step(db, s, &f) > 0)
		for (int i = 0; i < 15; i++)
			buf_printf(out, "%s|", col_t(s, i) ? col_t(s, i) : "");
	sqlite3_reset(s);
}

/* Heap's algorithm; each order goes to a call of its own. */
static int
all_orders(struct db *db, int n, int *order, struct buf *want, struct buf *got, int *count)
{
	int c[COUNT(said)] = {0}, i = 1, bad = 0;

	for (;;) {
		struct uuid id = uuid_make(clock_wall());
		for (int k = 0; k < n; k++)
			for (int twice = 0; twice < 2; twice++)
				event(db, &id, said[order[k]].rank, said[order[k]].at,
				    said[order[k]].source, said[order[k]].d,
				    100 + (uint64_t)order[k]);
		if (++*count % 200 == 0) {
			db_commit(db, &f);
			db_begin(db, &f);
		}
		struct uuid check = id;
		db_commit(db, &f);
		db_begin(db, &f);
		call_text(db, &check, got);
		if (!want->len)
			buf_add(want, got->p, got->len);
		if (!got->len || strcmp(want->p, got->p)) {
			if (!bad++)
				printf("# want %s\n# got  %s\n", want->p, got->p);
		}
		while (i < n && c[i] >= i)
			c[i++] = 0;
		if (i >= n)
			return bad;
		int a = i % 2 ? c[i] : 0, t = order[a];
		order[a] = order[i];
		order[i] = t;
		c[i]++;
		i = 1;
	}
}

static void
test_orders(void)
{
	struct db db;
	int order[COUNT(said)], count = 0, bad;
	struct buf want = {0}, got = {0};

	fresh(&db, "orders.db");
	sqlite3_exec(db.s, "PRAGMA synchronous = OFF", NULL, NULL,
	    NULL); /* thousands of commits of a test */
	for (size_t i = 0; i < COUNT(said); i++)
		order[i] = (int)i;
	db_begin(&db, &f);
	bad = all_orders(&db, COUNT(said), order, &want, &got, &count);
	db_commit(&db, &f);
	is_int(count, 5040, "all orders of seven events, each event twice");
	is_int(bad, 0, "give the same call, byte for byte");
	ok(strstr(want.p, "busy") != NULL, "the exchange's word on the end holds: %s", want.p);
	ok(tally_holds(&db), "calls are tallied as they are");
	ok(replay_check(&db, &f) == 0, "and the journal replays to it: %s", f.text);
	db_close(&db);
	buf_release(&want);
	buf_release(&got);
}

/* The same outside events, shuffled and repeated, into stores that made the same calls themselves. */
static void
shuffled_store(const char *name, uint64_t seed, struct buf *dump)
{
	struct db db;
	struct campaign c;
	struct claim claims[40];
	enum claim_end end;
	size_t n, list[40 * COUNT(said) * 2], m = 0;

	clock_virtual(MONDAY);
	fresh(&db, name);
	setenv("OUTREACH_SEED", "7", 1);
	campaign_with(&db, &c, 40, 40, 442079460500);
	schedule_claim(&db, &c, 40, claims, &n, &end, NULL, &f);
	for (size_t i = 0; i < n; i++) {
		memset(claims[i].call.b + 6, (int)i + 1, 10); /* the same ids in each store */
		sqlite3_stmt *s =
		    db_sql(&db, "UPDATE claim SET call = :call WHERE target = :target", &f);
		bind_b(&db, s, ":call", claims[i].call.b, 16);
		bind_i(&db, s, ":target", claims[i].target);
		db_run(&db, s, &f);
		struct intent in = intent_of(&claims[i]);
		calls_intend(&db, &in, 1, &f);
		for (size_t k = 0; k < 2 * COUNT(said); k++)
			list[m++] = i * COUNT(said) + k % COUNT(said);
	}
	for (size_t i = m - 1; seed && i > 0; i--) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		size_t j = (size_t)(seed >> 33) % (i + 1), t = list[i];
		list[i] = list[j];
		list[j] = t;
	}
	db_begin(&db, &f);
	for (size_t i = 0; i < m; i++) {
		const struct said *e = &said[list[i] % COUNT(said)];
		event(&db, &claims[list[i] / COUNT(said)].call, e->rank, e->at, e->source, e->d,
		    100 + list[i]);
	}
	must(db_commit(&db, &f), "events are applied");
	must(replay_dump(&db, dump, &f), "and the projections written out");
	ok(tally_holds(&db), "calls are tallied as they are");
	ok(replay_check(&db, &f) == 0, "replay equals them: %s", f.text);
	db_close(&db);
}

static void
test_shuffles(void)
{
	struct buf want = {0}, got = {0};
	char name[32];

	shuffled_store("order.db", 0, &want);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		snprintf(name, sizeof name, "shuffle%d.db", (int)seed);
		buf_reset(&got);
		shuffled_store(name, seed, &got);
		is_str(
		    got.p, want.p, "shuffled and repeated, the projections are the same bytes");
	}
	buf_release(&want);
	buf_release(&got);
}

/* How many of n notes of a call, each given twice, are new. */
static int
new_notes(struct db *db, const struct uuid *id, int n)
{
	int new = 0;

	db_begin(db, &f);
	for (int i = 0; i < 2 * n; i++) {
		struct call_fact c = {.id = *id,
		    .kind = "dtmf",
		    .event = {.at = MONDAY + i % n,
			.source = FROM_WEBHOOK,
			.key = (uint64_t)(i % n) * 0x9e3779b97f4a7c15u,
			.cause = -1,
			.talk_ms = -1,
			.ring_ms = -1}};
		new += calls_event(db, &c, &f);
	}
	must(db_commit(db, &f), "notes of one call are applied");
	return new;
}

/* More events of one call than are kept in memory, and of one that the store knows. */
static void
test_notes(void)
{
	struct uuid id = {{0x7b, 0x0f, 0x6c, 0x52}};
	int64_t seen = 0;
	struct db db;

	fresh(&db, "notes.db");
	is_int(new_notes(&db, &id, 200), 200, "200 notes, each twice, are 200");
	is_int(new_notes(&db, &id, 300), 100, "of which a later batch knows");
	db_one(&db, db_sql(&db, "SELECT count(*) FROM seen", &f), 0, &seen, &f);
	is_int(seen, 300, "each stands there once");
	ok(tally_holds(&db), "calls are tallied as they are");
	ok(replay_check(&db, &f) == 0, "and replay agrees: %s", f.text);
	db_close(&db);
}

static void
test_orphan(void)
{
	struct db db;
	struct campaign c;
	struct claim claim;
	struct intent in;
	struct order o;
	struct uuid foreign;
	enum claim_end end;
	size_t n;
	const char *uuid = "7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11";

	fresh(&db, "orphan.db");
	campaign_with(&db, &c, 1, 1, 442079460600);
	schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f);
	in = intent_of(&claim);
	calls_intend(&db, &in, 1, &f);
	must(calls_resolve(&db, uuid, &foreign, &f), "a foreign id has a call of its own");
	db_begin(&db, &f);
	event(&db, &foreign, RANK_ANSWERED, MONDAY + 5, FROM_WEBHOOK, DISP_NONE, 9);
	db_commit(&db, &f);
	db_begin(&db, &f);
	is_int(calls_alias(&db, uuid, &claim.call, &f), 1, "until it is mapped");
	db_commit(&db, &f);
	calls_order(&db, &claim.call, &o, &f);
	is_int(o.call.rank, RANK_ANSWERED, "then the call knows what its orphan knew");
	ok(calls_order(&db, &foreign, &o, &f) == 0, "and the orphan is gone");
	must(calls_resolve(&db, uuid, &foreign, &f), "the id");
	ok(!memcmp(foreign.b, claim.call.b, 16), "stands for the call");
	ok(tally_holds(&db), "calls are tallied as they are");
	ok(replay_check(&db, &f) == 0, "replay agrees: %s", f.text);
	db_close(&db);
}

int
main(void)
{
	ground_make("store");
	setenv("OUTREACH_NOW", "2026-03-02T09:00:00Z", 1);
	if (clock_init(&f) < 0)
		return 1;
	test_files();
	test_turn();
	test_stuck();
	test_journal();
	test_claims();
	test_expiry();
	test_siblings();
	test_rang();
	test_unknown();
	test_told();
	test_orders();
	test_shuffles();
	test_notes();
	test_orphan();
	ground_clear();
	return done_testing();
}
