/*
 * dnc: rules and what they speak against. A rule is a projection of its
 * journal row; the question is asked of the tables as they are, in the
 * transaction of the one who asks.
 */
#include <stdio.h>
#include <string.h>

#include "campaigns.h"
#include "clock.h"
#include "contact.h"
#include "dnc_list.h"
#include "journal.h"
#include "mark.h"
#include "mem.h"
#include "num.h"
#include "phone.h"
#include "project.h"
#include "siblings.h"
#include "store_parts.h"

enum { RECHECK_US = 30000 };

static const char *const kinds[] = {"", "number", "prefix", "contact", "list", "optout"};

const char *
dnc_kind_name(enum dnc_kind kind)
{
	return (unsigned)kind < COUNT(kinds) ? kinds[kind] : "";
}

int
dnc_kind_parse(const char *s)
{
	for (int i = DNC_NUMBER; i < (int)COUNT(kinds); i++)
		if (strcmp(s, kinds[i]) == 0)
			return i;
	return -1;
}

/* ---- putting and dropping ---------------------------------------------------- */

/* Runs in the caller's transaction, or in one of its own. */
static int
own_begin(struct db *db, bool *own, struct fault *f)
{
	*own = !db->writing;
	return *own ? db_begin(db, f) : 0;
}

static int
own_end(struct db *db, bool own, int rc, struct fault *f)
{
	if (!own)
		return rc;
	if (rc < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f) < 0 ? -1 : rc;
}

/*
 * mark: the rule of a forgotten number that is meant too, or 0. before: another form of the number, or 0. What
 * the row is about outlives the body.
 */
static int
write_journal(struct db *db, const char *kind, int64_t at, const struct dnc *d, int64_t mark,
    int64_t before, struct fault *f)
{
	struct buf body = {0}, fact = {0};
	char text[20];
	struct entry e = {.at = at, .kind = kind, .campaign = d->campaign, .source = "tool"};
	int64_t about = d->kind == DNC_CONTACT ? d->value : 0;
	int rc;

	if (d->kind == DNC_NUMBER && mark_of(db, d->value, &about, f) < 0)
		return -1;
	/* The wish has to outlive the person's record: the row has no contact, whatever it is about. */
	if (d->kind == DNC_CONTACT)
		buf_member_i(&body, "contact", d->value);
	else if (d->value > 0)
		buf_member(&body, d->kind == DNC_PREFIX ? "prefix" : "phone",
		    phone_text(d->value, text));
	buf_member(&body, "before", before ? phone_text(before, text) : NULL);
	buf_member(&body, "source", *d->source ? d->source : NULL);
	buf_member(&body, "reason", *d->reason ? d->reason : NULL);
	buf_addc(&body, '}');
	e.body = body.p;
	if (about)
		buf_member_i(&fact, "about", about);
	if (mark)
		buf_member_i(&fact, "mark", mark);
	if (fact.len) {
		buf_addc(&fact, '}');
		e.fact = fact.p;
	}
	rc = journal_add(db, &e, f);
	if (rc == 0 && about)
		rc = project_about(db, e.seq, about, f);
	buf_release(&body);
	buf_release(&fact);
	return rc;
}

static int
need_contact(struct db *db, int64_t id, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT EXISTS (SELECT 1 FROM contact WHERE id = :id AND source <> '')", f);
	int64_t is;

	bind_i(db, s, ":id", id);
	if (db_one(db, s, 0, &is, f) < 0)
		return -1;
	return is ? 0 : fault(f, DATAERR, "there is no contact %lld", (long long)id);
}

enum { FACT_PHONES = CONTACT_PHONES + 1 };

/* The numbers of a contact, and asked if it is not 0 and none of them: how many, or -1. */
static int
phones_of(struct db *db, int64_t contact, int64_t asked, int64_t *phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT e164 FROM contact_phone WHERE contact = :contact ORDER BY ord", f);
	int n, got = 0;

	bind_i(db, s, ":contact", contact);
	while ((n = db_step(db, s, f)) > 0)
		if (got < CONTACT_PHONES) {
			phone[got++] = col_i(s, 0);
			asked = phone[got - 1] == asked ? 0 : asked;
		}
	if (asked)
		phone[got++] = asked;
	return n < 0 ? -1 : got;
}

/* ---- claims ------------------------------------------------------------------ */

static sqlite3_stmt *
claims_of_number(struct db *db, const struct dnc *d, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.n, c.call, c.target"
	    " FROM contact_phone p CROSS JOIN target t CROSS JOIN claim c"
	    " WHERE p.e164 = :value AND t.contact = p.contact AND c.target = t.id"
	    " AND :campaign IN (0, c.campaign) LIMIT 1",
	    f);

	bind_i(db, s, ":value", d->value);
	bind_i(db, s, ":campaign", d->campaign);
	return s;
}

static sqlite3_stmt *
claims_of_contact(struct db *db, const struct dnc *d, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.n, c.call, c.target FROM contact_phone q CROSS JOIN contact_phone p"
	    " CROSS JOIN target t CROSS JOIN claim c"
	    " WHERE q.contact = :value AND p.e164 = q.e164 AND t.contact = p.contact"
	    " AND c.target = t.id AND :campaign IN (0, c.campaign) LIMIT 1",
	    f);

	bind_i(db, s, ":value", d->value);
	bind_i(db, s, ":campaign", d->campaign);
	return s;
}

/* There are as many claims as there are slots: each is looked at. */
static sqlite3_stmt *
claims_of_prefix(
    struct db *db, const struct dnc *d, const char *digits, int64_t after, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.n, c.call, c.target FROM claim c JOIN target t ON t.id = c.target"
	    " WHERE c.n > :after AND :campaign IN (0, c.campaign) AND EXISTS"
	    " (SELECT 1 FROM contact_phone p WHERE p.contact = t.contact"
	    " AND CAST(p.e164 AS TEXT) LIKE :digits)"
	    " ORDER BY c.n LIMIT 1",
	    f);

	bind_i(db, s, ":after", after);
	bind_i(db, s, ":campaign", d->campaign);
	bind_t(db, s, ":digits", digits);
	return s;
}

/* Claims that somebody follows whom the rule means (siblings.h): these are few or none. */
static sqlite3_stmt *
claims_of_followers(struct db *db, const struct dnc *d, const char *digits, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.n, c.call, c.target FROM claim_sibling s JOIN target t ON t.id = s.target"
	    " JOIN claim c ON c.call = s.call WHERE :campaign IN (0, c.campaign) AND EXISTS"
	    " (SELECT 1 FROM contact_phone p WHERE p.contact = t.contact AND (p.e164 = :number"
	    " OR CAST(p.e164 AS TEXT) LIKE :digits"
	    " OR p.e164 IN (SELECT e164 FROM contact_phone WHERE contact = :contact))) LIMIT 1",
	    f);

	bind_i(db, s, ":campaign", d->campaign);
	bind_i(db, s, ":number", d->kind == DNC_NUMBER || d->kind == DNC_OPTOUT ? d->value : 0);
	bind_i(db, s, ":contact", d->kind == DNC_CONTACT ? d->value : 0);
	bind_t(db, s, ":digits", d->kind == DNC_PREFIX ? digits : NULL);
	return s;
}

/* Of the people one of whose numbers the rule means. */
static int
withdraw_claims(struct db *db, const struct dnc *d, struct fault *f)
{
	char digits[24];
	int64_t after = 0;
	bool follow = false;
	int n;

	snprintf(digits, sizeof digits, "%lld%%", (long long)d->value);
	for (;;) {
		sqlite3_stmt *s = follow ? claims_of_followers(db, d, digits, f)
		    : d->kind == DNC_NUMBER || d->kind == DNC_OPTOUT
		    ? claims_of_number(db, d, f)
		    : d->kind == DNC_CONTACT ? claims_of_contact(db, d, f)
					     : claims_of_prefix(db, d, digits, after, f);
		int64_t target;
		struct uuid call;

		if ((n = db_step(db, s, f)) < 0 || (n == 0 && follow))
			return n;
		if (n == 0) {
			follow = true;
			continue;
		}
		after = col_i(s, 0);
		memcpy(call.b, sqlite3_column_blob(s, 1), sizeof call.b);
		target = col_i(s, 2);
		sqlite3_reset(s);
		if (claim_withdraw(db, &call, target, f) < 0)
			return -1;
	}
}

static int
settle_contact(struct db *db, int64_t contact, struct fault *f)
{
	int64_t phone[FACT_PHONES];
	int n = phones_of(db, contact, 0, phone, f);

	for (int i = 0; i < n; i++)
		if (targets_of_number_settle(db, phone[i], f) < 0)
			return -1;
	return n < 0 ? -1 : 0;
}

int
dnc_enforce(struct db *db, const struct dnc *d, struct fault *f)
{
	if (withdraw_claims(db, d, f) < 0)
		return -1;
	switch (d->kind) {
	case DNC_NUMBER:
	case DNC_OPTOUT: return targets_of_number_settle(db, d->value, f);
	case DNC_CONTACT: return settle_contact(db, d->value, f);
	default: return 0; /* many: dnc_meant_settle */
	}
}

int
dnc_put_beside(struct db *db, const struct dnc *d, int64_t before, struct fault *f)
{
	int64_t now = clock_wall();
	bool own;
	int added;

	if (own_begin(db, &own, f) < 0)
		return -1;
	added = d->kind == DNC_CONTACT ? need_contact(db, d->value, f) : 0;
	if (added == 0)
		added = project_dnc_add(db, d, now, db->actor, f);
	if (added > 0 &&
	    (write_journal(db, "dnc.added", now, d, 0, before, f) < 0 ||
		dnc_enforce(db, d, f) < 0))
		added = -1;
	return own_end(db, own, added, f);
}

int
dnc_put(struct db *db, const struct dnc *d, struct fault *f)
{
	return dnc_put_beside(db, d, 0, f);
}

int
dnc_unwanted(struct db *db, const struct uuid *call, int64_t at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT phone FROM call WHERE id = :id", f);
	struct dnc d = {
	    .kind = DNC_NUMBER, .source = "call", .reason = "refused as unwanted (SIP 607)"};
	int added;

	bind_b(db, s, ":id", call->b, 16);
	if (db_one(db, s, 0, &d.value, f) < 0)
		return -1;
	if (!d.value)
		return 0; /* an orphan's: when it is mapped */
	added = project_dnc_add(db, &d, at, db->actor, f);
	if (added > 0 &&
	    (write_journal(db, "dnc.added", at, &d, d.value < 0 ? d.value : 0, 0, f) < 0 ||
		dnc_enforce(db, &d, f) < 0))
		return -1;
	return added;
}

int
dnc_mark_settle(struct db *db, struct fault *f)
{
	return db_run(db,
	    db_sql(db,
		"INSERT INTO rebuild (campaign, next, reason)"
		" SELECT DISTINCT campaign, 0, 'dnc' FROM standing WHERE reason = 'dnc'"
		" ON CONFLICT (campaign) DO UPDATE SET next = 0,"
		" reason = CASE WHEN rebuild.reason IS NULL THEN NULL ELSE 'dnc' END",
		f),
	    f);
}

int
dnc_drop(struct db *db, const struct dnc *d, struct fault *f)
{
	struct dnc marked = *d;
	bool own;
	int removed, also = 0;

	if (own_begin(db, &own, f) < 0)
		return -1;
	removed = project_dnc_remove(db, d, f);
	if (removed >= 0 && d->kind == DNC_NUMBER &&
	    ((also = mark_of(db, d->value, &marked.value, f)) < 0 ||
		(also = project_dnc_remove(db, &marked, f)) < 0))
		removed = -1;
	removed = removed < 0 ? -1 : removed | also;
	if (removed > 0 &&
	    (write_journal(db, "dnc.removed", clock_wall(), d, also ? marked.value : 0, 0, f) <
		    0 ||
		(d->kind == DNC_NUMBER ? targets_of_number_settle(db, d->value, f)
				       : dnc_mark_settle(db, f)) < 0))
		removed = -1;
	return own_end(db, own, removed, f);
}

static struct dnc
number_rule(int64_t phone, const char *source, const char *reason)
{
	struct dnc d = {.kind = DNC_NUMBER, .value = phone};

	copy_text(d.source, sizeof d.source, source ? source : "");
	copy_text(d.reason, sizeof d.reason, reason ? reason : "");
	return d;
}

int
dnc_add(struct db *db, int64_t phone, const char *source, const char *reason, struct fault *f)
{
	struct dnc d = number_rule(phone, source, reason);

	return dnc_put(db, &d, f);
}

int
dnc_remove(struct db *db, int64_t phone, const char *reason, struct fault *f)
{
	struct dnc d = number_rule(phone, NULL, reason);

	return dnc_drop(db, &d, f);
}

/* ---- looking ------------------------------------------------------------------ */

#define DNC_COLUMNS "d.kind, d.value, d.campaign, d.at, d.source, d.reason, d.actor"

static void
copy_column(char *to, size_t size, sqlite3_stmt *s, int col)
{
	const char *text = col_t(s, col);

	copy_text(to, size, text ? text : "");
}

static void
read_rule(sqlite3_stmt *s, struct dnc *d)
{
	*d = (struct dnc){.kind = (enum dnc_kind)col_i(s, 0),
	    .value = col_i(s, 1),
	    .campaign = col_i(s, 2),
	    .at = col_i(s, 3)};
	copy_column(d->source, sizeof d->source, s, 4);
	copy_column(d->reason, sizeof d->reason, s, 5);
	copy_column(d->actor, sizeof d->actor, s, 6);
}

int
dnc_get(struct db *db, int64_t phone, struct dnc *d, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " DNC_COLUMNS
	    " FROM dnc d WHERE d.kind = 1 AND d.value IN (:phone, :mark) AND d.campaign = 0"
	    " ORDER BY d.value DESC LIMIT 1",
	    f);
	int64_t mark;
	int n;

	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	bind_i(db, s, ":mark", mark);
	bind_i(db, s, ":phone", phone);
	if ((n = db_step(db, s, f)) > 0) {
		read_rule(s, d);
		sqlite3_reset(s);
	}
	return n;
}

int
dnc_page(struct db *db, struct dnc *after, struct dnc *rules, int n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " DNC_COLUMNS
	    " FROM dnc d WHERE (d.kind, d.value, d.campaign) > (:kind, :value, :campaign)"
	    " ORDER BY d.kind, d.value, d.campaign LIMIT :limit",
	    f);
	int got = 0, i = 0;

	bind_i(db, s, ":kind", after->kind);
	bind_i(db, s, ":value", after->value);
	bind_i(db, s, ":campaign", after->campaign);
	bind_i(db, s, ":limit", n);
	while (i < n && (got = db_step(db, s, f)) > 0)
		read_rule(s, &rules[i++]);
	if (i == n)
		sqlite3_reset(s);
	else if (got < 0)
		return -1;
	if (i > 0)
		*after = rules[i - 1];
	return i;
}

/* ---- what speaks against a number -------------------------------------------------- */

struct search {
	int64_t campaign;
	int (*cb)(void *, const struct dnc *, struct fault *);
	void *arg;
};

/* The rules that a statement gives: 1 the callback has enough, 0, -1. */
static int
give(struct db *db, sqlite3_stmt *s, const struct search *q, struct fault *f)
{
	struct dnc d;
	int n, got = 0;

	while ((n = db_step(db, s, f)) > 0) {
		read_rule(s, &d);
		if (d.campaign == 0 || d.campaign == q->campaign ||
		    q->campaign == DNC_ANY_CAMPAIGN)
			got = q->cb(q->arg, &d, f);
		if (got != 0) {
			sqlite3_reset(s);
			return got;
		}
	}
	return n;
}

static sqlite3_stmt *
rules_of_number(struct db *db, int64_t phone, struct fault *f)
{
	static const char sql[] = "SELECT " DNC_COLUMNS " FROM dnc d WHERE d.kind IN (1, 5)"
				  " AND d.value IN (:phone, :mark) ORDER BY d.campaign, d.kind";
	sqlite3_stmt *s;
	int64_t mark; /* of a wish in a call with somebody who was forgotten since */

	if (mark_of(db, phone, &mark, f) < 0)
		return NULL;
	s = db_sql(db, sql, f);
	bind_i(db, s, ":phone", phone);
	bind_i(db, s, ":mark", mark);
	return s;
}

/* E.164 has at most 15 digits, so a number has at most 15 prefixes. */
static sqlite3_stmt *
rules_of_prefixes(struct db *db, int64_t phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " DNC_COLUMNS " FROM dnc d WHERE d.kind = 2 AND d.value IN (:phone,"
	    " :phone / 10, :phone / 100, :phone / 1000, :phone / 10000, :phone / 100000,"
	    " :phone / 1000000, :phone / 10000000, :phone / 100000000, :phone / 1000000000,"
	    " :phone / 10000000000, :phone / 100000000000, :phone / 1000000000000,"
	    " :phone / 10000000000000, :phone / 100000000000000)"
	    " ORDER BY d.value, d.campaign",
	    f);

	bind_i(db, s, ":phone", phone);
	return s;
}

static sqlite3_stmt *
rules_of_contacts(struct db *db, int64_t phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " DNC_COLUMNS " FROM contact_phone p CROSS JOIN dnc d"
	    " WHERE p.e164 = :phone AND d.kind = 3 AND d.value = p.contact"
	    " ORDER BY d.value, d.campaign",
	    f);

	bind_i(db, s, ":phone", phone);
	return s;
}

/* The opt-outs of whoever has the number now, in calls to another number. */
static sqlite3_stmt *
rules_of_optouts(struct db *db, int64_t phone, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " DNC_COLUMNS " FROM dnc d WHERE d.kind = 5 AND d.value <> :phone"
	    " AND d.value IN (SELECT o.phone FROM contact_phone p CROSS JOIN optout o"
	    " WHERE p.e164 = :phone AND o.contact = p.contact AND o.verdict <> 2"
	    /* and of those who were spoken of beside */
	    " UNION ALL SELECT o.phone FROM contact_phone p"
	    " CROSS JOIN target t ON t.contact = p.contact"
	    " CROSS JOIN call_sibling s ON s.target = t.id CROSS JOIN optout o ON o.call = s.call"
	    " WHERE p.e164 = :phone AND o.verdict <> 2)"
	    " ORDER BY d.value",
	    f);

	bind_i(db, s, ":phone", phone);
	return s;
}

/* Most stores have rules for numbers alone: the other questions are asked where there is an answer. */
static int
rules_against(struct db *db, int64_t phone, const struct search *q, struct fault *f)
{
	int64_t others;
	int got;

	if ((got = give(db, rules_of_number(db, phone, f), q, f)) != 0)
		return got;
	if (db_one(db,
		db_sql(db,
		    "SELECT EXISTS (SELECT 1 FROM dnc WHERE kind = 2)"
		    " + 2 * EXISTS (SELECT 1 FROM dnc WHERE kind = 3)"
		    " + 4 * EXISTS (SELECT 1 FROM dnc WHERE kind = 5)",
		    f),
		0, &others, f) < 0)
		return -1;
	if ((others & 1) && (got = give(db, rules_of_prefixes(db, phone, f), q, f)) != 0)
		return got;
	if ((others & 2) && (got = give(db, rules_of_contacts(db, phone, f), q, f)) != 0)
		return got;
	return others & 4 ? give(db, rules_of_optouts(db, phone, f), q, f) : 0;
}

/* The list as a rule about the numbers in it. */
static struct dnc
list_rule(const struct dnc_list *l)
{
	struct dnc d = {.kind = DNC_LIST, .value = l->id, .at = l->at};

	copy_text(d.source, sizeof d.source, l->name);
	copy_text(d.actor, sizeof d.actor, l->actor);
	copy_text(d.list, sizeof d.list, l->name);
	return d;
}

int
dnc_match(struct db *db, int64_t phone, int64_t campaign, bool with_lists,
    int (*cb)(void *, const struct dnc *, struct fault *), void *arg, struct fault *f)
{
	struct search q = {campaign, cb, arg};
	char after[DNC_LIST_NAME] = "";
	struct dnc_list list;
	int got = rules_against(db, phone, &q, f), has;

	while (got == 0 && with_lists && (has = dnc_list_next(db, after, &list, f)) != 0) {
		struct dnc d = list_rule(&list);

		if (has < 0 || (has = dnc_list_has(db, list.id, phone, f)) < 0)
			return -1;
		got = has ? cb(arg, &d, f) : 0;
	}
	return got;
}

/* ---- facts -------------------------------------------------------------------- */

/* "letter", "prefix +4470, letter", "list tps" */
static int
name_source(void *arg, const struct dnc *d, struct fault *f)
{
	char *out = arg, digits[20];

	(void)f;
	if (d->kind == DNC_NUMBER || d->kind == DNC_OPTOUT)
		copy_text(out, 60, d->source);
	else if (d->kind == DNC_LIST)
		snprintf(out, 60, "list %.50s", d->list);
	else if (d->kind == DNC_PREFIX)
		snprintf(out, 60, "prefix %s, %.30s", phone_text(d->value, digits), d->source);
	else
		snprintf(out, 60, "contact %lld, %.30s", (long long)d->value, d->source);
	return 1;
}

bool
dnc_plan_uses(const struct plan *p, const char *list)
{
	for (int i = 0; i < p->dnc_lists; i++)
		if (strcmp(p->dnc_list[i], list) == 0)
			return true;
	return p->dnc_lists < 0;
}

/* The list that is, or becomes, too old first. */
static void
note_age(struct facts *facts, char *name, const struct dnc_list *l)
{
	if (l->until == INT64_MAX || (facts->dnc_list && facts->dnc_until <= l->until))
		return;
	copy_text(name, DNC_LIST_NAME, l->name);
	facts->dnc_list = name;
	facts->dnc_until = l->until;
}

static int
facts_of_lists(struct db *db, const struct plan *plan, const int64_t *phone, int phones,
    char *source, char *name, struct facts *facts, struct fault *f)
{
	char after[DNC_LIST_NAME] = "";
	struct dnc_list l;
	int got, used = 0;

	while (plan->dnc_lists != 0 && (got = dnc_list_next(db, after, &l, f)) != 0) {
		struct dnc d;

		if (got < 0)
			return -1;
		if (!dnc_plan_uses(plan, l.name))
			continue;
		used++;
		note_age(facts, name, &l);
		d = list_rule(&l);
		for (int i = 0; i < phones && !*source; i++) {
			if ((got = dnc_list_has(db, l.id, phone[i], f)) < 0)
				return -1;
			if (got)
				name_source(source, &d, f);
		}
	}
	for (int i = 0; used < plan->dnc_lists && i < plan->dnc_lists; i++) {
		if ((got = dnc_list_get(db, plan->dnc_list[i], &l, f)) < 0)
			return -1;
		if (got)
			continue;
		copy_text(name, DNC_LIST_NAME, plan->dnc_list[i]);
		facts->dnc_list = name;
		facts->dnc_until = 0;
	}
	return 0;
}

int
dnc_facts(struct db *db, const struct plan *plan, int64_t campaign, int64_t contact,
    int64_t phone, struct facts *facts, struct fault *f)
{
	static _Thread_local char source[60], name[DNC_LIST_NAME];
	struct search q = {campaign, name_source, source};
	int64_t of[FACT_PHONES];
	int n = phones_of(db, contact, phone, of, f);

	*source = '\0';
	for (int i = 0; i < n && !*source; i++)
		if (rules_against(db, of[i], &q, f) < 0)
			return -1;
	if (n < 0 || facts_of_lists(db, plan, of, n, source, name, facts, f) < 0)
		return -1;
	facts->do_not_call = *source != '\0';
	facts->dnc_source = *source ? source : NULL;
	return 0;
}

/* ---- what changes around the rules ------------------------------------------------ */

/* The opt-out of a contact, as a rule that a number would need to be kept out without the contact. */
static int
optout_to_keep(struct db *db, int64_t contact, int64_t phone, struct dnc *kept, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " DNC_COLUMNS " FROM dnc d WHERE d.kind = 5 AND d.value IN"
	    " " DNC_OPTED_OUT
	    " AND NOT EXISTS (SELECT 1 FROM dnc WHERE kind = 5 AND value = :phone)"
	    " ORDER BY d.at, d.value LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":phone", phone);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	read_rule(s, kept);
	sqlite3_reset(s);
	kept->kind = DNC_NUMBER;
	kept->value = phone;
	return 1;
}

/* The same for the wish in a call, whose own number has its own rule. */
static int
keep_optouts(struct db *db, int64_t contact, const int64_t *staying, int n, struct fault *f)
{
	int64_t phone[FACT_PHONES];
	int phones = phones_of(db, contact, 0, phone, f);

	for (int i = 0; i < phones; i++) {
		struct dnc kept;
		bool stays = false;
		int got;

		for (int j = 0; j < n; j++)
			stays |= staying[j] == phone[i];
		got = stays ? 0 : optout_to_keep(db, contact, phone[i], &kept, f);
		if (got < 0 || (got > 0 && dnc_put(db, &kept, f) < 0))
			return -1;
	}
	return phones < 0 ? -1 : 0;
}

int
dnc_keep_numbers(struct db *db, int64_t contact, const int64_t *staying, int n, struct fault *f)
{
	struct dnc rule = {.kind = DNC_CONTACT, .value = contact, .campaign = -1};
	int64_t phone[FACT_PHONES];
	int got, phones;

	while ((got = dnc_page(db, &rule, &rule, 1, f)) > 0 && rule.kind == DNC_CONTACT &&
	    rule.value == contact) {
		struct dnc kept = rule;

		if ((phones = phones_of(db, contact, 0, phone, f)) < 0)
			return -1;
		kept.kind = DNC_NUMBER;
		for (int i = 0; i < phones; i++) {
			bool stays = false;

			for (int j = 0; j < n; j++)
				stays |= staying[j] == phone[i];
			kept.value = phone[i];
			if (!stays && dnc_put(db, &kept, f) < 0)
				return -1;
		}
	}
	return got < 0 ? -1 : keep_optouts(db, contact, staying, n, f);
}

/* The claim behind *after, its person's numbers and whether its campaign's rules speak against one. */
static int
claim_against(struct db *db, int64_t *after, struct uuid *call, int64_t *target, bool *against,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.n, c.call, c.target, c.campaign, t.contact, c.phone"
	    " FROM claim c JOIN target t ON t.id = c.target"
	    " WHERE c.n > :after ORDER BY c.n LIMIT 1",
	    f);
	struct facts facts = {0};
	struct siblings with;
	int64_t campaign, contact, phone;
	const struct plan *plan;
	int n;

	bind_i(db, s, ":after", *after);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	*after = col_i(s, 0);
	memcpy(call->b, sqlite3_column_blob(s, 1), sizeof call->b);
	*target = col_i(s, 2);
	campaign = col_i(s, 3);
	contact = col_i(s, 4);
	phone = col_i(s, 5);
	sqlite3_reset(s);
	if (!(plan = campaigns_plan(db, campaign, f)) ||
	    dnc_facts(db, plan, campaign, contact, phone, &facts, f) < 0 ||
	    siblings_of_claim(db, call, &with, f) < 0)
		return -1;
	*against = facts.do_not_call;
	for (int i = 0; i < with.n && !*against; i++) {
		if (dnc_facts(db, plan, campaign, with.contact[i], phone, &facts, f) < 0)
			return -1;
		*against = facts.do_not_call;
	}
	return 1;
}

int
dnc_recheck_claims(struct db *db, struct fault *f)
{
	int64_t after = 0, target;
	struct uuid call;
	bool against;
	int n = 1;

	while (n > 0) {
		int64_t until = clock_real_us() + RECHECK_US;

		if (db_begin(db, f) < 0)
			return -1;
		while (clock_real_us() < until &&
		    (n = claim_against(db, &after, &call, &target, &against, f)) > 0)
			if (against && (n = claim_withdraw(db, &call, target, f)) < 0)
				break;
			else
				n = 1;
		if (n < 0) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db, f) < 0)
			return -1;
	}
	return 0;
}

/* ---- records ------------------------------------------------------------------ */

int
dnc_record(struct db *db, struct buf *b, const struct dnc *d, int64_t asked, struct fault *f)
{
	struct campaign c = {.name = ""};
	char at[32], digits[PHONE_SIZE];

	if (d->campaign && campaigns_by_id(db, d->campaign, &c, f) < 0)
		return -1;
	buf_adds(b, "{\"type\":\"dnc\",\"v\":1");
	buf_member(b, "rule", dnc_kind_name(d->kind));
	if (asked || ((d->kind == DNC_NUMBER || d->kind == DNC_OPTOUT) && d->value > 0))
		buf_member(b, "phone", phone_text(asked ? asked : d->value, digits));
	if (d->kind == DNC_PREFIX)
		buf_member(b, "prefix", phone_text(d->value, digits));
	if (d->kind == DNC_CONTACT)
		buf_member_i(b, "contact", d->value);
	buf_member(b, "list", *d->list ? d->list : NULL);
	buf_member(b, "campaign", *c.name ? c.name : NULL);
	buf_member(b, "at", num_instant_text(d->at, at));
	buf_member(b, "source", d->source);
	buf_member(b, "reason", *d->reason ? d->reason : NULL);
	buf_member(b, "actor", d->actor);
	buf_adds(b, "}\n");
	return 0;
}
