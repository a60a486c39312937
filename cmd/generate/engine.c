/*
 * engine: the contexts of lib/store/ask: what is asked for a person, and the
 * record that leaves (maker.h).
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "mem.h"
#include "notes.h"

enum { CROWD_MAX = 20000 };

/* ---- desks ------------------------------------------------------------------------ */

static void
say_dropped(const struct generator *g, const struct desk_setup *s, const char *dropped)
{
	char line[300];

	snprintf(line, sizeof(line), "campaign %s: over %d tokens of notes, left out: %.150s",
	    s->plan->name, s->how.notes_tokens, dropped);
	g->say(line);
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

int
generate_prepare(struct ask *ask, struct own *own, struct fault *f)
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
	got = question_make(&g->question,
	    &(struct question_terms){
		plan, desk_setup(own->desk)->parameters, shared_of(own)->notes.p},
	    &who, data, f);
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
	if (!ask->opt.again)
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
	if (siblings_digest(ask->db, own->s.target, own->s.is_call ? &own->s.call : NULL,
		&own->about, f) < 0)
		return ASK_FAULT;
	if ((got = generate_prepare(ask, own, f)) != 0) {
		i->why = *f;
		return got < 0 ? ASK_FAULT : ASK_REFUSED;
	}
	fill_question(g, own, q);
	return ASK_IT;
}

/* ---- records ------------------------------------------------------------------------------ */

static bool
is_ours(const struct rec *rec)
{
	return slice_is(rec->type, "call") || slice_is(rec->type, "target");
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
generate_run(struct maker *m, const struct ask_options *opt, void (*say)(const char *),
    char *const *files, struct generate_count *count, struct fault *f)
{
	struct generator g = {.maker = m, .say = say, .count = count};
	struct ask ask = {.db = m->db,
	    .ctx = &g,
	    .furnish = furnish,
	    .clear = clear,
	    .mine = is_ours,
	    .current = current,
	    .examine = examine,
	    .accept = generate_accept,
	    .unanswered = generate_unanswered,
	    .leave = leave,
	    .refuse = generate_refuse,
	    .release = release,
	    .opt = *opt};
	int rc;

	g.crowd = crowd_new();
	rc = ask_files(&ask, files, &count->ask, f);
	crowd_free(g.crowd);
	question_release(&g.question);
	return rc;
}
