/*
 * policy: each rule alone and several together, delays and back-offs, windows
 * at their edges; then random facts, where "not before T" must be exact: no at
 * every earlier instant tried, yes at T. With an argument it answers
 * tests/windows.t instead.
 */
#include "mem.h"
#include "policy.h"
#include "zones.h"

#define HOUR INT64_C(3600000)

/* ---- answers for tests/windows.t ---- */

/* "plan FROM UNTIL DAYS N from to ..." */
static int
read_plan(char *line, struct plan *p)
{
	int used, n;

	if (sscanf(line, "plan %d %d %u %d%n", &p->from_day, &p->until_day, &p->days,
		&p->windows, &used) != 4)
		return -1;
	for (int i = 0; i < p->windows; i++) {
		line += used;
		if (sscanf(line, "%d %d%n", &p->window[i].from, &p->window[i].to, &n) != 2)
			return -1;
		used = n;
	}
	return 0;
}

/* One word for what policy_window says at t: "open:CLOSES" or "OPENS:CLOSES", in minutes since start. */
static void
window_word(const struct plan *p, const struct zone *const *z, int zones, int64_t t,
    int64_t end, int64_t start, char out[80])
{
	int64_t closes, opens = policy_window(p, z, zones, t * 60000, &closes);
	char a[24] = "far", b[24] = "far";

	if (opens < end * 60000)
		snprintf(a, sizeof(a), "%" PRId64, opens / 60000 - start);
	if (closes < end * 60000)
		snprintf(b, sizeof(b), "%" PRId64, closes / 60000 - start);
	if (opens % 60000 != 0 && opens != INT64_MAX)
		snprintf(a, sizeof(a), "odd");
	if (opens == t * 60000)
		snprintf(a, sizeof(a), "open");
	snprintf(out, 80, "%s:%s", a, a[0] == 'f' ? "far" : b);
}

/* "scan START COUNT END": each minute's word and how often it stands in a row. */
static void
scan(const struct plan *p, const struct zone *const *z, int zones, int64_t start, int64_t count,
    int64_t end)
{
	char now[80] = "", word[80];
	int run = 0;

	for (int64_t t = start; t < start + count; t++, run++) {
		window_word(p, z, zones, t, end, start, word);
		if (strcmp(word, now) != 0) {
			if (run > 0)
				printf("%s*%d ", now, run);
			copy_text(now, sizeof(now), word);
			run = 0;
		}
	}
	printf("%s*%d\n", now, run);
}

static int
answer(void)
{
	struct zone *z[POLICY_ZONES];
	struct plan p = {0};
	char line[1000], word[100];
	long long a, b, c;
	int zones = 0;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (strncmp(line, "plan ", 5) == 0) {
			if (read_plan(line, &p) < 0)
				return 64;
			while (zones > 0)
				zone_free(z[--zones]);
		} else if (sscanf(line, "zone %99s", word) == 1 && zones < POLICY_ZONES) {
			z[zones++] = load(word);
		} else if (sscanf(line, "scan %lld %lld %lld", &a, &b, &c) == 3) {
			scan(&p, (const struct zone *const *)z, zones, a, b, c);
		} else {
			return 64;
		}
	}
	while (zones > 0)
		zone_free(z[--zones]);
	return fflush(stdout) != 0;
}

/* ---- the table ---- */

static struct zone *kolkata, *new_york, *london;

/* Monday to Friday 09:00-12:00 and 14:00-18:00, gap 4 h, four attempts. */
static struct plan
some_plan(void)
{
	struct plan p = {.days = 0x3e,
	    .windows = 2,
	    .window = {{540, 720}, {840, 1080}},
	    .min_gap_ms = 4 * HOUR,
	    .max_attempts = 4};

	p.retry[DISP_BUSY] = (struct retry_rule){2, 2, {HOUR / 4, HOUR}};
	p.retry[DISP_NO_ANSWER] = (struct retry_rule){3, 1, {2 * HOUR}};
	p.retry[DISP_ANSWERED_SHORT] = (struct retry_rule){1, 1, {24 * HOUR}};
	return p;
}

static struct facts
some_facts(void)
{
	return (struct facts){.campaign = CAMPAIGN_ACTIVE, .zone = {kolkata}, .zones = 1};
}

static void
attempt(struct facts *f, const char *at, const char *ended, enum disposition d)
{
	f->attempt[f->attempts++] =
	    (struct attempt){instant(at), ended ? instant(ended) : 0, d};
}

/* "verdict at code code": at only if it is set. */
static void
expect(const struct facts *f, const struct plan *p, const char *now, const char *want,
    const char *name)
{
	struct decision d;
	struct buf got = {0};
	char text[32];

	policy_decide(f, p, instant(now), &d);
	buf_adds(&got, verdict_name(d.verdict));
	if (d.at != 0)
		buf_printf(&got, " %.19s", num_instant_text(d.at, text));
	for (int i = 0; i < d.reasons; i++) {
		buf_printf(&got, " %s", d.reason[i].code);
		if (d.reason[i].text[0] == '\0' || d.reason[i].cite == NULL)
			buf_adds(&got, "(wordless)");
	}
	is_str(got.p, want, name);
	buf_release(&got);
}

#define MONDAY "2026-03-02T05:00:00Z" /* 10:30 in Kolkata */

static void
test_store(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	expect(&f, &p, MONDAY, "call_now", "nothing speaks against it");
	f.stopped = true;
	expect(&f, &p, MONDAY, "held stopped", "stopped");
	f.stopped = false;
	f.trial_over = true;
	expect(&f, &p, MONDAY, "held trial", "the trial is over");
	f.trial_over = false;
	f.campaign = CAMPAIGN_DRAFT;
	expect(&f, &p, MONDAY, "held campaign", "a draft");
	f.campaign = CAMPAIGN_PAUSED;
	expect(&f, &p, MONDAY, "held campaign", "paused");
	f.campaign = CAMPAIGN_CANCELLED;
	expect(&f, &p, MONDAY, "never campaign", "cancelled");
	f.campaign = (enum campaign_state)77;
	expect(&f, &p, MONDAY, "held campaign", "a state of a newer version");
	f = some_facts();
	f.dnc_list = "tps";
	f.dnc_until = instant(MONDAY);
	expect(&f, &p, MONDAY, "held dnc_stale", "a do-not-call list that is too old now");
	f.dnc_until++;
	expect(&f, &p, MONDAY, "call_now", "a millisecond before it is not");
	f.dnc_until = 0;
	expect(&f, &p, MONDAY, "held dnc_stale", "a list that was never imported");
}

static void
test_number(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();
	struct decision d;
	char long_hold[300] = "";

	f.do_not_call = true;
	f.dnc_source = "registry";
	expect(&f, &p, MONDAY, "never dnc", "do-not-call");
	f = some_facts();
	f.number_closed = true;
	expect(&f, &p, MONDAY, "never number_closed", "the number is closed");
	f = some_facts();
	f.number_type = PHONE_PREMIUM;
	p.allow_numbers = 1u << PHONE_TOLL_FREE;
	expect(
	    &f, &p, MONDAY, "never number_type", "premium, which this campaign does not allow");
	f.number_type = PHONE_TOLL_FREE;
	expect(&f, &p, MONDAY, "call_now", "one that the campaign allows");
	p.allow_numbers = 0;
	expect(&f, &p, MONDAY, "never number_type", "toll_free");
	f.number_type = PHONE_SHARED_COST;
	expect(&f, &p, MONDAY, "never number_type", "shared_cost");
	f.number_type = PHONE_VOIP;
	expect(&f, &p, MONDAY, "call_now", "what has no rule");
	f = some_facts();
	f.held = "no context";
	expect(&f, &p, MONDAY, "held held", "held");
	memset(long_hold, 'x', sizeof(long_hold) - 1);
	memcpy(long_hold + 180, " and", 4);
	f.held = long_hold;
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(d.reason[0].text[186] == '.' && strcmp(d.reason[0].text + 186, "...") == 0,
	    "a hold that is too long ends behind a word");
}

static void
test_consent(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	p.consent = CONSENT_EXPRESS;
	expect(&f, &p, MONDAY, "held consent", "no consent is on record");
	f.consent_until = instant(MONDAY);
	expect(&f, &p, MONDAY, "held consent", "it has just ended");
	f.consent_until = instant(MONDAY) + 1;
	expect(&f, &p, MONDAY, "call_now", "it holds");
	f.consent_until = 0;
	f.consent_revoked = true;
	expect(&f, &p, MONDAY, "never consent", "it was revoked");
	p.consent = CONSENT_NONE;
	expect(&f, &p, MONDAY, "call_now", "nobody asks");
}

static void
test_review(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	f.review = REVIEW_MADE;
	expect(&f, &p, MONDAY, "call_now", "nobody need look at a context");
	f.review = REVIEW_REJECTED;
	expect(&f, &p, MONDAY, "held review", "but who did and rejected it is heard");
	p.context = &(struct plan_context){.review = true};
	f.review = REVIEW_NONE;
	expect(&f, &p, MONDAY, "held review", "a review is required and there is no context");
	f.review = REVIEW_MADE;
	expect(&f, &p, MONDAY, "held review", "or one that nobody approved");
	f.review = REVIEW_APPROVED;
	expect(&f, &p, MONDAY, "call_now", "approved");
	p.context = NULL;
}

static void
test_language(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	p.language[p.languages++].tag = (char[]){"hi"};
	copy_text(f.language, sizeof(f.language), "mr");
	expect(&f, &p, MONDAY, "call_now", "another language: the plan's own texts");
	p.languages_only = true;
	expect(&f, &p, MONDAY, "held language", "or held, if the plan says so");
	copy_text(f.language, sizeof(f.language), "hi-IN");
	expect(&f, &p, MONDAY, "call_now", "a language of the plan");
	f = some_facts();
	expect(&f, &p, MONDAY, "call_now", "a language that is not known");
}

static void
test_gap(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	f.line_open = true;
	expect(&f, &p, MONDAY, "not_before 2026-03-02T05:01:00 line_open",
	    "a line is open: look again");
	f = some_facts();
	f.last_dial = instant("2026-03-02T01:00:01Z");
	expect(&f, &p, MONDAY, "not_before 2026-03-02T05:00:01 gap",
	    "one second of the gap is left");
	f.last_dial = instant("2026-03-02T01:00:00Z");
	expect(&f, &p, MONDAY, "call_now", "the gap is over");
	f.last_dial = instant("2026-03-02T04:00:00Z");
	expect(&f, &p, MONDAY, "not_before 2026-03-02T08:30:00 gap hours",
	    "the gap ends in the pause at noon: 14:00 local");
	f.last_dial = instant("2026-03-02T08:45:00Z");
	expect(&f, &p, "2026-03-02T08:50:00Z", "not_before 2026-03-03T03:30:00 gap hours",
	    "the gap ends in the evening: tomorrow");
	f.last_dial = instant("2026-03-02T06:00:00Z");
	expect(&f, &p, MONDAY, "not_before 2026-03-02T10:00:00 gap",
	    "a dial in the future still counts");
	f.last_dial = INT64_MAX - 5;
	expect(&f, &p, MONDAY, "held gap hours", "no overflow");
}

static void
test_attempts(void)
{
	static const struct {
		enum disposition d;
		const char *want, *why;
	} rows[] = {
	    {DISP_ANSWERED, "never reached", "answered"},
	    {DISP_ANSWERED_SHORT, "not_before 2026-03-03T04:10:00 retry",
		"short, and there is a rule"},
	    {DISP_ANSWERED_DROPPED, "never reached", "dropped, and there is none"},
	    {DISP_BUSY, "call_now", "busy, a quarter is over"},
	    {DISP_NO_ANSWER, "not_before 2026-03-02T06:10:00 retry", "no answer, two hours"},
	    {DISP_DECLINED, "never retry", "declined, no rule"},
	    {DISP_UNWANTED, "never dnc", "unwanted"},
	    {DISP_BLOCKED, "never retry", "blocked, no rule"},
	    {DISP_INVALID, "call_now", "invalid was another number"},
	    {DISP_TRUNK_AUTH, "call_now", "trunk_auth"},
	    {DISP_CONGESTION, "call_now", "congestion"},
	    {DISP_CODEC, "call_now", "codec"},
	    {DISP_CANCELLED, "call_now", "cancelled"},
	    {DISP_TRUNK_DEAD, "call_now", "trunk_dead"},
	    {DISP_NOT_PLACED, "call_now", "not_placed"},
	    {DISP_FAILED, "never retry", "failed, no rule"},
	    {DISP_UNKNOWN, "held unknown", "unknown"},
	    {DISP_NONE, "held line_open", "still open"},
	    {DISP_COUNT, "held unknown", "an ending of a newer version"},
	};
	struct plan p = some_plan();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct facts f = some_facts();

		attempt(&f, "2026-03-02T04:05:00Z", "2026-03-02T04:10:00Z", rows[i].d);
		expect(&f, &p, MONDAY, rows[i].want, rows[i].why);
	}
}

static void
test_retry(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	attempt(&f, "2026-03-02T04:50:00Z", "2026-03-02T04:51:00Z", DISP_BUSY);
	expect(&f, &p, MONDAY, "not_before 2026-03-02T05:06:00 retry",
	    "first delay, from the end");
	attempt(&f, "2026-03-02T04:58:00Z", "2026-03-02T04:59:00Z", DISP_BUSY);
	expect(&f, &p, MONDAY, "not_before 2026-03-02T05:59:00 retry", "second delay");
	attempt(&f, "2026-03-02T04:59:00Z", "2026-03-02T04:59:30Z", DISP_BUSY);
	expect(&f, &p, MONDAY, "never retry", "the rule is used up");
	f.attempts = 2;
	attempt(&f, "2026-03-02T04:59:00Z", "2026-03-02T04:59:30Z", DISP_NO_ANSWER);
	expect(&f, &p, MONDAY, "not_before 2026-03-02T08:30:00 retry hours",
	    "each ending has its own rule");
	attempt(&f, "2026-03-02T04:59:00Z", "2026-03-02T04:59:30Z", DISP_NO_ANSWER);
	expect(&f, &p, MONDAY, "never attempts retry", "four attempts in all");
	f.attempts = 3;
	attempt(&f, "2026-03-02T04:59:00Z", "2026-03-02T04:59:30Z", DISP_ANSWERED);
	expect(&f, &p, MONDAY, "never reached attempts", "reached by the last of them");
	p.max_attempts = 3;
	f.attempts = 2;
	attempt(&f, "2026-03-02T04:59:00Z", NULL, DISP_UNKNOWN);
	expect(&f, &p, MONDAY, "held unknown", "unknown holds before the cap closes");
	p = some_plan();
	f = some_facts();
	for (int i = 0; i < 4; i++)
		attempt(&f, "2026-03-01T04:50:00Z", "2026-03-01T04:51:00Z", DISP_NO_ANSWER);
	f.attempt[3].disposition = DISP_UNKNOWN;
	f.attempt[1].disposition = DISP_UNKNOWN;
	expect(&f, &p, "2036-03-03T05:00:00Z", "held unknown", "ten years change nothing");
	p.max_attempts = 9;
	f.attempt[3].disposition = DISP_NO_ANSWER;
	expect(
	    &f, &p, "2026-03-03T05:00:00Z", "held unknown", "an earlier unknown holds as well");
	f.attempt[1].disposition = DISP_BUSY;
	p.retry[DISP_NO_ANSWER].max = 5;
	expect(&f, &p, "2026-03-03T05:00:00Z", "call_now", "the last delay repeats");
	p = some_plan();
	f = some_facts();
	attempt(&f, "2026-03-02T04:10:00Z", "2026-03-02T04:51:00Z", DISP_ANSWERED_SHORT);
	attempt(&f, "2026-03-02T04:50:00Z", "2026-03-02T04:51:00Z", DISP_ANSWERED_SHORT);
	expect(&f, &p, MONDAY, "never retry", "short twice");
	p.until_day = (int)civil_days(2026, 3, 2);
	f.attempts = 1;
	expect(&f, &p, MONDAY, "never retry date", "the retry would come after the end");
}

/* Endings that are not charged: the attempts stay, the back-off doubles. */
static void
test_backoff(void)
{
	static const char *const wants[] = {"not_before 2026-03-02T05:01:00 retry",
	    "not_before 2026-03-02T05:02:00 retry", "not_before 2026-03-02T05:04:00 retry",
	    "not_before 2026-03-02T05:08:00 retry", "not_before 2026-03-02T05:16:00 retry",
	    "not_before 2026-03-02T05:32:00 retry", "not_before 2026-03-02T06:00:00 retry",
	    "not_before 2026-03-02T06:00:00 retry"};
	struct plan p = some_plan();
	struct facts f = some_facts();

	for (size_t i = 0; i < COUNT(wants); i++) {
		attempt(&f, "2026-03-02T04:59:00Z", MONDAY,
		    i % 2 ? DISP_TRUNK_DEAD : DISP_CONGESTION);
		expect(&f, &p, MONDAY, wants[i], "back-off");
	}
	f.attempt[6].disposition = DISP_BUSY;
	expect(&f, &p, MONDAY, wants[0], "begins anew behind a charged one");
	while (f.attempts < POLICY_ATTEMPTS)
		attempt(&f, "2026-03-01T04:59:00Z", MONDAY, DISP_CONGESTION);
	expect(
	    &f, &p, "2026-03-03T05:00:00Z", "held attempts", "64 attempts: a person must look");
	f.attempts = 65;
	expect(&f, &p, MONDAY, "held attempts", "more than there is room for");
	f.attempts = 1;
	f.attempt[0].disposition = DISP_CONGESTION;
	p.retry[DISP_CONGESTION] = (struct retry_rule){2, 2, {1000, HOUR}};
	expect(&f, &p, MONDAY, wants[0], "a rule cannot wait less than the back-off");
	attempt(&f, "2026-03-02T04:59:00Z", MONDAY, DISP_CONGESTION);
	expect(&f, &p, MONDAY, wants[6], "but more");
	attempt(&f, "2026-03-02T04:59:00Z", MONDAY, DISP_CONGESTION);
	expect(&f, &p, MONDAY, "never retry", "and it ends");
	f = some_facts();
	attempt(&f, MONDAY, NULL, DISP_NOT_PLACED);
	expect(&f, &p, MONDAY, wants[0], "without an end, from the intent");
}

static void
test_time(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	expect(
	    &f, &p, "2026-03-02T03:29:59Z", "not_before 2026-03-02T03:30:00 hours", "08:59:59");
	expect(&f, &p, "2026-03-02T03:30:00Z", "call_now", "09:00");
	expect(&f, &p, "2026-03-02T06:28:59.999Z", "call_now", "before the guard");
	expect(&f, &p, "2026-03-02T06:29:00Z", "not_before 2026-03-02T08:30:00 hours",
	    "the last minute");
	expect(&f, &p, "2026-03-02T06:30:00Z", "not_before 2026-03-02T08:30:00 hours", "noon");
	expect(&f, &p, "2026-03-06T13:00:00Z", "not_before 2026-03-09T03:30:00 hours",
	    "Friday evening");
	expect(
	    &f, &p, "2026-03-07T05:00:00Z", "not_before 2026-03-09T03:30:00 day", "Saturday");
	p.from_day = (int)civil_days(2026, 3, 4);
	expect(&f, &p, MONDAY, "not_before 2026-03-04T03:30:00 date", "before it starts");
	p.from_day = 0;
	p.until_day = (int)civil_days(2026, 3, 2);
	expect(&f, &p, MONDAY, "call_now", "the last day");
	expect(&f, &p, "2026-03-02T12:29:00Z", "never date", "its last minute");
	expect(&f, &p, "2026-03-05T05:00:00Z", "never date", "after the end");
	f.last_dial = instant(MONDAY);
	p.min_gap_ms = 24 * HOUR;
	expect(&f, &p, MONDAY, "never gap date", "the gap reaches over the end");
	p = some_plan();
	f = some_facts();
	f.zones = 0;
	expect(&f, &p, MONDAY, "held zone", "no zone");
	f.assumed = kolkata;
	expect(&f, &p, MONDAY, "call_now", "the assumed zone");
	f.zones = POLICY_ZONES + 1;
	expect(&f, &p, MONDAY, "held zone", "more zones than there is room for");
	p.window[0] = (struct window){540, 541};
	p.windows = 1;
	f = some_facts();
	expect(&f, &p, MONDAY, "held hours", "a window no longer than the guard is none");
	p.windows = 0;
	expect(&f, &p, MONDAY, "held hours", "no window at all");
}

static void
test_zones(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	f.zone[0] = london;
	f.zone[1] = new_york;
	f.zones = 2;
	expect(&f, &p, "2026-03-02T13:59:00Z", "not_before 2026-03-02T14:00:00 hours",
	    "New York is not up");
	expect(&f, &p, "2026-03-02T14:00:00Z", "call_now", "legal in both");
	expect(&f, &p, "2026-03-02T16:59:00Z", "not_before 2026-03-03T14:00:00 hours",
	    "New York's noon is London's afternoon, then evening");
	f.zone[1] = kolkata;
	f.zone[0] = new_york;
	expect(&f, &p, MONDAY, "held hours", "no hour is legal in both");
	p.windows = 1;
	p.window[0] = (struct window){1320, 120};
	f = some_facts();
	expect(&f, &p, "2026-03-06T20:00:00Z", "call_now",
	    "Friday's night is legal on Saturday at 01:30");
	expect(&f, &p, "2026-03-07T20:00:00Z", "not_before 2026-03-09T16:30:00 day",
	    "Saturday's is not on Sunday: Monday at 22:00");
	p.until_day = (int)civil_days(2026, 3, 6);
	expect(&f, &p, "2026-03-06T20:00:00Z", "call_now", "the last night runs over midnight");
}

static void
window_is(const struct plan *p, const struct zone *z, const char *now, const char *want)
{
	int64_t closes, opens = policy_window(p, &z, 1, instant(now), &closes);
	char got[80], a[32], b[32];

	if (opens == INT64_MAX)
		snprintf(got, sizeof(got), closes == INT64_MAX ? "none" : "odd");
	else
		snprintf(got, sizeof(got), "%.16s to %.16s", num_instant_text(opens, a),
		    num_instant_text(closes, b));
	is_str(got, want, now);
}

/* Windows that end or begin at the very minute at which the clock is set. */
static void
test_windows(void)
{
	struct plan p = {.days = 0x7f, .windows = 1, .window = {{0, 120}}};

	window_is(&p, new_york, "2026-11-01T04:00:00Z", "2026-11-01T04:00 to 2026-11-01T07:00");
	window_is(&p, new_york, "2026-03-08T00:00:00Z", "2026-03-08T05:00 to 2026-03-08T07:00");
	p.window[0] = (struct window){90, 110};
	window_is(&p, new_york, "2026-11-01T05:45:00Z", "2026-11-01T05:45 to 2026-11-01T05:50");
	window_is(&p, new_york, "2026-11-01T05:50:00Z", "2026-11-01T06:30 to 2026-11-01T06:50");
	p.window[0] = (struct window){120, 180};
	window_is(&p, new_york, "2026-03-08T00:00:00Z", "2026-03-09T06:00 to 2026-03-09T07:00");
	p.window[0] = (struct window){130, 200};
	window_is(&p, new_york, "2026-03-08T00:00:00Z", "2026-03-08T07:00 to 2026-03-08T07:20");
	p.window[0] = (struct window){0, 1440};
	window_is(&p, kolkata, "2026-03-02T00:00:00Z", "2026-03-02T00:00 to 2026-03-10T18:30");
	p.window[0] = (struct window){1320, 1320};
	window_is(&p, kolkata, "2026-03-02T00:00:00Z", "none");
	p = (struct plan){.days = 0x7f, .windows = 2, .window = {{1320, 1440}, {0, 60}}};
	window_is(&p, kolkata, "2026-03-02T12:00:00Z", "2026-03-02T16:30 to 2026-03-02T19:30");
	p.days = 0;
	window_is(&p, kolkata, "2026-03-02T12:00:00Z", "none");
	p.days = 0x7f;
	p.from_day = (int)civil_days(2029, 1, 1);
	window_is(&p, kolkata, "2026-03-02T12:00:00Z", "none");
}

/* A callback is one more lower bound: hours, do-not-call and the caps are as they were. */
static void
test_callback(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();
	struct decision d;

	f.callback = true;
	f.callback_at = instant(MONDAY) + HOUR;
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(d.verdict == NOT_BEFORE && d.at == f.callback_at, "a callback waits for its time");
	expect(&f, &p, MONDAY, "not_before 2026-03-02T06:00:00 callback", "and says so");
	f.callback_at = instant("2026-03-02T16:30:00Z"); /* 22:00 in Kolkata */
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(d.verdict == NOT_BEFORE && d.at > f.callback_at + 10 * HOUR,
	    "one at ten in the evening waits for the morning");
	is_str(d.reason[1].text,
	    "by then it is 22:00 in Asia/Kolkata, hours are 09:00-12:00, 14:00-18:00",
	    "the hours decide, and say so");
	is_int(d.reason[1].until, d.at, "until then");
	f.last_dial = instant(MONDAY);
	expect(&f, &p, MONDAY, "not_before 2026-03-03T03:30:00 gap callback hours",
	    "behind a gap too");
	f.last_dial = 0;
	f.callback_at = instant("2026-03-06T16:30:00Z");
	policy_decide(&f, &p, instant("2026-03-01T05:00:00Z"), &d);
	is_str(d.reason[2].text,
	    "by then it is 22:00 in Asia/Kolkata, hours are 09:00-12:00, 14:00-18:00",
	    "it is Sunday, and Friday evening by then");
	p.windows = 8;
	for (int i = 0; i < p.windows; i++)
		p.window[i] = (struct window){60 * i, 60 * i + 30};
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(strstr(d.reason[1].text, "02:00-02:30, 03:00-03:30, ...") != NULL,
	    "hours that have no room are not passed over: %s", d.reason[1].text);
	p = some_plan();
	f.callback_at = instant(MONDAY);
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(d.verdict == CALL_NOW, "its time has come");
	f.do_not_call = true;
	expect(&f, &p, MONDAY, "never dnc", "do-not-call is stronger");
	f.do_not_call = false;
	f.number_wrong = true;
	expect(&f, &p, MONDAY, "never wrong_number", "it is somebody else's number");
	f.number_wrong = false;
	f.callback_why = "a time that is over";
	expect(&f, &p, MONDAY, "held callback", "a person must say when");
}

/* Where a person stands, and for which reason. */
static void
stands(const struct facts *f, const struct plan *p, const char *want, const char *name)
{
	struct decision d;
	char got[80];

	policy_decide(f, p, instant(MONDAY), &d);
	snprintf(got, sizeof(got), "%s %s", policy_standing(&d),
	    policy_reason(&d) ? policy_reason(&d)->code : "");
	is_str(got, want, name);
}

static void
test_standing(void)
{
	static const struct plan_context review = {.review = true};
	struct plan p = some_plan();
	struct facts f = some_facts();
	struct decision d;

	p.context = (struct plan_context *)&review;
	policy_decide(&f, &p, instant(MONDAY), &d);
	stands(&f, &p, "held review", "a context that nobody approved");
	attempt(&f, "2026-03-01T04:00:00Z", "2026-03-01T04:02:00Z", DISP_ANSWERED);
	stands(&f, &p, "done reached", "who was reached is done, review or not");
	f.do_not_call = true;
	stands(&f, &p, "done dnc", "also who then asked for no more");
	f.attempt[0].disposition = DISP_ANSWERED_SHORT;
	stands(&f, &p, "closed dnc",
	    "a short answer has another attempt, but for the do-not-call");
	f.do_not_call = false;
	stands(&f, &p, "held review", "without it the context decides");
	attempt(&f, "2026-03-01T05:00:00Z", "2026-03-01T05:00:05Z", DISP_ANSWERED_SHORT);
	stands(&f, &p, "done retry", "until the short ones are used up");
	f.attempt[1].disposition = DISP_UNKNOWN;
	f.do_not_call = true;
	stands(&f, &p, "unknown dnc", "what is not known comes first");
	f = some_facts();
	p.context = NULL;
	f.last_dial = instant("2026-03-02T01:30:00Z");
	attempt(&f, "2026-03-02T04:00:00Z", "2026-03-02T04:01:00Z", DISP_BUSY);
	policy_decide(&f, &p, instant("2026-03-02T04:05:00Z"), &d);
	is_str(policy_reason(&d)->code, "gap", "the rule that ends last decides");
	policy_decide(
	    &(struct facts){.campaign = CAMPAIGN_ACTIVE, .zone = {kolkata}, .zones = 1}, &p,
	    instant(MONDAY), &d);
	ok(policy_reason(&d) == NULL, "nothing speaks against a call");
	f = some_facts();
	f.stopped = true;
	f.held = "why not";
	policy_decide(&f, &p, instant(MONDAY), &d);
	is_str(policy_reason(&d)->code, "held", "the person's own before the store's");
}

static void
test_together(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();

	f.stopped = f.trial_over = f.do_not_call = f.number_closed = f.line_open = true;
	f.campaign = CAMPAIGN_PAUSED;
	f.held = "why not";
	f.last_dial = instant(MONDAY);
	for (int i = 0; i < 4; i++)
		attempt(&f, "2026-03-02T04:10:00Z", "2026-03-02T04:51:00Z", DISP_BUSY);
	expect(&f, &p, "2026-03-02T13:00:00Z",
	    "never stopped campaign trial dnc number_closed held line_open attempts retry "
	    "hours",
	    "all reasons, and the strictest verdict");
	f = some_facts();
	f.held = "why not";
	f.last_dial = instant(MONDAY);
	expect(&f, &p, "2026-03-07T05:00:00Z", "held held day",
	    "held with a day: no instant is promised");
}

static void
test_personal(void)
{
	struct plan p = some_plan();
	struct facts f = some_facts();
	struct decision d;

	f.stopped = true;
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(!d.personal, "a stop is not about the person");
	f.held = "why not";
	policy_decide(&f, &p, instant(MONDAY), &d);
	ok(d.personal, "being held is");
	f = some_facts();
	policy_decide(&f, &p, instant("2026-03-02T13:05:00Z"), &d);
	ok(!d.personal, "the hours are not");
	is_str(d.reason[0].text,
	    "it is 18:35 in Asia/Kolkata, hours are 09:00-12:00, 14:00-18:00",
	    "words for people");
	is_int(d.reason[0].until, instant("2026-03-03T03:30:00Z"), "until");
	policy_decide(&f, &p, instant("2026-03-01T05:00:00Z"), &d);
	is_str(d.reason[0].text, "it is Sunday in Asia/Kolkata", "on a Sunday");
}

/* ---- random facts ---- */

static uint64_t seed = 4711;

static uint64_t
draw(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static struct plan
any_plan(int64_t now)
{
	struct plan p = {
	    .min_gap_ms = (int64_t)draw(30) * HOUR, .max_attempts = 1 + (int)draw(8)};

	p.days = draw(3) ? 0x7f : (unsigned)draw(128);
	p.windows = 1 + (int)draw(3);
	for (int i = 0; i < p.windows; i++)
		p.window[i] = (struct window){(int)draw(1440), (int)draw(1441)};
	if (draw(4) == 0)
		p.from_day = (int)(now / 86400000 + (int64_t)draw(10) - 5);
	if (draw(4) == 0)
		p.until_day = (int)(now / 86400000 + (int64_t)draw(20) - 3);
	for (int d = 0; d < DISP_COUNT; d++)
		if (draw(2))
			p.retry[d] = (struct retry_rule){1 + (int)draw(5), 2,
			    {(int64_t)draw(100) * 60000, (int64_t)draw(50) * HOUR}};
	return p;
}

static struct facts
any_facts(int64_t now)
{
	const struct zone *const zones[] = {kolkata, new_york, london};
	struct facts f = {.campaign = CAMPAIGN_ACTIVE};

	f.zones = 1 + (int)draw(3);
	for (int i = 0; i < f.zones; i++)
		f.zone[i] = zones[draw(3)];
	if (draw(4) == 0)
		f.callback_at = now + (int64_t)draw(72 * (uint64_t)HOUR);
	if (draw(2))
		f.last_dial = now - (int64_t)draw(30 * (uint64_t)HOUR);
	f.attempts = (int)draw(6);
	for (int i = 0; i < f.attempts; i++) {
		f.attempt[i].at = now - (int64_t)(6 - i) * HOUR * 10;
		f.attempt[i].ended_at = f.attempt[i].at + (int64_t)draw(600000);
		f.attempt[i].disposition =
		    (enum disposition)(DISP_BUSY + draw(DISP_UNKNOWN - DISP_BUSY));
	}
	return f;
}

static void
test_exact(void)
{
	/* Around the days on which New York and London set their clocks. */
	const int64_t weeks[] = {instant("2026-03-06T00:00:00Z"),
	    instant("2026-03-27T00:00:00Z"), instant("2026-10-23T00:00:00Z"),
	    instant("2026-10-30T00:00:00Z")};
	int exact = 1, none_before = 1, ordered = 1;
	long count[4] = {0};
	struct decision d, at, before;

	for (int round = 0; round < 200000; round++) {
		int64_t now = weeks[draw(4)] + (int64_t)draw(4 * 24 * (uint64_t)HOUR), t;
		struct plan p = any_plan(now);
		struct facts f = any_facts(now);

		policy_decide(&f, &p, now, &d);
		count[d.verdict]++;
		ordered &= (d.verdict == CALL_NOW) == (d.reasons == 0);
		if (d.verdict != NOT_BEFORE)
			continue;
		ordered &= d.at > now;
		for (int i = 0; i < d.reasons; i++)
			ordered &= d.reason[i].until > now && d.reason[i].until <= d.at;
		policy_decide(&f, &p, d.at, &at);
		exact &= at.verdict == CALL_NOW;
		for (int i = 0; i < 4; i++) {
			t = i == 0 ? d.at - 1 : now + (int64_t)draw((uint64_t)(d.at - now));
			policy_decide(&f, &p, t, &before);
			none_before &= before.verdict == NOT_BEFORE && before.at == d.at;
		}
	}
	printf("# call_now %ld, not_before %ld, held %ld, never %ld\n", count[0], count[1],
	    count[2], count[3]);
	ok(exact, "200,000 random facts: at T the call may be made");
	ok(none_before, "and at no earlier instant tried, each of which names the same T");
	ok(ordered, "every no has a reason, none of which ends behind T");
}

/* Whatever else is true, whatever time it is: an unknown attempt is not followed by a call. */
static void
test_unknown(void)
{
	struct decision d;
	int good = 1;

	for (int round = 0; round < 200000; round++) {
		int64_t now = instant(MONDAY) + (int64_t)draw(1000 * 24 * (uint64_t)HOUR);
		struct plan p = any_plan(instant(MONDAY));
		struct facts f = any_facts(instant(MONDAY));

		p.max_attempts = 1 + (int)draw(50);
		f.attempt[f.attempts++].at = instant(MONDAY);
		f.attempt[draw((uint64_t)f.attempts)].disposition = DISP_UNKNOWN;
		policy_decide(&f, &p, now, &d);
		good &= d.verdict >= HELD && d.at == 0;
	}
	ok(good, "200,000 random facts: unknown never leaves by time alone");
}

static void
test_names(void)
{
	int good = 1;

	for (int s = CAMPAIGN_DRAFT; s < CAMPAIGN_STATES; s++)
		good &= campaign_state_parse(campaign_state_name((enum campaign_state)s)) == s;
	ok(good, "states read back");
	is_int(campaign_state_parse("running"), -1, "no state");
	is_int(campaign_state_parse(NULL), -1, "nothing");
	is_str(verdict_name(NOT_BEFORE), "not_before", "a verdict");
	is_str(verdict_name((enum verdict)9), "", "no verdict");
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return answer();
	kolkata = load("Asia/Kolkata");
	new_york = load("America/New_York");
	london = load("Europe/London");
	test_store();
	test_number();
	test_consent();
	test_review();
	test_language();
	test_gap();
	test_attempts();
	test_retry();
	test_backoff();
	test_time();
	test_zones();
	test_windows();
	test_callback();
	test_standing();
	test_together();
	test_personal();
	test_exact();
	test_unknown();
	test_names();
	zone_free(kolkata);
	zone_free(new_york);
	zone_free(london);
	return done_testing();
}
