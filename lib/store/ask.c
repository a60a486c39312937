/*
 * ask: a window of records in order. A record that needs a model waits in it
 * for its answer; when the first ones are settled they leave. Answers are
 * stored at once, those of one turn of the loop in one transaction.
 */
#include "ask.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "loop.h"
#include "mem.h"
#include "out.h"

enum {
	WINDOW = 4,
	TURN = 64, /* lines between two looks at the answers that came */
	IDLE =
	    4 /* while answers are awaited a commit is followed by so many times its length without one */
};

enum state {
	SETTLED, /* nothing is in the way of leave */
	ASKED,
	ANSWERED, /* to be stored */
	FAILED    /* why says it */
};

struct waiting {
	struct ask_item item;
	struct run *run;
	struct waiting *next;
	enum state state;
	char *line;
	size_t len;
	uint64_t number; /* of the line */
	bool own, asks, found;
	struct ask_question q; /* its texts are gone */
	struct desk_estimate estimate;
	char *text; /* the answer */
	struct llm_answer answer;
};

struct run {
	struct ask *ask;
	struct db *db;
	struct ask_count *count;
	struct loop *loop;
	struct ndjson in;
	const char *file;
	struct waiting *first, **last;
	int items, window;
	bool watching, ended;        /* the input; nothing more comes from it */
	bool stopping;               /* nothing more is read or asked */
	bool read_soon, stored_soon; /* a turn of reading, a flush is due */
	int asked;                   /* questions under way */
	int64_t quiet_until;         /* us: no flush before, if answers are awaited */
	struct buf out;
	struct fault *f;
	bool failed; /* f says why */
};

static void flush_soon(struct run *);
static void read_lines(void *arg, short revents);

/* ---- stopping ------------------------------------------------------------------ */

/* Nothing more is read; what was asked is answered. */
static void
stop_reading(struct run *r, const struct fault *why)
{
	if (why && !r->failed) {
		r->failed = true;
		*r->f = *why;
	}
	r->stopping = true;
	if (r->watching)
		loop_fd_remove(r->loop, r->in.fd);
	r->watching = false;
}

/* Nor is what was not sent yet. */
static void
stop(struct run *r, const struct fault *why)
{
	struct fault given_up;

	stop_reading(r, why);
	fault(&given_up, TEMPFAIL, "not asked");
	desks_stop(r->ask->desks, why ? why : &given_up);
}

static void
on_signal(void *arg, int signo)
{
	struct run *r = arg;

	if (r->count->signo)
		loop_stop(r->loop); /* the second one: now */
	r->count->signo = signo;
	stop(r, NULL);
	flush_soon(r);
}

/* ---- an answer ------------------------------------------------------------------ */

static struct rec
record_of(struct run *r, const struct waiting *w, struct fault *f)
{
	struct rec rec = {.p = w->line, .len = w->len, .line = w->number, .file = r->file};

	(void)ndjson_line(&r->in, &rec, f);
	return rec;
}

static void
answered(void *arg, const struct llm_answer *a)
{
	struct waiting *w = arg;

	w->run->asked--;
	desk_answered(w->q.desk, &w->estimate, a);
	w->answer = *a;
	w->text = a->text ? xstrdup(a->text) : NULL;
	w->state = ANSWERED;
	if (a->verdict == LLM_STOP)
		stop(w->run, &a->why);
	flush_soon(w->run);
}

static int
put_written(struct waiting *w, struct fault *f)
{
	const struct desk_setup *setup = desk_setup(w->q.desk);
	struct written x = {.campaign = setup->campaign,
	    .contact = w->q.contact,
	    .with = w->q.with,
	    .of_call = w->q.of_call,
	    .model = setup->how.model,
	    .tokens_in = w->answer.tokens_in,
	    .tokens_out = w->answer.tokens_out,
	    .text = w->text,
	    .refused = w->text ? NULL : w->answer.why.text};

	if (!w->answer.tokens_in && !w->answer.tokens_out && !w->text)
		return 0; /* nothing was said and nothing was paid */
	x.cost = context_cost(&setup->how, x.tokens_in, x.tokens_out);
	memcpy(x.input, w->q.input, sizeof(x.input));
	return written_put(w->run->db, &x, f);
}

/* Inside a transaction: the answer into the store, and what the record becomes. */
static int
store(struct waiting *w, struct fault *f)
{
	struct ask *ask = w->run->ask;
	enum ask_said said = ASK_REFUSED;

	if (!w->found && put_written(w, f) < 0)
		return -1;
	if (!w->text)
		w->item.why = w->answer.why;
	else if ((said = ask->accept(ask, &w->item, w->text, f)) == ASK_FAULT)
		return -1;
	if (said == ASK_REFUSED && w->answer.verdict != LLM_STOP &&
	    (said = ask->unanswered(ask, &w->item, f)) == ASK_FAULT)
		return -1;
	w->state = said == ASK_SETTLED ? SETTLED : FAILED;
	return 0;
}

/* ---- a question ------------------------------------------------------------------ */

static int
put_question(struct waiting *w, struct fault *f)
{
	struct run *r = w->run;
	struct ask_question *q = &w->q;
	struct llm_question asked = {q->system, q->user, answered, w};
	struct buf text = {0};
	int got = r->ask->again ? 0 : written_get(r->db, q->input, &text, f);

	if (got < 0)
		return -1;
	w->asks = true;
	if (got > 0) {
		r->count->cached++;
		w->text = text.p;
		w->found = true;
		w->answer.verdict = LLM_ANSWER;
		w->state = r->ask->dry ? SETTLED : ANSWERED;
		return 0;
	}
	desk_estimate(q->desk, strlen(q->system) + strlen(q->user), &w->estimate);
	if (desk_check(q->desk, &w->estimate, f) < 0)
		return -1;
	if (r->ask->dry) {
		desk_pretend(q->desk, &w->estimate);
	} else if (desk_ask(q->desk, &asked, &w->estimate, f) < 0) {
		return -1;
	} else {
		w->state = ASKED;
		r->asked++;
	}
	r->count->asked++;
	return 0;
}

static int
examine(struct waiting *w, const struct rec *rec, struct fault *f)
{
	struct ask *ask = w->run->ask;
	enum ask_said said;

	w->item.rec = rec;
	said = ask->examine(ask, &w->item, &w->q, f);
	if (said == ASK_REFUSED)
		w->state = FAILED;
	return said == ASK_FAULT ? -1 : said == ASK_IT ? put_question(w, f) : 0;
}

/* ---- lines ------------------------------------------------------------------------ */

static struct waiting *
add(struct run *r, const struct rec *rec)
{
	struct waiting *w = xcalloc(1, sizeof(*w));

	w->run = r;
	w->line = xstrndup(rec->p, rec->len);
	w->len = rec->len;
	w->number = rec->line;
	w->own = r->ask->mine(rec);
	*r->last = w;
	r->last = &w->next;
	r->items++;
	return w;
}

static void
let_go(struct waiting *w)
{
	if (w->run->ask->release)
		w->run->ask->release(&w->item);
	free(w->line);
	free(w->text);
	free(w);
}

/* A line that is none: 0 go on, -1. */
static int
bad_line(struct run *r, struct fault *why)
{
	if (why->code == DATAERR && r->ask->keep_going) {
		r->ask->report(why);
		r->count->refused++;
		return 0;
	}
	return -1;
}

static bool
has_room(const struct run *r)
{
	return !r->stopping && !r->ended && r->items < r->window;
}

/* Who waits for nobody, and behind nobody, leaves: 1, 0 it does not, -1. */
static int
leave_at_once(struct run *r, const struct rec *rec, struct fault *f)
{
	struct ask *ask = r->ask;
	int got = 0;

	if (r->first)
		return 0;
	if (!ask->mine(rec)) {
		buf_add(&r->out, rec->p, rec->len);
		got = 1;
	} else if (ask->current && !ask->again) {
		got = ask->current(ask, rec, &r->out, f);
	}
	if (got > 0 && r->out.p[r->out.len - 1] != '\n')
		buf_addc(&r->out, '\n');
	return got;
}

/* Records that are there, while there is room; their looks into the store share one lock. */
static void
take_lines(struct run *r)
{
	struct rec rec;
	struct fault f;

	for (int n = 0; n < TURN && has_room(r) && ndjson_ready(&r->in); n++) {
		struct waiting *w;
		int got = ndjson_next(&r->in, &rec, &f);

		if (got == 0)
			break;
		if (got < 0) {
			if (bad_line(r, &f) < 0)
				stop(r, &f);
			continue;
		}
		if ((got = leave_at_once(r, &rec, &f)) > 0)
			continue;
		if (got < 0) {
			stop(r, &f);
			break;
		}
		w = add(r, &rec);
		if (w->own && examine(w, &rec, &f) < 0) {
			w->state = FAILED;
			w->item.why = f;
			stop_reading(r, &f);
		}
	}
}

static void
read_on(void *arg)
{
	struct run *r = arg;

	r->read_soon = false;
	if (has_room(r))
		read_lines(r, 0);
}

static void
read_soon(struct run *r)
{
	if (!r->read_soon)
		loop_at(r->loop, clock_mono(), read_on, r);
	r->read_soon = true;
}

static void
read_lines(void *arg, short revents)
{
	struct run *r = arg;
	struct fault f;

	(void)revents;
	if (db_look(r->db, &f) < 0) {
		stop(r, &f);
	} else {
		take_lines(r);
		db_looked(r->db);
	}
	if (has_room(r) && r->in.end && !ndjson_buffered(&r->in))
		r->ended = true;
	if (has_room(r) && ndjson_buffered(&r->in))
		read_soon(r);
	if (r->watching && (r->ended || r->items >= r->window)) {
		loop_fd_remove(r->loop, r->in.fd);
		r->watching = false;
	}
	flush_soon(r);
}

/* ---- leaving ------------------------------------------------------------------------ */

static int
refuse(struct run *r, struct waiting *w, struct fault *f)
{
	struct rec rec = record_of(r, w, f);

	w->item.rec = &rec;
	return r->ask->refuse(r->ask, &w->item, f) < 0 ? -1 : 1;
}

/* One settled record: 0 it is in out, 1 refused (f), -1. */
static int
leave(struct run *r, struct waiting *w, struct fault *f)
{
	struct rec rec;

	if (w->own && w->state == FAILED)
		return refuse(r, w, f);
	if (r->ask->made_up && r->ask->dry && w->asks)
		return 0;
	if (!w->own || (r->ask->dry && w->asks)) {
		buf_add(&r->out, w->line, w->len);
		buf_addc(&r->out, '\n');
		return 0;
	}
	rec = record_of(r, w, f);
	w->item.rec = &rec;
	return r->ask->leave(r->ask, &w->item, &r->out, f);
}

static bool
is_settled(const struct waiting *w)
{
	return w->state == SETTLED || w->state == FAILED;
}

/* Those that may leave, first come first (any of them with unordered). -1: f says why no more may. */
static int
leave_all(struct run *r, struct fault *f)
{
	struct waiting **at = &r->first, *w;
	size_t before;
	int got;

	while ((w = *at)) {
		if (!is_settled(w)) {
			if (!r->ask->unordered)
				break;
			at = &w->next;
			continue;
		}
		if (r->failed && w->state == FAILED)
			break; /* nothing behind what stopped us leaves */
		before = r->out.len;
		if ((got = leave(r, w, f)) != 0) {
			r->out.len = before;
			if (got < 0)
				return -1;
			if (!r->ask->keep_going) {
				stop(r, f);
				break;
			}
			r->ask->report(f);
			r->count->refused++;
		} else if (r->out.len > before && r->out.p[r->out.len - 1] != '\n') {
			buf_addc(&r->out, '\n');
		}
		if (!(*at = w->next))
			r->last = at;
		r->items--;
		let_go(w);
	}
	return 0;
}

static int
store_answers(struct run *r, struct fault *f)
{
	for (struct waiting *w = r->first; w; w = w->next)
		if (w->state == ANSWERED && store(w, f) < 0)
			return -1;
	return 0;
}

/* One transaction: the answers that came, and what may leave. */
static int
store_all(struct run *r, struct fault *f)
{
	int64_t began = clock_real_us(), ended;

	if (!r->first)
		return 0;
	if (!r->ask->dry && db_begin(r->db, f) < 0)
		return -1;
	if (store_answers(r, f) < 0 || leave_all(r, f) < 0 ||
	    (!r->ask->dry && db_commit(r->db, f) < 0))
		return -1;
	ended = clock_real_us();
	r->quiet_until = ended + IDLE * (ended - began);
	return 0;
}

static void
flush(void *arg)
{
	struct run *r = arg;
	struct fault f;

	r->stored_soon = false;
	if (store_all(r, &f) < 0) {
		db_rollback(r->db);
		buf_reset(&r->out);
		stop(r, &f);
		loop_stop(r->loop); /* the store takes nothing: what is under way is lost */
		return;
	}
	if (r->out.len && out_flush(&r->out, &f) < 0) {
		buf_reset(&r->out);
		stop(r, &f);
	}
	if (has_room(r) && !r->watching) {
		loop_fd(r->loop, r->in.fd, POLLIN, read_lines, r);
		r->watching = true;
		if (ndjson_buffered(&r->in))
			read_soon(r);
	}
	if (!r->asked && !r->stored_soon && !r->read_soon &&
	    (r->stopping || (r->ended && !r->first)))
		loop_stop(r->loop);
}

/* At once, or when the answers under way had their time on the wire. */
static void
flush_soon(struct run *r)
{
	int64_t wait = r->asked ? r->quiet_until - clock_real_us() : 0;

	if (!r->stored_soon)
		loop_at(r->loop, clock_mono() + (wait > 0 ? wait / 1000 * clock_scale() : 0),
		    flush, r);
	r->stored_soon = true;
}

/* ---- from outside -------------------------------------------------------------------- */

static int
furnish(void *arg, struct desk_setup *s, struct fault *f)
{
	struct ask *ask = arg;

	return ask->furnish(ask, s, f);
}

int
ask_run(struct ask *ask, int fd, const char *file, struct ask_count *count, struct fault *f)
{
	const struct desk_terms *t = &ask->terms;
	const struct desk_kind kind = {furnish, ask->clear, ask};
	struct run r = {.ask = ask, .db = ask->db, .count = count, .file = file, .f = f};
	struct fault waiting;
	struct waiting *w;

	r.loop = loop_new();
	ask->desks = desks_new(r.db, r.loop, t, &kind, &count->spent);
	r.last = &r.first;
	r.window = WINDOW * (t->concurrent ? t->concurrent : (int)t->settings->llm.concurrent);
	ndjson_init(&r.in, fd, file);
	loop_signal(r.loop, SIGINT, on_signal, &r);
	loop_signal(r.loop, SIGTERM, on_signal, &r);
	flush_soon(&r); /* begins to read */
	if (loop_run(r.loop, &waiting) < 0)
		stop(&r, &waiting);
	desks_free(ask->desks);
	ask->desks = NULL;
	while ((w = r.first)) {
		r.first = w->next;
		let_go(w);
	}
	buf_release(&r.out);
	ndjson_release(&r.in);
	loop_free(r.loop);
	return r.failed ? -1 : 0;
}
