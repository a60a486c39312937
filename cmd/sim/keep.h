/*
 * keep: the files of outreach-sim: the log of facts and the AstDB. Each line is written by one write(2), so that it survives a kill.
 */
#ifndef KEEP_H
#define KEEP_H

#include "loop.h"
#include "simavr.h"
#include "simllm.h"
#include "simswitch.h"

struct keep {
	int log, astdb; /* descriptors; -1: none */
	bool late;      /* the AstDB is written 1 s after the put, as Asterisk does */
	struct loop *loop;
	struct loop_timer *timer;
	struct buf line, unwritten;
};

/* Opens what is named (null: not); loads the AstDB into db. 0, or -1 with the fault. */
int keep_open(
    struct keep *, const char *log, const char *astdb, struct simdb *db, struct fault *);
void keep_close(struct keep *);

/* Callbacks of struct simami_options; arg is the keep. */
void keep_fact(void *arg, const struct sim_fact *);
void keep_put(void *arg, const char *family, const char *key, const char *value);

/* One question to the simulated chat API. */
void keep_question(struct keep *, const struct simllm_fact *);

/* What a web server answered to the simulated AVR. */
void keep_answer(struct keep *, const struct simavr_fact *);

/* The first line of a file, heap; null with a fault if there is none. */
char *keep_secret(const char *file, struct fault *);
/* The manager's password and the webhooks', heap: the well-known one and null where no file is named. */
int keep_secrets(
    const char *file, char **secret, const char *webhook_file, char **webhook, struct fault *);

#endif
