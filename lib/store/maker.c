/*
 * maker: the texts of one record, from the campaign's template and the store.
 */
#include "maker.h"

#include <string.h>

#include "campaigns.h"
#include "mem.h"
#include "people.h"
#include "target_context.h"

/* The two texts as JSON, quotes included. */
struct texts {
	struct slice context, system_message;
};

static bool
has_value(const struct rec *rec, const char *key, struct slice want)
{
	for (size_t i = 0; i < rec->members; i++)
		if (slice_is(rec->member[i].key, key))
			return rec->member[i].value.len == want.len &&
			    memcmp(rec->member[i].value.p, want.p, want.len) == 0;
	return false;
}

static bool
is_ours(const struct rec_member *m)
{
	/* The lengths first: most members are none of them. */
	return (m->key.len == 7 && slice_is(m->key, "context")) ||
	    (m->key.len == 14 &&
		(slice_is(m->key, "system_message") || slice_is(m->key, "context_origin")));
}

/* The bytes of a record that has none of ours and no blanks between its members; 0 for others. */
static size_t
compact(const struct rec *rec)
{
	size_t end = rec->len, len = 1; /* braces and commas: one more than members */

	while (end > 0 && rec->p[end - 1] != '}')
		end--;
	for (size_t i = 0; i < rec->members; i++) {
		if (is_ours(&rec->member[i]))
			return 0;
		len += rec->member[i].key.len + rec->member[i].value.len + strlen("\"\":,");
	}
	return end == len ? end : 0;
}

/* The record's other members, behind an opening brace. */
static void
add_others(const struct rec *rec, struct buf *out)
{
	size_t whole = compact(rec);

	if (whole > 0) {
		buf_add(out, rec->p, whole - 1);
		buf_addc(out, ',');
		return;
	}
	buf_addc(out, '{');
	for (size_t i = 0; i < rec->members; i++) {
		const struct rec_member *m = &rec->member[i];

		if (is_ours(m))
			continue;
		buf_addc(out, '"');
		buf_add(out, m->key.p, m->key.len);
		buf_adds(out, "\":");
		buf_add(out, m->value.p, m->value.len);
		buf_addc(out, ',');
	}
}

/* The record with the two texts; every other field as it came. */
static void
attach(const struct rec *rec, const struct texts *t, const char *origin, struct buf *out)
{
	bool plain = strcmp(origin, "template") == 0;

	buf_need(out, rec->len + t->context.len + t->system_message.len + 100);
	if (plain && has_value(rec, "context", t->context) &&
	    has_value(rec, "system_message", t->system_message)) {
		buf_add(out, rec->p, rec->len);
		return;
	}
	add_others(rec, out);
	buf_adds(out, "\"context\":");
	buf_add(out, t->context.p, t->context.len);
	buf_adds(out, ",\"system_message\":");
	buf_add(out, t->system_message.p, t->system_message.len);
	if (!plain)
		buf_member(out, "context_origin", origin);
	buf_adds(out, "}\n");
}

void
maker_attach(struct maker *t, const struct rec *rec, const char *context,
    const char *system_message, const char *origin, struct buf *out)
{
	size_t first;

	buf_reset(&t->json);
	buf_json(&t->json, context, strlen(context));
	first = t->json.len;
	buf_json(&t->json, system_message, strlen(system_message));
	attach(rec,
	    &(struct texts){{t->json.p, first}, {t->json.p + first, t->json.len - first}},
	    origin, out);
}

static void
take_text(void *arg, const struct rec_member *m)
{
	struct texts *t = arg;

	if (slice_is(m->key, "context"))
		t->context = m->value;
	else if (slice_is(m->key, "system_message"))
		t->system_message = m->value;
}

int
maker_stored(struct maker *t, const struct rec *rec, const struct subject *s, struct buf *out,
    struct fault *f)
{
	char origin[CONTEXT_ORIGIN];
	struct texts texts = {{NULL, 0}, {NULL, 0}};
	int got = target_context_body(
	    t->db, s->target, s->is_call ? &s->call : NULL, &t->json, origin, f);

	if (got <= 0)
		return got;
	if (json_scan(t->json.p, t->json.len, take_text, &texts) < 0 || !texts.context.p ||
	    !texts.system_message.p)
		return fault(f, SOFTWARE, "the stored context of target %lld cannot be read",
		    (long long)s->target);
	attach(rec, &texts, origin, out);
	return 1;
}

int
maker_current(struct maker *t, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct subject s;
	struct fault ignored;

	s.is_call = false;
	if (!slice_is(rec->type, "target") || rec_int(rec, "id", &s.target, &ignored) <= 0)
		return 0;
	return maker_stored(t, rec, &s, out, f);
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

/* Makes the texts; a person for whom that fails is held (prompt_hold). 0, 1 refused, -1. */
static int
make(struct maker *t, const struct rec *rec, const struct subject *s, struct fault *f)
{
	const struct plan *plan = campaigns_plan(t->db, s->campaign, f);
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
		if (!t->dry && prompt_hold(t->db, whose, why.text, f) < 0)
			return -1;
		rec_fault(rec, f, "target %lld: %s%s", (long long)whose, why.text,
		    t->dry ? "" : " (it is held)");
	}
	if (got != 0 || t->dry)
		return got;
	if (target_context_put(t->db, s->target, s->is_call ? &s->call : NULL,
		t->prompt.context.p, t->prompt.system_message.p, t->origin, f) < 0)
		return -1;
	return prompt_is_held(s->held) ? prompt_unhold(t->db, s->target, f) : 0;
}

int
maker_record(struct maker *t, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct subject s = {0};
	int got = subject_find(t->db, rec, &s, &t->text, f);

	if (got != 0)
		return got;
	if ((got = maker_stored(t, rec, &s, out, f)) != 0)
		return got < 0 ? -1 : 0;
	if (s.placed) {
		buf_add(out, rec->p, rec->len);
		return 0;
	}
	if ((got = make(t, rec, &s, f)) == 0)
		maker_attach(t, rec, t->prompt.context.p, t->prompt.system_message.p,
		    t->dry ? "template" : t->origin, out);
	return got;
}

void
maker_release(struct maker *t)
{
	prompt_release(&t->prompt);
	buf_release(&t->text);
	buf_release(&t->json);
}
