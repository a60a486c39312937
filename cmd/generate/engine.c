/*
 * engine: a window of records in order. A record that needs a model waits in
 * it for its answer; when the first ones are settled they go through
 * maker_record, which finds the stored context, and leave. Answers are stored
 * at once, those of one turn of the loop in one transaction.
 */
#include "engine.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "briefing.h"
#include "campaigns.h"
#include "check.h"
#include "clock.h"
#include "llm.h"
#include "llm_rate.h"
#include "loop.h"
#include "mem.h"
#include "notes.h"
#include "out.h"
#include "question.h"
#include "written.h"

enum { CROWD_MAX = 20000, WINDOW = 4 };

/* What a campaign's questions have in common. */
struct desk {
	struct desk *next;
	int64_t campaign;
	const struct plan *plan;
	struct llm *llm;
	struct buf notes;
	struct check *check;
	struct spent spent;
	int64_t reserved_tokens, reserved_cost; /* of questions under way */
};

enum state {
	SETTLED, /* nothing is in the way of maker_record */
	ASKED,
	ANSWERED, /* to be stored */
	FAILED    /* why says it */
};

struct item {
	struct generator *g;
	struct item *next;
	enum state state;
	char *line;
	size_t len;
	uint64_t number; /* of the line */
	bool own;
	bool fallback; /* the template makes it, whatever the model did */
	struct subject s;
	struct desk *desk;
	unsigned char input[WRITTEN_HASH];
	char *known, *text; /* what the answer may draw on; the answer */
	struct llm_answer answer;
	int64_t estimate_tokens, estimate_cost;
	struct fault why;
};

struct generator {
	struct maker *maker;
	struct db *db;
	const struct generate_options *opt;
	struct generate_count *count;
	struct loop *loop;
	struct ndjson in;
	const char *file;
	struct item *first, **last;
	int items, window;
	struct desk *desks;
	struct question question;
	struct crowd *crowd;
	int crowd_size;
	char *key;
	bool watching, ended;         /* the input; nothing more comes from it */
	bool stopping;                /* nothing more is read or asked */
	int stored_soon;              /* a flush is due */
	int64_t run_tokens, run_cost; /* spent and reserved in this run */
	struct buf out;
	struct fault *f;
	bool failed; /* f says why */
};

static void flush_soon(struct generator *);

/* ---- stopping ------------------------------------------------------------------ */

/* Nothing more is read; what was asked is answered. */
static void
stop_reading(struct generator *g, const struct fault *why)
{
	if (why && !g->failed) {
		g->failed = true;
		*g->f = *why;
	}
	g->stopping = true;
	if (g->watching)
		loop_fd_remove(g->loop, g->in.fd);
	g->watching = false;
}

/* Nor is what was not sent yet. */
static void
stop(struct generator *g, const struct fault *why)
{
	stop_reading(g, why);
	for (struct desk *d = g->desks; d; d = d->next) {
		struct fault given_up;

		fault(&given_up, TEMPFAIL, "not asked");
		if (d->llm)
			llm_stop(d->llm, why ? why : &given_up);
	}
}

static void
on_signal(void *arg, int signo)
{
	struct generator *g = arg;

	if (g->count->signo)
		loop_stop(g->loop); /* the second one: now */
	g->count->signo = signo;
	stop(g, NULL);
	flush_soon(g);
}

/* ---- desks ---------------------------------------------------------------------- */

static int
open_llm(struct generator *g, struct desk *d)
{
	const struct plan_context *c = d->plan->context;
	const struct llm_settings *s = &g->opt->settings->llm;
	json_t *parameters = question_parameters(c);
	struct llm_config config = {.url = s->url,
	    .model = c->model,
	    .azure = s->azure,
	    .parameters = parameters,
	    .max_tokens = c->max_tokens,
	    .timeout_ms = c->timeout_ms,
	    .tries = c->tries,
	    .concurrent = g->opt->concurrent ? g->opt->concurrent : (int)s->concurrent,
	    .requests_per_minute = s->requests_per_minute,
	    .tokens_per_minute = s->tokens_per_minute};
	const char *from;

	if (!g->key && !(g->key = llm_key(g->opt->settings, &from, g->f)))
		g->failed = true;
	config.key = g->key;
	if (g->key && !(d->llm = llm_new(g->loop, &config, g->f)))
		g->failed = true;
	json_decref(parameters);
	return g->failed ? -1 : 0;
}

/* The campaign's; null with a fault. */
static struct desk *
desk_of(struct generator *g, int64_t campaign, const struct plan *plan, struct fault *f)
{
	static char *none[] = {NULL};
	struct buf dropped = {0};
	struct desk *d;
	char line[300];

	for (d = g->desks; d; d = d->next)
		if (d->campaign == campaign)
			return d;
	d = xcalloc(1, sizeof(*d));
	d->next = g->desks;
	g->desks = d;
	d->campaign = campaign;
	d->plan = plan;
	d->check = check_new(&plan->context->checks, g->crowd);
	buf_adds(&d->notes, "");
	if (written_spent(g->db, campaign, &d->spent, f) < 0 ||
	    notes_tell(g->db, plan->context->notes ? plan->context->notes : none,
		plan->context->notes_tokens, &d->notes, &dropped, f) < 0) {
		f->code = f->code == DATAERR ? CONFIG : f->code;
		d = NULL;
	} else if (dropped.len) {
		snprintf(line, sizeof(line),
		    "campaign %s: over %d tokens of notes, left out: %.150s", plan->name,
		    plan->context->notes_tokens, dropped.p);
		g->opt->say(line);
	}
	buf_release(&dropped);
	return d;
}

static void
free_desks(struct generator *g)
{
	struct desk *d;

	while ((d = g->desks)) {
		g->desks = d->next;
		llm_free(d->llm);
		check_free(d->check);
		buf_release(&d->notes);
		free(d);
	}
}

/* ---- budgets ---------------------------------------------------------------------- */

static void
say_money(char out[40], int64_t billionths, const char *currency)
{
	snprintf(out, 40, "%lld.%04lld %s", (long long)(billionths / 1000000000),
	    (long long)(billionths / 100000 % 10000), currency);
}

/* 0, or REFUSED if a question of that size would go over a budget. */
static int
check_budget(struct generator *g, const struct item *i, struct fault *f)
{
	const struct desk *d = i->desk;
	const struct plan_context *c = d->plan->context;
	int64_t tokens = d->spent.tokens_in + d->spent.tokens_out + d->reserved_tokens;
	char spent[40], all[40];

	if (c->budget_milli &&
	    d->spent.cost + d->reserved_cost + i->estimate_cost > c->budget_milli * 1000000) {
		say_money(spent, d->spent.cost, c->currency);
		say_money(all, c->budget_milli * 1000000, c->currency);
		return fault(f, REFUSED,
		    "the budget of campaign %s does not allow another question: %s of %s are spent "
		    "(context.budget.money; outreach-campaign targets --without-context shows who is left)",
		    d->plan->name, spent, all);
	}
	if (c->budget_tokens && tokens + i->estimate_tokens > c->budget_tokens)
		return fault(f, REFUSED,
		    "the budget of campaign %s does not allow another question: %lld of %lld "
		    "tokens are spent (context.budget.tokens)",
		    d->plan->name, (long long)(d->spent.tokens_in + d->spent.tokens_out),
		    (long long)c->budget_tokens);
	if (g->opt->budget_milli &&
	    g->run_cost + i->estimate_cost > g->opt->budget_milli * 1000000)
		return fault(f, REFUSED, "the budget of this run is used up (--budget)");
	if (g->opt->budget_tokens && g->run_tokens + i->estimate_tokens > g->opt->budget_tokens)
		return fault(f, REFUSED, "the tokens of this run are used up (--tokens)");
	return 0;
}

static void
reserve(struct item *i, int sign)
{
	i->desk->reserved_tokens += sign * i->estimate_tokens;
	i->desk->reserved_cost += sign * i->estimate_cost;
	i->g->run_tokens += sign * i->estimate_tokens;
	i->g->run_cost += sign * i->estimate_cost;
}

static void
spend(struct item *i, int64_t tokens_in, int64_t tokens_out)
{
	struct generator *g = i->g;
	int64_t cost = context_cost(i->desk->plan->context, tokens_in, tokens_out);

	i->desk->spent.tokens_in += tokens_in;
	i->desk->spent.tokens_out += tokens_out;
	i->desk->spent.cost += cost;
	g->run_tokens += tokens_in + tokens_out;
	g->run_cost += cost;
	g->count->tokens_in += tokens_in;
	g->count->tokens_out += tokens_out;
	g->count->cost += cost;
}

/* ---- an answer ---------------------------------------------------------------------- */

static void
answered(void *arg, const struct llm_answer *a)
{
	struct item *i = arg;

	reserve(i, -1);
	i->answer = *a;
	i->text = a->text ? xstrdup(a->text) : NULL;
	i->state = ANSWERED;
	if (a->tokens_in || a->tokens_out)
		spend(i, a->tokens_in, a->tokens_out);
	if (a->verdict == LLM_STOP)
		stop(i->g, &a->why);
	flush_soon(i->g);
}

static void
note_finding(void *arg, const struct check_finding *w)
{
	struct item *i = arg;

	if (i->why.text[0])
		return;
	fault(&i->why, DATAERR, "the context fails the check %s: %s%s%.300s%s", w->code,
	    w->text, *w->sentence ? ": \"" : "", w->sentence, *w->sentence ? "\"" : "");
}

/* The model's text becomes the context, if it passes: 1, 0 it does not and why, -1. */
static int
accept(struct item *i, const struct person *who, struct fault *f)
{
	struct generator *g = i->g;
	struct prompt *p = &g->maker->prompt;
	struct buf text = {0};
	int rc = 0;

	i->why.text[0] = '\0';
	if (i->desk->plan->context->structured)
		rc = briefing_text(i->text, &text, &i->why);
	else
		buf_adds(&text, i->text);
	if (rc == 0)
		rc = prompt_wrap(p, i->desk->plan, who, text.p, &i->why);
	buf_release(&text);
	if (rc < 0)
		return 0;
	if (check_run(i->desk->check,
		&(struct check_text){i->s.contact, p->context.p, p->system_message.p, i->known,
		    who->language ? who->language : ""},
		note_finding, i) > 0) {
		g->count->checked_out++;
		return 0;
	}
	if (targets_context_put(g->db, i->s.target, i->s.is_call ? &i->s.call : NULL,
		p->context.p, p->system_message.p, "model", f) < 0)
		return -1;
	if (prompt_is_held(i->s.held) && targets_release(g->db, i->s.target, f) < 0)
		return -1;
	return 1;
}

static int
put_written(struct item *i, struct fault *f)
{
	struct written w = {.campaign = i->s.campaign,
	    .contact = i->s.contact,
	    .model = i->desk->plan->context->model,
	    .tokens_in = i->answer.tokens_in,
	    .tokens_out = i->answer.tokens_out,
	    .text = i->text,
	    .refused = i->text ? NULL : i->answer.why.text};

	if (!i->answer.tokens_in && !i->answer.tokens_out && !i->text)
		return 0; /* nothing was said and nothing was paid */
	w.cost = context_cost(i->desk->plan->context, w.tokens_in, w.tokens_out);
	memcpy(w.input, i->input, sizeof(w.input));
	return written_put(i->g->db, &w, f);
}

/* Inside a transaction: the answer into the store, and what the record becomes. */
static int
store(struct item *i, bool cached, struct fault *f)
{
	struct person who;
	int got;

	if (!cached && put_written(i, f) < 0)
		return -1;
	if (!i->text) {
		i->why = i->answer.why;
		got = 0;
	} else if ((got = people_get(i->g->db, i->s.contact, &who, f)) <= 0) {
		if (got < 0)
			return -1;
		fault(&i->why, DATAERR, "contact %lld was forgotten", (long long)i->s.contact);
	} else if ((got = accept(i, &who, f)) < 0) {
		return -1;
	}
	i->state = got ? SETTLED : FAILED;
	if (!got && i->desk->plan->context->fallback && i->answer.verdict != LLM_STOP) {
		i->state = SETTLED;
		i->fallback = true;
	}
	return 0;
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

/* The messages and their hash: 0, 1 it cannot be asked and why, -1. */
static int
prepare(struct item *i, struct fault *f)
{
	struct generator *g = i->g;
	struct prompt *p = &g->maker->prompt;
	struct person who;
	json_t *data;
	char phone[20];
	int got = prompt_siblings(p, g->db, i->desk->plan, &i->s.with, f);

	if (got == 0 && (got = people_get(g->db, i->s.contact, &who, f)) == 0)
		got = fault(f, DATAERR, "contact %lld was forgotten", (long long)i->s.contact);
	if (got < 0)
		return f->code == DATAERR ? 1 : -1;
	meet(g, &who);
	(void)copy_text(phone, sizeof(phone), i->s.phone);
	if (!*phone && who.phones)
		phone_text(who.phone[0], phone);
	if (!(data = prompt_data(p, i->desk->plan, &who, *phone ? phone : NULL, f)))
		return -1;
	got = question_make(&g->question, i->desk->plan, &who, data, i->desk->notes.p, f);
	json_decref(data);
	if (got < 0)
		return 1;
	memcpy(i->input, g->question.input, sizeof(i->input));
	i->known = xstrdup(g->question.known.p);
	i->estimate_tokens = llm_estimate(g->question.system.len + g->question.user.len);
	i->estimate_cost = context_cost(
	    i->desk->plan->context, i->estimate_tokens, i->desk->plan->context->max_tokens);
	i->estimate_tokens += i->desk->plan->context->max_tokens;
	return 0;
}

static int
ask(struct item *i, struct fault *f)
{
	struct generator *g = i->g;
	struct buf text = {0};
	int got = g->opt->again ? 0 : written_get(g->db, i->input, &text, f);

	if (got < 0)
		return -1;
	if (got > 0) {
		g->count->cached++;
		if (g->maker->dry) {
			buf_release(&text);
			return 0;
		}
		i->text = text.p;
		i->answer.verdict = LLM_ANSWER;
		i->state = ANSWERED;
		i->estimate_tokens = 0; /* marks it as found */
		flush_soon(g);
		return 0;
	}
	if (check_budget(g, i, f) < 0)
		return -1;
	g->count->asked++;
	if (g->maker->dry) {
		spend(i, i->estimate_tokens - i->desk->plan->context->max_tokens,
		    i->desk->plan->context->max_tokens);
		return 0;
	}
	if (!i->desk->llm && open_llm(g, i->desk) < 0) {
		*f = *g->f;
		return -1;
	}
	reserve(i, 1);
	i->state = ASKED;
	llm_ask(i->desk->llm,
	    &(struct llm_question){g->question.system.p, g->question.user.p, answered, i});
	return 0;
}

/* ---- lines ------------------------------------------------------------------------------ */

static int
is_own(const struct rec *rec)
{
	return slice_is(rec->type, "call") || slice_is(rec->type, "target");
}

/* Whether a model must be asked for this record, and the question if so. */
static int
examine(struct item *i, const struct rec *rec, struct fault *f)
{
	struct generator *g = i->g;
	struct prompt *p = &g->maker->prompt;
	const struct plan *plan;
	struct fault why;
	int got = subject_find(g->db, rec, &i->s, &g->maker->text, &why);

	if (got > 0)
		return 0; /* maker_record says the same again */
	if (got == 0 && !g->opt->again)
		got = targets_context_get(g->db, i->s.target, i->s.is_call ? &i->s.call : NULL,
		    &p->context, &p->system_message, f);
	if (got != 0 || i->s.placed)
		return got < 0 ? -1 : 0;
	if (!(plan = campaigns_plan(g->db, i->s.campaign, f)))
		return -1;
	if (!plan->context || !plan->context->model)
		return 0;
	if (!(i->desk = desk_of(g, i->s.campaign, plan, f)))
		return -1;
	if ((got = prepare(i, &why)) < 0) {
		*f = why;
		return -1;
	}
	if (got > 0) {
		i->why = why;
		i->state = FAILED;
		return 0;
	}
	return ask(i, f);
}

static struct item *
add_item(struct generator *g, const struct rec *rec)
{
	struct item *i = xcalloc(1, sizeof(*i));

	i->g = g;
	i->line = xstrndup(rec->p, rec->len);
	i->len = rec->len;
	i->number = rec->line;
	i->own = is_own(rec);
	*g->last = i;
	g->last = &i->next;
	g->items++;
	return i;
}

static void
free_item(struct item *i)
{
	free(i->line);
	free(i->known);
	free(i->text);
	free(i);
}

/* A line that is none: 0 go on, -1. */
static int
bad_line(struct generator *g, struct fault *why)
{
	if (why->code == DATAERR && g->opt->keep_going) {
		g->opt->report(why);
		g->count->refused++;
		return 0;
	}
	return -1;
}

static void
read_lines(void *arg, short revents)
{
	struct generator *g = arg;
	struct rec rec;
	struct fault f;

	while (!g->stopping && !g->ended && g->items < g->window && ndjson_ready(&g->in)) {
		struct item *i;
		int got = ndjson_next(&g->in, &rec, &f);

		if (got == 0)
			break;
		if (got < 0) {
			if (bad_line(g, &f) < 0)
				stop(g, &f);
			continue;
		}
		i = add_item(g, &rec);
		if (i->own && examine(i, &rec, &f) < 0) {
			i->state = FAILED;
			i->why = f;
			stop_reading(g, &f);
		}
	}
	if (!g->stopping && !g->ended && g->items < g->window && g->in.end &&
	    !ndjson_buffered(&g->in))
		g->ended = true;
	if (g->watching && (g->ended || g->items >= g->window)) {
		loop_fd_remove(g->loop, g->in.fd);
		g->watching = false;
	}
	flush_soon(g);
}

/* ---- leaving ------------------------------------------------------------------------------ */

static struct rec
record_of(struct generator *g, const struct item *i, struct fault *f)
{
	struct rec rec = {.p = i->line, .len = i->len, .line = i->number, .file = g->file};

	(void)ndjson_line(&g->in, &rec, f);
	return rec;
}

/* The person is held for what its record failed by. 1 refused, -1. */
static int
refuse(struct generator *g, struct item *i, struct fault *f)
{
	struct rec rec = record_of(g, i, f);
	char held[200];

	prompt_held(held, i->why.text);
	if (i->s.target && !g->maker->dry && i->why.code != REFUSED && i->why.code != CONFIG &&
	    strcmp(held, i->s.held) && targets_hold(g->db, i->s.target, held, f) < 0)
		return -1;
	rec_fault(&rec, f, "target %lld: %s", (long long)i->s.target, i->why.text);
	f->code = i->why.code == TEMPFAIL ? TEMPFAIL : f->code;
	return 1;
}

/* One settled record: 0 it is in out, 1 refused, -1. */
static int
leave(struct generator *g, struct item *i, struct fault *f)
{
	struct rec rec;

	if (i->own && i->state == FAILED)
		return refuse(g, i, f);
	if (!i->own || (g->maker->dry && i->desk)) {
		buf_add(&g->out, i->line, i->len);
		buf_addc(&g->out, '\n');
		return 0;
	}
	rec = record_of(g, i, f);
	g->maker->origin = i->fallback ? "fallback" : "template";
	return maker_record(g->maker, &rec, &g->out, f);
}

static bool
is_settled(const struct item *i)
{
	return i->state == SETTLED || i->state == FAILED;
}

/* Those that may leave, first come first (any of them with --unordered). -1: f says why no more may. */
static int
leave_all(struct generator *g, struct fault *f)
{
	struct item **at = &g->first, *i;
	size_t before;
	int got;

	while ((i = *at)) {
		if (!is_settled(i)) {
			if (!g->opt->unordered)
				break;
			at = &i->next;
			continue;
		}
		if (g->failed && i->state == FAILED)
			break; /* nothing behind what stopped us leaves */
		before = g->out.len;
		if ((got = leave(g, i, f)) != 0) {
			g->out.len = before;
			if (got < 0)
				return -1;
			if (!g->opt->keep_going) {
				stop(g, f);
				break;
			}
			g->opt->report(f);
			g->count->refused++;
		} else if (g->out.len > before && g->out.p[g->out.len - 1] != '\n') {
			buf_addc(&g->out, '\n');
		}
		if (!(*at = i->next))
			g->last = at;
		g->items--;
		free_item(i);
	}
	return 0;
}

static int
store_answers(struct generator *g, struct fault *f)
{
	for (struct item *i = g->first; i; i = i->next)
		if (i->state == ANSWERED && store(i, i->estimate_tokens == 0, f) < 0)
			return -1;
	return 0;
}

static void
flush(void *arg)
{
	struct generator *g = arg;
	bool dry = g->maker->dry;
	struct fault f;
	int rc;

	g->stored_soon = 0;
	rc = dry ? 0 : db_begin(g->db, &f);
	if (rc == 0 && (store_answers(g, &f) < 0 || leave_all(g, &f) < 0))
		rc = -1;
	if (rc == 0 && !dry)
		rc = db_commit(g->db, &f);
	if (rc < 0) {
		db_rollback(g->db);
		buf_reset(&g->out);
		stop(g, &f);
		loop_stop(g->loop); /* the store takes nothing: what is under way is lost */
		return;
	}
	if (g->out.len && out_flush(&g->out, &f) < 0) {
		buf_reset(&g->out);
		stop(g, &f);
	}
	if (!g->stopping && !g->ended && !g->watching && g->items < g->window) {
		loop_fd(g->loop, g->in.fd, POLLIN, read_lines, g);
		g->watching = true;
		if (ndjson_buffered(&g->in))
			read_lines(g, 0);
	}
	for (struct item *i = g->first; i; i = i->next)
		if (i->state == ASKED)
			return;
	if (!g->stored_soon && (g->stopping || (g->ended && !g->first)))
		loop_stop(g->loop);
}

static void
flush_soon(struct generator *g)
{
	if (!g->stored_soon++)
		loop_at(g->loop, clock_mono(), flush, g);
}

/* ---- from outside -------------------------------------------------------------------------- */

int
generate_run(struct maker *m, const struct generate_options *opt, int fd, const char *file,
    struct generate_count *count, struct fault *f)
{
	struct generator g = {
	    .maker = m, .db = m->db, .opt = opt, .count = count, .file = file, .f = f};
	struct fault waiting;
	struct item *i;

	g.loop = loop_new();
	g.last = &g.first;
	g.crowd = crowd_new();
	g.window =
	    WINDOW * (opt->concurrent ? opt->concurrent : (int)opt->settings->llm.concurrent);
	ndjson_init(&g.in, fd, file);
	loop_signal(g.loop, SIGINT, on_signal, &g);
	loop_signal(g.loop, SIGTERM, on_signal, &g);
	flush_soon(&g); /* begins to read */
	if (loop_run(g.loop, &waiting) < 0)
		stop(&g, &waiting);
	free_desks(&g);
	while ((i = g.first)) {
		g.first = i->next;
		free_item(i);
	}
	if (g.key)
		explicit_bzero(g.key, strlen(g.key));
	free(g.key);
	crowd_free(g.crowd);
	question_release(&g.question);
	buf_release(&g.out);
	ndjson_release(&g.in);
	loop_free(g.loop);
	return g.failed ? -1 : 0;
}
