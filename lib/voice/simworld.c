/*
 * simworld: outcomes as one table of names, SIP answers (RFC 3261) and the
 * causes Asterisk gives them; digits and mixes only choose rows of it.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "rand.h"
#include "simworld.h"
#include "yaml.h"

enum { RING_MS = 2000, CALLEE_TALK_MS = 3000 };

static const struct kind {
	const char *name;
	enum sim_end end;
	int sip, cause;
	bool rings;
	const char *digits; /* last two of the number; null: only by a mix */
} kinds[] = {
    {"answered", SIM_TALK, 200, 16, true, "00"},
    {"callee_hangup", SIM_CALLEE, 200, 0, true, "01"},
    {"busy", SIM_FAIL, 486, 17, false, "02"},
    {"no_answer", SIM_RINGS, 0, 0, true, "03"},
    {"congestion", SIM_FAIL, 503, 34, false, "04"},
    {"unallocated", SIM_FAIL, 404, 1, false, "05"},
    {"declined", SIM_FAIL, 603, 21, false, "06"},
    {"gave_up", SIM_FAIL, 480, 19, true, "07"},
    {"answered_at_once", SIM_TALK, 200, 16, false, "10"},
    {"busy_tone", SIM_BUSY_TONE, 0, 17, false, "12"},
    {"congestion_tone", SIM_CONGESTION_TONE, 0, 34, false, "14"},
    {"dropped", SIM_DROPPED, 200, 0, true, NULL},
    {"dead_trunk", SIM_DEAD, 0, 0, false, NULL},
    {"forbidden", SIM_FAIL, 403, 21, false, NULL},
    {"number_changed", SIM_FAIL, 410, 22, false, NULL},
    {"bad_number", SIM_FAIL, 484, 28, false, NULL},
    {"no_codec", SIM_FAIL, 488, 58, false, NULL},
    {"server_error", SIM_FAIL, 500, 38, false, NULL},
    {"unwanted", SIM_FAIL, 607, 127, false, NULL},
    {"blocked", SIM_FAIL, 608, 127, false, NULL},
};

struct range {
	int64_t low, high;
};

struct share {
	const struct kind *kind;
	int64_t share;
	struct range ring, talk;
};

struct sim_world {
	uint64_t seed;
	int64_t talk_ms, total;
	struct share share[COUNT(kinds)];
	size_t nshares; /* 0: by digits */
};

struct sim_world *
sim_world_new(uint64_t seed, int64_t talk_ms)
{
	struct sim_world *w = xcalloc(1, sizeof(*w));

	w->seed = seed;
	w->talk_ms = talk_ms;
	return w;
}

void
sim_world_free(struct sim_world *w)
{
	free(w);
}

/* "3s" or "3s-12s". */
static int
range(const struct yaml *y, json_t *value, const char *what, struct range *r, struct fault *f)
{
	const char *text = json_string_value(value), *dash;
	struct fault why;
	char *low;
	int bad;

	if (text == NULL)
		return yaml_fault(y, value, f, "%s: a duration such as 3s or 3s-12s", what);
	dash = strchr(text, '-');
	low = xstrndup(text, dash != NULL ? (size_t)(dash - text) : strlen(text));
	bad = num_duration(what, low, &r->low, &why) < 0 ||
	    num_duration(what, dash != NULL ? dash + 1 : low, &r->high, &why) < 0;
	free(low);
	if (bad)
		return yaml_fault(y, value, f, "%s", why.text);
	if (r->high < r->low)
		return yaml_fault(y, value, f, "%s: %s ends before it begins", what, text);
	return 0;
}

static const struct kind *
kind_named(const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int
load_share(
    struct sim_world *w, const struct yaml *y, const char *name, json_t *value, struct fault *f)
{
	struct share *s = &w->share[w->nshares];
	const char *key;
	json_t *v;

	*s = (struct share){.kind = kind_named(name), .ring = {RING_MS, RING_MS}};
	s->talk = (struct range){CALLEE_TALK_MS, CALLEE_TALK_MS};
	if (s->kind == NULL)
		return yaml_fault(y, value, f, "%s: no such outcome", name);
	if (!json_is_object(value))
		return yaml_fault(y, value, f, "%s: needs a mapping with share", name);
	json_object_foreach(value, key, v)
	{
		if (strcmp(key, "share") == 0) {
			s->share = json_is_integer(v) ? json_integer_value(v) : -1;
			if (s->share < 0 || s->share > 1000000)
				return yaml_fault(
				    y, v, f, "share: a whole number up to 1000000");
		} else if (strcmp(key, "ring") == 0) {
			if (range(y, v, "ring", &s->ring, f) < 0)
				return -1;
		} else if (strcmp(key, "talk") == 0) {
			if (range(y, v, "talk", &s->talk, f) < 0)
				return -1;
		} else
			return yaml_fault(y, v, f, "%s: no such key", key);
	}
	w->total += s->share;
	w->nshares++;
	return 0;
}

static int
load(struct sim_world *w, const struct yaml *y, struct fault *f)
{
	json_t *outcomes = json_object_get(y->root, "outcomes"), *value;
	const char *name;

	if (!json_is_object(outcomes) || json_object_size(y->root) != 1)
		return yaml_fault(y, y->root, f, "needs one key: outcomes, a mapping");
	json_object_foreach(
	    outcomes, name, value) if (load_share(w, y, name, value, f) < 0) return -1;
	if (w->total == 0)
		return yaml_fault(y, outcomes, f, "outcomes: the shares sum up to 0");
	return 0;
}

struct sim_world *
sim_world_load(const char *file, uint64_t seed, struct fault *f)
{
	struct sim_world *w;
	struct yaml y;

	if (yaml_load(&y, file, f) < 0)
		return NULL;
	w = sim_world_new(seed, CALLEE_TALK_MS);
	if (load(w, &y, f) < 0) {
		sim_world_free(w);
		w = NULL;
	}
	yaml_release(&y);
	return w;
}

static int64_t
within(const struct range *r, uint64_t dice)
{
	return r->low + (int64_t)(dice % (uint64_t)(r->high - r->low + 1));
}

static struct sim_outcome
by_mix(const struct sim_world *w, uint64_t dice)
{
	int64_t at = (int64_t)(dice % (uint64_t)w->total);
	const struct share *s = w->share;

	while (at >= s->share)
		at -= s++->share;
	dice = hash64(&dice, sizeof(dice), 1);
	return (struct sim_outcome){.name = s->kind->name,
	    .end = s->kind->end,
	    .sip = s->kind->sip,
	    .cause = s->kind->cause,
	    .ring_ms = s->kind->rings ? within(&s->ring, dice) : 0,
	    .talk_ms = within(&s->talk, dice >> 32)};
}

static struct sim_outcome
by_digits(const struct sim_world *w, const char *number, uint64_t dice, int local)
{
	size_t len = strlen(number);
	const struct kind *k = NULL;

	for (size_t i = 0; i < COUNT(kinds) && len >= 2 && k == NULL; i++)
		if (kinds[i].digits != NULL && strcmp(kinds[i].digits, number + len - 2) == 0)
			k = &kinds[i];
	if (k == NULL || (!local && (k->end == SIM_BUSY_TONE || k->end == SIM_CONGESTION_TONE)))
		return (struct sim_outcome){
		    "answered", SIM_TALK, 200, 16, (int64_t)(300 + dice % 900), w->talk_ms};
	return (struct sim_outcome){k->name, k->end, k->sip, k->cause, k->rings ? RING_MS : 0,
	    k->end == SIM_CALLEE ? CALLEE_TALK_MS : w->talk_ms};
}

struct sim_outcome
sim_world_outcome(const struct sim_world *w, const char *number, const char *id, int local)
{
	uint64_t dice = hash64(number, strlen(number), hash64(id, strlen(id), w->seed));

	return w->nshares > 0 ? by_mix(w, dice) : by_digits(w, number, dice, local);
}
