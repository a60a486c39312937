/*
 * llm_delta: the answer of a chat API that comes as it is made: server-sent
 * events (HTML Living Standard 9.2.6), each a piece of a chat completion, and
 * [DONE] at the end. Bytes in any pieces in, texts out. Pure.
 */
#ifndef LLM_DELTA_H
#define LLM_DELTA_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "fault.h"

enum { LLM_DELTA_MAX = 64 << 10 }; /* bytes of an event */

struct llm_delta {
	struct buf line, data;
	bool after_cr;
	bool done; /* [DONE] came */
	const char
	    *key; /* what was sent: a server's words that repeat it are not told; or null */
	/* Gets each text, not empty, valid UTF-8. */
	void (*text)(void *arg, const char *, size_t);
	void *arg;
};

void llm_delta_init(struct llm_delta *, void (*text)(void *, const char *, size_t), void *arg);
void llm_delta_release(struct llm_delta *);
/* 0, or -1 with UNAVAILABLE for what is no answer or the server's own error; nothing may follow then. */
int llm_delta_feed(struct llm_delta *, const char *, size_t, struct fault *);

#endif
