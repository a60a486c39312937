/*
 * door: the one way by which a call reaches a person. It drives dial_step with
 * the loop, the store and the exchanges: reads call records, commits intents,
 * sends, commits what happened, and writes event records behind the commit.
 */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "settings.h"
#include "voice.h"

enum door_word {
	DOOR_REFUSED,
	DOOR_WARN,
	DOOR_SAY
}; /* a record refused; worth a line; with -v */

struct door_options {
	struct db *db;
	const struct settings *settings;
	int input;            /* call records; -1: none, reconcile and end */
	const char *exchange; /* null: the campaign's */
	int64_t max_calls;    /* 0 no limit */
	bool all_events;
	bool keep_going;  /* a bad line is reported and counted */
	bool settle_only; /* no calls: what open calls became of, what lives is left */
	bool no_output;   /* nothing to standard output */
	/* Tests and simulations in one process: opens an exchange in place of ami_open; else null. */
	struct loop *loop; /* null: one of its own */
	struct voice *(*open)(void *arg, const struct exchange *, struct loop *,
	    void (*event)(void *, const struct voice_event *), void *event_arg, struct fault *);
	void (*word)(void *arg, enum door_word, const char *text); /* one line */
	void *arg;
};

/* Records and calls, counted. */
struct door_result {
	int64_t own;      /* call records that were read */
	int64_t refused;  /* of these: not called, each told by a word */
	int64_t returned; /* of these: not called, the claim given back */
	int64_t over;     /* calls whose last fact is committed */
	int64_t unknown;  /* of these: nobody knows how they ended */
	int64_t left;     /* calls that stay open in the store */
	int signo;        /* of the signal that ended it; 0 none */
};

/*
 * Runs until the input is at its end and every call over, or no more calls may be made. 0, or -1 with
 * the fault that asks for the exit code (the calls were followed to their end all the same).
 */
int door_run(const struct door_options *, struct door_result *, struct fault *);

/* Whether every text of an http exchange's body is a template that can be read: 0, or -1 CONFIG. */
int door_post_check(const struct exchange *, struct fault *);

#endif
