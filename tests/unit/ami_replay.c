/*
 * ami_replay: what a real Asterisk 22.10.1 said (tests/data/captures/ami), told
 * to parser, decoder and dial_step alone, so that simulator and dialer do not
 * share one error. The wanted endings are those of the measured table, call by
 * call in the order of their originates.
 */
#include <stdlib.h>

#include "ami_decode.h"
#include "buf.h"
#include "dial_step.h"
#include "mem.h"
#include "tap.h"

enum { IDS = 16, ACTIONS = 64, DAY = 1795392 /* 2026-11-23T00:00:00Z, thousands of s */ };

struct replay {
	struct dial *d;
	struct dial_now now;
	struct dial_spec spec;
	char id[IDS][160], action[ACTIONS][200];
	int action_id[ACTIONS], action_try[ACTIONS];
	char end[IDS][80];
	int ids, actions, originates, second_originates;
	struct buf block;
	char kind;  /* of the block: > or < */
	bool early; /* the carrier says 183 where it said 180: the channel never is Ringing */
};

static struct uuid
uuid_of(int n)
{
	struct uuid id = {{0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80}};

	id.b[15] = (unsigned char)n;
	return id;
}

static void
take(struct replay *r, const struct dial_effect *e)
{
	int n = e->id.b[15];
	const struct call_event *ev = &e->fact.event;

	if (e->what == DO_FACT && e->over)
		snprintf(r->end[n], sizeof(r->end[n]), "%s:%d/%d",
		    disposition_name(ev->disposition), ev->cause, ev->tech_cause);
	else if (e->what == DO_ORIGINATE)
		r->originates++;
	else if (e->what == DO_INTEND) {
		struct dial_input yes = {.kind = DIAL_INTENT, .id = e->id};
		struct dial_effects more = {0};

		dial_step(r->d, &yes, &r->now, &more);
		for (size_t i = 0; i < more.n; i++)
			take(r, &more.v[i]);
		dial_effects_release(&more);
	}
}

static void
feed(struct replay *r, struct dial_input *in)
{
	struct dial_effects e = {0};

	dial_step(r->d, in, &r->now, &e);
	for (size_t i = 0; i < e.n; i++)
		take(r, &e.v[i]);
	dial_effects_release(&e);
}

static int
id_of(const struct replay *r, const char *id)
{
	for (int i = 0; i < r->ids; i++)
		if (strcmp(r->id[i], id) == 0)
			return i;
	return -1;
}

/* An originate that the capture's program sent: ours, or a second one with the same id. */
static void
sent_originate(struct replay *r, const struct ami_msg *msg)
{
	const char *id = ami_text(msg, "ChannelId");
	int n = id_of(r, id), try = 1;

	if (id[0] == '\0' || r->actions == ACTIONS)
		return;
	for (int i = 0; i < r->actions; i++)
		try += r->action_id[i] == n;
	if (n < 0) {
		struct dial_input in = {
		    .kind = DIAL_OFFER, .id = uuid_of(r->ids), .spec = &r->spec};

		copy_text(r->id[n = r->ids++], sizeof(r->id[0]), id);
		r->spec.ring_ms = (int)ami_int(msg, "Timeout", 30000);
		feed(r, &in);
	}
	copy_text(r->action[r->actions], sizeof(r->action[0]), ami_text(msg, "ActionID"));
	r->action_id[r->actions] = n;
	r->action_try[r->actions++] = try;
}

static void
sent(struct replay *r, const struct ami_msg *msg)
{
	struct dial_input in = {.kind = DIAL_HANGUP};
	int n = id_of(r, ami_text(msg, "Channel"));

	if (ami_is(msg, "Action", "Originate"))
		sent_originate(r, msg);
	if (ami_is(msg, "Action", "Hangup") && n >= 0) {
		in.id = uuid_of(n);
		feed(r, &in);
	}
}

/* The capture's ids are no UUIDs: puts ours in their place, as the exchange would have said them. */
static void
put_value(const struct replay *r, struct buf *b, const char *value)
{
	char text[200], id[37];
	int n;

	for (int i = 0; i < r->actions; i++) {
		if (strcmp(r->action[i], value) == 0) {
			struct uuid u = uuid_of(r->action_id[i]);

			buf_printf(b, "%s.%d", uuid_text(&u, id), r->action_try[i]);
			return;
		}
	}
	copy_text(text, sizeof(text), value);
	n = strlen(text) > 2 && strcmp(text + strlen(text) - 2, ";2") == 0;
	if (n)
		text[strlen(text) - 2] = '\0';
	if (id_of(r, text) >= 0) {
		struct uuid u = uuid_of(id_of(r, text));

		buf_printf(b, "%s%s", uuid_text(&u, id), n ? ";2" : "");
		return;
	}
	if (r->early && strcmp(value, "RINGING") == 0)
		value = "PROGRESS";
	else if (r->early && strcmp(value, "Ringing") == 0)
		value = "Down";
	buf_adds(b, value);
}

static void
heard(struct replay *r, const struct ami_msg *msg)
{
	struct buf b = {0};
	struct ami_parser parser;
	struct ami_msg ours;
	struct voice_event e;
	struct fault f;

	for (size_t i = 0; i < msg->n; i++) {
		buf_printf(&b, "%s: ", msg->header[i].key);
		put_value(r, &b, msg->header[i].value);
		buf_adds(&b, "\r\n");
	}
	buf_adds(&b, "\r\n");
	ami_parser_init(&parser);
	ami_parser_feed(&parser, b.p, b.len);
	if (ami_parser_next(&parser, &ours, &f) == 1 && ami_decode(&ours, &e)) {
		struct dial_voice v = {.said = (enum dial_said)(e.kind - VOICE_QUEUED),
		    .try = e.try,
		    .at = e.at,
		    .cause = e.cause,
		    .tech_cause = e.tech_cause,
		    .reason = e.reason,
		    .ringing = e.ringing,
		    .answered = e.answered,
		    .text = e.text};
		struct dial_input in = {.kind = DIAL_VOICE, .id = e.id, .voice = &v};

		feed(r, &in);
	}
	ami_parser_release(&parser);
	buf_release(&b);
}

/* One block of the file, parsed as it would be from the wire. */
static void
block(struct replay *r)
{
	struct ami_parser parser;
	struct ami_msg msg;
	struct fault f;

	if (r->block.len > 0) {
		buf_adds(&r->block, "\r\n");
		ami_parser_init(&parser);
		ami_parser_feed(&parser, r->block.p, r->block.len);
		while (ami_parser_next(&parser, &msg, &f) == 1)
			r->kind == '>' ? sent(r, &msg) : heard(r, &msg);
		ami_parser_release(&parser);
	}
	buf_reset(&r->block);
}

static void
at(struct replay *r, const char *time)
{
	int h, m, s, ms;
	struct dial_input tick = {.kind = DIAL_TICK};

	if (sscanf(time, "%d:%d:%d.%d", &h, &m, &s, &ms) != 4)
		return;
	r->now.wall = (int64_t)DAY * 1000000 + ((h * 60 + m) * 60 + s) * 1000 + ms;
	r->now.mono = r->now.wall;
	feed(r, &tick);
}

static int
run(struct replay *r, const char *path)
{
	struct dial_options opt = {0};
	struct dial_input up = {.kind = DIAL_UP, .started_at = 1}, tick = {.kind = DIAL_TICK};
	char line[4096];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return -1;
	r->now = (struct dial_now){(int64_t)DAY * 1000000, (int64_t)DAY * 1000000};
	r->spec = (struct dial_spec){.campaign = 1, .max_ms = 3600000};
	r->d = dial_new(&opt, &r->now);
	feed(r, &up);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, ">>> ", 4) == 0 || strncmp(line, "<<< ", 4) == 0) {
			block(r);
			r->kind = line[0];
			at(r, line + 4);
		} else if (line[0] == '\0' || line[0] == '#' || line[0] == '-') {
			block(r);
		} else {
			buf_printf(&r->block, "%s\r\n", line);
		}
	}
	block(r);
	fclose(file);
	for (int i = 0; i < 20; i++) {
		r->now.mono += 5000;
		feed(r, &tick);
	}
	return 0;
}

static void
replay(const char *name, bool early, const char *want)
{
	struct replay *r = xcalloc(1, sizeof(*r));
	char *path = xasprintf("tests/data/captures/ami/%s.ami", name);
	struct buf got = {0};

	r->early = early;
	buf_adds(&got, "");
	if (run(r, path) < 0)
		buf_adds(&got, "cannot be read");
	for (int i = 0; i < r->ids; i++)
		buf_printf(
		    &got, "%s%s", i == 0 ? "" : " ", r->end[i][0] != '\0' ? r->end[i] : "-");
	is_str(got.p, want, name);
	is_int(r->originates <= r->ids, 1, "at most one originate an id");
	dial_free(r->d);
	buf_release(&r->block);
	buf_release(&got);
	free(path);
	free(r);
}

/* "-" was not dialled: an ending before it stopped the dialer. */
static const struct {
	const char *name, *want;
} captures[] = {
    {"answered", "answered:16/0"},
    {"calleehangup", "answered:0/0"},
    {"busy", "busy:17/486"},
    {"noanswer", "no_answer:19/480"},
    {"congestion", "congestion:34/503"},
    {"unallocated", "invalid:1/404"},
    {"rejected", "declined:21/603"},
    {"giveup480", "no_answer:19/480"},
    {"cancel", "cancelled:0/0"},
    {"cancel_cause", "cancelled:16/0"},
    {"hangup_live", "answered:16/0"},
    {"badexten", "not_placed:-1/0"},
    {"badendpoint", "not_placed:-1/0"},
    {"badtech", "not_placed:-1/0"},
    {"deadtrunk", "trunk_dead:18/408"},
    {"deadtrunk3", "trunk_dead:19/480"},
    {"audiosocket_down", "answered_dropped:0/0"},
    {"perm", ""},
    {"local00", "answered:16/0"},
    {"local01", "answered:16/0"},
    {"local02", "busy:17/0"},
    {"local03", "no_answer:19/0"},
    {"local04", "congestion:34/0"},
    {"local05", "invalid:1/0"},
    {"local06", "declined:21/0"},
    {"local07", "no_answer:19/0"},
    {"local12", "busy:0/0"},
    {"local14", "congestion:0/0"},
    {"maxcalls",
	"answered:0/0 answered:0/0 answered:0/0 answered:0/0 answered:0/0 answered_dropped:0/0 answered_dropped:0/0 answered_dropped:0/0"},
    {"graceful", "answered:16/0 not_placed:-1/0"},
    {"idem", "answered:16/0 not_placed:-1/0 - - -"},
    {"prefix", "answered_dropped:16/0 not_placed:-1/0"},
    {"once", "answered:16/0 busy:17/486 invalid:1/404"},
};

int
main(void)
{
	for (size_t i = 0; i < COUNT(captures); i++)
		replay(captures[i].name, false, captures[i].want);
	replay("noanswer", true, "no_answer:19/480");
	replay("local03", true, "no_answer:19/0");
	replay("answered", true, "answered:16/0");
	return done_testing();
}
