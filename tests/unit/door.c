/*
 * door: the door in virtual time against an exchange that does what the test
 * says: what may be sent once the campaign's file has changed, whose calls it
 * takes over, and what a record that comes again does.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "additions.h"
#include "calls.h"
#include "clock.h"
#include "contact.h"
#include "door.h"
#include "ground.h"
#include "json.h"
#include "lines.h"
#include "mem.h"
#include "people.h"
#include "prompt.h"
#include "schedule.h"
#include "tap.h"
#include "target_context.h"

#define MONDAY INT64_C(1772442000000) /* 2026-03-02T09:00:00Z */

struct stage {
	struct db db;
	struct settings settings;
	struct campaign c;
	struct claim claim[8];
	struct loop *loop;
	int in[2]; /* records for the door */
	struct door_result result;
	struct voice voice; /* the exchange */
	void (*on_originate)(struct stage *, const struct voice_call *);
	void (*on_ask)(struct stage *, const struct uuid *);
	int originates, hangups, unknown;
};

static struct stage *stage;

/* ---- the exchange ------------------------------------------------------------------ */

static void
say(struct stage *s, enum voice_kind kind, const struct uuid *id)
{
	struct voice_event e = {
	    .kind = kind, .at = clock_wall(), .try = 1, .started_at = MONDAY - 1, .text = ""};

	if (id != NULL)
		e.id = *id;
	s->voice.up = kind == VOICE_UP || (kind != VOICE_DOWN && s->voice.up);
	s->voice.event(s->voice.arg, &e);
}

static int
originate(struct voice *v, const struct voice_call *call, struct fault *why)
{
	stage->originates++;
	stage->on_originate(stage, call);
	return 0;
}

static void
hangup(struct voice *v, const struct uuid *id, int cause)
{
	struct voice_event e = {
	    .kind = VOICE_HANGUP, .id = *id, .cause = cause, .at = clock_wall(), .text = ""};

	stage->hangups++;
	v->event(v->arg, &e);
}

static void
ask(struct voice *v, const struct uuid *id)
{
	stage->on_ask(stage, id);
}

static void
fence(struct voice *v, const struct uuid *id)
{
	say(stage, VOICE_FENCE, id);
}

static void
close_it(struct voice *v)
{
}

static void
up(void *arg)
{
	say(arg, VOICE_UP, NULL);
}

static struct voice *
open_it(void *arg, const struct exchange *x, struct loop *l,
    void (*event)(void *, const struct voice_event *), void *event_arg, struct fault *why)
{
	static const struct voice_ops ops = {originate, hangup, ask, fence, close_it};
	struct stage *s = arg;

	s->voice =
	    (struct voice){.ops = &ops, .event = event, .arg = event_arg, .simulated = true};
	loop_at(s->loop, clock_mono() + 10, up, s);
	return &s->voice;
}

static void
gone(struct stage *s, const struct uuid *id)
{
	say(s, VOICE_GONE, id);
}

static void
lives(struct stage *s, const struct uuid *id)
{
	say(s, VOICE_LIVE, id);
}

/* ---- a store with people who are claimed -------------------------------------------- */

static void
apply(struct stage *s, const char *dial_string)
{
	char *text = xasprintf(
	    "{\"name\":\"d\",\"template\":\"Hello {{name}}.\",\"base_prompt\":\"Be kind.\","
	    "\"exchange\":\"sim\",\"dial_string\":\"%s\",\"caller_id\":\"+442079460000\","
	    "\"days\":\"mon-sun\",\"hours\":\"00:00-24:00\",\"ring_timeout\":\"20s\","
	    "\"max_duration\":\"1m\",\"concurrent\":8,\"assume_timezone\":\"Etc/UTC\"}",
	    dial_string);
	json_t *file = json_read("file", text, strlen(text), &f);
	enum apply_change change;

	if (file == NULL || campaigns_apply(&s->db, file, &change, NULL, &f) < 0)
		printf("# apply: %s\n", f.text);
	json_decref(file);
	free(text);
}

static void
add_people(struct stage *s, int n)
{
	int64_t ids[8], obstacles;
	size_t added;

	db_begin(&s->db, &f);
	for (int i = 0; i < n; i++) {
		char key[16];
		struct person p = {.source = "d",
		    .key = key,
		    .name = "Ann",
		    .phones = 1,
		    .phone = {INT64_C(442079460000) + i}};
		enum people_change how;

		snprintf(key, sizeof(key), "%d", i);
		if (people_put(&s->db, &p, &how, &f) < 0)
			printf("# %s\n", f.text);
		ids[i] = p.id;
	}
	campaigns_need(&s->db, "d", &s->c, &f);
	additions_put(&s->db, s->c.id, ids, (size_t)n, &added, NULL, NULL, &f);
	db_commit(&s->db, &f);
	campaigns_need(&s->db, "d", &s->c, &f);
	if (campaigns_activate(&s->db, &s->c, false, NULL, NULL, NULL, &obstacles, &f) < 0)
		printf("# activate: %s\n", f.text);
	campaigns_need(&s->db, "d", &s->c, &f);
}

static void
claim(struct stage *s, int want)
{
	enum claim_end end;
	int64_t next;
	size_t n;

	if (schedule_claim(&s->db, &s->c, (size_t)want, s->claim, &n, &end, &next, &f) < 0 ||
	    n != (size_t)want)
		printf("# claimed %zu: %s\n", n, f.text);
	db_begin(&s->db, &f);
	for (size_t i = 0; i < n; i++)
		target_context_put(&s->db, s->claim[i].target, &s->claim[i].call, "Hello Ann.",
		    "Be kind.\n\nHello Ann.", "template", &f);
	db_commit(&s->db, &f);
}

/* The record of that claim, to the door's input. */
static void
give(struct stage *s, int n)
{
	struct buf out = {0};
	struct order o;
	char id[37];

	if (calls_order(&s->db, &s->claim[n].call, &o, &f) <= 0)
		printf("# no order: %s\n", f.text);
	buf_printf(&out,
	    "{\"type\":\"call\",\"v\":1,\"id\":\"%s\",\"context\":\"Hello Ann.\"}\n",
	    uuid_text(&s->claim[n].call, id));
	if (write(s->in[1], out.p, out.len) != (ssize_t)out.len)
		printf("# the pipe is full\n");
	buf_release(&out);
}

static struct stage *
begin(const char *name, const char *dial_string, int people)
{
	struct stage *s = stage = xcalloc(1, sizeof(*s));

	clock_virtual(MONDAY);
	s->loop = loop_new();
	settings_load(&s->settings, &f);
	fresh(&s->db, name);
	need(pipe2(s->in, O_CLOEXEC | O_NONBLOCK) == 0, "no pipe");
	db_exec(&s->db, "PRAGMA synchronous = OFF", &f);
	apply(s, dial_string);
	add_people(s, people);
	claim(s, people);
	return s;
}

static void
no_more(struct stage *s)
{
	if (s->in[1] >= 0)
		close(s->in[1]);
	s->in[1] = -1;
}

static void
word(void *arg, enum door_word kind, const char *text)
{
	struct stage *s = arg;

	if (kind != DOOR_SAY)
		printf("# %s\n", text);
	if (strstr(text, "how the call ended is unknown") != NULL && s->unknown++ == 0 &&
	    s->in[1] >= 0) {
		give(s, 0);
		no_more(s);
	}
}

static int
run(struct stage *s)
{
	struct door_options opt = {.db = &s->db,
	    .settings = &s->settings,
	    .input = s->in[0],
	    .no_output = true,
	    .loop = s->loop,
	    .open = open_it,
	    .word = word,
	    .arg = s};
	int rc = door_run(&opt, &s->result, &f);

	if (rc < 0)
		printf("# door: %s\n", f.text);
	return rc;
}

static struct order
order_of(struct stage *s, int n)
{
	struct order o;

	if (calls_order(&s->db, &s->claim[n].call, &o, &f) <= 0)
		printf("# no order: %s\n", f.text);
	return o;
}

static void
end(struct stage *s)
{
	no_more(s);
	close(s->in[0]);
	db_close(&s->db);
	settings_release(&s->settings);
	loop_free(s->loop);
	free(s);
}

/* ---- what is held ---------------------------------------------------------------------- */

static void
down_then_up(struct stage *s, const struct voice_call *call)
{
	loop_at(s->loop, clock_mono() + 1000, up, s);
	say(s, VOICE_DOWN, NULL);
}

static void
unfenced_then_down(struct stage *s, const struct voice_call *call)
{
	if (s->originates == 1)
		apply(s, "PJSIP/{number}@trunk");
	down_then_up(s, call);
}

static void
test_fence(void)
{
	struct stage *s = begin("fence", "Local/{number}-{id}@outreach-once/n", 1);

	s->on_originate = unfenced_then_down;
	s->on_ask = gone;
	give(s, 0);
	no_more(s);
	run(s);
	is_int(s->originates, 1, "a call that a fence was promised is not sent again past it");
	is_int(order_of(s, 0).call.rank, RANK_UNKNOWN, "but unknown");
	end(s);
	s = begin("kept", "Local/{number}-{id}@outreach-once/n", 1);
	s->on_originate = down_then_up;
	s->on_ask = gone;
	give(s, 0);
	no_more(s);
	run(s);
	is_int(s->originates, 3, "with the fence it is, three times at most");
	end(s);
}

static void
nothing(struct stage *s, const struct voice_call *call)
{
	say(s, VOICE_QUEUED, &call->id);
}

/* Behind the decision the store takes its time: here the clock does, in the midst of the first send. */
static void
slow(struct stage *s, const struct voice_call *call)
{
	ok(clock_mono() - call->decided <= 2000, "no originate on an old decision");
	say(s, VOICE_CHANNEL, &call->id);
	hangup(&s->voice, &call->id, 17);
	if (s->originates == 1)
		clock_advance(clock_mono() + 1999);
	else if (s->originates == 2)
		clock_advance(clock_mono() + 2001);
}

static void
test_fresh(void)
{
	struct stage *s = begin("fresh", "PJSIP/{number}@trunk", 3);

	s->on_originate = slow;
	s->on_ask = gone;
	for (int i = 0; i < 3; i++)
		give(s, i);
	no_more(s);
	run(s);
	is_int(s->originates, 3, "it is decided again, and sent");
	end(s);
}

/* The session lives, so its line is open, whatever comes in on the input. */
static void
test_again(void)
{
	struct stage *s = begin("again", "PJSIP/{number}@trunk", 1);

	s->on_originate = nothing;
	s->on_ask = gone;
	give(s, 0);
	run(s);
	is_int(s->unknown, 1, "an originate that nothing is heard of is unknown, once");
	is_int(s->result.refused, 1, "its record once more is refused");
	is_int(s->originates, 1, "it is not sent again");
	ok(order_of(s, 0).call.line_open,
	    "and its line stays open as long as the session lives");
	end(s);
}

/* Another dialer makes a call and dies; then somebody wants it hung up. */
static void
anothers(struct stage *s, const struct voice_call *call)
{
	struct intent in = {
	    .id = s->claim[1].call, .owner = "4711-dead", .exchange = "sim", .simulated = true};
	struct order o;

	nothing(s, call);
	if (calls_intend(&s->db, &in, 1, &f) < 0 || in.result != INTENT_OK)
		printf("# intent: %s\n", f.text);
	o = order_of(s, 1);
	db_begin(&s->db, &f);
	calls_ask_hangup_one(&s->db, &o, &f);
	db_commit(&s->db, &f);
	say(s, VOICE_ANSWERED, &call->id);
}

static void
test_hangup(void)
{
	struct stage *s = begin("hangup", "PJSIP/{number}@trunk", 2);

	s->on_originate = anothers;
	s->on_ask = lives;
	give(s, 0);
	no_more(s);
	run(s);
	is_int(s->originates, 1, "one call is made");
	is_int(s->hangups, 2,
	    "the other, whose dialer is dead, is hung up, and ours when its time is over");
	is_int(order_of(s, 1).call.rank, RANK_ENDED, "and over");
	ok(order_of(s, 1).call.at[RANK_ENDED] < MONDAY + 5000, "at once");
	end(s);
}

int
main(void)
{
	ground_make("door");
	need(chdir(dir) == 0, dir);
	test_fence();
	test_fresh();
	test_again();
	test_hangup();
	ground_clear();
	return done_testing();
}
