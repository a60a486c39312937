/*
 * web: the main loop. It wakes when requests wait, ticks for what other
 * processes did, and ends in order: no new requests, those under way answered,
 * then the threads.
 */
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "gate.h"
#include "mem.h"
#include "secret.h"
#include "web_parts.h"

enum {
	TICK_MS = 50, /* of real time */
	SWEEP_TICKS = 20,
	YIELDS = 40,
	YIELD_US = 30,
	CACHE_KIB = 4 << 10, /* calls are clustered: few pages are in use at a time */
	STOP_MS = 5000       /* what is under way gets so long */
};

void
web_word(const struct web *w, const char *fmt, ...)
{
	char text[1200];
	va_list ap;

	if (!w->o.word)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w->o.word(w->o.arg, text);
}

/*
 * The first request of a group wakes us, and a group costs five syncs however large it is. So up to as many
 * as came last time are waited for, as long as more do come.
 */
static void
gather(struct web *w)
{
	size_t n = server_waiting(w->server), before = 0;

	for (int i = 0; i < YIELDS && n > before && n < w->together; i++) {
		before = n;
		loop_yield(YIELD_US);
		n = server_waiting(w->server);
	}
	w->together = n;
}

static void
on_requests(void *arg, short revents)
{
	struct web *w = arg;

	gather(w);
	atomic_store(&w->beat_us, clock_real_us());
	group_run(w, server_take(w->server));
	atomic_store(&w->beat_us, clock_real_us());
}

static void on_stop(void *arg, int signo);

/* Who replaced the journal took it out of our sandbox: to start again is the only way back to it. */
static void
check_reach(struct web *w)
{
	if (w->cut_off || confined_intact(&w->confined))
		return;
	w->cut_off = true;
	if (!w->stopping)
		on_stop(w, SIGTERM);
}

static void
tick(void *arg)
{
	struct web *w = arg;
	struct fault ignored;
	int64_t seq;

	w->tick = loop_at(w->loop, clock_mono() + TICK_MS * clock_scale(), tick, w);
	atomic_store(&w->beat_us, clock_real_us());
	seq = w->seq;
	context_follow(w);
	if ((w->seq != seq || w->bearers_old) &&
	    auth_load(w, &ignored) == 0) { /* if not now, then at the next tick */
		live_check(w->live);
		sockets_check(w->ws);
	}
	group_receipts(w);
	live_tick(w->live);
	sockets_tick(w->ws);
	speeches_tick(w->speeches);
	atomic_store(&w->beat_us, clock_real_us());
	if (++w->ticks % SWEEP_TICKS == 0) {
		server_sweep(w->server);
		alive_look(w);
		check_reach(w);
		w->o.turns(w->o.arg);
	}
	if (w->stopping &&
	    ((server_active(w->server) == 0 && dialers_over(w->dialers)) ||
		clock_real_us() > w->stop_by))
		loop_stop(w->loop);
}

static void
on_stop(void *arg, int signo)
{
	struct web *w = arg;

	if (w->stopping) {
		loop_stop(w->loop);
		return;
	}
	w->stopping = true;
	w->stop_by = clock_real_us() + STOP_MS * (int64_t)1000;
	w->o.stopping(w->o.arg);
	dialers_stop(w->dialers);
	live_close(w->live);
	sockets_close(w->ws);
	server_quiesce(w->server);
	loop_cancel(w->loop, w->tick);
	tick(w);
}

static int
load_certificate(struct web *w, struct fault *f)
{
	const struct serve_settings *s = &w->o.settings->serve;
	size_t i;

	for (i = 0; i < w->o.listens && !w->o.listen[i].tls; i++)
		;
	if (i == w->o.listens)
		return 0;
	if (!s->tls_cert)
		return fault(f, CONFIG,
		    "%s: there is no certificate: give serve.tls in the settings",
		    w->o.listen[i].text);
	return tls_load(&w->tls, s->tls_cert, s->tls_key, f);
}

/* Who would let the whole network ask without a secret is told what is missing. */
static int
check_addresses(struct web *w, struct fault *f)
{
	char *text[SECRETS_MAX];
	int n = serve_secrets(w->o.settings, text, SECRETS_MAX, f);

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		secrets_add(&w->secrets, text[i]);
		secret_free(text[i]);
	}
	for (size_t i = 0; i < w->o.listens; i++) {
		const struct listen *l = &w->o.listen[i];

		if (l->loopback)
			continue;
		if ((l->faces & FACE_AVR) && n == 0)
			return fault(f, CONFIG,
			    "%s: without a webhook secret only this machine may ask: give serve.webhook_secret_file in the settings, or listen on 127.0.0.1",
			    l->text);
		if ((l->faces & FACE_PEOPLE) && bearers_count(w->bearers) == 0)
			return fault(f, CONFIG,
			    "%s: without a token only this machine may ask: make one with outreach-token add, listen on 127.0.0.1, or for AVR alone with --avr",
			    l->text);
	}
	if (n == 0)
		web_word(w, "there is no webhook secret: only this machine may send events");
	if (bearers_count(w->bearers) == 0)
		web_word(w,
		    "there is no token: only this machine may look and steer (outreach-token add)");
	return 0;
}

/* The dialer asks here whether contexts are served. */
static int
open_inside(struct web *w, struct fault *f)
{
	char *path = xasprintf("%s.d/" GATE_SOCKET, w->db->path);
	int rc = listen_unix(&w->inside, path, FACE_INSIDE, 0600, f);

	free(path);
	return rc;
}

/* Once confined we may not remove Unix sockets in folders of others. */
static int
watch_sockets(struct web *w, struct fault *f)
{
	const char *path[LISTEN_MAX];
	size_t n = 0;

	for (size_t i = 0; i < w->o.listens; i++)
		if (w->o.listen[i].remove)
			path[n++] = w->o.listen[i].remove;
	if (n == 0)
		return 0;
	if (leftover_start(&w->sockets, path, n, f) < 0)
		return -1;
	for (size_t i = 0; i < w->o.listens; i++) {
		free(w->o.listen[i].remove);
		w->o.listen[i].remove = NULL;
	}
	return 0;
}

static void
dialers_word(void *arg, const char *text)
{
	web_word(arg, "%s", text);
}

/* Once confined we may run no program: another one does. */
static int
start_dialers(struct web *w, struct fault *f)
{
	if (!w->o.settings->serve.dialer)
		return 0;
	w->dialers = dialers_start(w->db->path, w->loop, dialers_word, w, f);
	return w->dialers ? 0 : -1;
}

/* Every address is bound; what we do not need is given up before the first thread serves. */
static int
serve_addresses(struct web *w, struct fault *f)
{
	if (open_inside(w, f) < 0 || start_dialers(w, f) < 0 || watch_sockets(w, f) < 0 ||
	    w->o.bound(w->o.arg, f) < 0 || confine(w, f) < 0 ||
	    server_listen(w->server, &w->inside, f) < 0)
		return -1;
	for (size_t i = 0; i < w->o.listens; i++)
		if (server_listen(w->server, &w->o.listen[i], f) < 0)
			return -1;
	return 0;
}

static void
count(const struct request *r, int64_t took_us)
{
	const struct web *w = r->web;

	metrics_count(w->metrics, r, took_us);
}

static int
start(struct web *w, struct fault *f)
{
	struct server_options so = {.route = web_routes,
	    .routes = web_route_count,
	    .web = w,
	    .tls = &w->tls,
	    .authorise = auth_request,
	    .over = count};
	int only =
	    db_cache(w->db, CACHE_KIB, f) < 0 ? -1 : owner_only(w->db, "serve", &w->only, f);

	if (only == 0)
		return fault(
		    f, TEMPFAIL, "%s: another outreach-serve runs on this store", w->db->path);
	if (only < 0 || auth_load(w, f) < 0 || check_addresses(w, f) < 0 ||
	    load_certificate(w, f) < 0)
		return -1;
	loop_signal(w->loop, SIGTERM, on_stop, w);
	loop_signal(w->loop, SIGINT, on_stop, w);
	atomic_store(&w->beat_us, clock_real_us());
	if (context_load_all(w, f) < 0)
		return -1;
	w->live = live_new(w, f);
	w->ws = w->live ? sockets_new(w, f) : NULL;
	w->speeches = w->ws ? speeches_new(w, f) : NULL;
	w->server = w->speeches ? server_open(&so, f) : NULL;
	if (!w->server || serve_addresses(w, f) < 0)
		return -1;
	loop_fd(w->loop, server_fd(w->server), POLLIN, on_requests, w);
	tick(w);
	return w->o.ready(w->o.arg, f);
}

int
web_run(const struct web_options *o, struct fault *f)
{
	struct web *w = xcalloc(1, sizeof(*w));
	int rc;

	w->o = *o;
	w->db = o->db;
	w->only.fd = w->inside.fd = w->sockets.fd = -1;
	w->loop = loop_new();
	w->contexts = contexts_new();
	w->bearers = bearers_new();
	w->metrics = metrics_new();
	copy_text(w->actor, sizeof(w->actor), w->db->actor);
	rc = start(w, f);
	if (rc == 0)
		rc = loop_run(w->loop, f);
	if (rc == 0 && w->cut_off)
		rc = fault(f, TEMPFAIL,
		    "%s: another program replaced the journal beside it, which the sandbox keeps from us: start again",
		    w->db->path);
	if (w->server)
		group_run(w, server_take(w->server));
	group_end(w);
	upload_end(w);
	speeches_end(w->speeches);
	live_close(w->live);
	sockets_close(w->ws);
	server_close(w->server);
	sockets_free(w->ws);
	speeches_free(w->speeches);
	live_free(w->live);
	while (group_receipts(w))
		;
	contexts_free(w->contexts);
	bearers_free(w->bearers);
	metrics_free(w->metrics);
	dialers_free(w->dialers);
	loop_free(w->loop);
	listen_release(&w->inside);
	leftover_end(&w->sockets);
	confined_release(&w->confined);
	owner_release(&w->only);
	secrets_release(&w->secrets);
	tls_release(&w->tls);
	free(w);
	return rc;
}
