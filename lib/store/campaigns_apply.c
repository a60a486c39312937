/*
 * campaigns_apply: a campaign file is created or changed, journalled as a
 * difference.
 */
#include <stdlib.h>
#include <string.h>

#include "campaigns_parts.h"
#include "clock.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"

/* The lines of diff as a JSON array in the body of the journal row, beside the file itself. */
static char *
apply_body(const char *plan, const struct buf *diff)
{
	struct buf b = {0};
	const char *p = diff->p ? diff->p : "", *nl;
	char *out;

	buf_adds(&b, "{\"file\":");
	buf_adds(&b, plan);
	buf_adds(&b, ",\"changed\":[");
	for (bool first = true; *p; p = *nl ? nl + 1 : nl, first = false) {
		nl = strchr(p, '\n');
		if (!nl)
			nl = p + strlen(p);
		if (!first)
			buf_addc(&b, ',');
		buf_json(&b, p, (size_t)(nl - p));
	}
	buf_adds(&b, "]}");
	out = xstrdup(b.p);
	buf_release(&b);
	return out;
}

int
campaign_mark_rebuild(struct db *db, int64_t campaign, bool released, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO rebuild (campaign, next, released) VALUES (:campaign, 0, :released)"
	    " ON CONFLICT (campaign) DO UPDATE SET next = 0, reason = NULL, released = :released",
	    f);

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":released", released);
	return db_run(db, s, f);
}

int
campaign_changed(struct db *db, int64_t campaign, struct fault *f)
{
	return claims_withdraw(db, campaign, 0, 0, f) < 0
	    ? -1
	    : campaign_mark_rebuild(db, campaign, true, f);
}

static int
new_campaign_id(struct db *db, int64_t *id, struct fault *f)
{
	if (db_one(db, db_sql(db, "SELECT max(id) FROM campaign", f), 0, id, f) < 0)
		return -1;
	(*id)++;
	return 0;
}

static int
write_apply(struct db *db, int64_t id, const char *name, const char *plan,
    const struct buf *diff, bool changed, struct fault *f)
{
	struct buf fact = {0};
	char *body = apply_body(plan, diff);
	struct entry e = {
	    .at = clock_wall(), .kind = "campaign.applied", .campaign = id, .source = "tool"};
	int rc;

	buf_member(&fact, "name", name);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	e.body = body;
	rc = project_campaign(db, id, name, plan, e.at, f);
	if (rc == 0)
		rc = journal_add(db, &e, f);
	if (rc == 0 && changed)
		rc = campaign_changed(db, id, f);
	buf_release(&fact);
	free(body);
	return rc;
}

int
campaigns_apply(struct db *db, const json_t *file, enum apply_change *change, struct buf *diff,
    struct fault *f)
{
	struct buf plan = {0}, lines = {0};
	struct campaign c;
	struct plan check = {0};
	const char *name;
	json_t *before = NULL;
	int rc = -1, known;

	if (plan_compile(&check, file, NULL, NULL, f) < 0 ||
	    json_need_text(file, "name", &name, f) < 0)
		goto out;
	json_write(&plan, file);
	if (db_begin(db, f) < 0)
		goto out;
	if ((known = campaigns_get(db, name, &c, f)) < 0)
		goto roll;
	if (known && c.state == CAMPAIGN_CANCELLED) {
		fault(f, REFUSED,
		    "campaign %s is cancelled for good; apply the file under another name",
		    name);
		goto roll;
	}
	if (known && !(before = campaigns_file(db, c.id, f)))
		goto roll;
	plan_diff(&lines, before, file);
	*change = !known               ? APPLY_CREATED
	    : json_equal(before, file) ? APPLY_SAME
				       : APPLY_CHANGED;
	if (diff && lines.len)
		buf_add(diff, lines.p, lines.len);
	if (*change ==
	    APPLY_SAME) { /* the one that changed it may have died before it was done */
		db_rollback(db);
		rc = schedule_rebuild(db, c.id, f);
		goto out;
	}
	if ((!known && new_campaign_id(db, &c.id, f) < 0) ||
	    write_apply(db, c.id, name, plan.p, &lines, known, f) < 0)
		goto roll;
	rc = db_commit(db, f);
	if (rc == 0)
		rc = schedule_rebuild(db, c.id, f);
	goto out;
roll:
	db_rollback(db);
out:
	json_decref(before);
	plan_release(&check);
	buf_release(&plan);
	buf_release(&lines);
	return rc;
}
