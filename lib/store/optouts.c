/*
 * optouts: decisions are made once, when an event is new, and journalled as a
 * fact of their own. Two utterances are one wish whatever came first: the wish
 * belongs to the later one by its time.
 */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "campaigns.h"
#include "clock.h"
#include "dnc.h"
#include "file.h"
#include "foreign.h"
#include "journal.h"
#include "mem.h"
#include "optout.h"
#include "optouts.h"
#include "store_parts.h"
#include "summaries.h"

enum { NEAR = 32 }; /* utterances around one that are looked at */

/* One thing that was heard. */
struct heard {
	int64_t at;
	uint64_t key;
	enum call_heard how;
	int64_t seq;
	const char *words;
};

/* Whose call it is heard in. */
struct listen {
	struct uuid call;
	struct call_parents of;
	const struct plan *plan;
};

/* ---- phrases -------------------------------------------------------------------- */

/* Those that ship are compiled when first somebody is heard: that takes longer than opening the store. */
static struct optout *
phrases(struct db *db)
{
	if (!db->optout) {
		db->optout = optout_new(true);
		db->optout_free = optout_free;
	}
	return db->optout;
}

int
optouts_phrases(struct db *db, const char *file, struct fault *f)
{
	struct buf text = {0};
	int rc = 0;

	optout_free(db->optout);
	db->optout = NULL;
	if (file && (rc = file_read(file, OPTOUT_FILE_MAX, &text, f)) == 0)
		rc = optout_add(phrases(db), file, text.p ? text.p : "", text.len, f);
	buf_release(&text);
	return rc;
}

/* ---- a wish ---------------------------------------------------------------------- */

static int
is_known(struct db *db, const struct uuid *call, uint64_t key, bool *is, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT EXISTS (SELECT 1 FROM optout WHERE call = :call AND key = :key)", f);
	int64_t v;

	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":key", (int64_t)key);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*is = v != 0;
	return 0;
}

/* Who is on the line is asked to hang up, if somebody is. */
static int
end_call(struct db *db, const struct listen *l, struct fault *f)
{
	struct order o;
	struct entry e = {.at = clock_wall(),
	    .kind = "call.hangup",
	    .call = &l->call,
	    .campaign = l->of.campaign,
	    .contact = l->of.contact,
	    .source = "tool"};
	int n = calls_order(db, &l->call, &o, f);

	if (n <= 0 || !o.open || !o.call.line_open || o.hangup_at)
		return n < 0 ? -1 : 0;
	if (calls_flush(db, f) < 0 || project_hangup(db, &l->call, e.at, f) < 0)
		return -1;
	return journal_add(db, &e, f);
}

/* The claims of the number and of the contact, all campaigns'. */
static int
withdraw(struct db *db, const struct uuid *call, int64_t contact, struct fault *f)
{
	struct dnc person = {.kind = DNC_CONTACT, .value = contact};
	sqlite3_stmt *s = db_sql(db, "SELECT phone FROM call WHERE id = :id", f);
	struct dnc rule = {.kind = DNC_OPTOUT};

	bind_b(db, s, ":id", call->b, 16);
	if (db_one(db, s, 0, &rule.value, f) < 0)
		return -1;
	if (rule.value && dnc_enforce(db, &rule, f) < 0)
		return -1;
	return dnc_enforce(db, &person, f);
}

/* Under which name the words stand. */
static const char *
said_as(const struct heard *h)
{
	if (h->how == HEARD_KEY)
		return "pressed";
	return h->how == HEARD_OUTCOME || !h->words ? "outcome" : "said";
}

static int
journal_optout(struct db *db, const struct listen *l, const struct heard *h, const char *first,
    const struct optout_hit *hit, int64_t *seq, struct fault *f)
{
	struct buf fact = {0}, body = {0};
	char key[17];
	struct entry e = {.at = h->at,
	    .kind = "dnc.optout",
	    .call = &l->call,
	    .campaign = l->of.campaign,
	    .contact = l->of.contact,
	    .source = "tool"};
	int rc;

	buf_member(&fact, "of", hash_hex(h->key, key));
	buf_member(&fact, "how", heard_name(h->how));
	buf_addc(&fact, '}');
	buf_member(&body, "before", first);
	buf_member(&body, said_as(h), h->words ? h->words : "do_not_call");
	buf_member(&body, "language", hit && *hit->language ? hit->language : NULL);
	buf_member(&body, "phrase", hit ? hit->phrase : NULL);
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	rc = journal_add(db, &e, f);
	*seq = e.seq;
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

/* h is the wish, or its later half. */
static int
enter(struct db *db, const struct listen *l, const struct heard *h, const char *first,
    const struct optout_hit *hit, struct fault *f)
{
	struct optout_fact o = {
	    .call = l->call, .key = h->key, .at = h->at, .how = h->how, .actor = db->actor};
	bool known;

	if (is_known(db, &l->call, h->key, &known, f) < 0)
		return -1;
	if (known)
		return 0;
	if (calls_flush(db, f) < 0 || journal_optout(db, l, h, first, hit, &o.seq, f) < 0 ||
	    project_optout(db, &o, f) < 0 || withdraw(db, &l->call, l->of.contact, f) < 0)
		return -1;
	return l->plan->optout_hangup ? end_call(db, l, f) : 0;
}

/* ---- listening ------------------------------------------------------------------- */

static void
read_heard(sqlite3_stmt *s, struct heard *h)
{
	*h = (struct heard){.at = col_i(s, 0),
	    .key = (uint64_t)col_i(s, 1),
	    .how = (enum call_heard)col_i(s, 2),
	    .seq = col_i(s, 3)};
}

/* The words of a row (heap), null if they were erased. -1 fault. */
static int
words_of(struct db *db, int64_t seq, enum call_heard how, char **words, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT json FROM body WHERE seq = :seq", f);
	struct buf b = {0};
	const char *json;
	int n;

	*words = NULL;
	bind_i(db, s, ":seq", seq);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	json = col_t(s, 0);
	if (foreign_heard(json, strlen(json), how, &b))
		*words = xstrdup(b.p);
	sqlite3_reset(s);
	buf_release(&b);
	return 0;
}

/* What else was said within OPTOUT_SPLIT_MS, in the order of time: how many, or -1. */
static int
nearby(struct db *db, const struct uuid *call, const struct heard *h, struct heard *out,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT at, key, how, seq FROM heard WHERE call = :call AND how = 1"
	    " AND at BETWEEN :from AND :to AND key <> :key ORDER BY at, key LIMIT :limit",
	    f);
	int n = 0, got;

	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":from", h->at - OPTOUT_SPLIT_MS);
	bind_i(db, s, ":to", h->at + OPTOUT_SPLIT_MS);
	bind_i(db, s, ":key", (int64_t)h->key);
	bind_i(db, s, ":limit", NEAR);
	while ((got = db_step(db, s, f)) > 0)
		read_heard(s, &out[n++]);
	return got < 0 ? -1 : n;
}

static bool
is_before(const struct heard *a, const struct heard *b)
{
	return a->at != b->at ? a->at < b->at : (int64_t)a->key < (int64_t)b->key;
}

/* The utterance and one other, in their order. */
static int
hear_two(struct db *db, const struct listen *l, const struct optout *o, const struct heard *h,
    struct heard *other, struct fault *f)
{
	const struct heard *first = is_before(h, other) ? h : other;
	const struct heard *then = first == h ? other : h;
	struct optout_hit hit;
	char *words;
	int rc = 0;

	if (words_of(db, other->seq, HEARD_WORDS, &words, f) < 0)
		return -1;
	other->words = words;
	if (words &&
	    optout_says_split(
		o, first->words, strlen(first->words), then->words, strlen(then->words), &hit))
		rc = enter(db, l, then, first->words, &hit, f);
	other->words = NULL;
	free(words);
	return rc;
}

static int
hear_words(struct db *db, const struct listen *l, const struct heard *h, struct fault *f)
{
	const struct optout *o = phrases(db);
	struct heard near[NEAR];
	struct optout_hit hit;
	int n;

	if (optout_says(o, h->words, strlen(h->words), &hit) &&
	    enter(db, l, h, NULL, &hit, f) < 0)
		return -1;
	if ((n = nearby(db, &l->call, h, near, f)) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (hear_two(db, l, o, h, &near[i], f) < 0)
			return -1;
	return 0;
}

/* 1 the call is ours and its plan is there, 0 an orphan. */
static int
listen_to(struct db *db, const struct uuid *call, struct listen *l, struct fault *f)
{
	l->call = *call;
	if (project_parents(db, call, &l->of, f) < 0)
		return -1;
	if (!l->of.campaign)
		return 0;
	return (l->plan = campaigns_plan(db, l->of.campaign, f)) ? 1 : -1;
}

static int
hear_one(struct db *db, const struct listen *l, const struct heard *h, struct fault *f)
{
	if (h->how == HEARD_OUTCOME) /* somebody has listened already */
		return enter(db, l, h, NULL, NULL, f);
	if (h->how == HEARD_CALLBACK)
		return summaries_asked(db, &l->call, f);
	if (h->how == HEARD_SUMMARY)
		return summaries_hear(db, &l->call, h->at, h->key, h->words, f);
	if (h->how == HEARD_KEY)
		return l->plan->optout_key && *h->words == l->plan->optout_key && !h->words[1]
		    ? enter(db, l, h, NULL, NULL, f)
		    : 0;
	return l->plan->optout_words ? hear_words(db, l, h, f) : 0;
}

int
optouts_hear(struct db *db, const struct uuid *call, const struct call_event *e,
    enum call_heard how, const char *words, struct fault *f)
{
	struct heard h = {.at = e->at, .key = e->key, .how = how, .words = words};
	struct listen l;
	int n = listen_to(db, call, &l, f);

	if (n <= 0 || (n = hear_one(db, &l, &h, f)) < 0)
		return n;
	return how == HEARD_WORDS ? summaries_weigh(db, call, f) : 0;
}

int
optouts_enter_summary(struct db *db, const struct uuid *call, int64_t at, uint64_t key,
    const char *words, struct fault *f)
{
	struct heard h = {.at = at, .key = key, .how = HEARD_SUMMARY, .words = words};
	struct listen l;
	int n = listen_to(db, call, &l, f);

	return n <= 0 ? n : enter(db, &l, &h, NULL, NULL, f);
}

/* The next that was heard of a call behind (*at, *key). */
static int
next_heard(struct db *db, const struct uuid *call, struct heard *h, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT at, key, how, seq FROM heard WHERE call = :call AND (at, key) > (:at, :key)"
	    " ORDER BY at, key LIMIT 1",
	    f);
	int n;

	bind_b(db, s, ":call", call->b, 16);
	bind_i(db, s, ":at", h->at);
	bind_i(db, s, ":key", (int64_t)h->key);
	if ((n = db_step(db, s, f)) > 0) {
		read_heard(s, h);
		sqlite3_reset(s);
	}
	return n;
}

int
optouts_hear_call(struct db *db, const struct uuid *call, struct fault *f)
{
	struct heard h = {.at = -1};
	struct listen l;
	int n = listen_to(db, call, &l, f);

	if (n <= 0)
		return n;
	while ((n = next_heard(db, call, &h, f)) > 0) {
		char *words;

		if (words_of(db, h.seq, h.how, &words, f) < 0)
			return -1;
		h.words = words;
		n = words ? hear_one(db, &l, &h, f) : 0;
		free(words);
		if (n < 0)
			return -1;
	}
	return n;
}

/* ---- review ---------------------------------------------------------------------- */

/* Of an opt-out, or of a number that is somebody else's; that comes from summaries alone (how 4). 1, 0 there is none. */
static int
find_case(struct db *db, int64_t id, struct optout_case *c, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT o.call, j.campaign, j.contact, o.phone, j.at, o.how, o.verdict, o.wrong, b.json"
	    " FROM (SELECT seq, call, phone, how, verdict, 0 AS wrong FROM optout WHERE seq = :id"
	    " UNION ALL SELECT seq, call, phone, 4, verdict, 1 FROM wrong_number WHERE seq = :id) o"
	    " JOIN journal j ON j.seq = o.seq LEFT JOIN body b ON b.seq = o.seq",
	    f);
	int n;

	bind_i(db, s, ":id", id);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	c->id = id;
	memcpy(c->call.b, sqlite3_column_blob(s, 0), sizeof c->call.b);
	c->campaign = col_i(s, 1);
	c->contact = col_i(s, 2);
	c->phone = col_i(s, 3) > 0 ? col_i(s, 3) : 0;
	c->at = col_i(s, 4);
	c->how = (enum call_heard)col_i(s, 5);
	c->verdict = (enum optout_verdict)col_i(s, 6);
	c->wrong_number = col_i(s, 7) != 0;
	buf_reset(&c->heard);
	if (col_t(s, 8))
		buf_adds(&c->heard, col_t(s, 8));
	sqlite3_reset(s);
	return 1;
}

int
optouts_next(
    struct db *db, int64_t *after, bool open_only, struct optout_case *c, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT min(seq) FROM (SELECT min(seq) AS seq FROM optout WHERE seq > :after"
	    " AND (:open = 0 OR verdict = 0) UNION ALL SELECT min(seq) FROM wrong_number"
	    " WHERE seq > :after AND (:open = 0 OR verdict = 0))",
	    f);
	int64_t id;

	bind_i(db, s, ":after", *after);
	bind_i(db, s, ":open", open_only);
	if (db_one(db, s, 0, &id, f) < 0)
		return -1;
	if (!id)
		return 0;
	*after = id;
	return find_case(db, id, c, f);
}

/* What follows for those whom it is about. */
static int
act(struct db *db, const struct optout_case *c, enum optout_verdict verdict, struct fault *f)
{
	if (c->wrong_number)
		return targets_of_contact_changed(db, c->contact, f);
	if (c->phone <= 0)
		return 0;
	if (verdict != OPTOUT_DISMISSED)
		return withdraw(db, &c->call, c->contact, f);
	return targets_of_number_settle(db, c->phone, f) < 0 ? -1 : dnc_mark_settle(db, f);
}

static int
write_verdict(struct db *db, int64_t id, const struct optout_case *c,
    enum optout_verdict verdict, const char *reason, struct fault *f)
{
	struct buf fact = {0}, body = {0};
	struct entry e = {.at = clock_wall(),
	    .kind = "dnc.reviewed",
	    .call = &c->call,
	    .campaign = c->campaign,
	    .contact = c->contact,
	    .source = "tool"};
	int rc = -1;

	buf_member_i(&fact, "optout", id);
	buf_member_i(&fact, "dismissed", verdict == OPTOUT_DISMISSED);
	buf_addc(&fact, '}');
	buf_member(&body, "reason", reason);
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = reason ? body.p : NULL;
	if (journal_add(db, &e, f) == 0 && project_optout_verdict(db, id, verdict, f) == 0)
		rc = act(db, c, verdict, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

int
optouts_review(
    struct db *db, int64_t id, enum optout_verdict verdict, const char *reason, struct fault *f)
{
	struct optout_case c = {0};
	int n;

	if (db_begin(db, f) < 0)
		return -1;
	n = find_case(db, id, &c, f);
	if (n == 0)
		n = fault(f, DATAERR,
		    "there is no opt-out %lld (outreach-dnc review lists them)", (long long)id);
	else if (n > 0 && c.verdict == verdict)
		n = 0;
	else if (n > 0 && write_verdict(db, id, &c, verdict, reason, f) < 0)
		n = -1;
	buf_release(&c.heard);
	if (n < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f) < 0 ? -1 : n;
}
