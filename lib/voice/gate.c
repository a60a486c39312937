/*
 * gate: one short HTTP request at a time, never waited for. A socket that
 * nobody listens on, an answer that does not come and a 503 are all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "gate.h"
#include "mem.h"

enum { US = 1000, PATIENCE_MS = 1000 };

static const char question[] = "GET /readyz HTTP/1.0\r\n\r\n";
static const char good[] = "HTTP/1.1 200 ";

struct gate {
	char *dir;
	struct loop *loop;
	struct loop_timer *timer;
	void (*changed)(void *arg, bool open, const char *why);
	void *arg;
	int fd; /* -1: nothing was asked */
	char answer[sizeof(good)];
	size_t got;
	int64_t asked_us, good_us; /* 0: never */
	bool open;
	char why[200];
};

static void
hang_up(struct gate *g)
{
	if (g->fd < 0)
		return;
	loop_fd_remove(g->loop, g->fd);
	close(g->fd);
	g->fd = -1;
}

bool
gate_answered(const struct gate *g, int ms)
{
	return g->good_us != 0 && clock_real_us() - g->good_us <= (int64_t)ms * US;
}

/* Opens or shuts it, if that is a change. */
static void
judge(struct gate *g)
{
	bool open = gate_answered(g, GATE_OPEN_MS);

	if (open == g->open)
		return;
	g->open = open;
	g->changed(g->arg, open, open ? NULL : g->why);
}

static void
fails(struct gate *g, const char *why)
{
	bool other = strcmp(g->why, why) != 0;

	hang_up(g);
	copy_text(g->why, sizeof(g->why), why);
	if (!g->open && other)
		g->changed(g->arg, false, g->why);
	judge(g);
}

static void
readable(void *arg, short revents)
{
	struct gate *g = arg;
	ssize_t n = read(g->fd, g->answer + g->got, sizeof(good) - 1 - g->got);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fails(g, "outreach-serve ended without an answer");
		return;
	}
	g->got += (size_t)n;
	if (g->got < sizeof(good) - 1)
		return;
	if (memcmp(g->answer, good, sizeof(good) - 1) != 0) {
		fails(g, "outreach-serve is there, and not ready");
		return;
	}
	hang_up(g);
	g->good_us = clock_real_us();
	judge(g);
}

/* Long paths do not fit into an address; one through the folder's descriptor does. */
static int
dial(struct gate *g)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int at = open(g->dir, O_PATH | O_DIRECTORY | O_CLOEXEC), rc = -1, saved;

	if (at < 0)
		return -1;
	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/" GATE_SOCKET, at);
	g->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (g->fd >= 0)
		rc = connect(g->fd, (struct sockaddr *)&a, sizeof(a));
	saved = errno;
	close(at);
	if (rc < 0 && g->fd >= 0) {
		close(g->fd);
		g->fd = -1;
	}
	errno = saved;
	return rc;
}

static void
ask(struct gate *g)
{
	g->got = 0;
	g->asked_us = clock_real_us();
	if (dial(g) < 0) {
		fails(g, "outreach-serve does not run on this store");
		return;
	}
	loop_fd(g->loop, g->fd, POLLIN, readable, g);
	if (send(g->fd, question, sizeof(question) - 1, MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(question) - 1)
		fails(g, "outreach-serve takes no question");
}

static void
turn(void *arg)
{
	struct gate *g = arg;

	g->timer = loop_at(g->loop, clock_mono() + GATE_ASK_MS * clock_scale(), turn, g);
	if (g->fd < 0)
		ask(g);
	else if (clock_real_us() - g->asked_us > (int64_t)PATIENCE_MS * US)
		fails(g, "outreach-serve does not answer");
	else
		judge(g);
}

struct gate *
gate_new(const char *store, struct loop *loop,
    void (*changed)(void *arg, bool open, const char *why), void *arg)
{
	struct gate *g = xcalloc(1, sizeof(*g));

	g->dir = xasprintf("%s.d", store);
	g->loop = loop;
	g->changed = changed;
	g->arg = arg;
	g->fd = -1;
	copy_text(g->why, sizeof(g->why), "outreach-serve was not asked yet");
	g->timer = loop_at(loop, clock_mono(), turn, g);
	return g;
}

void
gate_free(struct gate *g)
{
	if (!g)
		return;
	hang_up(g);
	loop_cancel(g->loop, g->timer);
	free(g->dir);
	free(g);
}
