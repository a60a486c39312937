/*
 * people: batches against a simple model, an import that is cut short at any
 * moment, looking, deleting and forgetting.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "home.h"
#include "journal.h"
#include "mem.h"
#include "people.h"
#include "rand.h"
#include "tap.h"

static char dir[] = "/tmp/outreach-people.XXXXXX";
static char *path;
static struct fault f;

static void
fresh(struct db *db)
{
	static int n;

	free(path);
	path = xasprintf("%s/%d.db", dir, n++);
	if (home_make(path, &f) < 0 || db_open(db, path, DB_WRITE, &f) < 0) {
		printf("Bail out! %s\n", f.text);
		exit(1);
	}
}

static int64_t
number(struct db *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db->s, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		n = col_i(s, 0);
	sqlite3_finalize(s);
	return n;
}

/* ---- batches ---------------------------------------------------------------- */

/* The i-th person in its version v; the texts live until the next call. */
static struct person
someone(uint64_t i, uint64_t v)
{
	static char key[40], name[40], attributes[60];
	struct person p = {.source = i % 3 ? "a" : "b",
	    .key = key,
	    .name = v % 4 ? name : NULL,
	    .timezone = i % 2 ? "Asia/Kolkata" : NULL,
	    .priority = i % 5 ? INT64_MIN : (int64_t)v,
	    .attributes = v % 3 ? attributes : NULL,
	    .phones = 1 + (int)((i + v) % 3)};

	snprintf(key, sizeof key, "key-%llu", (unsigned long long)(i * 7919 % 100003));
	snprintf(name, sizeof name, "Name %llu", (unsigned long long)v);
	snprintf(attributes, sizeof attributes, "{\"v\":\"%llu\"}", (unsigned long long)v);
	for (int j = 0; j < p.phones; j++)
		p.phone[j] =
		    910000000000 + (int64_t)((i * 104729 + (uint64_t)j * 31 + v) % 900000);
	p.digest = person_digest(&p);
	return p;
}

static bool
same(const struct person *a, const struct person *b)
{
	return a->phones == b->phones &&
	    !memcmp(a->phone, b->phone, (size_t)a->phones * sizeof a->phone[0]) &&
	    person_digest(a) == person_digest(b) && a->digest == b->digest;
}

enum { MODEL = 9000 };

/* Several batches of new, changed, unchanged and repeated persons. */
static void
test_model(void)
{
	static uint64_t version[MODEL]; /* 0: not there yet */
	static uint64_t order[MODEL * 2];
	struct db db;
	int wrong = 0, ids = 0;

	fresh(&db);
	for (int round = 0; round < 6; round++) {
		struct people_batch *b = people_batch_new();
		enum people_change change, want;
		size_t n = 0;
		struct person p;

		for (uint64_t i = 0; i < MODEL; i++)
			if (hash64(&i, sizeof i, (uint64_t)round) % 3 == 0)
				order[n++] = i;
		for (size_t i = 0; i < n; i++) {
			uint64_t who = order[i],
				 v = round < 3 || who % 7 ? version[who] + !version[who]
							  : version[who] + 1;
			p = someone(who, v);
			people_batch_add(b, &p);
			if (i % 50 == 0) /* and again, as it is */
				people_batch_add(b, &p);
		}
		if (people_batch_put(&db, b, false, &f) < 0)
			printf("# %s\n", f.text);
		for (size_t i = 0, j = 0; people_batch_get(b, i, &p, &change); i++, j++) {
			uint64_t who = order[j],
				 v = round < 3 || who % 7 ? version[who] + !version[who]
							  : version[who] + 1;
			struct person model = someone(who, v);

			want = !version[who]    ? PERSON_ACCEPTED
			    : version[who] == v ? PERSON_UNCHANGED
						: PERSON_UPDATED;
			wrong += change != want || !same(&p, &model);
			ids += p.id <= 0;
			version[who] = v;
			if (j % 50 == 0)
				i++;
		}
		people_batch_free(b);
	}
	is_int(wrong, 0, "each has the change that a model expects, in the order of adding");
	is_int(ids, 0, "and an id");
	for (uint64_t i = 0; i < MODEL; i++) {
		struct person model = someone(i, version[i]), p;
		int got = people_find(&db, model.source, model.key, &p, &f);

		wrong += got != (version[i] != 0) || (got > 0 && !same(&p, &model));
	}
	is_int(wrong, 0, "and is found as the model has it");
	is_int(number(&db, "SELECT count(*) FROM unfinished"), 0, "nothing is left unfinished");
	is_int(
	    number(&db,
		"SELECT count(*) FROM contact_phone WHERE contact NOT IN (SELECT id FROM contact)"),
	    0, "no number is without its person");
	db_close(&db);
}

/* Adds everybody of three sources under the same keys, or leaves out every skip-th. */
static void
add_sources(struct people_batch *b, int skip)
{
	static const char *const source[] = {"b", "a", "ab"};
	char key[16];

	for (int i = 0; i < 300; i++) {
		struct person p = {.source = source[i % 3],
		    .key = key,
		    .priority = INT64_MIN,
		    .phone = {910000000000 + i},
		    .phones = 1};

		snprintf(key, sizeof key, "%s%d", i / 3 % 2 ? "same-start-" : "", i / 3);
		p.digest = person_digest(&p);
		if (!skip || i % skip)
			people_batch_add(b, &p);
	}
}

static void
test_sources(void)
{
	struct people_batch *b = people_batch_new();
	enum people_change change;
	int made[2] = {0}, known[2] = {0};
	struct person p, stored;
	struct db db;

	fresh(&db);
	for (int round = 0; round < 2; round++) {
		people_batch_reset(b);
		add_sources(b, round ? 0 : 5);
		if (people_batch_put(&db, b, false, &f) < 0)
			printf("# %s\n", f.text);
		for (size_t i = 0; people_batch_get(b, i, &p, &change); i++) {
			made[round] += change == PERSON_ACCEPTED;
			known[round] += change == PERSON_UNCHANGED;
			if (people_find(&db, p.source, p.key, &stored, &f) != 1 ||
			    stored.id != p.id || stored.phone[0] != p.phone[0])
				made[round] = -1000;
		}
	}
	is_int(made[0], 240, "one key in several sources is several people");
	is_int(known[0], 0, "all of them new");
	is_int(made[1], 60, "known and new ones side by side: the new ones");
	is_int(known[1], 240, "and the known ones");
	people_batch_free(b);
	db_close(&db);
}

static struct people_batch *
batch_of(uint64_t n)
{
	struct people_batch *b = people_batch_new();

	for (uint64_t i = 0; i < n; i++) {
		struct person p = someone(i, 1);
		if (!people_batch_add(b, &p))
			break;
	}
	return b;
}

static void
test_full(void)
{
	struct people_batch *b = people_batch_new();
	struct person p = someone(1, 1), q;
	enum people_change change;
	char *large = xmalloc(1 << 20);
	size_t n = 0;

	memset(large, 'x', (1 << 20) - 1);
	large[(1 << 20) - 1] = '\0';
	p.attributes = large;
	while (people_batch_add(b, &p))
		n++;
	ok(n > 10 && n < 40, "%zu large persons fill a batch", n);
	people_batch_reset(b);
	ok(people_batch_add(b, &p), "an empty one takes any");
	ok(people_batch_get(b, 0, &q, &change) && !strcmp(q.attributes, large), "whole");
	ok(!people_batch_get(b, 1, &q, &change), "and no other");
	people_batch_free(b);
	free(large);
}

/* ---- somebody else ------------------------------------------------------------ */

/* Of 200 persons twice the even ones are stored with other names and numbers. */
static void
look_at_strangers(struct db *db, struct people_batch *b, bool dry)
{
	enum people_change change;
	struct person p, stored;
	int wrong = 0;

	ok(people_batch_put(db, b, dry, &f) == 0, "%s", dry ? "looked for" : "put");
	for (size_t i = 0; people_batch_get(b, i, &p, &change); i++) {
		uint64_t who = i / 2;
		struct person before = someone(who, 1);
		enum people_change want = who % 2 == 0 ? PERSON_STRANGER
		    : i % 2                            ? PERSON_UNCHANGED
						       : PERSON_ACCEPTED;

		wrong += change != want;
		if (who % 2 == 0)
			wrong += people_get(db, p.id, &stored, &f) != 1 ||
			    !same(&stored, &before) || strcmp(stored.key, p.key) != 0;
	}
	is_int(wrong, 0, "who is somebody else is told from who is new, each time, and kept");
}

static void
test_strangers(void)
{
	struct people_batch *known = people_batch_new(), *b = people_batch_new();
	enum people_change change;
	struct person p;
	struct db db;

	fresh(&db);
	for (uint64_t i = 0; i < 400; i++) {
		p = someone(i / 2, i / 2 % 2 ? 1 : 2);
		people_batch_add(b, &p);
		if (i % 4 == 0) {
			p = someone(i / 2, 1);
			people_batch_add(known, &p);
		}
	}
	people_batch_put(&db, known, false, &f);
	people_batch_be_careful(b);
	look_at_strangers(&db, b, true);
	look_at_strangers(&db, b, false);

	people_batch_reset(b);
	p = someone(0, 2);
	p.phone[p.phones++] = someone(0, 1).phone[0];
	p.digest = person_digest(&p);
	people_batch_add(b, &p);
	people_batch_put(&db, b, false, &f);
	people_batch_get(b, 0, &p, &change);
	is_int(change, PERSON_UPDATED, "a number in common is enough");
	people_batch_free(known);
	people_batch_free(b);
	db_close(&db);
}

/* ---- cut short ---------------------------------------------------------------- */

enum { CUT = 20000 };

static void
test_unfinished(void)
{
	struct people_batch *b = batch_of(100);
	enum people_change change;
	struct person p;
	struct db db;
	int accepted = 0;

	fresh(&db);
	people_batch_put(&db, b, false, &f);
	/* As it would be had the import died before these had their numbers. */
	db_exec(&db,
	    "DELETE FROM contact_phone WHERE contact BETWEEN 41 AND 60;"
	    "INSERT INTO unfinished (first, last) VALUES (1, 100)",
	    &f);
	is_int(people_get(&db, 50, &p, &f), 0, "who has no number is not there yet");
	is_int(people_get(&db, 61, &p, &f), 1, "others of the import are");
	people_batch_put(&db, b, true, &f);
	for (size_t i = 0; people_batch_get(b, i, &p, &change); i++)
		accepted += change == PERSON_ACCEPTED;
	is_int(accepted, 20, "a look says who would be completed");
	people_batch_put(&db, b, false, &f);
	accepted = 0;
	for (size_t i = 0; people_batch_get(b, i, &p, &change); i++)
		accepted += change == PERSON_ACCEPTED;
	is_int(accepted, 20, "the same import again completes them");
	is_int(people_get(&db, 50, &p, &f), 1, "they are there");
	db_begin(&db, &f);
	people_tidy(&db, &f);
	db_commit(&db, &f);
	is_int(number(&db, "SELECT count(*) FROM unfinished"), 0, "and the note of it goes");
	people_batch_free(b);
	db_close(&db);
}

/* Killed at an instant, then once more to the end: as if nothing had happened. */
static void
test_kill(void)
{
	struct people_batch *b = batch_of(CUT);
	int wrong = 0, cut = 0;

	for (int round = 0; round < 6; round++) {
		struct stat st;
		struct db db;
		pid_t pid;

		fresh(&db);
		db_close(&db);
		pid = fork();
		if (pid == 0) {
			db_open(&db, path, DB_WRITE, &f);
			_exit(people_batch_put(&db, b, false, &f) < 0);
		}
		/* Any instant will do: that at which the file has so many bytes. */
		while (stat(path, &st) == 0 && st.st_size < 200000 + round * 400000 &&
		    waitpid(pid, NULL, WNOHANG) == 0)
			sched_yield();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		db_open(&db, path, DB_WRITE, &f);
		cut += number(&db, "SELECT count(*) FROM unfinished") > 0;
		wrong += people_batch_put(&db, b, false, &f) < 0;
		db_begin(&db, &f);
		wrong += people_tidy(&db, &f) < 0 || db_commit(&db, &f) < 0;
		wrong += number(&db, "SELECT count(*) FROM contact") != CUT;
		wrong +=
		    number(&db, "SELECT count(DISTINCT contact) FROM contact_phone") != CUT;
		wrong += number(&db, "SELECT count(*) FROM unfinished") != 0;
		for (uint64_t i = 0; i < CUT; i += 97) {
			struct person model = someone(i, 1), p;
			wrong += people_find(&db, model.source, model.key, &p, &f) != 1 ||
			    !same(&p, &model);
		}
		db_close(&db);
	}
	printf("# %d of 6 died between contacts and numbers\n", cut);
	is_int(wrong, 0, "killed at any moment and run again, everybody is there, once");
	people_batch_free(b);
}

/* ---- wishes ------------------------------------------------------------------ */

enum { WISHES = 3000 };

/* Another process: whoever has a new number, as it sees them, and no rule. Looked at between transactions. */
struct watch {
	struct db other;
	int looks, unruled;
};

static int
look_between(unsigned what, void *arg, void *statement, void *text)
{
	struct watch *w = arg;

	(void)statement;
	if (what != SQLITE_TRACE_STMT || strncmp(text, "BEGIN", 5) != 0)
		return 0;
	w->looks++;
	w->unruled +=
	    number(&w->other,
		"SELECT count(*) FROM contact_phone p WHERE p.e164 >= 920000000000"
		" AND NOT EXISTS (SELECT 1 FROM dnc WHERE kind = 3 AND value = p.contact)") !=
	    0;
	return 0;
}

/* A version of everybody: their numbers begin with 92 from the second on. */
static struct people_batch *
wishing(int version)
{
	struct people_batch *b = people_batch_new();

	for (uint64_t i = 0; i < WISHES; i++) {
		struct person p = someone(i, 1);

		if (version > 1 && i % 3)
			p.phone[0] += 10000000000;
		p.digest = person_digest(&p);
		p.do_not_call = version > 1;
		people_batch_add(b, &p);
	}
	return b;
}

static void
test_wishes(void)
{
	struct people_batch *known = wishing(1), *b = wishing(2);
	struct watch w = {.looks = 0};
	struct db db;

	fresh(&db);
	people_batch_put(&db, known, false, &f);
	people_batch_obey(b, "a sheet", "a remark");
	if (db_open(&w.other, path, DB_READ, &f) < 0)
		printf("# %s\n", f.text);
	sqlite3_trace_v2(db.s, SQLITE_TRACE_STMT, look_between, &w);
	is_int(people_batch_put(&db, b, false, &f), 0,
	    "people who are known ask not to be called");
	is_int(
	    number(&db, "SELECT count(*) FROM dnc WHERE kind = 3"), WISHES, "each has a rule");
	db_begin(&db, &f);
	db_rollback(&db);
	ok(w.looks > 1 && w.unruled == 0, "and at none of %d looks a new number without it",
	    w.looks);
	db_close(&w.other);
	people_batch_free(known);
	people_batch_free(b);
	db_close(&db);
}

/* ---- looking and going ---------------------------------------------------------- */

static int
count(void *arg, const struct person *p, struct fault *ignored)
{
	int64_t *n = arg;

	(void)ignored;
	n[0]++;
	n[1] = p->id;
	return 0;
}

static int64_t
matching(struct db *db, const char *field, const char *value, const char *search)
{
	struct people_query q = {
	    .field = {field}, .value = {value}, .wheres = field != NULL, .search = search};
	int64_t after = 0, n[2] = {0};

	while (after != INT64_MAX)
		if (people_page(db, &q, &after, 7, count, n, &f) < 0)
			return -1;
	return n[0];
}

static void
test_looking(void)
{
	static const char *const attributes[] = {"{\"course\":\"BSc\",\"year\":2}",
	    "{\"course\":\"B\\\"Sc\",\"c\\u0061mp\":\"x\"}", NULL};
	enum people_change change;
	struct db db;

	fresh(&db);
	db_begin(&db, &f);
	for (int64_t i = 0; i < 30; i++) {
		char key[8];
		struct person p = {.source = "s",
		    .key = key,
		    .name = i % 2 ? "Asha Rao" : "Bo",
		    .priority = i ? i : INT64_MIN,
		    .attributes = attributes[i % 3],
		    .phone = {15550100 + i, 15550200 + i},
		    .phones = 2};
		snprintf(key, sizeof key, "%d", (int)i);
		people_put(&db, &p, &change, &f);
	}
	is_int(db_commit(&db, &f), 0, "thirty people");
	is_int(matching(&db, NULL, NULL, NULL), 30, "all, page by page");
	is_int(matching(&db, "name", "Bo", NULL), 15, "by name");
	is_int(matching(&db, "phone", "+15550203", NULL), 1, "by any number");
	is_int(matching(&db, "id", "4", NULL), 1, "by id");
	is_int(matching(&db, "priority", "7", NULL), 1, "by priority");
	is_int(matching(&db, "priority", "", NULL), 1, "or by having none");
	is_int(matching(&db, "timezone", "", NULL), 30, "a column that is empty");
	is_int(matching(&db, "course", "BSc", NULL), 10, "by an attribute");
	is_int(matching(&db, "course", "B\"Sc", NULL), 10, "with its escapes resolved");
	is_int(matching(&db, "camp", "x", NULL), 10, "by a name with escapes");
	is_int(matching(&db, "year", "2", NULL), 10, "by a number");
	is_int(matching(&db, "year", "", NULL), 20, "or by not having it");
	is_int(matching(&db, NULL, NULL, "aSHA"), 15, "a search folds case");
	is_int(matching(&db, NULL, NULL, "5550107"), 1, "and looks at numbers");
	is_int(matching(&db, "name", "Bo", "bsc"), 5, "both");
	db_close(&db);
}

static void
test_going(void)
{
	int64_t rows, erased, id;
	enum people_change change;
	struct person p = someone(1, 1), q;
	struct entry e = {
	    .at = 1, .kind = "call.note", .source = "tool", .body = "{\"name\":\"x\"}"};
	struct db db;

	fresh(&db);
	db_begin(&db, &f);
	people_put(&db, &p, &change, &f);
	id = p.id;
	e.contact = id;
	journal_add(&db, &e, &f);
	is_int(people_delete(&db, 99, &f), -1, "who is not there cannot be deleted");
	is_str(f.text, "there is no contact 99", "and it is said");
	is_int(people_forget(&db, id, &f), 0, "a person is forgotten");
	is_int(db_commit(&db, &f), 0, "for good");
	is_int(people_get(&db, id, &q, &f), 0, "and is not there");
	is_int(journal_verify(&db, &rows, &erased, &f), 0, "the journal verifies");
	is_int(erased, 1, "without the body");
	db_begin(&db, &f);
	is_int(people_forget(&db, id, &f), -1, "once");
	p = someone(1, 1);
	people_put(&db, &p, &change, &f);
	ok(change == PERSON_ACCEPTED && p.id != id,
	    "imported again it is somebody new, with a new id");
	is_int(people_delete(&db, p.id, &f), 0, "deleted");
	id = p.id;
	p = someone(1, 1);
	people_put(&db, &p, &change, &f);
	ok(p.id != id, "an id never comes back");
	is_int(db_commit(&db, &f), 0, "done");
	is_int(number(&db, "SELECT count(*) FROM contact_phone"), p.phones,
	    "no number remains of the others");
	db_close(&db);
}

static int
removed(const char *name, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(name);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	setenv("OUTREACH_NOW", "2026-03-02T09:00:00Z", 1);
	if (clock_init(&f) < 0)
		return 1;
	test_model();
	test_sources();
	test_full();
	test_strangers();
	test_unfinished();
	test_kill();
	test_wishes();
	test_looking();
	test_going();
	free(path);
	nftw(dir, removed, 16, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
