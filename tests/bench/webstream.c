/*
 * webstream: readers of the journal as server-sent events:
 * webstream PORT STREAMS UNTIL OPENED. Opens so many from row 1, makes the file
 * OPENED, and reads until each had row UNTIL or missed one. Prints how many had
 * every row in order, and the bytes that came. By HTTP/1.0, which has no chunks.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "number.h"

static const char mark[] = "\nid: ";

struct stream {
	int fd;
	size_t matched; /* of mark; all of it: inside a number */
	long number, seq;
	int over;
};

static long until, bytes;

/* One byte: 1 the last row came, -1 one is missing. */
static int
step(struct stream *s, char c)
{
	if (s->matched < sizeof(mark) - 1) {
		s->matched = c == mark[s->matched] ? s->matched + 1 : c == '\n';
		s->number = 0;
		return 0;
	}
	if (c >= '0' && c <= '9') {
		s->number = 10 * s->number + c - '0';
		return 0;
	}
	s->matched = c == '\n';
	if (s->number != s->seq + 1)
		return -1;
	s->seq = s->number;
	return s->seq >= until;
}

static int
take(struct stream *s)
{
	static char in[1 << 18];
	ssize_t n = read(s->fd, in, sizeof(in));
	int got = n <= 0 ? -1 : 0;

	for (ssize_t i = 0; i < n && got == 0; i++)
		got = step(s, in[i]);
	bytes += n > 0 ? n : 0;
	return got;
}

static void
open_stream(struct stream *s, int port, int ep)
{
	static const char ask[] = "GET /api/v1/live?from=1 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		err(1, "connect");
	if (write(s->fd, ask, sizeof(ask) - 1) != sizeof(ask) - 1)
		errx(1, "a short write");
	epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &e);
}

int
main(int argc, char **argv)
{
	struct rlimit files = {4096, 4096};
	struct epoll_event ready[256];
	int port, n, left, good = 0, ep = epoll_create1(0);
	struct stream *s;

	if (argc != 5)
		errx(64, "usage: webstream PORT STREAMS UNTIL OPENED");
	port = (int)number("PORT", argv[1], 1, 65535);
	n = left = (int)number("STREAMS", argv[2], 1, 4000);
	until = (long)number("UNTIL", argv[3], 1, 1000000000);
	setrlimit(RLIMIT_NOFILE, &files);
	if (!(s = calloc((size_t)n, sizeof(*s))))
		err(1, "memory");
	for (int i = 0; i < n; i++)
		open_stream(&s[i], port, ep);
	close(open(argv[4], O_WRONLY | O_CREAT, 0666));
	while (left > 0) {
		int k = epoll_wait(ep, ready, 256, 30000);

		if (k <= 0)
			break; /* nothing for half a minute: those that are left are not whole */
		for (int i = 0; i < k; i++) {
			struct stream *x = ready[i].data.ptr;
			int got = x->over ? 0 : take(x);

			if (got == 0)
				continue;
			good += got > 0;
			x->over = 1;
			left--;
			close(x->fd);
		}
	}
	printf("%d %ld\n", good, bytes);
	return 0;
}
