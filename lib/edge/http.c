/*
 * http: curl_multi_socket_action under our loop. libcurl tells which
 * descriptors and which timer it waits for; easy handles are used again, since
 * making one costs more than a request.
 */
#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "clock.h"
#include "http.h"
#include "mem.h"

enum { HEADERS_MAX = 64 << 10, CONNECT_MS = 10000 };

struct http_call {
	struct http *h;
	struct http_call *next, *prev; /* under way, or spare by next alone */
	CURL *easy;
	struct curl_slist *header;
	struct buf sent, body, headers;
	size_t max_reply, got;
	bool too_long, refused;
	char error[CURL_ERROR_SIZE];
	int (*part)(void *arg, const char *, size_t);
	void (*done)(void *arg, const struct http_reply *);
	void *arg;
};

struct http {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer;
	struct http_call *calls, *spare;
};

/* ---- what libcurl calls ------------------------------------------------------- */

static void reap(struct http *);

static void
ready(void *arg, short revents, int fd)
{
	struct http *h = arg;
	int running,
	    mask = (revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
	    (revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
	    (revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);

	curl_multi_socket_action(h->multi, fd, mask, &running);
	reap(h);
}

/* The loop gives no descriptor back, so each watch carries its own. */
struct watched {
	struct http *h;
	int fd;
};

static void
watched_ready(void *arg, short revents)
{
	struct watched *w = arg;

	ready(w->h, revents, w->fd);
}

static int
watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct http *h = arg;
	struct watched *w = socket_arg;

	if (what == CURL_POLL_REMOVE) {
		loop_fd_remove(h->loop, fd);
		curl_multi_assign(h->multi, fd, NULL);
		free(w);
		return 0;
	}
	if (!w) {
		w = xmalloc(sizeof(*w));
		*w = (struct watched){.h = h, .fd = fd};
		curl_multi_assign(h->multi, fd, w);
	}
	loop_fd(h->loop, fd,
	    (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0)),
	    watched_ready, w);
	return 0;
}

static void
time_is_up(void *arg)
{
	struct http *h = arg;
	int running;

	h->timer = NULL;
	curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(h);
}

static int
set_timer(CURLM *multi, long ms, void *arg)
{
	struct http *h = arg;

	loop_cancel(h->loop, h->timer);
	h->timer = NULL;
	if (ms >= 0)
		h->timer = loop_at(h->loop, clock_mono() + ms * clock_scale(), time_is_up, h);
	return 0;
}

static size_t
take_body(char *p, size_t one, size_t n, void *arg)
{
	struct http_call *c = arg;

	c->got += n;
	if (c->got > c->max_reply) {
		c->too_long = true;
		return 0;
	}
	if (c->part)
		return c->part(c->arg, p, n) == 0 ? n : 0;
	buf_add(&c->body, p, n);
	return n;
}

static size_t
take_header(char *p, size_t one, size_t n, void *arg)
{
	struct http_call *c = arg;

	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0) /* behind a 100 Continue the real one */
		buf_reset(&c->headers);
	else if (c->headers.len + n > HEADERS_MAX)
		return 0;
	else
		buf_add(&c->headers, p, n);
	return n;
}

/* ---- the end of a call ---------------------------------------------------------- */

/* Time was up before there was a connection to write to. */
static bool
never_connected(const struct http_call *c)
{
	curl_off_t ready = 0;
	long bytes = 0;

	curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &bytes);
	return ready == 0 && bytes == 0;
}

/* Nothing left this machine: there was no connection yet. */
static bool
is_unsent(const struct http_call *c, CURLcode rc)
{
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return never_connected(c);
	return rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST ||
	    rc == CURLE_COULDNT_RESOLVE_PROXY || rc == CURLE_URL_MALFORMAT ||
	    rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_SSL_CONNECT_ERROR ||
	    rc == CURLE_PEER_FAILED_VERIFICATION;
}

static void
say_why(const struct http_call *c, CURLcode rc, struct http_reply *r)
{
	bool config = rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL ||
	    rc == CURLE_PEER_FAILED_VERIFICATION;

	r->unsent = is_unsent(c, rc);
	if (c->too_long)
		fault(&r->why, UNAVAILABLE, "the reply is longer than %zu bytes", c->max_reply);
	else
		fault(&r->why, config ? CONFIG : TEMPFAIL, "%s",
		    *c->error ? c->error : curl_easy_strerror(rc));
}

static void
unlink_call(struct http_call *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		c->h->calls = c->next;
	if (c->next)
		c->next->prev = c->prev;
}

static void
make_spare(struct http_call *c)
{
	curl_slist_free_all(c->header);
	c->header = NULL;
	c->next = c->h->spare;
	c->h->spare = c;
}

static void
finish(struct http_call *c, CURLcode rc)
{
	struct http_reply r = {.body = "", .headers = ""};
	long status = 0;

	curl_multi_remove_handle(c->h->multi, c->easy);
	unlink_call(c);
	buf_add(&c->headers, "", 0);
	if (rc == CURLE_OK)
		curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	if (rc != CURLE_OK)
		say_why(c, rc, &r);
	r.status = (int)status;
	if (c->body.len)
		r.body = c->body.p;
	r.len = c->body.len;
	if (c->headers.len)
		r.headers = c->headers.p;
	c->done(c->arg, &r);
	make_spare(c);
}

static void
reap(struct http *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		struct http_call *c = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&c);
		finish(c, m->data.result);
	}
}

/* ---- from outside ----------------------------------------------------------------- */

struct http *
http_new(struct loop *loop, int connections, struct fault *f)
{
	struct http *h;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fault(f, OSERR, "libcurl cannot be started");
		return NULL;
	}
	h = xcalloc(1, sizeof(*h));
	h->loop = loop;
	if (!(h->multi = curl_multi_init())) {
		fault(f, OSERR, "libcurl cannot be started");
		free(h);
		return NULL;
	}
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)connections);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)connections);
	curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	return h;
}

static void
free_call(struct http_call *c)
{
	curl_easy_cleanup(c->easy);
	buf_release(&c->sent);
	buf_release(&c->body);
	buf_release(&c->headers);
	free(c);
}

void
http_free(struct http *h)
{
	struct http_call *c;

	if (!h)
		return;
	while (h->calls)
		http_cancel(h, h->calls);
	while ((c = h->spare)) {
		h->spare = c->next;
		free_call(c);
	}
	curl_multi_cleanup(h->multi);
	loop_cancel(h->loop, h->timer);
	free(h);
	curl_global_cleanup();
}

static bool
one_line(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static struct http_call *
take_spare(struct http *h)
{
	struct http_call *c = h->spare;

	if (c) {
		h->spare = c->next;
		curl_easy_reset(c->easy);
	} else {
		c = xcalloc(1, sizeof(*c));
		if (!(c->easy = curl_easy_init())) {
			free(c);
			return NULL;
		}
	}
	buf_reset(&c->sent);
	buf_reset(&c->body);
	buf_reset(&c->headers);
	c->got = 0;
	c->too_long = false;
	*c->error = '\0';
	return c;
}

static void
set_up(struct http_call *c, const struct http_request *q)
{
	int64_t connect_ms = q->connect_ms ? q->connect_ms : CONNECT_MS;
	CURL *e = c->easy;

	curl_easy_setopt(e, CURLOPT_URL, q->url);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
	    q->once ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, (long)q->once);
	curl_easy_setopt(e, CURLOPT_FORBID_REUSE, (long)q->once);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(q->timeout_ms < connect_ms ? q->timeout_ms : connect_ms));
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, c->header);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(e, CURLOPT_PRIVATE, c);
	if (q->body) {
		curl_easy_setopt(e, CURLOPT_POST, 1L);
		curl_easy_setopt(e, CURLOPT_POSTFIELDS, c->sent.p);
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->sent.len);
	}
	if (q->method)
		curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, q->method);
}

struct http_call *
http_send(struct http *h, const struct http_request *q, struct fault *f)
{
	struct http_call *c;

	for (const char *const *p = q->header; p && *p; p++)
		if (!one_line(*p)) {
			fault(f, CONFIG, "a header of the request has a control character");
			return NULL;
		}
	if (!one_line(q->url)) {
		fault(f, CONFIG, "the URL has a control character");
		return NULL;
	}
	if (!(c = take_spare(h))) {
		fault(f, OSERR, "libcurl cannot begin a request");
		return NULL;
	}
	c->h = h;
	c->part = q->part;
	c->done = q->done;
	c->arg = q->arg;
	c->max_reply = q->max_reply;
	buf_add(&c->sent, q->body ? q->body : "", q->len);
	/* Waiting for a 100 Continue would cost a second where servers do not send it. */
	c->header = curl_slist_append(NULL, "Expect:");
	for (const char *const *p = q->header; p && *p; p++)
		c->header = curl_slist_append(c->header, *p);
	set_up(c, q);
	if (curl_multi_add_handle(h->multi, c->easy) != CURLM_OK) {
		fault(f, OSERR, "libcurl cannot begin a request");
		make_spare(c);
		return NULL;
	}
	c->prev = NULL;
	if ((c->next = h->calls))
		c->next->prev = c;
	h->calls = c;
	return c;
}

void
http_cancel(struct http *h, struct http_call *c)
{
	copy_text(c->error, sizeof(c->error), "given up");
	finish(c, CURLE_ABORTED_BY_CALLBACK);
}

int
http_header(const struct http_reply *r, const char *name, char *out, size_t size)
{
	size_t n = strlen(name), len;

	for (const char *p = r->headers; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (strncasecmp(p, name, n) != 0 || p[n] != ':')
			continue;
		p += n + 1;
		p += strspn(p, " \t");
		len = strcspn(p, "\r\n");
		if (len >= size)
			len = size - 1;
		memcpy(out, p, len);
		out[len] = '\0';
		return 1;
	}
	return 0;
}
