/*
 * simhttp: connections and the requests on them. What a call is and what its
 * webhooks say is in simpeer.c.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"
#include "num.h"
#include "simpeer.h"

enum { READ_SIZE = 16 << 10, REQUEST_MAX = 256 << 10, HEAD_MAX = 16 << 10, SLOW_MS = 2000 };

struct conn {
	struct simhttp *h;
	struct conn *next;
	struct loop_timer *timer; /* set: the answer waits for it */
	int fd;
	struct buf in, out;
	bool ended; /* closes when all is written */
};

struct simhttp {
	struct simpeer *peer;
	struct loop *loop;
	struct conn *conns;
	char *secret;
	int fd, port;
};

/* ---- one request ------------------------------------------------------------------- */

static struct slice
trim(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	return (struct slice){p, (size_t)(end - p)};
}

static bool
same_word(struct slice s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.p, word, s.len) == 0;
}

/* One field line; false if it makes the request none. */
static bool
take_field(const char *line, const char *end, struct simhttp_request *r, int64_t *length)
{
	const char *colon = memchr(line, ':', (size_t)(end - line));
	struct slice name, value;
	struct fault ignored;
	char text[24];

	if (colon == NULL)
		return false;
	name = (struct slice){line, (size_t)(colon - line)};
	value = trim(colon + 1, end);
	if (same_word(name, "Idempotency-Key"))
		r->key = value;
	else if (same_word(name, "Authorization"))
		r->secret = value;
	else if (same_word(name, "Connection"))
		r->close = same_word(value, "close");
	else if (same_word(name, "Transfer-Encoding"))
		return false;
	else if (same_word(name, "Content-Length")) {
		if (*length >= 0 || value.len == 0 || value.len >= sizeof(text))
			return false;
		memcpy(text, value.p, value.len);
		text[value.len] = '\0';
		return num_parse("length", text, 0, REQUEST_MAX, length, &ignored) == 0;
	}
	return true;
}

/* "METHOD TARGET HTTP/1.1". */
static bool
take_line(const char *line, const char *end, struct simhttp_request *r)
{
	const char *sp = memchr(line, ' ', (size_t)(end - line)), *second;

	if (sp == NULL || sp == line)
		return false;
	second = memchr(sp + 1, ' ', (size_t)(end - sp - 1));
	if (second == NULL || second == sp + 1 || !same_word(trim(second + 1, end), "HTTP/1.1"))
		return false;
	r->method = (struct slice){line, (size_t)(sp - line)};
	r->target = (struct slice){sp + 1, (size_t)(second - sp - 1)};
	return true;
}

ptrdiff_t
simhttp_parse(const char *p, size_t len, struct simhttp_request *r)
{
	const char *head = memmem(p, len, "\r\n\r\n", 4), *line = p, *end;
	int64_t length = -1;
	size_t at;

	*r = (struct simhttp_request){.close = false};
	if (head == NULL)
		return len > HEAD_MAX ? -1 : 0;
	at = (size_t)(head - p) + 4;
	for (bool first = true; line < head; line = end + 1, first = false) {
		end = memchr(line, '\n', (size_t)(head + 2 - line));
		if (end == NULL ||
		    !(first ? take_line(line, end, r) : take_field(line, end, r, &length)))
			return -1;
	}
	if (r->method.len == 0)
		return -1;
	if (length < 0)
		length = 0;
	if (len - at < (size_t)length)
		return 0;
	r->body = (struct slice){p + at, (size_t)length};
	return (ptrdiff_t)(at + (size_t)length);
}

/* ---- connections ----------------------------------------------------------------------- */

static void watch(struct conn *);

static void
conn_close(struct conn *c)
{
	struct conn **at = &c->h->conns;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	loop_cancel(c->h->loop, c->timer);
	loop_fd_remove(c->h->loop, c->fd);
	close(c->fd);
	buf_release(&c->in);
	buf_release(&c->out);
	free(c);
}

static const char *
words_of(int status)
{
	switch (status) {
	case 200: return "OK";
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 422: return "Unprocessable Content";
	case 503: return "Service Unavailable";
	default: return "Internal Server Error";
	}
}

static void
put_reply(struct conn *c, int status, const struct buf *body)
{
	buf_printf(&c->out,
	    "HTTP/1.1 %d %s\r\nServer: " SIM_VERSION
	    "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
	    status, words_of(status), body->len, c->ended ? "Connection: close\r\n" : "");
	buf_add(&c->out, body->p, body->len);
}

static void
detail(struct buf *b, const char *text)
{
	buf_reset(b);
	buf_member(b, "detail", text);
	buf_addc(b, '}');
}

static bool
may_ask(const struct simhttp *h, struct slice secret)
{
	static const char bearer[] = "Bearer ";
	size_t n = sizeof(bearer) - 1;

	return h->secret == NULL ||
	    (secret.len == n + strlen(h->secret) && memcmp(secret.p, bearer, n) == 0 &&
		memcmp(secret.p + n, h->secret, secret.len - n) == 0);
}

static void
answer_late(void *arg)
{
	struct conn *c = arg;

	c->timer = NULL;
	watch(c);
}

static void
answer(struct conn *c, const struct simhttp_request *r)
{
	struct simhttp *h = c->h;
	struct peer_answer a = {.status = 200};
	bool get = slice_is(r->method, "GET"), post = slice_is(r->method, "POST");

	c->ended = r->close;
	if (get && slice_is(r->target, "/outreach-sim")) {
		buf_member(&a.body, "server", SIM_VERSION);
		buf_addc(&a.body, '}');
	} else if (!slice_is(r->target, "/api/call/initiate") &&
	    !slice_is(r->target, "/api/call/hangup")) {
		a.status = 404;
		detail(&a.body, "there is nothing under this path");
	} else if (!post) {
		a.status = 405;
		detail(&a.body, "POST is taken here");
	} else if (!may_ask(h, r->secret)) {
		a.status = 401;
		detail(&a.body, "the secret is missing or wrong");
	} else if (slice_is(r->target, "/api/call/hangup")) {
		simpeer_hangup(h->peer, r->body, &a);
	} else {
		simpeer_initiate(h->peer, r->key, r->body, &a);
	}
	if (a.cut == PEER_LOST)
		c->ended = true;
	else
		put_reply(c, a.status, &a.body);
	if (a.cut == PEER_CUT) {
		c->out.len -= a.body.len / 2;
		c->ended = true;
	} else if (a.cut == PEER_SLOW) {
		c->timer =
		    loop_at(h->loop, clock_mono() + SLOW_MS * clock_scale(), answer_late, c);
	}
	buf_release(&a.body);
}

static void
take(struct conn *c)
{
	struct simhttp_request r;
	ptrdiff_t n = 0;

	while (!c->ended && c->timer == NULL && c->in.len > 0 &&
	    (n = simhttp_parse(c->in.p, c->in.len, &r)) > 0) {
		answer(c, &r);
		memmove(c->in.p, c->in.p + n, c->in.len - (size_t)n);
		c->in.len -= (size_t)n;
	}
	if (n < 0 && !c->ended) {
		struct buf body = {0};

		c->ended = true;
		detail(&body, "this is no request that is read here");
		put_reply(c, 400, &body);
		buf_release(&body);
	}
}

static void
on_conn(void *arg, short revents)
{
	static char bytes[READ_SIZE];
	struct conn *c = arg;
	ssize_t n;

	if (revents & (POLLIN | POLLHUP | POLLERR)) {
		n = recv(c->fd, bytes, sizeof(bytes), 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			conn_close(c);
			return;
		}
		if (n > 0) {
			buf_add(&c->in, bytes, (size_t)n);
			take(c);
		}
	}
	watch(c);
}

/* Writes what it can, and waits for what comes next. */
static void
watch(struct conn *c)
{
	while (c->timer == NULL && c->out.len > 0) {
		ssize_t n = send(c->fd, c->out.p, c->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN) {
			conn_close(c);
			return;
		}
		if (n < 0)
			break;
		memmove(c->out.p, c->out.p + n, c->out.len - (size_t)n);
		c->out.len -= (size_t)n;
	}
	if (c->ended && c->timer == NULL && c->out.len == 0) {
		conn_close(c);
		return;
	}
	loop_fd(c->h->loop, c->fd,
	    (short)(POLLIN | (c->timer == NULL && c->out.len > 0 ? POLLOUT : 0)), on_conn, c);
}

static void
on_listen(void *arg, short revents)
{
	struct simhttp *h = arg;
	int fd = accept4(h->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct conn *c;

	if (fd < 0)
		return;
	c = xcalloc(1, sizeof(*c));
	c->h = h;
	c->fd = fd;
	c->next = h->conns;
	h->conns = c;
	watch(c);
}

/* ---- from outside ------------------------------------------------------------------------ */

int
simhttp_check(const char *word, struct fault *f)
{
	return simpeer_check(word, f);
}

struct simhttp *
simhttp_listen(const struct simhttp_options *o, struct fault *f)
{
	int port, fd = simami_bind(o->listen, &port, f);
	struct simhttp *h;

	if (fd < 0)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->fd = fd;
	h->port = port;
	h->secret = o->secret != NULL ? xstrdup(o->secret) : NULL;
	h->peer = simpeer_new(o);
	return h;
}

int
simhttp_port(const struct simhttp *h)
{
	return h->port;
}

int
simhttp_start(struct simhttp *h, struct loop *loop, struct simami *ami, struct fault *f)
{
	h->loop = loop;
	loop_fd(loop, h->fd, POLLIN, on_listen, h);
	return simpeer_start(h->peer, loop, ami, f);
}

void
simhttp_fact(struct simhttp *h, const struct sim_fact *fact, struct sim_fact *by)
{
	simpeer_fact(h->peer, fact, by);
}

void
simhttp_close(struct simhttp *h)
{
	if (h == NULL)
		return;
	while (h->conns != NULL)
		conn_close(h->conns);
	simpeer_free(h->peer);
	if (h->loop != NULL)
		loop_fd_remove(h->loop, h->fd);
	close(h->fd);
	free(h->secret);
	free(h);
}
