/*
 * summaries: a wish and a wrong number follow from each summary alone, so
 * their order does not matter; a callback from the latest one, weighed again
 * when the words that it quotes come later than itself.
 */
#include "summaries.h"

#include <string.h>

#include "again.h"
#include "callback.h"
#include "calls.h"
#include "clock.h"
#include "foreign.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "optouts.h"
#include "schedule.h"
#include "store_parts.h"

enum { CALLS_ENOUGH = 10 }; /* to one target: whether there is another is for a person to say */

static const char not_when[] = "another call was asked for, and not when";
static const char to_read[] =
    "another call is said to be asked for, in words that a person must read";

/* ---- wrong numbers ---------------------------------------------------------------- */

/*
 * A row a person: who else the call was about has the number from the same hand. It is the person's and
 * not the call's, so that it goes when that one is forgotten.
 */
static int
close_for(struct db *db, const struct order *o, int64_t contact, int64_t at, uint64_t key,
    const char *words, struct fault *f)
{
	struct entry e = {.at = at,
	    .kind = "contact.wrong_number",
	    .campaign = o->campaign,
	    .contact = contact,
	    .source = "tool"};
	struct buf fact = {0}, body = {0};
	char of[17], in[37];
	int rc = -1;

	buf_member(&fact, "of", hash_hex(key, of));
	buf_member(&fact, "in", uuid_text(&o->id, in));
	buf_addc(&fact, '}');
	buf_member(&body, "phone", o->phone);
	buf_member(&body, "said", words);
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	if (journal_add(db, &e, f) == 0 &&
	    project_wrong_number(db, contact, phone_key(o->phone), &o->id, e.seq, f) >= 0)
		rc = targets_of_contact_changed(db, contact, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

static int
is_closed(struct db *db, const struct order *o, int64_t contact, bool *closed, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM wrong_number WHERE contact = :contact"
	    " AND phone = :phone AND call = :call)",
	    f);
	int64_t v;

	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":phone", phone_key(o->phone));
	bind_b(db, s, ":call", o->id.b, 16);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*closed = v != 0;
	return 0;
}

static int
wrong_number(struct db *db, const struct order *o, int64_t at, uint64_t key, const char *words,
    struct fault *f)
{
	bool closed;

	if (!*o->phone)
		return 0; /* forgotten */
	for (int i = -1; i < o->with.n; i++) {
		int64_t contact = i < 0 ? o->contact : o->with.contact[i];

		if (!contact)
			continue;
		if (is_closed(db, o, contact, &closed, f) < 0 ||
		    (!closed && close_for(db, o, contact, at, key, words, f) < 0))
			return -1;
	}
	return 0;
}

/* ---- callbacks ---------------------------------------------------------------------- */

/* The latest summary of a call. */
struct latest {
	int64_t at, seq;
	uint64_t key;
	struct summary s;
};

/* 1, 0 there is none, or its body was erased. */
static int
read_latest(struct db *db, const struct uuid *call, struct latest *l, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT s.at, s.key, s.seq, b.json FROM summary s JOIN body b ON b.seq = s.seq"
	    " WHERE s.call = :call",
	    f);
	int n;

	bind_b(db, s, ":call", call->b, 16);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	l->at = col_i(s, 0);
	l->key = (uint64_t)col_i(s, 1);
	l->seq = col_i(s, 2);
	n = summary_read(col_t(s, 3), (size_t)sqlite3_column_bytes(s, 3), &l->s, f);
	sqlite3_reset(s);
	return n < 0 ? -1 : 1;
}

/* What was heard of the words that a claim rests on. */
struct hearing {
	int64_t at; /* 0: nobody heard them */
	bool doubt; /* there was a no before them, or those that say when were not heard */
};

static bool
is_clear(const struct latest *l, const struct hearing *h)
{
	return !h->doubt && summary_asks(l->s.said.words, l->s.time.words);
}

static int
hear_words(struct db *db, const struct uuid *call, const struct summary_said *said,
    struct hearing *h, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT h.at, b.json FROM heard h JOIN body b ON b.seq = h.seq"
	    " WHERE h.call = :call AND h.key = :key AND h.how = 1",
	    f);
	struct buf words = {0};
	const char *json;
	int n;

	*h = (struct hearing){.at = 0};
	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":key", (int64_t)said->of);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	json = col_t(s, 1);
	if (foreign_heard(json, strlen(json), HEARD_WORDS, &words) &&
	    summary_quotes(words.p, said->words)) {
		h->at = col_i(s, 0);
		h->doubt = summary_doubts(words.p, said->words);
	}
	sqlite3_reset(s);
	buf_release(&words);
	return 0;
}

static int
count_calls(struct db *db, int64_t target, int64_t until, int64_t *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT count(*) FROM call WHERE target = :target AND intent_at <= :until", f);

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":until", until);
	return db_one(db, s, 0, n, f);
}

/* What there is for a target and call. */
struct granted {
	int64_t said_at;
	uint64_t key; /* with it: of the summary that asked for it */
	bool to_read; /* held until somebody has read the words */
};

/* 1, 0 nothing. */
static int
read_row(struct db *db, int64_t target, int64_t since, struct granted *g, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT said_at, key, why FROM again WHERE target = :target AND since = :since"
	    " AND NOT dropped",
	    f);
	int n;

	bind_i(db, s, ":target", target);
	bind_i(db, s, ":since", since);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	g->said_at = col_i(s, 0);
	g->key = (uint64_t)col_i(s, 1);
	g->to_read = col_t(s, 2) && strcmp(col_t(s, 2), to_read) == 0;
	sqlite3_reset(s);
	return 1;
}

/* The row that one target gets: nothing is granted that was not asked for. */
static int
grant(struct db *db, const struct latest *l, const struct order *o, int64_t target,
    const struct hearing *h, struct fault *f)
{
	struct again a = {.target = target,
	    .since = o->call.at[RANK_INTENT],
	    .said_at = l->at,
	    .key = l->key};
	char why[AGAIN_WHY + 1];
	int64_t calls;

	if (count_calls(db, target, a.since, &calls, f) < 0)
		return -1;
	a.why = why;
	if (!l->s.callback_at)
		snprintf(why, sizeof why, "%.100s", l->s.why ? l->s.why : not_when);
	else if (!is_clear(l, h))
		copy_text(why, sizeof why, to_read);
	else if (calls >= CALLS_ENOUGH)
		snprintf(why, sizeof why, "another call was asked for, after %lld of them",
		    (long long)calls);
	else if (callback_fits(l->s.callback_at, h->at, clock_wall(), why)) {
		a.why = NULL;
		a.due_at = l->s.callback_at;
	}
	return again_put(db, "target.callback", &a, f);
}

/* Whether the latest summary grants what stands there; what was held for want of words may be clear now. */
static bool
stands(const struct granted *g, const struct latest *l, const struct hearing *h)
{
	return g->said_at == l->at && g->key == l->key && !(g->to_read && is_clear(l, h));
}

/* Of a program, which names no time: a row that any summary's goes before. */
static int
hold_for_time(struct db *db, const struct order *o, int64_t target, struct fault *f)
{
	struct again a = {.target = target, .since = o->call.at[RANK_INTENT], .why = not_when};

	return again_put(db, "target.callback", &a, f);
}

/* Whether a program told so of the call. */
static int
is_asked(struct db *db, const struct uuid *call, bool *asked, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT EXISTS (SELECT 1 FROM heard WHERE call = :call AND how = 5)", f);
	int64_t v;

	bind_b(db, s, ":call", call->b, 16);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*asked = v != 0;
	return 0;
}

/* h->at 0: the latest summary has no callback, or not in words that were heard. */
static int
weigh_target(struct db *db, const struct latest *l, const struct order *o, int64_t target,
    const struct hearing *h, struct fault *f)
{
	int64_t since = o->call.at[RANK_INTENT];
	struct granted g;
	bool denied, asked;
	int n;

	if (again_denied(db, target, since, &denied, f) < 0)
		return -1;
	if (denied) /* by a person, whom no model overrules */
		return 0;
	if ((n = read_row(db, target, since, &g, f)) < 0)
		return -1;
	if (h->at && (!n || !stands(&g, l, h)))
		return grant(db, l, o, target, h, f);
	if (!h->at && n && g.said_at) { /* an earlier summary thought otherwise */
		if (again_drop(db, target, since, f) < 0)
			return -1;
		n = 0;
	}
	if (h->at || n)
		return 0;
	if (is_asked(db, &o->id, &asked, f) < 0)
		return -1;
	return asked ? hold_for_time(db, o, target, f) : 0;
}

/* What the outcome rests on must have been heard; what the time rests on too, or a person must read it. */
static int
hear_callback(struct db *db, const struct latest *l, const struct order *o, struct hearing *h,
    struct fault *f)
{
	struct hearing time;

	*h = (struct hearing){.at = 0};
	if (l->s.outcome != OUTCOME_CALLBACK || !l->s.said.words)
		return 0;
	if (hear_words(db, &o->id, &l->s.said, h, f) < 0)
		return -1;
	if (!h->at || !l->s.time.words)
		return 0;
	if (hear_words(db, &o->id, &l->s.time, &time, f) < 0)
		return -1;
	h->doubt = h->doubt || time.doubt || !time.at;
	return 0;
}

static int
weigh(struct db *db, const struct latest *l, const struct order *o, struct fault *f)
{
	struct hearing h;

	if (!o->target || !o->call.at[RANK_INTENT])
		return 0;
	if (hear_callback(db, l, o, &h, f) < 0)
		return -1;
	for (int i = -1; i < o->with.n; i++)
		if (weigh_target(db, l, o, i < 0 ? o->target : o->with.target[i], &h, f) < 0)
			return -1;
	return 0;
}

static int
weigh_call(struct db *db, const struct uuid *call, const struct latest *l, struct fault *f)
{
	struct order o;
	int n = calls_flush(db, f);

	if (n == 0 && (n = calls_order(db, call, &o, f)) > 0 && o.open)
		n = weigh(db, l, &o, f);
	return n < 0 ? -1 : 0;
}

/* alone: also where there is no summary. */
static int
weigh_latest(struct db *db, const struct uuid *call, bool alone, struct fault *f)
{
	struct latest l = {.at = 0};
	int n = read_latest(db, call, &l, f), rc = n;

	if (n > 0 || (n == 0 && alone))
		rc = weigh_call(db, call, &l, f);
	if (n > 0)
		summary_release(&l.s);
	return rc;
}

int
summaries_weigh(struct db *db, const struct uuid *call, struct fault *f)
{
	return weigh_latest(db, call, false, f);
}

int
summaries_asked(struct db *db, const struct uuid *call, struct fault *f)
{
	return weigh_latest(db, call, true, f);
}

/* ---- a summary ------------------------------------------------------------------------ */

int
summaries_hear(struct db *db, const struct uuid *call, int64_t at, uint64_t key,
    const char *body, struct fault *f)
{
	struct summary s;
	struct order o;
	int rc = 0;

	if (calls_flush(db, f) < 0 || calls_order(db, call, &o, f) < 0 ||
	    summary_read(body, strlen(body), &s, f) < 0)
		return -1;
	if (s.outcome == OUTCOME_DO_NOT_CALL)
		rc = optouts_enter_summary(db, call, at, key, s.said.words, f);
	else if (s.outcome == OUTCOME_WRONG_NUMBER && o.open)
		rc = wrong_number(db, &o, at, key, s.said.words, f);
	summary_release(&s);
	return rc < 0 ? -1 : summaries_weigh(db, call, f);
}

/* ---- questions and answers ---------------------------------------------------------------- */

/* By the clock of the first zone, as no more is needed to understand "tomorrow"; UTC where none is known. */
static int
put_clock(struct db *db, int64_t target, int64_t at, struct buf *b, struct fault *f)
{
	static const char *const days[] = {
	    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
	const struct zone *z;
	struct facts facts;
	struct civil c;
	char text[32];

	if (schedule_facts(db, target, 0, &facts, f) < 0)
		return -1;
	z = facts.zones > 0 ? facts.zone[0] : facts.assumed;
	if (!z) {
		buf_printf(b, "The call was at %.16s in UTC.", num_instant_text(at, text));
		return 0;
	}
	zone_civil(z, at, &c);
	buf_printf(b,
	    "The call was on %s, %04d-%02d-%02d, at %02d:%02d by the callee's clock (%s).",
	    days[c.weekday], c.year, c.month, c.day, c.hour, c.minute, zone_name(z));
	return 0;
}

int
summaries_question(struct db *db, const struct order *o, const struct plan *plan,
    const struct transcript *t, struct buf *b, struct fault *f)
{
	struct buf asked = {0};
	int rc;

	buf_printf(&asked, "The campaign: %s%s%s. ", plan->name, plan->description ? ", " : "",
	    plan->description ? plan->description : "");
	rc = put_clock(db, o->target, t->line[0].at, &asked, f);
	if (rc == 0)
		summary_question(b, asked.p, t->line, t->n);
	buf_release(&asked);
	return rc;
}

/* The instant of a callback, or why there is none. */
static int
put_callback(struct db *db, const struct order *o, const struct summary_callback *c,
    struct buf *b, struct fault *f)
{
	char text[32], of[17];
	int64_t at;

	buf_key(b, "callback");
	buf_adds(b, "{\"time\":");
	buf_json(b, c->time, strlen(c->time));
	if (!*c->time)
		buf_member(b, "why", not_when);
	else if (again_read_time(db, o->target, c->time, &at, f) == 0)
		buf_member(b, "at", num_instant_text(at, text));
	else if (f->code == DATAERR)
		buf_member(b, "why", f->text);
	else
		return -1;
	buf_key(b, "said");
	buf_adds(b, "{\"line\":");
	buf_addi(b, c->line);
	buf_member(b, "of", hash_hex(c->of, of));
	buf_member(b, "words", c->words);
	buf_adds(b, "}}");
	return 0;
}

int
summaries_record(struct db *db, const struct order *o, const struct transcript *t,
    const char *answer, const char *model, int64_t at, struct buf *out, struct fault *f)
{
	struct call_fact fact = {.id = o->id,
	    .kind = "summary",
	    .event = {.rank = RANK_NONE,
		.at = at,
		.source = FROM_FILE,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1}};
	struct summary_callback callback;
	struct buf members = {0};
	enum outcome outcome;
	json_t *extra = NULL;
	int rc = -1;

	if (summary_answer(answer, t->line, t->n, &members, &outcome, &callback, f) == 0 &&
	    (outcome != OUTCOME_CALLBACK || put_callback(db, o, &callback, &members, f) == 0)) {
		buf_member(&members, "model", model);
		buf_addc(&members, '}');
		extra = json_read("summary", members.p, members.len, f);
	}
	if (extra) {
		fact.event.key = call_event_key(fact.kind, &fact.event, members.p, members.len);
		event_record(out, o, &fact, extra);
		rc = 0;
	}
	json_decref(extra);
	buf_release(&members);
	return rc;
}

/* ---- what has none yet ------------------------------------------------------------------ */

/* The last of the next few calls; 0 there is none. A read statement looks at no more. */
static int
window_of(struct db *db, const struct uuid *after, struct uuid *last, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT max(id) FROM (SELECT id FROM call WHERE id > :after ORDER BY id LIMIT 200)",
	    f);

	bind_b(db, s, ":after", after->b, 16);
	return db_one_id(db, s, last, f);
}

/* The first of them that has words and no summary: 1, 0. */
static int
first_new(struct db *db, int64_t campaign, const struct uuid *last, struct uuid *after,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT id FROM call WHERE id > :after AND id <= :last AND campaign = :campaign"
	    " AND rank = 7 AND NOT EXISTS (SELECT 1 FROM summary WHERE summary.call = call.id)"
	    " AND EXISTS (SELECT 1 FROM journal j WHERE j.call = call.id"
	    " AND j.kind = 'call.transcription' UNION ALL SELECT 1 FROM heard h"
	    " WHERE h.call = call.id AND h.how = 1) ORDER BY id LIMIT 1",
	    f);
	int n;

	bind_b(db, s, ":after", after->b, 16);
	bind_b(db, s, ":last", last->b, 16);
	bind_i(db, s, ":campaign", campaign);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	memcpy(after->b, sqlite3_column_blob(s, 0), 16);
	sqlite3_reset(s);
	return 1;
}

int
summaries_next_new(struct db *db, int64_t campaign, struct uuid *after, struct fault *f)
{
	struct uuid last;
	int n;

	while ((n = window_of(db, after, &last, f)) > 0) {
		if ((n = first_new(db, campaign, &last, after, f)) != 0)
			return n;
		*after = last;
	}
	return n;
}
