/*
 * conn: a list under a lock. The kernel counts what a connection received
 * (TCP_INFO), which tells a header that drips from a connection that is idle;
 * the library shows neither.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/tcp.h>

#include "clock.h"
#include "conn.h"
#include "mem.h"

void
conns_init(struct conns *k)
{
	*k = (struct conns){0};
	pthread_mutex_init(&k->lock, NULL);
}

void
conns_release(struct conns *k)
{
	while (k->first)
		conn_close(k, k->first);
	pthread_mutex_destroy(&k->lock);
}

struct conn *
conn_open(struct conns *k, int fd)
{
	struct conn *c = xcalloc(1, sizeof(*c));

	c->fd = fd;
	pthread_mutex_lock(&k->lock);
	c->next = k->first;
	if (c->next)
		c->next->prev = c;
	k->first = c;
	pthread_mutex_unlock(&k->lock);
	return c;
}

void
conn_close(struct conns *k, struct conn *c)
{
	pthread_mutex_lock(&k->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		k->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&k->lock);
	free(c);
}

/* 0 of a Unix socket: who may open it is trusted to be quick, or to be found by its idleness. */
static uint64_t
received(int fd)
{
	struct tcp_info info;
	socklen_t n = sizeof(info);

	memset(&info, 0, sizeof(info));
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0 ? 0
								    : info.tcpi_bytes_received;
}

void
conn_set(struct conns *k, struct conn *c, enum conn_state state)
{
	uint64_t bytes = state == CONN_READING ? received(c->fd) : 0;

	pthread_mutex_lock(&k->lock);
	c->state = state;
	c->since = state == CONN_BODY ? clock_mono() : 0;
	c->bytes = bytes;
	pthread_mutex_unlock(&k->lock);
}

static bool
is_slow(struct conn *c, int64_t now, int64_t header_ms, int64_t body_ms)
{
	if (c->state == CONN_BODY)
		return now - c->since > body_ms;
	if (c->state == CONN_BUSY || received(c->fd) == c->bytes)
		return false;
	if (!c->since)
		c->since = now;
	return now - c->since > header_ms;
}

int
conns_sweep(struct conns *k, int64_t header_ms, int64_t body_ms)
{
	int64_t now = clock_mono();
	int n = 0;

	pthread_mutex_lock(&k->lock);
	for (struct conn *c = k->first; c; c = c->next)
		if (is_slow(c, now, header_ms, body_ms)) {
			/* The thread that owns it sees the end, and closes it. */
			shutdown(c->fd, SHUT_RDWR);
			c->since = now;
			n++;
		}
	pthread_mutex_unlock(&k->lock);
	return n;
}
