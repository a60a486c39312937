/*
 * policy: the one decision. Call now, not before T, held, or never, with every
 * reason. Pure: facts are what happened, the plan is what was ordered, now is
 * an argument. No second place knows a calling hour, a cap, a gap, a retry
 * delay or a do-not-call rule. Unknown means no.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "campaign.h"
#include "disposition.h"
#include "phone.h"
#include "zone.h"

enum verdict { CALL_NOW, NOT_BEFORE, HELD, NEVER };

enum { POLICY_ATTEMPTS = 64, POLICY_ZONES = 64, POLICY_REASONS = 16 };

enum {
	POLICY_GUARD_MS = 60 * 1000, /* no call starts this shortly before a window closes */
	POLICY_BACKOFF_MS =
	    60 * 1000, /* after an ending that is not charged; doubles each time */
	POLICY_BACKOFF_MAX_MS = 3600 * 1000,
	POLICY_LOOK_AGAIN_MS = 60 * 1000 /* a line that is open now is looked at again then */
};

/* Who says where a person is: the zone of their own before their number's before the campaign's. */
enum zone_source { ZONE_NOT_KNOWN, ZONE_OWN, ZONE_NUMBER, ZONE_ASSUMED };

enum campaign_state { CAMPAIGN_DRAFT, CAMPAIGN_ACTIVE, CAMPAIGN_PAUSED, CAMPAIGN_CANCELLED };
enum { CAMPAIGN_STATES = CAMPAIGN_CANCELLED + 1 };

/* What a person said of the context that is there for a target. */
enum review { REVIEW_NONE, REVIEW_MADE, REVIEW_APPROVED, REVIEW_REJECTED };

struct attempt {
	int64_t at;                   /* UTC ms of the intent */
	int64_t ended_at;             /* 0: not over */
	enum disposition disposition; /* NONE while it is open */
};

struct facts {
	enum campaign_state campaign;
	bool stopped;     /* outreach stop */
	bool trial_over;  /* the first run's 20 calls are made and no person said resume */
	bool do_not_call; /* of the number that would be called */
	const char *dnc_source; /* or null */
	char language[64]; /* the person's; empty: none, or the plan takes every language */
	const char
	    *dnc_list;     /* of the lists of the campaign, the first to be too old; or null */
	int64_t dnc_until; /* until when it counts; 0: it was never imported */
	int64_t consent_until; /* of the kind that the plan wants (consent_until()) */
	bool consent_revoked;
	const char *held; /* why the target is held, or null */
	/* Asked for: another call, not before callback_at (0: any time), or callback_why says why that is to
	 * be asked of a person (else null). Attempts that were settled until then are not among attempt. */
	bool callback;
	int64_t callback_at;
	const char *callback_why;
	bool number_wrong; /* somebody there said that the number is not this person's */
	enum review
	    review;     /* of its current context; none: there is none, or nobody need look */
	bool line_open; /* a line to this number is open, in any campaign */
	enum phone_type number_type; /* of the number that would be called */
	bool number_unknown;         /* it is none that the tables know */
	bool number_closed; /* an earlier call of any campaign said the number is invalid */
	int64_t
	    last_dial; /* of this number over all campaigns, the latest that may have rung; 0 none */
	/* The person may be in any of these; null is one that the system's tz database lacks. */
	const struct zone *zone[POLICY_ZONES];
	int zones; /* 0: not known, then the plan's assumed zone if assumed is set */
	enum zone_source zone_from; /* of zone: ZONE_OWN or ZONE_NUMBER */
	const struct zone *assumed;
	/* Of this target, oldest first, the newest POLICY_ATTEMPTS; asked for again: those since. */
	struct attempt attempt[POLICY_ATTEMPTS];
	int attempts;
	int settled; /* attempts before that; they count no more */
};

struct reason {
	enum verdict verdict; /* of this reason alone */
	const char *code;     /* one of policy_codes */
	char text[200];       /* for people */
	const char *cite;     /* statute or the campaign key that says so */
	int64_t until;        /* NOT_BEFORE: this reason alone would allow from here; else 0 */
	bool personal; /* HELD or NEVER about this person, not the store or the campaign */
};

struct decision {
	enum verdict verdict; /* the strictest: NEVER > HELD > NOT_BEFORE > CALL_NOW */
	int64_t at; /* NOT_BEFORE: the first instant at which all rules allow; else 0 */
	bool
	    personal; /* some HELD or NEVER is about this person, not the store or the campaign */
	bool unknown; /* how an attempt ended is not known */
	bool reached; /* no further attempt is made since the last one reached the person */
	struct reason reason[POLICY_REASONS];
	int reasons; /* every rule that says no, not only the first */
};

/*
 * Decides. Each rule, its code, its verdict:
 *   stopped, trial, campaign (draft, paused)  HELD; campaign (cancelled) NEVER: not personal
 *   dnc_stale  HELD: a do-not-call list of the campaign is too old to say who is not on it; not personal
 *   dnc (also after 607), number_closed, wrong_number, number_type, reached, attempts  NEVER
 *   callback  NOT_BEFORE the time that was asked for; HELD if a person must say when
 *   consent  NEVER if it was revoked, HELD if it is missing or has expired
 *   review  HELD: a person rejected the context, or the plan wants each approved and this one is not
 *   number_unknown  HELD: no plan gives it out, so nobody knows whose it is
 *   held, language (none of languages_only), zone (not known), unknown (an attempt without outcome)  HELD; time alone never ends them
 *   line_open  HELD for an attempt of this target, else NOT_BEFORE a look again
 *   gap, hours, day, date  NOT_BEFORE. NEVER date: the campaign's end comes first. Where the hours of
 *       the instant at which all others allow move it further, they are one more reason, the last.
 *       HELD hours: no hour within two years is legal in every zone of the person.
 *   retry  NOT_BEFORE a delay; NEVER when the rule of that ending is used up, or there is none.
 * An ending that is not charged waits its rule's delay, at least POLICY_BACKOFF_MS; without a
 * rule that back-off, doubled each time up to POLICY_BACKOFF_MAX_MS. An answer is reached unless
 * it was short or dropped and has a rule. An invalid number closes that number, not the target:
 * if the number asked about is another one, it may be called.
 */
void policy_decide(const struct facts *, const struct plan *, int64_t now, struct decision *);

/* The codes of all reasons, null at the end. */
extern const char *const policy_codes[];
/* The reason that the verdict is from: of the strictest the first, a personal one before others; of NOT_BEFORE the
 * last to end. Null of CALL_NOW. */
const struct reason *policy_reason(const struct decision *);
/* Where a person stands who is HELD or NEVER to be called: "unknown", "held", "done" or "closed". */
const char *policy_standing(const struct decision *);

/*
 * The first instant >= now at which the plan's dates, days and hours are open in every zone;
 * *closes becomes the instant at which that opening ends (or one over a week later). INT64_MAX,
 * closes too, if there is none within two years. What counts is what the local clock shows: an
 * instant is open if its local date and minute are, so a window inside a fold opens twice and
 * one inside a gap not at all. A window over midnight belongs to the day on which it starts.
 * The guard is not taken off here.
 */
int64_t policy_window(
    const struct plan *, const struct zone *const *, int zones, int64_t now, int64_t *closes);

const char *zone_source_name(enum zone_source); /* "own" "number" "assumed", else "" */
const char *verdict_name(enum verdict);         /* "call_now" "not_before" "held" "never" */
const char *review_name(enum review);           /* "none" "made" "approved" "rejected" */
int review_parse(const char *);                 /* -1 if it is none */
const char *campaign_state_name(
    enum campaign_state);               /* "draft" "active" "paused" "cancelled" */
int campaign_state_parse(const char *); /* -1 if it is none */

#endif
