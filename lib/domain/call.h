/*
 * call: a call is a join over its events. Order and repetition do not matter:
 * the rank only rises, each stamp is the smallest seen, endings that conflict
 * resolve by source and then by the smallest event key.
 */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disposition.h"
#include "rand.h"

enum call_rank {
	RANK_NONE, /* only an orphan's alias is known */
	RANK_INTENT,
	RANK_PLACING,
	RANK_PLACED,
	RANK_RINGING,
	RANK_ANSWERED,
	RANK_UNKNOWN,
	RANK_ENDED
};

/* Who says so; the smaller wins where endings conflict. */
enum call_source { FROM_DOOR, FROM_EXCHANGE, FROM_WEBHOOK, FROM_FILE };

/*
 * What a note lets us hear of the person who was called; a summary tells it afterwards. OUTCOME: a program
 * heard the wish not to be called, CALLBACK: the wish for another call.
 */
enum call_heard {
	HEARD_NOTHING,
	HEARD_WORDS,
	HEARD_KEY,
	HEARD_OUTCOME,
	HEARD_SUMMARY,
	HEARD_CALLBACK
};

/*
 * The joined state: every field is a lattice join, so call_join commutes and is idempotent.
 * Before the end disposition is NONE (UNKNOWN at that rank) and the ending's fields are as
 * call_init sets them. Times are in [0, INT64_MAX], codes and _ms in [-1, INT_MAX].
 */
struct call {
	struct uuid id;
	enum call_rank rank;
	int64_t at[RANK_ENDED + 1]; /* UTC ms of each rank; 0 not seen; the smallest seen */
	enum disposition disposition;
	int cause, tech_cause; /* of the ending that won; -1, 0 */
	int talk_ms, ring_ms;  /* -1 not known */
	enum call_source end_source;
	uint64_t end_key; /* of the event that won the ending */
	bool watched;     /* its exchange tells when the line closes, so a webhook does not */
	bool line_closed; /* told by itself, or with an end that is no webhook's */
	bool line_open;   /* a channel may live: see call_watch */
};

/* One fact about a call. */
struct call_event {
	enum call_rank
	    rank; /* what it says; RANK_NONE: a note (dtmf, transcript) that moves nothing */
	int64_t at;
	enum call_source source;
	uint64_t key; /* hash of what makes the event itself (source, kind, time, payload) */
	enum disposition disposition;            /* ended only */
	int cause, tech_cause, talk_ms, ring_ms; /* ended only; -1, 0 not said */
	bool line_closed; /* the exchange says that no channel of this id lives */
};

/* Nothing known but the id. */
void call_init(struct call *, const struct uuid *id);
/*
 * Joins the event in; true if anything changed. Of two endings the one that knows the outcome
 * wins over UNKNOWN, then the smaller source, then the smaller key; an ending that says no
 * disposition is UNKNOWN. line_closed is never taken back: say it only of an id that will not
 * be sent again.
 */
bool call_join(struct call *, const struct call_event *);
/*
 * Its exchange tells when the line closes: it is open from the intent until then, whatever a webhook tells
 * of the end. Of a call that is not watched any end closes it.
 */
void call_watch(struct call *);
/* Joins what is known of an orphan in; the id stays. True if anything changed. */
bool call_merge(struct call *, const struct call *orphan);

/*
 * The key of an event that has no id of its own: hash64 over its kind, source, time and all that it
 * says, and over more (len bytes: a note's content; none for our own events). Who reads the record of
 * an event gets the key that its journal row has, so a record may come back any number of times.
 */
uint64_t call_event_key(
    const char *kind, const struct call_event *, const char *more, size_t len);

const char *rank_name(enum call_rank);     /* "intent" "placing" ... */
enum call_rank rank_parse(const char *);   /* RANK_NONE if it is none */
const char *source_name(enum call_source); /* "door" "exchange" "webhook" "file" */
int source_parse(const char *);            /* -1 if it is none */
const char *heard_name(
    enum call_heard); /* "words" "key" "outcome" "summary" "callback"; null for nothing */
enum call_heard heard_parse(const char *); /* HEARD_NOTHING for null and what is none */

#endif
