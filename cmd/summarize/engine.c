/*
 * engine: the store says which call a record is about and what was said in
 * it; the record says nothing but its id.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "question.h"
#include "summaries.h"

enum { ANSWER_TOKENS = 1500 }; /* for an answer, where the campaign allows less */

/* One record's. */
struct own {
	struct uuid call;
	struct desk *desk;
	struct transcript said;
	unsigned char input[WRITTEN_HASH];
	struct buf event; /* what leaves beside the record */
	bool placed;      /* why it is refused has the place of the record already */
};

struct summarizer {
	const struct summarize_options *opt;
	struct summarize_count *count;
	struct buf text;
};

/* ---- desks ------------------------------------------------------------------------ */

/* The campaign's own parameters, ours over them. */
static json_t *
parameters_of(const struct plan_context *c)
{
	json_t *o = c->parameters ? json_deep_copy(c->parameters) : json_object();

	json_object_set_new(o, "temperature", json_integer(0));
	if (c->structured)
		json_object_set_new(o, "response_format", summary_format());
	return o;
}

/* The campaign's own way, but for what a summary needs. */
static int
furnish(struct ask *ask, struct desk_setup *s, struct fault *f)
{
	const struct summarizer *z = ask->ctx;

	if (z->opt->model)
		s->how.model = (char *)(uintptr_t)z->opt->model;
	if (s->how.max_tokens < ANSWER_TOKENS)
		s->how.max_tokens = ANSWER_TOKENS;
	s->parameters = parameters_of(&s->how);
	s->how.temperature_milli = -1; /* the one in parameters is ours, and may be spared */
	if (!s->how.model)
		return fault(f, CONFIG,
		    "campaign %s names no model (context.model in its file, or --model NAME)",
		    s->plan->name);
	return 0;
}

/* ---- a question ------------------------------------------------------------------------ */

static bool
is_end(const struct rec *rec)
{
	struct slice v;

	return slice_is(rec->type, "call") ||
	    (slice_is(rec->type, "event") && rec_find(rec, "event", &v) &&
		slice_is(v, "\"ended\""));
}

/* The call that a record names: 0, -1 with the fault that refuses the record. */
static int
read_id(const struct rec *rec, struct buf *text, struct uuid *id, struct fault *f)
{
	const char *key = slice_is(rec->type, "call") ? "id" : "call";
	int got = rec_text(rec, key, text, f);

	if (got < 0)
		return -1;
	if (got == 0 || uuid_parse(text->p ? text->p : "", text->len, id) < 0)
		return rec_fault(rec, f, "%s is no call id", key);
	return 0;
}

static void
put_question(
    struct summarizer *z, struct own *own, const struct order *o, struct ask_question *q)
{
	const struct desk_setup *s = desk_setup(own->desk);

	*q = (struct ask_question){.desk = own->desk,
	    .contact = o->contact,
	    .of_call = true,
	    .with = o->with,
	    .system = summary_system,
	    .user = z->text.p};
	question_hash(
	    s->how.model, s->how.max_tokens, s->parameters, q->system, q->user, own->input);
	memcpy(q->input, own->input, sizeof(q->input));
}

/* A call of ours that is over, and what was said in it. */
static enum ask_said
ask_about(struct ask *ask, struct ask_item *i, const struct order *o, struct ask_question *q,
    struct fault *f)
{
	struct summarizer *z = ask->ctx;
	struct own *own = i->own;

	if (transcript_read(ask->db, &own->call, &own->said, f) < 0) {
		i->why = *f;
		return f->code == DATAERR ? ASK_REFUSED : ASK_FAULT;
	}
	if (!own->said.n || own->said.erased) {
		z->count->silent++;
		return ASK_SETTLED;
	}
	if (!(own->desk = desk_of(ask->desks, o->campaign, f)))
		return ASK_FAULT;
	buf_reset(&z->text);
	if (summaries_question(
		ask->db, o, desk_setup(own->desk)->plan, &own->said, &z->text, f) < 0)
		return ASK_FAULT;
	put_question(z, own, o, q);
	return ASK_IT;
}

static enum ask_said
examine(struct ask *ask, struct ask_item *i, struct ask_question *q, struct fault *f)
{
	struct summarizer *z = ask->ctx;
	struct own *own = i->own = xcalloc(1, sizeof(*own));
	struct order o;
	int got;

	own->placed = true;
	if (read_id(i->rec, &z->text, &own->call, &i->why) < 0)
		return ASK_REFUSED;
	if ((got = calls_order(ask->db, &own->call, &o, f)) < 0)
		return ASK_FAULT;
	if (got == 0 || (o.open && !o.campaign)) {
		char id[37];

		rec_fault(i->rec, &i->why, "there is no call %s in this store",
		    uuid_text(&own->call, id));
		return ASK_REFUSED;
	}
	own->placed = false;
	if (!o.open || o.call.rank != RANK_ENDED)
		return ASK_SETTLED; /* it is not over */
	return ask_about(ask, i, &o, q, f);
}

/* ---- an answer --------------------------------------------------------------------------- */

static enum ask_said
accept(struct ask *ask, struct ask_item *i, const char *text, struct fault *f)
{
	struct summarizer *z = ask->ctx;
	struct own *own = i->own;
	struct order o;
	int64_t at;

	if (written_at(ask->db, own->input, &at, f) < 0 ||
	    calls_order(ask->db, &own->call, &o, f) < 0)
		return ASK_FAULT;
	if (summaries_record(ask->db, &o, &own->said, text, desk_setup(own->desk)->how.model,
		at, &own->event, f) == 0)
		return ASK_SETTLED;
	if (f->code != DATAERR)
		return ASK_FAULT;
	z->count->refuted++;
	i->why = *f;
	return ASK_REFUSED;
}

/* ---- records ------------------------------------------------------------------------------- */

static int
leave(struct ask *ask, struct ask_item *i, struct buf *out, struct fault *f)
{
	const struct own *own = i->own;

	(void)f;
	if (!ask->made_up) {
		buf_add(out, i->rec->p, i->rec->len);
		buf_addc(out, '\n');
	}
	buf_add(out, own->event.p, own->event.len);
	return 0;
}

static int
refuse(struct ask *ask, struct ask_item *i, struct fault *f)
{
	const struct own *own = i->own;
	char id[37];

	(void)ask;
	if (own->placed)
		*f = i->why;
	else
		rec_fault(i->rec, f, "call %s: %s%s", uuid_text(&own->call, id), i->why.text,
		    i->answered ? " (--again asks anew)" : "");
	f->code = i->why.code == TEMPFAIL ? TEMPFAIL : f->code;
	return 0;
}

static void
release(struct ask_item *i)
{
	struct own *own = i->own;

	if (own) {
		transcript_release(&own->said);
		buf_release(&own->event);
	}
	free(own);
}

/* ---- from outside ---------------------------------------------------------------------------- */

int
summarize_run(struct db *db, const struct summarize_options *opt, char *const *files,
    struct summarize_count *count, struct fault *f)
{
	struct summarizer z = {.opt = opt, .count = count};
	struct ask ask = {.db = db,
	    .ctx = &z,
	    .furnish = furnish,
	    .mine = is_end,
	    .examine = examine,
	    .accept = accept,
	    .leave = leave,
	    .refuse = refuse,
	    .release = release,
	    .opt = opt->ask,
	    .made_up = opt->alone >= 0};
	int rc = ask.made_up ? ask_run(&ask, opt->alone, opt->name, &count->ask, f)
			     : ask_files(&ask, files, &count->ask, f);

	buf_release(&z.text);
	return rc;
}
