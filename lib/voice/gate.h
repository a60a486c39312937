/*
 * gate: whether outreach-serve answers on this store, asked again and again
 * over its socket beside the store. Nobody is called into an AI that would
 * find nobody to ask.
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"

enum {
	GATE_ASK_MS = 250,   /* all of real time: between two questions */
	GATE_OPEN_MS = 1000, /* after an answer this old no call is begun */
	GATE_SEND_MS = 2000  /* and one that was begun is not sent */
};

#define GATE_SOCKET "serve.sock" /* in the folder <store>.d */

struct gate;

/* changed is called from the loop when it opens, shuts (as at first), or is shut for another reason; why is null
 * when it opens. */
struct gate *gate_new(const char *store, struct loop *,
    void (*changed)(void *arg, bool open, const char *why), void *arg);
void gate_free(struct gate *); /* null is fine */
/* The last good answer is at most ms old. */
bool gate_answered(const struct gate *, int ms);

#endif
