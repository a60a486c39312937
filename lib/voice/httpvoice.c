/*
 * httpvoice: the dialer's end. The child is started again when it ended; an
 * exchange that did not take the connection is left alone for a growing while.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dial_step.h"
#include "httpvoice.h"
#include "mem.h"
#include "ndjson.h"
#include "proc.h"
#include "secret.h"

enum {
	PAUSE_MS = 1000, /* of real time */
	PAUSE_MAX_MS = 30000,
	CONNECTIONS = 256
};

struct httpvoice {
	struct voice voice; /* first: the ops get this */
	struct loop *loop;
	struct exchange x; /* its strings are the settings' */
	char *secret;
	bool probe;
	pid_t pid; /* 0: none lives */
	int fd;
	struct ndjson in;
	struct buf out, text, alias;
	size_t sent;
	struct loop_timer *timer;
	int64_t pause;
	bool inside, closed;
};

static void begin(void *);
static void watch(struct httpvoice *);

/* ---- down and away -------------------------------------------------------------- */

static void
hv_free(struct httpvoice *h)
{
	secret_free(h->secret);
	buf_release(&h->out);
	buf_release(&h->text);
	buf_release(&h->alias);
	free(h);
}

/* The child ends when its socket does. */
static void
let_go(struct httpvoice *h)
{
	int code;

	loop_cancel(h->loop, h->timer);
	h->timer = NULL;
	if (h->fd >= 0) {
		loop_fd_remove(h->loop, h->fd);
		close(h->fd);
		ndjson_release(&h->in);
	}
	h->fd = -1;
	h->voice.up = false;
	h->sent = 0;
	buf_reset(&h->out);
	if (h->pid != 0)
		(void)proc_reap(
		    &code); /* if it has not ended yet, it is reaped with the next */
	h->pid = 0;
}

static void
again_later(struct httpvoice *h, void (*what)(void *))
{
	h->pause = h->pause == 0 ? PAUSE_MS : h->pause * 2;
	if (h->pause > PAUSE_MAX_MS)
		h->pause = PAUSE_MAX_MS;
	loop_cancel(h->loop, h->timer);
	h->timer = loop_at(h->loop, clock_mono() + h->pause * clock_scale(), what, h);
}

static void
tell_down(struct httpvoice *h, bool final, const char *why)
{
	char text[400];
	struct voice_event e = {
	    .kind = VOICE_DOWN, .at = clock_wall(), .reason = final, .text = text};

	snprintf(text, sizeof(text), "exchange %s (%s): %s", h->x.name, h->x.url, why);
	h->voice.event(h->voice.arg, &e);
}

/* The child is gone; final: so is trying. */
static void
down(struct httpvoice *h, bool final, const char *why)
{
	let_go(h);
	if (!final)
		again_later(h, begin);
	tell_down(h, final, why);
}

static void
hv_close(struct voice *v)
{
	struct httpvoice *h = (struct httpvoice *)v;

	let_go(h);
	h->closed = true;
	if (!h->inside)
		hv_free(h);
}

/* ---- writing ---------------------------------------------------------------------- */

static void
flush(struct httpvoice *h)
{
	while (h->sent < h->out.len) {
		ssize_t n = send(h->fd, h->out.p + h->sent, h->out.len - h->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break; /* what is wrong is found when reading */
		h->sent += (size_t)n;
	}
	if (h->sent == h->out.len) {
		buf_reset(&h->out);
		h->sent = 0;
	}
	watch(h);
}

static void
put_url(struct httpvoice *h, const char *key, const char *path)
{
	buf_reset(&h->text);
	buf_printf(&h->text, "%s%s", h->x.url, path);
	buf_member(&h->out, key, h->text.p);
}

/* What all requests have in common; the secret goes this way and no other. */
static void
put_setup(struct httpvoice *h)
{
	buf_adds(&h->out, "{\"type\":\"post_setup\"");
	put_url(h, "url", h->x.path);
	if (h->x.hangup_path != NULL)
		put_url(h, "hangup_url", h->x.hangup_path);
	if (h->x.must_prove)
		put_url(h, "proof_url", "/outreach-sim");
	else if (h->probe)
		put_url(h, "probe_url", "/");
	buf_member(&h->out, "key_header", h->x.key_header);
	if (*h->secret != '\0') {
		bool bearer = strcasecmp(h->x.secret_header, "Authorization") == 0;

		buf_reset(&h->text);
		buf_printf(&h->text, "%s: %s%s", h->x.secret_header, bearer ? "Bearer " : "",
		    h->secret);
		buf_member(&h->out, "secret", h->text.p);
		explicit_bzero(h->text.p, h->text.len);
	}
	buf_member_i(&h->out, "timeout_ms", h->x.timeout_ms);
	buf_member_i(&h->out, "connections", h->x.limit > 0 ? h->x.limit + 8 : CONNECTIONS);
	buf_adds(&h->out, "}\n");
}

/* ---- reading -------------------------------------------------------------------------- */

static void
is_up(struct httpvoice *h, const struct rec *rec)
{
	struct voice_event e = {.kind = VOICE_UP, .at = clock_wall(), .text = ""};
	struct slice v;

	h->voice.simulated = rec_find(rec, "simulated", &v) && slice_is(v, "true");
	h->voice.up = true;
	h->voice.event(h->voice.arg, &e);
}

/* Tries again whether it takes connections, with the next call. */
static void
again_up(void *arg)
{
	struct httpvoice *h = arg;
	struct voice_event e = {.kind = VOICE_UP, .at = clock_wall(), .text = ""};

	h->timer = NULL;
	h->voice.up = true;
	h->inside = true;
	h->voice.event(h->voice.arg, &e);
	h->inside = false;
	if (h->closed)
		hv_free(h);
}

static bool
has(const struct rec *rec, const char *key)
{
	struct slice v;

	return rec_find(rec, key, &v) && slice_is(v, "true");
}

/* What became of a request; false if this is no such line. */
static bool
replied(struct httpvoice *h, const struct rec *rec)
{
	static const struct {
		const char *said;
		enum voice_kind kind;
	} words[] = {{"placed", VOICE_QUEUED}, {"refused", VOICE_REFUSED},
	    {"unclear", VOICE_UNCLEAR}, {"unsent", VOICE_UNSENT}};
	struct voice_event e = {.at = clock_wall(), .text = "", .alias = ""};
	struct fault ignored;
	int64_t try;
	size_t i = 0;

	if (rec_text(rec, "said", &h->text, &ignored) <= 0)
		return false;
	while (i < COUNT(words) && strcmp(words[i].said, h->text.p) != 0)
		i++;
	if (i == COUNT(words) || rec_text(rec, "id", &h->text, &ignored) <= 0 ||
	    uuid_parse(h->text.p, h->text.len, &e.id) < 0 ||
	    rec_int(rec, "try", &try, &ignored) <= 0)
		return false;
	e.kind = words[i].kind;
	e.try = (int)try;
	e.alone = has(rec, "alone");
	e.busy = has(rec, "busy");
	if (rec_text(rec, "alias", &h->alias, &ignored) > 0 && h->alias.len > 0)
		e.alias = h->alias.p;
	if (rec_text(rec, "text", &h->text, &ignored) > 0 && h->text.len > 0)
		e.text = h->text.p;
	if (e.kind == VOICE_QUEUED)
		h->pause = 0;
	h->voice.event(h->voice.arg, &e);
	/* The call goes back before the link is down: it waits, as nothing was sent. */
	if (e.kind == VOICE_UNSENT && !h->closed && h->voice.up && has(rec, "refused")) {
		h->voice.up = false;
		again_later(h, again_up);
		tell_down(h, false, e.text);
	}
	return true;
}

static void
take(struct httpvoice *h, const struct rec *rec)
{
	struct fault ignored;

	if (slice_is(rec->type, "post_ready")) {
		is_up(h, rec);
	} else if (slice_is(rec->type, "post_down")) {
		char why[300];

		if (rec_text(rec, "text", &h->text, &ignored) <= 0 || h->text.len == 0)
			buf_adds(&h->text, "it does not answer");
		copy_text(why, sizeof(why), h->text.p);
		down(h, has(rec, "final"), why);
	} else if (!slice_is(rec->type, "post_reply") || !replied(h, rec)) {
		down(h, true, "outreach-post is of another version");
	}
}

static void
readable(struct httpvoice *h)
{
	struct fault f;
	struct rec rec;
	int got = 1;

	while (!h->closed && h->fd >= 0 && ndjson_ready(&h->in) &&
	    (got = ndjson_next(&h->in, &rec, &f)) > 0)
		take(h, &rec);
	if (!h->closed && h->fd >= 0 && (got <= 0 || h->in.end))
		down(h, false, "outreach-post ended");
}

static void
ready(void *arg, short revents)
{
	struct httpvoice *h = arg;

	h->inside = true;
	if (revents & (POLLIN | POLLHUP | POLLERR))
		readable(h);
	if (!h->closed && h->fd >= 0 && (revents & POLLOUT))
		flush(h);
	h->inside = false;
	if (h->closed)
		hv_free(h);
}

static void
watch(struct httpvoice *h)
{
	loop_fd(
	    h->loop, h->fd, (short)(POLLIN | (h->sent < h->out.len ? POLLOUT : 0)), ready, h);
}

/* ---- the child ------------------------------------------------------------------------- */

/* 0, or -1 with why. */
static int
start(struct httpvoice *h, struct fault *f)
{
	char *path = proc_find("outreach-post");
	char *argv[] = {path, NULL};
	int ends[2], rc;

	if (path == NULL)
		return fault(f, CONFIG, "outreach-post is not installed");
	rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	if (rc < 0) {
		fault(f, OSERR, "socketpair: %s", strerror(errno));
	} else {
		rc = proc_start(argv, ends[1], ends[1], &h->pid, f);
		close(ends[1]);
		if (rc < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
			close(ends[0]);
		else
			h->fd = ends[0];
	}
	free(path);
	return rc;
}

static void
begin(void *arg)
{
	struct httpvoice *h = arg;
	struct fault f;

	h->timer = NULL;
	h->inside = true;
	if (start(h, &f) < 0) {
		down(h, f.code == CONFIG, f.text);
	} else {
		ndjson_init(&h->in, h->fd, "outreach-post");
		put_setup(h);
		flush(h);
	}
	h->inside = false;
	if (h->closed)
		hv_free(h);
}

/* ---- orders ----------------------------------------------------------------------------- */

/* The real instant at which the decision is too old: what the child has not sent by then it does not send. */
static int64_t
fresh_until(const struct voice_call *call)
{
	int64_t age = (clock_mono() - call->decided) * 1000 / clock_scale();

	return clock_real_us() + DIAL_FRESH_MS * (int64_t)1000 - age;
}

static int
hv_originate(struct voice *v, const struct voice_call *call, struct fault *f)
{
	struct httpvoice *h = (struct httpvoice *)v;
	char id[37];

	if (!v->up)
		return fault(f, TEMPFAIL, "exchange %s is not there", h->x.name);
	buf_adds(&h->out, "{\"type\":\"post\"");
	buf_member(&h->out, "id", uuid_text(&call->id, id));
	buf_member_i(&h->out, "try", call->try);
	buf_member_i(&h->out, "by", fresh_until(call));
	buf_member(&h->out, "body", call->body);
	buf_adds(&h->out, "}\n");
	flush(h);
	return 0;
}

static void
hv_hangup(struct voice *v, const struct uuid *id, int cause)
{
	struct httpvoice *h = (struct httpvoice *)v;
	char text[37];

	if (!v->up || h->x.hangup_path == NULL)
		return;
	buf_adds(&h->out, "{\"type\":\"hangup\"");
	buf_member(&h->out, "id", uuid_text(id, text));
	buf_adds(&h->out, "}\n");
	flush(h);
}

static void
hv_ask(struct voice *v, const struct uuid *id)
{
	struct voice_event e = {
	    .kind = VOICE_CANNOT, .id = *id, .at = clock_wall(), .text = ""};

	v->event(v->arg, &e);
}

static const struct voice_ops hv_ops = {hv_originate, hv_hangup, hv_ask, hv_ask, hv_close};

static struct voice *
open_it(const struct exchange *x, struct loop *loop, bool probe,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *f)
{
	char *secret = exchange_secret(x, f);
	struct httpvoice *h;

	if (secret == NULL)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->voice = (struct voice){.ops = &hv_ops, .event = event, .arg = arg};
	h->loop = loop;
	h->x = *x;
	h->secret = secret;
	h->probe = probe;
	h->fd = -1;
	h->timer = loop_at(loop, clock_mono(), begin, h);
	return &h->voice;
}

struct voice *
httpvoice_open(const struct exchange *x, struct loop *loop,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *f)
{
	return open_it(x, loop, false, event, arg, f);
}

struct voice *
httpvoice_probe(const struct exchange *x, struct loop *loop,
    void (*event)(void *, const struct voice_event *), void *arg, struct fault *f)
{
	return open_it(x, loop, true, event, arg, f);
}
