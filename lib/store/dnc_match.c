/*
 * dnc_match: what speaks against a number, and against a person for one of
 * theirs. The question is asked of the tables as they are, in the transaction
 * of the one who asks.
 */
#include <stdio.h>
#include <string.h>

#include "dnc_list.h"
#include "dnc_parts.h"
#include "mark.h"
#include "mem.h"
#include "phone.h"

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
		dnc_read_rule(s, &d);
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

/* ---- facts for policy ---------------------------------------------------------- */

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
	int64_t of[DNC_PHONES];
	int n = dnc_phones_of(db, contact, phone, of, f);

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
