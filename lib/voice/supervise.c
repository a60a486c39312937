/*
 * supervise: what is wanted is read from the store, again and again; what is
 * there is a list of children. The store's locks see to one run a campaign.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "calls.h"
#include "campaigns.h"
#include "clock.h"
#include "control.h"
#include "lines.h"
#include "loop.h"
#include "mem.h"
#include "num.h"
#include "proc.h"
#include "schedule.h"
#include "supervise.h"

/* All of real time. */
enum {
	LOOK_MS = 300,
	LEAVE_MS = 2000, /* the first signal got so long before the second */
	AGAIN_MS = 2000, /* behind a run that ended well */
	/* Behind one that ended soon and left work: no exchange, or another run is at work. */
	LEFT_MS = 1000,
	LEFT_MAX_MS = 30000,
	SHORT_MS = 10000,
	SETTLE_MS = 2000, /* behind a reconcile, as long as there is something to settle */
	SETTLE_MAX_MS = 60000,
	FAIL_MS = 1000, /* the first pause behind a failure */
	FAIL_MAX_MS = 300000,
	STEADY_MS = 60000 /* who ran so long begins anew with the pauses */
};

struct kid {
	struct kid *next;
	int64_t campaign;
	char name[128];
	const char *state;
	pid_t pid;                     /* 0: none */
	int64_t began, next_at, pause; /* ms */
	int starts, code;
	bool wanted, told_end, crashed;
};

struct supervise {
	struct db *db;
	struct loop *loop;
	struct loop_timer *timer;
	struct kid *kids;
	char *program, *reconcile;
	pid_t settling; /* outreach-reconcile; 0: none */
	int64_t settle_at, settle_pause;
	int fd, null;
	bool quitting, leaving;
	struct buf line;
	struct fault *f;
	int rc;
};

static int64_t
now_ms(void)
{
	return clock_real_us() / 1000;
}

/* ---- saying --------------------------------------------------------------------- */

static void quit(struct supervise *);

static void
say(struct supervise *s, struct kid *k, const char *state)
{
	char at[32];
	size_t done = 0;

	k->state = state;
	buf_reset(&s->line);
	buf_adds(&s->line, "{\"type\":\"dialer\"");
	buf_member_i(&s->line, "campaign", k->campaign);
	buf_member(&s->line, "name", k->name);
	buf_member(&s->line, "state", state);
	buf_member_i(&s->line, "starts", k->starts);
	buf_member_i(&s->line, "code", k->code);
	buf_member(&s->line, "at", num_instant_text(clock_wall(), at));
	buf_adds(&s->line, "}\n");
	while (done < s->line.len) {
		ssize_t n = write(s->fd, s->line.p + done, s->line.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			quit(s);
			return;
		}
		done += (size_t)n;
	}
}

/* ---- children --------------------------------------------------------------------- */

static void
start(struct supervise *s, struct kid *k)
{
	char *argv[] = {s->program, "-q", "--with-parent", "--", k->name, NULL};
	struct fault f;

	k->told_end = k->crashed = false;
	k->began = now_ms();
	if (proc_start(argv, s->null, s->null, &k->pid, &f) < 0) {
		k->pid = 0;
		k->code = f.code;
		k->next_at = k->began + FAIL_MAX_MS;
		say(s, k, "failed");
		return;
	}
	k->starts++;
	say(s, k, "running");
}

static void
end(struct supervise *s, struct kid *k)
{
	if (k->pid == 0 || k->told_end)
		return;
	k->told_end = true;
	kill(k->pid, SIGTERM);
	if (!s->quitting)
		say(s, k, "stopping");
}

/* Twice as long as the last time. */
static void
pause_for(struct kid *k, int64_t now, int64_t first, int64_t most)
{
	if (now - k->began >= STEADY_MS)
		k->pause = 0;
	k->pause = k->pause == 0 ? first : k->pause * 2;
	if (k->pause > most)
		k->pause = most;
	k->next_at = now + k->pause;
}

/* It ended: how long until the next one, if its campaign wants one still. */
static void
ended(struct supervise *s, struct kid *k, int code)
{
	int64_t now = now_ms();

	k->pid = 0;
	k->code = code;
	if (s->quitting)
		return;
	if (!k->told_end && code != OK && code != SOME && code != TEMPFAIL && code != REFUSED) {
		pause_for(k, now, FAIL_MS, FAIL_MAX_MS);
		k->crashed = true;
		say(s, k, "failed");
		return;
	}
	if (code == TEMPFAIL && now - k->began < SHORT_MS) {
		pause_for(k, now, LEFT_MS, LEFT_MAX_MS);
	} else {
		k->pause = 0;
		k->next_at = now + AGAIN_MS;
	}
	say(s, k, "waiting");
}

static bool
any_lives(const struct supervise *s)
{
	for (const struct kid *k = s->kids; k != NULL; k = k->next)
		if (k->pid != 0)
			return true;
	return s->settling != 0;
}

static void
on_child(void *arg, int signo)
{
	struct supervise *s = arg;
	pid_t pid;
	int code;

	while ((pid = proc_reap(&code)) > 0) {
		if (pid == s->settling) {
			s->settling = 0;
			s->settle_at = now_ms() + s->settle_pause;
		}
		for (struct kid *k = s->kids; k != NULL; k = k->next)
			if (k->pid == pid)
				ended(s, k, code);
	}
	if (s->quitting && !any_lives(s))
		loop_stop(s->loop);
}

/* ---- the end ------------------------------------------------------------------------- */

static void
leave(void *arg)
{
	struct supervise *s = arg;

	s->timer = NULL;
	s->leaving = true;
	for (struct kid *k = s->kids; k != NULL; k = k->next)
		if (k->pid != 0)
			kill(k->pid, SIGTERM);
	if (s->settling != 0)
		kill(s->settling, SIGTERM);
}

/* No new calls, and those that live are left to the exchange. */
static void
quit(struct supervise *s)
{
	if (s->quitting)
		return;
	s->quitting = true;
	for (struct kid *k = s->kids; k != NULL; k = k->next)
		end(s, k);
	if (s->settling != 0)
		kill(s->settling, SIGTERM);
	loop_fd_remove(s->loop, s->fd);
	loop_cancel(s->loop, s->timer);
	s->timer = loop_at(s->loop, clock_mono() + LEAVE_MS * clock_scale(), leave, s);
	if (!any_lives(s))
		loop_stop(s->loop);
}

static void
on_signal(void *arg, int signo)
{
	quit(arg);
}

/* Nothing is said to us; the end is. */
static void
readable(void *arg, short revents)
{
	struct supervise *s = arg;
	char bytes[256];
	ssize_t n = read(s->fd, bytes, sizeof(bytes));

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		quit(s);
}

/* ---- looking --------------------------------------------------------------------------- */

static struct kid *
kid_of(struct supervise *s, const struct campaign *c)
{
	struct kid *k = s->kids;

	while (k != NULL && k->campaign != c->id)
		k = k->next;
	if (k != NULL)
		return k;
	k = xcalloc(1, sizeof(*k));
	k->campaign = c->id;
	k->state = "";
	copy_text(k->name, sizeof(k->name), c->name);
	k->next = s->kids;
	s->kids = k;
	return k;
}

/* An open call that nobody follows, and of which a run may hear more: 1, 0, -1. */
static int
has_left(struct supervise *s, int64_t campaign, struct fault *f)
{
	struct uuid after = {{0}};
	struct order o;
	int64_t open;
	int got;

	if (calls_open_count(s->db, campaign, &open, f) < 0)
		return -1;
	if (open == 0)
		return 0;
	while ((got = calls_next_open(s->db, NULL, &after, &o, f)) > 0)
		if (o.campaign == campaign && o.call.rank != RANK_UNKNOWN &&
		    !owner_alive(s->db, o.owner))
			return 1;
	return got;
}

/* Whether a run would find something to do: somebody is due, or a call is to be settled. */
static int
has_work(struct supervise *s, const struct kid *k, const struct campaign *c, struct fault *f)
{
	int64_t due, next;
	bool stale;

	if (k->starts == 0 || k->crashed)
		return 1;
	if (schedule_is_stale(s->db, c->id, &stale, f) < 0 ||
	    schedule_due(s->db, c, clock_wall(), 1, &due, &next, f) < 0)
		return -1;
	return due > 0 || stale ? 1 : has_left(s, c->id, f);
}

static int
look_at(struct supervise *s, const struct campaign *c, struct fault *f)
{
	struct kid *k = kid_of(s, c);
	int work;

	k->wanted = true;
	if (k->pid != 0 || now_ms() < k->next_at)
		return 0;
	if ((work = has_work(s, k, c, f)) > 0)
		start(s, k);
	return work < 0 ? -1 : 0;
}

static void
drop_unwanted(struct supervise *s)
{
	for (struct kid **at = &s->kids, *k; (k = *at) != NULL;) {
		if (!k->wanted)
			end(s, k);
		if (k->wanted || k->pid != 0) {
			at = &k->next;
			continue;
		}
		say(s, k, "gone");
		*at = k->next;
		free(k);
	}
}

static int
look_at_all(struct supervise *s, struct fault *f)
{
	struct stop stop;
	struct campaign c;
	int64_t after = 0;
	int got = 0;

	if (control_stopped(s->db, &stop, f) < 0)
		return -1;
	for (struct kid *k = s->kids; k != NULL; k = k->next)
		k->wanted = false;
	while (
	    !stop.stopped && !s->quitting && (got = campaigns_next(s->db, &after, &c, f)) > 0)
		if (c.state == CAMPAIGN_ACTIVE && look_at(s, &c, f) < 0)
			return -1;
	return got;
}

/* A hangup was asked for that no dialer hears of. A dialer of that exchange takes such a call over, too. */
static bool
is_nobodys(struct supervise *s, struct fault *f)
{
	struct uuid id = {{0}};
	struct order o;

	while (lines_next_hangup(s->db, &id, f) > 0)
		if (calls_order(s->db, &id, &o, f) > 0 && o.campaign != 0 &&
		    !owner_alive(s->db, o.owner))
			return true;
	return false;
}

static void
settle_asked(struct supervise *s, struct fault *f)
{
	char *argv[] = {s->reconcile, "-q", NULL};

	if (s->settling != 0)
		return;
	if (!is_nobodys(s, f)) {
		s->settle_at = s->settle_pause = 0;
		return;
	}
	if (now_ms() < s->settle_at)
		return;
	s->settle_pause = s->settle_pause == 0 ? SETTLE_MS : s->settle_pause * 2;
	if (s->settle_pause > SETTLE_MAX_MS)
		s->settle_pause = SETTLE_MAX_MS;
	if (proc_start(argv, s->null, s->null, &s->settling, f) < 0) {
		s->settling = 0;
		s->settle_at = now_ms() + SETTLE_MAX_MS;
	}
}

/* A store that cannot be read now is read again: nothing is ended for it. */
static void
look(void *arg)
{
	struct supervise *s = arg;
	struct fault f;

	s->timer = NULL;
	if (look_at_all(s, &f) == 0 && !s->quitting)
		drop_unwanted(s);
	if (!s->quitting)
		settle_asked(s, &f);
	if (!s->quitting)
		s->timer = loop_at(s->loop, clock_mono() + LOOK_MS * clock_scale(), look, s);
}

int
supervise_run(struct db *db, int fd, struct fault *f)
{
	struct supervise s = {.db = db, .fd = fd, .f = f, .null = -1};
	struct kid *k;

	s.program = proc_find("outreach-run");
	s.reconcile = proc_find("outreach-reconcile");
	s.null = open("/dev/null", O_RDWR | O_CLOEXEC);
	s.loop = loop_new();
	if (s.program == NULL || s.reconcile == NULL)
		s.rc = fault(f, CONFIG, "%s is not installed",
		    s.program == NULL ? "outreach-run" : "outreach-reconcile");
	else if (s.null < 0)
		s.rc = fault(f, OSERR, "/dev/null: %s", strerror(errno));
	else if (setenv("OUTREACH_DB", db->path, 1) < 0)
		s.rc = fault(f, OSERR, "the environment: %s", strerror(errno));
	if (s.rc == 0) {
		loop_signal(s.loop, SIGCHLD, on_child, &s);
		loop_signal(s.loop, SIGTERM, on_signal, &s);
		loop_signal(s.loop, SIGINT, on_signal, &s);
		loop_fd(s.loop, fd, POLLIN, readable, &s);
		look(&s);
		s.rc = loop_run(s.loop, f);
	}
	while ((k = s.kids) != NULL) {
		s.kids = k->next;
		free(k);
	}
	loop_free(s.loop);
	if (s.null >= 0)
		close(s.null);
	free(s.program);
	free(s.reconcile);
	buf_release(&s.line);
	return s.rc;
}
