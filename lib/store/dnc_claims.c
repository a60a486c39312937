/*
 * dnc_claims: a rule holds from now on: claims of whom it means are withdrawn,
 * and they are decided anew.
 */
#include <stdio.h>
#include <string.h>

#include "campaigns.h"
#include "clock.h"
#include "dnc_parts.h"
#include "siblings.h"
#include "store_parts.h"

enum { RECHECK_US = 30000 };

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
	int64_t phone[DNC_PHONES];
	int n = dnc_phones_of(db, contact, 0, phone, f);

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

/* ---- all of them, by every rule there is ------------------------------------------ */

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
