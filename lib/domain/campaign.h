/*
 * campaign: the campaign file (outreach-campaign(5)) compiled and checked.
 * The YAML tree comes from edge/yaml as JSON; what is stored and replayed is
 * that JSON, so a plan is a pure function of it.
 */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "campaign_context.h"
#include "consent.h"
#include "disposition.h"
#include "fault.h"
#include "yaml.h"

enum pace_mode { PACE_BULK, PACE_PROGRESSIVE, PACE_SCHEDULED };

/* How the AI learns what it is told of the person. */
enum delivery {
	DELIVERY_NONE,    /* by ways of the dialplan's own */
	DELIVERY_API,     /* in variables of the channel */
	DELIVERY_DYNAMIC, /* it asks outreach-serve, which must be there */
	DELIVERY_FILE     /* in a file by the call's id */
};

enum {
	PLAN_WINDOWS = 8,
	PLAN_DELAYS = 8,
	PLAN_TEXT_MAX = 64 << 10,
	PLAN_DIAL_MAX = 200,
	PLAN_LANGUAGES = 64,
	PLAN_VOICE_MAX = 79,
	PLAN_LISTS = 16
};

struct window { /* minutes of the local day; to < from runs over midnight */
	int from, to;
};

struct retry_rule {
	int max;                    /* further attempts after such an ending */
	int delays;                 /* how many of delay are set */
	int64_t delay[PLAN_DELAYS]; /* ms; the last one repeats */
};

/* What people of one language get in place of the plan's own texts. Strings are owned; null: the plan's. */
struct plan_language {
	char *tag, *base_prompt, *template, *voice;
};

/* Defaults in campaign.c, printed by `outreach-campaign show`. Strings are owned. */
struct plan {
	char *name, *description;     /* description may be null */
	char *base_prompt;            /* AGENT_PROMPT; may be null */
	char *template;               /* context template (Mustache subset) */
	struct plan_context *context; /* how a model writes contexts; null: the template does */
	char *voice;                  /* a word for the dialplan; may be null */
	struct plan_language language[PLAN_LANGUAGES];
	int languages;
	bool languages_only; /* whose language is none of these is held */
	char *exchange;      /* name in the settings */
	char *
	    dial_string; /* PJSIP/{phone}@trunk; {phone} with +, {number} digits only, {id}; null:
			      none, as for an exchange that is told by HTTP */
	char *dialplan_context, *dialplan_exten;
	char *caller_id;
	int ring_ms, max_ms; /* ring time-out, maximum duration: no defaults */
	int short_ms;        /* answered shorter than this is answered_short */
	enum pace_mode pace;
	int concurrent;          /* calls at the same time */
	int rate_milli;          /* calls a second, times 1000 */
	int from_day, until_day; /* civil_days, inclusive, in the person's zone; 0 none */
	unsigned days;           /* bit 0 Sunday */
	struct window window[PLAN_WINDOWS];
	int windows;
	char *assume_timezone; /* null: a person without a zone is held */
	int64_t
	    min_gap_ms; /* between dials of a number that may have rung, over all campaigns */
	bool merge_siblings; /* one call about all who share a number, not one each */
	int max_attempts;
	struct retry_rule retry[DISP_COUNT];
	int dnc_lists;              /* how many of dnc_list are set; -1: every list there is */
	char *dnc_list[PLAN_LISTS]; /* imported do-not-call lists that hold here */
	char optout_key;            /* pressed in a call: never again; 0 none */
	bool optout_words;          /* and said */
	bool optout_hangup;         /* the call is ended then */
	unsigned
	    allow_numbers; /* bit of each enum phone_type that is called though it need not be */
	enum consent consent; /* what must be on record; NONE: nothing */
	int priority;
	int64_t claim_ms; /* how long a claim holds */
	enum delivery delivery;
	char *
	    sts_url; /* the speech service of this campaign (ws:// or wss://); null: AVR's own */
	bool fenced; /* dial_string goes through the dialplan fence outreach-once */
};

/*
 * Compiles a campaign. where may be null (replay, stored JSON): messages then name the key alone.
 * -1 with a CONFIG fault that names the key and the way out. Unknown keys are errors with the
 * nearest match. all, if not null, collects every further error, one line each (lint). Whether the
 * exchange and the time zone exist is the caller's to check. Release in either case.
 */
int plan_compile(
    struct plan *, const json_t *, const struct yaml *where, struct buf *all, struct fault *);
/*
 * Whether a campaign has the dial_string that its exchange needs: http tells one that needs none. 0, or
 * -1 with a CONFIG fault as plan_compile's, which cannot know it.
 */
int plan_need_dial_string(
    const json_t *campaign, const struct yaml *where, bool http, struct fault *);
void plan_release(struct plan *);
/* What is allowed and yet deserves a second look, one line each ("ring_timeout: ..."); the number of lines. */
int plan_warnings(const struct plan *, struct buf *);
/* The plan as JSON with every default filled in (for show); compiles to the same plan. Caller frees. */
json_t *plan_json(const struct plan *);
/* Adds one line a changed key, "hours: 09:00-18:00 -> 10:00-18:00", from the two stored JSONs. */
void plan_diff(struct buf *, const json_t *before, const json_t *after);
/*
 * The dial string for one call. phone is E.164 with +, id the call's UUID. Never writes anything that
 * is not [A-Za-z0-9_.+@/;:-]: -1 DATAERR. CONFIG where the campaign has none.
 */
int plan_dial_string(
    const struct plan *, const char *phone, const char *id, char *out, size_t, struct fault *);

/* The texts and the voice for somebody; borrowed from the plan, base_prompt and voice may be null. */
struct plan_texts {
	const char *base_prompt, *template, *voice;
	const char *language; /* the key of languages that they are of; null: the plan's own */
};
/*
 * Chooses by the person's language (may be null) as RFC 4647 3.4 looks up: hi-IN, then hi, then the
 * plan's own. False: languages_only, and the language is none of them; texts are then the plan's own.
 */
bool plan_texts(const struct plan *, const char *language, struct plan_texts *);

/* Whether two languages (null or empty: none) get the same texts because they are one, or one of `languages`. */
bool plan_same_texts(const struct plan *, const char *, const char *);

/* Whether anybody may be tried again after such an ending (answered, unwanted, invalid, unknown: never). */
bool plan_tries_again(enum disposition);
const char *pace_name(enum pace_mode);    /* "bulk" "progressive" "scheduled" */
const char *delivery_name(enum delivery); /* "api" "dynamic" "file"; null for none */

#endif
