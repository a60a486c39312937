/*
 * group: requests that came together. Those that write share one transaction
 * and one sync, and are answered behind its commit: 2xx means on the disk.
 */
#include <stdlib.h>

#include "clock.h"
#include "mem.h"
#include "web_parts.h"

enum { GROUP = 1000, GROUP_US = 40000, RECEIPTS_US = 5000, LOOK = 64, TRIES = 20 };

/* How far a transaction came: up to n requests, fewer if time is up. */
struct group {
	struct request *v[GROUP];
	bool out[GROUP]; /* refused by itself */
	size_t n;
	struct receipt *receipt; /* that go along, as far as there is time: those written */
	size_t receipts, written;
};

/* What follows in the journal is by who asked; null: by this process. */
static void
act_as(struct web *w, const struct request *r)
{
	copy_text(w->db->actor, sizeof(w->db->actor), r && *r->actor ? r->actor : w->actor);
}

static int
put_receipts(struct web *w, struct group *g, int64_t until_us, struct fault *f)
{
	for (; g->written < g->receipts; g->written++) {
		if (g->written && g->written % LOOK == 0 && clock_real_us() > until_us)
			break;
		if (context_receipt(w, &g->receipt[g->written], f) < 0)
			return -1;
	}
	return 0;
}

/*
 * The first n of them, and receipts where these are all. 0; -1 with the fault of the store; 1: v[*bad]
 * is at fault, and everything is rolled back.
 */
static int
apply(struct web *w, struct group *g, size_t n, size_t *done, size_t *bad, struct fault *f)
{
	int64_t start = clock_real_us();
	int rc;

	g->written = 0;
	if (db_begin(w->db, f) < 0)
		return -1;
	for (*done = 0; *done < n; ++*done) {
		struct request *r = g->v[*done];

		if (g->out[*done])
			continue;
		request_unanswer(r);
		act_as(w, r);
		rc = r->route->apply(r, f);
		act_as(w, NULL);
		if (rc < 0) {
			db_rollback(w->db);
			*bad = *done;
			return f->code == DATAERR ? 1 : -1;
		}
		if (*done % LOOK == LOOK - 1 && clock_real_us() - start > GROUP_US) {
			++*done;
			break;
		}
	}
	if (n == g->n && put_receipts(w, g, clock_real_us() + RECEIPTS_US, f) < 0) {
		db_rollback(w->db);
		return -1;
	}
	return db_commit(w->db, f);
}

static void
refuse(struct group *g, size_t i, const struct fault *f)
{
	g->out[i] = true;
	request_unanswer(g->v[i]);
	request_fault(g->v[i], f);
}

/*
 * One transaction, or as many tries as refused requests ask for; how many are answered. What the store
 * does not take for no reason of its own is the fault of one of them, who is looked for by halves: the
 * others must not be lost with it.
 */
static size_t
commit(struct web *w, struct group *g)
{
	struct fault f;
	size_t n = g->n, done = 0, bad = 0;
	int rc = 1;

	for (int i = 0; i < TRIES && rc != 0; i++) {
		rc = apply(w, g, n, &done, &bad, &f);
		if (rc > 0)
			refuse(g, bad, &f);
		else if (rc < 0 && f.code == SOFTWARE && n > 1)
			n /= 2;
		else
			break;
	}
	atomic_store(&w->store_bad, rc < 0);
	if (rc == 0)
		atomic_store(&w->why_not, NULL);
	if (rc != 0)
		g->written = 0;
	if (g->written < g->receipts)
		contexts_give_back(
		    w->contexts, g->receipt + g->written, g->receipts - g->written);
	if (rc == 0)
		return done;
	if (rc > 0)
		fault(&f, TEMPFAIL, "too much was refused at once; try again");
	else
		web_word(w, "%s", f.text);
	if (f.code != SOFTWARE)
		n = g->n;
	for (size_t i = 0; i < n; i++)
		if (!g->out[i])
			refuse(g, i, &f);
	return n;
}

/* A step of a request: whether more remains, else it is answered. */
static bool
serve(struct web *w, struct request *r)
{
	struct fault f;
	int rc;

	act_as(w, r);
	rc = r->route->serve(r, &f);
	act_as(w, NULL);
	if (rc == SERVE_AGAIN)
		return true;
	if (rc == SERVE_LATER)
		return false;
	if (rc < 0)
		request_give_up(r, &f);
	else if (rc == SERVE_PIECE)
		r->flow = FLOW_MORE;
	else if (r->flow == FLOW_MORE)
		r->flow = FLOW_LAST;
	server_answered(w->server, r);
	return false;
}

/* ---- long ones: a step a turn of the loop, each in its turn ------------------------- */

static void step_jobs(void *arg);

static void
put_job(struct web *w, struct request *r)
{
	struct request **at = &w->jobs;

	while (*at)
		at = &(*at)->next;
	*at = r;
	r->next = NULL;
	if (!w->job_timer)
		w->job_timer = loop_at(w->loop, clock_mono(), step_jobs, w);
}

static void
step_jobs(void *arg)
{
	struct web *w = arg;
	struct request *r = w->jobs;

	w->job_timer = NULL;
	if (!r)
		return;
	w->jobs = r->next;
	if (serve(w, r))
		put_job(w, r);
	else if (w->jobs)
		w->job_timer = loop_at(w->loop, clock_mono(), step_jobs, w);
}

void
group_end(struct web *w)
{
	struct fault stops;

	fault(&stops, TEMPFAIL, "this server stops");
	for (struct request *r; (r = w->jobs);) {
		w->jobs = r->next;
		request_give_up(r, &stops);
		server_answered(w->server, r);
	}
}

/* Takes those that write nothing together with others out of the list; each keeps its order. */
static struct request *
take_others(struct request **list)
{
	struct request *others = NULL, **end = &others, **at = list, *r;

	while ((r = *at)) {
		if (r->route->apply) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		r->next = NULL;
		*end = r;
		end = &r->next;
	}
	return others;
}

/* Events are waited for, AVR gives them three seconds: they go before whoever looks. */
void
group_run(struct web *w, struct request *list)
{
	struct group g = {.n = 0};
	struct request *others;
	size_t done;

	others = take_others(&list);
	while (list || g.n) {
		for (; list && g.n < GROUP; list = list->next) {
			g.out[g.n] = false;
			g.v[g.n++] = list;
		}
		g.receipt = contexts_receipts(w->contexts, &g.receipts);
		done = commit(w, &g);
		free(g.receipt);
		for (size_t i = 0; i < done; i++)
			server_answered(w->server, g.v[i]);
		for (size_t i = done; i < g.n; i++) {
			g.v[i - done] = g.v[i];
			g.out[i - done] = g.out[i];
		}
		g.n -= done;
	}
	for (struct request *r; (r = others);) {
		others = r->next;
		if (serve(w, r))
			put_job(w, r);
	}
}

bool
group_receipts(struct web *w)
{
	struct group g = {.n = 0};

	g.receipt = contexts_receipts(w->contexts, &g.receipts);
	if (g.receipt)
		(void)commit(w, &g);
	free(g.receipt);
	return g.written > 0 && g.written < g.receipts;
}
