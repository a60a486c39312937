/*
 * who: whom a verb is about, what the AI is told of them, and their records.
 */
#include "target_context.h"
#include "targets.h"
#include "verbs.h"

#include <string.h>

#include "campaigns.h"
#include "hex.h"
#include "mem.h"
#include "num.h"
#include "out.h"
#include "people.h"

enum { FLUSH_AT = 64 << 10 };

/* ---- one target ----------------------------------------------------------------- */

static int
first_one(void *arg, const struct target *t, const struct person *p, struct fault *f)
{
	(void)p;
	(void)f;
	*(int64_t *)arg = t->id;
	return 0;
}

static int
by_contact(struct review_tool *t, const char *campaign, int64_t *id, struct fault *f)
{
	const struct target_query q = {.contact = t->contact, .limit = 1};
	struct campaign c;

	*id = 0;
	if (campaigns_need(&t->db, campaign, &c, f) < 0 ||
	    targets_list(&t->db, &c, &q, first_one, id, f) < 0)
		return -1;
	return *id ? 0
		   : fault(f, DATAERR, "contact %lld is not in the campaign %s",
			 (long long)t->contact, c.name);
}

int
who_find(struct review_tool *t, const char *operand, struct subject *s, struct fault *f)
{
	struct target_owner o;
	int got;

	*s = (struct subject){0};
	if (t->contact) {
		if (by_contact(t, operand, &s->target, f) < 0)
			return -1;
	} else if (num_parse("TARGET", operand, 1, INT64_MAX, &s->target, f) < 0) {
		return -1;
	}
	if ((got = targets_get(&t->db, s->target, &o, f)) <= 0)
		return got < 0 ? -1
			       : fault(f, DATAERR,
				     "there is no target %lld (outreach-campaign targets NAME "
				     "shows them)",
				     (long long)s->target);
	s->campaign = o.campaign;
	s->contact = o.contact;
	(void)copy_text(s->held, sizeof(s->held), o.held);
	return targets_on_line(&t->db, s->target, &s->placed, f);
}

int
who_person(struct review_tool *t, const struct subject *s, struct person *who, struct fault *f)
{
	int got = people_get(&t->db, s->contact, who, f);

	if (got == 0)
		fault(f, DATAERR, "contact %lld was forgotten", (long long)s->contact);
	return got > 0 ? 0 : -1;
}

int
who_texts(struct review_tool *t, const struct subject *s, struct prompt *p, struct fault *f)
{
	const struct plan *plan = campaigns_plan(&t->db, s->campaign, f);
	struct person who;
	char phone[20];
	int got;

	if (!plan)
		return -1;
	if ((got = target_context_get(
		 &t->db, s->target, NULL, &p->context, &p->system_message, f)) != 0)
		return got;
	if (who_person(t, s, &who, f) < 0)
		return -1;
	if (who.phones)
		phone_text(who.phone[0], phone);
	if (prompt_make(p, plan, &who, who.phones ? phone : NULL, f) < 0)
		return fault_in(f, "target %lld has no context, and the template makes none",
		    (long long)s->target);
	return 0;
}

/* ---- records ---------------------------------------------------------------------- */

struct listing {
	struct review_tool *tool;
	const struct plan *plan;
	const char *campaign;
	bool full;
	bool (*skip)(const struct review_tool *, const struct reviewed *);
	struct buf out, context, message;
};

static void
review_members(struct buf *b, const struct reviewed *r, const struct plan *plan)
{
	char at[32], hex[65];

	if (!r->seq)
		return;
	if (strcmp(r->origin, "template"))
		buf_member(b, "context_origin", r->origin);
	if (!strcmp(r->origin, "model") && plan->context)
		buf_member(b, "context_model", plan->context->model);
	buf_member(b, "context_digest", hex_text(r->digest, sizeof(r->digest), hex));
	buf_member(b, "context_at", num_instant_text(r->made_at, at));
	buf_member(b, "review", review_name(r->state));
	if (r->at) {
		buf_member(b, "reviewed_at", num_instant_text(r->at, at));
		buf_member(b, "reviewer", r->by);
	}
}

static int
put(void *arg, const struct target *x, const struct person *p, struct fault *f)
{
	struct listing *l = arg;
	struct review_tool *t = l->tool;
	struct reviewed r;
	int got = reviews_get(&t->db, x->id, &r, f);

	if (got < 0)
		return -1;
	if (l->skip && l->skip(t, &r))
		return 0;
	target_record(&l->out, l->campaign, x, p);
	l->out.len -= 2; /* its "}\n": more comes */
	review_members(&l->out, &r, l->plan);
	if (l->full && got > 0) {
		if (target_context_get(&t->db, x->id, NULL, &l->context, &l->message, f) < 0)
			return -1;
		buf_member(&l->out, "context", l->context.p);
		buf_member(&l->out, "system_message", l->message.p);
	}
	buf_adds(&l->out, "}\n");
	return l->out.len >= FLUSH_AT ? out_flush(&l->out, f) : 0;
}

int
who_records(struct review_tool *t, const char *campaign, int64_t contact, bool full,
    bool (*skip)(const struct review_tool *, const struct reviewed *), struct fault *f)
{
	struct target_query q = {.contact = contact};
	struct listing l = {.tool = t, .full = full, .skip = skip};
	struct campaign c;
	int rc = -1;

	if (campaigns_need(&t->db, campaign, &c, f) == 0 &&
	    (l.plan = campaigns_plan(&t->db, c.id, f))) {
		l.campaign = c.name;
		rc = targets_list(&t->db, &c, &q, put, &l, f);
	}
	if (rc == 0)
		rc = out_flush(&l.out, f);
	buf_release(&l.out);
	buf_release(&l.context);
	buf_release(&l.message);
	return rc;
}

/* ---- findings ----------------------------------------------------------------------- */

void
finding_record(
    struct buf *b, const struct subject *s, const char *campaign, const struct check_finding *w)
{
	buf_adds(b, "{\"type\":\"finding\",\"v\":1");
	buf_member_i(b, "target", s->target);
	buf_member(b, "campaign", campaign);
	buf_member_i(b, "contact", s->contact);
	buf_member(b, "check", w->code);
	buf_member(b, "text", w->text);
	buf_member(b, "sentence", *w->sentence ? w->sentence : NULL);
	if (w->other)
		buf_member_i(b, "other", w->other);
	buf_adds(b, "}\n");
}

void
finding_line(struct buf *b, const struct check_finding *w)
{
	buf_printf(b, "%s: %s", w->code, w->text);
	if (*w->sentence)
		buf_printf(b, ": \"%s\"", w->sentence);
	buf_addc(b, '\n');
}
