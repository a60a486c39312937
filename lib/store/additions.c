/*
 * additions: ids to targets, in one journal row a transaction. A twin is found
 * by two steps in indexes; only where somebody else has the number are names
 * looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "additions.h"
#include "clock.h"
#include "fold.h"
#include "journal.h"
#include "mem.h"
#include "num.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"
#include "zones.h"

/* 1 to be added with its priority, 0 it is in already, -1 (DATAERR: no such contact). */
static int
may_add(struct db *db, int64_t campaign, int64_t contact, int64_t plan_priority,
    int64_t *priority, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.priority, t.id FROM contact c"
	    " LEFT JOIN target t ON t.campaign = :campaign AND t.contact = c.id WHERE c.id = :contact",
	    f);
	int n, in;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":contact", contact);
	if ((n = db_step(db, s, f)) < 0)
		return -1;
	if (n == 0)
		return fault(f, DATAERR,
		    "there is no contact %lld in this store (outreach-contacts lists them)",
		    (long long)contact);
	*priority = sqlite3_column_type(s, 0) == SQLITE_NULL ? plan_priority : col_i(s, 0);
	in = sqlite3_column_type(s, 1) != SQLITE_NULL;
	sqlite3_reset(s);
	return !in;
}

/* ---- twins ------------------------------------------------------------------- */

static bool
same_name(const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	if (!a || !b)
		return (!a || !*a) && (!b || !*b);
	if (!strcmp(a, b))
		return true;
	text_fold(&x, a, strlen(a));
	text_fold(&y, b, strlen(b));
	same = x.len && x.len == y.len && !memcmp(x.p, y.p, x.len);
	buf_release(&x);
	buf_release(&y);
	return same;
}

/* The first who was there before with a number of this person, from another source and of the same name. */
static int
find_twin(struct db *db, int64_t campaign, int64_t contact, struct twin *w, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT t.id, o.source, me.source, o.name, me.name FROM contact_phone p"
	    " CROSS JOIN contact_phone q ON q.e164 = p.e164 AND q.contact <> p.contact"
	    " CROSS JOIN target t ON t.campaign = :campaign AND t.contact = q.contact"
	    " CROSS JOIN contact o ON o.id = q.contact CROSS JOIN contact me ON me.id = p.contact"
	    " WHERE p.contact = :contact AND t.id < :target AND o.source <> me.source"
	    " LIMIT :look",
	    f);
	bool is = false;
	int n;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":target", w->target);
	bind_i(db, s, ":look", TWINS_LOOK);
	while (!is && (n = db_step(db, s, f)) > 0) {
		if (!(is = same_name(col_t(s, 3), col_t(s, 4))))
			continue;
		w->of = col_i(s, 0);
		copy_text(w->of_source, sizeof w->of_source, col_t(s, 1));
		copy_text(w->source, sizeof w->source, col_t(s, 2));
		sqlite3_reset(s);
	}
	return is ? 1 : n;
}

static int
hold_twin(struct db *db, const struct twin *w, struct fault *f)
{
	struct buf why = {0};
	int rc;

	buf_printf(&why,
	    "probably the same person as target %lld: same name and number, another source",
	    (long long)w->of);
	rc = targets_hold(db, w->target, why.p, f);
	buf_release(&why);
	return rc;
}

/* ---- adding ------------------------------------------------------------------ */

static int
journal_targets(struct db *db, int64_t campaign, int64_t first, const int64_t *pairs, size_t n,
    struct fault *f)
{
	struct buf body = {0};
	struct entry e = {.at = clock_wall(),
	    .kind = "campaign.added",
	    .campaign = campaign,
	    .source = "tool"};
	int rc;

	buf_printf(&body, "{\"first\":%lld,\"targets\":[", (long long)first);
	for (size_t i = 0; i < 2 * n; i++) {
		if (i)
			buf_addc(&body, ',');
		buf_addi(&body, pairs[i]);
	}
	buf_adds(&body, "]}");
	e.body = body.p;
	rc = journal_add(db, &e, f);
	buf_release(&body);
	return rc;
}

/* Each has its row: it waits, or is held as a twin. */
static int
place(struct db *db, int64_t campaign, int64_t target, const int64_t pair[2],
    void (*told)(void *, const struct twin *), void *arg, struct fault *f)
{
	struct twin w = {.target = target};
	int twin = find_twin(db, campaign, pair[0], &w, f);

	if (twin <= 0)
		return twin < 0
		    ? -1
		    : schedule_put(db, campaign, target, pair[0], pair[1], clock_wall(), f);
	if (told)
		told(arg, &w);
	return hold_twin(db, &w, f);
}

int
additions_put(struct db *db, int64_t campaign, const int64_t *contacts, size_t n, size_t *added,
    void (*told)(void *, const struct twin *), void *arg, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, campaign, f);
	int64_t *pairs = xcalloc(n ? n : 1, 2 * sizeof *pairs), first;
	struct campaign c;
	int rc = -1;

	*added = 0;
	if (!plan || campaigns_by_id(db, campaign, &c, f) <= 0 || zones_note(db, f) < 0)
		goto out;
	if (c.state == CAMPAIGN_CANCELLED) {
		fault(f, REFUSED, "campaign %s is cancelled", c.name);
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t *pair = &pairs[2 * *added];
		int may = may_add(db, campaign, contacts[i], plan->priority, &pair[1], f);
		if (may < 0)
			goto out;
		pair[0] = contacts[i];
		/* The same person twice in one batch is once. */
		for (size_t j = 0; may && j < *added; j++)
			may = pairs[2 * j] != contacts[i];
		*added += may > 0;
	}
	rc = 0;
	if (*added == 0)
		goto out;
	rc = -1;
	if (db_one(db, db_sql(db, "SELECT max(id) FROM target", f), 0, &first, f) < 0)
		goto out;
	first++;
	if (project_targets(db, campaign, first, pairs, *added, f) < 0 ||
	    journal_targets(db, campaign, first, pairs, *added, f) < 0)
		goto out;
	rc = 0;
	for (size_t i = 0; i < *added && rc == 0; i++)
		rc = place(db, campaign, first + (int64_t)i, &pairs[2 * i], told, arg, f);
out:
	free(pairs);
	return rc;
}

int
campaigns_add(struct db *db, int64_t campaign, const int64_t *contacts, size_t n, size_t *added,
    struct fault *f)
{
	return additions_put(db, campaign, contacts, n, added, NULL, NULL, f);
}
