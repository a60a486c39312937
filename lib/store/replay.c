/*
 * replay: one row of the journal after the other through the same
 * projections as the live path, into a store of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "contact.h"
#include "hex.h"
#include "home.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "notes.h"
#include "project.h"
#include "replay.h"
#include "store_parts.h"
#include "temp.h"
#include "tokens.h"
#include "written.h"

enum { PAGE = 1000 };

/* ---- one row ---------------------------------------------------------------- */

struct row {
	const struct entry *e;
	json_t *fact, *body; /* null where there is none, or the body was erased */
};

static const char *
text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static int64_t
number(const json_t *o, const char *key, int64_t none)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : none;
}

static uint64_t
key_of(const json_t *fact)
{
	const char *s = text(fact, "key");

	return s ? strtoull(s, NULL, 16) : 0;
}

static int
phone_of(const json_t *body, int64_t *phone)
{
	const char *s = text(body, "phone");

	*phone = s ? phone_key(s) : 0;
	return s != NULL;
}

static int
replay_stop(struct db *db, const struct row *r, struct fault *f)
{
	return project_stop(db, r->e->at, r->e->actor, text(r->fact, "reason"),
	    number(r->fact, "hangup", 0) != 0, f);
}

static int
replay_resume(struct db *db, const struct row *r, struct fault *f)
{
	(void)r;
	return project_resume(db, f);
}

/* The rule that a body tells of; false if it was erased. */
static bool
rule_of(const struct row *r, struct dnc *d)
{
	const char *source = text(r->body, "source"), *reason = text(r->body, "reason");

	*d = (struct dnc){.campaign = r->e->campaign};
	copy_text(d->source, sizeof d->source, source ? source : "");
	copy_text(d->reason, sizeof d->reason, reason ? reason : "");
	d->kind = DNC_CONTACT;
	if ((d->value = number(r->body, "contact", 0)) != 0)
		return true;
	d->kind = text(r->body, "prefix") ? DNC_PREFIX : DNC_NUMBER;
	if (d->kind == DNC_PREFIX)
		d->value = phone_key(text(r->body, "prefix"));
	if (d->kind == DNC_PREFIX || phone_of(r->body, &d->value))
		return true;
	return r->body && (d->value = number(r->fact, "mark", 0)) != 0;
}

/* Whom a wish is about, which outlives its body. */
static int
replay_about(struct db *db, const struct row *r, struct fault *f)
{
	int64_t who = number(r->fact, "about", 0);

	return who ? project_about(db, r->e->seq, who, f) : 0;
}

static int
replay_dnc_add(struct db *db, const struct row *r, struct fault *f)
{
	struct dnc d;

	if (replay_about(db, r, f) < 0)
		return -1;
	return rule_of(r, &d) ? project_dnc_add(db, &d, r->e->at, r->e->actor, f) : 0;
}

static int
replay_awaited(struct db *db, const struct row *r, struct fault *f)
{
	const char *source = text(r->body, "source"), *reason = text(r->body, "reason");

	return project_awaited(db, number(r->fact, "who", 0), r->e->seq, r->e->at,
		   source ? source : "", reason ? reason : "", f) < 0
	    ? -1
	    : 0;
}

static int
replay_lifted(struct db *db, const struct row *r, struct fault *f)
{
	return project_awaited_lifted(db, number(r->fact, "who", 0), f);
}

static int
replay_dnc_remove(struct db *db, const struct row *r, struct fault *f)
{
	int64_t mark = number(r->fact, "mark", 0);
	struct dnc d;

	if (replay_about(db, r, f) < 0)
		return -1;
	if (rule_of(r, &d) && project_dnc_remove(db, &d, f) < 0)
		return -1;
	d = (struct dnc){.kind = DNC_NUMBER, .value = mark, .campaign = r->e->campaign};
	return mark ? project_dnc_remove(db, &d, f) : 0;
}

static int
replay_apply(struct db *db, const struct row *r, struct fault *f)
{
	struct buf plan = {0};
	int rc;

	json_write(&plan, json_object_get(r->body, "file"));
	rc = project_campaign(db, r->e->campaign, text(r->fact, "name"), plan.p, r->e->at, f);
	buf_release(&plan);
	return rc;
}

static int
replay_add(struct db *db, const struct row *r, struct fault *f)
{
	const json_t *list = json_object_get(r->body, "targets");
	size_t n = json_array_size(list);
	int64_t *pairs = xcalloc(n + 1, sizeof *pairs);
	int rc;

	for (size_t i = 0; i < n; i++)
		pairs[i] = json_integer_value(json_array_get(list, i));
	rc = project_targets(db, r->e->campaign, number(r->body, "first", 0), pairs, n / 2, f);
	free(pairs);
	return rc;
}

static int
replay_state(struct db *db, const struct row *r, struct fault *f)
{
	const char *state = text(r->fact, "state");

	return project_campaign_state(db, r->e->campaign,
	    (enum campaign_state)campaign_state_parse(state ? state : ""),
	    number(r->fact, "confirmed", 0) != 0, f);
}

static int
replay_hold(struct db *db, const struct row *r, struct fault *f)
{
	const char *why = text(r->body, "reason");

	if (!why && !strcmp(r->e->kind, "target.held"))
		why = HELD_FORGOTTEN; /* it was erased with the person */
	return project_hold(db, number(r->fact, "target", 0), why, f);
}

static int
replay_priority(struct db *db, const struct row *r, struct fault *f)
{
	return project_priority(
	    db, number(r->fact, "target", 0), number(r->fact, "priority", 0), f);
}

static int
replay_again(struct db *db, const struct row *r, struct fault *f)
{
	const char *of = text(r->fact, "of");
	struct again a = {.target = number(r->fact, "target", 0),
	    .since = number(r->fact, "since", 0),
	    .due_at = number(r->fact, "due_at", 0),
	    .why = text(r->fact, "why"),
	    .said_at = number(r->fact, "said_at", 0),
	    .key = of ? strtoull(of, NULL, 16) : 0};

	if (number(r->fact, "none", 0))
		return project_again_none(db, a.target, a.since, f);
	return number(r->fact, "dropped", 0) ? project_again_drop(db, a.target, a.since, f)
					     : project_again(db, &a, f);
}

static int
digest_of(const struct row *r, unsigned char digest[32], struct fault *f)
{
	if (hex_read(text(r->fact, "digest"), digest, 32) < 0)
		return fault(f, DATAERR, "the digest of a text is none");
	return 0;
}

static int
replay_receipt(struct db *db, const struct row *r, struct fault *f)
{
	unsigned char digest[32];

	if (digest_of(r, digest, f) < 0)
		return -1;
	return project_receipt(db, r->e->call, r->e->at, digest, f);
}

/* Whom a text speaks of beside its own target. */
static int
replay_shared(struct db *db, const struct row *r, struct fault *f)
{
	struct siblings with;

	siblings_read(json_object_get(r->fact, "siblings"), &with);
	return project_shared(db, r->e->seq, &with, f);
}

static int
replay_context(struct db *db, const struct row *r, struct fault *f)
{
	unsigned char digest[32];

	if (digest_of(r, digest, f) < 0)
		return -1;
	if (project_context(db, number(r->fact, "target", 0), r->e->campaign,
		number(r->fact, "plan_revision", 0), number(r->fact, "contact_digest", 0),
		r->e->seq, digest, text(r->fact, "origin"), f) < 0)
		return -1;
	return replay_shared(db, r, f);
}

static int
replay_edit(struct db *db, const struct row *r, struct fault *f)
{
	int state = review_parse(text(r->fact, "review"));

	if (state < 0)
		return fault(f, DATAERR, "the review of a context is none");
	if (replay_context(db, r, f) < 0)
		return -1;
	return project_review(db, number(r->fact, "target", 0), r->e->seq, (enum review)state,
	    r->e->at, r->e->actor, f);
}

static int
replay_verdict(struct db *db, const struct row *r, struct fault *f)
{
	return project_review(db, number(r->fact, "target", 0), number(r->fact, "of", 0),
	    strcmp(r->e->kind, "context.approved") ? REVIEW_REJECTED : REVIEW_APPROVED,
	    r->e->at, r->e->actor, f);
}

static int
replay_drop(struct db *db, const struct row *r, struct fault *f)
{
	return project_context_drop(db, number(r->fact, "target", 0), f);
}

static int
replay_written(struct db *db, const struct row *r, struct fault *f)
{
	struct written w = {.campaign = r->e->campaign,
	    .tokens_in = number(r->fact, "tokens_in", 0),
	    .tokens_out = number(r->fact, "tokens_out", 0),
	    .cost = number(r->fact, "cost", 0),
	    .refused = number(r->fact, "answered", 0) ? NULL : ""};

	if (hex_read(text(r->fact, "input"), w.input, WRITTEN_HASH) < 0)
		return fault(f, DATAERR, "the hash of a question is none");
	return project_written(db, &w, r->e->seq, f) < 0 ? -1 : replay_shared(db, r, f);
}

static int
replay_unwritten(struct db *db, const struct row *r, struct fault *f)
{
	unsigned char input[WRITTEN_HASH];

	if (hex_read(text(r->fact, "input"), input, WRITTEN_HASH) < 0)
		return fault(f, DATAERR, "the hash of a question is none");
	return project_unwritten(db, input, f);
}

static int
replay_note(struct db *db, const struct row *r, struct fault *f)
{
	return project_note(db,
	    &(struct note_row){text(r->fact, "name"), text(r->body, "title"),
		text(r->body, "tags"), text(r->body, "text"), number(r->body, "priority", 0),
		number(r->body, "active", 0) != 0, json_object_get(r->fact, "campaigns")},
	    f);
}

static int
replay_token(struct db *db, const struct row *r, struct fault *f)
{
	const char *name = text(r->fact, "name"), *role = text(r->fact, "role");
	struct token t = {.at = r->e->at};

	copy_text(t.name, sizeof t.name, name ? name : "");
	if (role) {
		int is = token_role_parse(role);

		if (is < 0 || hex_read(text(r->fact, "hash"), t.hash, TOKEN_HASH) < 0)
			return fault(f, DATAERR, "the role or hash of a token is none");
		t.role = (enum token_role)is;
	}
	return project_token(db, &t, f);
}

static int
replay_event(struct db *db, const struct row *r, struct fault *f)
{
	const char *rank = text(r->fact, "rank"), *disposition = text(r->fact, "disposition");
	const char *outcome = text(r->fact, "outcome");
	enum call_heard heard = heard_parse(text(r->fact, "heard"));
	int source = source_parse(r->e->source);
	struct call_event e = {
	    .rank = rank ? rank_parse(rank) : RANK_NONE,
	    .at = r->e->at,
	    .source = source < 0 ? FROM_FILE : (enum call_source)source,
	    .key = key_of(r->fact),
	    .disposition = disposition ? disposition_parse(disposition) : DISP_NONE,
	    .cause = (int)number(r->fact, "cause", -1),
	    .tech_cause = (int)number(r->fact, "tech_cause", 0),
	    .talk_ms = (int)number(r->fact, "talk_ms", -1),
	    .ring_ms = (int)number(r->fact, "ring_ms", -1),
	    .line_closed = number(r->fact, "line_closed", 0) != 0,
	};

	if (project_call_event(db, r->e->call, &e, f) < 0)
		return -1;
	if (heard && project_heard(db, r->e->call, &e, heard, r->e->seq, f) < 0)
		return -1;
	return outcome ? project_summary(db, r->e->call, &e, outcome, r->e->seq, f) : 0;
}

static int
replay_optout(struct db *db, const struct row *r, struct fault *f)
{
	const char *of = text(r->fact, "of");
	struct optout_fact o = {.call = *r->e->call,
	    .key = of ? strtoull(of, NULL, 16) : 0,
	    .at = r->e->at,
	    .seq = r->e->seq,
	    .how = heard_parse(text(r->fact, "how")),
	    .actor = r->e->actor};

	return calls_flush(db, f) < 0 ? -1 : project_optout(db, &o, f);
}

/* Erased with whom it was about: then the person is forgotten further on. */
static int
replay_wrong_number(struct db *db, const struct row *r, struct fault *f)
{
	const char *in = text(r->fact, "in");
	struct uuid call;
	int64_t phone;

	if (!in || uuid_parse(in, strlen(in), &call) < 0)
		return fault(f, DATAERR, "the call of a wrong number is none");
	if (!phone_of(r->body, &phone))
		return 0;
	return project_wrong_number(db, r->e->contact, phone, &call, r->e->seq, f) < 0 ? -1 : 0;
}

static int
replay_review(struct db *db, const struct row *r, struct fault *f)
{
	return project_optout_verdict(db, number(r->fact, "optout", 0),
	    number(r->fact, "dismissed", 0) ? OPTOUT_DISMISSED : OPTOUT_CONFIRMED, f);
}

static int
replay_consent(struct db *db, const struct row *r, struct fault *f)
{
	const char *kind = text(r->fact, "kind");
	struct consent_row c = {.kind = consent_parse(kind ? kind : ""),
	    .at = number(r->fact, "given_at", 0),
	    .until = number(r->fact, "until", INT64_MAX)};
	int64_t phone;

	if (replay_about(db, r, f) < 0)
		return -1;
	if (r->e->contact)
		return project_consent(db, r->e->seq, DNC_CONTACT, r->e->contact, &c, f);
	(void)phone_of(r->body, &phone);
	return project_consent(db, r->e->seq, DNC_NUMBER, phone, &c, f);
}

static int
replay_intent(struct db *db, const struct row *r, struct fault *f)
{
	struct intent_fact i = {.id = *r->e->call,
	    .at = r->e->at,
	    .campaign = r->e->campaign,
	    .target = number(r->fact, "target", 0),
	    .contact = r->e->contact,
	    .exchange = text(r->fact, "exchange"),
	    .owner = text(r->fact, "owner"),
	    .attempt = (int)number(r->fact, "attempt", 0),
	    .fenced = number(r->fact, "fenced", 0) != 0,
	    .simulated = number(r->fact, "simulated", 0) != 0,
	    .posted = number(r->fact, "posted", 0) != 0,
	    .context = number(r->fact, "context", 0)};
	struct call_event e = {.rank = RANK_INTENT,
	    .at = r->e->at,
	    .source = FROM_DOOR,
	    .key = key_of(r->fact),
	    .cause = -1,
	    .talk_ms = -1,
	    .ring_ms = -1};

	(void)phone_of(r->body, &i.phone);
	siblings_read(json_object_get(r->fact, "siblings"), &i.with);
	if (project_intent(db, &i, f) < 0 || project_call_event(db, &i.id, &e, f) < 0)
		return -1;
	return calls_flush(db, f);
}

static int
replay_alias(struct db *db, const struct row *r, struct fault *f)
{
	const char *uuid = text(r->fact, "uuid");
	struct uuid orphan;

	if (!uuid || calls_resolve(db, uuid, &orphan, f) < 0)
		return -1;
	return project_alias(db, uuid, &orphan, r->e->call, f);
}

static int
replay_hangup(struct db *db, const struct row *r, struct fault *f)
{
	return calls_flush(db, f) < 0 ? -1 : project_hangup(db, r->e->call, r->e->at, f);
}

/* One number of a forgotten person: what was said of it. */
static int
replay_marks(struct db *db, const json_t *number_of, struct fault *f)
{
	int64_t mark = number(number_of, "mark", 0);
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(number_of, "rules"), i, v)
	{
		if (project_rule_marked(db, mark, number(v, "campaign", 0), number(v, "at", 0),
			text(v, "actor"), f) < 0)
			return -1;
	}
	json_array_foreach(json_object_get(number_of, "consents"), i, v)
	{
		if (project_consent_marked(db, json_integer_value(v), mark, f) < 0)
			return -1;
	}
	return 0;
}

static int
replay_forget(struct db *db, const struct row *r, struct fault *f)
{
	const json_t *calls = json_object_get(r->fact, "calls");
	const char *id;
	json_t *mark;
	size_t i;

	if (calls_flush(db, f) < 0 || project_forget(db, r->e->contact, f) < 0)
		return -1;
	json_object_foreach((json_t *)(uintptr_t)calls, id, mark)
	{
		struct uuid call;

		if (uuid_parse(id, strlen(id), &call) < 0 ||
		    project_mark(db, &call, json_integer_value(mark), f) < 0)
			return -1;
	}
	json_array_foreach(json_object_get(r->fact, "numbers"), i, mark)
	{
		if (replay_marks(db, mark, f) < 0)
			return -1;
	}
	return 0;
}

/* Erased with whom it was about: their calls get marks. */
static int
replay_renumber(struct db *db, const struct row *r, struct fault *f)
{
	const char *before = text(r->body, "before"), *after = text(r->body, "after");

	if (!before || !after)
		return 0;
	return calls_flush(db, f) < 0
	    ? -1
	    : project_renumber(db, r->e->contact, phone_key(before), phone_key(after), f);
}

static const struct {
	const char *kind;
	int (*apply)(struct db *, const struct row *, struct fault *);
} kinds[] = {
    {"store.stopped", replay_stop},
    {"store.resumed", replay_resume},
    {"dnc.added", replay_dnc_add},
    {"dnc.removed", replay_dnc_remove},
    {"dnc.awaited", replay_awaited},
    {"dnc.lifted", replay_lifted},
    {"dnc.optout", replay_optout},
    {"dnc.reviewed", replay_review},
    {"contact.wrong_number", replay_wrong_number},
    {"consent.given", replay_consent},
    {"consent.revoked", replay_consent},
    {"campaign.applied", replay_apply},
    {"campaign.added", replay_add},
    {"campaign.activated", replay_state},
    {"campaign.paused", replay_state},
    {"campaign.resumed", replay_state},
    {"campaign.cancelled", replay_state},
    {"target.held", replay_hold},
    {"target.released", replay_hold},
    {"target.priority", replay_priority},
    {"target.requeued", replay_again},
    {"target.callback", replay_again},
    {"context.made", replay_context},
    {"context.edited", replay_edit},
    {"context.approved", replay_verdict},
    {"context.rejected", replay_verdict},
    {"context.dropped", replay_drop},
    {"context.written", replay_written},
    {"context.summarized", replay_written},
    {"context.unwritten", replay_unwritten},
    {"note.put", replay_note},
    {"note.removed", replay_note},
    {"token.added", replay_token},
    {"token.removed", replay_token},
    {"call.intent", replay_intent},
    {"call.alias", replay_alias},
    {"call.hangup", replay_hangup},
    {"context.served", replay_receipt},
    {"contact.forgotten", replay_forget},
    {"number.changed", replay_renumber},
    {"number.left", replay_about},
};

static int
parse(const char *what, const char *json, json_t **out, struct fault *f)
{
	*out = NULL;
	if (!json)
		return 0;
	return (*out = json_read(what, json, strlen(json), f)) ? 0 : -1;
}

/*
 * A row of calls_event, whatever its word: an event from outside may be called intent, alias or hangup
 * as the store's own rows are, but has a key, and no target as our intents have.
 */
static bool
is_event(const struct row *r)
{
	return r->e->call && json_object_get(r->fact, "key") &&
	    !json_object_get(r->fact, "target");
}

static int
replay_row(void *arg, const struct entry *e, struct fault *f)
{
	struct db *db = arg;
	struct row r = {.e = e};
	int rc = -1;

	if (parse("journal fact", e->fact, &r.fact, f) < 0 ||
	    parse("journal body", e->body, &r.body, f) < 0)
		goto out;
	rc = 0;
	if (is_event(&r)) {
		rc = replay_event(db, &r, f);
		goto out;
	}
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (!strcmp(kinds[i].kind, e->kind)) {
			rc = kinds[i].apply(db, &r, f) < 0 ? -1 : 0;
			goto out;
		}
out:
	if (rc < 0)
		fault_in(f, "journal row %lld (%s)", (long long)e->seq, e->kind);
	json_decref(r.fact);
	json_decref(r.body);
	return rc;
}

int
replay_into(struct db *from, const char *path, struct fault *f)
{
	struct db to;
	int64_t seq = 0, before = -1;
	int rc = 0;

	if (home_make(path, f) < 0 || db_open(&to, path, DB_WRITE, f) < 0)
		return -1;
	while (rc == 0 && seq != before) {
		before = seq;
		if ((rc = db_begin(&to, f)) < 0)
			break;
		rc = journal_page(from, &seq, PAGE, replay_row, &to, f);
		if (rc == 0)
			rc = db_commit(&to, f);
		else
			db_rollback(&to);
	}
	db_close(&to);
	return rc;
}

/* ---- comparing -------------------------------------------------------------- */

/* Every projection as text, in the order of its key. */
static const struct {
	const char *table, *sql;
} projection[] = {
    {"campaign",
	"SELECT id, name, state, revision, plan, plan_revision, intents, real_calls,"
	" confirmed, applied_at FROM campaign ORDER BY id"},
    {"target", "SELECT id, campaign, contact, priority, held FROM target ORDER BY id"},
    {"call",
	"SELECT hex(id), campaign, target, contact, phone, exchange, owner, attempt, fenced, context, watched, rank, intent_at,"
	" placing_at, placed_at, ringing_at, answered_at, unknown_at, ended_at, disposition, cause, tech_cause,"
	" talk_ms, ring_ms, end_source, end_key, line_closed, line_open, hangup_at FROM call ORDER BY id"},
    {"call_sibling", "SELECT hex(call), target FROM call_sibling ORDER BY call, target"},
    {"tally", "SELECT disposition, n FROM tally WHERE n <> 0 ORDER BY disposition"},
    {"seen", "SELECT hex(call), key, ends FROM seen ORDER BY call, key"},
    {"alias", "SELECT uuid, hex(call) FROM alias ORDER BY uuid"},
    {"receipt", "SELECT hex(call), hex(digest), at FROM receipt ORDER BY call, digest"},
    {"dnc",
	"SELECT kind, value, campaign, at, source, reason, actor FROM dnc"
	" ORDER BY kind, value, campaign"},
    {"awaited", "SELECT who, seq, at, source, reason FROM awaited ORDER BY who"},
    {"heard", "SELECT hex(call), at, key, how, seq FROM heard ORDER BY call, at, key"},
    {"summary", "SELECT hex(call), at, key, seq, outcome FROM summary ORDER BY call"},
    {"wrong_number",
	"SELECT contact, phone, hex(call), seq, verdict FROM wrong_number"
	" ORDER BY contact, phone, call"},
    {"optout",
	"SELECT hex(call), key, at, phone, contact, how, seq, actor, verdict FROM optout ORDER BY call, key"},
    {"again",
	"SELECT target, since, due_at, why, said_at, key, dropped FROM again"
	" ORDER BY target, since, dropped"},
    {"consent", "SELECT id, subject, value, kind, given_at, until FROM consent ORDER BY id"},
    {"context",
	"SELECT target, campaign, plan_revision, contact_digest, seq, hex(digest), origin, review,"
	" reviewed_at, reviewer FROM context"
	" ORDER BY target"},
    {"about", "SELECT who, seq FROM about ORDER BY who, seq"},
    {"written", "SELECT hex(input), seq FROM written ORDER BY input"},
    {"spent",
	"SELECT campaign, questions, tokens_in, tokens_out, cost FROM spent ORDER BY campaign"},
    {"note", "SELECT name, title, tags, priority, active, text FROM note ORDER BY name"},
    {"token", "SELECT name, role, hex(hash), at FROM token ORDER BY name"},
    {"stop", "SELECT one, at, actor, reason, hangup FROM stop"},
};

static void
row_text(sqlite3_stmt *s, struct buf *b)
{
	buf_reset(b);
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		const char *t = col_t(s, i);
		if (i)
			buf_addc(b, '|');
		buf_adds(b, t ? t : "NULL");
	}
}

int
replay_dump(struct db *db, struct buf *out, struct fault *f)
{
	struct buf row = {0};
	int n = 0;

	for (size_t i = 0; i < COUNT(projection) && n == 0; i++) {
		sqlite3_stmt *s = db_sql(db, projection[i].sql, f);
		while ((n = db_step(db, s, f)) > 0) {
			row_text(s, &row);
			buf_printf(out, "%s: ", projection[i].table);
			buf_add(out, row.p, row.len);
			buf_addc(out, '\n');
		}
	}
	buf_release(&row);
	return n;
}

static int
compare_table(struct db *a, struct db *b, size_t i, struct fault *f)
{
	sqlite3_stmt *x = db_sql(a, projection[i].sql, f), *y = db_sql(b, projection[i].sql, f);
	struct buf left = {0}, right = {0};
	int n, m, rc = 0;

	for (;;) {
		n = db_step(a, x, f);
		m = n < 0 ? -1 : db_step(b, y, f);
		if (n < 0 || m < 0) {
			rc = -1;
			break;
		}
		buf_reset(&left);
		buf_reset(&right);
		if (n)
			row_text(x, &left);
		if (m)
			row_text(y, &right);
		if (n != m || left.len != right.len ||
		    (n && memcmp(left.p, right.p, left.len))) {
			fault(f, DATAERR,
			    "table %s differs: stored [%.300s], replayed [%.300s]",
			    projection[i].table, n ? left.p : "no such row",
			    m ? right.p : "no such row");
			rc = 1;
			break;
		}
		if (!n)
			break;
	}
	if (x)
		sqlite3_reset(x);
	if (y)
		sqlite3_reset(y);
	buf_release(&left);
	buf_release(&right);
	return rc;
}

int
replay_compare(struct db *db, const char *path, struct fault *f)
{
	struct db other;
	int rc = 0;

	if (db_open(&other, path, DB_READ, f) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(projection) && rc == 0; i++)
		rc = compare_table(db, &other, i, f);
	db_close(&other);
	return rc;
}

static void
remove_store(const char *path)
{
	static const char *const beside[] = {"", ".turn", "-journal"};

	for (size_t i = 0; i < COUNT(beside); i++) {
		char *name = xasprintf("%s%s", path, beside[i]);

		unlink(name);
		free(name);
	}
}

int
replay_check(struct db *db, struct fault *f)
{
	char *snapshot = xasprintf("%s.check-%ld", db->path, (long)getpid());
	char *replayed = xasprintf("%s.replay-%ld", db->path, (long)getpid());
	struct db copy;
	int rc = -1;

	temp_sweep(db->path, "check");
	temp_sweep(db->path, "replay");
	/* From a snapshot: the live store is read in short steps only and may go on. */
	if (home_backup(db, snapshot, f) == 0 && db_open(&copy, snapshot, DB_READ, f) == 0) {
		rc = replay_into(&copy, replayed, f);
		if (rc == 0)
			rc = replay_compare(&copy, replayed, f);
		db_close(&copy);
	}
	remove_store(snapshot);
	remove_store(replayed);
	free(snapshot);
	free(replayed);
	return rc;
}
