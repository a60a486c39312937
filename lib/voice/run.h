/*
 * run: a campaign's pipeline again and again: `outreach-campaign claim |
 * outreach-context` into one outreach-dial, paced by the free slots, until
 * nothing is due. It decides nothing about a call: that is policy's, and the
 * door is the dialer's.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "campaigns.h"

struct run_options {
	struct db *db; /* also what the children open, by $OUTREACH_DB */
	const struct campaign *campaign;
	int64_t wait_ms; /* waits for who becomes due within this time; 0: for nobody */
	bool quiet; /* the dialer's event records go nowhere; else to our standard output */
	/* Called about once a second while it runs; may be null. */
	void (*tell)(void *arg, int64_t open, int64_t claims, int64_t due);
	void *arg;
};

struct run_result {
	int code; /* OK; SOME: a record was refused, or the exit code of the child that failed */
	int signo; /* the signal that ended it, 0 none */
	/* Targets that are not done; those that are held wait for a person, not for a run. */
	int64_t waiting, claimed, calling, unknown;
	int64_t held;
};

/*
 * Runs until nothing is due (the calling hours are over, too) and every call of it has ended.
 * SIGINT and SIGTERM: the first one makes no new calls and follows the live ones, the second
 * leaves them to the exchange. 0 with the result, or -1: a fault of its own, after the dialer
 * has ended.
 */
int run_campaign(const struct run_options *, struct run_result *, struct fault *);

#endif
