/*
 * loop: the one place that waits. Watches are found by descriptor, timers lie
 * in a heap ordered by instant and age. Callbacks may add and remove anything,
 * so a ready descriptor is looked up again before it is served.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fault.h"
#include "loop.h"
#include "mem.h"

enum { SIGNALS = 65 };

struct watch {
	void (*cb)(void *arg, short revents);
	void *arg;
	uint64_t age; /* tells a descriptor number from its reuse */
	int slot;     /* in polls */
};

struct loop_timer {
	int64_t at;
	uint64_t age; /* equal instants fire in order of creation */
	void (*cb)(void *arg);
	void *arg;
	size_t place; /* in the heap */
};

struct loop {
	struct watch *watches; /* by descriptor */
	size_t nwatches;
	struct pollfd *polls; /* watched descriptors, dense */
	size_t npolls, polls_cap;
	struct loop_timer **heap;
	size_t ntimers, heap_cap;
	struct loop_timer *firing;
	uint64_t age;
	int signal_fd, signal_error; /* errno: a signal that is blocked and never heard */
	sigset_t signals, blocked_before;
	struct {
		void (*cb)(void *arg, int signo);
		void *arg;
	} on_signal[SIGNALS];
	int stopped;
};

struct loop *
loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	l->signal_fd = -1;
	sigemptyset(&l->signals);
	sigprocmask(SIG_SETMASK, NULL, &l->blocked_before);
	return l;
}

void
loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->signal_fd >= 0 || l->signal_error) {
		if (l->signal_fd >= 0)
			close(l->signal_fd);
		for (int s = 1; s < SIGNALS; s++)
			if (sigismember(&l->blocked_before, s) == 1)
				sigdelset(&l->signals, s);
		sigprocmask(SIG_UNBLOCK, &l->signals, NULL);
	}
	for (size_t i = 0; i < l->ntimers; i++)
		free(l->heap[i]);
	free(l->heap);
	free(l->polls);
	free(l->watches);
	free(l);
}

static struct watch *
watch_of(struct loop *l, int fd)
{
	return (size_t)fd < l->nwatches && l->watches[fd].cb ? &l->watches[fd] : NULL;
}

void
loop_fd(struct loop *l, int fd, short events, void (*cb)(void *, short), void *arg)
{
	struct watch *w;

	if ((size_t)fd >= l->nwatches) {
		size_t n = (size_t)fd + 16;

		l->watches = xrealloc(l->watches, n, sizeof(*l->watches));
		memset(l->watches + l->nwatches, 0, (n - l->nwatches) * sizeof(*l->watches));
		l->nwatches = n;
	}
	w = &l->watches[fd];
	if (!w->cb) {
		if (l->npolls == l->polls_cap) {
			l->polls_cap = l->polls_cap ? l->polls_cap * 2 : 8;
			l->polls = xrealloc(l->polls, l->polls_cap, sizeof(*l->polls));
		}
		w->slot = (int)l->npolls++;
		w->age = ++l->age;
		l->polls[w->slot] = (struct pollfd){.fd = fd};
	}
	w->cb = cb;
	w->arg = arg;
	l->polls[w->slot].events = events;
}

void
loop_fd_remove(struct loop *l, int fd)
{
	struct watch *w = fd < 0 ? NULL : watch_of(l, fd);

	if (!w)
		return;
	l->polls[w->slot] = l->polls[--l->npolls];
	l->watches[l->polls[w->slot].fd].slot = w->slot;
	w->cb = NULL;
}

static int
fires_before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->at < b->at || (a->at == b->at && a->age < b->age);
}

static void
heap_put(struct loop *l, size_t place, struct loop_timer *t)
{
	l->heap[place] = t;
	t->place = place;
}

/* Moves t, which belongs near place, to where it stands in order. */
static void
heap_settle(struct loop *l, size_t place, struct loop_timer *t)
{
	size_t child;

	while (place > 0 && fires_before(t, l->heap[(place - 1) / 2])) {
		heap_put(l, place, l->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	while ((child = 2 * place + 1) < l->ntimers) {
		if (child + 1 < l->ntimers && fires_before(l->heap[child + 1], l->heap[child]))
			child++;
		if (!fires_before(l->heap[child], t))
			break;
		heap_put(l, place, l->heap[child]);
		place = child;
	}
	heap_put(l, place, t);
}

static void
heap_remove(struct loop *l, struct loop_timer *t)
{
	struct loop_timer *last = l->heap[--l->ntimers];

	if (last != t)
		heap_settle(l, t->place, last);
}

struct loop_timer *
loop_at(struct loop *l, int64_t mono_ms, void (*cb)(void *), void *arg)
{
	struct loop_timer *t = xmalloc(sizeof(*t));

	*t = (struct loop_timer){.at = mono_ms, .age = ++l->age, .cb = cb, .arg = arg};
	if (l->ntimers == l->heap_cap) {
		l->heap_cap = l->heap_cap ? l->heap_cap * 2 : 16;
		l->heap = xrealloc(l->heap, l->heap_cap, sizeof(struct loop_timer *));
	}
	l->ntimers++;
	heap_settle(l, l->ntimers - 1, t);
	return t;
}

void
loop_cancel(struct loop *l, struct loop_timer *t)
{
	if (!t || t == l->firing)
		return;
	heap_remove(l, t);
	free(t);
}

static void
fire_due(struct loop *l)
{
	int64_t now = clock_mono();
	uint64_t until = l->age; /* timers set by these callbacks wait for the next turn */

	while (!l->stopped && l->ntimers && l->heap[0]->at <= now && l->heap[0]->age <= until) {
		struct loop_timer *t = l->heap[0];

		heap_remove(l, t);
		l->firing = t;
		t->cb(t->arg);
		l->firing = NULL;
		free(t);
	}
}

void
loop_signal(struct loop *l, int signo, void (*cb)(void *, int), void *arg)
{
	sigset_t one;
	int fd;

	sigemptyset(&one);
	sigaddset(&one, signo);
	sigprocmask(SIG_BLOCK, &one, NULL);
	sigaddset(&l->signals, signo);
	fd = signalfd(l->signal_fd, &l->signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		l->signal_error = errno;
	else
		l->signal_fd = fd;
	l->on_signal[signo].cb = cb;
	l->on_signal[signo].arg = arg;
}

static void
serve_signals(struct loop *l)
{
	struct signalfd_siginfo info;

	while (
	    !l->stopped && read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		int signo = (int)info.ssi_signo;

		if (signo < SIGNALS && l->on_signal[signo].cb)
			l->on_signal[signo].cb(l->on_signal[signo].arg, signo);
	}
}

/* A span of our clock as real time for ppoll; null waits for ever. */
static struct timespec *
real_span(int64_t ms, struct timespec *t)
{
	int64_t scale = clock_scale();
	int64_t whole = ms / scale;

	if (ms < 0)
		return NULL;
	t->tv_sec = (time_t)(whole / 1000);
	t->tv_nsec = (long)(whole % 1000 * 1000000 + (ms % scale) * 1000000 / scale);
	return t;
}

/* How long poll may wait, in ms of our clock; -1 for ever. */
static int64_t
patience(const struct loop *l)
{
	int64_t left;

	if (!l->ntimers)
		return -1;
	left = l->heap[0]->at - clock_mono();
	return left < 0 || clock_is_virtual() ? 0 : left;
}

/* Serves what was ready in the copy, as far as it is still watched by the same watch. */
static void
serve(struct loop *l, const struct pollfd *ready, size_t n, uint64_t until)
{
	for (size_t i = 0; i < n && !l->stopped; i++) {
		struct watch *w = ready[i].revents ? watch_of(l, ready[i].fd) : NULL;

		if (w && w->age <= until)
			w->cb(w->arg, ready[i].revents);
	}
}

/* One wait and what it brought: how many descriptors were ready, or -1. */
static int
turn(struct loop *l, struct pollfd **ready, size_t *cap, struct fault *f)
{
	size_t n = l->npolls;
	uint64_t until = l->age;
	struct timespec span;
	int got;

	if (*cap < n + 1) {
		*cap = 2 * (n + 1);
		*ready = xrealloc(*ready, *cap, sizeof(**ready));
	}
	if (n)
		memcpy(*ready, l->polls, n * sizeof(**ready));
	(*ready)[n] = (struct pollfd){.fd = l->signal_fd, .events = POLLIN};
	got = ppoll(*ready, n + 1, real_span(patience(l), &span), NULL);
	if (got < 0 && errno == EINTR)
		return 0;
	if (got < 0)
		return fault(f, OSERR, "poll: %s", strerror(errno));
	if ((*ready)[n].revents)
		serve_signals(l);
	if (got > 0)
		serve(l, *ready, n, until);
	return got;
}

int
loop_run(struct loop *l, struct fault *f)
{
	struct pollfd *ready = NULL;
	size_t cap = 0;
	int got = 0;

	if (l->signal_error)
		return fault(f, OSERR, "signalfd: %s", strerror(l->signal_error));
	l->stopped = 0;
	while (got >= 0 && !l->stopped && (l->npolls || l->ntimers)) {
		got = turn(l, &ready, &cap, f);
		if (got == 0 && clock_is_virtual() && l->ntimers)
			clock_advance(l->heap[0]->at);
		if (got >= 0)
			fire_due(l);
	}
	free(ready);
	return got < 0 ? -1 : 0;
}

void
loop_stop(struct loop *l)
{
	l->stopped = 1;
}

int
loop_readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

int
loop_wait(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct timespec span;
	int got = ppoll(&p, 1, real_span(clock_is_virtual() && ms >= 0 ? 0 : ms, &span), NULL);

	if (got == 0 && clock_is_virtual())
		clock_advance(clock_mono() + ms);
	return got < 0 ? -1 : got > 0;
}

int
loop_wait_writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, -1) < 0 ? -1 : 1;
}

int
loop_sleep(int64_t ms)
{
	struct timespec span;

	if (ms < 0)
		ms = 0;
	if (clock_is_virtual()) {
		clock_advance(clock_mono() + ms);
		return 0;
	}
	return ppoll(NULL, 0, real_span(ms, &span), NULL) < 0 ? -1 : 0;
}

void
loop_yield(int us)
{
	struct timespec span = {.tv_nsec = us * 1000L};

	(void)ppoll(NULL, 0, &span, NULL);
}
