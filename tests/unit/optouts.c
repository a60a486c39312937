/*
 * optouts: what is said and pressed in calls, in every order and repeated,
 * comes to the same wishes; they act on claims at once, and a review takes
 * away what it dismisses and nothing else.
 */

#include "clock.h"
#include "dnc.h"
#include "file.h"
#include "heard.h"
#include "optouts.h"
#include "orders.h"
#include "rand.h"
#include "replay.h"

static const char *const event[] = {initiated,
    "{\"uuid\":\"" AVR "\",\"type\":\"dtmf_digit\"," AT("30") ",\"payload\":{\"digit\":\"9\"}}",
    SAYS("user", "10", "Please do not."), SAYS("user", "14", "Call me again."),
    SAYS("agent", "20", "I can remove you from our list."),
    "{\"uuid\":\"" AVR "\",\"type\":\"call_ended\"," AT("40") ",\"payload\":{}}"};

enum { EVENTS = COUNT(event) };

/* ---- every order -------------------------------------------------------------------- */

/* What is believed, but for which journal row said so. */
static void
state(struct db *db, struct buf *out)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT 'optout ' || hex(call) || ' ' || key || ' ' || at || ' ' || phone || ' ' || how"
	    " || ' ' || verdict FROM optout"
	    " UNION ALL SELECT 'heard ' || hex(call) || ' ' || key || ' ' || at || ' ' || how FROM heard"
	    " UNION ALL SELECT 'dnc ' || kind || ' ' || value || ' ' || at || ' ' || source || ' ' || reason"
	    " FROM dnc"
	    " UNION ALL SELECT 'call ' || hex(id) || ' ' || rank || ' ' || line_open FROM call"
	    " UNION ALL SELECT 'alias ' || uuid || hex(call) FROM alias ORDER BY 1",
	    &f);

	while (db_step(db, s, &f) > 0) {
		buf_adds(out, col_t(s, 0));
		buf_addc(out, '\n');
	}
}

struct orders {
	struct db *db;
	struct buf want, got;
	int n, wrong;
};

/* In a transaction that is taken back, the last event twice. */
static void
one_order(void *arg, const int *order)
{
	struct orders *o = arg;
	int rc = db_begin(o->db, &f);

	for (int i = 0; i < EVENTS && rc >= 0; i++)
		rc = apply(o->db, event[order[i]]);
	if (rc >= 0 && apply(o->db, event[order[EVENTS / 2]]) != 0)
		o->wrong++;
	if (rc >= 0)
		rc = calls_flush(o->db, &f);
	buf_reset(&o->got);
	state(o->db, &o->got);
	db_rollback(o->db);
	if (!o->n++)
		buf_add(&o->want, o->got.p, o->got.len);
	if (rc < 0 || o->got.len != o->want.len || memcmp(o->got.p, o->want.p, o->got.len))
		o->wrong++;
}

static void
test_orders(void)
{
	struct db db;
	struct orders o = {.db = &db};

	prepare(&db, "orders.db", "");
	in_every_order(EVENTS, one_order, &o);
	is_int(o.n, 720, "all orders of six events, one of them twice");
	is_int(o.wrong, 0, "come to the same");
	ok(o.want.len &&
		strstr(o.want.p, "dnc 5 442079460600 1772442914000 call said in call "),
	    "the number is on do-not-call from the earlier wish on");
	printf("# %s", o.want.len ? o.want.p : "");
	for (int i = 0; i < EVENTS; i++)
		is_int(apply_alone(&db, event[i]), 1, "each in a transaction of its own");
	buf_reset(&o.got);
	state(&db, &o.got);
	is_str(o.got.p, o.want.p, "comes to the same too");
	ok(replay_check(&db, &f) == 0, "and the journal replays: %s", f.text);
	buf_release(&o.want);
	buf_release(&o.got);
	db_close(&db);
}

/* ---- what it does ------------------------------------------------------------------ */

static int
listed(struct db *db)
{
	sqlite3_stmt *s = db_sql(db, "SELECT count(*) FROM dnc WHERE kind = 5", &f);
	int64_t n = -1;

	db_one(db, s, -1, &n, &f);
	return (int)n;
}

static int64_t
claims(struct db *db)
{
	int64_t n = -1;

	db_one(db, db_sql(db, "SELECT count(*) FROM claim", &f), -1, &n, &f);
	return n;
}

static void
test_acts(void)
{
	struct optout_case c = {.heard = {0}};
	struct order o;
	struct claim claim;
	struct campaign other;
	struct dnc letter = {.kind = DNC_NUMBER, .value = PHONE};
	enum claim_end end;
	struct uuid call;
	struct intent in = {
	    .owner = "owner", .exchange = "sim", .simulated = true, .posted = true};
	int64_t who, id, after = 0;
	struct db db;
	size_t n;

	call = prepare(&db, "acts.db", ",\"opt_out\":{\"hangup\":true},\"min_gap\":\"0s\"");
	/* A sibling on the same number, claimed by another campaign once that line is free. */
	who = person(&db, "b", PHONE);
	id = campaign_of(&db, "other", ",\"min_gap\":\"0s\"", &who, 1);
	campaigns_by_id(&db, id, &other, &f);
	must(apply_alone(&db, initiated), "the call is mapped");
	calls_order(&db, &call, &o, &f);
	ok(o.call.line_open && !o.hangup_at, "and its line open");
	is_int(apply_alone(&db, SAYS("user", "10", "Stop calling me")), 1, "a wish is said");
	calls_order(&db, &call, &o, &f);
	ok(o.hangup_at != 0, "the hangup is asked for in the same transaction");
	is_int(listed(&db), 1, "the number is listed");
	must(schedule_claim(&db, &other, 1, &claim, &n, &end, NULL, &f),
	    "another campaign asks");
	is_int((int64_t)n, 0, "and gets nobody");
	is_int(optouts_next(&db, &after, true, &c, &f), 1, "it is there for review");
	ok(c.how == HEARD_WORDS && c.phone == PHONE && strstr(c.heard.p, "Stop calling me"),
	    "with what was said");
	db_begin(&db, &f);
	is_int(dnc_add(&db, PHONE, "letter", NULL, &f), 1, "a letter says so too");
	db_commit(&db, &f);
	is_int(apply_alone(&db, event[EVENTS - 1]), 1, "the call ends");
	is_int(optouts_review(&db, c.id, OPTOUT_DISMISSED, "misheard", &f), 1, "dismissed");
	is_int(listed(&db), 0, "its rule is gone");
	is_int(dnc_drop(&db, &letter, &f), 1, "the letter's is not, until it is taken off");
	is_int(optouts_review(&db, c.id, OPTOUT_DISMISSED, "misheard", &f), 0,
	    "again: so already");
	is_int(apply_alone(&db, SAYS("user", "10", "Stop calling me")), 0, "the event again");
	is_int(listed(&db), 0, "changes nothing");
	ok(optouts_review(&db, 999999, OPTOUT_CONFIRMED, NULL, &f) < 0, "no such opt-out: %s",
	    f.text);

	/* The other campaign claims the number; a late event withdraws the claim. */
	must(
	    schedule_claim(&db, &other, 1, &claim, &n, &end, NULL, &f), "the other asks again");
	is_int((int64_t)n, 1, "and gets the sibling");
	is_int(apply_alone(&db,
		   "{\"uuid\":\"" AVR
		   "\",\"type\":\"dtmf_digit\"," AT("20") ",\"payload\":{\"digit\":\"9\"}}"),
	    1, "then the key comes in");
	is_int(claims(&db), 0, "the claim is gone");
	in.id = claim.call;
	must(calls_intend(&db, &in, 1, &f), "who had it asks");
	is_int(in.result, INTENT_GONE, "and is refused");
	ok(replay_check(&db, &f) == 0, "the journal replays: %s", f.text);
	buf_release(&c.heard);
	db_close(&db);
}

/* What a campaign switches off is not heard; a key of its own is. */
static void
test_switches(void)
{
	struct db db;
	struct uuid call =
	    prepare(&db, "switch.db", ",\"opt_out\":{\"key\":\"*\",\"words\":false}");

	(void)call;
	must(apply_alone(&db, initiated), "the call is mapped");
	must(apply_alone(&db, SAYS("user", "10", "Stop calling me")), "words");
	must(apply_alone(&db, event[1]), "and the key 9");
	is_int(listed(&db), 0, "are no wish here");
	must(apply_alone(&db,
		 "{\"uuid\":\"" AVR
		 "\",\"type\":\"dtmf_digit\"," AT("31") ",\"payload\":{\"digit\":\"*\"}}"),
	    "the key *");
	is_int(listed(&db), 1, "is one");
	db_close(&db);
}

/* How often the bytes stand in the store's file. */
static int
in_file(const char *name, const void *bytes, size_t len)
{
	char *path = in_dir(name);
	struct buf b = {0};
	int n = 0;

	must(file_read(path, 64 << 20, &b, &f), "the file is read");
	for (const char *p = b.p; (p = memmem(p, b.len - (size_t)(p - b.p), bytes, len)); p++)
		n++;
	buf_release(&b);
	free(path);
	return n;
}

/* The number of somebody who was forgotten is a mark, for which caps and wishes hold. */
static void
test_forgotten(void)
{
	unsigned char bytes[6];
	struct decision d;
	struct facts facts;
	struct optout_case c = {.heard = {0}};
	int64_t who, id, after = 0, target = 0;
	struct db db;

	prepare(&db, "forgotten.db", "");
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)((uint64_t)PHONE >> (40 - 8 * i));
	must(apply_alone(&db, initiated), "the call is mapped");
	must(apply_alone(&db, SAYS("user", "10", "Stop calling me")), "a wish");
	must(apply_alone(&db, event[EVENTS - 1]), "the call ends");
	ok(in_file("forgotten.db", bytes, sizeof bytes) > 0 &&
		in_file("forgotten.db", "Asha Rao", 8) > 0 &&
		in_file("forgotten.db", "Stop calling", 12) > 0,
	    "the file has the number, the name and the words");
	db_begin(&db, &f);
	must(people_forget(&db, 1, &f), "the person is forgotten");
	must(db_commit(&db, &f), "for good");
	is_int(in_file("forgotten.db", bytes, sizeof bytes), 0, "the number is gone");
	is_int(in_file("forgotten.db", "442079460600", 12), 0, "also as text");
	is_int(in_file("forgotten.db", "Asha Rao", 8), 0, "the name");
	is_int(in_file("forgotten.db", "Stop calling", 12), 0, "and the words");
	ok(replay_check(&db, &f) == 0, "the journal replays: %s", f.text);
	int64_t rows, erased;
	is_int(journal_verify(&db, &rows, &erased, &f), 0, "and verifies");

	who = person(&db, "new", PHONE);
	id = campaign_of(&db, "again", "", &who, 1);
	db_one(&db, db_sql(&db, "SELECT max(id) FROM target", &f), 0, &target, &f);
	schedule_facts(&db, target, 0, &facts, &f);
	ok(facts.do_not_call, "the number's wish holds for whoever comes with it");
	ok(facts.last_dial != 0, "and its gap");
	is_int(optouts_next(&db, &after, true, &c, &f), 1, "the review has it");
	is_int(c.phone, 0, "without its number");
	is_int(optouts_review(&db, c.id, OPTOUT_DISMISSED, "misheard", &f), 1, "dismissed");
	schedule_facts(&db, target, 0, &facts, &f);
	policy_decide(&facts, campaigns_plan(&db, id, &f), clock_wall(), &d);
	ok(!facts.do_not_call && d.verdict == NOT_BEFORE && !strcmp(d.reason[0].code, "gap"),
	    "then the gap alone stands in the way");
	ok(replay_check(&db, &f) == 0, "the journal replays: %s", f.text);
	buf_release(&c.heard);
	db_close(&db);
}

int
main(void)
{
	ground_make("optouts");
	setenv("OUTREACH_NOW", "2026-03-02T09:00:00Z", 1);
	setenv("OUTREACH_SEED", "7", 1);
	clock_init(&f);
	test_orders();
	test_acts();
	test_switches();
	test_forgotten();
	foreign_release(&fo);
	ground_clear();
	return done_testing();
}
