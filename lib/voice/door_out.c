/*
 * door_out: records out. A reader that stops stops new calls, never the
 * recording: what waits is bounded by the calls that live. Writes are small
 * enough never to block on a pipe that poll calls writable (pipe(7), PIPE_BUF).
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "door_parts.h"

enum { FULL_BYTES = 64 << 10, FLOWS_BYTES = 16 << 10 };

static void
say_full(struct door *d, bool full)
{
	struct dial_input in = {.kind = full ? DIAL_FULL : DIAL_FLOWS};

	if (d->out.full == full)
		return;
	d->out.full = full;
	door_feed(d, &in);
}

static void
gone(struct door *d)
{
	struct door_out *o = &d->out;

	o->gone = true;
	(void)fault(&o->why, IOERR, "standard output: %s", strerror(errno));
	buf_reset(&o->buf);
	o->sent = 0;
	door_halt(d, &o->why);
	say_full(d, false);
}

static void
writable(void *arg, short revents)
{
	struct door *d = arg;
	struct door_out *o = &d->out;
	size_t left = o->buf.len - o->sent;
	ssize_t n = write(STDOUT_FILENO, o->buf.p + o->sent, left < PIPE_BUF ? left : PIPE_BUF);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		gone(d);
	} else if (n > 0) {
		o->sent += (size_t)n;
		left -= (size_t)n;
	}
	if (left == 0 || o->gone) {
		buf_reset(&o->buf);
		o->sent = 0;
	} else if (o->sent > FULL_BYTES) {
		memmove(o->buf.p, o->buf.p + o->sent, left);
		o->buf.len = left;
		o->sent = 0;
	}
	if (!o->gone && left < FLOWS_BYTES)
		say_full(d, false);
	door_write(d);
	door_turn_soon(d);
}

void
door_put(struct door *d, const char *p, size_t len)
{
	struct door_out *o = &d->out;

	if (o->gone || d->opt.no_output)
		return;
	buf_add(&o->buf, p, len);
	if (o->buf.len - o->sent > FULL_BYTES)
		say_full(d, true);
}

void
door_write(struct door *d)
{
	struct door_out *o = &d->out;
	bool more = o->buf.len > o->sent;

	if (more && !o->watched)
		loop_fd(d->loop, STDOUT_FILENO, POLLOUT, writable, d);
	else if (!more && o->watched)
		loop_fd_remove(d->loop, STDOUT_FILENO);
	o->watched = more;
}

bool
door_written(const struct door *d)
{
	return d->out.buf.len == d->out.sent;
}
