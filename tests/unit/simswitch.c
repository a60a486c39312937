/*
 * simswitch against what a real Asterisk 22 said: each capture's actions are
 * given to the model at the same instants, and its answers must be the
 * capture's: the same messages, with the same fields in the same order and the
 * same values where these are not ids, names or times, each in the same
 * moment, each lane in the same order. A second part looks at what no capture
 * shows. Everything runs in told time.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "mem.h"
#include "sim.h"
#include "tap.h"

#define CAPTURES "tests/data/captures/ami/"

enum { MOMENT_MS = 300, SEEDS = 24 };
static const int64_t WALL = 1795413006000, MONO = 5000000;

/* One message, or an action. */
struct item {
	bool action;
	int64_t at; /* ms from the start */
	char *text; /* lines, as they are */
	char *seen; /* the same normalised; what is compared */
	char *name; /* Event, or "Response" */
	char *chan; /* the channel it is about: Uniqueid, or "" */
	char *dest; /* the dialled leg, or "" */
};

struct items {
	struct item *at;
	size_t n;
};

static void
items_release(struct items *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->at[i].text);
		free(a->at[i].seen);
		free(a->at[i].name);
		free(a->at[i].chan);
		free(a->at[i].dest);
	}
	free(a->at);
	*a = (struct items){0};
}

/* Replaces each from in text (heap) by to; returns the new text. */
static char *
swap(char *text, const char *from, const char *to)
{
	struct buf b = {0};
	const char *p = text, *hit;

	for (; (hit = strstr(p, from)) != NULL; p = hit + strlen(from)) {
		buf_add(&b, p, (size_t)(hit - p));
		buf_adds(&b, to);
	}
	buf_adds(&b, p);
	free(text);
	return b.p;
}

/* "PJSIP/uas-0000001f" to "PJSIP/uas-N", "lab-1795413974.1054" to "ID", wherever it stands. */
static char *
without_numbers(char *text)
{
	struct buf b = {0};

	for (const char *p = text; *p != '\0';) {
		size_t hex = *p == '-' ? strspn(p + 1, "0123456789abcdef") : 0;

		if (strncmp(p, "lab-", 4) == 0 || strncmp(p, "sim-", 4) == 0) {
			buf_adds(&b, "ID");
			p += 4 + strspn(p + 4, "0123456789.");
		} else if (hex == 8 && strchr("; )", p[9]) != NULL &&
		    strchr(text, '/') != NULL) {
			buf_adds(&b, "-N");
			p += 9;
		} else
			buf_addc(&b, *p++);
	}
	if (b.p == NULL)
		buf_adds(&b, "");
	free(text);
	return b.p;
}

static bool
is_one_of(const char *key, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcasecmp(key, *list) == 0)
			return true;
	return false;
}

/* A value with all taken out that may differ between two runs of the same switch. */
static char *
normal(const char *event, const char *key, const char *value)
{
	static const char *const times[] = {"StartTime", "AnswerTime", "EndTime",
	    "CoreStartupDate", "CoreStartupTime", "CoreReloadDate", "CoreReloadTime", NULL};
	static const char *const own[] = {
	    "SystemName", "AsteriskVersion", "CoreProcessedCalls", "CoreMaxCalls", NULL};
	char *v = xstrdup(value);

	if (strcmp(key, "Timestamp") == 0 && strspn(v, "0123456789") == 10 && v[10] == '.' &&
	    strspn(v + 11, "0123456789") == 6 && v[17] == '\0')
		return swap(v, value, "T");
	if ((is_one_of(key, times) || is_one_of(key, own)) && *v != '\0')
		return swap(v, value, "T");
	/* Whether the state had changed already: held by an order of its own, below. */
	if (strcmp(event, "DialState") == 0 && strncmp(key, "DestChannelState", 16) == 0)
		return swap(v, value, "X");
	if ((strcmp(key, "Val") == 0 || strcmp(key, "Was") == 0) && strlen(v) > 11 &&
	    v[10] == ':')
		memcpy(v, "0000000000", 10);
	if (strcmp(key, "Family") == 0)
		v = swap(v, "outreach", "placed");
	v = swap(swap(v, "outreach-once", "once"), "OutreachCall", "DialerCall");
	v = swap(swap(v, "@trunk", "@uas"), "PJSIP/trunk-", "PJSIP/uas-");
	return without_numbers(v);
}

static void
understand(struct item *it, const struct ami_msg *msg)
{
	const char *event = ami_text(msg, "Event"), *chan = ami_get(msg, "Uniqueid");
	struct buf b = {0};

	for (size_t i = 0; i < msg->n; i++) {
		char *key;
		char *value;

		if (*msg->header[i].key == '\0') /* the greeting before the first answer */
			continue;
		key = swap(xstrdup(msg->header[i].key), "outreach-once", "once");
		key = without_numbers(key);
		value = normal(event, msg->header[i].key, msg->header[i].value);
		buf_printf(&b, "%s: %s\n", key, value);
		free(key);
		free(value);
	}
	it->seen = b.p;
	it->name = xstrdup(*event != '\0' ? event : "Response");
	if (chan == NULL)
		chan = ami_text(msg, "LocalOneUniqueid");
	it->chan = without_numbers(xstrdup(chan));
	it->dest = without_numbers(xstrdup(ami_text(msg, "DestUniqueid")));
}

/* What no account of a dialer needs, and the model does not say. */
static bool
is_noise(const struct ami_msg *msg)
{
	static const char *const noise[] = {"DeviceStateChange", "BridgeCreate", "BridgeEnter",
	    "BridgeLeave", "BridgeDestroy", "Newexten", "VarSet", "RTCPSent", "RTCPReceived",
	    "SuccessfulAuth", NULL};

	return is_one_of(ami_text(msg, "Event"), noise);
}

/* Adds the messages in text (CR LF or LF lines). */
static void
add(struct items *a, bool action, int64_t at, const char *text, size_t len)
{
	static struct ami_msg msg;
	struct ami_parser p;
	struct fault f;

	ami_parser_init(&p);
	ami_parser_feed(&p, text, len);
	while (ami_parser_next(&p, &msg, &f) > 0) {
		struct item *it;

		if (is_noise(&msg))
			continue;
		a->at = xrealloc(a->at, a->n + 1, sizeof(*a->at));
		it = &a->at[a->n++];
		*it = (struct item){.action = action, .at = at};
		it->text = xstrndup(text, len);
		understand(it, &msg);
	}
	ami_parser_release(&p);
}

/* "HH:MM:SS.mmm" to ms. */
static int64_t
clock_text(const char *s)
{
	int h, m, sec, ms;

	return sscanf(s, "%d:%d:%d.%d", &h, &m, &sec, &ms) == 4
	    ? ((h * 60 + m) * 60 + sec) * 1000LL + ms
	    : -1;
}

static char *
read_file(const char *file, size_t *len)
{
	FILE *fp = fopen(file, "r");
	char bytes[4096];
	struct buf b = {0};
	size_t n;

	buf_adds(&b, "");
	if (fp == NULL)
		return b.p;
	while ((n = fread(bytes, 1, sizeof(bytes), fp)) > 0)
		buf_add(&b, bytes, n);
	fclose(fp);
	*len = b.len;
	return b.p;
}

/* The messages of a capture from ms to ms of its own time; the login is always among them. */
static struct items
load(const char *name, int64_t from, int64_t until)
{
	char *file = xasprintf(CAPTURES "%s.ami", name), *text, *p, *next;
	size_t len = 0;
	struct items a = {0};
	int64_t start = -1;

	text = read_file(file, &len);
	for (p = text; *p != '\0'; p = next) {
		char *body = strchr(p, '\n'), *end;
		int64_t at;
		bool action = strncmp(p, ">>> ", 4) == 0;

		next = body != NULL ? body + 1 : p + strlen(p);
		if (!action && strncmp(p, "<<< ", 4) != 0)
			continue;
		at = clock_text(p + 4);
		if (start < 0)
			start = at;
		end = strstr(next, "\n\n");
		next = end != NULL ? end + 2 : p + strlen(p);
		if ((at - start >= from && at - start < until) || a.n < 2)
			add(&a, action, at - start, body + 1, (size_t)(next - body - 1));
	}
	free(text);
	free(file);
	return a;
}

/* The model with one or two sessions. */
struct bench {
	struct simswitch *sw;
	struct sim_world *world;
	struct simdb *db;
	struct sim_session *session;
	struct items said;
	int64_t now;
	int rings, dials, ends;
	bool ended;
	int other; /* bytes a second session got */
};

static void
on_send(void *arg, void *peer, const char *bytes, size_t len)
{
	struct bench *b = arg;

	if (peer != b)
		*(int *)peer += (int)len;
	else if (strncmp(bytes, "Asterisk Call Manager", 21) != 0)
		add(&b->said, false, b->now, bytes, len);
}

static void
on_end(void *arg, void *peer)
{
	struct bench *b = arg;

	b->ended = true;
}

static void
on_fact(void *arg, const struct sim_fact *fact)
{
	struct bench *b = arg;

	b->rings += fact->kind == SIM_RANG;
	b->dials += fact->kind == SIM_DIALED;
	b->ends += fact->kind == SIM_HUNGUP;
}

static void
bench_open(struct bench *b, uint64_t seed, struct sim_world *world, int max_calls)
{
	static const struct sim_account accounts[] = {
	    {"dialer", "dialer", SIM_CALL | SIM_CDR | SIM_USEREVENT,
		SIM_ORIGINATE | SIM_CALL | SIM_REPORTING},
	    {"lab", "lab", 0xff, 0xff},
	};
	struct sim_owner owner = {.arg = b, .send = on_send, .end = on_end, .fact = on_fact};
	struct sim_options opt = {.seed = seed,
	    .world = world,
	    .accounts = accounts,
	    .naccounts = 2,
	    .max_calls = max_calls,
	    .mono = MONO,
	    .wall = WALL};

	*b = (struct bench){.world = world, .db = simdb_new()};
	opt.db = b->db;
	b->sw = simswitch_new(&opt, &owner);
	b->session = simswitch_connect(b->sw, b);
}

static void
bench_close(struct bench *b)
{
	simswitch_free(b->sw);
	simdb_free(b->db);
	sim_world_free(b->world);
	items_release(&b->said);
}

/* Lets time pass step by step, so that each message knows its instant. */
static void
pass(struct bench *b, int64_t until)
{
	int64_t due;

	while ((due = simswitch_due(b->sw) - MONO) <= until) {
		if (due > b->now)
			b->now = due;
		simswitch_run(b->sw, MONO + b->now, WALL + b->now);
	}
	b->now = until;
	simswitch_run(b->sw, MONO + until, WALL + until);
}

static void
tell(struct bench *b, const char *text)
{
	static struct ami_msg msg;
	struct ami_parser p;
	struct fault f;

	ami_parser_init(&p);
	ami_parser_feed(&p, text, strlen(text));
	while (ami_parser_next(&p, &msg, &f) > 0)
		simswitch_take(b->sw, b->session, &msg);
	ami_parser_release(&p);
}

/* The capture's action in the model's dialplan. */
static void
act(struct bench *b, const struct item *it, bool fenced)
{
	char *text = swap(xstrdup(it->text), "@once/n", "@outreach-once/n");

	if (fenced)
		text = swap(text, "Family: placed", "Family: outreach");
	tell(b, text);
	free(text);
}

static struct items
messages(const struct items *a)
{
	struct items m = {0};

	for (size_t i = 0; i < a->n; i++)
		if (!a->at[i].action)
			add(&m, false, a->at[i].at, a->at[i].text, strlen(a->at[i].text));
	return m;
}

/* Numbers the moments: a message belongs to the next one when time has passed before it. */
static int
moment(const struct items *a, size_t i)
{
	int n = 0;

	for (size_t k = 1; k <= i; k++)
		n += a->at[k].at - a->at[k - 1].at > MOMENT_MS;
	return n;
}

static int
by_text(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* "moment|message" of each, sorted. */
static char **
sorted(const struct items *a)
{
	char **list = xcalloc(a->n + 1, sizeof(*list));

	for (size_t i = 0; i < a->n; i++)
		list[i] = xasprintf("%03d|%s", moment(a, i), a->at[i].seen);
	qsort(list, a->n, sizeof(*list), by_text);
	return list;
}

/* The first message that one has and the other has not; null if there is none. */
static char *
difference(const struct items *want, const struct items *got)
{
	char **w = sorted(want), **g = sorted(got), *why = NULL;
	size_t i = 0;

	while (i < want->n && i < got->n && strcmp(w[i], g[i]) == 0)
		i++;
	if (i < want->n || i < got->n)
		why = xasprintf("capture: %s\nmodel: %s", i < want->n ? w[i] : "nothing more",
		    i < got->n ? g[i] : "nothing more");
	for (size_t k = 0; k < want->n; k++)
		free(w[k]);
	for (size_t k = 0; k < got->n; k++)
		free(g[k]);
	free(w);
	free(g);
	return why;
}

/* The lane of a message: what is said in one lane keeps its order. "" if it may float. */
static char *
lane(const struct item *it)
{
	static const char *const floating[] = {"OriginateResponse", "Cdr", "UserEvent", NULL};
	static const char *const dialing[] = {"DialBegin", "DialState", "DialEnd", NULL};

	if (is_one_of(it->name, floating))
		return xstrdup("");
	if (is_one_of(it->name, dialing))
		return xasprintf("dial %s", it->dest);
	if (*it->chan != '\0' && strcmp(it->name, "Status") != 0)
		return xasprintf("channel %s", it->chan);
	return xstrdup("answers");
}

/* The names of a lane's messages, in order. */
static char *
lane_story(const struct items *a, const char *which)
{
	struct buf b = {0};

	buf_adds(&b, "");
	for (size_t i = 0; i < a->n; i++) {
		char *l = lane(&a->at[i]);

		if (strcmp(l, which) == 0)
			buf_printf(&b, "%s ", a->at[i].name);
		free(l);
	}
	return b.p;
}

/* The first lane that is told in another order; null if there is none. */
static char *
disorder(const struct items *want, const struct items *got)
{
	for (size_t i = 0; i < want->n; i++) {
		char *l = lane(&want->at[i]), *w = lane_story(want, l), *g = lane_story(got, l);
		char *why = NULL;

		if (*l != '\0' && strcmp(w, g) != 0)
			why = xasprintf("%s\ncapture: %s\nmodel: %s", l, w, g);
		free(l);
		free(w);
		free(g);
		if (why != NULL)
			return why;
	}
	return NULL;
}

static ptrdiff_t
find(const struct items *a, size_t from, const char *name, const char *chan)
{
	for (size_t i = from; i < a->n; i++)
		if (strcmp(a->at[i].name, name) == 0 &&
		    (chan == NULL || strcmp(a->at[i].chan, chan) == 0 ||
			strcmp(a->at[i].dest, chan) == 0))
			return (ptrdiff_t)i;
	return -1;
}

/* Where the channel's last life before message i begins, or -1. */
static ptrdiff_t
birth(const struct items *a, size_t i, const char *chan)
{
	ptrdiff_t born = -1;

	for (ptrdiff_t at = find(a, 0, "Newchannel", chan); at >= 0 && (size_t)at <= i;
	     at = find(a, (size_t)at + 1, "Newchannel", chan))
		born = at;
	return born;
}

/* What holds between lanes, in captures and model alike; null, or what does not. */
static const char *
unlawful(const struct items *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct item *it = &a->at[i];
		ptrdiff_t born = birth(a, i, *it->dest != '\0' ? it->dest : it->chan);

		if (strcmp(it->name, "DialState") == 0 && born >= 0) {
			ptrdiff_t rings = find(a, (size_t)born, "Newstate", it->dest);
			bool down = strstr(it->text, "DestChannelState: 0") != NULL;

			if (rings >= 0 && down != ((size_t)rings > i))
				return "DialState does not tell the state of its moment";
		}
		if (strcmp(it->name, "DialBegin") == 0 && born < 0)
			return "DialBegin of a channel that does not exist yet";
		if (strcmp(it->name, "LocalBridge") == 0 &&
		    find(a, i, "DialBegin", it->chan) < 0)
			return "LocalBridge after DialBegin";
		if (strcmp(it->name, "UserEvent") == 0 &&
		    strstr(it->text, "answered") != NULL &&
		    strstr(it->text, "ChannelState: 6") == NULL)
			return "answered, and not Up";
		if (strcmp(it->name, "OriginateResponse") == 0 &&
		    strstr(it->text, "Success") != NULL && born < 0)
			return "OriginateResponse before its channel";
	}
	return NULL;
}

struct scenario {
	const char *capture;
	int64_t from, until, talk_ms;
	int max_calls;
	bool fenced;
	const char *mix;
};

static const struct scenario scenarios[] = {
    {"answered", 0, 60000, 3010, 0, false, NULL},
    {"calleehangup", 0, 60000, 9000, 0, false, NULL},
    {"busy", 0, 60000, 0, 0, false, NULL},
    {"noanswer", 0, 60000, 0, 0, false, NULL},
    {"congestion", 0, 60000, 0, 0, false, NULL},
    {"unallocated", 0, 60000, 0, 0, false, NULL},
    {"rejected", 0, 60000, 0, 0, false, NULL},
    {"giveup480", 0, 60000, 0, 0, false, NULL},
    {"cancel", 0, 60000, 0, 0, false, NULL},
    {"cancel_cause", 0, 60000, 0, 0, false, NULL},
    {"hangup_live", 0, 60000, 9000, 0, false, NULL},
    {"badexten", 0, 60000, 0, 0, false, NULL},
    {"badendpoint", 0, 60000, 0, 0, false, NULL},
    {"badtech", 0, 60000, 0, 0, false, NULL},
    {"deadtrunk", 0, 60000, 0, 0, false, NULL},
    {"deadtrunk3", 0, 60000, 0, 0, false, NULL},
    {"local00", 0, 60000, 3015, 0, false, NULL},
    {"local01", 0, 60000, 9000, 0, false, NULL},
    {"local02", 0, 60000, 0, 0, false, NULL},
    {"local03", 0, 60000, 0, 0, false, NULL},
    {"local04", 0, 60000, 0, 0, false, NULL},
    {"local05", 0, 60000, 0, 0, false, NULL},
    {"local06", 0, 60000, 0, 0, false, NULL},
    {"local07", 0, 60000, 0, 0, false, NULL},
    {"local12", 0, 60000, 0, 0, false, NULL},
    {"local14", 0, 60000, 0, 0, false, NULL},
    {"perm", 0, 60000, 0, 0, false, NULL},
    /* The same id live, asked for, hung up; unknown ids, odd ids, no id. */
    {"idem", 0, 4400, 9000, 0, false, NULL},
    {"idem", 8900, 11000, 9000, 0, false, NULL},
    {"prefix", 0, 7200, 9000, 0, false, NULL},
    {"once", 0, 10800, 2010, 0, true, NULL},
    {"maxcalls", 0, 2000, 9000, 5, false, NULL},
    {"audiosocket_down", 0, 2500, 0, 0, false, "outcomes:\n  dropped: {share: 1, ring: 0s}\n"},
};

static struct sim_world *
world_of(const struct scenario *s, uint64_t seed)
{
	char file[] = "/tmp/outreach-mix.XXXXXX";
	struct sim_world *w;
	struct fault f;
	int fd;

	if (s->mix == NULL)
		return sim_world_new(seed, s->talk_ms);
	fd = mkstemp(file);
	if (fd < 0 || write(fd, s->mix, strlen(s->mix)) < 0)
		abort();
	close(fd);
	w = sim_world_load(file, seed, &f);
	unlink(file);
	return w;
}

static void
replay(struct bench *b, const struct scenario *s, const struct items *capture, uint64_t seed)
{
	bench_open(b, seed, world_of(s, seed), s->max_calls);
	for (size_t i = 0; i < capture->n; i++)
		if (capture->at[i].action) {
			pass(b, capture->at[i].at);
			act(b, &capture->at[i], s->fenced);
		}
	pass(b, s->until);
}

static void
test_scenario(const struct scenario *s)
{
	struct items capture = load(s->capture, s->from, s->until), want = messages(&capture);
	const char *law = unlawful(&want);
	char *why = NULL, *order = NULL;
	const char *broken = NULL;

	ok(want.n > 1 && law == NULL, "%s: the capture keeps the laws%s%s", s->capture,
	    law != NULL ? ": " : "", law != NULL ? law : "");
	for (uint64_t seed = 0; seed < SEEDS && why == NULL && order == NULL && broken == NULL;
	     seed++) {
		struct bench b;

		replay(&b, s, &capture, seed);
		why = difference(&want, &b.said);
		order = disorder(&want, &b.said);
		broken = unlawful(&b.said);
		bench_close(&b);
	}
	if (!ok(why == NULL, "%s: the same %zu messages", s->capture, want.n))
		tap_show("difference", why, strlen(why));
	if (!ok(order == NULL, "%s: each lane in its order", s->capture))
		tap_show("order", order, strlen(order));
	ok(broken == NULL, "%s: the laws between lanes%s%s", s->capture,
	    broken != NULL ? ": " : "", broken != NULL ? broken : "");
	free(why);
	free(order);
	items_release(&want);
	items_release(&capture);
}

/* Both orders of two messages were said over the seeds. */
static void
test_varies(const char *name, const char *first, const char *second)
{
	struct scenario s = {name, 0, 60000, 3000, 0, false, NULL};
	struct items capture = load(name, 0, 60000);
	int before = 0, after = 0;

	for (uint64_t seed = 0; seed < 200 && (before == 0 || after == 0); seed++) {
		struct bench b;
		ptrdiff_t x, y;

		replay(&b, &s, &capture, seed);
		x = find(&b.said, 0, first, NULL);
		y = find(&b.said, 0, second, NULL);
		before += x < y;
		after += x > y;
		bench_close(&b);
	}
	ok(before > 0 && after > 0, "%s: %s comes before and after %s", name, first, second);
	items_release(&capture);
}

#define LOGIN "Action: Login\r\nUsername: dialer\r\nSecret: dialer\r\nActionID: in\r\n\r\n"

static void
bench_login(struct bench *b, const char *world_talk)
{
	bench_open(b, 1, sim_world_new(1, strtoll(world_talk, NULL, 10)), 0);
	tell(b, LOGIN);
}

static void
originate(struct bench *b, const char *channel, const char *id, const char *more)
{
	char *text = xasprintf("Action: Originate\r\nActionID: a-%s\r\nChannel: %s\r\n"
			       "Context: avr\r\nExten: s\r\nPriority: 1\r\nTimeout: 20000\r\n"
			       "ChannelId: %s\r\n%s\r\n",
	    id, channel, id, more);

	tell(b, text);
	free(text);
}

/* The first message of that name, whole; "" if there is none. */
static const char *
text_of(const struct bench *b, const char *name)
{
	ptrdiff_t i = find(&b->said, 0, name, NULL);

	return i >= 0 ? b->said.at[i].text : "";
}

static int
count(const struct bench *b, const char *name)
{
	int n = 0;

	for (size_t i = 0; i < b->said.n; i++)
		n += strcmp(b->said.at[i].name, name) == 0;
	return n;
}

static const char *
last(const struct bench *b)
{
	return b->said.n > 0 ? b->said.at[b->said.n - 1].text : "";
}

static void
forget(struct bench *b)
{
	items_release(&b->said);
}

#define HAS(text, what, name) ok(strstr(text, what) != NULL, "%s", name)
#define ASYNC                 "Async: true\r\n"

static void
test_login(void)
{
	struct bench b;

	bench_open(&b, 1, sim_world_new(1, 3000), 0);
	tell(&b, "Action: Status\r\nActionID: s\r\n\r\n");
	HAS(last(&b), "Message: Permission denied", "no action before the login");
	tell(&b, "Action: Login\r\nUsername: dialer\r\nSecret: wrong\r\nActionID: x\r\n\r\n");
	pass(&b, 999);
	is_int((int64_t)b.said.n, 1, "a refused login is not answered within 999 ms");
	pass(&b, 1000);
	HAS(last(&b), "Message: Authentication failed", "but after a second");
	ok(b.ended, "and the connection ends");
	bench_close(&b);

	bench_open(&b, 1, sim_world_new(1, 3000), 0);
	tell(&b, "Action: Challenge\r\nAuthType: MD5\r\n\r\n");
	HAS(last(&b), "Challenge: ", "a challenge");
	tell(&b, "Action: Login\r\nAuthType: MD5\r\nUsername: dialer\r\nKey: 00\r\n\r\n");
	pass(&b, 2000);
	HAS(last(&b), "Authentication failed", "a wrong key is refused");
	bench_close(&b);

	bench_open(&b, 1, sim_world_new(1, 3000), 0);
	tell(&b, "Action: Login\r\nUsername: lab\r\nSecret: lab\r\n\r\n");
	HAS(last(&b), "Event: FullyBooted", "FullyBooted for who may read system");
	tell(&b, "Action: UserEvent\r\nUserEvent: Mine\r\nA: b\r\n\r\n");
	HAS(last(&b), "UserEvent: Mine\r\nA: b\r\n", "a UserEvent comes round");
	tell(&b,
	    "Action: Events\r\nEventMask: off\r\n\r\nAction: UserEvent\r\nUserEvent: X\r\n\r\n");
	is_int(count(&b, "UserEvent"), 1, "none with events off");
	tell(&b, "Action: Nonsense\r\n\r\n");
	HAS(last(&b), "Invalid/unknown command", "an unknown action");
	tell(&b, "Action: Logoff\r\n\r\n");
	HAS(last(&b), "Response: Goodbye", "Logoff says goodbye");
	ok(b.ended, "and ends");
	bench_close(&b);
}

static void
test_ids(void)
{
	struct bench b;

	bench_login(&b, "60000");
	originate(&b, "PJSIP/39055510010@uas", "abc-12", ASYNC);
	pass(&b, 1000);
	forget(&b);
	originate(&b, "PJSIP/39055510010@uas", "ABC-12", ASYNC);
	pass(&b, 2000);
	HAS(text_of(&b, "OriginateResponse"), "Reason: 0\r\nUniqueid: ABC-12",
	    "ids compare without case");
	is_int(b.rings, 1, "and nobody is rung");
	forget(&b);
	originate(&b, "PJSIP/39055510010@uas", "abc-123", ASYNC);
	pass(&b, 3000);
	is_int(b.rings, 2, "a longer id is another one");
	forget(&b);
	tell(&b, "Action: Hangup\r\nChannel: ABC-12\r\n\r\n");
	HAS(text_of(&b, "Hangup"), "Cause: 0\r\nCause-txt: Unknown", "hung up without a cause");
	bench_close(&b);
}

#define LONG_LINE                                                                           \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
test_refusals(void)
{
	struct bench b;

	bench_login(&b, "3000");
	tell(&b,
	    "Action: Ping\r\nX: " LONG_LINE LONG_LINE LONG_LINE LONG_LINE LONG_LINE "\r\n\r\n");
	HAS(last(&b), "line too long", "a line over 1023 bytes is not read");
	tell(&b, "Action: Ping\r\nX: a\tb\r\n\r\n");
	HAS(last(&b), "Control characters", "control characters are refused");
	simswitch_stop(b.sw);
	originate(&b, "PJSIP/39055510000@uas", "late", ASYNC);
	HAS(last(&b), "Asterisk is shutting down", "no new call while stopping");
	bench_close(&b);
}

static void
test_sync(void)
{
	struct bench b;

	bench_login(&b, "3000");
	originate(&b, "PJSIP/39055510000@uas", "sync", "");
	tell(&b, "Action: Ping\r\nActionID: behind\r\n\r\n");
	pass(&b, 1500);
	is_int(count(&b, "Response"), 1, "a synchronous Originate holds its session");
	pass(&b, 2500);
	is_int(count(&b, "Response"), 3, "until the answer");
	is_int(count(&b, "OriginateResponse"), 0, "and has no OriginateResponse");
	pass(&b, 9000);
	forget(&b);
	originate(&b, "PJSIP/39055510002@uas", "sync2", "");
	pass(&b, 10000);
	HAS(text_of(&b, "Response"), "Message: Originate failed", "it fails without a reason");
	originate(&b, "PJSIP/39055510000@uas", "sync3", "");
	tell(&b, "Action: Hangup\r\nChannel: sync3\r\n\r\n");
	pass(&b, 15000);
	is_int(simswitch_calls(b.sw), 0, "what waits behind it may hang it up");
	bench_close(&b);
}

static void
test_variables(void)
{
	struct bench b;

	bench_login(&b, "3000");
	originate(&b, "PJSIP/39055510010@uas", "vars",
	    ASYNC "Variable: A=1,B=2\r\nVariable: C=x\\,y\\\\\\\"\r\nVariable: __D=deep\r\n");
	pass(&b, 100);
	tell(&b, "Action: Getvar\r\nChannel: vars\r\nVariable: B\r\n\r\n");
	HAS(last(&b), "Value: 2\r\n", "a comma parts two variables");
	tell(&b, "Action: Getvar\r\nChannel: vars\r\nVariable: C\r\n\r\n");
	HAS(last(&b), "Value: x,y\\\"\r\n", "a backslash keeps what follows");
	tell(&b, "Action: Getvar\r\nChannel: vars\r\nVariable: D\r\n\r\n");
	HAS(last(&b), "Value: deep\r\n", "an inherited one loses its underscores");
	bench_close(&b);
}

static void
fence(struct bench *b, const char *number, const char *id)
{
	char *channel = xasprintf("Local/%s-%s@outreach-once/n", number, id);

	originate(b, channel, id, ASYNC);
	free(channel);
}

static const char *
marker(const struct bench *b, const char *id)
{
	const char *v = simdb_get(b->db, "outreach", id);

	return v != NULL && strlen(v) > 11 ? v + 11 : "";
}

static void
test_fence(void)
{
	struct bench b;

	bench_login(&b, "3000");
	fence(&b, "39055510000", "f1");
	pass(&b, 1000);
	is_str(marker(&b, "f1"), "39055510000:dialing", "marked before it is dialled");
	tell(&b, "Action: Hangup\r\nChannel: f1\r\nCause: 16\r\n\r\n");
	is_str(marker(&b, "f1"), "39055510000:CANCEL:16", "a cancelled call stays marked");
	fence(&b, "39055510000", "f1");
	pass(&b, 9000);
	is_int(b.rings, 1, "the same id rings nobody again");
	HAS(text_of(&b, "UserEvent"), "Phase: dialing", "dialing is told");
	fence(&b, "39055510001", "f2");
	pass(&b, 20000);
	is_str(marker(&b, "f2"), "39055510001:ANSWER:0", "the person hung up: cause 0");
	fence(&b, "39055510007", "f3");
	pass(&b, 30000);
	is_str(marker(&b, "f3"), "39055510007:NOANSWER:19", "gave up ringing");
	fence(&b, "39055510003", "f4");
	pass(&b, 60000);
	is_str(marker(&b, "f4"), "39055510003:CANCEL:19", "our Timeout ran out");
	forget(&b);
	originate(&b, "Local/39055510000@outreach-once/n", "f5", ASYNC);
	pass(&b, 70000);
	HAS(text_of(&b, "Hangup"), "Cause: 96", "without an id: 96");
	is_int(b.rings, 4, "and nobody is rung");
	is_int(simswitch_calls(b.sw), 0, "no call is left");
	bench_close(&b);
}

static void
test_burst(void)
{
	struct bench b;
	char id[40];
	int other = 0;
	struct sim_session *second;

	bench_login(&b, "3000");
	second = simswitch_connect(b.sw, &other);
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "burst-%04d", i);
		originate(&b, "PJSIP/39055510010@uas", id, ASYNC);
	}
	pass(&b, 2000);
	ok(b.rings > 300 && b.rings < 700, "a burst is placed at some 250/s");
	pass(&b, 20000);
	is_int(b.rings, 1000, "all of it");
	is_int(b.ends, 1000, "and all end");
	is_int(other, 30, "who is not logged in sees the greeting alone");
	simswitch_disconnect(b.sw, second);
	bench_close(&b);
}

static void
test_mix(void)
{
	struct scenario s = {.mix = "outcomes:\n"
				    "  answered: {share: 60, ring: 1s-4s, talk: 10s-20s}\n"
				    "  busy: {share: 30}\n"
				    "  unwanted: {share: 10}\n"};
	struct sim_world *w = world_of(&s, 7);
	int answered = 0, busy = 0, bad = 0;

	for (int i = 0; i < 10000; i++) {
		char number[20];
		struct sim_outcome o, again;

		snprintf(number, sizeof(number), "3905550%04d", i);
		o = sim_world_outcome(w, number, "x", 0);
		again = sim_world_outcome(w, number, "x", 0);
		answered += strcmp(o.name, "answered") == 0;
		busy += strcmp(o.name, "busy") == 0;
		if (o.end == SIM_TALK)
			bad += o.ring_ms < 1000 || o.ring_ms > 4000 || o.talk_ms < 10000 ||
			    o.talk_ms > 20000;
		bad += o.ring_ms != again.ring_ms || o.name != again.name;
	}
	ok(answered > 5700 && answered < 6300 && busy > 2800 && busy < 3200, "shares are kept");
	is_int(bad, 0, "ranges too, and the same call has one fate");
	sim_world_free(w);
}

static void
test_mix_refused(void)
{
	static const char *const bad[] = {"outcomes: 3\n", "outcomes:\n  nosuch: {share: 1}\n",
	    "outcomes:\n  busy: {share: 1, ring: 5s-2s}\n",
	    "outcomes:\n  busy: {share: 1, colour: red}\n", "outcomes:\n  busy: {share: 0}\n",
	    "mix: {}\n", "outcomes:\n  busy: {share: -1}\n"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct scenario s = {.mix = bad[i]};

		ok(world_of(&s, 1) == NULL, "a mix is refused: %.*s",
		    (int)strcspn(bad[i], "\n"), bad[i]);
	}
}

static void
test_db(void)
{
	struct simdb *db = simdb_new();
	static const char text[] = "outreach/a\t1\nplaced/b\t2\noutreach/a\t3\noutreach/c\tto";
	struct fault f;

	is_int(simdb_load(db, text, sizeof(text) - 1, &f), 0, "an AstDB file is read");
	is_str(simdb_get(db, "outreach", "a"), "3", "its last value counts");
	is_str(simdb_get(db, "outreach", "c"), NULL, "half a line does not");
	is_int(simdb_load(db, "rubbish\n", 8, &f), -1, "rubbish is refused");
	for (int i = 0; i < 1000; i++) {
		char key[20];

		snprintf(key, sizeof(key), "k%d", i);
		simdb_put(db, "outreach", key, key);
	}
	is_str(simdb_get(db, "outreach", "k777"), "k777", "a thousand keys are found again");
	simdb_free(db);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(scenarios); i++)
		test_scenario(&scenarios[i]);
	test_varies("answered", "OriginateResponse", "DialEnd");
	test_varies("answered", "DialState", "Newstate");
	test_varies("answered", "UserEvent", "OriginateResponse");
	test_varies("busy", "OriginateResponse", "Hangup");
	test_varies("busy", "DialEnd", "Hangup");
	test_varies("busy", "Cdr", "Hangup");
	test_varies("busy", "Cdr", "OriginateResponse");
	test_varies("local04", "OriginateResponse", "DialBegin");
	test_login();
	test_ids();
	test_refusals();
	test_sync();
	test_variables();
	test_fence();
	test_burst();
	test_mix();
	test_mix_refused();
	test_db();
	return done_testing();
}
