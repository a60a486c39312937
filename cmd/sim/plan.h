/*
 * plan: outreach-sim's options for the integration plan's contract.
 */
#ifndef PLAN_H
#define PLAN_H

#include "args.h"
#include "simhttp.h"

struct plan_options {
	const char *listen, *port_file, *secret_file, *webhook, *webhook_secret_file;
	struct arg_list fault;
	bool idempotent;
};

/* Listens if any of it is asked for; else *http stays null. 0, or -1. */
int plan_open(const struct plan_options *, struct simhttp **http, struct fault *);
/* Tells its port, if that is asked for. */
int plan_announce(const struct plan_options *, const struct simhttp *, struct fault *);

#endif
