/*
 * simhttp: the integration plan's contract in front of the simulated switch:
 * POST /api/call/initiate places a call of the same model, and the plan's
 * webhooks tell what becomes of it. It can be told to misbehave as peers do.
 */
#ifndef SIMHTTP_H
#define SIMHTTP_H

#include "simami.h"

enum { SIMHTTP_FAULTS = 16 };

struct simhttp_options {
	const char *listen;                  /* as of simami_options */
	const char *webhook;                 /* a URL; null: none are sent */
	const char *webhook_secret, *secret; /* null: none; secret is what requests must show */
	bool idempotent; /* a key that came before is answered as then, and rings nobody */
	const char
	    *fault[SIMHTTP_FAULTS]; /* "WORD" or "WORD:N", every Nth request: simhttp_check */
	size_t faults;
};

struct simhttp;

/* Whether a fault's words are known: 0, or -1 USAGE. */
int simhttp_check(const char *fault, struct fault *);
/* Listens, nothing more. Null: as simami_listen. */
struct simhttp *simhttp_listen(const struct simhttp_options *, struct fault *);
int simhttp_port(const struct simhttp *);
/* 0, or -1 OSERR. */
int simhttp_start(struct simhttp *, struct loop *, struct simami *, struct fault *);
/* What happened on the switch; by names the call as the dialer does, if it came this way. */
void simhttp_fact(struct simhttp *, const struct sim_fact *, struct sim_fact *by);
void simhttp_close(struct simhttp *);

/* One request as it came (RFC 9112); slices of the bytes. */
struct simhttp_request {
	struct slice method, target, key, secret, body;
	bool close;
};
/* How many bytes it has; 0: more must come; -1: it is none, or over 256 KiB. Pure. */
ptrdiff_t simhttp_parse(const char *, size_t, struct simhttp_request *);

#endif
