/*
 * foreign: from the fields of a record to what it says of a call. What a shape
 * does not name is kept in the body, never thrown away; what it claims beyond
 * its knowledge (a door that is not ours) is not believed.
 */
#include <limits.h>
#include <string.h>

#include "foreign.h"
#include "mem.h"
#include "num.h"
#include "optout.h"

/* ---- pieces ------------------------------------------------------------------ */

static int
take_id(const struct rec *rec, const char *key, struct foreign *fo, struct fault *f)
{
	struct slice v;
	int got;

	if (rec_find(rec, key, &v) && v.len == 38 &&
	    uuid_parse(v.p + 1, v.len - 2, &fo->uuid) == 0 && *v.p == '"') {
		fo->is_uuid = true;
		uuid_text(&fo->uuid, fo->id);
		return 0;
	}
	if ((got = rec_text(rec, key, &fo->scratch, f)) < 0)
		return -1;
	if (got == 0 || !fo->scratch.len)
		return rec_fault(rec, f, "%s is empty", key);
	if (fo->scratch.len > FOREIGN_ID_MAX)
		return rec_fault(rec, f, "%s is longer than %d bytes", key, FOREIGN_ID_MAX);
	if (text_control(fo->scratch.p, fo->scratch.len) >= 0)
		return rec_fault(rec, f, "%s contains a control character", key);
	fo->is_uuid = uuid_parse(fo->scratch.p, fo->scratch.len, &fo->uuid) == 0;
	if (fo->is_uuid)
		uuid_text(&fo->uuid, fo->id);
	else
		memcpy(fo->id, fo->scratch.p, fo->scratch.len + 1);
	return 0;
}

/* An instant of our time, which starts behind the epoch. */
static int
check_at(const struct rec *rec, const char *key, int64_t at, struct fault *f)
{
	return at > 0 ? 0 : rec_fault(rec, f, "%s lies before 1970", key);
}

static int
take_instant(const struct rec *rec, const char *key, struct foreign *fo, struct fault *f)
{
	int got = rec_text(rec, key, &fo->scratch, f);
	const char *text = fo->scratch.len ? fo->scratch.p : "";

	if (got < 0)
		return -1;
	if (got == 0)
		return rec_fault(rec, f, "%s is missing", key);
	if (num_instant(key, text, &fo->event.at, f) < 0)
		return rec_fault(rec, f,
		    "%s \"%.40s\" is not an instant (such as 2026-03-02T09:00:00Z)", key, text);
	return check_at(rec, key, fo->event.at, f);
}

static int
is_one_of(struct slice key, const char *const *names)
{
	for (; *names; names++)
		if (slice_is(key, *names))
			return 1;
	return 0;
}

/* The members that no name stands for, as they came, as an object in body. */
static void
keep_rest(const struct rec *rec, const char *const *named, struct buf *body)
{
	for (size_t i = 0; i < rec->members; i++) {
		const struct rec_member *m = &rec->member[i];

		if (is_one_of(m->key, named))
			continue;
		buf_addc(body, body->len ? ',' : '{');
		buf_addc(body, '"');
		buf_add(body, m->key.p, m->key.len);
		buf_adds(body, "\":");
		buf_add(body, m->value.p, m->value.len);
	}
	if (body->len)
		buf_addc(body, '}');
}

/* A word that may be part of a journal kind: lower case, digits and _ from a letter on. */
static int
is_kind(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n && n <= FOREIGN_KIND_MAX && !s[n] && *s >= 'a' && *s <= 'z';
}

/* ---- our own event record ------------------------------------------------------ */

/* What the event record carries for people to see, or is read by name below. */
static const char *const own_fields[] = {"type", "v", "event", "call", "at", "source",
    "campaign", "contact", "target", "name", "phone", "attempt", "disposition", "cause",
    "cause_text", "tech_cause", "dial_status", "ring_ms", "talk_ms", "reason", "timezone",
    "language", "voice", "siblings", "attributes", "expires_at", "context", "system_message",
    "dry_run", NULL};

/* A small number of the ending; absent leaves it as it is. */
static int
take_number(const struct rec *rec, const char *key, int *out, struct fault *f)
{
	int64_t v;
	int got = rec_int(rec, key, &v, f);

	if (got <= 0)
		return got;
	if (v < -1 || v > INT_MAX)
		return rec_fault(rec, f, "%s is out of range", key);
	*out = (int)v;
	return 0;
}

static int
take_ending(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	struct call_event *e = &fo->event;
	int got = rec_text(rec, "disposition", &fo->scratch, f);

	if (got < 0)
		return -1;
	if (got > 0 && fo->scratch.len) {
		e->disposition = disposition_parse(fo->scratch.p);
		if (e->disposition == DISP_COUNT)
			return rec_fault(rec, f, "\"%.40s\" is no disposition", fo->scratch.p);
	}
	if (take_number(rec, "cause", &e->cause, f) < 0 ||
	    take_number(rec, "tech_cause", &e->tech_cause, f) < 0 ||
	    take_number(rec, "ring_ms", &e->ring_ms, f) < 0 ||
	    take_number(rec, "talk_ms", &e->talk_ms, f) < 0)
		return -1;
	return rec_text(rec, "dial_status", &fo->dial_status, f) < 0 ? -1 : 0;
}

/* The key that the journal has for it, if the record tells; else the one that follows from what it says. */
static int
take_key(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	uint64_t key = 0;
	int got = rec_text(rec, "key", &fo->scratch, f);

	if (got < 0)
		return -1;
	if (got == 0) {
		fo->event.key = call_event_key(fo->kind, &fo->event, fo->body.p, fo->body.len);
		return 0;
	}
	if (fo->scratch.len != 16 || strspn(fo->scratch.p, "0123456789abcdef") != 16)
		return rec_fault(rec, f, "key must be 16 hexadecimal digits");
	for (const char *c = fo->scratch.p; *c; c++)
		key = key << 4 | (uint64_t)(*c <= '9' ? *c - '0' : *c - 'a' + 10);
	fo->event.key = key;
	return 0;
}

static int
read_own(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	struct call_event *e = &fo->event;
	int64_t v = 1;
	int source = FROM_FILE, got;

	fo->shape = FOREIGN_EVENT;
	if (rec_int(rec, "v", &v, f) < 0)
		return -1;
	if (v != 1)
		return rec_fault(
		    rec, f, "an event of version %lld is not known here", (long long)v);
	if (take_id(rec, "call", fo, f) < 0 || take_instant(rec, "at", fo, f) < 0)
		return -1;
	if (!fo->is_uuid)
		return rec_fault(rec, f, "call \"%.40s\" is not a UUID", fo->id);
	if ((got = rec_text(rec, "source", &fo->scratch, f)) < 0)
		return -1;
	if (got && (source = source_parse(fo->scratch.p ? fo->scratch.p : "")) < 0)
		return rec_fault(rec, f,
		    "\"%.40s\" is no source (door, exchange, webhook, file)",
		    fo->scratch.p ? fo->scratch.p : "");
	if ((got = rec_text(rec, "event", &fo->scratch, f)) < 0)
		return -1;
	if (!got || !fo->scratch.len || !is_kind(fo->scratch.p))
		return rec_fault(rec, f, "event must be a word such as ringing or ended");
	copy_text(fo->kind, sizeof(fo->kind), fo->scratch.p);
	e->rank = rank_parse(fo->kind);
	e->source = (enum call_source)source;
	if (e->rank == RANK_ENDED && take_ending(rec, fo, f) < 0)
		return -1;
	if (rec_text(rec, "reason", &fo->reason, f) < 0)
		return -1;
	if (e->rank == RANK_NONE)
		keep_rest(rec, own_fields, &fo->body);
	if (take_key(rec, fo, f) < 0)
		return -1;
	if (e->source == FROM_DOOR)
		e->source = FROM_FILE; /* the key stays: the door's own row is found by it */
	return 1;
}

/* ---- AVR's webhook envelope ------------------------------------------------------ */

/* docs webhook-integration-guide.md; `error` from its release note of 2025-09-13. */
static const struct {
	const char *type, *kind;
	enum call_rank rank;
	enum disposition disposition;
} avr_types[] = {
    {"call_initiated", "initiated", RANK_NONE, DISP_NONE},
    {"call_started", "answered", RANK_ANSWERED,
	DISP_NONE}, /* AudioSocket opens after the answer */
    {"transcription", "transcription", RANK_NONE, DISP_NONE},
    {"interruption", "interruption", RANK_NONE, DISP_NONE},
    {"dtmf_digit", "dtmf", RANK_NONE, DISP_NONE},
    {"call_ended", "ended", RANK_ENDED, DISP_ANSWERED}, /* a session that was open has ended */
    {"error", "error", RANK_NONE, DISP_NONE},
};

static const char *const avr_named[] = {"uuid", "timestamp", NULL};

static int
is_empty_object(struct slice v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!strchr("{} \t", v.p[i]))
			return 0;
	return 1;
}

static int
read_avr(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	struct call_event *e = &fo->event;
	struct slice payload = {"", 0};
	size_t i = 0;

	fo->shape = FOREIGN_AVR;
	e->source = FROM_WEBHOOK;
	if (take_id(rec, "uuid", fo, f) < 0 || take_instant(rec, "timestamp", fo, f) < 0)
		return -1;
	while (i < COUNT(avr_types) && !slice_is(rec->type, avr_types[i].type))
		i++;
	if (i < COUNT(avr_types)) {
		copy_text(fo->kind, sizeof(fo->kind), avr_types[i].kind);
		e->rank = avr_types[i].rank;
		e->disposition = avr_types[i].disposition;
		if (rec_find(rec, "payload", &payload) && *payload.p == '{' &&
		    !is_empty_object(payload))
			buf_add(&fo->body, payload.p, payload.len);
	} else {
		copy_text(fo->kind, sizeof(fo->kind), "note");
		keep_rest(rec, avr_named, &fo->body);
	}
	if (i == 0 && fo->body.len) {
		struct rec inner = {
		    .p = fo->body.p, .len = fo->body.len, .line = rec->line, .file = rec->file};
		struct slice id;

		fo->has_call = rec_find(&inner, "uniqueid", &id) && *id.p == '"' &&
		    uuid_parse(id.p + 1, id.len - 2, &fo->call) == 0;
	}
	e->key = call_event_key(fo->kind, e, fo->body.p, fo->body.len);
	return 1;
}

/* ---- the plan's two shapes --------------------------------------------------------- */

static const char *const plan_named[] = {
    "call_id", "event_type", "event", "timestamp", "type", NULL};

/* What its words for events, states and outcomes mean; the vague ones yield to the others. */
static const struct {
	const char *word;
	enum call_rank rank;
	enum disposition disposition;
	bool vague;
} plan_words[] = {
    {"started", RANK_PLACED, DISP_NONE, false},
    {"dialing", RANK_PLACED, DISP_NONE, false},
    {"ringing", RANK_RINGING, DISP_NONE, false},
    {"connected", RANK_ANSWERED, DISP_NONE, false},
    {"answered", RANK_ANSWERED, DISP_ANSWERED, false},
    {"in_progress", RANK_ANSWERED, DISP_NONE, false},
    {"completed", RANK_ENDED, DISP_ANSWERED, true},
    {"ended", RANK_ENDED, DISP_ANSWERED, true},
    {"failed", RANK_ENDED, DISP_FAILED, true},
    {"no_answer", RANK_ENDED, DISP_NO_ANSWER, false},
    {"no-answer", RANK_ENDED, DISP_NO_ANSWER, false},
    {"no_response", RANK_ENDED, DISP_NO_ANSWER, false},
    {"busy", RANK_ENDED, DISP_BUSY, false},
    {"cancelled", RANK_ENDED, DISP_CANCELLED, false},
    {"declined", RANK_ENDED, DISP_DECLINED, false},
    {"success", RANK_ENDED, DISP_ANSWERED, false},
    {"callback_requested", RANK_ENDED, DISP_ANSWERED, false},
    {"not_interested", RANK_ENDED, DISP_ANSWERED, false},
    {"wrong_number", RANK_ENDED, DISP_ANSWERED, false},
    {"technical_issue", RANK_ENDED, DISP_ANSWERED_DROPPED, false},
};

static int
plan_word(const char *word)
{
	if (strncmp(word, "call_", 5) == 0 || strncmp(word, "call.", 5) == 0)
		word += 5;
	for (size_t i = 0; i < COUNT(plan_words); i++)
		if (strcmp(word, plan_words[i].word) == 0)
			return (int)i;
	return -1;
}

/* A word that says better how the call ended replaces what was known so far. */
static void
refine(int word, int *best)
{
	if (word < 0 || plan_words[word].disposition == DISP_NONE)
		return;
	if (*best < 0 || (plan_words[*best].vague && !plan_words[word].vague))
		*best = word;
}

/* Seconds, perhaps with a fraction, to ms; false if it is no such number. */
static bool
seconds(struct slice v, int *ms)
{
	int64_t n = 0;
	size_t i = 0;
	int places = -1;

	for (; i < v.len && places < 3; i++) {
		if (v.p[i] == '.' && places < 0 && i)
			places = 0;
		else if (v.p[i] >= '0' && v.p[i] <= '9' && n < INT_MAX)
			n = n * 10 + (v.p[i] - '0'), places += places >= 0;
		else
			return false;
	}
	for (; i < v.len; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	for (places = places < 0 ? 0 : places; places < 3; places++)
		n *= 10;
	if (!v.len || n > INT_MAX)
		return false;
	*ms = (int)n;
	return true;
}

static void
plan_ending(const struct rec *rec, int event, struct foreign *fo)
{
	struct rec data = {.line = rec->line, .file = rec->file};
	static const char *const keys[] = {"outcome", "status", "error_reason"};
	struct fault ignored; /* a word that is no text says nothing */
	struct slice v;
	int best = -1;

	refine(event, &best);
	if (rec_find(rec, "data", &v) && *v.p == '{') {
		data.p = v.p;
		data.len = v.len;
	}
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (data.p && rec_text(&data, keys[i], &fo->scratch, &ignored) > 0 &&
		    fo->scratch.len)
			refine(plan_word(fo->scratch.p), &best);
		if (rec_text(rec, keys[i], &fo->scratch, &ignored) > 0 && fo->scratch.len)
			refine(plan_word(fo->scratch.p), &best);
	}
	fo->event.disposition = best < 0 ? DISP_UNKNOWN : plan_words[best].disposition;
	if (!disposition_reached(fo->event.disposition))
		return;
	if ((data.p && rec_find(&data, "duration", &v)) || rec_find(rec, "duration", &v))
		seconds(v, &fo->event.talk_ms);
}

/* RFC 3339, the same without a zone (UTC), or epoch seconds or milliseconds. 1, 0 absent. */
static int
plan_time(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	struct slice v;
	int64_t *at = &fo->event.at;
	char text[64];

	if (!rec_find(rec, "timestamp", &v) || *v.p == 'n')
		return 0;
	if (*v.p != '"') {
		if (rec_int(rec, "timestamp", at, f) < 0)
			return -1;
		if (*at < 100000000000 && *at > -100000000000) /* seconds until the year 5138 */
			*at *= 1000;
		return check_at(rec, "timestamp", *at, f) < 0 ? -1 : 1;
	}
	if (rec_text(rec, "timestamp", &fo->scratch, f) < 0)
		return -1;
	if (!fo->scratch.p || copy_text(text, sizeof(text) - 1, fo->scratch.p) < 0)
		return rec_fault(rec, f, "timestamp is not an instant");
	if (strlen(text) >= 19 && !strpbrk(text + 19, "Zz+-"))
		text[strlen(text) + 1] = '\0', text[strlen(text)] = 'Z';
	if (num_instant("timestamp", text, at, f) < 0)
		return rec_fault(rec, f, "timestamp \"%.40s\" is not an instant", text);
	return check_at(rec, "timestamp", *at, f) < 0 ? -1 : 1;
}

static int
read_plan(
    const struct rec *rec, const char *key, int64_t now, struct foreign *fo, struct fault *f)
{
	struct call_event *e = &fo->event;
	int word, timed;

	e->source = FROM_WEBHOOK;
	if (take_id(rec, "call_id", fo, f) < 0)
		return -1;
	if (rec_text(rec, key, &fo->scratch, f) <= 0 || !fo->scratch.len)
		return rec_fault(rec, f, "%s must be a word", key);
	word = plan_word(fo->scratch.p);
	e->rank = word < 0 ? RANK_NONE : plan_words[word].rank;
	if ((timed = plan_time(rec, fo, f)) < 0)
		return -1;
	if (e->rank == RANK_NONE) {
		buf_printf(&fo->body, "{\"%s\":", key);
		rec_text(rec, key, &fo->scratch, f);
		buf_json(&fo->body, fo->scratch.p, fo->scratch.len);
	}
	copy_text(
	    fo->kind, sizeof(fo->kind), e->rank == RANK_NONE ? "note" : rank_name(e->rank));
	if (e->rank == RANK_ENDED)
		plan_ending(rec, word, fo);
	keep_rest(rec, plan_named, &fo->body);
	e->key = call_event_key(fo->kind, e, fo->body.p, fo->body.len);
	if (!timed)
		e->at = now;
	return 1;
}

/* ---- which of them ------------------------------------------------------------------- */

static void
start(struct foreign *fo)
{
	buf_reset(&fo->body);
	buf_reset(&fo->reason);
	buf_reset(&fo->dial_status);
	buf_reset(&fo->words);
	fo->has_call = fo->is_uuid = false;
	fo->heard = HEARD_NOTHING;
	fo->event = (struct call_event){.cause = -1, .talk_ms = -1, .ring_ms = -1};
}

/* One key, as text or as a number. */
static bool
pressed(const struct rec *said, struct buf *key)
{
	struct fault ignored;
	int64_t n;

	if (rec_int(said, "digit", &n, &ignored) > 0 && n >= 0 && n <= 9) {
		buf_addi(key, n);
		return true;
	}
	return rec_text(said, "digit", key, &ignored) > 0 && key->len == 1;
}

/*
 * What the person who was called said or pressed. The agent's words are not theirs, nor are those of a
 * role that is not known here.
 */
static void
listen(struct foreign *fo)
{
	struct rec said = {.p = fo->body.p, .len = fo->body.len, .file = ""};
	struct fault ignored; /* what is no text was not said */

	if (!fo->body.len)
		return;
	if (!strcmp(fo->kind, "dtmf")) {
		if (pressed(&said, &fo->words))
			fo->heard = HEARD_KEY;
	} else if (!strcmp(fo->kind, "transcription") &&
	    rec_text(&said, "role", &fo->scratch, &ignored) > 0 && fo->scratch.len &&
	    optout_role(fo->scratch.p) && rec_text(&said, "text", &fo->words, &ignored) > 0 &&
	    fo->words.len) {
		fo->heard = HEARD_WORDS;
	}
}

static int
read_shape(const struct rec *rec, int64_t now, struct foreign *fo, struct fault *f)
{
	struct slice v;

	if (slice_is(rec->type, "event"))
		return read_own(rec, fo, f);
	if (rec->type.len && rec_find(rec, "uuid", &v))
		return read_avr(rec, fo, f);
	if (!rec_find(rec, "call_id", &v))
		return 0;
	if (rec_find(rec, "event_type", &v)) {
		fo->shape = FOREIGN_PLAN;
		return read_plan(rec, "event_type", now, fo, f);
	}
	fo->shape = FOREIGN_PLAN_FLAT;
	return rec_find(rec, "event", &v) ? read_plan(rec, "event", now, fo, f) : 0;
}

int
foreign_read(const struct rec *rec, int64_t now, struct foreign *fo, struct fault *f)
{
	int got;

	start(fo);
	if ((got = read_shape(rec, now, fo, f)) > 0)
		listen(fo);
	return got;
}

void
foreign_release(struct foreign *fo)
{
	buf_release(&fo->body);
	buf_release(&fo->reason);
	buf_release(&fo->dial_status);
	buf_release(&fo->words);
	buf_release(&fo->scratch);
}
