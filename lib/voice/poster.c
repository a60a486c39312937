/*
 * poster: the child's end of httpvoice. It sends what it is told, once, and
 * says what came back; it knows no store and decides nothing. When the dialer
 * is gone, what was not sent yet is not sent any more.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "http.h"
#include "httpvoice.h"
#include "mem.h"
#include "ndjson.h"
#include "placing.h"

enum {
	REPLY_MAX = 64 << 10,
	CONNECT_MS = 1500, /* who takes no connection by then takes none */
	PROOF_MS = 5000,
	HEADERS = 6
};

struct poster {
	int fd;
	struct loop *loop;
	struct http *http; /* null until it is set up */
	struct ndjson in;
	char *url, *hangup_url, *key_header, *secret;
	int64_t timeout_ms;
	struct buf out, text, body;
	struct fault *f;
	int rc;
};

/* One request under way. */
struct posting {
	struct poster *p;
	char id[37];
	int64_t try;
	int64_t connect_ms; /* at most, and no longer than its decision holds */
	bool proof;
};

/* ---- saying ---------------------------------------------------------------------- */

static void
stop(struct poster *p)
{
	loop_stop(p->loop);
}

/* The socket holds far more than is ever under way. */
static void
say(struct poster *p)
{
	size_t at = 0;

	buf_adds(&p->out, "}\n");
	while (at < p->out.len) {
		ssize_t n = write(p->fd, p->out.p + at, p->out.len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			stop(p); /* nobody is there to hear it */
		if (n < 0)
			break;
		at += (size_t)n;
	}
	buf_reset(&p->out);
}

static void
say_down(struct poster *p, const char *text, bool final)
{
	buf_adds(&p->out, "{\"type\":\"post_down\"");
	buf_member(&p->out, "text", text);
	buf_printf(&p->out, ",\"final\":%s", final ? "true" : "false");
	say(p);
}

static void
say_ready(struct poster *p, bool simulated)
{
	buf_printf(
	    &p->out, "{\"type\":\"post_ready\",\"simulated\":%s", simulated ? "true" : "false");
	say(p);
}

static void
begin_reply(struct poster *p, const char *id, int64_t try, const char *said, const char *text)
{
	buf_adds(&p->out, "{\"type\":\"post_reply\"");
	buf_member(&p->out, "id", id);
	buf_member_i(&p->out, "try", try);
	buf_member(&p->out, "said", said);
	buf_member(&p->out, "text", text);
}

/* ---- replies ----------------------------------------------------------------------- */

static void
unsent(struct poster *p, const char *id, int64_t try, const char *text, bool refused)
{
	begin_reply(p, id, try, "unsent", text);
	if (refused)
		buf_adds(&p->out, ",\"refused\":true");
	say(p);
}

static void
answered(const struct posting *q, const struct http_reply *r)
{
	static const char *const said[] = {[PLACING_PLACED] = "placed",
	    [PLACING_REFUSED] = "refused",
	    [PLACING_UNCLEAR] = "unclear"};
	struct poster *p = q->p;
	struct placing_reply a;

	placing_read(r->status, r->body, r->len, &a);
	begin_reply(p, q->id, q->try, said[a.said], a.text);
	buf_member(&p->out, "alias", *a.alias ? a.alias : NULL);
	if (a.alone)
		buf_adds(&p->out, ",\"alone\":true");
	if (a.busy)
		buf_adds(&p->out, ",\"busy\":true");
	say(p);
}

static void
done(void *arg, const struct http_reply *r)
{
	struct posting *q = arg;
	struct poster *p = q->p;

	if (r->status != 0) {
		answered(q, r);
	} else if (r->unsent) {
		/* Where the time was short it was ours: nothing is said of the exchange. */
		unsent(p, q->id, q->try, r->why.text, q->connect_ms == CONNECT_MS);
	} else {
		begin_reply(p, q->id, q->try, "unclear", "the reply was lost");
		say(p);
	}
	free(q);
}

/* Whether a hangup was heard, its webhook tells. */
static void
hung_up(void *arg, const struct http_reply *r)
{
	free(arg);
}

static void
proved(void *arg, const struct http_reply *r)
{
	struct posting *q = arg;
	struct poster *p = q->p;
	bool good = r->status == 200 && strstr(r->body, "outreach-sim") != NULL;

	if (r->status == 0)
		say_down(p, r->why.text, false);
	else if (q->proof && !good)
		say_down(p,
		    "the settings say simulator: true, but what answers there is no outreach-sim",
		    true);
	else
		say_ready(p, q->proof);
	free(q);
}

/* ---- requests ------------------------------------------------------------------------ */

static struct posting *
posting_new(struct poster *p, const char *id, int64_t try)
{
	struct posting *q = xcalloc(1, sizeof(*q));

	q->p = p;
	copy_text(q->id, sizeof(q->id), id);
	q->try = try;
	q->connect_ms = CONNECT_MS;
	return q;
}

/* The key is the call's id, whatever the try: by it the peer knows the call again. */
static int
send_json(struct poster *p, struct posting *q, const char *url, const struct buf *body,
    void (*then)(void *, const struct http_reply *), struct fault *f)
{
	char key[200];
	const char *header[HEADERS] = {
	    "Content-Type: application/json", "Accept: application/json", key};
	struct http_request r = {.url = url,
	    .header = header,
	    .body = body->p,
	    .len = body->len,
	    .timeout_ms = p->timeout_ms,
	    .connect_ms = q->connect_ms,
	    .once = true,
	    .max_reply = REPLY_MAX,
	    .done = then,
	    .arg = q};

	snprintf(key, sizeof(key), "%.150s: %s", p->key_header, q->id);
	header[3] = p->secret;
	if (http_send(p->http, &r, f) != NULL)
		return 0;
	free(q);
	return -1;
}

static void
post(struct poster *p, const struct rec *rec)
{
	struct fault f;
	struct posting *q;
	int64_t try = 0, by = 0, left_ms;
	char id[37];

	if (rec_text(rec, "id", &p->text, &f) <= 0 || p->text.len != 36 ||
	    rec_int(rec, "try", &try, &f) <= 0 || rec_int(rec, "by", &by, &f) <= 0 ||
	    rec_text(rec, "body", &p->body, &f) <= 0) {
		p->rc = fault(p->f, DATAERR, "this is no request of outreach-dial");
		stop(p);
		return;
	}
	copy_text(id, sizeof(id), p->text.p);
	left_ms = (by - clock_real_us()) / 1000;
	if (left_ms <= 0) {
		unsent(p, id, try, "outreach-post came to it too late", false);
		return;
	}
	q = posting_new(p, id, try);
	if (left_ms < CONNECT_MS)
		q->connect_ms = left_ms;
	if (send_json(p, q, p->url, &p->body, done, &f) < 0)
		unsent(p, id, try, f.text, true);
}

static void
hang_up(struct poster *p, const struct rec *rec)
{
	struct fault ignored;

	if (p->hangup_url == NULL || rec_text(rec, "id", &p->text, &ignored) <= 0)
		return;
	buf_reset(&p->body);
	buf_member(&p->body, "call_id", p->text.p);
	buf_addc(&p->body, '}');
	(void)send_json(
	    p, posting_new(p, p->text.p, 0), p->hangup_url, &p->body, hung_up, &ignored);
}

/* A GET changes nothing: who answers at all is there. */
static int
prove(struct poster *p, const char *url, bool proof)
{
	struct posting *q = posting_new(p, "", 0);
	struct http_request r = {.url = url,
	    .timeout_ms = PROOF_MS,
	    .max_reply = REPLY_MAX,
	    .done = proved,
	    .arg = q};

	q->proof = proof;
	if (http_send(p->http, &r, p->f) != NULL)
		return 0;
	free(q);
	return -1;
}

/* ---- setting up ------------------------------------------------------------------------ */

/* A text of the setup, heap; null if it is not there. */
static char *
text_of(struct poster *p, const struct rec *rec, const char *key)
{
	struct fault ignored;

	return rec_text(rec, key, &p->text, &ignored) > 0 && p->text.len ? xstrdup(p->text.p)
									 : NULL;
}

static int
set_up(struct poster *p, const struct rec *rec)
{
	char *proof = text_of(p, rec, "proof_url"), *probe = text_of(p, rec, "probe_url");
	int64_t connections = 0;
	int rc = -1;

	p->url = text_of(p, rec, "url");
	p->hangup_url = text_of(p, rec, "hangup_url");
	p->key_header = text_of(p, rec, "key_header");
	p->secret = text_of(p, rec, "secret");
	if (p->url == NULL || p->key_header == NULL ||
	    rec_int(rec, "timeout_ms", &p->timeout_ms, p->f) <= 0 ||
	    rec_int(rec, "connections", &connections, p->f) <= 0)
		fault(p->f, DATAERR, "this is no setup of outreach-dial");
	else if ((p->http = http_new(p->loop, (int)connections, p->f)) != NULL)
		rc = 0;
	if (rc == 0 && (proof != NULL || probe != NULL))
		rc = prove(p, proof != NULL ? proof : probe, proof != NULL);
	else if (rc == 0)
		say_ready(p, false);
	free(proof);
	free(probe);
	return rc;
}

static void
take(struct poster *p, const struct rec *rec)
{
	if (p->http == NULL) {
		p->rc = set_up(p, rec);
		if (p->rc < 0)
			stop(p);
	} else if (slice_is(rec->type, "post")) {
		post(p, rec);
	} else if (slice_is(rec->type, "hangup")) {
		hang_up(p, rec);
	}
}

static void
readable(void *arg, short revents)
{
	struct poster *p = arg;
	struct rec rec;
	int got = 1;

	while (
	    p->rc == 0 && ndjson_ready(&p->in) && (got = ndjson_next(&p->in, &rec, p->f)) > 0)
		take(p, &rec);
	if (got < 0)
		p->rc = -1;
	if (p->rc < 0 || p->in.end)
		stop(p);
}

int
poster_run(int fd, struct fault *f)
{
	struct poster p = {.fd = fd, .f = f};
	struct fault waiting;

	p.loop = loop_new();
	ndjson_init(&p.in, fd, "<socket>");
	loop_fd(p.loop, fd, POLLIN, readable, &p);
	if (loop_run(p.loop, &waiting) < 0 && p.rc == 0) {
		*f = waiting;
		p.rc = -1;
	}
	http_free(p.http);
	loop_free(p.loop);
	ndjson_release(&p.in);
	free(p.url);
	free(p.hangup_url);
	free(p.key_header);
	if (p.secret != NULL)
		explicit_bzero(p.secret, strlen(p.secret));
	free(p.secret);
	buf_release(&p.out);
	buf_release(&p.text);
	buf_release(&p.body);
	return p.rc;
}
