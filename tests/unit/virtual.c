/*
 * A whole campaign in virtual time: the store, the door and the simulated
 * switch in one process, days of calls in a moment, and what must never go
 * wrong counted at the phones.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "additions.h"
#include "calls.h"
#include "clock.h"
#include "contact.h"
#include "control.h"
#include "dnc.h"
#include "door.h"
#include "ground.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "people.h"
#include "prompt.h"
#include "replay.h"
#include "report.h"
#include "schedule.h"
#include "simdb.h"
#include "simvoice.h"
#include "simworld.h"
#include "tap.h"
#include "target_context.h"

enum { PEOPLE = 240, RINGS = 4000, WISHES = 12 };

#define SUNDAY  INT64_C(1772355600000) /* 2026-03-01T09:00:00Z */
#define HOUR    INT64_C(3600000)
#define KOLKATA (11 * HOUR / 2)

struct ring {
	char call[40], number[24];
	int64_t at;
};

struct world {
	struct loop *loop;
	struct simhost *host;
	struct ring ring[RINGS];
	int rings;
	const struct voice_ops *ops; /* of the switch; ours look first */
	int voices[2]; /* originates with the campaign's voice, with the one of hi */
};

static struct world *at_the_switch;

/* Counts the voice that the exchange is told, and originates. */
static int
originate(struct voice *v, const struct voice_call *call, struct fault *why)
{
	struct world *w = at_the_switch;
	bool hindi = false;

	for (int i = 0; i < call->variables; i++) {
		hindi |= strcmp(call->variable[i], "OUTREACH_LANGUAGE=hi") == 0;
		w->voices[0] += strcmp(call->variable[i], "OUTREACH_VOICE=emma") == 0 && !hindi;
		w->voices[1] += strcmp(call->variable[i], "OUTREACH_VOICE=asha") == 0 && hindi;
	}
	return w->ops->originate(v, call, why);
}

static void
on_fact(void *arg, const struct sim_fact *fact)
{
	struct world *w = arg;
	struct ring *r;

	if (fact->kind != SIM_RANG || w->rings == RINGS)
		return;
	r = &w->ring[w->rings++];
	copy_text(r->call, sizeof r->call, fact->call);
	copy_text(r->number, sizeof r->number, fact->number);
	r->at = fact->at;
}

static struct voice *
open_sim(void *arg, const struct exchange *x, struct loop *l,
    void (*event)(void *, const struct voice_event *), void *event_arg, struct fault *unused)
{
	static struct voice_ops ours;
	struct world *w = arg;
	struct voice *v = simvoice_open(w->host, event, event_arg);

	(void)x, (void)l, (void)unused;
	at_the_switch = w;
	w->ops = v->ops;
	ours = *v->ops;
	ours.originate = originate;
	v->ops = &ours;
	return v;
}

static void
on_word(void *arg, enum door_word word, const char *text)
{
	(void)arg;
	if (word != DOOR_SAY)
		printf("# %s\n", text);
}

/* ---- a store with people of one number each, siblings apart ------------------------ */

static const char file_text[] =
    "{\"name\":\"v\",\"template\":\"Hello {{name}}{{#siblings}} and {{name}}{{/siblings}}.\",\"base_prompt\":\"Be kind.\",\"exchange\":\"sim\","
    "\"dial_string\":\"Local/{number}-{id}@outreach-once/n\",\"caller_id\":\"+442079460000\","
    "\"days\":\"mon-fri\",\"hours\":\"10:00-17:00\",\"ring_timeout\":\"20s\",\"max_duration\":\"5m\","
    "\"short_call\":\"1s\",\"concurrent\":25,\"calls_per_second\":20,\"assume_timezone\":\"Asia/Kolkata\","
    "\"max_attempts\":3,\"retry\":{\"busy\":{\"max\":2,\"delays\":[\"15m\",\"1h\"]},"
    "\"no_answer\":{\"max\":2,\"delays\":[\"2h\"]},\"congestion\":{\"max\":2,\"delays\":[\"10m\"]}},"
    "\"voice\":\"emma\",\"languages\":{\"hi\":{\"voice\":\"asha\"}},\"siblings\":\"%s\"}";

/* Of ten the last three are a family with one number and one home. */
static int
home_of(int i)
{
	return i % 10 > 7 ? i - i % 10 + 7 : i;
}

/* The last two digits are the outcome. */
static int64_t
number_of(int i)
{
	i = home_of(i);
	return INT64_C(442079460000) + i / 11 * 100 + i % 11;
}

static void
people_in(struct db *db, struct campaign *c, const char *siblings)
{
	char *text = xasprintf(file_text, siblings);
	json_t *file = json_read("file", text, strlen(text), &f);
	enum apply_change change;
	int64_t ids[PEOPLE], obstacles;
	size_t added;

	ok(file && campaigns_apply(db, file, &change, NULL, &f) == 0,
	    "the campaign is applied: %s", f.text);
	json_decref(file);
	free(text);
	campaigns_need(db, "v", c, &f);
	db_begin(db, &f);
	for (int i = 0; i < PEOPLE; i++) {
		char key[16], name[24];
		struct person p = {.source = "v",
		    .key = key,
		    .name = name,
		    .priority = i % 3,
		    .phones = 1,
		    .phone = {number_of(i)}};
		enum people_change how;

		int at = home_of(i);
		snprintf(key, sizeof key, "%d", i);
		snprintf(name, sizeof name, "P%d", i);
		/* The others are where their number is: in London too. */
		p.timezone = at % 4 == 0 ? "Asia/Kolkata"
		    : at % 4 == 1        ? "Europe/London"
		    : at % 4 == 2        ? "America/New_York"
					 : NULL;
		p.language = at % 3 == 0 ? "hi-IN" : at % 3 == 1 ? "en" : NULL;
		if (people_put(db, &p, &how, &f) < 0)
			printf("# %s\n", f.text);
		ids[i] = p.id;
	}
	db_commit(db, &f);
	db_begin(db, &f);
	additions_put(db, c->id, ids, PEOPLE, &added, NULL, NULL, &f);
	db_commit(db, &f);
	campaigns_need(db, "v", c, &f);
	ok(campaigns_activate(db, c, false, NULL, NULL, NULL, &obstacles, &f) == 0,
	    "and active: %s", f.text);
	campaigns_need(db, "v", c, &f);
	for (int i = 0; i < WISHES; i++)
		dnc_add(db, number_of(i * 20 + 3), "test", NULL, &f);
}

/* ---- one batch through the pipeline --------------------------------------------------- */

static int
records(struct db *db, const struct campaign *c, const struct claim *claims, size_t n,
    const char *path)
{
	struct prompt prompt = {0};
	struct buf out = {0};
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	db_begin(db, &f);
	for (size_t i = 0; i < n; i++) {
		struct siblings with;
		struct person p;
		char phone[20];

		if (siblings_of_claim(db, &claims[i].call, &with, &f) < 0 ||
		    prompt_siblings(&prompt, db, campaigns_plan(db, c->id, &f), &with, &f) < 0)
			printf("# %s\n", f.text);
		people_get(db, claims[i].contact, &p, &f);
		if (prompt_make(&prompt, campaigns_plan(db, c->id, &f), &p,
			phone_text(claims[i].phone, phone), &f) < 0 ||
		    target_context_put(db, claims[i].target, &claims[i].call, prompt.context.p,
			prompt.system_message.p, "template", &f) < 0)
			printf("# %s\n", f.text);
	}
	db_commit(db, &f);
	for (size_t i = 0; i < n; i++)
		claim_record(db, c, &claims[i], &out, &f);
	if (write(fd, out.p, out.len) != (ssize_t)out.len || lseek(fd, 0, SEEK_SET) < 0)
		printf("# %s is short\n", path);
	buf_release(&out);
	prompt_release(&prompt);
	return fd;
}

static int
dial(struct db *db, struct world *w, const struct settings *settings, int fd)
{
	struct door_options opt = {.db = db,
	    .settings = settings,
	    .input = fd,
	    .no_output = true,
	    .loop = w->loop,
	    .open = open_sim,
	    .word = on_word,
	    .arg = w};
	struct door_result result;
	int rc = door_run(&opt, &result, &f);

	if (rc < 0)
		printf("# door: %s\n", f.text);
	return rc;
}

/* Claims and dials until nothing will ever be due. */
static int
run_campaign(
    struct db *db, struct world *w, const struct settings *settings, const struct campaign *c)
{
	struct claim claims[64];
	enum claim_end end;
	int64_t next, due;
	size_t n;
	char *path = xasprintf("%s/records", dir);
	int rounds = 0, rc = 0;

	for (; rounds < 2000 && rc == 0; rounds++) {
		if (schedule_claim(db, c, 64, claims, &n, &end, &next, &f) < 0) {
			printf("# claim: %s\n", f.text);
			break;
		}
		if (n) {
			int fd = records(db, c, claims, n, path);
			rc = dial(db, w, settings, fd);
			close(fd);
			continue;
		}
		if (schedule_due(db, c, clock_wall(), 1, &due, &next, &f) < 0 ||
		    (!due && next == INT64_MAX))
			break;
		clock_advance(
		    clock_mono() + (due || next <= clock_wall() ? 60000 : next - clock_wall()));
	}
	unlink(path);
	free(path);
	return rc < 0 ? -1 : rounds;
}

/* ---- what the phones saw --------------------------------------------------------------- */

static int64_t
offset_of(struct db *db, const char *number)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT max(c.timezone) FROM contact c JOIN contact_phone p ON p.contact = c.id WHERE p.e164 = :phone",
	    &f);
	int64_t offset = 0; /* London, before 29 March */

	bind_i(db, s, ":phone", phone_key(number));
	if (db_step(db, s, &f) > 0 && col_t(s, 0))
		offset = !strcmp(col_t(s, 0), "Asia/Kolkata") ? KOLKATA
		    : !strcmp(col_t(s, 0), "Europe/London")   ? 0
							      : -5 * HOUR; /* before 8 March */
	sqlite3_reset(s);
	return offset;
}

static int
any(void *arg, const struct dnc *d, struct fault *fault)
{
	return 1;
}

static void
count_rings(struct db *db, const struct world *w)
{
	int twice = 0, close_by = 0, at_night = 0, unwanted = 0;

	for (int i = 0; i < w->rings; i++) {
		const struct ring *r = &w->ring[i];
		int64_t local = r->at + offset_of(db, r->number),
			of_day = (local / 1000) % 86400;

		for (int j = 0; j < i; j++) {
			twice += !strcmp(r->call, w->ring[j].call);
			close_by += !strcmp(r->number, w->ring[j].number) &&
			    r->at - w->ring[j].at < 4 * HOUR - 60000;
		}
		at_night += of_day < 10 * 3600 || of_day >= 17 * 3600;
		unwanted += dnc_match(db, phone_key(r->number), 0, false, any, NULL, &f);
	}
	is_int(twice, 0, "no call rings twice");
	is_int(close_by, 0, "no number rings twice within the gap");
	is_int(at_night, 0, "nobody outside the hours of the zone");
	is_int(unwanted, 0, "nobody who asked not to be called");
	ok(w->voices[0] > 0 && w->voices[1] > 0, "the exchange hears of %d and %d with voices",
	    w->voices[0], w->voices[1]);
}

/* ---- families --------------------------------------------------------------------------- */

static int64_t
ask(struct db *db, const char *sql)
{
	int64_t n = -1;

	if (db_one(db, db_sql(db, sql, &f), -1, &n, &f) < 0)
		printf("# %s\n", f.text);
	return n;
}

static void
count_families(struct db *db, bool merge)
{
	is_int(ask(db, "SELECT count(*) FROM claim_sibling"), 0,
	    "nobody follows a claim any more");
	is_int(
	    ask(db,
		"SELECT count(*) FROM target t WHERE t.id NOT IN (SELECT target FROM call)"
		" AND t.id NOT IN (SELECT target FROM call_sibling) AND NOT EXISTS (SELECT 1 FROM contact_phone p"
		" JOIN call c ON c.phone = p.e164 WHERE c.disposition = 'invalid' AND p.contact = t.contact)"
		" AND NOT EXISTS (SELECT 1"
		" FROM contact_phone p JOIN dnc d ON d.kind = 1 AND d.value = p.e164 WHERE p.contact = t.contact)"),
	    0, "everybody who may be called was in a call");
	if (!merge) {
		is_int(ask(db, "SELECT count(*) FROM call_sibling"), 0, "each in an own one");
		ok(ask(db,
		       "SELECT count(*) FROM call a JOIN call b ON b.phone = a.phone AND"
		       " b.target <> a.target WHERE a.disposition = 'answered'") > 0,
		    "siblings are called one after the other");
		return;
	}
	is_int(
	    ask(db,
		"SELECT count(*) FROM call c WHERE (SELECT count(*) FROM call_sibling s WHERE"
		" s.call = c.id) + 1 <> (SELECT count(*) FROM contact_phone WHERE e164 = c.phone)"),
	    0, "every call is about the whole family");
	is_int(
	    ask(db,
		"SELECT count(*) FROM call a JOIN call b ON b.phone = a.phone AND b.intent_at >"
		" a.intent_at WHERE a.disposition = 'answered'"),
	    0, "after an answer none of a family is called");
	is_int(
	    ask(db,
		"SELECT count(*) FROM call c JOIN target l ON l.id = c.target JOIN call_sibling s"
		" ON s.call = c.id JOIN target t ON t.id = s.target WHERE t.priority > l.priority"
		" OR (t.priority = l.priority AND t.id < l.id)"),
	    0, "the highest priority leads, then the lowest id");
	is_int(
	    ask(db,
		"SELECT count(*) FROM standing s JOIN target t ON t.id = s.target JOIN contact_phone p"
		" ON p.contact = t.contact GROUP BY p.e164 HAVING count(DISTINCT s.reason) > 1"),
	    -1, "and all of a family end alike");
	is_int(
	    ask(db,
		"SELECT count(*) FROM body b JOIN journal j USING (seq) JOIN call_sibling s ON"
		" s.call = j.call WHERE j.kind = 'context.made' AND b.json NOT LIKE '% and P% and P%'"),
	    0, "whom the AI heard of by name");
}

static void
count_people(struct db *db, const struct campaign *c)
{
	struct report_query q = {.zone = report_zone(db, "UTC", &f)};
	struct report r;
	int64_t sum = 0, rows, erased;

	ok(report_make(db, c, &q, &r, &f) == 0, "the report is made");
	for (int i = 0; i < STATE_COUNT; i++)
		sum += r.state[i];
	is_int(r.targets, PEOPLE, "everybody is there");
	is_int(sum, PEOPLE, "in exactly one state");
	is_int(r.state[STATE_WAITING] + r.state[STATE_CLAIMED] + r.state[STATE_CALLING], 0,
	    "and nobody waits");
	ok(r.state[STATE_DONE] > PEOPLE / 4, "%d were reached", (int)r.state[STATE_DONE]);
	is_int(r.open, 0, "no call is open");
	report_release(&r);
	ok(journal_verify(db, &rows, &erased, &f) == 0, "the journal verifies");
	ok(replay_check(db, &f) == 0, "and replays: %s", f.text);
}

/* A step of a query plan that looks at every person or call, or sorts them for one page. */
static bool
is_slow(const char *step, const char *sql)
{
	static const char *const big[] = {"call", "claim", "contact", "contact_phone",
	    "journal", "schedule", "seen", "standing", "target"};

	if (strstr(step, "TEMP B-TREE FOR ORDER BY"))
		return strstr(sql, ":page") != NULL;
	if (strncmp(step, "SCAN ", 5) || strstr(step, "INDEX call_open"))
		return false;
	for (size_t i = 0; i < COUNT(big); i++)
		if (!strncmp(step + 5, big[i], strlen(big[i])) &&
		    strchr(" ", step[5 + strlen(big[i])]))
			return true;
	return false;
}

static int
count_slow_steps(struct db *db, const char *sql)
{
	char *text = xasprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *s = NULL;
	int slow = 0;

	if (sqlite3_prepare_v2(db->s, text, -1, &s, NULL) != SQLITE_OK)
		slow++;
	while (s && sqlite3_step(s) == SQLITE_ROW)
		if (is_slow(col_t(s, 3), sql)) {
			printf("# %s: %.200s\n", col_t(s, 3), sql);
			slow++;
		}
	sqlite3_finalize(s);
	free(text);
	return slow;
}

/* Of every statement that the campaign ran: what is quick with 240 people may take hours with a million. */
static void
check_plans(struct db *db)
{
	char *sql[512];
	int n = 0, slow = 0;

	for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(db->s, s)) && n < 512;)
		sql[n++] = xstrdup(sqlite3_sql(s));
	ok(n > 50, "the campaign ran %d statements", n);
	for (int i = 0; i < n; i++) {
		slow += count_slow_steps(db, sql[i]);
		free(sql[i]);
	}
	is_int(slow, 0, "none looks through all people or calls");
}

static void
play(uint64_t seed, bool merge)
{
	char name[24];
	struct world *w = xcalloc(1, sizeof *w);
	struct sim_world *outcomes = sim_world_new(seed, 3000);
	struct simdb *astdb = simdb_new();
	struct sim_options opt = {.seed = seed, .world = outcomes, .db = astdb};
	struct settings settings;
	struct campaign c;
	struct db db;
	int rounds;

	clock_virtual(SUNDAY);
	opt.mono = clock_mono();
	opt.wall = clock_wall();
	w->loop = loop_new();
	w->host = simhost_new(w->loop, &opt, on_fact, w);
	settings_load(&settings, &f);
	snprintf(name, sizeof name, "v%d%s.db", (int)seed, merge ? "m" : "");
	fresh(&db, name);
	db_exec(&db, "PRAGMA synchronous = OFF",
	    &f); /* thousands of commits, and nothing to survive */
	people_in(&db, &c, merge ? "merge" : "apart");
	rounds = run_campaign(&db, w, &settings, &c);
	ok(rounds > 0 && rounds < 2000, "the campaign comes to its end");
	printf("# seed %d, siblings %s: %d rounds, %d rings, %.1f days\n", (int)seed,
	    merge ? "merged" : "apart", rounds, w->rings,
	    (double)(clock_wall() - SUNDAY) / 86400e3);
	count_rings(&db, w);
	count_people(&db, &c);
	if (seed == 1)
		check_plans(&db);
	count_families(&db, merge);
	db_close(&db);
	settings_release(&settings);
	simhost_free(w->host);
	simdb_free(astdb);
	loop_free(w->loop);
	sim_world_free(outcomes);
	free(w);
}

int
main(void)
{
	ground_make("virtual");
	need(chdir(dir) == 0, dir);
	for (uint64_t seed = 1; seed <= 3; seed++)
		play(seed, false);
	for (uint64_t seed = 1; seed <= 2; seed++)
		play(seed, true);
	ground_clear();
	return done_testing();
}
