/*
 * disposition: how a call ended, from what the exchange said, by Hangup cause,
 * then TechCause, then DialStatus, never by OriginateResponse's Reason alone
 * (facts measured on Asterisk 22.10.1; RFC 3398 and res_pjsip map SIP to Q.850).
 */
#ifndef DISPOSITION_H
#define DISPOSITION_H

#include <stdbool.h>

enum disposition {
	DISP_NONE,           /* not over yet */
	DISP_ANSWERED,       /* a person or machine took the call and it was talked */
	DISP_ANSWERED_SHORT, /* answered, under the campaign's short_s seconds */
	DISP_ANSWERED_DROPPED, /* answered, but our side failed (0 s, AudioSocket down, maxcalls) */
	DISP_BUSY,             /* 17; 486, 600 */
	DISP_NO_ANSWER,        /* 18, 19; 480, 408; ring time-out with ringing seen */
	DISP_DECLINED,         /* 21; 603 */
	DISP_UNWANTED,         /* 607: enters do-not-call */
	DISP_BLOCKED,          /* 608 */
	DISP_INVALID,          /* 1, 22, 28; 404, 410, 484, 485, 604: the number is closed */
	DISP_TRUNK_AUTH,       /* 401, 402, 403, 407: our fault, no attempt charged */
	DISP_CONGESTION,       /* 34, 38, 41, 42; 500, 502, 503, 504: no attempt charged */
	DISP_CODEC,            /* 58; 488, 606 */
	DISP_CANCELLED,        /* hung up by us before the answer */
	DISP_TRUNK_DEAD, /* time-out without ringing: no attempt charged, dialling stops */
	DISP_FAILED,     /* over, reason not known to us */
	DISP_NOT_PLACED, /* the exchange refused before any channel existed: nobody rang */
	DISP_UNKNOWN,    /* placed, and how it ended cannot be had */
	DISP_COUNT
};

/* What the exchange said of one call, gathered in any order. */
struct ending {
	int cause;            /* Q.850 of Hangup; -1 not said */
	int tech_cause;       /* SIP code of Hangup or HangupRequest; 0 not said */
	int reason;           /* OriginateResponse Reason; -1 not said */
	char dial_status[16]; /* DialEnd DialStatus; empty not said */
	bool ringing;         /* Ringing was seen, or ChannelStateDesc of Hangup says so */
	bool answered;        /* Up was seen, DialEnd ANSWER or Reason 4 */
	bool cancelled;       /* we asked for the hangup */
	bool no_channel;      /* originate failed and no channel of this id was ever seen */
	int talk_ms;          /* answer to hangup; -1 unknown */
	int short_ms;         /* the campaign's: a shorter talk is answered_short; 0 none is */
};

/*
 * DISP_UNKNOWN when nothing was said, and for cause 81: the dialplan fence refused a second
 * originate of a call whose own end is not known here. Answered for less than a second is
 * answered_dropped: AudioSocket down or maxcalls full look like that. A time-out (Reason 3, or
 * 408) is no_answer only where ringing was seen, else trunk_dead. Cause 21 is read with its SIP
 * code, which tells declined from trunk_auth. Our own hangup before the answer is cancelled
 * unless the other side had ended the call by then.
 */
enum disposition disposition_of(const struct ending *);

const char *disposition_name(enum disposition);   /* "no_answer"; "" for NONE */
enum disposition disposition_parse(const char *); /* DISP_COUNT if it is none */
bool disposition_counts(enum disposition);        /* charged as an attempt (unknown counts) */
/*
 * The phone may have rung: in the gap between calls, and more than what is charged. Cancelled by us, and
 * timed out where nothing was heard of the trunk, prove that nobody answered, not that nothing rang.
 */
bool disposition_may_have_rung(enum disposition);
bool disposition_reached(enum disposition);       /* somebody answered */
bool disposition_closes_number(enum disposition); /* invalid: never this number again */
bool disposition_stops_dialling(
    enum disposition); /* trunk_auth, trunk_dead, codec: the first one */
/* As Asterisk words it (causes.h, channel.c): "User busy"; "Unknown". */
const char *cause_text(int q850);

#endif
