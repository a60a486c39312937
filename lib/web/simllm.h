/*
 * simllm: a chat API (OpenAI-compatible) on a loopback address, with nothing
 * behind it: POST /v1/chat/completions, plain and streamed, and GET /v1/models.
 * It answers by simchat and misbehaves by simscript. For tests and
 * demonstrations.
 */
#ifndef SIMLLM_H
#define SIMLLM_H

#include "listen.h"
#include "loop.h"
#include "simscript.h"

/* One question, as it came. */
struct simllm_fact {
	int64_t at;       /* wall ms */
	uint64_t hash;    /* of the question */
	int try;          /* of it, from 1 */
	const char *does; /* what is done: "answer" "429" ... ; "limit", "model", "key" */
	bool stream;
};

struct simllm_options {
	const struct simscript *script; /* borrowed */
	const char *key;                /* borrowed; null: every key is taken, and none */
	void (*fact)(void *arg, const struct simllm_fact *); /* before it is done */
	void *arg;
};

struct simllm;

/* Serves on that address, whose descriptor it takes, from the loop on. Null with a fault. */
struct simllm *simllm_open(
    struct loop *, struct listen *, const struct simllm_options *, struct fault *);
/* What hangs is answered, and nothing hangs any more. */
void simllm_go(struct simllm *);
/* What is under way is cut. */
void simllm_close(struct simllm *);

#endif
