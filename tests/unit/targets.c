/*
 * Targets: no more claims than slots, who counts as due, who is held as a twin,
 * and what a call is told.
 */
#include <sys/wait.h>

#include <stdlib.h>
#include <unistd.h>

#include "additions.h"
#include "calls.h"
#include "clock.h"
#include "dnc_list.h"
#include "dnc_meant.h"
#include "ground.h"
#include "json.h"
#include "mem.h"
#include "numset.h"
#include "people.h"
#include "replay.h"
#include "report.h"
#include "schedule.h"
#include "served.h"
#include "tap.h"
#include "target_context.h"
#include "targets.h"

#define FIRST INT64_C(442079460000)

/* Stored or changed. */
static int64_t
person(struct db *db, const char *source, const char *key, const char *name, int64_t phone)
{
	struct person p = {.source = source,
	    .key = key,
	    .name = name,
	    .priority = INT64_MIN,
	    .phones = 1,
	    .phone = {phone}};
	enum people_change change;

	if (db_begin(db, &f) < 0 || people_put(db, &p, &change, &f) < 0 ||
	    db_commit(db, &f) < 0)
		ok(0, "a person is stored: %s", f.text);
	return p.id;
}

/* n people with numbers from first on. */
static int64_t *
people(struct db *db, size_t n, int64_t first)
{
	int64_t *ids = xcalloc(n, sizeof *ids);
	char key[24];

	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof key, "k%zu", i);
		ids[i] = person(db, "test", key, "Asha Rao", first + (int64_t)i);
	}
	return ids;
}

static struct campaign
campaign(struct db *db, const char *name, int concurrent, const int64_t *ids, size_t n)
{
	char *text = xasprintf(
	    "{\"name\":\"%s\",\"template\":\"Hello.\",\"exchange\":\"sim\","
	    "\"dial_string\":\"PJSIP/{phone}@trunk\",\"dialplan_context\":\"avr\","
	    "\"caller_id\":\"+442079460000\",\"days\":\"mon-sun\",\"hours\":\"00:00-24:00\","
	    "\"ring_timeout\":\"20s\",\"max_duration\":\"5m\",\"concurrent\":%d,"
	    "\"assume_timezone\":\"Etc/UTC\"}",
	    name, concurrent);
	json_t *file = json_read("campaign", text, strlen(text), &f);
	enum apply_change change;
	struct campaign c = {.id = 0};
	int64_t obstacles;
	size_t added;

	if (campaigns_apply(db, file, &change, NULL, &f) < 0 ||
	    campaigns_need(db, name, &c, &f) < 0 || db_begin(db, &f) < 0 ||
	    additions_put(db, c.id, ids, n, &added, NULL, NULL, &f) < 0 ||
	    db_commit(db, &f) < 0 || campaigns_need(db, name, &c, &f) < 0 ||
	    campaigns_activate(db, &c, false, NULL, NULL, NULL, &obstacles, &f) < 0)
		ok(0, "a campaign is made: %s", f.text);
	campaigns_need(db, name, &c, &f);
	json_decref(file);
	free(text);
	return c;
}

static int64_t
due(struct db *db, const struct campaign *c)
{
	int64_t n = -1, next = INT64_MAX;

	if (schedule_due(db, c, clock_wall(), INT64_MAX, &n, &next, &f) < 0)
		printf("# %s\n", f.text);
	return n;
}

static int64_t
target_of(struct db *db, const struct campaign *c, int64_t contact)
{
	int64_t target = 0;

	targets_find(db, c->id, contact, &target, &f);
	return target;
}

static const char *
held(struct db *db, int64_t target)
{
	static struct target_owner o;

	targets_get(db, target, &o, &f);
	return o.held;
}

static bool
is_twin_of(struct db *db, int64_t target, int64_t other)
{
	char *want = xasprintf("probably the same person as target %lld:", (long long)other);
	bool is = strncmp(held(db, target), want, strlen(want)) == 0;

	free(want);
	return is;
}

/* The next of the campaign is claimed and intended. */
static struct uuid
call(struct db *db, const struct campaign *c)
{
	struct claim claim = {.target = 0};
	enum claim_end end;
	struct intent in = {.owner = "owner", .exchange = "sim", .simulated = true};
	size_t n;

	if (schedule_claim(db, c, 1, &claim, &n, &end, NULL, &f) < 0)
		ok(0, "somebody is claimed: %s", f.text);
	in.id = claim.call;
	if (calls_intend(db, &in, 1, &f) < 0 || in.result != INTENT_OK)
		ok(0, "and intended: %s", in.why);
	return claim.call;
}

static void
ends(struct db *db, const struct uuid *id, enum call_source source, enum disposition d)
{
	struct call_fact c = {.id = *id,
	    .kind = "ended",
	    .event = {.rank = RANK_ENDED,
		.at = clock_wall(),
		.source = source,
		.disposition = d,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1}};

	c.event.key = call_event_key("ended", &c.event, NULL, 0);
	if (db_begin(db, &f) < 0 || calls_event(db, &c, &f) < 0 || db_commit(db, &f) < 0)
		ok(0, "a call ends: %s", f.text);
}

static void
replays(struct db *db)
{
	ok(replay_check(db, &f) == 0, "replay gives the same: %s", f.text);
	db_close(db);
}

/* ---- slots ---------------------------------------------------------------------- */

enum { SLOTS = 10 };

/* Another process: how many it could claim. */
static int
claim_elsewhere(const char *path, int told)
{
	struct claim claims[SLOTS];
	enum claim_end end;
	struct campaign c;
	struct db db;
	size_t n;
	char go;

	if (read(told, &go, 1) != 1 || db_open(&db, path, DB_WRITE, &f) < 0 ||
	    campaigns_need(&db, "hello", &c, &f) < 0 ||
	    schedule_claim(&db, &c, SLOTS, claims, &n, &end, NULL, &f) < 0)
		return 99;
	db_close(&db);
	return (int)n;
}

/* As a claim of another run would be, in the transaction that is open. */
static void
claim_by_hand(struct db *db, const struct campaign *c, int64_t target)
{
	sqlite3_stmt *s = db_sql(db, "DELETE FROM schedule WHERE target = :target", &f);

	bind_i(db, s, ":target", target);
	db_run(db, s, &f);
	s = db_sql(db,
	    "INSERT INTO claim (call, target, campaign, phone, attempt, expires_at)"
	    " VALUES (randomblob(16), :target, :campaign, :target, 1, :at)",
	    &f);
	bind_i(db, s, ":target", target);
	bind_i(db, s, ":campaign", c->id);
	bind_i(db, s, ":at", clock_wall() + 3600000);
	if (db_run(db, s, &f) < 0)
		ok(0, "a claim: %s", f.text);
}

static void
test_slots(void)
{
	char *path = in_dir("slots.db");
	int tell[2], status = -1;
	struct campaign c;
	int64_t *ids;
	struct db db;
	pid_t child;

	fflush(stdout);
	if (pipe(tell) < 0)
		abort();
	if ((child = fork()) == 0)
		_exit(claim_elsewhere(path, tell[0]));
	fresh(&db, "slots.db");
	ids = people(&db, 2 * SLOTS, FIRST);
	c = campaign(&db, "hello", SLOTS, ids, 2 * SLOTS);
	must(db_begin(&db, &f), "one run claims");
	ok(write(tell[1], "", 1) == 1, "and another sees free slots meanwhile");
	while (!db_is_waited_for(&db) && waitpid(child, &status, WNOHANG) == 0)
		;
	for (int i = 0; i < SLOTS; i++)
		claim_by_hand(&db, &c, target_of(&db, &c, ids[i]));
	must(db_commit(&db, &f), "the first one takes them all");
	ok(waitpid(child, &status, 0) == child && WIFEXITED(status), "then the other goes on");
	is_int(WEXITSTATUS(status), 0, "and finds none: never more than the free slots");
	db_close(&db);
	close(tell[0]);
	close(tell[1]);
	free(ids);
	free(path);
}

/* ---- due ------------------------------------------------------------------------ */

enum { CROWD = 1100, CALLED = 40 };

static void
test_rules(void)
{
	struct dnc prefix = {.kind = DNC_PREFIX, .value = 44207946, .source = "test"};
	struct campaign c, other;
	int64_t *ids, n;
	struct uuid id;
	struct db db;

	fresh(&db, "rules.db");
	ids = people(&db, CROWD, FIRST);
	c = campaign(&db, "hello", 5, ids + CROWD - CALLED, CALLED);
	other = campaign(&db, "other", 5, ids + CROWD - CALLED, CALLED);
	is_int(due(&db, &c), CALLED, "everybody is due");
	db_begin(&db, &f);
	must(targets_hold(&db, target_of(&db, &c, ids[CROWD - 1]), "a letter", &f),
	    "somebody is held");
	db_commit(&db, &f);

	n = person(&db, "test", "twice", "Ravi Rao", FIRST + CROWD - 2);
	is_int(
	    dnc_put(&db, &(struct dnc){.kind = DNC_CONTACT, .value = n, .source = "test"}, &f),
	    1, "a rule for a person with the number of another");
	is_int(due(&db, &c), CALLED - 2, "that one is due no more");
	is_int(due(&db, &other), CALLED - 1, "in any campaign");

	id = call(&db, &c);
	ends(&db, &id, FROM_EXCHANGE, DISP_UNWANTED);
	is_int(due(&db, &c), CALLED - 3, "who marked a call as unwanted is not due");
	is_int(due(&db, &other), CALLED - 2, "in another campaign either");

	prefix.campaign = other.id;
	is_int(dnc_put(&db, &prefix, &f), 1, "a rule for a prefix, in one campaign");
	must(dnc_meant_settle(&db, &prefix, &f), "everybody is decided anew");
	is_int(due(&db, &other), 0, "all of them are under it");
	is_int(due(&db, &c), CALLED - 3, "the other campaign calls on");
	prefix.campaign = 0;
	is_int(dnc_put(&db, &prefix, &f), 1, "a rule for all campaigns");
	must(dnc_meant_settle(&db, &prefix, &f), "everybody is decided anew");
	is_int(due(&db, &c), 0, "nobody is due");
	is_int(dnc_drop(&db, &prefix, &f), 1, "it is taken away");
	must(dnc_settle(&db, &f), "and everybody is decided anew");
	is_int(due(&db, &c), CALLED - 3, "they wait again");
	free(ids);
	replays(&db);
}

/* Prefixes of every length, and the longest number that there is. */
static void
test_prefixes(void)
{
	static const int64_t prefixes[] = {
	    4, 44, 4420794, 44207946, 442079460007, 4420794600071};
	struct campaign c;
	int64_t *ids;
	struct db db;

	fresh(&db, "prefixes.db");
	ids = people(&db, 20, FIRST);
	c = campaign(&db, "hello", 5, ids, 20);
	for (size_t i = COUNT(prefixes); i > 0; i--) {
		struct dnc d = {.kind = DNC_PREFIX, .value = prefixes[i - 1], .source = "test"};

		is_int(dnc_put(&db, &d, &f), 1, "a prefix");
		must(dnc_meant_settle(&db, &d, &f), "is looked for in all lengths");
		is_int(due(&db, &c), i == 6 ? 20 : i == 5 ? 19 : 0, "whom it means is not due");
	}
	free(ids);
	db_close(&db);
}

static int
count_shown(void *arg, const struct target *t, const struct person *p, struct fault *fault)
{
	(void)t;
	(void)p;
	(void)fault;
	++*(int64_t *)arg;
	return 0;
}

/* The schedule is a guess: a rule keeps out most of the first, and enough are found behind them. */
static void
test_first(void)
{
	static const int64_t prefixes[] = {4420794600, 4420794601, 4420794602, 44207946030,
	    44207946031, 44207946032, 44207946033, 44207946034, 44207946035, 44207946036,
	    44207946037};
	struct target_query q = {.due = true, .limit = 10};
	struct campaign c;
	int64_t *ids, shown = 0;
	struct db db;

	fresh(&db, "first.db");
	ids = people(&db, 395, FIRST);
	c = campaign(&db, "hello", 5, ids, 395);
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (dnc_put(&db,
			&(struct dnc){
			    .kind = DNC_PREFIX, .value = prefixes[i], .source = "test"},
			&f) != 1)
			ok(0, "a prefix: %s", f.text);
	is_int(due(&db, &c), 395, "rules for nearly all of them, whom nobody asked for yet");
	must(targets_list(&db, &c, &q, count_shown, &shown, &f), "ten who are due");
	is_int(shown, 10, "are found, however many are passed over");
	q.limit = shown = 0;
	must(targets_list(&db, &c, &q, count_shown, &shown, &f), "all who are due");
	is_int(shown, 15, "are shown");
	q.limit = 100;
	shown = 0;
	must(targets_list(&db, &c, &q, count_shown, &shown, &f), "more than are due");
	is_int(shown, 15, "gives those that are");
	free(ids);
	db_close(&db);
}

static void
test_list(void)
{
	static const struct dnc_file file = {.name = "test"};
	const struct dnc_import in = {.name = "l", .as_of = 1000, .file = &file, .files = 1};
	struct numset *numbers = numset_new();
	struct dnc_list now;
	struct campaign c;
	int64_t *ids;
	struct db db;

	fresh(&db, "list.db");
	ids = people(&db, 700, FIRST);
	c = campaign(&db, "hello", 5, ids, 700);
	for (int i = 0; i < 699; i++)
		numset_add(numbers, (uint64_t)FIRST + (uint64_t)i, &f);
	must(dnc_list_import(&db, &in, numbers, &now, &f), "a list of all but one");
	is_int(due(&db, &c), 1, "that one is due");
	numset_free(numbers);
	is_int(dnc_list_remove(&db, "l", NULL, &f), 1, "it is taken out of force");
	is_int(due(&db, &c), 700, "and everybody is");
	free(ids);
	db_close(&db);
}

/* An ending closed a number for others, and was wrong. */
static void
test_reopened(void)
{
	struct campaign c, other;
	struct claim claim;
	enum claim_end end;
	int64_t *ids;
	struct uuid id;
	struct db db;
	size_t n;

	fresh(&db, "reopened.db");
	ids = people(&db, 1, FIRST);
	c = campaign(&db, "hello", 5, ids, 1);
	other = campaign(&db, "other", 5, ids, 1);
	id = call(&db, &c);
	ends(&db, &id, FROM_WEBHOOK, DISP_INVALID);
	schedule_claim(&db, &other, 1, &claim, &n, &end, NULL, &f);
	is_int((int64_t)n, 0, "nobody is called at a number that is said to be invalid");
	is_int(due(&db, &other), 0, "nor due");
	ends(&db, &id, FROM_EXCHANGE, DISP_BUSY);
	clock_advance(clock_mono() + 5 * 3600 * 1000);
	is_int(due(&db, &other), 1, "until the exchange says that it was busy");
	free(ids);
	replays(&db);
}

/* ---- twins ----------------------------------------------------------------------- */

static void
test_twins(void)
{
	int64_t ids[5], t[5];
	struct campaign c;
	struct uuid id;
	struct db db;

	fresh(&db, "twins.db");
	ids[0] = person(&db, "a", "1", "Asha Rao", FIRST);
	ids[1] = person(&db, "b", "1", "Ravi Rao", FIRST);
	ids[2] = person(&db, "c", "1", "ASHA RAO", FIRST + 1);
	ids[3] = person(&db, "d", "1", "Meera", FIRST + 2);
	ids[4] = person(&db, "e", "1", "Mira", FIRST + 2);
	c = campaign(&db, "hello", 1, ids, 5);
	for (int i = 0; i < 5; i++)
		t[i] = target_of(&db, &c, ids[i]);
	is_int(due(&db, &c), 5, "five people");
	person(&db, "b", "1", "asha rao", FIRST);
	ok(is_twin_of(&db, t[1], t[0]), "a name that is another's now: the later is held");
	is_str(held(&db, t[0]), "", "the earlier is not");
	person(&db, "c", "1", "ASHA RAO", FIRST);
	ok(is_twin_of(&db, t[2], t[0]) || is_twin_of(&db, t[2], t[1]), "so with a number: %s",
	    held(&db, t[2]));
	is_int(due(&db, &c), 3, "one of three is called");
	db_begin(&db, &f);
	must(targets_release(&db, t[1], &f), "a person knows better");
	db_commit(&db, &f);
	person(&db, "b", "1", "Dr. Rao, Asha", FIRST);
	is_str(held(&db, t[1]), "", "and a change that makes no new twin does not overrule it");

	db_begin(&db, &f);
	for (int i = 0; i < 4; i++)
		targets_hold(&db, t[i], "not now", &f);
	db_commit(&db, &f);
	id = call(&db, &c);
	person(&db, "d", "1", "Mira", FIRST + 2);
	is_str(held(&db, t[3]), "not now", "who is held for another reason stays so");
	is_str(held(&db, t[4]), "", "and the one who was called, too");
	ends(&db, &id, FROM_EXCHANGE, DISP_BUSY);
	replays(&db);
}

/* ---- what a call is told ------------------------------------------------------------ */

static bool
is_told(struct db *db, const struct uuid *id, const char *want)
{
	struct buf context = {0}, system = {0};
	int got = target_context_of_call(db, id, &context, &system, &f);
	bool is = want ? got == 1 && !strcmp(context.p, want) : got == 0;

	if (!is)
		printf("# %d: %s\n", got, got > 0 ? context.p : "");
	buf_release(&context);
	buf_release(&system);
	return is;
}

static void
tell(struct db *db, int64_t target, const char *context)
{
	if (db_begin(db, &f) < 0 ||
	    target_context_put(db, target, NULL, context, context, "pipe", &f) < 0 ||
	    db_commit(db, &f) < 0)
		ok(0, "a context is stored: %s", f.text);
}

static void
test_told(void)
{
	struct buf system = {0};
	struct claim claim;
	enum claim_end end;
	struct campaign c;
	int64_t *ids, target;
	struct intent in = {.owner = "owner", .exchange = "sim", .simulated = true};
	struct uuid again;
	struct db db;
	size_t n;

	fresh(&db, "told.db");
	ids = people(&db, 1, FIRST);
	c = campaign(&db, "hello", 5, ids, 1);
	target = target_of(&db, &c, ids[0]);
	tell(&db, target, "first");
	schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f);
	ok(is_told(&db, &claim.call, "first"), "a claim would be told what is stored");
	tell(&db, target, "second");
	ok(is_told(&db, &claim.call, "second"), "or what took its place");
	in.id = claim.call;
	must(calls_intend(&db, &in, 1, &f), "the call is intended");
	tell(&db, target, "third");
	ok(is_told(&db, &claim.call, "second"),
	    "from then on it is told what it was intended with");
	person(&db, "test", "k0", "Asha R.", FIRST);
	is_int(served_get(&db, &claim.call, &system, &f), 1,
	    "also when the person is another by now, which makes a target's context stale");
	is_str(system.p, "second", "and the line is open");
	ends(&db, &claim.call, FROM_EXCHANGE, DISP_BUSY);
	ok(is_told(&db, &claim.call, "second"), "and for good");
	is_int(served_get(&db, &claim.call, &system, &f), 0, "which nobody is told any more");
	clock_advance(clock_mono() + 48 * INT64_C(3600000));
	again = call(&db, &c);
	ok(is_told(&db, &again, "third"), "the next call has its own, stale or not");
	ends(&db, &again, FROM_EXCHANGE, DISP_BUSY);
	db_begin(&db, &f);
	must(people_forget(&db, ids[0], &f), "the person is forgotten");
	db_commit(&db, &f);
	ok(is_told(&db, &claim.call, NULL), "and what was said with them");
	buf_release(&system);
	free(ids);
	replays(&db);
}

/* Why somebody is held may quote what was to be said to them. */
static void
test_held(void)
{
	int64_t *ids, target, n = -1;
	struct campaign c;
	struct db db;

	fresh(&db, "held.db");
	ids = people(&db, 1, FIRST);
	c = campaign(&db, "hello", 5, ids, 1);
	target = target_of(&db, &c, ids[0]);
	db_begin(&db, &f);
	must(targets_hold(&db, target, "Asha owes 500", &f), "a person is held");
	must(targets_release(&db, target, &f), "released");
	must(targets_hold(&db, target, "Asha owes 600", &f), "and held again");
	db_commit(&db, &f);
	ok(replay_check(&db, &f) == 0, "which replays: %s", f.text);
	db_one(&db, db_sql(&db, "SELECT count(*) FROM journal WHERE fact LIKE '%owes%'", &f),
	    -1, &n, &f);
	is_int(n, 0, "no fact has the words");
	db_begin(&db, &f);
	must(people_forget(&db, ids[0], &f), "the person is forgotten");
	db_commit(&db, &f);
	db_one(&db, db_sql(&db, "SELECT count(*) FROM body WHERE json LIKE '%owes%'", &f), -1,
	    &n, &f);
	is_int(n, 0, "nor a body then");
	db_begin(&db, &f);
	must(targets_hold(&db, target, "Asha owes 700", &f), "what comes later");
	db_commit(&db, &f);
	db_one(&db, db_sql(&db, "SELECT held = 'forgotten' FROM target", &f), -1, &n, &f);
	is_int(n, 1, "is not kept");
	free(ids);
	replays(&db);
}

int
main(void)
{
	ground_make("targets");
	setenv("OUTREACH_NOW", "2026-03-02T09:00:00Z", 1);
	if (clock_init(&f) < 0)
		return 1;
	clock_virtual(clock_wall());
	test_slots();
	test_rules();
	test_prefixes();
	test_first();
	test_list();
	test_held();
	test_reopened();
	test_twins();
	test_told();
	ground_clear();
	return done_testing();
}
