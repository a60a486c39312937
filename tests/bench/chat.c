/*
 * chat: a chat API on loopback that gives one answer to everybody, at once or
 * after so many milliseconds: chat PORTFILE [DELAY]. Writes how many it gave
 * into PORTFILE.asked when it is told to end (SIGTERM).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

enum { CONNS = 1024, REQUEST = 64 << 10 };

static struct conn {
	char in[REQUEST];
	size_t n;
	long due; /* when it is answered; 0: not asked */
} * conn[CONNS];
static struct pollfd fds[CONNS];
static long asked;
static volatile sig_atomic_t ending;

static const char answer[] =
    "{\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
    "\"You call this person about the course that starts soon. Be short and friendly.\"},"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":300,\"completion_tokens\":20,"
    "\"total_tokens\":320}}";

static void
on_term(int signo)
{
	(void)signo;
	ending = 1;
}

static long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
drop(int i)
{
	close(fds[i].fd);
	fds[i].fd = -1;
	free(conn[i]);
	conn[i] = NULL;
}

/* Its bytes if a whole request is there, else 0. */
static size_t
whole(struct conn *c)
{
	char *body, *length;
	size_t n;

	c->in[c->n] = '\0';
	if (!(body = strstr(c->in, "\r\n\r\n")) ||
	    !(length = strcasestr(c->in, "content-length:")))
		return 0;
	n = (size_t)(body + 4 - c->in) + strtoul(length + 15, NULL, 10);
	return c->n >= n ? n : 0;
}

static void
reply(int i)
{
	static char all[1024];
	static int len;

	if (!len)
		len = snprintf(all, sizeof(all),
		    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n%s",
		    sizeof(answer) - 1, answer);
	conn[i]->due = 0;
	asked++;
	if (write(fds[i].fd, all, (size_t)len) != len)
		drop(i);
}

static void
take(int i, long delay)
{
	struct conn *c = conn[i];
	ssize_t got = read(fds[i].fd, c->in + c->n, sizeof(c->in) - 1 - c->n);
	size_t n;

	if (got <= 0) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			drop(i);
		return;
	}
	c->n += (size_t)got;
	if (!(n = whole(c)))
		return;
	c->n -= n;
	memmove(c->in, c->in + n, c->n);
	if (delay)
		c->due = now() + delay;
	else
		reply(i);
}

static void
let_in(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;

	for (int i = 1; fd >= 0 && i < CONNS; i++)
		if (fds[i].fd < 0) {
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
			conn[i] = calloc(1, sizeof(**conn));
			return;
		}
	if (fd >= 0)
		close(fd);
}

static void
say(const char *path, long number)
{
	char tmp[512];
	FILE *f;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	if (!(f = fopen(tmp, "w")) || fprintf(f, "%ld\n", number) < 0 || fclose(f) != 0 ||
	    rename(tmp, path) != 0)
		exit(1);
}

/* Until when nothing is due, in ms; -1: for ever. */
static int
rest(void)
{
	long first = 0;

	for (int i = 1; i < CONNS; i++)
		if (conn[i] && conn[i]->due && (!first || conn[i]->due < first))
			first = conn[i]->due;
	return !first ? -1 : first > now() ? (int)(first - now()) : 0;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	long delay = argc > 2 ? number("DELAY", argv[2], 0, 60000) : 0;
	char path[512];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (argc < 2 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 512) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return 1;
	sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_term}, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < CONNS; i++)
		fds[i].fd = -1;
	fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	say(argv[1], ntohs(at.sin_port));
	while (!ending) {
		if (poll(fds, CONNS, delay ? rest() : -1) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents)
			let_in(fd);
		for (int i = 1; i < CONNS; i++) {
			if (fds[i].fd >= 0 && fds[i].revents)
				take(i, delay);
			if (conn[i] && conn[i]->due && conn[i]->due <= now())
				reply(i);
		}
	}
	snprintf(path, sizeof(path), "%s.asked", argv[1]);
	say(path, asked);
	return 0;
}
