/*
 * llm_reply: what an OpenAI-compatible server said to a chat completion
 * (POST /chat/completions; OpenAI, Azure OpenAI, Ollama, llama.cpp and vLLM
 * answer alike), and what is to be done about it. Pure.
 */
#ifndef LLM_REPLY_H
#define LLM_REPLY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

enum llm_verdict {
	LLM_ANSWER,  /* there is a text */
	LLM_AGAIN,   /* 408, 409, 425, 429, 5xx, or a reply that is none: it may go better */
	LLM_REFUSED, /* this question is never answered: refused, cut, empty, wrong request */
	LLM_STOP     /* no question will be: the key, the model, the quota, the address */
};

struct llm_reply {
	enum llm_verdict verdict;
	struct fault why; /* unless LLM_ANSWER */
	json_t *tree;     /* owner of text; json_decref, or llm_reply_release */
	const char *text; /* the message's content; null without an answer */
	int64_t tokens_in,
	    tokens_out;       /* usage, at most LLM_TOKENS_MAX; -1: the server did not say */
	const char *model;    /* as the server names it; may be null */
	const char *unwanted; /* LLM_STOP for this parameter of the request; else null */
};

enum { LLM_REPLY_MAX = 1 << 20, LLM_TOKENS_MAX = 100000000 };

/*
 * status is HTTP's. Whatever the bytes are, the verdict is set. key (may be null) is what was sent: words of
 * the server that repeat it are left out of why.
 */
void llm_reply_read(
    int status, const char *body, size_t len, const char *key, struct llm_reply *);
void llm_reply_release(struct llm_reply *);
/* Whether a text shows a key: one of at least eight bytes, as shorter ones ("none") are no secret. */
bool llm_shows_key(const char *text, const char *key);

#endif
