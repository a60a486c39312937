/*
 * outside: an event that was read (domain/foreign.h) becomes a fact about a
 * call of the store.
 */
#include "calls.h"
#include "optouts.h"
#include "outside.h"

/* Which call it is about: our own records name it, others through what is mapped. */
static int
find_call(struct db *db, const struct foreign *e, struct uuid *id, struct fault *f)
{
	if (e->has_call && calls_alias(db, e->id, &e->call, f) < 0)
		return -1;
	if (e->shape != FOREIGN_EVENT)
		return calls_resolve(db, e->id, id, f);
	*id = e->uuid;
	return 0;
}

int
outside_apply(struct db *db, const struct foreign *e, struct fault *f)
{
	struct call_fact fact = {
	    .event = e->event,
	    .kind = e->kind,
	    .body = e->body.len ? e->body.p : NULL,
	    .dial_status = e->dial_status.len ? e->dial_status.p : NULL,
	    .heard = e->heard,
	    .outcome = e->outcome != OUTCOME_NONE ? outcome_name(e->outcome) : NULL,
	};
	int got;

	if (find_call(db, e, &fact.id, f) < 0)
		return -1;
	if ((got = calls_event(db, &fact, f)) <= 0 || !e->heard)
		return got;
	return optouts_hear(db, &fact.id, &fact.event, e->heard, e->words.p, f) < 0 ? -1 : 1;
}
