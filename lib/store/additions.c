/*
 * additions: ids to targets, in one journal row a transaction.
 */
#include <stdlib.h>

#include "additions.h"
#include "clock.h"
#include "journal.h"
#include "mem.h"
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
	int twin = twins_find(db, campaign, pair[0], &w, f);

	if (twin <= 0)
		return twin < 0
		    ? -1
		    : schedule_put(db, campaign, target, pair[0], pair[1], clock_wall(), f);
	if (told)
		told(arg, &w);
	return twins_hold(db, &w, f);
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
