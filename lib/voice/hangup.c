/*
 * hangup: the door settles what has no owner; what has one is watched in the
 * store, and hung up directly when its dialer is too slow.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "control.h"
#include "dial_step.h"
#include "hangup.h"
#include "lines.h"
#include "mem.h"

enum { FIRST_MS = 1000, AGAIN_MS = 250, TRIES = 40 }; /* of real time, as dialers look */

struct hangup {
	struct db *db;
	const struct settings *settings;
	const char *exchange; /* null: all */
	struct loop *loop;
	struct line_voice {
		char name[64];
		struct voice *voice;
	} * line;
	size_t lines;
	int tries;
	struct fault *f;
	int status;
};

static void
on_voice(void *arg, const struct voice_event *e)
{
	struct hangup *h = arg;

	if (e->kind == VOICE_DOWN && e->reason == 1) {
		h->status = fault(h->f, UNAVAILABLE, "%s", e->text);
		loop_stop(h->loop);
	}
}

static struct voice *
voice_of(struct hangup *h, const char *name)
{
	struct exchange x;

	for (size_t i = 0; i < h->lines; i++)
		if (strcmp(h->line[i].name, name) == 0)
			return h->line[i].voice;
	if (settings_exchange(h->settings, name, &x, h->f) < 0)
		return NULL;
	h->line = xrealloc(h->line, h->lines + 1, sizeof(*h->line));
	copy_text(h->line[h->lines].name, sizeof(h->line[h->lines].name), name);
	h->line[h->lines].voice = voice_open(&x, h->loop, on_voice, h, h->f);
	return h->line[h->lines].voice == NULL ? NULL : h->line[h->lines++].voice;
}

/* 1 it is asked for once more, 0 it is another exchange's. */
static int
hang_up_one(struct hangup *h, const struct uuid *id)
{
	struct order o;
	struct voice *v;

	if (calls_order(h->db, id, &o, h->f) < 0)
		return -1;
	if (h->exchange != NULL && strcmp(o.exchange, h->exchange) != 0)
		return 0;
	if ((v = voice_of(h, o.exchange)) == NULL)
		return -1;
	if (v->up)
		v->ops->hangup(v, id, DIAL_CAUSE);
	return 1;
}

static void
again(void *arg)
{
	struct hangup *h = arg;
	struct uuid id = {{0}};
	int n, open = 0;

	while ((n = lines_next_hangup(h->db, &id, h->f)) > 0) {
		int asked = hang_up_one(h, &id);

		open += asked != 0;
		if (asked < 0)
			h->status = -1; /* the others are hung up all the same */
	}
	if (n < 0)
		h->status = -1;
	if (n < 0 || open == 0 || ++h->tries == TRIES)
		loop_stop(h->loop);
	else
		loop_at(h->loop, clock_mono() + AGAIN_MS * clock_scale(), again, h);
}

/* What living dialers have: they get a second, then we do it. exchange: null: all. */
static int
of_the_living(
    struct db *db, const struct settings *settings, const char *exchange, struct fault *f)
{
	struct hangup h = {.db = db, .settings = settings, .exchange = exchange, .f = f};
	struct uuid id = {{0}};
	int n = lines_next_hangup(db, &id, f);

	if (n <= 0)
		return n;
	h.loop = loop_new();
	loop_at(h.loop, clock_mono() + FIRST_MS * clock_scale(), again, &h);
	if (loop_run(h.loop, f) < 0)
		h.status = -1;
	for (size_t i = 0; i < h.lines; i++)
		h.line[i].voice->ops->close(h.line[i].voice);
	free(h.line);
	loop_free(h.loop);
	return h.status;
}

/* What nobody follows any more. */
static int
of_the_dead(struct db *db, const struct settings *settings, const char *exchange,
    void (*word)(void *, enum door_word, const char *), void *arg, struct fault *f)
{
	struct door_options opt = {.db = db,
	    .settings = settings,
	    .input = -1,
	    .exchange = exchange,
	    .settle_only = true,
	    .no_output = true,
	    .word = word,
	    .arg = arg};
	struct door_result result;

	return door_run(&opt, &result, f);
}

int
hangup_open(struct db *db, const struct settings *settings,
    void (*word)(void *, enum door_word, const char *), void *arg, struct fault *f)
{
	struct fault unreached;
	int rc = of_the_dead(db, settings, NULL, word, arg, &unreached);

	if (of_the_living(db, settings, NULL, f) < 0)
		return -1;
	if (rc < 0)
		*f = unreached;
	return rc;
}

int
hangup_one(struct db *db, const struct settings *settings, const struct order *o,
    void (*word)(void *, enum door_word, const char *), void *arg, struct fault *f)
{
	return owner_alive(db, o->owner) ? of_the_living(db, settings, o->exchange, f)
					 : of_the_dead(db, settings, o->exchange, word, arg, f);
}
