/*
 * siblings: who shares a call and who does not, what gives the claim back,
 * how one outcome settles all of them, and what forgetting leaves.
 */
#include <stdlib.h>

#include "additions.h"
#include "calls.h"
#include "clock.h"
#include "contact.h"
#include "dnc.h"
#include "ground.h"
#include "json.h"
#include "mem.h"
#include "people.h"
#include "plan.h"
#include "prompt.h"
#include "replay.h"
#include "report.h"
#include "schedule.h"
#include "tap.h"
#include "target_context.h"
#include "targets.h"

#define PHONE INT64_C(447912345701)
#define OTHER INT64_C(442079460123)

static int stores;

/* A family of three in a campaign that is active: leader by priority is the second. */
struct family {
	struct db db;
	struct campaign c;
	int64_t contact[8], target[8];
	int n;
	struct claim claim;
	size_t claims;
};

static const char file_text[] =
    "{\"name\":\"fam\",\"template\":\"Of {{name}}, {{course}}{{#siblings}}; of {{name}},"
    " {{course}}{{/siblings}}{{^siblings}} alone{{/siblings}}.\"," PLAN_REST
    ",\"days\":\"mon-sun\",\"hours\":\"08:00-20:00\",\"concurrent\":9,"
    "\"assume_timezone\":\"UTC\",\"siblings\":\"%s\",\"min_gap\":\"1h\",\"languages\":{\"hi\":{}}}";

static void
apply(struct family *k, const char *siblings)
{
	char *text = xasprintf(file_text, siblings);
	json_t *file = json_read("file", text, strlen(text), &f);
	enum apply_change change;

	if (!file || campaigns_apply(&k->db, file, &change, NULL, &f) < 0)
		printf("Bail out! %s\n", f.text);
	json_decref(file);
	free(text);
	campaigns_need(&k->db, "fam", &k->c, &f);
}

/* Puts person i; language and zone may be null, the second number 0. */
static void
put(struct family *k, int i, int64_t priority, const char *language, const char *zone,
    int64_t second, const char *attributes)
{
	char key[16], name[16];
	struct person p = {.source = "f",
	    .key = key,
	    .name = name,
	    .language = language,
	    .timezone = zone,
	    .priority = priority,
	    .attributes = attributes,
	    .phones = second ? 2 : 1,
	    .phone = {PHONE, second}};
	enum people_change change;

	snprintf(key, sizeof key, "K%d", i);
	snprintf(name, sizeof name, "N%d", i);
	db_begin(&k->db, &f);
	if (people_put(&k->db, &p, &change, &f) < 0)
		printf("# put: %s\n", f.text);
	db_commit(&k->db, &f);
	k->contact[i] = p.id;
}

static void
add(struct family *k, int i)
{
	size_t added;

	db_begin(&k->db, &f);
	if (additions_put(&k->db, k->c.id, &k->contact[i], 1, &added, NULL, NULL, &f) < 0)
		printf("# add: %s\n", f.text);
	db_commit(&k->db, &f);
	k->target[i] = i + 1;
	k->n = i + 1;
}

static void
claim(struct family *k)
{
	struct claim all[8];
	enum claim_end end;

	if (schedule_claim(&k->db, &k->c, 8, all, &k->claims, &end, NULL, &f) < 0)
		printf("# claim: %s\n", f.text);
	if (k->claims)
		k->claim = all[0];
}

static void
family(struct family *k, const char *siblings)
{
	int64_t obstacles;
	char name[24];

	memset(k, 0, sizeof *k);
	snprintf(name, sizeof name, "%d.db", ++stores);
	fresh(&k->db, name);
	db_exec(&k->db, "PRAGMA synchronous = OFF", &f);
	apply(k, siblings);
	for (int i = 0; i < 3; i++) {
		put(k, i, i == 1 ? 5 : INT64_MIN, "hi", NULL, 0, "{\"course\":\"BSc\"}");
		add(k, i);
	}
	campaigns_need(&k->db, "fam", &k->c, &f);
	if (campaigns_activate(&k->db, &k->c, false, NULL, NULL, NULL, &obstacles, &f) < 0)
		printf("# activate: %s\n", f.text);
	campaigns_need(&k->db, "fam", &k->c, &f);
}

static int
state(void *arg, const struct target *t, const struct person *p, struct fault *unused)
{
	(void)p, (void)unused;
	buf_printf(arg, "%s%s", ((struct buf *)arg)->len ? " " : "", t->state);
	return 0;
}

/* The states of all in one line, which must be what the report counts too. */
static void
states(struct family *k, const char *want, const char *name)
{
	struct target_query q = {.limit = 0};
	struct report r = {0};
	struct buf got = {0};
	int64_t sum = 0;

	targets_list(&k->db, &k->c, &q, state, &got, &f);
	is_str(got.p, want, name);
	if (report_targets(&k->db, k->c.id, &r, &f) < 0)
		printf("# report: %s\n", f.text);
	for (int i = 0; i < STATE_COUNT; i++) {
		const char *word = report_state_name((enum report_state)i), *at = got.p;
		int64_t n = 0;

		while ((at = strstr(at, word)) != NULL) {
			n++;
			at++;
		}
		if (r.state[i] != n)
			is_int(r.state[i], n, word);
		sum += r.state[i];
	}
	if (sum != k->n)
		is_int(sum, k->n, "everybody in one state");
	buf_release(&got);
}

static void
check_replay(struct family *k)
{
	ok(replay_check(&k->db, &f) == 0, "replay agrees: %s", f.text);
	db_close(&k->db);
}

static enum intent_result
intend(struct family *k, char why[200])
{
	struct intent in = {
	    .id = k->claim.call, .owner = "o", .exchange = "sim", .simulated = true};

	if (calls_intend(&k->db, &in, 1, &f) < 0)
		printf("# intent: %s\n", f.text);
	copy_text(why, 200, in.why);
	return in.result;
}

static void
happens(struct family *k, enum call_rank rank, enum disposition d)
{
	struct call_fact c = {.id = k->claim.call,
	    .kind = rank_name(rank),
	    .event = {.rank = rank,
		.at = clock_wall(),
		.source = FROM_DOOR,
		.disposition = d,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1,
		.key = 77 + (uint64_t)rank}};

	db_begin(&k->db, &f);
	if (calls_event(&k->db, &c, &f) < 0)
		printf("# event: %s\n", f.text);
	db_commit(&k->db, &f);
}

static void
record_is(struct family *k, const char *siblings, const char *name)
{
	struct buf b = {0};
	json_t *rec;
	char *got = NULL;

	claim_record(&k->db, &k->c, &k->claim, &b, &f);
	rec = json_read("record", b.p ? b.p : "", b.len, &f);
	if (json_object_get(rec, "siblings"))
		got = json_dumps(json_object_get(rec, "siblings"), JSON_COMPACT);
	is_str(got ? got : "none", siblings, name);
	free(got);
	json_decref(rec);
	buf_release(&b);
}

/* Makes and stores the context of the claim as outreach-context does. */
static const char *
context(struct family *k, struct prompt *p)
{
	const struct plan *plan = campaigns_plan(&k->db, k->c.id, &f);
	struct siblings with;
	struct person who;

	if (siblings_of_claim(&k->db, &k->claim.call, &with, &f) < 0 ||
	    prompt_siblings(p, &k->db, plan, &with, &f) < 0 ||
	    people_get(&k->db, k->claim.contact, &who, &f) <= 0 ||
	    prompt_make(p, plan, &who, "+447912345701", &f) < 0)
		return f.text;
	db_begin(&k->db, &f);
	if (target_context_put(&k->db, k->claim.target, &k->claim.call, p->context.p,
		p->system_message.p, "template", &f) < 0)
		printf("# context: %s\n", f.text);
	db_commit(&k->db, &f);
	return p->context.p;
}

static bool
has_context(struct family *k)
{
	struct buf a = {0}, b = {0};
	int n = target_context_get(&k->db, k->claim.target, &k->claim.call, &a, &b, &f);

	buf_release(&a);
	buf_release(&b);
	return n > 0;
}

/* ---- one call about all --------------------------------------------------------- */

static void
test_merged(void)
{
	struct prompt prompt = {0};
	struct family k;
	char why[200];

	family(&k, "merge");
	claim(&k);
	is_int((int64_t)k.claims, 1, "three on one number are one claim");
	is_int(k.claim.target, k.target[1], "the highest priority leads");
	states(&k, "claimed claimed claimed", "all are claimed");
	record_is(&k,
	    "[{\"target\":1,\"contact\":1,\"name\":\"N0\",\"language\":\"hi\",\"attributes\":{\"course\":\"BSc\"}},"
	    "{\"target\":3,\"contact\":3,\"name\":\"N2\",\"language\":\"hi\",\"attributes\":{\"course\":\"BSc\"}}]",
	    "the record tells of the others");
	is_str(
	    context(&k, &prompt), "Of N1, BSc; of N0, BSc; of N2, BSc.", "so does the context");
	ok(has_context(&k), "it is current");
	put(&k, 2, INT64_MIN, "hi", NULL, 0, "{\"city\":\"Pune\",\"course\":\"MA\"}");
	states(&k, "waiting waiting waiting", "a change of one gives the claim back for all");
	is_int(intend(&k, why), INTENT_GONE, "which holds no more");
	claim(&k);
	ok(!has_context(&k), "and the context is stale");
	is_str(context(&k, &prompt), "Of N1, BSc; of N0, BSc; of N2, MA.", "and made anew");
	is_int(intend(&k, why), INTENT_OK, "one intent");
	states(&k, "calling calling calling", "about all");
	claim(&k);
	is_int((int64_t)k.claims, 0, "nobody else is claimed meanwhile");
	happens(&k, RANK_ENDED, DISP_BUSY);
	states(&k, "waiting waiting waiting", "busy: all wait");
	is_int(k.n, 3, "three");
	clock_advance(clock_mono() + 61 * 60000);
	claim(&k);
	is_int((int64_t)k.claims, 1, "and are called together again");
	is_int(k.claim.attempt, 2, "as the second attempt");
	ok(has_context(&k), "with the same context");
	intend(&k, why);
	happens(&k, RANK_UNKNOWN, DISP_NONE);
	states(&k, "unknown unknown unknown", "not known of one is not known of all");
	if (calls_resolve_unknown(&k.db, &k.claim.call, DISP_ANSWERED, "asked", &f) < 0)
		printf("# %s\n", f.text);
	states(&k, "done done done", "an answer reaches all");
	prompt_release(&prompt);
	check_replay(&k);
}

/* A value that only the leader has is not said of the others. */
static void
test_own_values(void)
{
	struct prompt prompt = {0};
	struct family k;

	family(&k, "merge");
	put(&k, 0, INT64_MIN, "hi", NULL, 0, "{\"city\":\"Pune\"}");
	claim(&k);
	is_str(context(&k, &prompt), "{{course}} has no value",
	    "no course of his own, no context");
	prompt_release(&prompt);
	check_replay(&k);
}

/* ---- who is not merged ------------------------------------------------------------ */

static void
test_not_merged(void)
{
	struct family k;
	char why[200];

	family(&k, "merge");
	db_begin(&k.db, &f);
	targets_hold(&k.db, k.target[2], "asked to wait", &f);
	db_commit(&k.db, &f);
	dnc_add(&k.db, PHONE + 1, "test", NULL, &f);
	put(&k, 3, INT64_MIN, "hi", NULL, PHONE + 1, NULL); /* a wish about the second number */
	put(&k, 4, INT64_MIN, "en", NULL, 0, NULL);
	put(&k, 5, INT64_MIN, "hi", "Pacific/Auckland", 0, NULL); /* 22:00 there */
	put(&k, 6, INT64_MIN, "hi-IN", "Europe/London", 0, NULL);
	for (int i = 3; i < 7; i++)
		add(&k, i);
	claim(&k);
	is_int((int64_t)k.claims, 1, "one claim on the number");
	states(&k, "claimed claimed held closed waiting waiting claimed",
	    "without the held, the unwilling, the other language, the zone where it is night");
	put(&k, 7, 100, "hi", NULL, 0, NULL);
	add(&k, 7);
	is_int(k.claim.target, k.target[1], "who comes later");
	states(&k, "claimed claimed held closed waiting waiting claimed waiting", "waits");
	is_int(intend(&k, why), INTENT_OK, "the call is placed");
	happens(&k, RANK_ENDED, DISP_ANSWERED);
	claim(&k);
	is_int((int64_t)k.claims, 0, "the gap keeps the others away");
	states(&k, "done done held closed waiting waiting done waiting", "who are not lost");
	clock_advance(clock_mono() + 61 * 60000);
	claim(&k);
	is_int((int64_t)k.claims, 1, "an hour later one more is called");
	is_int(k.claim.target, k.target[7], "by priority");
	states(&k, "done done held closed waiting waiting done claimed",
	    "alone: the fifth speaks English, in Auckland it is night");
	check_replay(&k);
}

/* What changes between claim and intent gives all back; so does the decision at the intent. */
static void
test_given_back(void)
{
	struct family k;
	struct decision d;
	struct order o;
	char why[200];

	family(&k, "merge");
	claim(&k);
	db_begin(&k.db, &f);
	targets_hold(&k.db, k.target[0], "no", &f);
	db_commit(&k.db, &f);
	states(&k, "held waiting waiting", "a follower is held: the claim is gone");
	claim(&k);
	states(&k, "held claimed claimed", "the next is without");
	schedule_unclaim(&k.db, &k.claim, 1, &f);
	states(&k, "held waiting waiting", "written to nobody: given back");
	claim(&k);
	clock_advance(clock_mono() + 2 * 3600000);
	claim(&k);
	is_int((int64_t)k.claims, 1, "a claim that ran out is made anew");
	states(&k, "held claimed claimed", "for both");
	/* Behind the store's back: a fact that only the intent can see. */
	db_begin(&k.db, &f);
	db_exec(&k.db, "UPDATE target SET held = 'by magic' WHERE id = 3", &f);
	db_commit(&k.db, &f);
	calls_order(&k.db, &k.claim.call, &o, &f);
	ok(calls_may(&k.db, &o, &d, &f) == 0 && d.verdict == HELD,
	    "the strictest decision of all");
	is_int(intend(&k, why), INTENT_REFUSED, "is the call's");
	is_str(why, "held: by magic", "in its words");
	states(&k, "held waiting held", "and each is where it belongs");
	db_exec(&k.db, "UPDATE target SET held = NULL WHERE id = 3", &f);
	check_replay(&k);
	family(&k, "merge");
	claim(&k);
	dnc_add(&k.db, PHONE, "test", NULL, &f);
	states(&k, "closed closed closed", "do-not-call withdraws and closes all");
	check_replay(&k);
}

/* A wish about another number of one who follows. */
static void
test_wishes(void)
{
	struct family k;
	struct person other = {.source = "o", .key = "o", .priority = INT64_MIN, .phones = 1};
	enum people_change change;
	struct dnc d = {.source = "test"};

	other.phone[0] = OTHER;
	for (int kind = DNC_NUMBER; kind <= DNC_CONTACT; kind++) {
		family(&k, "merge");
		put(&k, 0, INT64_MIN, "hi", NULL, OTHER, NULL);
		db_begin(&k.db, &f);
		people_put(&k.db, &other, &change, &f);
		db_commit(&k.db, &f);
		claim(&k);
		states(&k, "claimed claimed claimed", "claimed");
		d.kind = (enum dnc_kind)kind;
		d.value = kind == DNC_NUMBER ? OTHER
		    : kind == DNC_PREFIX     ? OTHER / 1000
					     : other.id;
		if (dnc_put(&k.db, &d, &f) <= 0)
			printf("# %s\n", f.text);
		states(&k, "closed waiting waiting", dnc_kind_name(d.kind));
		check_replay(&k);
	}
}

static void
test_apart(void)
{
	struct family k;
	char why[200];

	family(&k, "apart");
	for (int i = 0; i < 3; i++) {
		claim(&k);
		is_int((int64_t)k.claims, 1, "apart: one at a time");
		record_is(&k, "none", "about one");
		intend(&k, why);
		happens(&k, RANK_ENDED, DISP_ANSWERED);
		claim(&k);
		is_int((int64_t)k.claims, 0, "none within the gap");
		clock_advance(clock_mono() + 61 * 60000);
	}
	states(&k, "done done done", "and each was called");
	check_replay(&k);
	family(&k, "apart");
	claim(&k);
	apply(&k, "merge");
	states(&k, "waiting waiting waiting", "merging is switched on");
	claim(&k);
	states(&k, "claimed claimed claimed", "for the next claim");
	intend(&k, why);
	apply(&k, "apart");
	happens(&k, RANK_ENDED, DISP_ANSWERED);
	states(&k, "done done done", "switched off, the open call is still about all");
	check_replay(&k);
}

/* ---- forgetting ------------------------------------------------------------------------ */

static int64_t
ask(struct family *k, const char *sql)
{
	int64_t n = -1;

	db_one(&k->db, db_sql(&k->db, sql, &f), -1, &n, &f);
	return n;
}

static int
forget(struct family *k, int i)
{
	int rc;

	db_begin(&k->db, &f);
	rc = people_forget(&k->db, k->contact[i], &f);
	if (rc < 0)
		db_rollback(&k->db);
	else
		db_commit(&k->db, &f);
	return rc;
}

static void
test_forget(void)
{
	struct prompt prompt = {0};
	struct family k;
	char why[200];

	family(&k, "merge");
	claim(&k);
	context(&k, &prompt);
	ok(forget(&k, 0) < 0 && f.code == REFUSED, "a follower of a claim is not forgotten: %s",
	    f.text);
	schedule_unclaim(&k.db, &k.claim, 1, &f);
	claim(&k);
	context(&k, &prompt);
	intend(&k, why);
	ok(forget(&k, 0) < 0 && f.code == REFUSED, "nor one of an open call: %s", f.text);
	happens(&k, RANK_ENDED, DISP_BUSY);
	is_int(ask(&k, "SELECT count(*) FROM body WHERE json LIKE '%N0, BSc%'"), 2,
	    "two contexts name them");
	ok(forget(&k, 0) == 0, "then they are");
	is_int(ask(&k, "SELECT count(*) FROM body WHERE json LIKE '%N0%'"), 0, "in every body");
	is_int(ask(&k, "SELECT count(*) FROM call_sibling WHERE target = 1"), 0, "and call");
	is_int(ask(&k, "SELECT count(*) FROM call WHERE phone IS NOT NULL"), 1,
	    "the leader's call stays");
	states(&k, "held waiting waiting", "and so do the others");
	clock_advance(clock_mono() + 61 * 60000);
	claim(&k);
	is_str(context(&k, &prompt), "Of N1, BSc; of N2, BSc.", "who are called without");
	prompt_release(&prompt);
	check_replay(&k);
}

/* The end of a call that came under a foreign id, mapped later. */
static void
test_orphan(void)
{
	struct family k;
	struct uuid foreign;
	struct claim own;
	char why[200];
	const char *uuid = "7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11";

	family(&k, "merge");
	claim(&k);
	intend(&k, why);
	own = k.claim;
	calls_resolve(&k.db, uuid, &foreign, &f);
	k.claim.call = foreign;
	happens(&k, RANK_ENDED, DISP_ANSWERED);
	states(&k, "calling calling calling", "nobody knows whose end it is");
	db_begin(&k.db, &f);
	calls_alias(&k.db, uuid, &own.call, &f);
	db_commit(&k.db, &f);
	states(&k, "done done done", "until it is mapped: it settles all");
	check_replay(&k);
}

int
main(void)
{
	ground_make("siblings");
	clock_virtual(INT64_C(1772442000000)); /* 2026-03-02T09:00:00Z */
	test_merged();
	clock_virtual(INT64_C(1772442000000));
	test_own_values();
	test_not_merged();
	clock_virtual(INT64_C(1772442000000));
	test_given_back();
	clock_virtual(INT64_C(1772442000000));
	test_wishes();
	test_apart();
	test_forget();
	test_orphan();
	ground_clear();
	return done_testing();
}
