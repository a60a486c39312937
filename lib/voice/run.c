/*
 * run: three kinds of children on one loop. The dialer lives as long as there
 * is work; a feeder (claim into context) lives for one batch and writes into
 * the dialer's pipe by itself: no record passes through here.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "clock.h"
#include "control.h"
#include "loop.h"
#include "mem.h"
#include "proc.h"
#include "report.h"
#include "run.h"
#include "schedule.h"
#include "zones.h"

enum {
	TICK_MS = 250, /* real ones: a tick costs some reads of the store */
	TELL_MS = 1000,
	AHEAD_S = 5, /* claims in front of the dialer, in seconds of its rate */
	BATCH = 256,
	SILENT = 3,         /* batches in a row without a context: nobody gets one for now */
	SETTLED_MS = 120000 /* behind ringing and talk: hung up, asked about, settled */
};

enum kid {
	DIAL,
	CONTEXT,
	CLAIM,
	KIDS
}; /* the failure of an earlier one explains the later's */

static const char *const program[KIDS] = {
    [DIAL] = "outreach-dial", [CONTEXT] = "outreach-context", [CLAIM] = "outreach-campaign"};

struct run {
	const struct run_options *o;
	const struct plan *plan;
	struct loop *loop;
	struct loop_timer *timer;
	char *path[KIDS];
	pid_t pid[KIDS]; /* 0: does not live */
	int code[KIDS];
	int feed; /* the dialer's standard input, -1 without one */
	bool ending, settled;
	bool put_off; /* a batch had no context, and it went on */
	int silent;   /* batches for which no context could be made for now, since one could */
	int64_t told, idle_since, fed; /* mono */
	int64_t began;                 /* wall */
	struct run_result *result;
	struct fault *f;
	int rc;
};

static void step(void *arg);

static void
again_in(struct run *r, int64_t real_ms)
{
	loop_cancel(r->loop, r->timer);
	r->timer = loop_at(r->loop, clock_mono() + real_ms * clock_scale(), step, r);
}

/* ---- children ---------------------------------------------------------------- */

static int
find_programs(struct run *r)
{
	for (int i = 0; i < KIDS; i++) {
		r->path[i] = proc_find(program[i]);
		if (r->path[i] == NULL)
			return fault(r->f, OSERR, "%s is not installed", program[i]);
	}
	return 0;
}

static int
start_dial(struct run *r)
{
	char *argv[] = {r->path[DIAL], "-k", r->o->quiet ? "-q" : NULL, NULL};
	int ends[2], null = -1, rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fault(r->f, OSERR, "pipe: %s", strerror(errno));
	if (r->o->quiet && (null = open("/dev/null", O_WRONLY | O_CLOEXEC)) < 0) {
		close(ends[0]);
		close(ends[1]);
		return fault(r->f, OSERR, "/dev/null: %s", strerror(errno));
	}
	rc = proc_start(argv, ends[0], null, &r->pid[DIAL], r->f);
	close(ends[0]);
	if (null >= 0)
		close(null);
	if (rc < 0)
		close(ends[1]);
	else
		r->feed = ends[1];
	return rc;
}

static void
close_feed(struct run *r)
{
	if (r->feed >= 0)
		close(r->feed);
	r->feed = -1;
}

static int
start_feeder(struct run *r, int64_t limit)
{
	char *number = xasprintf("%lld", (long long)limit);
	char *claim[] = {r->path[CLAIM], "claim", "-q", "--limit", number, "--",
	    (char *)r->o->campaign->name, NULL};
	char *context[] = {r->path[CONTEXT], "-k", NULL};
	int ends[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC), rc = -1;

	r->fed = clock_mono();
	if (null < 0 || pipe2(ends, O_CLOEXEC) < 0) {
		fault(r->f, OSERR, "pipe: %s", strerror(errno));
	} else {
		/* The reader first: a claim without one would only be taken back. */
		rc = proc_start(context, ends[0], r->feed, &r->pid[CONTEXT], r->f);
		if (rc == 0)
			rc = proc_start(claim, null, ends[1], &r->pid[CLAIM], r->f);
		close(ends[0]);
		close(ends[1]);
	}
	if (null >= 0)
		close(null);
	free(number);
	return rc;
}

/* ---- the end ------------------------------------------------------------------- */

/* No more is fed; the dialer ends when its calls have. */
static void
finish(struct run *r)
{
	r->ending = true;
	close_feed(r);
	if (!r->pid[DIAL] && !r->pid[CLAIM] && !r->pid[CONTEXT])
		loop_stop(r->loop);
}

static void
give_up(struct run *r)
{
	r->rc = -1;
	finish(r);
}

/* A child ended. Who gets no context for now was put off, and keeps nobody else from a call. */
static void
ended(struct run *r, enum kid i, int code)
{
	r->pid[i] = 0;
	if (i == CONTEXT)
		r->silent = code == TEMPFAIL ? r->silent + 1 : 0;
	if (i == CONTEXT && code == TEMPFAIL && r->silent < SILENT) {
		r->put_off = true;
		code = SOME;
	}
	r->code[i] = code > r->code[i] ? code : r->code[i];
	if (code > SOME || (i == DIAL && r->feed >= 0))
		r->ending = true;
}

static void
on_child(void *arg, int signo)
{
	struct run *r = arg;
	pid_t pid;
	int code;

	while ((pid = proc_reap(&code)) > 0)
		for (int i = 0; i < KIDS; i++)
			if (pid == r->pid[i])
				ended(r, (enum kid)i, code);
	if (!r->pid[DIAL])
		close_feed(r);
	if (r->ending)
		finish(r);
	else
		again_in(r, 0);
}

static void
on_stop(void *arg, int signo)
{
	struct run *r = arg;

	r->result->signo = signo;
	if (r->pid[CLAIM])
		kill(r->pid[CLAIM], SIGTERM);
	if (r->pid[DIAL])
		kill(r->pid[DIAL], signo);
	finish(r);
}

/* ---- a step ---------------------------------------------------------------------- */

/* How many more may be claimed: free slots, and not far ahead of the dialer's rate. */
static int64_t
room(const struct run *r, int64_t open, int64_t claims)
{
	int64_t slots = r->plan->concurrent - open - claims;
	int64_t ahead = (int64_t)r->plan->rate_milli * AHEAD_S / 1000;

	ahead = (ahead > 1 ? ahead : 1) - claims;
	slots = slots < ahead ? slots : ahead;
	return slots < BATCH ? slots : BATCH;
}

/*
 * Calls that may still lead to another one soon: a process follows them, and the exchange is heard. One
 * that lasts longer than a call may was left open, or its dialer hangs: it is not waited for.
 */
static int
followed(struct run *r, bool *any)
{
	int64_t since = clock_wall() - r->plan->ring_ms - r->plan->max_ms - SETTLED_MS;
	struct uuid after = {{0}};
	struct order o;
	int got;

	*any = false;
	while (!*any && (got = calls_next_open(r->o->db, NULL, &after, &o, r->f)) > 0)
		*any = o.campaign == r->o->campaign->id && o.call.rank != RANK_UNKNOWN &&
		    o.call.at[RANK_INTENT] >= since && owner_alive(r->o->db, o.owner);
	return *any || got == 0 ? 0 : -1;
}

/* Nobody is due: wait for calls or for the next one who is, else let the dialer end. */
static int
idle(struct run *r, int64_t open, int64_t claims, int64_t next)
{
	int64_t now = clock_wall(), mono = clock_mono();
	bool any;

	if (followed(r, &any) < 0)
		return -1;
	if (any || (claims && r->pid[DIAL] && !r->put_off)) {
		r->idle_since = mono;
		again_in(r, TICK_MS);
	} else if (open && !r->pid[DIAL] && !r->settled) {
		/* Calls that nobody follows: a dialer without input asks the exchange about them. */
		r->settled = true;
		if (start_dial(r) < 0)
			return -1;
		close_feed(r);
	} else if (next <= now + r->o->wait_ms && mono - r->idle_since <= r->o->wait_ms) {
		again_in(r, TICK_MS);
	} else {
		finish(r);
	}
	return 0;
}

/* Until then nobody knows who is due: 1 there is more to decide, 0, -1. */
static int
decide_anew(struct run *r)
{
	return zones_follow(r->o->db, r->f) < 0
	    ? -1
	    : schedule_rebuild_page(r->o->db, r->o->campaign->id, r->f);
}

static int
look(struct run *r)
{
	int64_t open, claims, due, next;
	int more;

	if (control_check(r->o->db, r->f) < 0 || (more = decide_anew(r)) < 0)
		return -1;
	if (more > 0) {
		again_in(r, 0);
		return 0;
	}
	if (report_load(r->o->db, r->o->campaign->id, &open, &claims, r->f) < 0 ||
	    schedule_due(r->o->db, r->o->campaign, clock_wall(), BATCH, &due, &next, r->f) < 0)
		return -1;
	if (r->o->tell && clock_mono() >= r->told + TELL_MS * clock_scale()) {
		r->told = clock_mono();
		r->o->tell(r->o->arg, open, claims, due);
	}
	if (r->pid[CLAIM] || r->pid[CONTEXT]) /* the batch before is still on its way */
		again_in(r, TICK_MS);
	else if (due == 0)
		return idle(r, open, claims, next);
	else {
		r->idle_since = clock_mono();
		again_in(r, TICK_MS);
		if (!r->pid[DIAL] && start_dial(r) < 0)
			return -1;
		if (room(r, open, claims) > 0)
			return start_feeder(r, room(r, open, claims));
		/* Claims that no context came for, nor were they put off: they are given back at the end. */
		if (r->put_off && open == 0 && clock_mono() >= r->fed + SETTLED_MS)
			finish(r);
	}
	return 0;
}

static void
step(void *arg)
{
	struct run *r = arg;

	r->timer = NULL;
	if (!r->ending && look(r) < 0)
		give_up(r);
}

/*
 * We were stopped, the dialer could not dial, and gave back what it had read, or no context could be made
 * for now. What was still on its way, in claim, context or a pipe, waits for nobody: those people are
 * claimed again, under new ids. Nobody of the pipeline lives any more.
 */
static int
give_back(struct run *r, struct fault *f)
{
	if (!r->began ||
	    (r->rc == 0 && !r->put_off && r->code[DIAL] <= SOME && r->code[CONTEXT] <= SOME))
		return 0;
	return schedule_unclaim_since(r->o->db, r->o->campaign->id, r->began, f);
}

/* ---- the whole -------------------------------------------------------------------- */

static int
count_left(struct run *r)
{
	struct report n = {0};

	if (report_targets(r->o->db, r->o->campaign->id, &n, r->f) < 0)
		return -1;
	r->result->waiting = n.state[STATE_WAITING];
	r->result->claimed = n.state[STATE_CLAIMED];
	r->result->calling = n.state[STATE_CALLING];
	r->result->unknown = n.state[STATE_UNKNOWN];
	r->result->held = n.state[STATE_HELD];
	for (int i = KIDS - 1; i >= 0; i--)
		if (r->code[i] > SOME || r->result->code == OK)
			r->result->code = r->code[i];
	return 0;
}

int
run_campaign(const struct run_options *o, struct run_result *result, struct fault *f)
{
	struct run r = {.o = o, .feed = -1, .result = result, .f = f, .loop = loop_new()};
	struct fault other;

	memset(result, 0, sizeof(*result));
	r.plan = campaigns_plan(o->db, o->campaign->id, f);
	r.rc = r.plan != NULL ? find_programs(&r) : -1;
	if (r.rc == 0 && setenv("OUTREACH_DB", o->db->path, 1) < 0)
		r.rc = fault(f, OSERR, "the environment: %s", strerror(errno));
	if (r.rc == 0) {
		loop_signal(r.loop, SIGCHLD, on_child, &r);
		loop_signal(r.loop, SIGINT, on_stop, &r);
		loop_signal(r.loop, SIGTERM, on_stop, &r);
		r.idle_since = clock_mono();
		r.began = clock_wall();
		again_in(&r, 0);
		/* A timer keeps the loop going while children live. */
		while (
		    loop_run(r.loop, f) == 0 && (r.pid[DIAL] || r.pid[CLAIM] || r.pid[CONTEXT]))
			again_in(&r, TICK_MS);
	}
	close_feed(&r);
	loop_free(r.loop);
	for (int i = 0; i < KIDS; i++)
		free(r.path[i]);
	if (give_back(&r, r.rc == 0 ? f : &other) < 0 || r.rc < 0)
		return -1;
	return count_left(&r);
}
