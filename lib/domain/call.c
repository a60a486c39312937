/*
 * call: the join. An event becomes the smallest call that knows it, and two
 * calls join field by field: rank by maximum, stamps by minimum, the ending
 * by a total order, closed lines by or. Each is commutative, associative and
 * idempotent, so the whole is.
 */
#include <string.h>

#include "call.h"
#include "mem.h"

static const char *const ranks[] = {
    "", "intent", "placing", "placed", "ringing", "answered", "unknown", "ended"};
static const char *const sources[] = {"door", "exchange", "webhook", "file"};

void
call_init(struct call *c, const struct uuid *id)
{
	*c = (struct call){.id = *id, .cause = -1, .talk_ms = -1, .ring_ms = -1};
}

static int
order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
order_int(int a, int b)
{
	return (a > b) - (a < b);
}

/* < 0 if a's ending wins. The fields behind the key only matter should two keys collide. */
static int
ending_order(const struct call *a, const struct call *b)
{
	int o;

	/* An ending that knows nothing yields to any that knows. */
	if ((o = (a->disposition == DISP_UNKNOWN) - (b->disposition == DISP_UNKNOWN)) != 0 ||
	    (o = order(a->end_source, b->end_source)) != 0 ||
	    (o = order(a->end_key, b->end_key)) != 0 ||
	    (o = order(a->disposition, b->disposition)) != 0 ||
	    (o = order_int(a->cause, b->cause)) != 0 ||
	    (o = order_int(a->tech_cause, b->tech_cause)) != 0 ||
	    (o = order_int(a->talk_ms, b->talk_ms)) != 0)
		return o;
	return order_int(a->ring_ms, b->ring_ms);
}

static void
take_ending(struct call *c, const struct call *from)
{
	c->disposition = from->disposition;
	c->cause = from->cause;
	c->tech_cause = from->tech_cause;
	c->talk_ms = from->talk_ms;
	c->ring_ms = from->ring_ms;
	c->end_source = from->end_source;
	c->end_key = from->end_key;
}

/* What follows from the joined fields and is kept beside them. */
static void
derive(struct call *c)
{
	const struct call no_ending = {.cause = -1, .talk_ms = -1, .ring_ms = -1};

	if (c->rank != RANK_ENDED)
		take_ending(c, &no_ending);
	if (c->rank == RANK_UNKNOWN)
		c->disposition = DISP_UNKNOWN;
	c->line_open =
	    c->rank >= RANK_INTENT && !c->line_closed && (c->rank != RANK_ENDED || c->watched);
}

static bool
same(const struct call *a, const struct call *b)
{
	return a->rank == b->rank && memcmp(a->at, b->at, sizeof(a->at)) == 0 &&
	    a->disposition == b->disposition && ending_order(a, b) == 0 &&
	    a->watched == b->watched && a->line_closed == b->line_closed &&
	    a->line_open == b->line_open;
}

bool
call_merge(struct call *c, const struct call *other)
{
	const struct call before = *c;

	if (other->rank == RANK_ENDED && (c->rank != RANK_ENDED || ending_order(other, c) < 0))
		take_ending(c, other);
	if (other->rank > c->rank)
		c->rank = other->rank;
	for (int r = RANK_INTENT; r <= RANK_ENDED; r++)
		if (other->at[r] != 0 && (c->at[r] == 0 || other->at[r] < c->at[r]))
			c->at[r] = other->at[r];
	c->watched |= other->watched;
	c->line_closed |= other->line_closed;
	derive(c);
	return !same(c, &before);
}

void
call_watch(struct call *c)
{
	c->watched = true;
	derive(c);
}

bool
call_join(struct call *c, const struct call_event *e)
{
	struct call alone;

	call_init(&alone, &c->id);
	alone.rank = e->rank;
	if (e->rank != RANK_NONE)
		alone.at[e->rank] = e->at;
	alone.line_closed =
	    e->line_closed || (e->rank == RANK_ENDED && e->source != FROM_WEBHOOK);
	if (e->rank == RANK_ENDED) {
		alone.disposition = e->disposition == DISP_NONE ? DISP_UNKNOWN : e->disposition;
		alone.cause = e->cause;
		alone.tech_cause = e->tech_cause;
		alone.talk_ms = e->talk_ms;
		alone.ring_ms = e->ring_ms;
		alone.end_source = e->source;
		alone.end_key = e->key;
	}
	derive(&alone);
	return call_merge(c, &alone);
}

uint64_t
call_event_key(const char *kind, const struct call_event *e, const char *more, size_t len)
{
	const int64_t said[] = {e->rank, e->source, e->at, e->disposition, e->cause,
	    e->tech_cause, e->talk_ms, e->ring_ms};
	uint64_t key = hash64(kind, strlen(kind), 0);

	key = hash64(said, sizeof(said), key);
	return len ? hash64(more, len, key) : key;
}

const char *
rank_name(enum call_rank r)
{
	return (unsigned)r < COUNT(ranks) ? ranks[r] : "";
}

enum call_rank
rank_parse(const char *s)
{
	for (int r = RANK_INTENT; s != NULL && r <= RANK_ENDED; r++)
		if (strcmp(s, ranks[r]) == 0)
			return (enum call_rank)r;
	return RANK_NONE;
}

const char *
source_name(enum call_source source)
{
	return (unsigned)source < COUNT(sources) ? sources[source] : "";
}

int
source_parse(const char *s)
{
	for (int i = 0; s != NULL && i < (int)COUNT(sources); i++)
		if (strcmp(s, sources[i]) == 0)
			return i;
	return -1;
}

static const char *const heards[] = {NULL, "words", "key", "outcome", "summary", "callback"};

const char *
heard_name(enum call_heard how)
{
	return heards[how];
}

enum call_heard
heard_parse(const char *s)
{
	for (int i = HEARD_WORDS; s != NULL && i < (int)COUNT(heards); i++)
		if (strcmp(s, heards[i]) == 0)
			return (enum call_heard)i;
	return HEARD_NOTHING;
}
