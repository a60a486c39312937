/*
 * simami: sockets around a simswitch. Reads what came, runs what is due, then
 * writes each session's answers in one go.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"
#include "simami.h"

enum {
	UNSENT_MAX = 4 << 20, /* of a session that does not read: Asterisk gave up at 3.9 MB */
	SEND_BUFFER = 128 << 10, /* the kernel's share, which it would let grow */
	READ_SIZE = 16 << 10
};

struct link {
	struct simami *ami;
	struct link *next;
	int fd;
	struct sim_session *session;
	struct ami_parser parser;
	struct buf out;
	bool ended; /* closes when all is written */
};

struct simami {
	struct simami_options opt;
	struct loop *loop;
	struct simswitch *sw;
	struct link *links;
	struct loop_timer *timer;
	int fd, port;
	bool stopping;
	struct ami_msg msg;
	struct sim_account account;
	struct sim_session *inside; /* of simami_act, whose peer is null */
	struct buf *said;           /* what it is answered now */
};

static void serve(struct simami *);

/* Splits "HOST:PORT" or "[HOST]:PORT" and takes numbers only. */
static struct addrinfo *
resolve(const char *listen_at, struct fault *f)
{
	const char *colon = strrchr(listen_at, ':');
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	struct addrinfo *ai = NULL;
	char *host;
	int code;

	if (colon == NULL || colon[1] == '\0') {
		fault(f, CONFIG, "%s: an address is HOST:PORT", listen_at);
		return NULL;
	}
	if (*listen_at == '[' && colon[-1] == ']')
		host = xstrndup(listen_at + 1, (size_t)(colon - listen_at - 2));
	else
		host = xstrndup(listen_at, (size_t)(colon - listen_at));
	code = getaddrinfo(
	    strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, colon + 1, &hints, &ai);
	free(host);
	if (code != 0)
		fault(f, CONFIG, "%s: %s", listen_at, gai_strerror(code));
	return code == 0 ? ai : NULL;
}

static bool
is_loopback(const struct sockaddr *sa)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (sa->sa_family == AF_INET) {
		v4 = ((const struct sockaddr_in *)(const void *)sa)->sin_addr;
		return ntohl(v4.s_addr) >> 24 == 127;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	v6 = ((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
	return IN6_IS_ADDR_LOOPBACK(&v6);
}

static int
bind_port(int fd, const struct addrinfo *ai, int *port)
{
	struct sockaddr_storage got;
	socklen_t len = sizeof(got);
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 || listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&got, &len) < 0)
		return -1;
	*port =
	    ntohs(got.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&got)->sin6_port
					    : ((struct sockaddr_in *)(void *)&got)->sin_port);
	return 0;
}

int
simami_bind(const char *listen_at, int *port, struct fault *f)
{
	struct addrinfo *ai = resolve(listen_at, f);
	int fd = -1;

	if (ai == NULL)
		return -1;
	if (!is_loopback(ai->ai_addr)) {
		fault(f, CONFIG,
		    "%s: the simulator listens on loopback only (127.0.0.1 or [::1])",
		    listen_at);
	} else {
		fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (bind_port(fd, ai, port) < 0) {
			fault(f, UNAVAILABLE, "%s: %s", listen_at, strerror(errno));
			if (fd >= 0)
				close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(ai);
	return fd;
}

struct simami *
simami_listen(const struct simami_options *opt, struct fault *f)
{
	int port = 0, fd = simami_bind(opt->listen, &port, f);
	struct simami *ami;

	if (fd < 0)
		return NULL;
	ami = xcalloc(1, sizeof(*ami));
	ami->opt = *opt;
	ami->fd = fd;
	ami->port = port;
	return ami;
}

int
simami_port(const struct simami *ami)
{
	return ami->port;
}

static bool
silent(const struct simami *ami)
{
	return ami->opt.silent_after > 0 && simswitch_asked(ami->sw) >= ami->opt.silent_after;
}

static void
on_send(void *arg, void *peer, const char *bytes, size_t len)
{
	struct simami *ami = arg;
	struct link *l = peer;

	if (l == NULL) {
		if (ami->said != NULL)
			buf_add(ami->said, bytes, len);
	} else if (!silent(ami) && l->out.len <= UNSENT_MAX) {
		buf_add(&l->out, bytes, len);
	}
}

static void
on_end(void *arg, void *peer)
{
	struct link *l = peer;

	if (l != NULL)
		l->ended = true;
}

static void
on_put(void *arg, const char *family, const char *key, const char *value)
{
	struct simami *ami = arg;

	if (ami->opt.put != NULL)
		ami->opt.put(ami->opt.arg, family, key, value);
}

static void
on_fact(void *arg, const struct sim_fact *fact)
{
	struct simami *ami = arg;

	if (ami->opt.fact != NULL)
		ami->opt.fact(ami->opt.arg, fact);
}

static void
link_close(struct link *l)
{
	struct simami *ami = l->ami;
	struct link **at = &ami->links;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	simswitch_disconnect(ami->sw, l->session);
	loop_fd_remove(ami->loop, l->fd);
	close(l->fd);
	ami_parser_release(&l->parser);
	buf_release(&l->out);
	free(l);
}

/* Writes what it can. False if the session is over. */
static bool
link_flush(struct link *l)
{
	while (l->out.len > 0) {
		ssize_t n = send(l->fd, l->out.p, l->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return (errno == EAGAIN || errno == EWOULDBLOCK) &&
			    l->out.len <= UNSENT_MAX;
		memmove(l->out.p, l->out.p + n, l->out.len - (size_t)n);
		l->out.len -= (size_t)n;
	}
	return !l->ended;
}

static void
link_take(struct link *l, const char *bytes, size_t len)
{
	struct simami *ami = l->ami;
	struct fault f;
	struct ami_writer w;
	int got;

	ami_parser_feed(&l->parser, bytes, len);
	while (!l->ended && (got = ami_parser_next(&l->parser, &ami->msg, &f)) != 0) {
		if (got > 0) {
			simswitch_take(ami->sw, l->session, &ami->msg);
			if (ami->opt.die_after > 0 &&
			    simswitch_asked(ami->sw) >= ami->opt.die_after) {
				for (struct link *each = ami->links; each != NULL;
				     each = each->next)
					link_flush(each);
				kill(getpid(), SIGKILL);
			}
			continue;
		}
		ami_begin(&w, &l->out, AMI_LINE_MAX, &f);
		ami_put(&w, "Response", "Error");
		ami_put(&w, "Message", "Failed to parse message: line too long");
		ami_end(&w);
		l->ended = true;
	}
}

static void
on_link(void *arg, short revents)
{
	static char bytes[READ_SIZE];
	struct link *l = arg;
	struct simami *ami = l->ami;
	ssize_t n;

	simswitch_run(ami->sw, clock_mono(), clock_wall());
	if (revents & (POLLIN | POLLHUP | POLLERR)) {
		n = recv(l->fd, bytes, sizeof(bytes), 0);
		if (n > 0)
			link_take(l, bytes, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			link_close(l);
	}
	serve(ami);
}

static void
on_listen(void *arg, short revents)
{
	struct simami *ami = arg;
	struct link *l;
	int fd = accept4(ami->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
	int size = SEND_BUFFER;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	l = xcalloc(1, sizeof(*l));
	l->ami = ami;
	l->fd = fd;
	ami_parser_init(&l->parser);
	l->next = ami->links;
	ami->links = l;
	l->session = simswitch_connect(ami->sw, l);
	serve(ami);
}

static void
on_timer(void *arg)
{
	struct simami *ami = arg;

	ami->timer = NULL;
	serve(ami);
}

/* Runs what is due, writes, and waits for what comes next. */
static void
serve(struct simami *ami)
{
	struct link *l, *next;

	simswitch_run(ami->sw, clock_mono(), clock_wall());
	for (l = ami->links; l != NULL; l = next) {
		next = l->next;
		if (!link_flush(l))
			link_close(l);
		else
			loop_fd(ami->loop, l->fd, l->out.len > 0 ? POLLIN | POLLOUT : POLLIN,
			    on_link, l);
	}
	loop_cancel(ami->loop, ami->timer);
	ami->timer = NULL;
	if (simswitch_due(ami->sw) != INT64_MAX)
		ami->timer = loop_at(ami->loop, simswitch_due(ami->sw), on_timer, ami);
	if (ami->stopping && simswitch_calls(ami->sw) == 0)
		loop_stop(ami->loop);
}

static void
take_inside(struct simami *ami, const char *bytes, size_t len)
{
	struct ami_parser parser;
	struct fault ignored;

	ami_parser_init(&parser);
	ami_parser_feed(&parser, bytes, len);
	while (ami_parser_next(&parser, &ami->msg, &ignored) > 0)
		simswitch_take(ami->sw, ami->inside, &ami->msg);
	ami_parser_release(&parser);
}

void
simami_act(struct simami *ami, const struct buf *actions, struct buf *said)
{
	struct buf login = {0};

	if (ami->inside == NULL) {
		ami->inside = simswitch_connect(ami->sw, NULL);
		buf_printf(&login,
		    "Action: Login\r\nUsername: %s\r\nSecret: %s\r\nEvents: off\r\n\r\n",
		    ami->account.user, ami->account.secret);
		take_inside(ami, login.p, login.len);
		buf_release(&login);
	}
	ami->said = said;
	take_inside(ami, actions->p, actions->len);
	ami->said = NULL;
	serve(ami);
}

void
simami_start(struct simami *ami, struct loop *loop, const struct sim_options *opt)
{
	struct sim_owner owner = {
	    .arg = ami, .send = on_send, .end = on_end, .put = on_put, .fact = on_fact};
	struct sim_options now = *opt;

	now.mono = clock_mono();
	now.wall = clock_wall();
	ami->loop = loop;
	ami->account = opt->accounts[0];
	ami->sw = simswitch_new(&now, &owner);
	loop_fd(loop, ami->fd, POLLIN, on_listen, ami);
}

void
simami_stop_gracefully(struct simami *ami)
{
	ami->stopping = true;
	simswitch_stop(ami->sw);
	serve(ami);
}

void
simami_close(struct simami *ami)
{
	if (ami == NULL)
		return;
	if (ami->sw != NULL) {
		simswitch_shutdown(ami->sw);
		while (ami->links != NULL) {
			link_flush(ami->links);
			link_close(ami->links);
		}
		loop_cancel(ami->loop, ami->timer);
		loop_fd_remove(ami->loop, ami->fd);
		simswitch_free(ami->sw);
	}
	close(ami->fd);
	free(ami);
}
