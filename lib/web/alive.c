/*
 * alive: /healthz says that the process answers, /readyz that its main loop
 * turns and its store takes events. Both are answered without the store.
 */
#include "clock.h"
#include "health.h"
#include "web_parts.h"

enum { BEAT_US = 2000000 };

void
alive_healthz(struct request *r)
{
	buf_adds(&r->out, "{\"status\":\"ok\"}\n");
	request_json(r, 200);
}

const char *
alive_why(struct web *w)
{
	const char *why = atomic_load(&w->why_not);

	if (clock_real_us() - atomic_load(&w->beat_us) > BEAT_US)
		return "the main loop waits for the store";
	if (!why && atomic_load(&w->store_bad))
		return "the store took no events when it was last asked";
	return why;
}

void
alive_look(struct web *w)
{
	struct fault f;

	atomic_store(&w->why_not, health_room(w->db->path));
	/* Nobody may send events to one that is not ready: it asks the store by itself. */
	if (!atomic_load(&w->store_bad) || atomic_load(&w->why_not))
		return;
	if (health_try(w->db, &f) == 0)
		atomic_store(&w->store_bad, false);
}

void
alive_readyz(struct request *r)
{
	const char *why = alive_why(r->web);

	if (!why) {
		buf_adds(&r->out, "{\"status\":\"ready\"}\n");
		request_json(r, 200);
		return;
	}
	request_problem(r, 503, "%s", why);
	request_add(r, "Retry-After", "%d", 2);
}
