/*
 * alive: /healthz says that the process answers, /readyz that its main loop
 * turns and its store takes events. Both are answered without the store.
 */
#include "clock.h"
#include "web_parts.h"

enum { BEAT_US = 2000000 };

void
alive_healthz(struct request *r)
{
	buf_adds(&r->out, "{\"status\":\"ok\"}\n");
	request_json(r, 200);
}

void
alive_readyz(struct request *r)
{
	struct web *w = r->web;
	const char *why = NULL;

	if (clock_real_us() - atomic_load(&w->beat_us) > BEAT_US)
		why = "the main loop waits for the store";
	else if (atomic_load(&w->store_bad))
		why = "the store took no events when it was last asked";
	if (!why) {
		buf_adds(&r->out, "{\"status\":\"ready\"}\n");
		request_json(r, 200);
		return;
	}
	request_problem(r, 503, "%s", why);
	request_add(r, "Retry-After", "%d", 2);
}
