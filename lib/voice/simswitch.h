/*
 * simswitch: a model of a switch (Asterisk 22 with PJSIP and Local channels) as
 * its manager interface shows it. Pure: it takes actions as messages, gives
 * bytes and facts to its owner, and asks when it wants to be run again; time is
 * told to it. Its orders are those seen of a real one, chosen by a seed.
 */
#ifndef SIMSWITCH_H
#define SIMSWITCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ami_msg.h"
#include "simdb.h"
#include "simworld.h"

#define SIM_VERSION "outreach-sim " OUTREACH_VERSION /* CoreSettings, AsteriskVersion */

/* Rights, of reading (events) and of writing (actions). */
enum {
	SIM_CALL = 1,
	SIM_CDR = 2,
	SIM_USEREVENT = 4,
	SIM_ORIGINATE = 8,
	SIM_REPORTING = 16,
	SIM_SYSTEM = 32
};

struct sim_account {
	const char *user, *secret;
	unsigned read, write;
};

/* What a test may count. Strings are borrowed. */
struct sim_fact {
	enum sim_fact_kind {
		SIM_ASKED,  /* an Originate was taken */
		SIM_DIALED, /* the trunk was asked for the number */
		SIM_RANG,   /* a person's phone began to ring (or was taken up at once) */
		SIM_ANSWERED,
		SIM_HUNGUP /* the call is over: cause */
	} kind;
	const char *call; /* Uniqueid, or ChannelId asked for */
	const char *number, *outcome;
	const char *caller, *channel, *exten; /* CALLERID(num), name of the channel, dialplan */
	bool ai;                              /* the AI's side takes it up; with SIM_ANSWERED */
	int cause;
	int64_t at; /* wall ms */
};

struct sim_owner {
	void *arg;
	void (*send)(void *arg, void *peer, const char *bytes, size_t len);
	void (*end)(void *arg, void *peer); /* the switch closes this session */
	void (*put)(void *arg, const char *family, const char *key,
	    const char *value);                           /* may be null */
	void (*fact)(void *arg, const struct sim_fact *); /* may be null */
};

struct sim_options {
	uint64_t seed;
	const struct sim_world *world;      /* borrowed */
	const struct sim_account *accounts; /* borrowed */
	int naccounts;
	int max_calls; /* CoreMaxCalls; over it a call is dialled, answered and dropped. 0: none */
	struct simdb *db;   /* borrowed; the switch writes to it */
	int64_t mono, wall; /* now, ms */
};

struct simswitch;

struct simswitch *simswitch_new(const struct sim_options *, const struct sim_owner *);
void simswitch_free(struct simswitch *); /* says nothing to anybody: a crash */

/* A connection, known to its owner as peer: greets it. Owned by the switch. */
struct sim_session *simswitch_connect(struct simswitch *, void *peer);
/* The connection is gone; its calls go on. The session is no more. */
void simswitch_disconnect(struct simswitch *, struct sim_session *);
/* One action. The owner's callbacks run inside; end may be among them, then disconnect later. */
void simswitch_take(struct simswitch *, struct sim_session *, const struct ami_msg *);

/* Tells the time; what is due happens. Both clocks never go back. */
void simswitch_run(struct simswitch *, int64_t mono, int64_t wall);
/* The monotonic instant when something is due next, or INT64_MAX. */
int64_t simswitch_due(const struct simswitch *);

int simswitch_calls(const struct simswitch *);      /* live */
uint64_t simswitch_asked(const struct simswitch *); /* originates taken so far */
/* "core stop gracefully": refuses new calls; the owner waits until simswitch_calls is 0. */
void simswitch_stop(struct simswitch *);
/* Event Shutdown to whom it concerns. */
void simswitch_shutdown(struct simswitch *);

#endif
