/*
 * doctor, the exchanges: the secret's file, and a login that is closed again.
 */
#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "clock.h"
#include "mem.h"
#include "door.h"
#include "httpvoice.h"
#include "secret.h"

enum { PATIENCE_MS = 5000 };

struct attempt {
	struct loop *loop;
	bool up, down;
	char why[300];
};

static void
on_event(void *arg, const struct voice_event *e)
{
	struct attempt *a = arg;

	if (e->kind == VOICE_UP)
		a->up = true;
	else if (e->kind == VOICE_DOWN) {
		a->down = true;
		copy_text(a->why, sizeof(a->why), e->text);
	}
	if (a->up || a->down)
		loop_stop(a->loop);
}

static void
on_time(void *arg)
{
	struct attempt *a = arg;

	snprintf(a->why, sizeof(a->why), "no answer within %d s", PATIENCE_MS / 1000);
	loop_stop(a->loop);
}

/* Logs in and leaves. */
static void
try_login(struct doctor *d, const struct exchange *x, const char *what, const char *where)
{
	struct attempt a = {.loop = loop_new()};
	struct fault f;
	struct voice *v = x->http ? httpvoice_probe(x, a.loop, on_event, &a, &f)
				  : voice_open(x, a.loop, on_event, &a, &f);

	if (v != NULL) {
		loop_at(a.loop, clock_mono() + PATIENCE_MS * clock_scale(), on_time, &a);
		if (loop_run(a.loop, &f) < 0)
			copy_text(a.why, sizeof(a.why), f.text);
		v->ops->close(v);
	} else
		copy_text(a.why, sizeof(a.why), f.text);
	loop_free(a.loop);
	if (a.up)
		doctor_say(
		    d, FINE, what, where, NULL, "%s", x->http ? "it answers" : "logged in");
	else
		doctor_say(d, WRONG, what, where, NULL, "%s", a.why);
}

/* The simulator need not run where nobody names it. */
static bool
is_named(const struct doctor *d, const char *name)
{
	char key[100];
	int n = snprintf(key, sizeof(key), "exchanges.%s.", name);

	for (size_t i = 0; i < d->settings.origins; i++)
		if (strncmp(d->settings.origin[i].key, key, (size_t)n) == 0 &&
		    strcmp(d->settings.origin[i].from, "default") != 0)
			return true;
	return false;
}

void
doctor_exchanges(struct doctor *d)
{
	for (size_t i = 0; i < d->settings.exchanges; i++) {
		const char *name = d->settings.exchange[i].name;
		char what[100], where[300];
		struct exchange x;
		struct fault f;
		char *secret;

		snprintf(what, sizeof(what), "exchange.%s", name);
		if (!is_named(d, name))
			continue;
		if (settings_exchange(&d->settings, name, &x, &f) < 0 ||
		    (secret = exchange_secret(&x, &f)) == NULL) {
			doctor_say(d, WRONG, what, "", NULL, "%s", f.text);
			continue;
		}
		secret_free(secret);
		if (x.http && door_post_check(&x, &f) < 0) {
			doctor_say(d, WRONG, what, "", NULL, "%s", f.text);
			continue;
		}
		if (x.http)
			snprintf(where, sizeof(where), "%s%s", x.url, x.path);
		else
			snprintf(where, sizeof(where), "%s:%d", x.host, x.port);
		if (d->offline)
			doctor_say(d, NOTE, what, where, NULL, "not asked (--offline)");
		else
			try_login(d, &x, what, where);
	}
}
