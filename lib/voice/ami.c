/*
 * ami: Asterisk's manager interface as an exchange: one connection without
 * waiting, a login, the proof of what the peer is, then events. It reconnects
 * by itself and decides nothing about calls.
 *
 * Login by MD5 challenge where offered (manager.c, action_challenge). Started
 * is local time of the exchange, so its zone is asked for too; without it the
 * start counts as not known.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nettle/md5.h>

#include "ami_decode.h"
#include "clock.h"
#include "mem.h"
#include "num.h"

enum {
	PING_MS = 5000,
	DEAD_MS = 15000,  /* silence */
	STALL_MS = 2000,  /* silence behind an originate, before no other one follows */
	LOGIN_MS = 10000, /* from connect to VOICE_UP */
	PAUSE_MS = 1000,
	PAUSE_MAX_MS = 30000,
	BACKLOG_MAX = 1 << 20, /* bytes that the exchange did not take */
	READ_SIZE = 64 << 10
};

enum stage {
	ST_PAUSE,
	ST_CONNECT,
	ST_CHALLENGE,
	ST_LOGIN,
	ST_SETTINGS,
	ST_STATUS,
	ST_ZONE,
	ST_UP
};

struct ami {
	struct voice voice; /* first: the ops get this */
	struct loop *loop;
	char *name, *host, *port_file, *user, *secret;
	int port;
	bool must_prove; /* type sim */
	int fd;
	enum stage stage;
	struct ami_parser parser;
	struct ami_msg msg;
	struct buf out;
	size_t sent;
	struct loop_timer *timer;
	int64_t heard, since, pause, started;
	int64_t asked; /* the first originate since we heard of it; 0: none */
	bool ever_up, inside, closed;
};

static void dial_exchange(void *);
static void watch(struct ami *);

/* ---- down and away -------------------------------------------------------------- */

static void
ami_free(struct ami *a)
{
	ami_parser_release(&a->parser);
	buf_release(&a->out);
	free(a->name);
	free(a->host);
	free(a->port_file);
	free(a->user);
	if (a->secret != NULL)
		explicit_bzero(a->secret, strlen(a->secret));
	free(a->secret);
	free(a);
}

static void
hang_up_line(struct ami *a)
{
	loop_cancel(a->loop, a->timer);
	a->timer = NULL;
	if (a->fd >= 0) {
		loop_fd_remove(a->loop, a->fd);
		close(a->fd);
	}
	a->fd = -1;
	a->voice.up = false;
	a->stage = ST_PAUSE;
	a->sent = 0;
	a->asked = 0;
	buf_reset(&a->out);
	ami_parser_release(&a->parser);
	ami_parser_init(&a->parser);
}

static void
tell(struct ami *a, const struct voice_event *e)
{
	a->voice.event(a->voice.arg, e);
}

/* The connection is over; final: so is trying. */
static void
down(struct ami *a, bool final, const char *why)
{
	char text[300];
	struct voice_event e = {
	    .kind = VOICE_DOWN, .at = clock_wall(), .reason = final, .text = text};

	snprintf(text, sizeof(text), "exchange %s (%s:%d): %s", a->name, a->host, a->port, why);
	hang_up_line(a);
	if (!final) {
		a->pause = a->pause == 0 ? PAUSE_MS : a->pause * 2;
		if (a->pause > PAUSE_MAX_MS)
			a->pause = PAUSE_MAX_MS;
		a->timer = loop_at(a->loop, clock_mono() + a->pause, dial_exchange, a);
	}
	tell(a, &e);
}

static void
ami_close(struct voice *v)
{
	struct ami *a = (struct ami *)v;

	hang_up_line(a);
	a->closed = true;
	if (!a->inside)
		ami_free(a);
}

/* ---- writing ---------------------------------------------------------------------- */

static void
flush(struct ami *a)
{
	while (a->sent < a->out.len) {
		ssize_t n = send(a->fd, a->out.p + a->sent, a->out.len - a->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break; /* what is wrong is found when reading */
		a->sent += (size_t)n;
	}
	if (a->sent == a->out.len) {
		buf_reset(&a->out);
		a->sent = 0;
	}
	watch(a);
}

/* A message of ours that carries no call; the values are fixed or checked at open. */
static void
put(struct ami *a, const char *action, const char *id, const char *const *pairs)
{
	struct ami_writer w;
	struct fault f;

	ami_begin(&w, &a->out, AMI_ACTION_LINE_MAX, &f);
	ami_put(&w, "Action", action);
	ami_put(&w, "ActionID", id);
	for (; pairs != NULL && *pairs != NULL; pairs += 2)
		ami_put(&w, pairs[0], pairs[1]);
	(void)ami_end(&w);
	flush(a);
}

/* ---- logging in --------------------------------------------------------------------- */

static void
login_plain(struct ami *a)
{
	const char *const pairs[] = {
	    "Username", a->user, "Secret", a->secret, "Events", "on", NULL};

	a->stage = ST_LOGIN;
	put(a, "Login", "login", pairs);
}

static void
login_md5(struct ami *a, const char *challenge)
{
	struct md5_ctx md5;
	uint8_t digest[MD5_DIGEST_SIZE];
	char hex[2 * MD5_DIGEST_SIZE + 1];
	const char *const pairs[] = {
	    "AuthType", "MD5", "Username", a->user, "Key", hex, "Events", "on", NULL};

	md5_init(&md5);
	md5_update(&md5, strlen(challenge), (const uint8_t *)challenge);
	md5_update(&md5, strlen(a->secret), (const uint8_t *)a->secret);
	md5_digest(&md5, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	a->stage = ST_LOGIN;
	put(a, "Login", "login", pairs);
}

static void
is_up(struct ami *a)
{
	struct voice_event e = {
	    .kind = VOICE_UP, .at = clock_wall(), .started_at = a->started, .text = ""};

	a->stage = ST_UP;
	a->voice.up = a->ever_up = true;
	a->pause = 0;
	tell(a, &e);
}

/* CoreStartupDate and CoreStartupTime as if they were UTC; 0 if they are not there. */
static int64_t
startup(const struct ami_msg *msg)
{
	char text[64];
	struct fault ignored;
	int64_t ms;

	snprintf(text, sizeof(text), "%.20sT%.20sZ", ami_text(msg, "CoreStartupDate"),
	    ami_text(msg, "CoreStartupTime"));
	return num_instant("start", text, &ms, &ignored) < 0 ? 0 : ms;
}

/* "+0530" in ms; false if it is no such text. */
static bool
zone_offset(const char *s, int64_t *ms)
{
	struct fault ignored;
	int64_t n;

	if ((*s != '+' && *s != '-') || strlen(s) != 5 ||
	    num_parse("zone", s + 1, 0, 1500, &n, &ignored) < 0)
		return false;
	*ms = (n / 100 * 60 + n % 100) * (*s == '-' ? -60000 : 60000);
	return true;
}

static void
proved(struct ami *a, const struct ami_msg *msg)
{
	const char *version = ami_text(msg, "AsteriskVersion");

	a->voice.simulated = strstr(version, "outreach-sim") != NULL;
	if (a->must_prove && !a->voice.simulated) {
		down(a, true, "its type is sim, but what answers there is no outreach-sim");
		return;
	}
	a->stage = ST_STATUS;
	put(a, "CoreStatus", "status", NULL);
}

static void
started(struct ami *a, const struct ami_msg *msg)
{
	static const char *const pairs[] = {"Variable", "STRFTIME(,,%z)", NULL};

	a->started = startup(msg);
	if (a->voice.simulated || a->started == 0) {
		is_up(a);
		return;
	}
	a->stage = ST_ZONE;
	put(a, "Getvar", "zone", pairs);
}

static void
zone_known(struct ami *a, const struct ami_msg *msg)
{
	int64_t offset;

	if (zone_offset(ami_text(msg, "Value"), &offset))
		a->started -= offset;
	else
		a->started = 0;
	is_up(a);
}

/* A response while logging in; others are events that came early. */
static void
logging_in(struct ami *a, const struct ami_msg *msg)
{
	const char *id = ami_text(msg, "ActionID");
	bool good = ami_is(msg, "Response", "Success");
	char why[200];

	if (a->stage == ST_CHALLENGE && strcmp(id, "challenge") == 0) {
		if (good && ami_text(msg, "Challenge")[0] != '\0')
			login_md5(a, ami_text(msg, "Challenge"));
		else
			login_plain(a);
	} else if (a->stage == ST_LOGIN && strcmp(id, "login") == 0) {
		snprintf(why, sizeof(why), "login as %.60s refused: %.100s", a->user,
		    ami_text(msg, "Message"));
		a->stage = ST_SETTINGS;
		if (good)
			put(a, "CoreSettings", "settings", NULL);
		else
			down(a, !a->ever_up, why);
	} else if (a->stage == ST_SETTINGS && strcmp(id, "settings") == 0) {
		proved(a, msg);
	} else if (a->stage == ST_STATUS && strcmp(id, "status") == 0) {
		started(a, msg);
	} else if (a->stage == ST_ZONE && strcmp(id, "zone") == 0) {
		zone_known(a, msg);
	}
}

/* ---- reading -------------------------------------------------------------------------- */

static void
take(struct ami *a)
{
	struct voice_event e;

	if (a->stage != ST_UP && ami_get(&a->msg, "Response") != NULL &&
	    ami_get(&a->msg, "Event") == NULL)
		logging_in(a, &a->msg);
	else if (ami_decode(&a->msg, &e)) {
		if (e.at == 0)
			e.at = clock_wall();
		tell(a, &e);
	}
}

static void
read_some(struct ami *a)
{
	static char bytes[READ_SIZE];
	struct fault f;
	ssize_t n = recv(a->fd, bytes, sizeof(bytes), 0);
	int got = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		down(a, false, n == 0 ? "it closed the connection" : strerror(errno));
		return;
	}
	a->heard = clock_real_us() / 1000;
	a->asked = 0;
	ami_parser_feed(&a->parser, bytes, (size_t)n);
	while (a->fd >= 0 && (got = ami_parser_next(&a->parser, &a->msg, &f)) > 0)
		take(a);
	if (a->fd >= 0 && got < 0)
		down(a, false, f.text);
}

static void
beat(void *arg)
{
	struct ami *a = arg;
	int64_t now = clock_real_us() / 1000;

	a->timer = NULL;
	a->inside = true;
	if (a->stage != ST_UP && now - a->since >= LOGIN_MS)
		down(a, false,
		    a->stage == ST_CONNECT ? "no connection in time"
					   : "no answer to the login");
	else if (now - a->heard >= DEAD_MS)
		down(a, false, "it stopped answering");
	else if (a->out.len - a->sent > BACKLOG_MAX)
		down(a, false, "it stopped reading");
	else {
		if (a->stage == ST_UP)
			put(a, "Ping", "ping", NULL);
		/* Silence is measured in real time, also where our clock runs faster. */
		a->timer = loop_at(a->loop, clock_mono() + PING_MS * clock_scale(), beat, a);
	}
	a->inside = false;
	if (a->closed)
		ami_free(a);
}

/* The connection stands, or failed. */
static void
connected(struct ami *a)
{
	static const char *const pairs[] = {"AuthType", "MD5", NULL};
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error != 0) {
		down(a, false, strerror(error));
		return;
	}
	a->stage = ST_CHALLENGE;
	put(a, "Challenge", "challenge", pairs);
}

static void
ready(void *arg, short revents)
{
	struct ami *a = arg;

	a->inside = true;
	if (a->stage == ST_CONNECT) {
		connected(a);
	} else {
		if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			read_some(a);
		if (a->fd >= 0 && (revents & POLLOUT) != 0)
			flush(a);
	}
	a->inside = false;
	if (a->closed)
		ami_free(a);
}

static void
watch(struct ami *a)
{
	bool more = a->stage == ST_CONNECT || a->sent < a->out.len;

	loop_fd(a->loop, a->fd, (short)(POLLIN | (more ? POLLOUT : 0)), ready, a);
}

/* ---- connecting ------------------------------------------------------------------------- */

/* A simulator that was started again has another port. */
static void
read_port(struct ami *a)
{
	char text[16] = "";
	struct fault ignored;
	int64_t port;
	int fd = a->port_file == NULL ? -1 : open(a->port_file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n > 0) {
		text[strcspn(text, "\n")] = '\0';
		if (num_parse("port", text, 1, 65535, &port, &ignored) == 0)
			a->port = (int)port;
	}
}

static int
try_address(const struct addrinfo *ai)
{
	int one = 1;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0 && errno != EINPROGRESS) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

/* A name is looked up without the loop: give an address where that may take long. */
static void
dial_exchange(void *arg)
{
	struct ami *a = arg;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	char port[16];
	int r;

	a->timer = NULL;
	a->inside = true;
	read_port(a);
	snprintf(port, sizeof(port), "%d", a->port);
	r = getaddrinfo(a->host, port, &hints, &found);
	for (struct addrinfo *ai = found; ai != NULL && a->fd < 0; ai = ai->ai_next)
		a->fd = try_address(ai);
	if (a->fd < 0) {
		down(a, false, r != 0 ? gai_strerror(r) : strerror(errno));
	} else {
		a->stage = ST_CONNECT;
		a->since = a->heard = clock_real_us() / 1000;
		a->timer = loop_at(a->loop, clock_mono() + PING_MS * clock_scale(), beat, a);
		watch(a);
	}
	if (found != NULL)
		freeaddrinfo(found);
	a->inside = false;
	if (a->closed)
		ami_free(a);
}

/* ---- orders ----------------------------------------------------------------------------- */

/* What it has not read it may obey whenever it wakes up, as late as that may be. */
static bool
stalls(struct ami *a, int64_t now)
{
	return a->sent < a->out.len || (a->asked != 0 && now - a->asked >= STALL_MS);
}

static int
ami_originate(struct voice *v, const struct voice_call *call, struct fault *f)
{
	struct ami *a = (struct ami *)v;
	int64_t now = clock_real_us() / 1000;

	if (!v->up)
		return fault(f, TEMPFAIL, "exchange %s is not there", a->name);
	if (stalls(a, now))
		return fault(f, TEMPFAIL, "exchange %s does not answer", a->name);
	if (ami_encode_originate(&a->out, call, f) < 0)
		return -1;
	if (a->asked == 0)
		a->asked = now;
	flush(a);
	return 0;
}

static void
ami_hangup(struct voice *v, const struct uuid *id, int cause)
{
	struct ami *a = (struct ami *)v;
	struct fault f;

	if (v->up && ami_encode_hangup(&a->out, id, cause, &f) == 0)
		flush(a);
}

static void
ami_ask(struct voice *v, const struct uuid *id)
{
	struct ami *a = (struct ami *)v;
	struct fault f;

	if (v->up && ami_encode_ask(&a->out, id, &f) == 0)
		flush(a);
}

static void
ami_fence(struct voice *v, const struct uuid *id)
{
	struct ami *a = (struct ami *)v;
	struct fault f;

	if (v->up && ami_encode_fence(&a->out, id, &f) == 0)
		flush(a);
}

static const struct voice_ops ami_ops = {
    ami_originate, ami_hangup, ami_ask, ami_fence, ami_close};

struct voice *
ami_open(const struct exchange *x, struct loop *loop,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *f)
{
	char *secret = exchange_secret(x, f);
	struct ami *a;

	if (secret == NULL)
		return NULL;
	a = xcalloc(1, sizeof(*a));
	a->voice = (struct voice){.ops = &ami_ops, .event = event, .arg = arg};
	a->loop = loop;
	a->name = xstrdup(x->name);
	a->host = xstrdup(x->host);
	a->port = x->port;
	a->port_file = x->port_file == NULL ? NULL : xstrdup(x->port_file);
	a->user = xstrdup(x->user);
	a->secret = secret;
	a->must_prove = x->simulated;
	a->fd = -1;
	ami_parser_init(&a->parser);
	a->timer = loop_at(loop, clock_mono(), dial_exchange, a);
	return &a->voice;
}
