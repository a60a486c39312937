/*
 * loop: order of timers, descriptors that come and go, signals, virtual time.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "fault.h"
#include "loop.h"
#include "rand.h"
#include "tap.h"

static struct {
	struct loop *l;
	char log[4096];
	int n;
	int fds[2], other[2];
	struct loop_timer *timer;
} t;

static void
note(const char *text)
{
	t.n++;
	if (strlen(t.log) + strlen(text) + 1 < sizeof(t.log))
		memcpy(t.log + strlen(t.log), text, strlen(text) + 1);
}

static void
on_timer(void *arg)
{
	note(arg);
}

static void
start(void)
{
	t.l = loop_new();
	t.log[0] = '\0';
	t.n = 0;
	if (pipe(t.fds) < 0 || pipe(t.other) < 0)
		abort();
}

static void
finish(void)
{
	loop_free(t.l);
	for (int i = 0; i < 2; i++) {
		close(t.fds[i]);
		close(t.other[i]);
	}
}

static int
run(void)
{
	struct fault f;

	return loop_run(t.l, &f);
}

static void
test_timers(void)
{
	int64_t now;
	struct loop_timer *gone, *late;

	start();
	is_int(run(), 0, "a loop with nothing to wait for ends");
	now = clock_mono();
	loop_at(t.l, now + 30, on_timer, "c");
	loop_at(t.l, now + 10, on_timer, "a");
	gone = loop_at(t.l, now + 15, on_timer, "X");
	loop_at(t.l, now + 20, on_timer, "1");
	loop_at(t.l, now + 20, on_timer, "2");
	loop_at(t.l, now + 20, on_timer, "3");
	late = loop_at(t.l, now + 99, on_timer, "Y");
	loop_cancel(t.l, gone);
	loop_cancel(t.l, late);
	loop_cancel(t.l, NULL);
	is_int(run(), 0, "timers ran out");
	is_str(t.log, "a123c", "in order of time, then of creation, without the cancelled");
	finish();
}

static int64_t last_at;
static int in_order, fired;

static void
on_ordered(void *arg)
{
	int64_t at = *(int64_t *)arg;

	in_order &= at >= last_at;
	last_at = at;
	fired++;
}

static void
test_many_timers(void)
{
	enum { N = 2000 };
	static int64_t at[N];
	static struct loop_timer *timers[N];

	start();
	in_order = 1;
	last_at = fired = 0;
	for (int i = 0; i < N; i++) {
		at[i] = clock_mono() + (int64_t)rand_below(100000);
		timers[i] = loop_at(t.l, at[i], on_ordered, &at[i]);
	}
	for (int i = 0; i < N; i += 3)
		loop_cancel(t.l, timers[i]);
	run();
	ok(in_order, "2,000 timers with every third cancelled fire in order");
	is_int(fired, N - (N + 2) / 3, "each once");
	finish();
}

static void
again(void *arg)
{
	note("t");
	loop_cancel(t.l, t.timer); /* its own handle: nothing happens */
	t.timer = t.n < 3 ? loop_at(t.l, clock_mono(), again, arg) : NULL;
}

static void
test_timer_in_timer(void)
{
	start();
	t.timer = loop_at(t.l, 0, again, NULL);
	is_int(run(), 0, "a timer that sets itself again");
	is_str(t.log, "ttt", "fires each time");
	finish();
}

static void
on_bytes(void *arg, short revents)
{
	char c;

	if (revents & POLLIN && read(t.fds[0], &c, 1) == 1)
		note((char[]){c, '\0'});
	if (t.log[0] && t.log[strlen(t.log) - 1] == 'e')
		loop_fd_remove(t.l, t.fds[0]);
}

static void
on_writable(void *arg, short revents)
{
	note("w");
	loop_fd_remove(t.l, t.other[1]);
	if (write(t.fds[1], "abe", 3) != 3)
		abort();
}

static void
test_descriptors(void)
{
	start();
	loop_fd(t.l, t.fds[0], POLLIN, on_bytes, NULL);
	loop_fd(t.l, t.other[1], POLLOUT, on_writable, NULL);
	is_int(loop_readable(t.fds[0]), 0, "an empty pipe is not readable");
	is_int(loop_wait(t.fds[0], 1), 0, "and waiting for it times out");
	is_int(run(), 0, "until the last watch is removed");
	is_str(t.log, "wabe", "each descriptor was served");
	loop_fd_remove(t.l, 999);
	loop_fd_remove(t.l, -1);
	close(t.fds[1]);
	is_int(loop_readable(t.fds[0]), 1, "an end is readable");
	is_int(loop_wait(t.fds[0], -1), 1, "and wakes a wait");
	t.fds[1] = dup(t.fds[0]);
	finish();
}

static void
must_not(void *arg, short revents)
{
	note("X");
}

static void
replace(void *arg, short revents)
{
	/* Both are ready; the other is removed and its number watched anew. */
	note("r");
	loop_fd_remove(t.l, t.fds[0]);
	loop_fd_remove(t.l, t.other[0]);
	loop_fd(t.l, arg == t.fds ? t.other[0] : t.fds[0], 0, must_not, NULL);
	loop_stop(t.l);
}

static void
test_stale(void)
{
	start();
	loop_fd(t.l, t.fds[0], POLLIN, replace, t.fds);
	loop_fd(t.l, t.other[0], POLLIN, replace, t.other);
	if (write(t.fds[1], "x", 1) != 1 || write(t.other[1], "x", 1) != 1)
		abort();
	run();
	is_str(t.log, "r", "a watch that replaced another is not served with its event");
	finish();
}

static void
on_signal(void *arg, int signo)
{
	note(signo == SIGUSR1 ? "1" : "T");
	if (signo == SIGTERM)
		loop_stop(t.l);
}

static void
raise_both(void *arg)
{
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGTERM);
}

static void
test_signals(void)
{
	sigset_t mask;

	start();
	loop_signal(t.l, SIGUSR1, on_signal, NULL);
	loop_signal(t.l, SIGTERM, on_signal, NULL);
	is_int(run(), 0, "signals alone do not keep the loop");
	loop_fd(t.l, t.fds[0], POLLIN, on_bytes, NULL);
	loop_at(t.l, 0, raise_both, NULL);
	is_int(run(), 0, "stopped from a signal");
	is_str(t.log, "1T", "both arrived");
	finish();
	sigprocmask(SIG_SETMASK, NULL, &mask);
	ok(!sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGTERM),
	    "the mask is restored");
}

/* Where no descriptor is left for a signal it must not be blocked in silence. */
static void
test_deaf(void)
{
	struct rlimit was, none;
	struct fault f;
	sigset_t mask;

	start();
	getrlimit(RLIMIT_NOFILE, &was);
	none = (struct rlimit){0, was.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
	loop_signal(t.l, SIGTERM, on_signal, NULL);
	setrlimit(RLIMIT_NOFILE, &was);
	is_int(loop_run(t.l, &f), -1, "a signal that cannot be heard is a fault");
	is_str(f.text, "signalfd: Too many open files", "in words");
	finish();
	sigprocmask(SIG_SETMASK, NULL, &mask);
	ok(!sigismember(&mask, SIGTERM), "and it is not blocked for ever");
}

static void
end_virtual(void *arg)
{
	note("!");
	if (write(t.fds[1], "e", 1) != 1)
		abort();
}

static void
test_virtual(void)
{
	int64_t mono;

	clock_virtual(1772442000000);
	start();
	mono = clock_mono();
	loop_fd(t.l, t.fds[0], POLLIN, on_bytes, NULL);
	loop_at(t.l, mono + 86400000, on_timer, "day");
	loop_at(t.l, mono + 3600000, on_timer, "hour ");
	loop_at(t.l, mono + 86400001, end_virtual, NULL);
	is_int(run(), 0, "a day in virtual time");
	is_str(t.log, "hour day!e", "in order, and the descriptor is still served");
	is_int(clock_mono() - mono, 86400001, "exactly that long");
	is_int(clock_wall(), 1772442000000 + 86400001, "on both clocks");
	is_int(loop_wait(t.fds[0], 500), 0, "a wait with time-out jumps");
	is_int(clock_mono() - mono, 86400501, "by its length");
	finish();
}

int
main(void)
{
	test_timers();
	test_timer_in_timer();
	test_descriptors();
	test_stale();
	test_signals();
	test_deaf();
	test_virtual();
	test_many_timers();
	return done_testing();
}
