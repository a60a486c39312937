/*
 * summaries: what a summary of a call asks for, in every order with the words
 * that carry it: the same callback, wish and wrong number; and what a summary
 * may not do, whatever it says.
 */

#include "again.h"
#include "clock.h"
#include "dnc.h"
#include "heard.h"
#include "optouts.h"
#include "orders.h"
#include "rand.h"
#include "replay.h"
#include "summaries.h"
#include "targets.h"

#define ASKS  SAYS("user", "10", "Please call me tomorrow at six.")
#define OFFER SAYS("agent", "12", "I may call you tomorrow at six.")
#define ASKED                                                                            \
	"{\"call_id\":\"" AVR                                                            \
	"\",\"event\":\"completed\",\"outcome\":\"callback_requested\",\"duration\":30," \
	"\"timestamp\":\"2026-03-02T09:15:41Z\"}"
#define ENDS "{\"uuid\":\"" AVR "\",\"type\":\"call_ended\"," AT("40") ",\"payload\":{}}"
#define KEYS                                                 \
	"{\"uuid\":\"" AVR "\",\"type\":\"dtmf_digit\"," AT( \
	    "20") ",\"payload\":{\"digit\":\"1\",\"role\":\"user\",\"text\":\"Call me at six\"}}"
#define SIX  "2026-03-03T18:00:00.000Z"
#define CALL SAYS("user", "10", "Please call me.")
#define TIME SAYS("user", "11", "Tomorrow at six.")

/* ---- summaries ------------------------------------------------------------------------ */

/* The key of an event, as a record names it. */
static const char *
key_of(const char *json)
{
	static char text[17];
	int fd = memfd_create("event", MFD_CLOEXEC);
	struct ndjson in;
	struct rec rec;

	if (fd < 0 || write(fd, json, strlen(json)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	ndjson_init(&in, fd, "t");
	if (ndjson_next(&in, &rec, &f) <= 0 || foreign_read(&rec, 1000, &fo, &f) <= 0)
		abort();
	ndjson_release(&in);
	close(fd);
	return hash_hex(fo.event.key, text);
}

/* Of a call: what came of it, by which words of which event, and when to call again (or null). */
static char *
summary(const struct uuid *call, const char *second, const char *outcome, const char *of,
    const char *words, const char *at)
{
	char id[37];
	char *callback = at ? xasprintf(",\"callback\":{\"at\":\"%s\"}", at) : xstrdup("");
	char *text =
	    xasprintf("{\"type\":\"event\",\"v\":1,\"event\":\"summary\",\"call\":\"%s\","
		      "\"at\":\"2026-03-02T09:20:%s.000Z\",\"outcome\":\"%s\","
		      "\"said\":{\"line\":1,\"of\":\"%s\",\"words\":\"%s\"},"
		      "\"summary\":\"They talked.\"%s}",
		uuid_text(call, id), second, outcome, key_of(of), words, callback);

	free(callback);
	return text;
}

/* A callback whose time rests on words of its own. */
static char *
timed(const struct uuid *call, const char *of, const char *words, const char *time_of,
    const char *time_words)
{
	char *plain = summary(call, "00", "callback_requested", of, words, SIX), *text;

	plain[strlen(plain) - strlen("}}")] = '\0';
	text = xasprintf("%s,\"said\":{\"line\":2,\"of\":\"%s\",\"words\":\"%s\"}}}", plain,
	    key_of(time_of), time_words);
	free(plain);
	return text;
}

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
	    " UNION ALL SELECT 'summary ' || hex(call) || ' ' || at || ' ' || key || ' ' || outcome FROM summary"
	    " UNION ALL SELECT 'wrong ' || contact || ' ' || phone || ' ' || hex(call) FROM wrong_number"
	    " UNION ALL SELECT 'again ' || target || ' ' || since || ' ' || due_at || ' ' || ifnull(why, '-')"
	    " || ' ' || said_at || ' ' || key FROM again"
	    " UNION ALL SELECT 'call ' || hex(id) || ' ' || rank || ' ' || line_open FROM call"
	    " UNION ALL SELECT 'alias ' || uuid || hex(call) FROM alias"
	    " UNION ALL SELECT 'waits ' || target || ' ' || due_at FROM schedule"
	    " UNION ALL SELECT 'stands ' || target || ' ' || state || ' ' || reason FROM standing ORDER BY 1",
	    &f);

	while (db_step(db, s, &f) > 0) {
		buf_adds(out, col_t(s, 0));
		buf_addc(out, '\n');
	}
}

struct orders {
	struct db *db;
	const char *event[ORDERS_MAX];
	int events;
	struct buf want, got;
	int n, wrong;
};

/* In a transaction that is taken back, one event twice. */
static void
one_order(void *arg, const int *order)
{
	struct orders *o = arg;
	int rc = db_begin(o->db, &f);

	for (int i = 0; i < o->events && rc >= 0; i++)
		rc = apply(o->db, o->event[order[i]]);
	if (rc >= 0 && apply(o->db, o->event[order[o->events / 2]]) != 0)
		o->wrong++;
	if (rc >= 0) /* the reason of who is settled may be an older one */
		rc = schedule_settle(o->db, 1, clock_wall(), &f);
	buf_reset(&o->got);
	state(o->db, &o->got);
	db_rollback(o->db);
	if (!o->n++)
		buf_add(&o->want, o->got.p, o->got.len);
	if ((rc < 0 || o->got.len != o->want.len || memcmp(o->got.p, o->want.p, o->got.len)) &&
	    !o->wrong++)
		printf("# first wrong one: %s\n%s# instead of\n%s", rc < 0 ? f.text : "",
		    o->got.p, o->want.p);
}

/* All orders, then once for good; want is in the state then. */
static void
in_all_orders(struct orders *o, const char *want)
{
	in_every_order(o->events, one_order, o);
	printf("# %d orders\n", o->n);
	is_int(o->wrong, 0, "all orders come to the same");
	if (!ok(o->want.len && strstr(o->want.p, want), "with: %s", want))
		printf("# %s", o->want.p);
	for (int i = o->events - 1; i >= 0; i--)
		is_int(apply_alone(o->db, o->event[i]), 1, "each in a transaction of its own");
	db_begin(o->db, &f);
	must(schedule_settle(o->db, 1, clock_wall(), &f), "decided anew");
	db_commit(o->db, &f);
	buf_reset(&o->got);
	state(o->db, &o->got);
	is_str(o->got.p, o->want.p, "comes to the same too");
	ok(replay_check(o->db, &f) == 0, "and the journal replays: %s", f.text);
	buf_release(&o->want);
	buf_release(&o->got);
	db_close(o->db);
}

static void
test_orders(void)
{
	struct db db;
	struct uuid call = prepare(&db, "callback.db", ",\"min_gap\":\"0s\"");
	char *one =
	    summary(&call, "00", "callback_requested", ASKS, "call me tomorrow at six", SIX);
	char *two, *three;

	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 5, .event = {initiated, ASKS, OFFER, one, ENDS}},
	    "waits 1 1772560800000");
	free(one);

	call = prepare(&db, "later.db", ",\"min_gap\":\"0s\"");
	one = summary(&call, "00", "callback_requested", ASKS, "call me tomorrow at six", SIX);
	two = summary(&call, "01", "callback_requested", ASKS, "call me tomorrow",
	    "2026-03-04T18:00:00.000Z");
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 6, .event = {initiated, ASKS, OFFER, one, two, ENDS}},
	    "waits 1 1772647200000");
	free(one);
	free(two);

	call = prepare(&db, "timed.db", ",\"min_gap\":\"0s\"");
	one = timed(&call, CALL, "call me", TIME, "Tomorrow at six");
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 5, .event = {initiated, CALL, TIME, one, ENDS}},
	    "waits 1 1772560800000");
	free(one);

	/* What says when was never heard: a person must read what was. */
	call = prepare(&db, "untimed.db", ",\"min_gap\":\"0s\"");
	one = timed(&call, CALL, "call me", TIME, "Tomorrow at six");
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 5, .event = {initiated, CALL, OFFER, one, ENDS}},
	    "stands 1 held callback");
	free(one);

	call = prepare(&db, "dropped.db", ",\"min_gap\":\"0s\"");
	one = summary(&call, "00", "callback_requested", ASKS, "call me tomorrow at six", SIX);
	two = summary(&call, "01", "success", ASKS, "Please", NULL);
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 6, .event = {initiated, ASKS, OFFER, one, two, ENDS}},
	    "stands 1 done reached");
	free(one);
	free(two);

	call = prepare(&db, "wish.db", ",\"min_gap\":\"0s\"");
	two = summary(&call, "01", "do_not_call", ASKS, "Please", NULL);
	three = summary(&call, "02", "wrong_number", OFFER, "you", NULL);
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 6, .event = {initiated, ASKS, two, three, OFFER, ENDS}},
	    "dnc 5 442079460600 1772443201000 summary is in the summary of call ");
	free(two);
	free(three);
}

/* A program that was in the call tells it without words, and without a time. */
static void
test_asked(void)
{
	struct db db;
	struct uuid call = prepare(&db, "asked.db", ",\"min_gap\":\"0s\"");
	char *one, *two;

	in_all_orders(
	    &(struct orders){.db = &db, .events = 4, .event = {initiated, ASKS, ASKED, ENDS}},
	    "stands 1 held callback");

	call = prepare(&db, "asked_when.db", ",\"min_gap\":\"0s\"");
	one = summary(&call, "00", "callback_requested", ASKS, "call me tomorrow at six", SIX);
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 5, .event = {initiated, ASKS, ASKED, one, ENDS}},
	    "waits 1 1772560800000");

	call = prepare(&db, "asked_all.db", ",\"min_gap\":\"0s\"");
	free(one);
	one = summary(&call, "00", "callback_requested", ASKS, "call me tomorrow at six", SIX);
	two = summary(&call, "01", "success", ASKS, "Please", NULL);
	in_all_orders(
	    &(struct orders){
		.db = &db, .events = 6, .event = {initiated, ASKS, ASKED, one, two, ENDS}},
	    "stands 1 held callback");
	free(one);
	free(two);
}

/* ---- what a summary may not do -------------------------------------------------------- */

/* Applies the words, the end and a summary: what the target is then. */
static void
becomes(const char *name, const char *outcome, const char *of, const char *words,
    const char *at, const char *want)
{
	struct db db;
	struct buf got = {0};
	char *file = xasprintf("%s.db", name);
	struct uuid call = prepare(&db, file, ",\"min_gap\":\"0s\"");
	char *text = summary(&call, "00", outcome, of, words, at);

	apply_alone(&db, initiated);
	apply_alone(&db, ASKS);
	apply_alone(&db, OFFER);
	apply_alone(&db, KEYS);
	apply_alone(&db, ENDS);
	is_int(apply_alone(&db, text), 1, name);
	state(&db, &got);
	if (!ok(strstr(got.p, want) != NULL, "  comes to: %s", want))
		printf("# %s", got.p);
	ok(replay_check(&db, &f) == 0, "  and replays: %s", f.text);
	buf_release(&got);
	free(text);
	free(file);
	db_close(&db);
}

static void
test_refused(void)
{
	becomes("quoted", "callback_requested", ASKS, "me tomorrow, at SIX", SIX,
	    "stands 1 held callback");
	becomes("whole", "callback_requested", ASKS, "CALL me tomorrow, at SIX", SIX,
	    "waits 1 1772560800000");
	becomes("polite", "callback_requested", ASKS, "Please", SIX, "stands 1 held callback");
	becomes("unsaid", "callback_requested", ASKS, "call me at seven", SIX,
	    "stands 1 done reached");
	becomes("offered", "callback_requested", OFFER, "call you tomorrow", SIX,
	    "stands 1 done reached");
	becomes("elsewhere", "callback_requested", SAYS("user", "11", "Call me at six"),
	    "Call me at six", SIX, "stands 1 done reached");
	becomes("pressed", "callback_requested", KEYS, "Call me at six", SIX,
	    "stands 1 done reached");
	becomes(
	    "timeless", "callback_requested", ASKS, "call me", NULL, "stands 1 held callback");
	becomes("over", "callback_requested", ASKS, "call me", "2026-03-02T09:18:00.000Z",
	    "stands 1 held callback");
	becomes("absurd", "callback_requested", ASKS, "call me", "2027-03-02T09:18:00.000Z",
	    "stands 1 held callback");
	becomes("machine", "answering_machine", ASKS, "call me", SIX, "stands 1 done reached");
	becomes("silence", "no_response", ASKS, "call me", SIX, "stands 1 done reached");
	becomes("happy", "success", ASKS, "call me", SIX, "stands 1 done reached");
}

/* It is one person's rule, and a person may find otherwise. */
static void
test_wrong_number(void)
{
	struct optout_case c = {.heard = {0}};
	struct facts facts;
	struct uuid call;
	int64_t who, other, after = 0, target;
	struct db db;
	char *text;

	call = prepare(&db, "wrong.db", ",\"min_gap\":\"0s\"");
	who = person(&db, "b", PHONE);
	other = campaign_of(&db, "other", "", &who, 1);
	text = summary(&call, "00", "wrong_number", ASKS, "Please", NULL);
	must(apply_alone(&db, initiated), "the call is mapped");
	must(apply_alone(&db, ASKS), "words");
	must(apply_alone(&db, ENDS), "the end");
	is_int(apply_alone(&db, text), 1, "a wrong number");
	targets_find(&db, 1, 1, &target, &f);
	schedule_facts(&db, target, 0, &facts, &f);
	ok(facts.number_wrong, "closes the number for whom it was asked for");
	targets_find(&db, other, who, &target, &f);
	schedule_facts(&db, target, 0, &facts, &f);
	ok(!facts.number_wrong && !facts.do_not_call, "and for nobody else who has it");
	is_int(optouts_next(&db, &after, true, &c, &f), 1, "it is there for review");
	ok(c.wrong_number && c.how == HEARD_SUMMARY && c.phone == PHONE &&
		strstr(c.heard.p, "Please"),
	    "with what was said");
	is_int(optouts_review(&db, c.id, OPTOUT_DISMISSED, "a joke", &f), 1, "dismissed");
	targets_find(&db, 1, 1, &target, &f);
	schedule_facts(&db, target, 0, &facts, &f);
	ok(!facts.number_wrong, "the number is this person's again");
	is_int(optouts_review(&db, c.id, OPTOUT_CONFIRMED, NULL, &f), 1, "confirmed");
	schedule_facts(&db, target, 0, &facts, &f);
	ok(facts.number_wrong, "and not");
	ok(replay_check(&db, &f) == 0, "the journal replays: %s", f.text);
	db_begin(&db, &f);
	must(people_forget(&db, 1, &f), "the person is forgotten");
	must(db_commit(&db, &f), "for good");
	ok(replay_check(&db, &f) == 0, "and the journal replays: %s", f.text);
	buf_release(&c.heard);
	free(text);
	db_close(&db);
}

/* Who is called together is called back together, and each is forgotten alone. */
static void
test_siblings(void)
{
	struct db db;
	struct buf got = {0};
	struct campaign c;
	struct claim claim;
	enum claim_end end;
	struct intent in = {
	    .owner = "owner", .exchange = "sim", .simulated = true, .posted = true};
	int64_t who[2], left;
	char *text;
	size_t n;

	fresh(&db, "siblings.db");
	who[0] = person(&db, "a", PHONE);
	who[1] = person(&db, "b", PHONE);
	campaigns_by_id(&db,
	    campaign_of(&db, "hello", ",\"min_gap\":\"0s\",\"siblings\":\"merge\"", who, 2), &c,
	    &f);
	must(schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f), "both are claimed");
	is_int((int64_t)n, 1, "for one call");
	in.id = claim.call;
	must(calls_intend(&db, &in, 1, &f), "which is intended");
	char id[37];
	snprintf(initiated, sizeof(initiated),
	    "{\"uuid\":\"" AVR
	    "\",\"type\":\"call_initiated\"," AT("04") ",\"payload\":{\"uniqueid\":\"%s\"}}",
	    uuid_text(&claim.call, id));
	must(apply_alone(&db, initiated), "mapped");
	must(apply_alone(&db, ASKS), "words");
	must(apply_alone(&db, ENDS), "and over");
	text = summary(&claim.call, "00", "callback_requested", ASKS, "call me tomorrow", SIX);
	is_int(apply_alone(&db, text), 1, "a callback");
	state(&db, &got);
	ok(strstr(got.p, "waits 1 1772560800000") && strstr(got.p, "waits 2 1772560800000"),
	    "is for both");
	free(text);
	clock_advance(clock_mono() + INT64_C(30) * 3600 * 1000);
	must(schedule_claim(&db, &c, 1, &claim, &n, &end, NULL, &f), "the time comes");
	is_int((int64_t)n, 1, "in one call again");
	schedule_unclaim(&db, &claim, 1, &f);
	text = summary(&in.id, "01", "wrong_number", ASKS, "call me tomorrow", NULL);
	is_int(apply_alone(&db, text), 1, "a wrong number");
	buf_reset(&got);
	state(&db, &got);
	ok(strstr(got.p, "wrong 1 ") && strstr(got.p, "wrong 2 "), "closes it for both");
	ok(replay_check(&db, &f) == 0, "the journal replays: %s", f.text);
	for (int i = 0; i < 2; i++) {
		db_begin(&db, &f);
		must(people_forget(&db, who[i], &f), "one is forgotten");
		must(db_commit(&db, &f), "for good");
		ok(replay_check(&db, &f) == 0, "the journal replays: %s", f.text);
	}
	db_one(&db,
	    db_sql(&db,
		"SELECT count(*) FROM journal j JOIN body b ON b.seq = j.seq"
		" WHERE j.kind = 'contact.wrong_number'",
		&f),
	    -1, &left, &f);
	is_int(left, 0, "and nothing of it is left");
	buf_release(&got);
	free(text);
	db_close(&db);
}

int
main(void)
{
	setenv("OUTREACH_NOW", "2026-03-02T12:00:00Z", 1);
	if (clock_init(&f) < 0)
		return 1;
	ground_make("summaries");
	test_orders();
	test_asked();
	test_refused();
	test_wrong_number();
	test_siblings();
	foreign_release(&fo);
	ground_clear();
	return done_testing();
}
