/*
 * engine: the contexts of lib/store/ask: what is asked for a person, the checks
 * that an answer must pass, and the record that leaves (maker.h).
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "briefing.h"
#include "calls.h"
#include "campaigns.h"
#include "check.h"
#include "mem.h"
#include "notes.h"
#include "question.h"

enum { CROWD_MAX = 20000 };

/* What the contexts of a campaign have in common beside (desk_setup). */
struct shared {
	struct buf notes;
	struct check *check;
};

/* One record's. */
struct own {
	struct subject s;
	struct desk *desk;
	bool fallback; /* the template makes it, whatever the model did */
	bool stale;    /* the answer is to a question that would be another one now */
	unsigned char input[WRITTEN_HASH]; /* of the question */
	char *known;                       /* what the answer may draw on */
	struct buf made; /* the record as it leaves, where a stored context is current */
	char *context, *system_message; /* of an answer that passed */
};

struct generator {
	struct maker *maker;
	const struct generate_options *opt;
	struct generate_count *count;
	struct question question;
	struct crowd *crowd;
	int crowd_size;
};

static const struct plan *
plan_of(const struct own *own)
{
	return desk_setup(own->desk)->plan;
}

static const struct shared *
shared_of(const struct own *own)
{
	return desk_setup(own->desk)->own;
}

/* ---- desks ------------------------------------------------------------------------ */

static void
say_dropped(const struct generator *g, const struct desk_setup *s, const char *dropped)
{
	char line[300];

	snprintf(line, sizeof(line), "campaign %s: over %d tokens of notes, left out: %.150s",
	    s->plan->name, s->how.notes_tokens, dropped);
	g->opt->say(line);
}

static int
furnish(struct ask *ask, struct desk_setup *s, struct fault *f)
{
	static char *none[] = {NULL};
	struct generator *g = ask->ctx;
	struct shared *shared = xcalloc(1, sizeof(*shared));
	struct buf dropped = {0};
	int rc;

	s->own = shared;
	s->parameters = question_parameters(&s->how);
	shared->check = check_new(&s->how.checks, g->crowd);
	buf_adds(&shared->notes, "");
	rc = notes_tell(ask->db, s->how.notes ? s->how.notes : none, s->how.notes_tokens,
	    &shared->notes, &dropped, f);
	if (rc < 0)
		f->code = f->code == DATAERR ? CONFIG : f->code;
	else if (dropped.len)
		say_dropped(g, s, dropped.p);
	buf_release(&dropped);
	return rc;
}

static void
clear(void *own)
{
	struct shared *shared = own;

	if (shared) {
		check_free(shared->check);
		buf_release(&shared->notes);
	}
	free(shared);
}

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
	if (targets_context_put(ask->db, own->s.target, own->s.is_call ? &own->s.call : NULL,
		p->context.p, p->system_message.p, "model", f) < 0)
		return ASK_FAULT;
	if (prompt_is_held(own->s.held) && targets_release(ask->db, own->s.target, f) < 0)
		return ASK_FAULT;
	own->context = xstrdup(p->context.p);
	own->system_message = xstrdup(p->system_message.p);
	return ASK_SETTLED;
}

/* ---- a question ----------------------------------------------------------------------- */

static void
meet(struct generator *g, const struct person *who)
{
	char phone[20];

	if (g->crowd_size >= CROWD_MAX)
		return;
	g->crowd_size++;
	if (who->name)
		crowd_add(g->crowd, who->id, who->name);
	for (int p = 0; p < who->phones; p++)
		crowd_add(g->crowd, who->id, phone_text(who->phone[p], phone));
}

/* The messages and their hash: 0, 1 it cannot be asked and why, -1; f either way. */
static int
prepare(struct ask *ask, struct own *own, struct fault *f)
{
	struct generator *g = ask->ctx;
	struct prompt *p = &g->maker->prompt;
	const struct plan *plan = plan_of(own);
	struct person who;
	json_t *data;
	char phone[20];
	int got = prompt_siblings(p, ask->db, plan, &own->s.with, f);

	if (got == 0 && (got = people_get(ask->db, own->s.contact, &who, f)) == 0)
		got =
		    fault(f, DATAERR, "contact %lld was forgotten", (long long)own->s.contact);
	if (got < 0)
		return f->code == DATAERR ? 1 : -1;
	if (!own->known)
		meet(g, &who);
	(void)copy_text(phone, sizeof(phone), own->s.phone);
	if (!*phone && who.phones)
		phone_text(who.phone[0], phone);
	if (!(data = prompt_data(p, plan, &who, *phone ? phone : NULL, f)))
		return -1;
	got = question_make(&g->question, plan, &who, data, shared_of(own)->notes.p, f);
	json_decref(data);
	return got < 0;
}

static void
fill_question(const struct generator *g, struct own *own, struct ask_question *q)
{
	own->known = xstrdup(g->question.known.p);
	memcpy(own->input, g->question.input, sizeof(own->input));
	*q = (struct ask_question){.desk = own->desk,
	    .contact = own->s.contact,
	    .with = own->s.with,
	    .system = g->question.system.p,
	    .user = g->question.user.p};
	memcpy(q->input, g->question.input, sizeof(q->input));
}

static int
current(struct ask *ask, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct generator *g = ask->ctx;

	return maker_current(g->maker, rec, out, f);
}

/* Whether a model must be asked for this record, and the question if so. */
static enum ask_said
examine(struct ask *ask, struct ask_item *i, struct ask_question *q, struct fault *f)
{
	struct generator *g = ask->ctx;
	struct own *own = i->own = xcalloc(1, sizeof(*own));
	const struct plan *plan;
	bool is;
	int got = subject_find(ask->db, i->rec, &own->s, &g->maker->text, f);

	if (got != 0)
		return got < 0 ? ASK_FAULT : ASK_SETTLED; /* maker_record says the same again */
	if (!ask->again)
		got = maker_stored(g->maker, i->rec, &own->s, &own->made, f);
	if (got != 0 || own->s.placed)
		return got < 0 ? ASK_FAULT : ASK_SETTLED;
	if (!(plan = campaigns_plan(ask->db, own->s.campaign, f)))
		return ASK_FAULT;
	if (!plan->context || !plan->context->model)
		return ASK_SETTLED;
	if (!(own->desk = desk_of(ask->desks, own->s.campaign, f)) ||
	    desk_is_current(own->desk, &is, f) < 0)
		return ASK_FAULT;
	if (!is) {
		fault(f, TEMPFAIL,
		    "campaign %s was changed while its contexts were made; run it again",
		    plan->name);
		return ASK_FAULT;
	}
	if ((got = prepare(ask, own, f)) != 0) {
		i->why = *f;
		return got < 0 ? ASK_FAULT : ASK_REFUSED;
	}
	fill_question(g, own, q);
	return ASK_IT;
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
 * The campaign's file, the person and whoever follows are what they were when the model was asked: else
 * its text would be stored as one that was made from what they are now.
 */
static int
is_current(struct ask *ask, struct own *own, bool *is, struct fault *f)
{
	const struct generator *g = ask->ctx;
	int got;

	if (desk_is_current(own->desk, is, f) < 0 || (*is && claim_holds(ask, own, is, f) < 0))
		return -1;
	if (!*is)
		return 0;
	if ((got = prepare(ask, own, f)) < 0)
		return -1;
	*is = got == 0 && memcmp(g->question.input, own->input, sizeof(own->input)) == 0;
	return 0;
}

static enum ask_said
accept(struct ask *ask, struct ask_item *i, const char *text, struct fault *f)
{
	struct own *own = i->own;
	struct person who;
	int got = people_get(ask->db, own->s.contact, &who, f);
	bool is;

	if (got == 0) {
		fault(
		    &i->why, DATAERR, "contact %lld was forgotten", (long long)own->s.contact);
		return ASK_REFUSED;
	}
	if (got < 0 || is_current(ask, own, &is, f) < 0 ||
	    people_get(ask->db, own->s.contact, &who, f) < 0)
		return ASK_FAULT;
	if (is)
		return take(ask, i, text, &who, f);
	own->stale = true;
	fault(&i->why, TEMPFAIL,
	    "the campaign or the person changed while the model was asked; run it again");
	return ASK_REFUSED;
}

static enum ask_said
unanswered(struct ask *ask, struct ask_item *i, struct fault *f)
{
	struct own *own = i->own;

	(void)ask;
	(void)f;
	if (own->stale || !desk_setup(own->desk)->how.fallback)
		return ASK_REFUSED;
	own->fallback = true;
	return ASK_SETTLED;
}

/* ---- records ------------------------------------------------------------------------------ */

static bool
is_ours(const struct rec *rec)
{
	return slice_is(rec->type, "call") || slice_is(rec->type, "target");
}

/* The person is held for what its record failed by. */
static int
refuse(struct ask *ask, struct ask_item *i, struct fault *f)
{
	const struct own *own = i->own;
	char held[200];

	prompt_held(held, i->why.text);
	if (own->s.target && !own->stale && !ask->dry && i->why.code != REFUSED &&
	    i->why.code != CONFIG && strcmp(held, own->s.held) &&
	    targets_hold(ask->db, own->s.target, held, f) < 0)
		return -1;
	rec_fault(i->rec, f, "target %lld: %s", (long long)own->s.target, i->why.text);
	f->code = i->why.code == TEMPFAIL ? TEMPFAIL : f->code;
	return 0;
}

static int
leave(struct ask *ask, struct ask_item *i, struct buf *out, struct fault *f)
{
	struct generator *g = ask->ctx;
	const struct own *own = i->own;

	if (own->made.len > 0) {
		buf_add(out, own->made.p, own->made.len);
		return 0;
	}
	if (own->context) {
		maker_attach(g->maker, i->rec, own->context, own->system_message, "model", out);
		return 0;
	}
	g->maker->origin = own->fallback ? "fallback" : "template";
	return maker_record(g->maker, i->rec, out, f);
}

static void
release(struct ask_item *i)
{
	struct own *own = i->own;

	if (own) {
		free(own->known);
		free(own->context);
		free(own->system_message);
		buf_release(&own->made);
	}
	free(own);
}

/* ---- from outside -------------------------------------------------------------------------- */

int
generate_run(struct maker *m, const struct generate_options *opt, int fd, const char *file,
    struct generate_count *count, struct fault *f)
{
	struct generator g = {.maker = m, .opt = opt, .count = count};
	struct ask ask = {.db = m->db,
	    .ctx = &g,
	    .furnish = furnish,
	    .clear = clear,
	    .mine = is_ours,
	    .current = current,
	    .examine = examine,
	    .accept = accept,
	    .unanswered = unanswered,
	    .leave = leave,
	    .refuse = refuse,
	    .release = release,
	    .keep_going = opt->keep_going,
	    .unordered = opt->unordered,
	    .dry = m->dry,
	    .again = opt->again,
	    .terms = opt->terms,
	    .report = opt->report};
	int rc;

	g.crowd = crowd_new();
	rc = ask_run(&ask, fd, file, &count->ask, f);
	crowd_free(g.crowd);
	question_release(&g.question);
	return rc;
}
