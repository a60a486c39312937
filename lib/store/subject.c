/*
 * subject: from the id in a record to the person, the number and the claim.
 */
#include "subject.h"

#include "calls.h"
#include "campaigns.h"
#include "mem.h"
#include "targets.h"

static int
call_of(
    struct db *db, const struct rec *rec, struct subject *s, struct buf *text, struct fault *f)
{
	struct order o;
	int got = rec_text(rec, "id", text, f);

	if (got < 0)
		return 1;
	if (!got || uuid_parse(text->p ? text->p : "", text->len, &s->call) < 0) {
		rec_fault(rec, f, "the id of the call is not a UUID");
		return 1;
	}
	if ((got = calls_order(db, &s->call, &o, f)) < 0)
		return -1;
	if (got == 0 || !o.target) {
		rec_fault(rec, f,
		    "call %s is not claimed (withdrawn, expired and claimed again, or never claimed here)",
		    text->p);
		return 1;
	}
	s->is_call = true;
	s->placed = o.open;
	s->target = o.target;
	s->campaign = o.campaign;
	s->contact = o.contact;
	s->with = o.with;
	copy_text(s->phone, sizeof(s->phone), o.phone);
	return 0;
}

static int
target_of(struct db *db, const struct rec *rec, struct subject *s, struct fault *f)
{
	struct target_owner o;
	int got = rec_int(rec, "id", &s->target, f);

	if (got < 0)
		return 1;
	if (!got) {
		rec_fault(rec, f, "the target has no id");
		return 1;
	}
	if ((got = targets_get(db, s->target, &o, f)) < 0)
		return -1;
	if (got == 0) {
		rec_fault(
		    rec, f, "there is no target %lld in this store", (long long)s->target);
		return 1;
	}
	s->campaign = o.campaign;
	s->contact = o.contact;
	copy_text(s->held, sizeof(s->held), o.held);
	return targets_on_line(db, s->target, &s->placed, f);
}

int
subject_find(
    struct db *db, const struct rec *rec, struct subject *s, struct buf *text, struct fault *f)
{
	if (slice_is(rec->type, "call"))
		return call_of(db, rec, s, text, f);
	return target_of(db, rec, s, f);
}
