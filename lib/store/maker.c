/*
 * maker: the texts of one record, from the campaign's template and the store.
 */
#include "maker.h"

#include <string.h>

#include "campaigns.h"
#include "mem.h"
#include "people.h"

static int
same_text(const struct rec *rec, const char *key, const struct buf *want)
{
	struct fault ignored;
	struct buf text = {0};
	int same = rec_text(rec, key, &text, &ignored) > 0 && text.len == want->len &&
	    memcmp(text.p ? text.p : "", want->p, want->len) == 0;

	buf_release(&text);
	return same;
}

/* The record with the two texts; every other field as it came. */
static void
attach(const struct maker *t, const struct rec *rec, const char *origin, struct buf *out)
{
	static const char *const ours[] = {"context", "system_message", "context_origin", NULL};
	bool plain = strcmp(origin, "template") == 0;
	const struct buf *context = &t->prompt.context, *message = &t->prompt.system_message;

	if (plain && same_text(rec, "context", context) &&
	    same_text(rec, "system_message", message)) {
		buf_add(out, rec->p, rec->len);
		return;
	}
	rec_rest(rec, ours, out);
	buf_key(out, "context");
	buf_json(out, context->p, context->len);
	buf_adds(out, ",\"system_message\":");
	buf_json(out, message->p, message->len);
	if (!plain)
		buf_member(out, "context_origin", origin);
	buf_adds(out, "}\n");
}

/* Makes the texts for a subject and for those of with. 0, 1 it cannot be and why, 2 forgotten, -1. */
static int
fill(struct maker *t, const struct plan *plan, const struct subject *s,
    const struct siblings *with, struct fault *why)
{
	char phone[20];
	struct person who;
	int got = prompt_siblings(&t->prompt, t->db, plan, with, why);

	if (got == 0)
		got = people_get(t->db, s->contact, &who, why);
	if (got == 0) {
		fault(why, DATAERR, "contact %lld was forgotten", (long long)s->contact);
		return 2;
	}
	if (got < 0)
		return why->code == DATAERR ? 1 : -1;
	copy_text(phone, sizeof(phone), s->phone);
	if (!*phone && who.phones)
		phone_text(who.phone[0], phone);
	if (prompt_make(&t->prompt, plan, &who, *phone ? phone : NULL, why) == 0)
		return 0;
	return why->code == DATAERR ? 1 : -1;
}

/*
 * On whose data a context for several fails: who leads, if it fails without the others or each of
 * them would do alone; else the first of them that does not. 0, -1 with why.
 */
static int
blame(struct maker *t, const struct plan *plan, const struct subject *s, int64_t *target,
    struct fault *why)
{
	struct siblings some = {.n = 0};
	struct fault own;
	int got = 0;

	*target = s->target;
	if (s->with.n == 0)
		return 0;
	for (int i = -1; got == 0 && i < s->with.n; i++) {
		if (i >= 0) {
			some.n = 1;
			some.target[0] = s->with.target[i];
			some.contact[0] = s->with.contact[i];
		}
		if ((got = fill(t, plan, s, &some, &own)) != 0)
			*why = own;
		if (got > 0 && i >= 0)
			*target = some.target[0];
	}
	return got < 0 ? -1 : 0;
}

/* Makes the texts; a person for whom that fails is held. 0, 1 refused, -1. */
static int
make(struct maker *t, const struct rec *rec, const struct subject *s, struct fault *f)
{
	const struct plan *plan = campaigns_plan(t->db, s->campaign, f);
	char held[200];
	struct fault why;
	int64_t whose;
	int got = plan ? fill(t, plan, s, &s->with, &why) : -1;

	if (got == 2) {
		rec_fault(rec, f, "%s", why.text);
		return 1;
	}
	if (plan && (got < 0 || (got > 0 && blame(t, plan, s, &whose, &why) < 0))) {
		*f = why;
		return -1;
	}
	if (got > 0) {
		prompt_held(held, why.text);
		if (!t->dry && strcmp(held, s->held) && targets_hold(t->db, whose, held, f) < 0)
			return -1;
		rec_fault(rec, f, "target %lld: %s%s", (long long)whose, why.text,
		    t->dry ? "" : " (it is held)");
	}
	if (got != 0 || t->dry)
		return got;
	if (targets_context_put(t->db, s->target, s->is_call ? &s->call : NULL,
		t->prompt.context.p, t->prompt.system_message.p, t->origin, f) < 0)
		return -1;
	if (prompt_is_held(s->held))
		return targets_release(t->db, s->target, f);
	return 0;
}

int
maker_record(struct maker *t, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct subject s = {0};
	char origin[CONTEXT_ORIGIN] = "template";
	int got = subject_find(t->db, rec, &s, &t->text, f);

	if (got != 0)
		return got;
	got = targets_context_get(t->db, s.target, s.is_call ? &s.call : NULL,
	    &t->prompt.context, &t->prompt.system_message, f);
	if (got < 0)
		return -1;
	if (got == 0 && s.placed) {
		buf_add(out, rec->p, rec->len);
		return 0;
	}
	if (got == 0 && (got = make(t, rec, &s, f)) != 0)
		return got;
	if (!t->dry && targets_context_origin(t->db, s.target, origin, f) < 0)
		return -1;
	attach(t, rec, origin, out);
	return 0;
}

void
maker_release(struct maker *t)
{
	prompt_release(&t->prompt);
	buf_release(&t->text);
}
