/*
 * httpd: a server in the test's own loop that answers from a script: one reply
 * a request, whole bytes as they go on the wire. A null reply closes the
 * connection; HTTPD_HANG never answers.
 */
#ifndef HTTPD_H
#define HTTPD_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "loop.h"
#include "mem.h"

#define HTTPD_HANG "hang"

struct httpd_peer {
	struct httpd *h;
	int fd;
	struct buf in;
};

struct httpd {
	struct loop *loop;
	int fd, port;
	const char *(*answer)(struct httpd *, int n, const char *request);
	int requests, open, widest;
	struct buf last; /* the last request, whole */
	struct httpd_peer *peer[64];
	int peers;
};

static void
httpd_hang_up(struct httpd_peer *p)
{
	loop_fd_remove(p->h->loop, p->fd);
	close(p->fd);
	p->fd = -1;
	p->h->open--;
}

/* The whole request in the buffer: its length, or 0. */
static size_t
httpd_whole(const struct buf *b)
{
	const char *end = b->len ? strstr(b->p, "\r\n\r\n") : NULL;
	const char *length = b->len ? strstr(b->p, "Content-Length: ") : NULL;
	size_t body = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
	size_t head = end ? (size_t)(end - b->p) + 4 : 0;

	return end && b->len >= head + body ? head + body : 0;
}

static void
httpd_readable(void *arg, short revents)
{
	struct httpd_peer *p = arg;
	struct httpd *h = p->h;
	char bytes[65536];
	ssize_t n = read(p->fd, bytes, sizeof(bytes));
	const char *reply;

	if (n <= 0) {
		httpd_hang_up(p);
		return;
	}
	buf_add(&p->in, bytes, (size_t)n);
	if (!httpd_whole(&p->in))
		return;
	buf_reset(&h->last);
	buf_add(&h->last, p->in.p, p->in.len);
	buf_reset(&p->in);
	reply = h->answer(h, h->requests++, h->last.p);
	if (!reply)
		httpd_hang_up(p);
	else if (strcmp(reply, HTTPD_HANG) && write(p->fd, reply, strlen(reply)) < 0)
		httpd_hang_up(p);
}

static void
httpd_knock(void *arg, short revents)
{
	struct httpd *h = arg;
	struct httpd_peer *p;
	int fd = accept4(h->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0 || h->peers == COUNT(h->peer))
		abort();
	p = h->peer[h->peers++] = xcalloc(1, sizeof(*p));
	*p = (struct httpd_peer){.h = h, .fd = fd};
	if (++h->open > h->widest)
		h->widest = h->open;
	loop_fd(h->loop, fd, POLLIN, httpd_readable, p);
}

static void
httpd_open(struct httpd *h, struct loop *loop,
    const char *(*answer)(struct httpd *, int n, const char *request))
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);

	memset(h, 0, sizeof(*h));
	h->loop = loop;
	h->answer = answer;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	h->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (h->fd < 0 || bind(h->fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(h->fd, 64) < 0 || getsockname(h->fd, (struct sockaddr *)&a, &len) < 0)
		abort();
	h->port = ntohs(a.sin_port);
	loop_fd(loop, h->fd, POLLIN, httpd_knock, h);
}

static void
httpd_close(struct httpd *h)
{
	loop_fd_remove(h->loop, h->fd);
	close(h->fd);
	for (int i = 0; i < h->peers; i++) {
		if (h->peer[i]->fd >= 0)
			httpd_hang_up(h->peer[i]);
		buf_release(&h->peer[i]->in);
		free(h->peer[i]);
	}
	buf_release(&h->last);
}

#endif
