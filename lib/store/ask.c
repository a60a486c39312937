/*
 * ask: a window of records in order. A record that needs a model waits in it
 * for its answer; when the first ones are settled they leave. Answers are
 * stored at once, those of one turn of the loop in one transaction.
 */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "loop.h"
#include "mem.h"
#include "out.h"

enum {
	WINDOW = 4,
	TURN = 64,        /* lines between two looks at the answers that came */
	BATCH_US = 40000, /* of one transaction; half of it for answers */
	IDLE =
	    4 /* while answers are awaited a commit is followed by so many times its length without one */
};

enum state {
	SETTLED, /* nothing is in the way of leave */
	ASKED,
	SHORT,    /* of budget, as long as others have not settled what they take of it */
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
	struct ask_question q; /* its texts are gone, unless they are system and user */
	char *system, *user;   /* of one that was short */
	struct desk_estimate estimate;
	const struct waiting
	    *same;  /* who asked the same and is under way: its answer is this one's */
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
	int same;                    /* records that wait for the answer of another */
	struct waiting *is_short;    /* the last one read, before which nothing more is */
	int64_t quiet_until;         /* us: no flush before, if answers are awaited */
	struct buf out;
	struct fault *f;
	bool failed; /* f says why */
};

static void flush_soon(struct run *);
static void read_soon(struct run *);
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
copy_answer(struct waiting *w, const struct llm_answer *a, const char *text)
{
	w->answer = *a;
	w->answer.text = NULL; /* it may be the model's, and go */
	w->text = text ? xstrdup(text) : NULL;
	w->state = ANSWERED;
}

/* Who asked the same meanwhile has the answer for nothing. */
static void
pass_on(struct run *r, const struct waiting *from, const struct llm_answer *a)
{
	for (struct waiting *w = r->first; w && r->same > 0; w = w->next)
		if (w->same == from) {
			w->same = NULL;
			r->same--;
			copy_answer(w, a, a->text);
		}
}

static void
answered(void *arg, const struct llm_answer *a)
{
	struct waiting *w = arg;

	w->run->asked--;
	desk_answered(w->q.desk, &w->estimate, a);
	copy_answer(w, a, a->text);
	pass_on(w->run, w, a);
	if (a->verdict == LLM_STOP)
		stop(w->run, &a->why);
	if (w->run->is_short)
		read_soon(w->run);
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
	return written_put(w->run->db, &x, f) < 0 ? -1 : desk_stored(w->q.desk, &w->answer, f);
}

/* Inside a transaction: the answer into the store, and what the record becomes. */
static int
store(struct waiting *w, struct fault *f)
{
	struct ask *ask = w->run->ask;
	enum ask_said said = ASK_REFUSED;

	if (!w->found && put_written(w, f) < 0)
		return -1;
	w->item.answered = w->text != NULL;
	if (!w->text)
		w->item.why = w->answer.why;
	else if ((said = ask->accept(ask, &w->item, w->text, f)) == ASK_FAULT)
		return -1;
	if (said == ASK_REFUSED && w->answer.verdict != LLM_STOP && ask->unanswered &&
	    (said = ask->unanswered(ask, &w->item, f)) == ASK_FAULT)
		return -1;
	w->state = said == ASK_SETTLED ? SETTLED : FAILED;
	w->run->count->taken += said == ASK_SETTLED;
	return 0;
}

/* ---- a question ------------------------------------------------------------------ */

/* Who asked the same, and waits for the answer or has one that is not stored yet; null. */
static const struct waiting *
find_same(const struct run *r, const struct ask_question *q)
{
	for (const struct waiting *w = r->first; w; w = w->next)
		if ((w->state == ASKED || w->state == ANSWERED) && !w->same && !w->found &&
		    w->q.desk == q->desk && memcmp(w->q.input, q->input, sizeof(q->input)) == 0)
			return w;
	return NULL;
}

/* The answer is that of another, now or when it comes. */
static void
wait_with(struct waiting *w, const struct waiting *other)
{
	w->run->count->cached++;
	w->found = true;
	if (other->state == ANSWERED) {
		copy_answer(w, &other->answer, other->text);
		return;
	}
	w->same = other;
	w->run->same++;
	w->state = ASKED;
}

/* In a dry run: as if it had been asked, and whether those before it left enough for it. */
static void
pretend(struct waiting *w, bool fits)
{
	struct ask_count *n = w->run->count;

	n->within += fits && n->within == n->asked;
	n->asked++;
	desk_pretend(w->q.desk, &w->estimate);
}

/* It is asked again when some budget may have become free. */
static void
wait_for_budget(struct waiting *w)
{
	if (!w->system) {
		w->q.system = w->system = xstrdup(w->q.system);
		w->q.user = w->user = xstrdup(w->q.user);
	}
	w->state = SHORT;
	w->run->is_short = w;
}

/* Nobody has answered it, or is about to. */
static int
ask_it(struct waiting *w, struct fault *f)
{
	struct run *r = w->run;
	struct ask_question *q = &w->q;
	struct llm_question asked = {q->system, q->user, answered, w};
	int got;

	desk_estimate(q->desk, strlen(q->system) + strlen(q->user), &w->estimate);
	got = desk_check(q->desk, &w->estimate, f);
	if (r->ask->opt.dry && (got == 0 || (got < 0 && f->code == REFUSED))) {
		pretend(w, got == 0);
		return 0;
	}
	if (got > 0) {
		wait_for_budget(w);
		return 0;
	}
	if (got < 0 || desk_ask(q->desk, &asked, &w->estimate, f) < 0)
		return -1;
	w->state = ASKED;
	r->asked++;
	r->count->asked++;
	return 0;
}

static int
put_question(struct waiting *w, struct fault *f)
{
	struct run *r = w->run;
	struct ask_question *q = &w->q;
	const struct waiting *same;
	struct buf text = {0};
	int got = r->ask->opt.again ? 0 : written_get(r->db, q->input, &text, f);

	if (got < 0)
		return -1;
	w->asks = true;
	w->state = SETTLED;
	if (got > 0) {
		r->count->cached++;
		w->text = text.p;
		w->found = true;
		w->answer.verdict = LLM_ANSWER;
		w->state = r->ask->opt.dry ? SETTLED : ANSWERED;
		return 0;
	}
	if ((same = find_same(r, q))) {
		wait_with(w, same);
		return 0;
	}
	return ask_it(w, f);
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
	free(w->system);
	free(w->user);
	free(w);
}

/* With keep_going: a record, or a line, is refused. */
static void
report(struct run *r, const struct fault *why)
{
	r->ask->opt.report(why);
	r->count->refused++;
	r->count->later += why->code == TEMPFAIL;
}

/* A line that is none: 0 go on, -1. */
static int
bad_line(struct run *r, struct fault *why)
{
	if (why->code == DATAERR && r->ask->opt.keep_going) {
		report(r, why);
		return 0;
	}
	return -1;
}

static bool
has_room(const struct run *r)
{
	return !r->stopping && !r->ended && !r->is_short && r->items < r->window;
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
	} else if (ask->current && !ask->opt.again) {
		got = ask->current(ask, rec, &r->out, f);
	}
	if (got > 0 && r->out.p[r->out.len - 1] != '\n')
		buf_addc(&r->out, '\n');
	return got;
}

/* Nothing more is read: what its record fails by ends the run. */
static void
fail(struct waiting *w, const struct fault *why)
{
	w->state = FAILED;
	w->item.why = *why;
	stop_reading(w->run, why);
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
				stop_reading(r, &f);
			continue;
		}
		if ((got = leave_at_once(r, &rec, &f)) > 0)
			continue;
		if (got < 0) {
			stop_reading(r, &f);
			break;
		}
		w = add(r, &rec);
		if (w->own && examine(w, &rec, &f) < 0)
			fail(w, &f);
	}
}

/* The one that was short of budget is put once more. */
static void
put_again(struct run *r)
{
	struct waiting *w = r->is_short;
	struct fault f;

	r->is_short = NULL;
	if (w && !r->stopping && put_question(w, &f) < 0)
		fail(w, &f);
}

static void
read_on(void *arg)
{
	struct run *r = arg;

	r->read_soon = false;
	if (has_room(r) || r->is_short)
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
		put_again(r);
		take_lines(r);
		db_looked(r->db);
	}
	if (has_room(r) && r->in.end && !ndjson_buffered(&r->in))
		r->ended = true;
	if (has_room(r) && ndjson_buffered(&r->in))
		read_soon(r);
	if (r->watching && (r->ended || r->is_short || r->items >= r->window)) {
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
	if (r->ask->made_up && r->ask->opt.dry && w->asks)
		return 0;
	if (!w->own || (r->ask->opt.dry && w->asks)) {
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

/*
 * Those that may leave until then, first come first (any of them with unordered). 1 there may be more, 0,
 * -1: f says why no more may.
 */
static int
leave_some(struct run *r, int64_t until, struct fault *f)
{
	struct waiting **at = &r->first, *w;
	size_t before;
	int got;

	while ((w = *at)) {
		if (clock_real_us() > until)
			return 1;
		if (!is_settled(w)) {
			if (!r->ask->opt.unordered)
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
			if (!r->ask->opt.keep_going) {
				stop(r, f);
				break;
			}
			report(r, f);
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

/* As many as may be until then: 1 there are more, 0, -1. */
static int
store_answers(struct run *r, int64_t until, struct fault *f)
{
	for (struct waiting *w = r->first; w; w = w->next) {
		if (w->state != ANSWERED)
			continue;
		if (clock_real_us() > until)
			return 1;
		if (store(w, f) < 0)
			return -1;
	}
	return 0;
}

/* One short transaction: answers that came, and what may leave. 1 there are more, 0, -1. */
static int
store_some(struct run *r, struct fault *f)
{
	int64_t began, ended;
	int more, rest = 0;

	if (!r->first)
		return 0;
	if (!r->ask->opt.dry && db_begin(r->db, f) < 0)
		return -1;
	began = clock_real_us(); /* the turn may have been another's */
	if ((more = store_answers(r, began + BATCH_US / 2, f)) < 0 ||
	    (rest = leave_some(r, began + BATCH_US, f)) < 0 ||
	    (!r->ask->opt.dry && db_commit(r->db, f) < 0))
		return -1;
	ended = clock_real_us();
	r->quiet_until = more || rest ? 0 : ended + IDLE * (ended - began);
	return more || rest;
}

static void
flush(void *arg)
{
	struct run *r = arg;
	struct fault f;
	int more;

	r->stored_soon = false;
	if ((more = store_some(r, &f)) < 0) {
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
	if (more)
		flush_soon(r);
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
	const struct desk_terms *t = &ask->opt.terms;
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

int
ask_files(struct ask *ask, char *const *files, struct ask_count *count, struct fault *f)
{
	static char *const input[] = {"-", NULL};
	int rc = 0;

	for (files = *files ? files : input; *files && rc == 0 && !count->signo; files++) {
		bool standard = strcmp(*files, "-") == 0;
		int fd = standard ? STDIN_FILENO : open(*files, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return fault(f, NOINPUT, "%s: %s", *files, strerror(errno));
		rc = ask_run(ask, fd, standard ? "<stdin>" : *files, count, f);
		if (!standard)
			close(fd);
	}
	return rc;
}

enum code
ask_status(const struct ask_count *n)
{
	return n->refused == 0 ? OK : n->later == n->refused && !n->taken ? TEMPFAIL : SOME;
}
