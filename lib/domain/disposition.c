/*
 * disposition: the tables from Q.850 causes, SIP codes and DialStatus to how
 * a call ended, and what each ending means for attempts and dialling.
 */
#include <string.h>

#include "disposition.h"
#include "mem.h"

enum { REASON_TIMEOUT = 3, REASON_ANSWERED = 4, DROPPED_MS = 1000 };

static const struct {
	const char *name;
	bool counts, reached, stops;
} table[DISP_COUNT] = {
    [DISP_NONE] = {"", true, false, false}, /* it may ring by now */
    [DISP_ANSWERED] = {"answered", true, true, false},
    [DISP_ANSWERED_SHORT] = {"answered_short", true, true, false},
    [DISP_ANSWERED_DROPPED] = {"answered_dropped", true, true, false},
    [DISP_BUSY] = {"busy", true, false, false},
    [DISP_NO_ANSWER] = {"no_answer", true, false, false},
    [DISP_DECLINED] = {"declined", true, false, false},
    [DISP_UNWANTED] = {"unwanted", true, false, false},
    [DISP_BLOCKED] = {"blocked", true, false, false},
    [DISP_INVALID] = {"invalid", true, false, false},
    [DISP_TRUNK_AUTH] = {"trunk_auth", false, false, true},
    [DISP_CONGESTION] = {"congestion", false, false, false},
    [DISP_CODEC] = {"codec", false, false, true},
    [DISP_CANCELLED] = {"cancelled", false, false, false},
    [DISP_TRUNK_DEAD] = {"trunk_dead", false, false, true},
    [DISP_FAILED] = {"failed", true, false, false},
    [DISP_NOT_PLACED] = {"not_placed", false, false, false},
    [DISP_UNKNOWN] = {"unknown", true, false, false},
};

struct meaning {
	int code;
	enum disposition disposition;
};

/* Codes that speak for themselves. 18 and 19, 408, 480 and 487 do not: see of_ringing. */
static const struct meaning by_cause[] = {
    {1, DISP_INVALID},
    {17, DISP_BUSY},
    {20, DISP_NO_ANSWER},
    {21, DISP_DECLINED},
    {22, DISP_INVALID},
    {27, DISP_CONGESTION}, /* PJSIP's for 502 */
    {28, DISP_INVALID},
    {34, DISP_CONGESTION},
    {38, DISP_CONGESTION},
    {41, DISP_CONGESTION},
    {42, DISP_CONGESTION},
    {58, DISP_CODEC},
    {81, DISP_UNKNOWN}, /* the fence's */
    {102, DISP_CONGESTION},
};

static const struct meaning by_sip[] = {
    {401, DISP_TRUNK_AUTH},
    {402, DISP_TRUNK_AUTH},
    {403, DISP_TRUNK_AUTH},
    {404, DISP_INVALID},
    {407, DISP_TRUNK_AUTH},
    {410, DISP_INVALID},
    {484, DISP_INVALID},
    {485, DISP_INVALID},
    {486, DISP_BUSY},
    {488, DISP_CODEC},
    {500, DISP_CONGESTION},
    {502, DISP_CONGESTION},
    {503, DISP_CONGESTION},
    {504, DISP_CONGESTION},
    {600, DISP_BUSY},
    {603, DISP_DECLINED},
    {604, DISP_INVALID},
    {606, DISP_CODEC},
    {607, DISP_UNWANTED},
    {608, DISP_BLOCKED},
};

static enum disposition
look_up(const struct meaning *m, size_t n, int code)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].code == code)
			return m[i].disposition;
	return DISP_NONE;
}

static bool
status_is(const struct ending *e, const char *status)
{
	return strcmp(e->dial_status, status) == 0;
}

/* What a code or status says by itself, DISP_NONE if none does. */
static enum disposition
definite(const struct ending *e)
{
	enum disposition cause = look_up(by_cause, COUNT(by_cause), e->cause);
	enum disposition sip = look_up(by_sip, COUNT(by_sip), e->tech_cause);

	/* PJSIP makes 21 of 401, 403, 407 and 603 alike. */
	if (cause != DISP_NONE && (e->cause != 21 || sip == DISP_NONE))
		return cause;
	if (sip != DISP_NONE)
		return sip;
	if (status_is(e, "BUSY"))
		return DISP_BUSY;
	return status_is(e, "CONGESTION") ? DISP_CONGESTION : DISP_NONE;
}

static enum disposition
of_talk(const struct ending *e)
{
	if (e->talk_ms >= 0 && e->talk_ms < DROPPED_MS)
		return DISP_ANSWERED_DROPPED;
	return e->talk_ms >= 0 && e->talk_ms < e->short_ms ? DISP_ANSWERED_SHORT
							   : DISP_ANSWERED;
}

/* No code spoke for itself: did it ring until the time was up, or was nobody there? */
static enum disposition
of_ringing(const struct ending *e)
{
	bool timed_out = e->reason == REASON_TIMEOUT || e->tech_cause == 408 ||
	    e->tech_cause == 487 || (e->cause == 18 && e->tech_cause == 0) ||
	    (e->cause == 19 && e->dial_status[0] == '\0');

	if (timed_out)
		return e->ringing ? DISP_NO_ANSWER : DISP_TRUNK_DEAD;
	/* The carrier itself gave up, whether or not it passed on the ringing. It may say 18 or 19 (RFC 3326). */
	if (e->cause == 18 || e->cause == 19 || e->tech_cause == 480)
		return DISP_NO_ANSWER;
	if (status_is(e, "CANCEL"))
		return DISP_CANCELLED;
	return status_is(e, "NOANSWER") && e->ringing ? DISP_NO_ANSWER : DISP_FAILED;
}

enum disposition
disposition_of(const struct ending *e)
{
	enum disposition d;

	if (e->answered || e->reason == REASON_ANSWERED || status_is(e, "ANSWER"))
		return of_talk(e);
	/* Reason alone proves nothing: 0 stands for seven different things. */
	if (e->cause < 0 && e->tech_cause == 0 && e->dial_status[0] == '\0' && !e->ringing)
		return e->no_channel ? DISP_NOT_PLACED : DISP_UNKNOWN;
	if ((d = definite(e)) != DISP_NONE)
		return d;
	return e->cancelled ? DISP_CANCELLED : of_ringing(e);
}

const char *
disposition_name(enum disposition d)
{
	return (unsigned)d < DISP_COUNT ? table[d].name : "";
}

enum disposition
disposition_parse(const char *s)
{
	for (int d = DISP_NONE + 1; s != NULL && d < DISP_COUNT; d++)
		if (strcmp(s, table[d].name) == 0)
			return (enum disposition)d;
	return DISP_COUNT;
}

bool
disposition_counts(enum disposition d)
{
	return (unsigned)d >= DISP_COUNT || table[d].counts;
}

bool
disposition_may_have_rung(enum disposition d)
{
	return disposition_counts(d) || d == DISP_CANCELLED || d == DISP_TRUNK_DEAD;
}

bool
disposition_reached(enum disposition d)
{
	return (unsigned)d < DISP_COUNT && table[d].reached;
}

bool
disposition_closes_number(enum disposition d)
{
	return d == DISP_INVALID;
}

bool
disposition_stops_dialling(enum disposition d)
{
	return (unsigned)d < DISP_COUNT && table[d].stops;
}

const char *
cause_text(int q850)
{
	static const struct {
		int cause;
		const char *text;
	} texts[] = {
	    {1, "Unallocated (unassigned) number"},
	    {2, "No route to specified transit network"},
	    {3, "No route to destination"},
	    {16, "Normal Clearing"},
	    {17, "User busy"},
	    {18, "No user responding"},
	    {19, "User alerting, no answer"},
	    {20, "Subscriber absent"},
	    {21, "Call Rejected"},
	    {22, "Number changed"},
	    {27, "Destination out of order"},
	    {28, "Invalid number format"},
	    {29, "Facility rejected"},
	    {31, "Normal, unspecified"},
	    {34, "Circuit/channel congestion"},
	    {38, "Network out of order"},
	    {41, "Temporary failure"},
	    {42, "Switching equipment congestion"},
	    {44, "Requested channel not available"},
	    {47, "Resource unavailable"},
	    {50, "Requested facility not subscribed"},
	    {52, "Outgoing call barred"},
	    {57, "Bearer capability not authorized"},
	    {58, "Bearer capability not available"},
	    {65, "Bearer capability not implemented"},
	    {79, "Facility not implemented"},
	    {81, "Invalid call reference value"},
	    {88, "Incompatible destination"},
	    {96, "Mandatory information element is missing"},
	    {102, "Recovery on timer expiry"},
	    {111, "Protocol error"},
	    {127, "Interworking, unspecified"},
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].cause == q850)
			return texts[i].text;
	return "Unknown";
}
