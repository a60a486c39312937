/*
 * foreign: from the fields of a record to what it says of a call. What a shape
 * does not name is kept in the body, never thrown away; what it claims beyond
 * its knowledge (a door that is not ours) is not believed.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "foreign.h"
#include "mem.h"
#include "num.h"
#include "optout.h"
#include "word.h"

enum { STATUS_MAX = 15 }; /* struct ending has room for so much */

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

/* The members that no name stands for, as they came, end the object in body. */
static void
keep_rest(const struct rec *rec, const char *const *named, struct buf *body)
{
	rec_rest(rec, named, body);
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

/* ---- what is heard, wherever it stands ------------------------------------------- */

/* What a program says of a call in which it heard the wish itself. */
static bool
is_wish(const char *word)
{
	static const char *const wish[] = {"do_not_call", "dnc", "opt_out", "optout",
	    "opted_out", "unsubscribe", "unsubscribed", NULL};
	char text[FOREIGN_KIND_MAX];

	if (copy_text(text, sizeof text, word) < 0)
		return false;
	for (char *c = text; *c; c++)
		*c = *c == '-' || *c == ' ' ? '_' : (char)tolower((unsigned char)*c);
	return word_among(
	    strncmp(text, "call_", 5) && strncmp(text, "call.", 5) ? text : text + 5, wish);
}

/* The same of the wish for another call. */
static bool
is_callback(const char *word)
{
	if (strncmp(word, "call_", 5) == 0 || strncmp(word, "call.", 5) == 0)
		word += 5;
	return strcmp(word, "callback_requested") == 0;
}

/* Our kind of what was said or pressed, for the words that others have for it; null: it is neither. */
static const char *
note_kind(const char *word)
{
	static const char *const said[] = {"transcription", "transcript"};
	static const char *const pressed[] = {"dtmf", "dtmf_digit"};

	if (strncasecmp(word, "call_", 5) == 0 || strncasecmp(word, "call.", 5) == 0)
		word += 5;
	for (size_t i = 0; i < COUNT(said); i++)
		if (strcasecmp(word, said[i]) == 0)
			return said[0];
	for (size_t i = 0; i < COUNT(pressed); i++)
		if (strcasecmp(word, pressed[i]) == 0)
			return pressed[0];
	return NULL;
}

enum { PLACES = 4 };

/* A body and the objects in it that may hold what belongs to it: how many. */
static int
places_of(const char *body, size_t len, struct rec *place)
{
	static const char *const inner[] = {"data", "payload", "metadata"};
	struct slice v;
	int n = 0;

	place[n++] = (struct rec){.p = body, .len = len, .file = ""};
	for (size_t i = 0; i < COUNT(inner); i++)
		if (rec_find(&place[0], inner[i], &v) && *v.p == '{')
			place[n++] = (struct rec){.p = v.p, .len = v.len, .file = ""};
	return n;
}

/* One key, as text or as a number. */
static bool
find_key(const struct rec *place, struct buf *key)
{
	struct fault ignored;
	int64_t n;

	if (rec_int(place, "digit", &n, &ignored) > 0 && n >= 0 && n <= 9) {
		buf_reset(key);
		buf_addi(key, n);
		return true;
	}
	return rec_text(place, "digit", key, &ignored) > 0 && key->len == 1;
}

static bool
find_words(const struct rec *place, struct buf *words)
{
	struct fault ignored; /* what is no text was not said */

	return (rec_text(place, "text", words, &ignored) > 0 && words->len) ||
	    (rec_text(place, "transcript", words, &ignored) > 0 && words->len);
}

static bool
find_outcome(const struct rec *place, bool (*is)(const char *), struct buf *word)
{
	static const char *const key[] = {
	    "outcome", "status", "disposition", "event", "event_type", "type"};
	struct fault ignored;

	for (size_t i = 0; i < COUNT(key); i++)
		if (rec_text(place, key[i], word, &ignored) > 0 && word->len && is(word->p))
			return true;
	return false;
}

/* Who spoke: 1 the person who was called, 0 somebody else or a role not known here, -1 it does not say. */
static int
find_role(const struct rec *place, struct buf *scratch)
{
	static const char *const key[] = {"role", "speaker"};
	struct fault ignored;

	for (size_t i = 0; i < COUNT(key); i++)
		if (rec_text(place, key[i], scratch, &ignored) > 0 && scratch->len)
			return optout_role(scratch->p);
	return -1;
}

bool
foreign_heard(const char *body, size_t len, enum call_heard how, struct buf *words)
{
	struct rec place[PLACES];
	int n = places_of(body, len, place);

	if (how == HEARD_SUMMARY) {
		buf_reset(words);
		buf_add(words, body, len);
		return true;
	}
	for (int i = 0; i < n; i++)
		if (how == HEARD_KEY ? find_key(&place[i], words)
			: how == HEARD_WORDS
			? find_words(&place[i], words)
			: find_outcome(
			      &place[i], how == HEARD_CALLBACK ? is_callback : is_wish, words))
			return true;
	return false;
}

/* Whether the words of a body are of the person who was called. */
static bool
is_theirs(const char *body, size_t len, struct buf *scratch)
{
	struct rec place[PLACES];
	int n = places_of(body, len, place), role = -1;

	for (int i = 0; i < n && role < 0; i++) /* the role beside the words counts first */
		if (find_words(&place[i], scratch))
			role = find_role(&place[i], scratch);
	for (int i = 0; i < n && role < 0; i++)
		role = find_role(&place[i], scratch);
	return role > 0;
}

bool
foreign_said(const char *body, size_t len, struct buf *words, bool *theirs, struct buf *scratch)
{
	if (!foreign_heard(body, len, HEARD_WORDS, words))
		return false;
	*theirs = is_theirs(body, len, scratch);
	return true;
}

/* ---- our own event record ------------------------------------------------------ */

/* What the event record carries for people to see, or is read by name below. */
static const char *const own_fields[] = {"event", "type", "v", "call", "at", "source",
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

/* DialStatus stands in the fact, which stays: no more than one of Asterisk's words. */
static int
take_status(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	struct buf *status = &fo->dial_status;

	if (rec_text(rec, "dial_status", status, f) < 0)
		return -1;
	if (status->len > STATUS_MAX ||
	    (status->len && strspn(status->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != status->len))
		return rec_fault(
		    rec, f, "dial_status \"%.40s\" is no word such as NOANSWER", status->p);
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
	return take_status(rec, fo, f);
}

/* Words of whoever made the record may name the person: a body can be erased, a fact cannot. */
static int
keep_reason(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	int got = rec_text(rec, "reason", &fo->scratch, f);

	if (got <= 0 || !fo->scratch.len)
		return got < 0 ? -1 : 0;
	if (fo->body.len)
		fo->body.len--; /* its } */
	buf_member(&fo->body, "reason", fo->scratch.p);
	buf_addc(&fo->body, '}');
	return 0;
}

/* A summary is whole, or it is none: what it says has consequences. */
static int
take_summary(const struct rec *rec, struct foreign *fo, struct fault *f)
{
	struct summary s;
	struct fault why;

	if (strcmp(fo->kind, "summary") != 0)
		return 0;
	if (summary_read(fo->body.len ? fo->body.p : "{}", fo->body.len ? fo->body.len : 2, &s,
		&why) < 0)
		return rec_fault(rec, f, "%s", why.text);
	fo->outcome = s.outcome;
	summary_release(&s);
	return 0;
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
	struct slice outcome;

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
	copy_text(fo->kind, sizeof(fo->kind),
	    note_kind(fo->scratch.p) ? note_kind(fo->scratch.p) : fo->scratch.p);
	e->rank = rank_parse(fo->kind);
	e->source = (enum call_source)source;
	if (e->rank == RANK_ENDED && take_ending(rec, fo, f) < 0)
		return -1;
	if (e->rank == RANK_NONE || rec_find(rec, "outcome", &outcome))
		keep_rest(rec, own_fields + is_wish(fo->kind), &fo->body); /* with the event */
	if (take_summary(rec, fo, f) < 0)
		return -1;
	/* The key of the door's own row knows no reason. */
	if (take_key(rec, fo, f) < 0 || keep_reason(rec, fo, f) < 0)
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

/* With the type: for what is not known. */
static const char *const avr_named[] = {"type", "uuid", "timestamp", NULL};

/* What belongs into the payload and stands beside it. */
static bool
is_spread(const struct rec *rec)
{
	static const char *const field[] = {"text", "transcript", "role", "speaker", "digit",
	    "outcome", "status", "data", "metadata"};
	struct slice v;

	for (size_t i = 0; i < COUNT(field); i++)
		if (rec_find(rec, field[i], &v))
			return true;
	return false;
}

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
		if (is_spread(rec))
			keep_rest(rec, avr_named, &fo->body);
		else if (rec_find(rec, "payload", &payload) && *payload.p == '{' &&
		    !is_empty_object(payload))
			buf_add(&fo->body, payload.p, payload.len);
	} else {
		copy_text(fo->kind, sizeof(fo->kind), "note");
		keep_rest(rec, avr_named + 1, &fo->body);
	}
	if (i == 0 && rec_find(rec, "payload", &payload) && *payload.p == '{') {
		struct rec inner = {
		    .p = payload.p, .len = payload.len, .line = rec->line, .file = rec->file};
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
    {"do_not_call", RANK_NONE, DISP_ANSWERED, false}, /* perhaps in the midst of the call */
    {"opt_out", RANK_NONE, DISP_ANSWERED, false},
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

/* Who was told our id beside a person's data gives it back: {"metadata":{"call_id":..}}. */
static void
plan_call(const struct rec *rec, struct foreign *fo)
{
	struct rec inner = {.line = rec->line, .file = rec->file};
	struct slice v, id;

	if (!rec_find(rec, "metadata", &v) || *v.p != '{')
		return;
	inner.p = v.p;
	inner.len = v.len;
	fo->has_call = rec_find(&inner, "call_id", &id) && *id.p == '"' &&
	    uuid_parse(id.p + 1, id.len - 2, &fo->call) == 0;
}

static int
read_plan(
    const struct rec *rec, const char *key, int64_t now, struct foreign *fo, struct fault *f)
{
	struct call_event *e = &fo->event;
	const char *kind;
	bool asks;
	int word, timed;

	e->source = FROM_WEBHOOK;
	if (take_id(rec, "call_id", fo, f) < 0)
		return -1;
	if (rec_text(rec, key, &fo->scratch, f) <= 0 || !fo->scratch.len)
		return rec_fault(rec, f, "%s must be a word", key);
	kind = note_kind(fo->scratch.p);
	word = plan_word(fo->scratch.p);
	asks = is_callback(fo->scratch.p);
	e->rank = word < 0 ? RANK_NONE : plan_words[word].rank;
	if ((timed = plan_time(rec, fo, f)) < 0)
		return -1;
	if ((e->rank == RANK_NONE && !kind) || asks) {
		buf_printf(&fo->body, "{\"%s\":", key);
		rec_text(rec, key, &fo->scratch, f);
		buf_json(&fo->body, fo->scratch.p, fo->scratch.len);
	}
	copy_text(fo->kind, sizeof(fo->kind),
	    kind                       ? kind
		: e->rank == RANK_NONE ? "note"
				       : rank_name(e->rank));
	if (e->rank == RANK_ENDED)
		plan_ending(rec, word, fo);
	plan_call(rec, fo);
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
	buf_reset(&fo->dial_status);
	buf_reset(&fo->words);
	fo->has_call = fo->is_uuid = false;
	fo->heard = HEARD_NOTHING;
	fo->outcome = OUTCOME_NONE;
	fo->event = (struct call_event){.cause = -1, .talk_ms = -1, .ring_ms = -1};
}

/*
 * What the person who was called said or pressed, or that a program heard their wish. The agent's
 * words are not theirs, nor are those of a role that is not known here.
 */
static void
listen(struct foreign *fo)
{
	enum call_heard how = HEARD_OUTCOME;

	if (!fo->body.len)
		return;
	if (fo->outcome != OUTCOME_NONE)
		how = HEARD_SUMMARY;
	else if (!strcmp(fo->kind, "dtmf"))
		how = HEARD_KEY;
	else if (!strcmp(fo->kind, "transcription"))
		how = is_theirs(fo->body.p, fo->body.len, &fo->scratch) ? HEARD_WORDS
									: HEARD_NOTHING;
	if (how && foreign_heard(fo->body.p, fo->body.len, how, &fo->words))
		fo->heard = how;
	else if (how == HEARD_OUTCOME &&
	    foreign_heard(fo->body.p, fo->body.len, HEARD_CALLBACK, &fo->words))
		fo->heard = HEARD_CALLBACK;
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
	buf_release(&fo->dial_status);
	buf_release(&fo->words);
	buf_release(&fo->scratch);
}
