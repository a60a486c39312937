/*
 * webload: requests over keep-alive connections for some seconds, one under way
 * on each: webload PORT CONNECTIONS MS events[:MOST]|PATH [UUIDS]. Each event is another, of
 * some 300 bytes, ten a call, at most so many a second. With a file of UUIDs each request names one in turn.
 * Prints requests a second, p50 and p99 in us, and answers that were not 2xx.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

enum { ROOM = 16384, SAMPLES = 1 << 22, UUID = 36 };

struct link {
	struct link *idle; /* the next that waits for its turn */
	int fd;
	long start;
	size_t have;
	char in[ROOM];
};

static const char *what;
static char *uuids;
static size_t uuid_count;
static long sent, good, bad, seed, most, started;
static struct link *idle;
static unsigned *sample;

static long
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
make_event(char *out, size_t size)
{
	char body[512];
	int n = snprintf(body, sizeof(body),
	    "{\"uuid\":\"0195f5f0-%04lx-7000-8000-%012lx\",\"type\":\"transcription\","
	    "\"timestamp\":\"2026-03-02T09:15:%02ld.%03ldZ\",\"payload\":{\"role\":\"user\",\"text\":"
	    "\"%ld asked about the fees of the second year, wants to hear from us again on Monday, and "
	    "gave no other time for it; so somebody is to call back\"}}",
	    seed & 0xffff, sent / 10, sent / 1000 % 60, sent % 1000, sent);

	return snprintf(out, size,
	    "POST /events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
	    "Content-Length: %d\r\n\r\n%s",
	    n, body);
}

static void
ask(struct link *l)
{
	char out[1024];
	int n;

	if (most && sent * 1000000 >= most * (now_us() - started)) {
		l->idle = idle;
		idle = l;
		return;
	}
	if (strcmp(what, "events") == 0)
		n = make_event(out, sizeof(out));
	else
		n = snprintf(out, sizeof(out),
		    "GET %s HTTP/1.1\r\nHost: bench\r\nX-AVR-UUID: %.36s\r\n\r\n", what,
		    uuid_count ? uuids + (size_t)sent * 7919 % uuid_count * (UUID + 1) : "");
	sent++;
	l->have = 0;
	l->start = now_us();
	if (write(l->fd, out, (size_t)n) != n)
		errx(1, "a short write");
}

/* Whether the answer is whole. */
static int
answered(struct link *l)
{
	char *end, *length;

	l->in[l->have] = '\0';
	if (!(end = strstr(l->in, "\r\n\r\n")))
		return 0;
	length = strcasestr(l->in, "\r\ncontent-length:");
	return l->have >=
	    (size_t)(end + 4 - l->in) + (length ? strtoul(length + 17, NULL, 10) : 0);
}

static void
take(struct link *l)
{
	ssize_t n = read(l->fd, l->in + l->have, ROOM - 1 - l->have);

	if (n <= 0)
		errx(1, "the server closed a connection");
	l->have += (size_t)n;
	if (!answered(l))
		return;
	if (good + bad < SAMPLES)
		sample[good + bad] = (unsigned)(now_us() - l->start);
	if (l->in[9] == '2')
		good++;
	else
		bad++;
	ask(l);
}

/* Those whose turn has come. */
static void
wake(void)
{
	struct link *l = idle, *next;

	idle = NULL;
	for (; l; l = next) {
		next = l->idle;
		ask(l);
	}
}

static int
by_size(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static void
load_uuids(const char *path)
{
	FILE *in = fopen(path, "r");
	long size;

	if (!in || fseek(in, 0, SEEK_END) || (size = ftell(in)) < UUID ||
	    fseek(in, 0, SEEK_SET))
		err(1, "%s", path);
	uuids = malloc((size_t)size + 1);
	if (!uuids || fread(uuids, 1, (size_t)size, in) != (size_t)size)
		err(1, "%s", path);
	uuid_count = (size_t)size / (UUID + 1);
	fclose(in);
}

static void
open_link(struct link *l, int port, int ep)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = l};
	int one = 1;

	l->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		err(1, "connect");
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	epoll_ctl(ep, EPOLL_CTL_ADD, l->fd, &e);
}

int
main(int argc, char **argv)
{
	struct rlimit files = {4096, 4096};
	struct epoll_event ready[256];
	struct link *l;
	int n, port, ep = epoll_create1(0);
	long start, end;

	if (argc < 5)
		errx(64, "usage: webload PORT CONNECTIONS MS events[:MOST]|PATH [UUIDS]");
	n = (int)number("CONNECTIONS", argv[2], 1, 100000);
	port = (int)number("PORT", argv[1], 1, 65535);
	what = argv[4];
	if (strncmp(what, "events:", 7) == 0) {
		most = (long)number("MOST", what + 7, 1, 1000000);
		what = "events";
	}
	seed = now_us() / 1000;
	if (argc > 5)
		load_uuids(argv[5]);
	setrlimit(RLIMIT_NOFILE, &files);
	l = calloc((size_t)n, sizeof(*l));
	sample = malloc(SAMPLES * sizeof(*sample));
	if (!l || !sample)
		err(1, "memory");
	for (int i = 0; i < n; i++)
		open_link(&l[i], port, ep);
	start = started = now_us();
	end = start + (long)number("MS", argv[3], 1, 3600000) * 1000;
	for (int i = 0; i < n; i++)
		ask(&l[i]);
	while (now_us() < end) {
		int k = epoll_wait(ep, ready, 256, idle ? 1 : 100);

		wake();
		for (int i = 0; i < k; i++)
			take(ready[i].data.ptr);
	}
	n = (int)(good + bad < SAMPLES ? good + bad : SAMPLES);
	qsort(sample, (size_t)n, sizeof(*sample), by_size);
	printf("%ld %u %u %ld\n", (good + bad) * 1000000 / (now_us() - start),
	    n ? sample[n / 2] : 0, n ? sample[(long)n * 99 / 100] : 0, bad);
	return 0;
}
