/*
 * ws: a client's bytes go out as ready frames of a shared page; between two of
 * them, and nowhere else, libwslay's own: pongs, pings and the close.
 */
#include <errno.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "clock.h"
#include "hello.h"
#include "mem.h"
#include "web_parts.h"

enum {
	EARLY_MAX = 4096,     /* bytes that came behind the handshake */
	TURN_READ = 16 << 10, /* of one client, before others have a turn */
	TURN_SEND = 256 << 10,
	MESSAGE_MAX = HELLO_MAX,
	WHY_MAX = 123, /* bytes of a close's reason (RFC 6455 section 5.5) */
	/* ms of our clock: */
	STUCK = 5000,
	HELLO = 10000, /* to show a token */
	PING = 15000,
	SILENT = 40000, /* neither a pong nor anything else: the other side is gone */
	CLOSING = 2000
};

#define PROTOCOL       "outreach.v1"
#define PROTOCOL_TOKEN "token."

struct socket {
	struct socket *next, *prev;
	struct sockets *all;
	struct request *r; /* there until the connection is handed back */
	void *hold;
	int fd;
	wslay_event_context_ptr wslay;
	unsigned char token[TOKEN_HASH];
	bool in, joined, from_given, closing, gone, watched; /* joined: it is among live's */
	int64_t seq; /* of the last row that was sent whole */
	struct live_page page;
	size_t off, row; /* in it: what was sent, whole rows */
	bool has_page;
	int64_t born, moved, heard, pinged; /* mono ms; moved: bytes left, or none waited */
	size_t turn;                        /* bytes read since the loop came here */
	struct buf early;                   /* what came behind the handshake */
	size_t early_at;
};

struct sockets {
	struct web *web;
	int wake;
	pthread_mutex_t lock; /* of coming alone */
	struct socket *coming;
	struct socket *first;
	bool closing;
};

/* ---- the handshake: in the HTTP thread ------------------------------------------------ */

int
ws_accept(const char *key, char accept[29])
{
	static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	struct base64_decode_ctx b;
	struct sha1_ctx sha;
	uint8_t raw[BASE64_DECODE_LENGTH(32)], digest[SHA1_DIGEST_SIZE];
	size_t n = sizeof(raw), len = strlen(key);

	base64_decode_init(&b);
	if (len != 24 || !base64_decode_update(&b, &n, raw, len, key) ||
	    !base64_decode_final(&b) || n != 16)
		return -1;
	sha1_init(&sha);
	sha1_update(&sha, len, (const uint8_t *)key);
	sha1_update(&sha, sizeof(magic) - 1, (const uint8_t *)magic);
	sha1_digest(&sha, sizeof(digest), digest);
	base64_encode_raw(accept, sizeof(digest), digest);
	accept[28] = '\0';
	return 0;
}

/* The next word of a list with commas, blanks around it: 1, 0 the end. */
static int
next_word(const char **list, struct slice *word)
{
	*list += strspn(*list, ", \t");
	word->p = *list;
	word->len = strcspn(*list, ",");
	*list += word->len;
	while (word->len && strchr(" \t", word->p[word->len - 1]))
		word->len--;
	return word->len > 0;
}

static bool
lists(const struct request *r, const char *field, const char *want)
{
	const char *list = request_field(r, field);
	struct slice word;

	while (list && next_word(&list, &word))
		if (word.len == strlen(want) && strncasecmp(word.p, want, word.len) == 0)
			return true;
	return false;
}

/* The token among the protocols that the client offers, heap; null: none. */
static char *
offered_token(const struct request *r)
{
	const char *list = request_field(r, "Sec-WebSocket-Protocol");
	size_t n = sizeof(PROTOCOL_TOKEN) - 1;
	struct slice word;

	while (list && next_word(&list, &word))
		if (word.len > n && strncmp(word.p, PROTOCOL_TOKEN, n) == 0)
			return xstrndup(word.p + n, word.len - n);
	return NULL;
}

static int
check_handshake(struct request *r, char accept[29])
{
	const char *key = request_field(r, "Sec-WebSocket-Key");

	if (!lists(r, "Upgrade", "websocket") || !lists(r, "Connection", "upgrade") ||
	    !lists(r, "Sec-WebSocket-Version", "13")) {
		request_problem(r, 426,
		    "here is WebSocket, version 13 (/api/v1/live has the same as server-sent events)");
		request_add(r, "Upgrade", "websocket");
		request_add(r, "Sec-WebSocket-Version", "13");
	} else if (!key || ws_accept(key, accept) < 0) {
		request_problem(r, 400, "Sec-WebSocket-Key must be 16 bytes in base64");
	} else if (request_field(r, "Sec-WebSocket-Protocol") &&
	    !lists(r, "Sec-WebSocket-Protocol", PROTOCOL)) {
		request_problem(r, 400, "the protocol that is spoken here is " PROTOCOL);
	}
	return r->status ? -1 : 0;
}

/* The connection is ours: on to the main loop. */
static void
taken(struct request *r, int fd, void *hold, const void *in, size_t n)
{
	struct socket *s = r->data;
	struct sockets *all = s->all;

	r->data = NULL; /* the socket frees itself */
	s->r = r;
	s->fd = fd;
	s->hold = hold;
	s->gone = n > EARLY_MAX;
	if (n && !s->gone)
		buf_add(&s->early, in, n);
	pthread_mutex_lock(&all->lock);
	s->next = all->coming;
	all->coming = s;
	pthread_mutex_unlock(&all->lock);
	(void)!write(all->wake, &(uint64_t){1}, sizeof(uint64_t));
}

void
ws_open(struct request *r)
{
	struct web *w = r->web;
	char accept[29], *shown = NULL;
	struct socket *s;
	int64_t seq = 0;
	int in, from;

	if (check_handshake(r, accept) < 0 || (from = live_from(r, &seq)) < 0)
		return;
	if (!bearer_of(request_field(r, "Authorization")))
		shown = offered_token(r);
	in = auth_socket(r, shown ? shown : bearer_of(request_field(r, "Authorization")));
	free(shown);
	if (in > 1)
		return;
	s = xcalloc(1, sizeof(*s));
	s->all = w->ws;
	s->in = in == 0;
	s->from_given = from > 0;
	s->seq = seq;
	memcpy(s->token, r->token, sizeof(s->token));
	r->data = s;
	r->release = free;
	r->taken = taken;
	r->status = 101;
	request_add(r, "Upgrade", "websocket");
	request_add(r, "Sec-WebSocket-Accept", "%s", accept);
	if (request_field(r, "Sec-WebSocket-Protocol"))
		request_add(r, "Sec-WebSocket-Protocol", PROTOCOL);
}

/* ---- frames ------------------------------------------------------------------------------ */

static ssize_t
append(const uint8_t *p, size_t n, int flags, void *arg)
{
	(void)flags;
	buf_add(arg, p, n);
	return (ssize_t)n;
}

void
ws_frame(struct buf *b, const char *text, size_t len)
{
	const struct wslay_frame_callbacks calls = {.send_callback = append};
	struct wslay_frame_iocb frame = {.fin = 1,
	    .opcode = WSLAY_TEXT_FRAME,
	    .payload_length = len,
	    .data = (const uint8_t *)text,
	    .data_length = len};
	wslay_frame_context_ptr c;

	if (wslay_frame_context_init(&c, &calls, b) != 0)
		abort(); /* out of memory, as in xmalloc */
	(void)wslay_frame_send(c, &frame);
	wslay_frame_context_free(c);
}

static void
close_with(struct socket *s, int code, const char *why)
{
	size_t n = strlen(why);

	if (s->closing)
		return;
	if (n > WHY_MAX)
		for (n = WHY_MAX; n > 0 && ((unsigned char)why[n] & 0xc0) == 0x80; n--)
			;
	s->closing = true;
	s->moved = clock_mono();
	wslay_event_queue_close(s->wslay, (uint16_t)code, (const uint8_t *)why, n);
}

static ssize_t
on_recv(wslay_event_context_ptr c, uint8_t *to, size_t max, int flags, void *arg)
{
	struct socket *s = arg;
	size_t early = s->early.len - s->early_at;
	ssize_t n;

	if (s->turn >= TURN_READ) {
		wslay_event_set_error(c, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (early) {
		n = (ssize_t)(early < max ? early : max);
		memcpy(to, s->early.p + s->early_at, (size_t)n);
		s->early_at += (size_t)n;
		if (s->early_at == s->early.len) {
			buf_release(&s->early);
			s->early_at = 0;
		}
	} else {
		n = recv(s->fd, to, max, MSG_DONTWAIT);
	}
	if (n > 0) {
		s->turn += (size_t)n;
		s->heard = clock_mono();
		return n;
	}
	s->gone |= n == 0 || (errno != EAGAIN && errno != EINTR);
	wslay_event_set_error(c, s->gone ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t
put(struct socket *s, const void *p, size_t n)
{
	ssize_t sent = send(s->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent > 0)
		s->moved = clock_mono();
	else if (sent < 0 && errno != EAGAIN && errno != EINTR)
		s->gone = true;
	return sent;
}

static ssize_t
on_send(wslay_event_context_ptr c, const uint8_t *p, size_t n, int flags, void *arg)
{
	struct socket *s = arg;
	ssize_t sent = put(s, p, n);

	if (sent < 0)
		wslay_event_set_error(
		    c, s->gone ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
	return sent;
}

/* From here on it is a stream. */
static void
let_in(struct socket *s)
{
	int64_t head = live_join(s->all->web->live);
	struct fault f;

	s->in = s->joined = true;
	if (!s->from_given)
		s->seq = head;
	else if (s->seq > head && live_reaches(s->all->web, s->seq, &f) < 0)
		close_with(s,
		    f.code == DATAERR ? WSLAY_CODE_POLICY_VIOLATION
				      : WSLAY_CODE_INTERNAL_SERVER_ERROR,
		    f.text);
}

/* The first message of who has shown no token; what comes later says nothing to us. */
static void
on_message(wslay_event_context_ptr c, const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
	struct socket *s = arg;
	struct hello hello;
	struct fault f;

	if (m->opcode == WSLAY_BINARY_FRAME)
		close_with(s, WSLAY_CODE_UNSUPPORTED_DATA, "text is spoken here");
	if (m->opcode == WSLAY_CONNECTION_CLOSE)
		s->closing = true; /* it is answered by libwslay */
	if (m->opcode != WSLAY_TEXT_FRAME || s->in || s->closing)
		return;
	if (hello_read(m->msg, m->msg_length, &hello, &f) < 0) {
		close_with(s, WSLAY_CODE_POLICY_VIOLATION, f.text);
		return;
	}
	token_hash(hello.token, s->token);
	if (!auth_holds(s->all->web, s->token)) {
		close_with(
		    s, WSLAY_CODE_POLICY_VIOLATION, "this token is none, or it was removed");
		return;
	}
	if (hello.from) {
		s->from_given = true;
		s->seq = hello.from - 1;
	}
	let_in(s);
}

/* ---- one client ------------------------------------------------------------------------------ */

static void on_fd(void *arg, short revents);

static void
watch(struct socket *s, bool send)
{
	loop_fd(s->all->web->loop, s->fd, (short)(POLLIN | (send ? POLLOUT : 0)), on_fd, s);
	s->watched = true;
}

enum leaving { CLOSED, CUT, TOO_SLOW };

static void
leave(struct socket *s, enum leaving how)
{
	struct sockets *all = s->all;

	if (s->prev)
		s->prev->next = s->next;
	else
		all->first = s->next;
	if (s->next)
		s->next->prev = s->prev;
	if (s->watched)
		loop_fd_remove(all->web->loop, s->fd);
	if (s->has_page)
		live_put_back(all->web->live, &s->page);
	if (s->joined)
		live_leave(all->web->live, how == TOO_SLOW);
	if (how != CLOSED)
		server_cut(s->r);
	wslay_event_context_free(s->wslay);
	buf_release(&s->early);
	server_hand_back(s->r, s->hold);
	free(s);
}

/* A page to send from: 1, 0 there is no row yet. */
static int
next_page(struct socket *s)
{
	int got;

	if (s->has_page && s->off < s->page.at[s->page.rows])
		return 1;
	if (s->has_page) {
		s->seq = s->page.last;
		live_put_back(s->all->web->live, &s->page);
		s->has_page = false;
	}
	if (!s->in || s->closing)
		return 0;
	got = live_take(s->all->web->live, s->seq, &s->page);
	if (got < 0)
		close_with(
		    s, WSLAY_CODE_INTERNAL_SERVER_ERROR, "the store is not to be had; resume");
	if (got <= 0)
		return 0;
	s->has_page = true;
	s->row = (size_t)(s->seq + 1 - s->page.first);
	s->off = s->page.at[s->row];
	return 1;
}

/* Whether a frame of a page was begun and not ended. */
static bool
is_inside(const struct socket *s)
{
	return s->has_page && s->off != s->page.at[s->row];
}

/* 1 bytes left, 0 the kernel takes none now. end: of what may go. */
static int
send_rows(struct socket *s, size_t end)
{
	ssize_t n = put(s, s->page.p + s->off, end - s->off);

	if (n <= 0)
		return 0;
	s->off += (size_t)n;
	while (s->row < s->page.rows && s->page.at[s->row + 1] <= s->off)
		s->row++;
	return 1;
}

/* As much as it takes. True: more waits. */
static bool
send_some(struct socket *s)
{
	size_t most = TURN_SEND;

	while (!s->gone && most > 0) {
		bool inside = is_inside(s), own = wslay_event_want_write(s->wslay) != 0;
		size_t before;

		if (own && !inside) {
			if (wslay_event_send(s->wslay) != 0)
				s->gone = true;
			if (!s->gone && wslay_event_want_write(s->wslay))
				return true;
			continue;
		}
		if (!inside && (s->closing || next_page(s) == 0)) {
			if (wslay_event_want_write(s->wslay)) /* it closes */
				continue;
			s->moved = s->closing ? s->moved : clock_mono();
			return false;
		}
		before = s->off;
		if (!send_rows(s,
			own || s->closing ? s->page.at[s->row + 1] : s->page.at[s->page.rows]))
			return true;
		most -= most < s->off - before ? most : s->off - before;
	}
	return true;
}

/* False: it is gone. */
static bool
work(struct socket *s)
{
	bool more = send_some(s);

	s->closing |= wslay_event_get_close_sent(s->wslay) != 0;
	if (s->gone || (s->closing && wslay_event_get_close_received(s->wslay) && !more)) {
		leave(s, CLOSED);
		return false;
	}
	watch(s, more);
	return true;
}

/* What comes behind a breach of the protocol is not looked at; only its end is. */
static void
drain(struct socket *s)
{
	char some[1024];
	ssize_t n;

	while ((n = recv(s->fd, some, sizeof(some), MSG_DONTWAIT)) > 0 &&
	    (s->turn += (size_t)n) < TURN_READ)
		;
	s->gone |= n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void
on_fd(void *arg, short revents)
{
	struct socket *s = arg;

	s->turn = 0;
	if (!wslay_event_get_read_enabled(s->wslay)) {
		drain(s);
		(void)work(s);
		return;
	}
	if ((revents & (POLLIN | POLLHUP | POLLERR)) && wslay_event_recv(s->wslay) != 0)
		s->gone |= !wslay_event_want_write(s->wslay);
	(void)work(s);
}

/* ---- all of them ------------------------------------------------------------------------------- */

static void
begin(struct socket *s)
{
	static const struct wslay_event_callbacks calls = {.recv_callback = on_recv,
	    .send_callback = on_send,
	    .on_msg_recv_callback = on_message};
	struct sockets *all = s->all;

	if (wslay_event_context_server_init(&s->wslay, &calls, s) != 0)
		abort(); /* out of memory, as in xmalloc */
	wslay_event_config_set_max_recv_msg_length(s->wslay, MESSAGE_MAX);
	if (s->in)
		let_in(s);
	s->born = s->moved = s->heard = s->pinged = clock_mono();
	s->prev = NULL;
	s->next = all->first;
	if (s->next)
		s->next->prev = s;
	all->first = s;
	if (all->closing)
		close_with(s, WSLAY_CODE_GOING_AWAY, "this server stops");
	on_fd(s, POLLIN);
}

static void
on_wake(void *arg, short revents)
{
	struct sockets *all = arg;
	struct socket *s, *next;
	uint64_t n;

	(void)!read(all->wake, &n, sizeof(n));
	pthread_mutex_lock(&all->lock);
	s = all->coming;
	all->coming = NULL;
	pthread_mutex_unlock(&all->lock);
	for (; s; s = next) {
		next = s->next;
		begin(s);
	}
}

static void
ping(struct socket *s, int64_t now)
{
	static const struct wslay_event_msg msg = {.opcode = WSLAY_PING};

	if (s->closing || now - s->pinged < PING)
		return;
	s->pinged = now;
	wslay_event_queue_msg(s->wslay, &msg);
}

void
sockets_tick(struct sockets *all)
{
	int64_t now = clock_mono();

	for (struct socket *s = all->first, *next; s; s = next) {
		bool stuck = now - s->moved > (s->closing ? CLOSING : STUCK);

		next = s->next;
		if (stuck || now - s->heard > SILENT) {
			leave(s, stuck && !s->closing ? TOO_SLOW : CUT);
			continue;
		}
		if (!s->in && now - s->born > HELLO)
			close_with(s, WSLAY_CODE_POLICY_VIOLATION,
			    "a token is wanted in the first message");
		ping(s, now);
		(void)work(s);
	}
}

void
sockets_check(struct sockets *all)
{
	for (struct socket *s = all->first; s; s = s->next)
		if (s->in && !auth_holds(all->web, s->token))
			close_with(s, WSLAY_CODE_POLICY_VIOLATION, "the token was removed");
}

struct sockets *
sockets_new(struct web *w, struct fault *f)
{
	struct sockets *all = xcalloc(1, sizeof(*all));

	all->web = w;
	pthread_mutex_init(&all->lock, NULL);
	all->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (all->wake >= 0) {
		loop_fd(w->loop, all->wake, POLLIN, on_wake, all);
		return all;
	}
	fault(f, OSERR, "eventfd: no descriptor is left");
	sockets_free(all);
	return NULL;
}

void
sockets_close(struct sockets *all)
{
	if (!all)
		return;
	on_wake(all, 0);
	if (all->closing) { /* who did not answer the close in time */
		while (all->first)
			leave(all->first, CUT);
		return;
	}
	all->closing = true;
	for (struct socket *s = all->first, *next; s; s = next) {
		next = s->next;
		close_with(s, WSLAY_CODE_GOING_AWAY, "this server stops");
		(void)work(s);
	}
}

void
sockets_free(struct sockets *all)
{
	if (!all)
		return;
	if (all->wake >= 0) {
		loop_fd_remove(all->web->loop, all->wake);
		close(all->wake);
	}
	for (struct socket *s = all->coming, *next; s;
	     s = next) { /* behind the last look at them */
		next = s->next;
		buf_release(&s->early);
		free(s);
	}
	pthread_mutex_destroy(&all->lock);
	free(all);
}
