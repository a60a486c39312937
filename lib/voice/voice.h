/*
 * voice: one exchange behind one interface. An exchange takes orders
 * (originate, hang up, ask) and says what happens; it decides nothing.
 * ami.c speaks to Asterisk, httpvoice.c to what is told by HTTP, simvoice.c to the simulated switch in
 * virtual time.
 */
#ifndef VOICE_H
#define VOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "loop.h"
#include "rand.h"
#include "settings.h" /* struct exchange */

enum voice_kind {
	VOICE_UP,      /* logged in, events on; started_at is the switch's start (UTC ms) */
	VOICE_DOWN,    /* the connection ended; text says why. Reconnecting is the exchange's */
	VOICE_QUEUED,  /* Response: Success to originate: may ring from now on */
	VOICE_REFUSED, /* Response: Error to originate: was not placed; text is its message */
	VOICE_CHANNEL, /* Newchannel: a channel of this id exists */
	VOICE_RINGING, /* as far as the trunk tells: a 183 counts too */
	VOICE_ANSWERED,
	VOICE_DIAL_END, /* text is DialStatus */
	VOICE_RESPONSE, /* OriginateResponse: reason; matched by ActionID, so id and try are ours */
	VOICE_TRUNK, /* the trunk's leg behind a Local channel failed: cause, tech_cause; HANGUP follows */
	VOICE_HANGUP, /* cause, tech_cause; ringing if ChannelStateDesc was Ringing. The call is over */
	VOICE_LIVE, /* answer to ask: a channel of this id lives; answered says whether it is Up */
	VOICE_GONE,  /* answer to ask: no channel of this id */
	VOICE_FENCE, /* answer to fence: text is the stored value, empty if there is none */
	VOICE_USER, /* UserEvent of our dialplan: text is the phase ("dialing" "duplicate" "answered") */
	VOICE_UNSENT, /* of try: not a byte of it can have reached the exchange; DOWN may follow */
	VOICE_UNCLEAR, /* of try: it may ring or not: the reply was lost, or says neither */
	VOICE_CANNOT   /* answer to ask and fence: this exchange cannot be asked */
};

struct voice_event {
	enum voice_kind kind;
	struct uuid id;
	int try;    /* of VOICE_QUEUED, REFUSED, RESPONSE, UNSENT, UNCLEAR */
	int64_t at; /* UTC ms: the exchange's Timestamp where it gives one, else ours */
	int64_t started_at;
	int cause, tech_cause, reason;
	bool ringing, answered;
	bool alone,
	    busy; /* of REFUSED: for this call alone; for now, as it has too much to do */
	const char *text; /* borrowed; never null */
	const char *
	    alias; /* of QUEUED: the exchange's own id of the call; null or empty: it has none */
};

enum { VOICE_VARIABLES = 16 };

/* One call to place; everything borrowed until the call returns. */
struct voice_call {
	struct uuid id;  /* ChannelId */
	int try;         /* ActionID is "<id>.<try>" */
	int64_t decided; /* mono: over DIAL_FRESH_MS behind it may not leave any more */
	const char *channel, *context, *exten, *caller_id, *account;
	int ring_ms;
	const char *variable[VOICE_VARIABLES]; /* "NAME=value" */
	int variables;
	const char
	    *body; /* for one that is told by HTTP, which needs nothing else but id and try */
};

struct voice;

struct voice_ops {
	/* 0, or -1: DATAERR for a control character in any field (nothing was sent), TEMPFAIL if the link is down. */
	int (*originate)(struct voice *, const struct voice_call *, struct fault *);
	void (*hangup)(struct voice *, const struct uuid *, int cause);
	void (*ask)(struct voice *, const struct uuid *);   /* LIVE or GONE follows */
	void (*fence)(struct voice *, const struct uuid *); /* FENCE follows */
	void (*close)(struct voice *);
};

struct voice {
	const struct voice_ops *ops;
	void (*event)(void *arg, const struct voice_event *);
	void *arg;
	bool simulated; /* the peer proved to be outreach-sim */
	bool up;
};

/* The one that its type asks for, ami_open or httpvoice_open. */
struct voice *voice_open(const struct exchange *, struct loop *,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *);

/*
 * Connects and logs in without waiting; VOICE_UP or VOICE_DOWN follow from the loop. Reconnects
 * by itself with growing pauses (1 s to 30 s) until closed. A refused login is VOICE_DOWN with
 * final set in reason (1); an exchange of type sim that does not prove to be outreach-sim likewise.
 */
struct voice *ami_open(const struct exchange *, struct loop *,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *);

#endif
