/*
 * dnc: the store asked one number at a time, the picture of a filter and a
 * plain model say the same of random rules and lists; a list that was cut
 * short by a kill leaves the one before in force.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "additions.h"
#include "calls.h"
#include "campaigns.h"
#include "clock.h"
#include "control.h"
#include "dnc_list.h"
#include "dnc_set.h"
#include "ground.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "numset.h"
#include "people.h"
#include "phone.h"
#include "plan.h"
#include "rand.h"
#include "replay.h"
#include "schedule.h"
#include "tap.h"

/* n numbers of a scattered million, the same for the same seed. */
static struct numset *
some_numbers(uint64_t seed, size_t n)
{
	struct numset *s = numset_new();

	for (size_t i = 0; i < n; i++)
		numset_add(s, 441632000000 + hash64(&i, sizeof i, seed) % 1000000, &f);
	return s;
}

static int
import(struct db *db, const char *name, uint64_t seed, size_t n, bool update)
{
	static const struct dnc_file file = {.name = "test"};
	struct dnc_import in = {
	    .name = name, .as_of = 1000, .update = update, .file = &file, .files = 1};
	struct numset *s = some_numbers(seed, n);
	struct dnc_list now;
	int rc = dnc_list_import(db, &in, s, &now, &f);

	if (rc < 0)
		printf("# %s\n", f.text);
	numset_free(s);
	return rc < 0 ? -1 : (int)now.numbers;
}

/* The same numbers sorted. */
static struct packed *
model(uint64_t seed, size_t n, uint64_t other, size_t m, size_t *count)
{
	struct numset *s = some_numbers(seed, n);
	struct packed *p = packed_new();
	uint64_t x;

	for (size_t i = 0; i < m; i++)
		numset_add(s, 441632000000 + hash64(&i, sizeof i, other) % 1000000, &f);
	numset_rewind(s, &f);
	for (*count = 0; numset_next(s, &x, &f) > 0; ++*count)
		packed_add(p, x);
	packed_finish(p);
	numset_free(s);
	return p;
}

static size_t
differences(struct db *db, const struct packed *p)
{
	struct dnc_list l;
	size_t wrong = 0;

	dnc_list_get(db, "l", &l, &f);
	for (int64_t x = 441631999990; x < 441633000010; x += 97)
		wrong += dnc_list_has(db, l.id, x, &f) != packed_has(p, (uint64_t)x);
	return wrong;
}

static int
count_one(void *arg, int64_t phone, struct fault *fault)
{
	int64_t *c = arg;

	(void)fault;
	c[0]++;
	c[1] += phone <= c[2];
	c[2] = phone;
	return 0;
}

static void
test_lists(void)
{
	static const size_t sizes[] = {1, 2, 300, 900, 1000, 100000};
	struct dnc_list l;
	struct packed *p;
	struct db db;
	size_t n;

	fresh(&db, "lists.db");
	for (size_t i = 0; i < COUNT(sizes); i++) {
		int64_t c[3] = {0};

		p = model(i, sizes[i], 0, 0, &n);
		is_int(import(&db, "l", i, sizes[i], false), (int64_t)n, "a list takes over");
		is_int((int64_t)differences(&db, p), 0, "it has its numbers and no others");
		dnc_list_get(&db, "l", &l, &f);
		dnc_list_numbers(&db, l.id, count_one, c, &f);
		ok(c[0] == (int64_t)n && c[1] == 0, "read through in order");
		packed_free(p);
	}
	p = model(5, 100000, 77, 5000, &n);
	is_int(import(&db, "l", 77, 5000, true), (int64_t)n, "an update keeps what is there");
	is_int((int64_t)differences(&db, p), 0, "and has both");
	packed_free(p);
	is_int(import(&db, "l", 1, 0, false), -1, "an empty one is refused");
	is_int(f.code, DATAERR, "as wrong data");
	ok(dnc_list_get(&db, "l", &l, &f) == 1 && l.numbers == (int64_t)n,
	    "and changes nothing");
	is_int(dnc_list_remove(&db, "l", NULL, &f), 1, "out of force");
	is_int(dnc_list_remove(&db, "l", NULL, &f), 0, "once");
	is_int(dnc_list_get(&db, "l", &l, &f), 0, "there is none");
	ok(replay_check(&db, &f) == 0, "replay is not disturbed: %s", f.text);
	db_close(&db);
}

/* ---- killed at any moment ---------------------------------------------------------- */

static void
child(const char *path)
{
	struct db db;

	if (db_open(&db, path, DB_WRITE, &f) < 0)
		_exit(1);
	_exit(import(&db, "l", 2, 400000, false) < 0);
}

static void
test_kill(void)
{
	struct packed *before, *after;
	char *path = in_dir("kill.db");
	int64_t us = 2000;
	int halves = 0, wrong = 0, whole = 0;
	size_t n, m;
	struct db db;

	before = model(1, 100000, 0, 0, &n);
	after = model(2, 400000, 0, 0, &m);
	fresh(&db, "kill.db");
	is_int(import(&db, "l", 1, 100000, false), (int64_t)n, "a list is in force");
	for (int i = 0; i < 30 && !whole; i++, us += us / 2) {
		int64_t end = clock_real_us() + us;
		struct dnc_list l;
		int status;
		pid_t pid = fork();

		if (pid == 0)
			child(path);
		while (clock_real_us() < end && waitpid(pid, &status, WNOHANG) == 0)
			;
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) > 0)
			;
		if (dnc_list_get(&db, "l", &l, &f) != 1)
			halves++;
		else if (l.numbers == (int64_t)n)
			wrong += differences(&db, before) != 0;
		else if (l.numbers == (int64_t)m) {
			wrong += differences(&db, after) != 0;
			whole = 1;
		} else
			halves++;
	}
	is_int(halves, 0, "killed while it imports: one list is in force, whole");
	is_int(wrong, 0, "with its numbers");
	is_int(
	    import(&db, "l", 2, 400000, false), (int64_t)m, "and the same import again works");
	is_int((int64_t)differences(&db, after), 0, "as if nothing had been");
	packed_free(before);
	packed_free(after);
	db_close(&db);
	free(path);
}

/* ---- rules and the picture of them ---------------------------------------------------- */

static int
first_kind(void *arg, const struct dnc *d, struct fault *fault)
{
	(void)fault;
	*(int *)arg = (int)d->kind;
	return 1;
}

static int64_t
person(struct db *db, const char *key, int64_t phone, int phones)
{
	struct person p = {.source = "test",
	    .key = key,
	    .priority = INT64_MIN,
	    .phones = phones,
	    .phone = {phone, phone + 1}};
	enum people_change change;

	db_begin(db, &f);
	people_put(db, &p, &change, &f);
	db_commit(db, &f);
	return p.id;
}

static void
put(struct db *db, enum dnc_kind kind, int64_t value)
{
	struct dnc d = {.kind = kind, .value = value, .source = "test"};

	if (dnc_put(db, &d, &f) != 1)
		ok(0, "a rule is added: %s", f.text);
}

static void
test_picture(void)
{
	const char *list;
	struct dnc_set *set;
	struct db db;
	size_t wrong = 0, hits = 0;

	fresh(&db, "rules.db");
	import(&db, "a", 3, 3000, false);
	import(&db, "b", 4, 3000, false);
	put(&db, DNC_PREFIX, 4416321);
	put(&db, DNC_PREFIX, 44163222);
	put(&db, DNC_CONTACT, person(&db, "1", 441632300000, 2));
	for (uint64_t i = 0; i < 500; i++)
		(void)dnc_add(&db, 441632000000 + (int64_t)(hash64(&i, sizeof i, 9) % 1000000),
		    "test", NULL, &f);
	set = dnc_set_new(&db, 0, NULL, &f);
	for (int64_t x = 441632000000; x < 441633000000; x += 31) {
		enum dnc_kind kind;
		int found = 0, got = dnc_set_find(&db, set, x, &kind, &list, &f);

		wrong += dnc_match(&db, x, 0, true, first_kind, &found, &f) != got ||
		    (got && found != (int)kind);
		hits += got > 0;
	}
	is_int((int64_t)wrong, 0, "the picture says what the store says, and by which rule");
	ok(hits > 3500 && hits < 4500, "%zu hits", hits);
	dnc_set_free(set);
	ok(replay_check(&db, &f) == 0, "and replay the same: %s", f.text);
	db_close(&db);
}

static void
test_one_at_a_time(void)
{
	struct owner lock;
	struct db db;

	fresh(&db, "lock.db");
	is_int(owner_only(&db, "dnc-list", &lock, &f), 1, "an import is under way");
	is_int(import(&db, "l", 1, 10, false), -1, "another is refused");
	is_int(f.code, TEMPFAIL, "for now");
	owner_release(&lock);
	is_int(import(&db, "l", 1, 10, false), 10, "and then goes");
	db_close(&db);
}

/* ---- rules against a dialer -------------------------------------------------------------- */

enum { PEOPLE = 600 };

static int64_t
phone_of(int i)
{
	return INT64_C(447912100000) + i;
}

static int64_t
campaign_of(struct db *db)
{
	static const char text[] = "{\"name\":\"race\",\"template\":\"Hello.\"," PLAN_ALWAYS
				   ",\"concurrent\":1000,\"assume_timezone\":\"Etc/UTC\"}";
	json_t *file = json_read("campaign", text, sizeof text - 1, &f);
	enum apply_change change;
	struct campaign c;
	int64_t ids[PEOPLE], obstacles;
	size_t added;

	if (!file || campaigns_apply(db, file, &change, NULL, &f) < 0 ||
	    campaigns_need(db, "race", &c, &f) < 0)
		printf("Bail out! %s\n", f.text);
	json_decref(file);
	for (int i = 0; i < PEOPLE; i++) {
		char *key = xasprintf("%d", i);

		ids[i] = person(db, key, phone_of(i), 1);
		free(key);
	}
	db_begin(db, &f);
	additions_put(db, c.id, ids, PEOPLE, &added, NULL, NULL, &f);
	db_commit(db, &f);
	if (campaigns_need(db, "race", &c, &f) < 0 ||
	    campaigns_activate(db, &c, false, NULL, NULL, NULL, &obstacles, &f) < 0)
		printf("Bail out! %s\n", f.text);
	return c.id;
}

/* Claims a few, commits their intents, until nobody is due: how many, or -1. */
static int
dial(struct db *db, const char *name)
{
	struct campaign c;
	struct claim claims[7];
	enum claim_end end;
	size_t n = 1;
	int calls = 0;

	if (campaigns_need(db, name, &c, &f) < 0)
		return -1;
	while (n > 0) {
		if (schedule_claim(db, &c, COUNT(claims), claims, &n, &end, NULL, &f) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			struct intent in = {.id = claims[i].call,
			    .exchange = "sim",
			    .owner = "test",
			    .simulated = true};

			if (calls_intend(db, &in, 1, &f) < 0)
				return -1;
			calls += in.result == INTENT_OK;
		}
	}
	return calls;
}

/* Every fifth person a rule of another kind; in the middle a list of those that end in 4. */
static int
block(struct db *db)
{
	struct dnc_file file = {.name = "test"};
	struct dnc_import in = {.name = "l", .as_of = 1, .file = &file, .files = 1};
	struct numset *list = numset_new();
	struct dnc_list now;
	int rc = 0;

	for (int i = 0; i < PEOPLE && rc >= 0; i += 5) {
		int at = (i * 7 + 300) % PEOPLE / 5 * 5;
		struct dnc contact = {.kind = DNC_CONTACT, .value = at + 2, .source = "test"},
			   prefix = {.kind = DNC_PREFIX,
			       .value = phone_of(at) / 10,
			       .source = "test"};

		if (i == PEOPLE / 2) {
			for (int j = 4; j < PEOPLE; j += 10)
				numset_add(list, (uint64_t)phone_of(j), &f);
			rc = dnc_list_import(db, &in, list, &now, &f);
		}
		if (rc >= 0 && i % 15 == 0)
			rc = dnc_add(db, phone_of(at), "test", NULL, &f);
		if (rc >= 0 && i % 15 == 5)
			rc = dnc_put(db, &contact, &f);
		if (rc >= 0 && i % 15 == 10)
			rc = dnc_put(db, &prefix, &f);
	}
	numset_free(list);
	return rc < 0 ? -1 : 0;
}

struct told {
	bool blocked[PEOPLE];
	int called[PEOPLE], wrong;
};

/* In the order of the commits: whoever was blocked before is not called behind it. */
static int
tell(void *arg, const struct entry *e, struct fault *fault)
{
	struct told *t = arg;
	json_t *body = e->body ? json_read("body", e->body, strlen(e->body), fault) : NULL;
	const char *phone = json_string_value(json_object_get(body, "phone")),
		   *prefix = json_string_value(json_object_get(body, "prefix"));
	int64_t contact = json_integer_value(json_object_get(body, "contact"));

	for (int i = 0; i < PEOPLE; i++) {
		char text[20];
		bool same = phone && strcmp(phone, phone_text(phone_of(i), text)) == 0;

		phone_text(phone_of(i), text);
		if (strcmp(e->kind, "call.intent") == 0 && same) {
			t->called[i]++;
			t->wrong += t->blocked[i];
		} else if (strcmp(e->kind, "dnc.added") == 0)
			t->blocked[i] |= same || contact == i + 1 ||
			    (prefix && strncmp(prefix, text, strlen(prefix)) == 0);
		else if (strcmp(e->kind, "dnc.imported") == 0)
			t->blocked[i] |= i % 10 == 4;
	}
	json_decref(body);
	return 0;
}

static void
test_race(void)
{
	static struct told told;
	int64_t seq = 0, before = -1;
	int lost = 0, twice = 0, called = 0, blocked = 0, rc, status = -1;
	char *path = in_dir("race.db");
	struct db db;
	pid_t pid;

	fresh(&db, "race.db");
	campaign_of(&db);
	if ((pid = fork()) == 0) {
		struct db other;

		_exit(db_open(&other, path, DB_WRITE, &f) < 0 || dial(&other, "race") < 0);
	}
	rc = block(&db);
	ok(rc == 0, "rules of every kind are added: %s", rc < 0 ? f.text : "");
	waitpid(pid, &status, 0);
	is_int(status, 0, "beside a dialer");
	ok(dial(&db, "race") >= 0, "who is left is called");
	while (seq != before) {
		before = seq;
		if (journal_page(&db, &seq, 500, tell, &told, &f) < 0)
			break;
	}
	for (int i = 0; i < PEOPLE; i++) {
		lost += !told.called[i] && !told.blocked[i];
		twice += told.called[i] > 1;
		called += told.called[i];
		blocked += told.blocked[i] && !told.called[i];
	}
	is_int(told.wrong, 0, "nobody is called behind the rule");
	is_int(twice, 0, "nobody twice");
	is_int(lost, 0, "nobody is lost");
	ok(called > 0 && blocked > 0, "%d were called, %d kept from it", called, blocked);
	ok(replay_check(&db, &f) == 0, "replay gives the same: %s", f.text);
	db_close(&db);
	free(path);
}

int
main(void)
{
	ground_make("dnc");
	need(clock_init(&f) == 0, "the clock");
	test_lists();
	test_kill();
	test_picture();
	test_one_at_a_time();
	test_race();
	ground_clear();
	return done_testing();
}
