/*
 * server: libmicrohttpd behind our own shape. A request begins when its first
 * line is read, is judged when its header is there, is handled when its body
 * is, and is forgotten when its answer has left or its connection died.
 */
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "conn.h"
#include "guard.h"
#include "mem.h"
#include "server.h"
#include "temp.h"

#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

enum {
	ADDRESSES = LISTEN_MAX + 1, /* and one of our own */
	CONNECTIONS = 2000,
	HEADER_S = 10,
	BODY_S = 30,
	IDLE_S = 75,
	BODIES = 32 << 20,
	MEMORY = 8 << 10, /* of a connection: request line, header, a piece of the body */
	STREAM_PIECE = 4 << 10,
	DISCARD_MAX =
	    64 << 20, /* of a body that is too long, read so that its sender hears why */
	DESCRIPTORS_SPARE = 100, /* the store, logs, pipes */
	MIB = 1 << 20,
	S = 1000 /* ms */
};

enum { FRESH, READING, REFUSED_EARLY, WAITING, ANSWERED };

struct address {
	struct server *server;
	struct MHD_Daemon *daemon;
	unsigned faces;
	bool local, unix_socket;
};

struct server {
	struct server_options o;
	struct address address[ADDRESSES];
	size_t addresses;
	struct conns conns;
	int wake; /* eventfd */
	pthread_mutex_t lock;
	struct request *first, *last; /* waiting for the main loop */
	size_t waiting;               /* how many they are */
	atomic_int active;
	atomic_size_t held; /* bytes of bodies in memory */
	atomic_bool quiet;
	bool closing; /* under lock: nobody empties the queue any more */
};

/* ---- the queue ------------------------------------------------------------------ */

/* Suspended, until the main loop has looked at it. False: there is no main loop any more. */
static bool
enqueue(struct request *r)
{
	struct server *s = r->server;
	bool first, closing;

	pthread_mutex_lock(&s->lock);
	first = !s->first;
	closing = s->closing;
	if (!closing) {
		MHD_suspend_connection(r->connection);
		r->next = NULL;
		if (s->last)
			s->last->next = r;
		else
			s->first = r;
		s->last = r;
		s->waiting++;
	}
	pthread_mutex_unlock(&s->lock);
	if (first && !closing)
		(void)!write(s->wake, &(uint64_t){1}, sizeof(uint64_t));
	return !closing;
}

/* ---- answers -------------------------------------------------------------------- */

static ssize_t
more_pieces(struct request *r, char *to, size_t max)
{
	size_t n = r->out.len - r->sent;

	if (n == 0 && r->flow == FLOW_LAST)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0 && r->flow == FLOW_MORE) {
		buf_reset(&r->out);
		r->sent = 0;
		return enqueue(r) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (r->flow == FLOW_BROKEN)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n > max)
		n = max;
	memcpy(to, r->out.p + r->sent, n);
	r->sent += n;
	return (ssize_t)n;
}

static ssize_t
more_stream(void *arg, uint64_t at, char *to, size_t max)
{
	struct request *r = arg;
	ssize_t n;

	if (r->flow != FLOW_NONE)
		return more_pieces(r, to, max);
	n = r->stream(r, to, max);
	return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void
hand_over(void *arg, struct MHD_Connection *connection, void *context, const char *in, size_t n,
    MHD_socket fd, struct MHD_UpgradeResponseHandle *hold)
{
	struct request *r = arg;

	r->taken(r, fd, hold, in, n);
}

/* With TLS libmicrohttpd sends what was written first, for ever if nobody takes it: the sweep ends that. */
void
server_hand_back(struct request *r, void *hold)
{
	conn_set(&r->server->conns, r->conn, CONN_BODY);
	MHD_upgrade_action(hold, MHD_UPGRADE_ACTION_CLOSE);
}

static struct MHD_Response *
response_of(struct request *r)
{
	if (r->taken)
		return MHD_create_response_for_upgrade(hand_over, r);
	if (r->stream || r->flow != FLOW_NONE)
		return MHD_create_response_from_callback(
		    MHD_SIZE_UNKNOWN, STREAM_PIECE, more_stream, r, NULL);
	return MHD_create_response_from_buffer(
	    r->out.len, r->out.len ? r->out.p : (char *)"", MHD_RESPMEM_PERSISTENT);
}

/* Hands the answer to the library, which borrows it until the request is forgotten. */
static enum MHD_Result
send_answer(struct request *r)
{
	struct MHD_Response *m = response_of(r);
	enum MHD_Result rc = MHD_NO;

	if (!m)
		return MHD_NO;
	r->state = ANSWERED;
	if (r->type)
		MHD_add_response_header(m, "Content-Type", r->type);
	for (int i = 0; i < r->fields; i++)
		MHD_add_response_header(m, r->field[i].name, r->field[i].value);
	if (!r->taken && (r->close || r->server->quiet))
		MHD_add_response_header(m, "Connection", "close");
	rc = MHD_queue_response(r->connection, (unsigned)r->status, m);
	MHD_destroy_response(m);
	return rc;
}

/*
 * A refused request's body is read to its end all the same, and dropped: a sender that is cut off in the
 * middle of it hears nothing, since the reset overtakes the answer. Not where the shape is in doubt, the
 * body is very long, or its sender waits to be told to go on: then the connection ends.
 */
static enum MHD_Result
refuse(struct request *r)
{
	const char *length = request_field(r, "Content-Length");

	if (!r->close && !request_field(r, "Expect") &&
	    (!length || strtoull(length, NULL, 10) <= DISCARD_MAX)) {
		r->state = READING;
		conn_set(&r->server->conns, r->conn, CONN_BODY);
		return MHD_YES;
	}
	r->state = REFUSED_EARLY;
	conn_set(&r->server->conns, r->conn, CONN_BUSY);
	return send_answer(r);
}

/* ---- the header ----------------------------------------------------------------- */

struct fields {
	struct guard_field v[GUARD_FIELDS + 1];
	size_t n;
};

static enum MHD_Result
add_field(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t len)
{
	struct fields *all = arg;

	if (all->n > GUARD_FIELDS)
		return MHD_NO;
	all->v[all->n++] =
	    (struct guard_field){{name, name_len}, {value ? value : "", value ? len : 0}};
	return MHD_YES;
}

const char *
request_field(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static bool
has_type(const struct request *r, const char *type)
{
	const char *is = request_field(r, "Content-Type");
	size_t n = strlen(type);

	return !is || (strncasecmp(is, type, n) == 0 && (!is[n] || strchr("; \t", is[n])));
}

/* Each of these: whether the request may go on; if not it is answered. */

static bool
refuse_shape(struct request *r, const char *why)
{
	r->close = true;
	request_problem(r, 400, "%s", why);
	return false;
}

static bool
is_well_formed(struct request *r, const char *version)
{
	struct fields all = {.n = 0};
	const char *why;

	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, add_field, &all);
	why = guard_fields(all.v, all.n, strcmp(version, "HTTP/1.0") != 0);
	return !why || refuse_shape(r, why);
}

static bool
has_route(struct request *r)
{
	struct route_found found;
	char names[64];

	if (route_find(r->server->o.route, r->server->o.routes, r->faces, r->method, r->target,
		&found) < 0)
		return refuse_shape(r, "the request's target is not one");
	if (!found.route && found.allow) {
		request_problem(r, 405, "here are %s", method_names(found.allow, names));
		request_add(r, "Allow", "%s", names);
		return false;
	}
	if (!found.route) {
		request_problem(r, 404, "there is nothing under this path");
		return false;
	}
	r->route = found.route;
	r->query = found.query;
	memcpy(r->param, found.param, sizeof(r->param));
	return true;
}

static bool
is_allowed(struct request *r, bool whole)
{
	int status = 0;

	r->unproven = r->route->auth == AUTH_NONE;
	if (!r->unproven)
		status = r->server->o.authorise(r, whole);
	if (status != 0 && !r->status)
		request_problem(r, status, "%s", "");
	return status == 0;
}

static bool
refuse_length(struct request *r)
{
	request_problem(r, 413, "at most %zu bytes are taken here", r->route->body_max);
	return false;
}

static bool
may_send_body(struct request *r)
{
	const char *length = request_field(r, "Content-Length");

	if (length && strtoull(length, NULL, 10) > r->route->body_max)
		return refuse_length(r);
	if (r->route->type && (r->method & (METHOD_POST | METHOD_PUT | METHOD_PATCH)) &&
	    !has_type(r, r->route->type)) {
		request_problem(r, 415, "what is taken here is %s", r->route->type);
		return false;
	}
	return true;
}

static bool
judge(struct request *r, const char *method, const char *version)
{
	r->method = method_parse(method);
	return is_well_formed(r, version) && has_route(r) && is_allowed(r, false) &&
	    may_send_body(r);
}

/* ---- the body, and what comes of it ------------------------------------------------ */

/* Of a long body: 0, or -1 with the request answered. */
static int
keep_in_file(struct request *r, const char *p, size_t n)
{
	struct fault f;

	if (r->file < 0 && (r->file = temp_file(&f)) < 0)
		goto bad;
	if (write(r->file, p, n) != (ssize_t)n) {
		fault(&f, IOERR, "a temporary file cannot be written: %s", strerror(errno));
		goto bad;
	}
	/* Whoever sends a MiB in the time of a whole body is quick enough. */
	if (r->file_len / MIB != (r->file_len + n) / MIB)
		conn_set(&r->server->conns, r->conn, CONN_BODY);
	r->file_len += n;
	return 0;
bad:
	request_fault(r, &f);
	return -1;
}

static void
drop_body(struct request *r)
{
	atomic_fetch_sub(&r->server->held, r->body.len);
	buf_release(&r->body);
}

/*
 * The same of a short one. Many bodies that never become whole must not take all memory; those of strangers
 * leave half of it to who has shown a secret.
 */
static int
keep_in_memory(struct request *r, const char *p, size_t n)
{
	size_t most = r->unproven ? r->server->o.bodies / 2 : r->server->o.bodies;
	struct fault f;

	if (atomic_fetch_add(&r->server->held, n) + n <= most) {
		buf_add(&r->body, p, n);
		return 0;
	}
	atomic_fetch_sub(&r->server->held, n);
	drop_body(r);
	fault(&f, TEMPFAIL, "too many bodies are under way");
	request_fault(r, &f);
	return -1;
}

static int
keep(struct request *r, const char *p, size_t n)
{
	bool in_file = r->route->body_max > ROUTE_MEMORY;

	if ((in_file ? r->file_len : r->body.len) + n > r->route->body_max)
		return -1;
	return in_file ? keep_in_file(r, p, n) : keep_in_memory(r, p, n);
}

static enum MHD_Result
more_body(struct request *r, const char *p, size_t *n)
{
	if (r->status || r->discarded || keep(r, p, *n) < 0)
		r->discarded += *n;
	*n = 0;
	return r->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result
whole(struct request *r)
{
	conn_set(&r->server->conns, r->conn, CONN_BUSY);
	r->whole_us = clock_real_us();
	if (r->status)
		return send_answer(r); /* refused already */
	if (r->discarded)
		(void)refuse_length(r);
	else if (is_allowed(r, true) && r->route->handle)
		r->route->handle(r);
	if (!r->status && (r->route->apply || r->route->serve)) {
		r->state = WAITING;
		if (enqueue(r))
			return MHD_YES;
		request_problem(r, 503, "this server stops");
	}
	if (!r->status)
		request_problem(r, 500, "this was not answered");
	return send_answer(r);
}

/* ---- libmicrohttpd's side ------------------------------------------------------------ */

static void *
begin(void *arg, const char *target, struct MHD_Connection *connection)
{
	struct address *a = arg;
	struct request *r = xcalloc(1, sizeof(*r));
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	r->server = a->server;
	r->web = a->server->o.web;
	r->faces = a->faces;
	r->local = a->local;
	r->unix_socket = a->unix_socket;
	r->connection = connection;
	r->conn = info ? info->socket_context : NULL;
	r->target = xstrdup(target);
	r->file = -1;
	atomic_fetch_add(&a->server->active, 1);
	return r;
}

static enum MHD_Result
access_cb(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *p, size_t *n, void **context)
{
	struct request *r = *context;

	switch (r->state) {
	case FRESH:
		if (!judge(r, method, version))
			return refuse(r);
		r->state = READING;
		conn_set(&r->server->conns, r->conn, CONN_BODY);
		return MHD_YES;
	case READING: return *n ? more_body(r, p, n) : whole(r);
	case WAITING: return r->status ? send_answer(r) : MHD_NO;
	default: return MHD_NO;
	}
}

static void
forget(void *arg, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode code)
{
	struct address *a = arg;
	struct request *r = *context;

	if (!r)
		return;
	*context = NULL;
	conn_set(&a->server->conns, r->conn, CONN_READING);
	if (a->server->o.over)
		a->server->o.over(r, r->whole_us ? clock_real_us() - r->whole_us : -1);
	if (r->release)
		r->release(r->data);
	drop_body(r);
	request_unanswer(r);
	buf_release(&r->out);
	if (r->file >= 0)
		close(r->file);
	free((char *)r->target);
	free(r);
	atomic_fetch_sub(&a->server->active, 1);
}

static void
connection_cb(void *arg, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	struct address *a = arg;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*context = conn_open(&a->server->conns, info ? info->connect_fd : -1);
	else if (*context)
		conn_close(&a->server->conns, *context);
}

/* ---- from start to end ----------------------------------------------------------------- */

/* Room for the connections among our descriptors, as far as the system lets us. */
static int
need_descriptors(rlim_t want, struct fault *f)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur >= want)
		return 0;
	r.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
	if (setrlimit(RLIMIT_NOFILE, &r) < 0)
		return fault(f, OSERR, "descriptors: %s", strerror(errno));
	return 0;
}

/* What the library takes of certificate and key, which must stay where they are. */
static void
tls_options(const struct tls *t, struct MHD_OptionItem *option)
{
	*option++ = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, t->cert.p};
	*option++ = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, t->key.p};
	*option++ = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)PRIORITIES};
	*option = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
}

int
server_listen(struct server *s, struct listen *l, struct fault *f)
{
	struct MHD_OptionItem tls[4] = {{MHD_OPTION_END, 0, NULL}};
	struct address *a = &s->address[s->addresses];
	sigset_t all, before;

	if (s->addresses == ADDRESSES)
		return fault(f, CONFIG, "%s: more than %d addresses", l->text, ADDRESSES);
	if (l->tls)
		tls_options(s->o.tls, tls);
	if (need_descriptors(
		(rlim_t)s->o.connections * (s->addresses + 1) + DESCRIPTORS_SPARE, f) < 0)
		return -1;

	*a = (struct address){.server = s,
	    .faces = l->faces,
	    .local = l->loopback,
	    .unix_socket = l->loopback && l->port == 0};
	/* Signals are the main loop's; the thread inherits what is blocked now. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	a->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
		MHD_ALLOW_UPGRADE | (l->tls ? MHD_USE_TLS : 0),
	    0, NULL, NULL, access_cb, a, MHD_OPTION_LISTEN_SOCKET, l->fd,
	    MHD_OPTION_URI_LOG_CALLBACK, begin, a, MHD_OPTION_NOTIFY_COMPLETED, forget, a,
	    MHD_OPTION_NOTIFY_CONNECTION, connection_cb, a, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)s->o.connections, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->o.idle_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_ARRAY, tls,
	    MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!a->daemon)
		return fault(f, OSERR, "%s: the HTTP server does not start: %s", l->text,
		    strerror(errno));
	l->fd = -1; /* the library closes it */
	s->addresses++;
	return 0;
}

static int
either(int value, int standard)
{
	return value > 0 ? value : standard;
}

struct server *
server_open(const struct server_options *o, struct fault *f)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->o = *o;
	s->o.connections = either(o->connections, CONNECTIONS);
	s->o.header_s = either(o->header_s, HEADER_S);
	s->o.body_s = either(o->body_s, BODY_S);
	s->o.idle_s = either(o->idle_s, IDLE_S);
	if (!s->o.bodies)
		s->o.bodies = BODIES;
	conns_init(&s->conns);
	pthread_mutex_init(&s->lock, NULL);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake >= 0)
		return s;
	fault(f, OSERR, "eventfd: %s", strerror(errno));
	server_close(s);
	return NULL;
}

int
server_fd(const struct server *s)
{
	return s->wake;
}

size_t
server_waiting(struct server *s)
{
	size_t n;

	pthread_mutex_lock(&s->lock);
	n = s->waiting;
	pthread_mutex_unlock(&s->lock);
	return n;
}

struct request *
server_take(struct server *s)
{
	struct request *r;
	uint64_t n;

	(void)!read(s->wake, &n, sizeof(n));
	pthread_mutex_lock(&s->lock);
	r = s->first;
	s->first = s->last = NULL;
	s->waiting = 0;
	pthread_mutex_unlock(&s->lock);
	return r;
}

void
server_answered(struct server *s, struct request *r)
{
	if (!r->status)
		request_problem(r, 500, "this was not answered");
	MHD_resume_connection(r->connection);
}

void
server_pause(struct request *r)
{
	MHD_suspend_connection(r->connection);
}

void
server_continue(struct request *r)
{
	MHD_resume_connection(r->connection);
}

void
server_cut(struct request *r)
{
	struct linger at_once = {.l_onoff = 1};

	/* What the kernel holds for it goes too. */
	(void)setsockopt(r->conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	shutdown(r->conn->fd, SHUT_RDWR);
}

int
server_watch(const struct request *r)
{
	return r->conn ? fcntl(r->conn->fd, F_DUPFD_CLOEXEC, 0) : -1;
}

void
server_sweep(struct server *s)
{
	(void)conns_sweep(&s->conns, (int64_t)s->o.header_s * S, (int64_t)s->o.body_s * S);
}

void
server_quiesce(struct server *s)
{
	s->quiet = true;
	for (size_t i = 0; i < s->addresses; i++) {
		int fd = MHD_quiesce_daemon(s->address[i].daemon);

		if (fd >= 0)
			close(fd);
	}
}

int
server_active(struct server *s)
{
	return atomic_load(&s->active);
}

void
server_close(struct server *s)
{
	struct fault stops;

	if (!s)
		return;
	/* A connection that stays suspended would hold its thread for ever. */
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_mutex_unlock(&s->lock);
	fault(&stops, TEMPFAIL, "this server stops");
	for (struct request *r = server_take(s), *next; r; r = next) {
		next = r->next;
		request_give_up(r, &stops);
		server_answered(s, r);
	}
	for (size_t i = 0; i < s->addresses; i++)
		MHD_stop_daemon(s->address[i].daemon);
	conns_release(&s->conns);
	pthread_mutex_destroy(&s->lock);
	if (s->wake >= 0)
		close(s->wake);
	free(s);
}
