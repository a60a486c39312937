/*
 * dnc_keep: a contact loses a number: what its rules, its opt-outs and its
 * revocation kept for the number stays with the number.
 */
#include "consents.h"
#include "dnc_parts.h"

static int
keep_rules(struct db *db, int64_t contact, int64_t phone, struct fault *f)
{
	struct dnc rule = {.kind = DNC_CONTACT, .value = contact, .campaign = -1};
	int got;

	while ((got = dnc_page(db, &rule, &rule, 1, f)) > 0 && rule.kind == DNC_CONTACT &&
	    rule.value == contact) {
		struct dnc kept = rule;

		kept.kind = DNC_NUMBER;
		kept.value = phone;
		if (dnc_put(db, &kept, f) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

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
	dnc_read_rule(s, kept);
	sqlite3_reset(s);
	kept->kind = DNC_NUMBER;
	kept->value = phone;
	return 1;
}

/* The same for the wish in a call, whose own number has its own rule. */
static int
keep_optout(struct db *db, int64_t contact, int64_t phone, struct fault *f)
{
	struct dnc kept;
	int got = optout_to_keep(db, contact, phone, &kept, f);

	return got < 0 || (got > 0 && dnc_put(db, &kept, f) < 0) ? -1 : 0;
}

int
dnc_keep_numbers(struct db *db, int64_t contact, const int64_t *staying, int n, struct fault *f)
{
	int64_t phone[DNC_PHONES];
	int phones = dnc_phones_of(db, contact, 0, phone, f);

	for (int i = 0; i < phones; i++) {
		bool stays = false;

		for (int j = 0; j < n; j++)
			stays |= staying[j] == phone[i];
		if (!stays &&
		    (keep_rules(db, contact, phone[i], f) < 0 ||
			keep_optout(db, contact, phone[i], f) < 0 ||
			consents_keep(db, contact, phone[i], f) < 0))
			return -1;
	}
	return phones < 0 ? -1 : 0;
}
