/*
 * dnc: rules put, dropped and looked at. A rule is a projection of its journal
 * row; whose claims it ends: dnc_claims.c; what it speaks against: dnc_match.c.
 */
#include <string.h>

#include "campaigns.h"
#include "clock.h"
#include "contact.h"
#include "dnc_parts.h"
#include "journal.h"
#include "mark.h"
#include "mem.h"
#include "num.h"
#include "phone.h"
#include "project.h"
#include "store_parts.h"

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

/* ---- looking ------------------------------------------------------------------ */

static void
copy_column(char *to, size_t size, sqlite3_stmt *s, int col)
{
	const char *text = col_t(s, col);

	copy_text(to, size, text ? text : "");
}

void
dnc_read_rule(sqlite3_stmt *s, struct dnc *d)
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
dnc_phones_of(struct db *db, int64_t contact, int64_t asked, int64_t *phone, struct fault *f)
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
		dnc_read_rule(s, &rules[i++]);
	if (i == n)
		sqlite3_reset(s);
	else if (got < 0)
		return -1;
	if (i > 0)
		*after = rules[i - 1];
	return i;
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
