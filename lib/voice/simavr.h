/*
 * simavr: Agent Voice Response behind the simulated switch, as far as it
 * speaks HTTP: for each answered call the webhooks of avr-core, one after the
 * other (call_initiated, call_started, transcription ..., call_ended), and the
 * question of a speech connector what it is to know of this call. What it is
 * told it says: the transcript shows which context arrived. A webhook that
 * fails is lost, as AVR loses it by default.
 */
#ifndef SIMAVR_H
#define SIMAVR_H

#include "loop.h"
#include "simswitch.h"

/* One answer of the web server. Strings are borrowed. */
struct simavr_fact {
	int64_t at; /* wall ms */
	const char *call;
	const char *what; /* the type of the webhook, or "context" */
	int status;       /* of HTTP; 0: none came */
};

struct simavr_options {
	const char *url;    /* "http://127.0.0.1:8000", without a path; borrowed */
	const char *secret; /* of webhooks; null: none. Borrowed */
	void (*fact)(void *arg, const struct simavr_fact *);
	void *arg;
};

struct simavr;

/* CONFIG for an address that is not of this machine. */
int simavr_check(const char *url, struct fault *);
struct simavr *simavr_open(
    struct loop *, const struct simavr_options *, struct fault *); /* null: OSERR */
/* What the switch does. */
void simavr_take(struct simavr *, const struct sim_fact *);
/* How many calls still have something to tell. */
int simavr_talks(const struct simavr *);
/* Called once, when that is 0 (at once if it is). */
void simavr_when_silent(struct simavr *, void (*cb)(void *arg), void *arg);
void simavr_close(struct simavr *);

#endif
