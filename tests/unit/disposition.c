/*
 * disposition: each row of the table measured on a real Asterisk, the codes of
 * RFC 3398 that the table has not, and what may not decide alone.
 */
#include "disposition.h"
#include "mem.h"
#include "tap.h"

#define SILENT .cause = -1, .reason = -1, .talk_ms = -1

static const struct {
	const char *what;
	struct ending e;
	enum disposition want;
} rows[] = {
    /* Measured. */
    {"answered, AVR ends it",
	{.cause = 16,
	    .reason = 4,
	    .dial_status = "ANSWER",
	    .ringing = true,
	    .answered = true,
	    .talk_ms = 61000},
	DISP_ANSWERED},
    {"answered, callee hangs up",
	{.cause = 0, .reason = 4, .dial_status = "ANSWER", .answered = true, .talk_ms = 30000},
	DISP_ANSWERED},
    {"answered, duration not known",
	{.cause = 0, .reason = 4, .dial_status = "ANSWER", .talk_ms = -1}, DISP_ANSWERED},
    {"AudioSocket down: over 2 ms after the answer",
	{.cause = 0,
	    .reason = 4,
	    .dial_status = "ANSWER",
	    .answered = true,
	    .talk_ms = 2,
	    .short_ms = 10000},
	DISP_ANSWERED_DROPPED},
    {"maxcalls full: 0 s", {.cause = 0, .reason = 4, .answered = true, .talk_ms = 0},
	DISP_ANSWERED_DROPPED},
    {"busy",
	{.cause = 17, .tech_cause = 486, .reason = 0, .dial_status = "BUSY", .talk_ms = -1},
	DISP_BUSY},
    {"declined",
	{.cause = 21,
	    .tech_cause = 603,
	    .reason = 0,
	    .dial_status = "NOANSWER",
	    .ringing = true,
	    .talk_ms = -1},
	DISP_DECLINED},
    {"unallocated",
	{.cause = 1, .tech_cause = 404, .reason = 0, .dial_status = "NOANSWER", .talk_ms = -1},
	DISP_INVALID},
    {"congestion",
	{.cause = 34,
	    .tech_cause = 503,
	    .reason = 0,
	    .dial_status = "CONGESTION",
	    .talk_ms = -1},
	DISP_CONGESTION},
    {"carrier gives up ringing",
	{.cause = 19,
	    .tech_cause = 480,
	    .reason = 0,
	    .dial_status = "NOANSWER",
	    .ringing = true,
	    .talk_ms = -1},
	DISP_NO_ANSWER},
    {"carrier gives up without ringing: phone off",
	{.cause = 19, .tech_cause = 480, .reason = 0, .dial_status = "NOANSWER", .talk_ms = -1},
	DISP_NO_ANSWER},
    {"our time-out, it rang",
	{.cause = 19, .tech_cause = 480, .reason = 3, .ringing = true, .talk_ms = -1},
	DISP_NO_ANSWER},
    {"our time-out, Hangup came first",
	{.cause = 19, .tech_cause = 480, .reason = -1, .ringing = true, .talk_ms = -1},
	DISP_NO_ANSWER},
    {"cancelled mid-ring without a cause",
	{.cause = 0,
	    .reason = 0,
	    .dial_status = "NOANSWER",
	    .ringing = true,
	    .cancelled = true,
	    .talk_ms = -1},
	DISP_CANCELLED},
    {"cancelled mid-ring, cause 16",
	{.cause = 16,
	    .reason = 0,
	    .dial_status = "NOANSWER",
	    .ringing = true,
	    .cancelled = true,
	    .talk_ms = -1},
	DISP_CANCELLED},
    {"trunk silent, 32 s",
	{.cause = 18, .tech_cause = 408, .reason = 0, .dial_status = "NOANSWER", .talk_ms = -1},
	DISP_TRUNK_DEAD},
    {"a carrier that answers 480 and says 18: its trunk lives",
	{.cause = 18, .tech_cause = 480, .reason = 0, .dial_status = "NOANSWER", .talk_ms = -1},
	DISP_NO_ANSWER},
    {"18 and no SIP code: an older Asterisk's silent trunk",
	{.cause = 18, .reason = 0, .dial_status = "NOANSWER", .talk_ms = -1}, DISP_TRUNK_DEAD},
    {"trunk silent, our time-out", {.cause = 19, .tech_cause = 480, .reason = 3, .talk_ms = -1},
	DISP_TRUNK_DEAD},
    {"trunk silent, Hangup came first",
	{.cause = 19, .tech_cause = 480, .reason = -1, .talk_ms = -1}, DISP_TRUNK_DEAD},
    {"unknown endpoint", {.cause = -1, .reason = 0, .no_channel = true, .talk_ms = -1},
	DISP_NOT_PLACED},
    {"Local busy", {.cause = 0, .reason = 5, .dial_status = "BUSY", .talk_ms = -1}, DISP_BUSY},
    {"Local congestion", {.cause = 0, .reason = 8, .dial_status = "CONGESTION", .talk_ms = -1},
	DISP_CONGESTION},
    {"the fence refused a second originate", {.cause = 81, .reason = 0, .talk_ms = -1},
	DISP_UNKNOWN},
    /* Talk. */
    {"a short talk", {.cause = 16, .answered = true, .talk_ms = 4000, .short_ms = 10000},
	DISP_ANSWERED_SHORT},
    {"just long enough", {.cause = 16, .answered = true, .talk_ms = 10000, .short_ms = 10000},
	DISP_ANSWERED},
    {"one second is not dropped", {.cause = 16, .answered = true, .talk_ms = 1000},
	DISP_ANSWERED},
    {"answered and hung up by us",
	{.cause = 16, .answered = true, .cancelled = true, .talk_ms = 20000}, DISP_ANSWERED},
    {"answered wins over any cause", {.cause = 17, .answered = true, .talk_ms = 20000},
	DISP_ANSWERED},
    /* Who was first, the other side or we. */
    {"busy while we hung up",
	{.cause = 17, .tech_cause = 486, .cancelled = true, .reason = 0, .talk_ms = -1},
	DISP_BUSY},
    {"our hangup reads as a carrier's",
	{.cause = 19,
	    .tech_cause = 480,
	    .cancelled = true,
	    .reason = 0,
	    .ringing = true,
	    .talk_ms = -1},
	DISP_CANCELLED},
    {"our hangup reads as 487",
	{.cause = 127, .tech_cause = 487, .cancelled = true, .reason = 0, .talk_ms = -1},
	DISP_CANCELLED},
    {"487 and it rang",
	{.cause = 127, .tech_cause = 487, .ringing = true, .reason = 3, .talk_ms = -1},
	DISP_NO_ANSWER},
    {"487 and nobody rang", {.cause = 127, .tech_cause = 487, .reason = 3, .talk_ms = -1},
	DISP_TRUNK_DEAD},
    {"408 and it rang",
	{.cause = 18, .tech_cause = 408, .ringing = true, .reason = 0, .talk_ms = -1},
	DISP_NO_ANSWER},
    {"DialStatus CANCEL", {.cause = 0, .reason = 0, .dial_status = "CANCEL", .talk_ms = -1},
	DISP_CANCELLED},
    {"it rang and was not answered, no code",
	{.cause = 16, .reason = 0, .dial_status = "NOANSWER", .ringing = true, .talk_ms = -1},
	DISP_NO_ANSWER},
    {"CHANUNAVAIL says nothing more",
	{.cause = 0, .reason = 0, .dial_status = "CHANUNAVAIL", .talk_ms = -1}, DISP_FAILED},
    {"a cause of no table", {.cause = 111, .reason = 0, .talk_ms = -1}, DISP_FAILED},
    /* What proves nothing. */
    {"nothing at all", {SILENT}, DISP_UNKNOWN},
    {"Reason 0 alone", {.cause = -1, .reason = 0, .talk_ms = -1}, DISP_UNKNOWN},
    {"Reason 3 alone", {.cause = -1, .reason = 3, .talk_ms = -1}, DISP_UNKNOWN},
    {"Reason 5 alone", {.cause = -1, .reason = 5, .talk_ms = -1}, DISP_UNKNOWN},
    {"Reason 8 and a Hangup without a cause", {.cause = 0, .reason = 8, .talk_ms = -1},
	DISP_FAILED},
    {"no channel but it rang",
	{.cause = -1, .reason = 3, .no_channel = true, .ringing = true, .talk_ms = -1},
	DISP_NO_ANSWER},
    {"no channel but answered", {.cause = -1, .reason = 4, .no_channel = true, .talk_ms = -1},
	DISP_ANSWERED},
};

static const struct {
	int cause, tech;
	enum disposition want;
} codes[] = {
    {21, 0, DISP_DECLINED}, {21, 401, DISP_TRUNK_AUTH}, {21, 403, DISP_TRUNK_AUTH},
    {21, 407, DISP_TRUNK_AUTH}, {127, 402, DISP_TRUNK_AUTH}, {127, 607, DISP_UNWANTED},
    {21, 607, DISP_UNWANTED}, {127, 608, DISP_BLOCKED}, {22, 410, DISP_INVALID},
    {28, 484, DISP_INVALID}, {1, 485, DISP_INVALID}, {1, 604, DISP_INVALID},
    {0, 604, DISP_INVALID}, {17, 600, DISP_BUSY}, {0, 600, DISP_BUSY}, {58, 488, DISP_CODEC},
    {58, 606, DISP_CODEC}, {0, 606, DISP_CODEC}, {38, 500, DISP_CONGESTION},
    {29, 501, DISP_FAILED}, {27, 502, DISP_CONGESTION}, {102, 504, DISP_CONGESTION},
    {0, 500, DISP_CONGESTION}, {41, 0, DISP_CONGESTION}, {42, 0, DISP_CONGESTION},
    {20, 0, DISP_NO_ANSWER}, {17, 603, DISP_BUSY}, /* cause before code */
};

static void
test_meaning(void)
{
	static const char *const charged[] = {"answered", "answered_short", "answered_dropped",
	    "busy", "no_answer", "declined", "unwanted", "blocked", "invalid", "failed",
	    "unknown"};
	static const char *const stops[] = {"trunk_auth", "trunk_dead", "codec"};
	static const char *const reached[] = {"answered", "answered_short", "answered_dropped"};
	int n = 0, s = 0, r = 0, round = 1;

	for (size_t i = 0; i < COUNT(charged); i++)
		ok(disposition_counts(disposition_parse(charged[i])), "%s counts", charged[i]);
	for (size_t i = 0; i < COUNT(stops); i++)
		ok(disposition_stops_dialling(disposition_parse(stops[i])), "%s stops",
		    stops[i]);
	for (size_t i = 0; i < COUNT(reached); i++)
		ok(disposition_reached(disposition_parse(reached[i])), "%s is reached",
		    reached[i]);
	for (int d = 1; d < DISP_COUNT; d++) {
		n += disposition_counts((enum disposition)d);
		s += disposition_stops_dialling((enum disposition)d);
		r += disposition_reached((enum disposition)d);
		round &= disposition_parse(disposition_name((enum disposition)d)) ==
		    (enum disposition)d;
	}
	is_int(n, COUNT(charged), "no others count");
	is_int(s, COUNT(stops), "no others stop");
	is_int(r, COUNT(reached), "no others are reached");
	ok(round, "names read back");
	ok(disposition_counts(DISP_NONE), "a call that is not over counts");
	for (int d = 0; d < DISP_COUNT; d++) {
		bool sure = d == DISP_TRUNK_AUTH || d == DISP_CONGESTION || d == DISP_CODEC ||
		    d == DISP_NOT_PLACED;

		ok(disposition_may_have_rung((enum disposition)d) == !sure,
		    "%s: the phone %s have rung", disposition_name((enum disposition)d),
		    sure ? "cannot" : "may");
	}
	ok(disposition_closes_number(DISP_INVALID), "invalid closes the number");
	ok(!disposition_closes_number(DISP_UNWANTED), "unwanted does not");
	ok(disposition_parse("") == DISP_COUNT && disposition_parse("Busy") == DISP_COUNT &&
		disposition_parse(NULL) == DISP_COUNT,
	    "what is no name");
	is_str(disposition_name(DISP_NONE), "", "none has no name");
	is_str(disposition_name((enum disposition)99), "", "nor has 99");
	is_str(cause_text(17), "User busy", "cause 17");
	is_str(cause_text(96), "Mandatory information element is missing",
	    "cause 96, of the fence");
	is_str(cause_text(-1), "Unknown", "no cause");
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		is_str(disposition_name(disposition_of(&rows[i].e)),
		    disposition_name(rows[i].want), rows[i].what);
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct ending e = {.cause = codes[i].cause,
		    .tech_cause = codes[i].tech,
		    .reason = 0,
		    .dial_status = "NOANSWER",
		    .talk_ms = -1};
		char name[40];

		snprintf(name, sizeof(name), "cause %d, SIP %d", codes[i].cause, codes[i].tech);
		is_str(disposition_name(disposition_of(&e)), disposition_name(codes[i].want),
		    name);
	}
	test_meaning();
	return done_testing();
}
