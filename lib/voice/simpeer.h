/*
 * simpeer: the calls behind simhttp: what a request asks for, and the plan's
 * webhooks about it. For simhttp.c alone.
 */
#ifndef SIMPEER_H
#define SIMPEER_H

#include "simhttp.h"

enum peer_cut { PEER_WHOLE, PEER_LOST, PEER_CUT, PEER_SLOW };

struct peer_answer {
	int status;
	enum peer_cut cut; /* how much of it leaves */
	struct buf body;
};

struct simpeer;

int simpeer_check(const char *fault, struct fault *);
struct simpeer *simpeer_new(const struct simhttp_options *);
int simpeer_start(struct simpeer *, struct loop *, struct simami *, struct fault *);
void simpeer_free(struct simpeer *);
/* key: of the header Idempotency-Key; may be empty. */
void simpeer_initiate(
    struct simpeer *, struct slice key, struct slice body, struct peer_answer *);
void simpeer_hangup(struct simpeer *, struct slice body, struct peer_answer *);
void simpeer_fact(struct simpeer *, const struct sim_fact *, struct sim_fact *by);

#endif
