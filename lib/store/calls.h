/*
 * calls: the intent, what happened since, and what is still open.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"
#include "campaigns.h"
#include "db.h"
#include "policy.h"
#include "siblings.h"

/* What the store believes of a call; the pipe's copy is only for people to see. */
struct order {
	struct uuid id;
	int64_t campaign, target, contact;
	char campaign_name[128];
	char phone[20]; /* E.164 with + */
	char name[256];
	int attempt;
	bool open;        /* the intent is committed */
	struct call call; /* joined state, if open */
	char exchange[64], owner[64];
	bool fenced;
	int64_t hangup_at;
	struct siblings with; /* who else it is about */
};

/* By a claim that holds, or by a call: 1, else 0 (never claimed, withdrawn, claimed again by another run). */
int calls_order(struct db *, const struct uuid *, struct order *, struct fault *);

enum intent_result {
	INTENT_OK,      /* committed: send it */
	INTENT_NO_SLOT, /* campaign or exchange is full: wait, the claim stays */
	INTENT_REFUSED, /* decision says why (may be empty: then text in why); the claim is given back or the target put where it belongs */
	INTENT_GONE     /* no such claim any more */
};

struct intent {
	struct uuid id;
	const char *owner;    /* owner_name of this process */
	const char *exchange; /* by its name in the settings */
	bool simulated; /* it proved to be the simulator: not of a campaign's first calls */
	bool posted;    /* it tells nothing of the line: what others say of the end closes it */
	int exchange_limit; /* 0 none */
	/* given back: */
	enum intent_result result;
	struct decision decision;
	bool
	    fenced; /* OK: the row says that the originate goes through the fence; so it must */
	char why[200];
};

/*
 * Decides and commits the intents of several calls in one transaction of its own; each gets its result.
 * Nothing may be sent before this returned 0 and the result is INTENT_OK.
 */
int calls_intend(struct db *, struct intent *, size_t n, struct fault *);
/* Decides again for an open call that was not sent yet (over two seconds since the intent, or a resend). */
int calls_decide(struct db *, const struct uuid *, struct decision *, struct fault *);

/* What the intent would decide now about a claim, for everybody whom it is about; looks only. */
int calls_may(struct db *, const struct order *, struct decision *, struct fault *);

/* An event of the door or from outside, as it goes to the journal. */
struct call_fact {
	struct uuid id;
	struct call_event event;
	const char *kind;        /* "ended", "dtmf", ... : journal kind "call.<kind>" */
	const char *body;        /* personal or long JSON, or null */
	const char *reason;      /* impersonal words, or null */
	const char *dial_status; /* or null */
	enum call_heard heard;   /* of the person who was called; the body has it */
	const char *outcome;     /* of a summary; or null */
};

/*
 * Joins it in, inside a transaction, journals it once: 1 it was new, 0 seen before, -1 fault.
 * An id that no call has becomes an orphan. When the call ends, its target is settled;
 * 607 enters do-not-call.
 */
int calls_event(struct db *, const struct call_fact *, struct fault *);
/*
 * Maps a foreign id to a call, once; merges the orphan that it had, and listens to what was heard of it
 * (optouts.h). Inside a transaction. 1 it is mapped now, 0 it was.
 */
int calls_alias(struct db *, const char *uuid, const struct uuid *call, struct fault *);
/* The orphan's call id that a foreign id has as long as it is mapped to none. */
void calls_orphan(const char *uuid, struct uuid *);
/* The call that a foreign id stands for (its own orphan's if it is mapped to none). */
int calls_resolve(struct db *, const char *uuid, struct uuid *, struct fault *);

/* Open lines of one exchange (null: all), in the order of ids behind *after (all zeros: from the start): 1, 0 end. */
int calls_next_open(
    struct db *, const char *exchange, struct uuid *after, struct order *, struct fault *);
/* All calls of campaigns, or those of a contact (0: all), in the order of ids behind *after: 1, 0 end. */
int calls_next(
    struct db *, int64_t contact, struct uuid *after, struct order *, struct fault *);
int calls_open_count(
    struct db *, int64_t campaign, int64_t *n, struct fault *); /* campaign 0: all */
/*
 * A person says how an unknown call ended, or that the line of one is closed whose end a webhook told and
 * whom nobody follows; journalled as evidence. Own transaction. 1 it was unknown, 0 the line alone.
 */
int calls_resolve_unknown(
    struct db *, const struct uuid *, enum disposition, const char *because, struct fault *);
/* Marks calls to be hung up by whoever has their line; journalled. campaign 0: all. Own transaction. */
int calls_ask_hangup(struct db *, int64_t campaign, int64_t *n, struct fault *);
/* The same for one, inside a transaction; whether it is open and not asked already, the order says. */
int calls_ask_hangup_one(struct db *, const struct order *, struct fault *);

/* Appends the members of a call, and of how it ended (is not known to have); no braces. */
void call_members(struct buf *, const struct order *);
void call_end_members(struct buf *, const struct call *);
/* Appends the event record (outreach-record(5)) of one fact as one line. extra: members of the input record to carry, or null. */
void event_record(
    struct buf *, const struct order *, const struct call_fact *, const json_t *extra);

#endif
