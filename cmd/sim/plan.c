/*
 * plan: faults are checked and secrets read before anything listens.
 */
#include <stdlib.h>

#include "keep.h"
#include "plan.h"
#include "temp.h"

int
plan_open(const struct plan_options *p, struct simhttp **http, struct fault *f)
{
	struct simhttp_options o = {.listen = p->listen != NULL ? p->listen : "127.0.0.1:0",
	    .webhook = p->webhook,
	    .idempotent = p->idempotent};
	char *secret = NULL, *webhook_secret = NULL;

	if (p->listen == NULL && p->port_file == NULL)
		return 0;
	if (p->fault.n > SIMHTTP_FAULTS)
		return fault(f, USAGE, "--http-fault: more than %d", SIMHTTP_FAULTS);
	for (size_t i = 0; i < p->fault.n; i++) {
		if (simhttp_check(p->fault.value[i], f) < 0)
			return -1;
		o.fault[o.faults++] = p->fault.value[i];
	}
	if (p->secret_file != NULL)
		secret = keep_secret(p->secret_file, f);
	if (p->webhook_secret_file != NULL)
		webhook_secret = keep_secret(p->webhook_secret_file, f);
	o.secret = secret;
	o.webhook_secret = webhook_secret;
	if ((p->secret_file == NULL || secret != NULL) &&
	    (p->webhook_secret_file == NULL || webhook_secret != NULL))
		*http = simhttp_listen(&o, f);
	free(secret);
	free(webhook_secret);
	return *http != NULL ? 0 : -1;
}

int
plan_announce(const struct plan_options *p, const struct simhttp *http, struct fault *f)
{
	if (http == NULL || p->port_file == NULL)
		return 0;
	return newfile_number(p->port_file, simhttp_port(http), f);
}
