/*
 * simscript: how a simulated chat API misbehaves: by the rules of a YAML file
 * (outreach-sim(1), SCRIPT FILE), else by a marker in the last message of the
 * user, "sim:WORD" or "sim:WORD*N" for the first N tries of that question.
 */
#ifndef SIMSCRIPT_H
#define SIMSCRIPT_H

#include <stdbool.h>

#include "simchat.h"

enum sim_do {
	SIM_SAY,   /* answer, perhaps with a fault */
	SIM_429,   /* too many requests, with Retry-After */
	SIM_QUOTA, /* 429 that means for good: insufficient_quota */
	SIM_500,
	SIM_HANG,   /* no answer until simllm_go */
	SIM_CLOSE,  /* the connection ends without an answer */
	SIM_CUT,    /* and in the middle of it */
	SIM_PAGE,   /* an HTML page */
	SIM_BROKEN, /* JSON that is none */
	SIM_SLOW    /* a word at a time */
};

struct sim_act {
	enum sim_do act;
	const char *word; /* "429"; static */
	enum simchat_fault fault;
	const char *answer; /* said word for word; null: made of the question. The script's */
	int64_t retry_after_ms, token_ms;
};

struct simscript {
	struct sim_rule *rule;
	size_t rules;
	char **models; /* null-terminated; null: every model is there */
	int64_t latency_ms, token_ms, retry_after_ms;
	int64_t requests_per_minute, tokens_per_minute; /* 0: no limit */
	int64_t tokens_in, tokens_out;                  /* of each usage; -1: as it is */
};

/* The script that stands in no file: no rules, no limits. */
void simscript_init(struct simscript *);
/* NOINPUT or CONFIG with "file:line:col: why"; release in either case. */
int simscript_load(struct simscript *, const char *file, struct fault *);
void simscript_release(struct simscript *);

/* What is done with a question at its so-manieth try, from 1. */
struct sim_act simscript_act(const struct simscript *, const struct simchat *, int try);
bool simscript_has_model(const struct simscript *, const char *model);

#endif
