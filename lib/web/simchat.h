/*
 * simchat: what a simulated language model says to one chat completion
 * (OpenAI's POST /v1/chat/completions): always the same to the same question,
 * made of the facts that stand in it, so that it passes the checks of a
 * context; or wrong in a way that was asked for. Pure.
 */
#ifndef SIMCHAT_H
#define SIMCHAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

/* One request. Texts are borrowed from the tree. */
struct simchat {
	json_t *tree;
	const char *model;    /* "" if none is named */
	const char *system;   /* the first system (or developer) message, or "" */
	const char *user;     /* the last user message, or "" */
	const json_t *schema; /* of response_format json_schema; null: plain text */
	bool stream, stream_usage;
	uint64_t hash;     /* of the question: model, messages, format */
	int64_t tokens_in; /* a quarter of the bytes of its messages */
};

/* Ways to be wrong in what is said. */
enum simchat_fault {
	SIMCHAT_FINE,
	SIMCHAT_EMPTY,    /* nothing */
	SIMCHAT_LENGTH,   /* the first words, finish_reason length */
	SIMCHAT_REFUSE,   /* a refusal */
	SIMCHAT_LANGUAGE, /* in another script than was asked for */
	SIMCHAT_INVENT,   /* with a number that nobody told */
	SIMCHAT_PLAIN     /* text, though JSON by a schema was asked for */
};

/* Reads a request. 0, or -1 with a DATAERR that a client may be told; release in either case. */
int simchat_read(struct simchat *, const char *body, size_t len, struct fault *);
void simchat_release(struct simchat *);

/* What the model says; nothing for a refusal. */
void simchat_text(const struct simchat *, enum simchat_fault, struct buf *out);

/* What is in the reply beside the text. */
struct simchat_reply {
	enum simchat_fault fault;
	const char *text;
	int64_t created;               /* Unix time, s */
	int64_t tokens_in, tokens_out; /* usage */
};

/* The reply's JSON, whole. */
void simchat_reply(const struct simchat *, const struct simchat_reply *, struct buf *out);
/*
 * The same as server-sent events, one call an event: the next piece of the text from *at on, then the
 * end, the usage if it was asked for, and [DONE]. 1, 0 that was all. *at begins with 0.
 */
int simchat_event(
    const struct simchat *, const struct simchat_reply *, size_t *at, struct buf *out);

#endif
