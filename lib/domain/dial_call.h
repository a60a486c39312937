/*
 * dial_call: what the two halves of dial_step share: dial_step.c has the queue,
 * the pace and the links, dial_call.c the life of one call. Nobody else
 * includes it.
 */
#ifndef DIAL_CALL_H
#define DIAL_CALL_H

#include "dial_step.h"
#include "disposition.h"

enum dial_at {
	AT_QUEUE,  /* waits for a place and a token */
	AT_INTENT, /* the intent was asked for */
	AT_READY,  /* the intent is committed, nothing was sent */
	AT_DECIDE, /* the decision is being made again */
	AT_SENT,   /* given to the exchange, nothing heard */
	AT_LINE,   /* heard of */
	AT_ASK,    /* does it live? */
	AT_FENCE,  /* does the fence know it? */
	AT_LATE,   /* no such channel yet: the originate may come late */
	AT_SETTLE  /* its end was heard; what belongs to it may follow */
};

struct dial_lane {
	int64_t campaign;
	int rate_milli, concurrent;
	int64_t tokens, filled_at; /* millionths of a call; mono */
	int64_t full_until;        /* the store said that there is no place */
	size_t live;
	int blocked;                    /* in a row: a campaign has one caller ID */
	struct dial_call *first, *last; /* waiting */
	struct dial_lane *next;
};

struct dial_link {
	bool used, up, was_up;
	int64_t started_at; /* of the switch, as it says */
	int64_t down_since; /* mono */
	int64_t paused_until, pause;
	int congested, not_placed, dropped, unclear; /* in a row */
	char why[200];
};

struct dial_call {
	struct uuid id;
	void *tag;
	struct dial_spec spec;
	struct dial_lane *lane;
	struct dial_call *hash_next;
	struct dial_call *next, *prev; /* in its lane's queue, or among the live ones */
	enum dial_at at;
	int64_t due; /* mono; INT64_MAX: nothing is waited for */
	int64_t
	    unsent_until; /* mono; of READY: not placed if it could not be sent by then; 0 not yet */
	int try, tries;
	int unanswered;    /* questions in a row */
	bool adopted;      /* sent by a process that is dead, or not at all */
	bool told;         /* its end was, by others: only what of its line becomes is open */
	bool sent;         /* an originate may have left */
	bool session_dead; /* the session that sent it is */
	bool channel;      /* a channel of this id was seen */
	bool late_over;    /* a late originate was waited for */
	bool hung, gone, response, duplicate, fence_asked_twice, no_resend;
	bool hangup_sent;
	bool busy; /* refused for now: the exchange has too much to do */
	bool want_hangup, timed_out, noted[RANK_ENDED + 1];
	int64_t decided, sent_at, ringing_mono, answered_mono, hung_mono; /* mono; 0 not */
	int64_t answered_said,
	    hung_said; /* the exchange's own stamps, whatever its clock; 0 none */
	int64_t intent_wall, answered_wall, over_wall;
	int64_t talk_from; /* mono; bounds the duration, also where the answer was not heard */
	int64_t switch_start; /* of the switch that it was sent to */
	int trunk_cause, trunk_tech;
	struct ending ending;
};

enum { DIAL_BUCKETS = 4096 };

struct dial {
	struct dial_options opt;
	struct dial_now now;      /* of the step that runs */
	struct dial_effects *out; /* likewise */
	struct dial_link link[DIAL_LINKS];
	struct dial_lane *lanes;
	struct dial_call *bucket[DIAL_BUCKETS];
	struct dial_call *live; /* every call with an intent */
	size_t nlive, nqueue, nintents;
	int64_t made, calls_due, store_until;
	bool ended, stopped, closed, full, done;
	bool gate_open;
	int64_t gate_since; /* mono: since when a gated call waits for it; 0 none does */
	char gate_words[200];
	char stop_words[200];
};

/* dial_step.c */
struct dial_effect *dial_effect(struct dial *, enum dial_do, const struct dial_call *);
/* Whether an originate may leave now, as far as the whole dialer is concerned. */
bool dial_may_send(const struct dial *);
/* How a call ended, for the breaker and the pace. */
void dial_learn(struct dial *, const struct dial_call *, enum disposition, const char *words);
/* One was placed: what is not placed behind it is the first in a row. */
void dial_learn_placed(struct dial *, const struct dial_call *);
/* A posted call's reply: whether it says what became of the request. */
void dial_learn_reply(struct dial *, const struct dial_call *, bool clear);
/* Forgets the call; the effect that says so was given. */
void dial_drop(struct dial *, struct dial_call *);

/* dial_call.c: each may end the call. */
void call_send(struct dial *, struct dial_call *);
void call_decided(struct dial *, struct dial_call *, bool yes, const char *words);
void call_unsent(struct dial *, struct dial_call *, bool later, const char *words);
void call_heard(struct dial *, struct dial_call *, const struct dial_voice *);
void call_known(struct dial *, struct dial_call *, const struct call *);
void call_ask(struct dial *, struct dial_call *);
void call_link_down(struct dial *, struct dial_call *);
void call_link_up(struct dial *, struct dial_call *);
void call_hangup(struct dial *, struct dial_call *);
void call_due(struct dial *, struct dial_call *);
void call_leave(struct dial *, struct dial_call *, const char *words);

#endif
