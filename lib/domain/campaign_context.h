/*
 * campaign_context: the block "context" of a campaign file: how a language
 * model writes each person's context, at what cost, and what it must pass.
 */
#ifndef CAMPAIGN_CONTEXT_H
#define CAMPAIGN_CONTEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "keys.h"

enum { CONTEXT_WORDS = 100 }; /* notes, banned phrases, phrases of the disclosure: at most */

/* Defaults in campaign_context.c. Strings are owned, lists end with null. */
struct plan_context {
	char *model;           /* null: the campaign's template makes the contexts */
	int temperature_milli; /* thousandths; -1: the server's */
	int max_tokens;
	char *system, *user; /* templates; null: ours (context_system, context_user) */
	json_t *parameters;  /* passed to the server as they are; null: none */
	bool structured;     /* a JSON schema is asked for (OpenAI, response_format) */
	char **notes;        /* names or tags of knowledge notes; null: none */
	int notes_tokens;    /* what they may take together */
	bool review;         /* a person approves each context before it is used */
	bool fallback;       /* after the last try the campaign's template makes the context */
	int timeout_ms, tries;
	/* Thousandths of the currency's unit for a million tokens; a token costs that many billionths. */
	int64_t price_in, price_out;
	char currency[4];      /* ISO 4217; empty: no price is known */
	int64_t budget_milli;  /* thousandths of the unit for the whole campaign; 0: none */
	int64_t budget_tokens; /* 0: none */
	struct check_rules checks;
	char **banned, **disclosure; /* owners of what checks points at */
};

/* Null if the block is not there; what is wrong is reported through the keys. merged: siblings share a call. */
struct plan_context *context_compile(struct keys *campaign, bool merged);
/* What a campaign without the block has. */
const struct plan_context *context_standard(void);
void context_release(struct plan_context *); /* null is fine */
/* The block with its defaults filled in; compiles to the same. */
json_t *context_json(const struct plan_context *);

/* What cost tokens have, in billionths of the currency's unit. */
int64_t context_cost(const struct plan_context *, int64_t tokens_in, int64_t tokens_out);

#endif
