/*
 * door_parts: what the files of the door share: door.c (the loop), door_in.c
 * (records and open calls in), door_do.c (what dial_step wants done),
 * door_out.c (records out). Nobody else includes it.
 */
#ifndef DOOR_PARTS_H
#define DOOR_PARTS_H

#include "calls.h"
#include "control.h"
#include "dial_step.h"
#include "door.h"
#include "gate.h"
#include "ndjson.h"
#include "prompt.h"

/* A call in hand: what the store says, and the record that it came with. */
struct door_call {
	struct order order;
	char *line; /* null: it was found open in the store */
	size_t len;
};

struct door_link {
	struct door *door;
	struct exchange exchange;
	struct voice *voice;
	char told[200]; /* why it went away, the last time */
};

/* A fact that is not committed yet. */
struct door_fact {
	struct dial_fact fact;
	struct uuid id;
	struct door_call *call;
	bool over;
	bool told; /* in the journal already: the record leaves again */
	char words[200];
	char *
	    alias; /* heap: this alone is the fact, the exchange's own id of the call; else null */
};

/* What a record asks for, done when the transaction that looked it up is over. */
enum door_taken_kind { TAKEN_REFUSED, TAKEN_OFFER, TAKEN_OPEN, TAKEN_OVER };
struct door_taken {
	enum door_taken_kind kind;
	char *why;
	struct door_call *call;
};

struct door_out {
	struct buf buf;
	size_t sent;
	bool gone, watched, full;
	struct fault why;
};

struct door {
	struct door_options opt;
	struct door_result *result;
	struct loop *loop;
	struct dial *dial;
	struct dial_effects effects;
	size_t done_effects;
	bool doing;
	struct door_link link[DIAL_LINKS];
	int links;
	struct owner owner;
	struct owner *dead; /* locks of dead owners whose calls are ours now */
	size_t ndead;
	struct ndjson in;
	bool in_watched, in_over, in_end;
	struct door_taken *taken;
	size_t ntaken, taken_cap;
	struct intent *intent;
	struct door_call **intent_call;
	size_t nintents, intents_cap;
	struct door_fact *fact;
	size_t nfacts, facts_cap;
	struct door_call **back; /* claims to give back */
	size_t nback, back_cap;
	struct door_out out;
	struct gate *gate;        /* null: no campaign needs it */
	struct door_proof *proof; /* answered calls whose receipt is still to come */
	size_t nproofs, proofs_cap;
	struct loop_timer *turn, *tick, *watch;
	struct loop_timer *follow; /* null: every exchange tells by itself */
	int64_t seq;               /* of the journal, up to which calls are followed */
	struct prompt *prompt;     /* what a body is filled from; null until one is */
	int64_t tick_at, committed_at, intended_at;
	bool finished, stopped, store_bad;
	int store_tries;
	struct buf text;
	struct fault fault; /* what the exit code will be; code OK: none yet */
};

/* door.c */
void door_feed(struct door *, struct dial_input *);
void door_turn_soon(struct door *);
void door_word(const struct door *, enum door_word, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The first fault decides the exit code; no new calls. */
void door_halt(struct door *, const struct fault *);
void door_call_free(struct door_call *);

/* door_in.c */
void door_watch_input(struct door *); /* as long as dial_step is hungry */
void door_no_input(struct door *);
/* The exchange of that name, opened on first use, its open calls adopted: its number, or -1. */
int door_open_link(struct door *, const char *name, struct fault *);
int door_adopt_open(
    struct door *, const char *exchange, struct fault *); /* null: all exchanges */
/* Somebody asked for its hangup: of a call in hand, or one of our exchanges whose dialer is dead. */
void door_hang_up(struct door *, const struct uuid *);

/* Its end is in the journal already: the record leaves. */
void door_tell_again(struct door *, struct door_call *);

/* door_post.c: exchanges that are told by HTTP */
/* The body of the request for this call, in out. DATAERR: the person's data does not fill it. */
int door_post_body(struct door *, const struct exchange *, const struct plan *,
    const struct order *, struct buf *out, struct fault *);
/* From now on the journal is followed, for calls whose end only webhooks tell. */
int door_follow(struct door *, struct fault *);
/* What the store knows of a call by now, to dial_step. */
void door_follow_call(struct door *, const struct uuid *);
void door_post_stop(struct door *);

/* door_do.c */
void door_do(struct door *, const struct dial_effect *);
void door_intend(struct door *);
void door_keep_fact(struct door *, const struct door_fact *);
int door_commit(struct door *); /* 0 all is committed, -1 not yet */
void door_give_back(struct door *);

/* door_context.c: what the AI is told, and that it asked */
/* Before the call is offered: what the campaign's delivery needs. */
int door_context_need(struct door *, const struct plan *, struct fault *);
/*
 * Before the originate leaves: 0, or -1 with why it may not. Adds what the channel carries to the call;
 * the texts lie in room, which the caller releases behind the originate.
 */
int door_context_ready(struct door *, const struct plan *, const struct order *,
    struct voice_call *, struct buf *room, struct fault *);
/* A fact about the call is committed. */
void door_context_heard(struct door *, const struct door_fact *);
/* Stops the dialer where an answered call's context was not asked for in time. */
void door_context_check(struct door *);
void door_context_stop(struct door *);

/* door_out.c */
void door_put(struct door *, const char *, size_t);
void door_write(struct door *); /* watches the descriptor while something waits */
bool door_written(const struct door *);

#endif
