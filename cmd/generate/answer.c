/*
 * answer: what the model wrote becomes the context, if the question would be
 * the same now and the text passes the checks; else its person is held.
 */
#include "parts.h"

#include <string.h>

#include "briefing.h"
#include "calls.h"
#include "campaigns.h"
#include "clock.h"
#include "mem.h"
#include "schedule.h"
#include "target_context.h"
#include "targets.h"

enum { PUT_OFF_MS = 600000 }; /* who got no answer is claimed again behind others */

/* ---- an answer ---------------------------------------------------------------------- */

static void
note_finding(void *arg, const struct check_finding *w)
{
	struct fault *why = arg;

	if (why->text[0])
		return;
	fault(why, DATAERR, "the context fails the check %s: %s%s%.300s%s", w->code, w->text,
	    *w->sentence ? ": \"" : "", w->sentence, *w->sentence ? "\"" : "");
}

/* The model's text becomes the context, if it passes. */
static enum ask_said
take(struct ask *ask, struct ask_item *i, const char *answer, const struct person *who,
    struct fault *f)
{
	struct generator *g = ask->ctx;
	struct own *own = i->own;
	struct prompt *p = &g->maker->prompt;
	struct buf text = {0};
	int rc = 0;

	i->why.text[0] = '\0';
	if (desk_setup(own->desk)->how.structured)
		rc = briefing_text(answer, &text, &i->why);
	else
		buf_adds(&text, answer);
	if (rc == 0)
		rc = prompt_wrap(p, plan_of(own), who, text.p, &i->why);
	buf_release(&text);
	if (rc < 0)
		return ASK_REFUSED;
	if (check_run(shared_of(own)->check,
		&(struct check_text){own->s.contact, p->context.p, p->system_message.p,
		    own->known, who->language ? who->language : ""},
		note_finding, &i->why) > 0) {
		g->count->checked_out++;
		return ASK_REFUSED;
	}
	if (target_context_put(ask->db, own->s.target, own->s.is_call ? &own->s.call : NULL,
		p->context.p, p->system_message.p, "model", f) < 0)
		return ASK_FAULT;
	if (prompt_unhold(ask->db, own->s.target, f) < 0)
		return ASK_FAULT;
	own->context = xstrdup(p->context.p);
	own->system_message = xstrdup(p->system_message.p);
	return ASK_SETTLED;
}

/* ---- is the answer still one? ---------------------------------------------------------- */

static bool
same_siblings(const struct siblings *a, const struct siblings *b)
{
	return a->n == b->n &&
	    memcmp(a->target, b->target, (size_t)a->n * sizeof(a->target[0])) == 0;
}

/* Whether the claim that was asked about holds, for those that it was for. */
static int
claim_holds(struct ask *ask, const struct own *own, bool *holds, struct fault *f)
{
	struct order o;
	int got;

	*holds = true;
	if (!own->s.is_call)
		return 0;
	if ((got = calls_order(ask->db, &own->s.call, &o, f)) < 0)
		return -1;
	*holds = got > 0 && !o.open && o.target == own->s.target &&
	    same_siblings(&o.with, &own->s.with);
	return 0;
}

/*
 * The campaign's file, its notes, the person and whoever follows are what they were when the model was
 * asked, as far as it was told of them: else its text would be stored as one that was made from what they are now.
 */
static int
is_current(struct ask *ask, struct own *own, bool *is, struct fault *f)
{
	const struct generator *g = ask->ctx;
	int64_t about;
	int got;

	if (desk_is_current(own->desk, is, f) < 0 ||
	    (*is && claim_holds(ask, own, is, f) < 0) ||
	    siblings_digest(
		ask->db, own->s.target, own->s.is_call ? &own->s.call : NULL, &about, f) < 0)
		return -1;
	if (!*is || about == own->about)
		return 0;
	if ((got = generate_prepare(ask, own, f)) < 0)
		return -1;
	*is = got == 0 && memcmp(g->question.input, own->input, sizeof(own->input)) == 0;
	return 0;
}

/* Whether somebody made a context meanwhile, who is not to be overruled: 1, 0, -1. */
static int
has_one(struct ask *ask, const struct own *own, struct fault *f)
{
	struct generator *g = ask->ctx;
	char origin[CONTEXT_ORIGIN];

	return target_context_body(ask->db, own->s.target, own->s.is_call ? &own->s.call : NULL,
	    &g->maker->json, origin, f);
}

enum ask_said
generate_accept(struct ask *ask, struct ask_item *i, const char *text, struct fault *f)
{
	struct own *own = i->own;
	bool is, open = false;
	struct person who;
	int got;

	if (!own->s.is_call && targets_on_line(ask->db, own->s.target, &open, f) < 0)
		return ASK_FAULT;
	if (open)
		return ASK_SETTLED; /* what the AI is told in a call that goes on stands */
	if (!ask->opt.again && (got = has_one(ask, own, f)) != 0)
		return got < 0 ? ASK_FAULT : ASK_SETTLED;
	if (is_current(ask, own, &is, f) < 0 ||
	    (got = people_get(ask->db, own->s.contact, &who, f)) < 0)
		return ASK_FAULT;
	if (is && got > 0)
		return take(ask, i, text, &who, f);
	own->stale = true;
	fault(&i->why, TEMPFAIL,
	    "the campaign or the person changed while the model was asked; run it again");
	return ASK_REFUSED;
}

enum ask_said
generate_unanswered(struct ask *ask, struct ask_item *i, struct fault *f)
{
	struct own *own = i->own;

	(void)ask;
	(void)f;
	own->unanswered = true;
	if (own->stale || !desk_setup(own->desk)->how.fallback)
		return ASK_REFUSED;
	own->fallback = true;
	return ASK_SETTLED;
}

/* ---- no answer --------------------------------------------------------------------------- */

int
generate_refuse(struct ask *ask, struct ask_item *i, struct fault *f)
{
	const struct own *own = i->own;
	/* Else a quota, a setting, a server that is away, our store: it is nothing of the person's, who waits on. */
	bool theirs = i->why.code == DATAERR || i->why.code == UNAVAILABLE;
	bool stays = own->stale || ask->opt.dry || !own->s.target;

	if (!stays && theirs && prompt_hold(ask->db, own->s.target, i->why.text, f) < 0)
		return -1;
	if (!stays && !theirs && own->unanswered && own->s.is_call &&
	    schedule_put_off(
		ask->db, &own->s.call, own->s.target, clock_wall() + PUT_OFF_MS, f) < 0)
		return -1;
	rec_fault(i->rec, f, "target %lld: %s%s", (long long)own->s.target, i->why.text,
	    i->answered && !own->stale ? " (--again asks anew)" : "");
	f->code = i->why.code == TEMPFAIL ? TEMPFAIL : f->code;
	return 0;
}
