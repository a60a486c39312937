/*
 * dial_step: the dialer's decisions, pure: what is heard goes in, what is to be
 * done comes out. No clock, no descriptor, no store: the door drives it with
 * real ones, a simulation with made-up ones. It holds these rules:
 *
 * - a slot and a token first, then the intent, then the originate; over
 *   DIAL_FRESH_MS after the decision it is decided again;
 * - one originate per call id; a second only where a fence in the dialplan
 *   stands, the exchange knows no such call, and it is decided again;
 * - a call is over when its Hangup came, or when an originate failed that never
 *   had a channel; what cannot be had becomes unknown, and its line stays open
 *   until no channel lives and the session that sent it is dead;
 * - an exchange that is told by HTTP (posted) says placed or refused and no more:
 *   its calls are followed by what others write into the journal. A lost reply
 *   is waited upon, then unknown; only to a peer that the settings call
 *   idempotent it is sent again, under its id and decided again, for as long as
 *   they say that it remembers.
 */
#ifndef DIAL_STEP_H
#define DIAL_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "fault.h"

enum {
	DIAL_LINKS = 8,        /* exchanges of one dialer */
	DIAL_QUEUE = 512,      /* offers that may wait for a slot */
	DIAL_FRESH_MS = 2000,  /* a decision older than this is made again */
	DIAL_GRACE_MS = 5000,  /* what the exchange gets over its own ring time-out */
	DIAL_SETTLE_MS = 300,  /* events of one ending come in any order */
	DIAL_LATE_MS = 10000,  /* an originate may become a channel this late (9 s measured) */
	DIAL_CALL_TRIES = 3,   /* originates of one id, through the fence */
	DIAL_CAUSE = 16,       /* of our own hangups: Normal Clearing */
	DIAL_CAUSE_FENCE = 81, /* the fence's refusal of an id that it knows */
	DIAL_LINK_PATIENCE_MS =
	    600000,                /* calls are left to an exchange that is gone for so long */
	DIAL_LINK_FIRST_MS = 30000 /* the same where it never was there, or no call waits */
};

/* Monotonic time rules every wait; wall time stamps the facts. ms. */
struct dial_now {
	int64_t mono, wall;
};

/* What the store says of the call to make. A lane is a campaign: its pace and its places. */
struct dial_spec {
	int64_t campaign;
	int link;       /* 0 .. DIAL_LINKS - 1 */
	int rate_milli; /* calls a second, times 1000; 0 no limit */
	int concurrent; /* a hint: the store counts; 0 no limit */
	int ring_ms, max_ms, short_ms;
	bool fenced;
	bool gated;  /* needs the context service: see DIAL_GATE */
	bool posted; /* the exchange cannot be asked: see DIAL_KNOWN */
	int64_t
	    resend_ms; /* posted: sent again under its id this long after the intent, it rings once; 0 never */
	int answer_ms; /* posted: its reply, or that there is none, comes within this time */
};

/* What an exchange may say of a call (voice.h has the same set). */
enum dial_said {
	SAID_QUEUED,
	SAID_REFUSED,
	SAID_CHANNEL,
	SAID_RINGING,
	SAID_ANSWERED,
	SAID_DIAL_END,
	SAID_RESPONSE,
	SAID_TRUNK,
	SAID_HANGUP,
	SAID_LIVE,
	SAID_GONE,
	SAID_FENCE,
	SAID_USER,
	SAID_UNSENT,
	SAID_UNCLEAR,
	SAID_CANNOT
};

struct dial_voice {
	enum dial_said said;
	int try;    /* of QUEUED, REFUSED, RESPONSE, UNSENT, UNCLEAR */
	int64_t at; /* wall ms by the exchange; 0 not said */
	int cause, tech_cause, reason;
	bool ringing, answered;
	bool alone, busy; /* of REFUSED */
	const char *text; /* never null */
};

enum dial_input_kind {
	DIAL_OFFER,   /* a record: id, spec, tag */
	DIAL_ADOPT,   /* an open call of a process that is dead: id, spec, tag, call, try */
	DIAL_INTENT,  /* answer to DO_INTEND: id, answer, words */
	DIAL_DECIDED, /* answer to DO_DECIDE: id, answer (YES or NO), words */
	DIAL_UNSENT, /* DO_ORIGINATE: not a byte left: id, answer NO or LATER (no link), words */
	DIAL_VOICE,  /* id, voice */
	DIAL_KNOWN,  /* a posted call as the journal has it by now: id, call */
	DIAL_UP,     /* link; started_at: the switch's start by its own clock, 0 not known */
	DIAL_DOWN,   /* link; answer NO: for good (login refused); words */
	DIAL_STOP,   /* everything is stopped: words */
	DIAL_LIFTED, /* and goes on */
	DIAL_HANGUP, /* somebody asked for the hangup of id */
	DIAL_DRAIN,  /* no new calls, the live ones are followed: code, words (why) */
	DIAL_LEAVE,  /* leave now; what is open stays open in the store */
	DIAL_GATE,   /* the context service answers (YES) or not (NO, words); not, at first */
	DIAL_FULL,   /* the reader of our records stopped reading */
	DIAL_FLOWS,  /* and reads again */
	DIAL_END,    /* no further record comes */
	DIAL_TICK    /* time passed */
};

enum dial_answer {
	ANSWER_YES,  /* the intent is committed; the decision says call now */
	ANSWER_NO,   /* refused: words */
	ANSWER_FULL, /* no place now; the claim stays */
	ANSWER_LATER /* the store could not be asked; nothing is committed */
};

struct dial_input {
	enum dial_input_kind kind;
	struct uuid id;
	int link;
	const struct dial_spec *spec;
	void *tag;
	const struct call *call; /* ADOPT, KNOWN: the joined state */
	int try;                 /* ADOPT: number of the next try; unlike those of the dead */
	enum dial_answer answer;
	const struct dial_voice *voice;
	int64_t started_at;
	enum code code;
	const char *words; /* may be null */
	bool fenced;       /* INTENT, YES: what was committed; the spec's was a guess */
};

enum dial_do {
	DO_INTEND, /* decide and commit the intent; answer with DIAL_INTENT */
	DO_DECIDE, /* decide again; answer with DIAL_DECIDED */
	DO_ORIGINATE, /* send try, through the fence if fenced; DIAL_UNSENT if not a byte of it left */
	DO_HANGUP, /* with cause DIAL_CAUSE */
	DO_ASK,    /* does a channel of this id live? */
	DO_FENCE,  /* what does the fence know of this id? */
	DO_FACT,   /* journal fact; over: emit the record, the call is forgotten */
	DO_TELL,   /* its end is in the journal: emit the record; forgotten */
	DO_REFUSE, /* the record is refused: words; the call is forgotten */
	DO_RETURN, /* not dialled, nothing happened: give the claim back; forgotten */
	DO_LEAVE,  /* stays open in the store: words; forgotten */
	DO_HALT,   /* no new calls any more: code (the exit code it asks for), words */
	DO_DONE    /* nothing is left to do */
};

struct dial_fact {
	struct call_event event;
	const char *kind;     /* name of the rank */
	char dial_status[16]; /* empty: not said */
	bool by_us;           /* hung up by us */
};

struct dial_effect {
	enum dial_do what;
	struct uuid id;
	void *tag;
	int link, try;
	bool over, fenced;
	int64_t decided; /* ORIGINATE: mono; it may not leave more than DIAL_FRESH_MS behind */
	enum code code;
	struct dial_fact fact;
	char words[200];
};

struct dial_effects {
	struct dial_effect *v;
	size_t n, cap;
};

struct dial; /* heap */

struct dial_options {
	int64_t max_calls; /* 0 no limit */
	bool settle_only;  /* no new calls; a call that lives is left to the exchange */
};

struct dial *dial_new(const struct dial_options *, const struct dial_now *);
void dial_free(struct dial *);

/* Takes one input in; appends what is to be done to effects, in order. */
void dial_step(
    struct dial *, const struct dial_input *, const struct dial_now *, struct dial_effects *);

/* The monotonic instant at which DIAL_TICK is wanted; INT64_MAX: never. */
int64_t dial_next(const struct dial *);
/* Whether another record may be offered. A dialer that makes no more calls takes them to give them back. */
bool dial_hungry(const struct dial *);
size_t dial_live(const struct dial *); /* calls with an intent that are not over */
/* The tag of the call of that id, waiting or live; null if it is not in hand. */
void *dial_tag(struct dial *, const struct uuid *);
bool dial_posted(struct dial *, const struct uuid *); /* in hand, and of a posted exchange */
/* Their ids, in any order, at most room; how many. */
size_t dial_ids(const struct dial *, struct uuid *, size_t room);

void dial_effects_release(struct dial_effects *);

#endif
