/*
 * dnc: the store asked one number at a time, the picture of a filter and a
 * plain model say the same of random rules and lists; a list that was cut
 * short by a kill leaves the one before in force.
 */
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "dnc_list.h"
#include "dnc_set.h"
#include "mem.h"
#include "numset.h"
#include "people.h"
#include "rand.h"
#include "replay.h"
#include "tap.h"

static char dir[64];
static struct fault f;

static char *
in_dir(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

static void
fresh(struct db *db, const char *name)
{
	char *path = in_dir(name);

	if (db_create(path, &f) < 0 || db_open(db, path, DB_WRITE, &f) < 0) {
		printf("Bail out! %s\n", f.text);
		exit(1);
	}
	free(path);
}

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
person(struct db *db, const char *key, int64_t phone)
{
	struct person p = {.source = "test",
	    .key = key,
	    .priority = INT64_MIN,
	    .phones = 2,
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
	put(&db, DNC_CONTACT, person(&db, "1", 441632300000));
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

static int
gone(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof dir, "%.40s/outreach-dnc.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir) || clock_init(&f) < 0) {
		printf("Bail out! no directory\n");
		return 1;
	}
	test_lists();
	test_kill();
	test_picture();
	test_one_at_a_time();
	nftw(dir, gone, 8, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
