/*
 * llm: questions to one OpenAI-compatible chat API, many at the same time, each
 * answered once. Waits for the rate that campaign and server allow, tries again
 * what may go better, and stops everything when the server says that no
 * question will be answered. What it costs is the caller's to count. The limit
 * of an answer goes as max_tokens, which every server knows, or as
 * max_completion_tokens to a model of OpenAI's that wants it so.
 */
#ifndef LLM_H
#define LLM_H

#include <jansson.h>
#include <stdint.h>

#include "llm_reply.h"
#include "loop.h"

struct llm_config {
	const char *url;   /* "https://host/v1": /chat/completions is put behind it */
	const char *model; /* null: none is named (an Azure deployment is in its URL) */
	const char *key;   /* null: none is sent */
	bool azure;        /* the key goes into api-key, and url is whole */
	const json_t
	    *parameters; /* an object put into every request (temperature ...), or null */
	bool spare_temperature; /* one that the model does not take is left out */
	int64_t max_tokens;     /* also what a reply is estimated at; 0: not sent */
	int64_t timeout_ms;     /* of one try */
	int concurrent;         /* 1 to 256 */
	int tries;              /* of one question, 1 to 10 */
	int64_t requests_per_minute, tokens_per_minute; /* 0: no limit but the server's */
};

struct llm_answer {
	enum llm_verdict verdict; /* never LLM_AGAIN: then it was the last try */
	const char *text;         /* borrowed until done returns; null without an answer */
	int64_t tokens_in,
	    tokens_out; /* of the last try; estimated where the server did not say */
	int tries;
	int64_t took_ms; /* from llm_ask, on our clock */
	struct fault why;
};

struct llm_question {
	/* UTF-8, copied; system may be null or empty: then there is none. Other bytes end it as LLM_REFUSED with DATAERR, unasked. */
	const char *system, *user;
	void (*done)(
	    void *arg, const struct llm_answer *); /* once, always, never inside llm_ask */
	void *arg;
};

struct llm;

/* Where questions go, and the header with the key; heap. For who asks a server by other means than this. */
char *llm_address(const char *url, bool azure);
char *llm_authorization(const char *key, bool azure);

/* Everything in the configuration is copied. Null with a CONFIG fault for a URL that is none. */
struct llm *llm_new(struct loop *, const struct llm_config *, struct fault *);
/* What was asked and not answered ends as LLM_STOP with TEMPFAIL. */
void llm_free(struct llm *);
void llm_ask(struct llm *, const struct llm_question *);
/*
 * No question more is begun, and none is tried again: those that wait end as LLM_STOP with this fault,
 * those sent are awaited.
 */
void llm_stop(struct llm *, const struct fault *);

#endif
