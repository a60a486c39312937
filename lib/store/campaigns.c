/*
 * campaigns: looking at campaigns, and their states. Their files:
 * campaigns_apply.c and campaigns_plan.c; from draft to active:
 * campaigns_activate.c.
 */
#include <string.h>

#include "campaigns_parts.h"
#include "clock.h"
#include "journal.h"
#include "mem.h"
#include "num.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"

/* ---- looking ---------------------------------------------------------------- */

#define CAMPAIGN_COLUMNS \
	"id, name, state, revision, plan_revision, intents, applied_at, confirmed, real_calls"

static int
read_campaign(struct db *db, sqlite3_stmt *s, struct campaign *c, struct fault *f)
{
	int n = db_step(db, s, f);

	memset(c, 0, sizeof *c);
	if (n <= 0)
		return n;
	c->id = col_i(s, 0);
	copy_text(c->name, sizeof c->name, col_t(s, 1));
	c->state = (enum campaign_state)campaign_state_parse(col_t(s, 2));
	c->revision = col_i(s, 3);
	c->plan_revision = col_i(s, 4);
	c->intents = col_i(s, 5);
	c->applied_at = col_i(s, 6);
	c->confirmed = col_i(s, 7) != 0;
	c->real_calls = col_i(s, 8);
	sqlite3_reset(s);
	return 1;
}

int
campaigns_get(struct db *db, const char *name, struct campaign *c, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE name = :name", f);

	bind_t(db, s, ":name", name);
	return read_campaign(db, s, c, f);
}

int
campaigns_by_id(struct db *db, int64_t id, struct campaign *c, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id = :id", f);

	bind_i(db, s, ":id", id);
	return read_campaign(db, s, c, f);
}

int
campaigns_need(struct db *db, const char *name, struct campaign *c, struct fault *f)
{
	int n = campaigns_get(db, name, c, f);

	if (n == 0)
		return fault(f, DATAERR,
		    "there is no campaign %s (outreach-campaign list shows them)", name);
	return n < 0 ? -1 : 0;
}

int
campaigns_next(struct db *db, int64_t *after, struct campaign *c, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id > :after ORDER BY id LIMIT 1",
	    f);
	int n;

	bind_i(db, s, ":after", *after);
	if ((n = read_campaign(db, s, c, f)) > 0)
		*after = c->id;
	return n;
}

bool
campaigns_trial_over(const struct campaign *c)
{
	return !c->confirmed && c->real_calls >= CAMPAIGN_TRIAL;
}

void
campaign_head(struct buf *b, const struct campaign *c)
{
	char at[32];

	buf_adds(b, "{\"type\":\"campaign\",\"v\":1");
	buf_member(b, "name", c->name);
	buf_member(b, "state", campaign_state_name(c->state));
	buf_member_i(b, "revision", c->revision);
	buf_member_i(b, "plan_revision", c->plan_revision);
	buf_member_i(b, "calls", c->intents);
	buf_adds(b, c->confirmed ? ",\"confirmed\":true" : ",\"confirmed\":false");
	buf_member(b, "applied_at", num_instant_text(c->applied_at, at));
}

/* ---- states ----------------------------------------------------------------- */

int
campaign_set_state(struct db *db, int64_t id, enum campaign_state state, const char *kind,
    bool confirm, const char *reason, struct fault *f)
{
	struct buf fact = {0};
	struct entry e = {.at = clock_wall(), .kind = kind, .campaign = id, .source = "tool"};
	int rc;

	buf_member(&fact, "state", campaign_state_name(state));
	buf_member_i(&fact, "confirmed", confirm);
	buf_member(&fact, "reason", reason);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	rc = project_campaign_state(db, id, state, confirm, f);
	if (rc == 0)
		rc = journal_add(db, &e, f);
	buf_release(&fact);
	return rc;
}

int
campaign_begin_state(struct db *db, int64_t id, struct campaign *c, struct fault *f)
{
	int n;

	if (db_begin(db, f) < 0)
		return -1;
	if ((n = campaigns_by_id(db, id, c, f)) > 0)
		return 0;
	db_rollback(db);
	return n < 0 ? -1 : fault(f, DATAERR, "there is no campaign %lld", (long long)id);
}

int
campaign_end_state(struct db *db, int rc, struct fault *f)
{
	if (rc == 0)
		return db_commit(db, f);
	db_rollback(db);
	return -1;
}

int
campaigns_pause(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	struct campaign c;
	int rc = 0;

	*changed = false;
	if (campaign_begin_state(db, id, &c, f) < 0)
		return -1;
	if (c.state == CAMPAIGN_ACTIVE) {
		*changed = true;
		rc = campaign_set_state(
		    db, id, CAMPAIGN_PAUSED, "campaign.paused", false, reason, f);
		if (rc == 0)
			rc = claims_withdraw(db, id, 0, 0, f);
	} else if (c.state != CAMPAIGN_PAUSED)
		rc = fault(f, REFUSED, "campaign %s is %s: only an active one can be paused",
		    c.name, campaign_state_name(c.state));
	return campaign_end_state(db, rc, f);
}

int
campaigns_resume(struct db *db, int64_t id, bool *changed, struct fault *f)
{
	struct campaign c;
	int rc = 0;
	bool confirm;

	*changed = false;
	if (campaign_begin_state(db, id, &c, f) < 0)
		return -1;
	confirm = campaigns_trial_over(&c);
	if (c.state == CAMPAIGN_PAUSED || (c.state == CAMPAIGN_ACTIVE && confirm)) {
		*changed = true;
		rc = campaign_set_state(
		    db, id, CAMPAIGN_ACTIVE, "campaign.resumed", confirm, NULL, f);
	} else if (c.state != CAMPAIGN_ACTIVE)
		rc = fault(f, REFUSED, "campaign %s is %s: only a paused one can be resumed%s",
		    c.name, campaign_state_name(c.state),
		    c.state == CAMPAIGN_DRAFT ? " (activate starts a draft)" : "");
	return campaign_end_state(db, rc, f);
}

int
campaigns_close(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	struct campaign c;
	int rc = 0;

	*changed = false;
	if (campaign_begin_state(db, id, &c, f) < 0)
		return -1;
	if (c.state != CAMPAIGN_CANCELLED) {
		*changed = true;
		rc = campaign_set_state(
		    db, id, CAMPAIGN_CANCELLED, "campaign.cancelled", false, reason, f);
		if (rc == 0)
			rc = claims_withdraw(db, id, 0, 0, f);
		if (rc == 0)
			rc = campaign_mark_rebuild(db, id, false, f);
	}
	return campaign_end_state(db, rc, f);
}

int
campaigns_cancel(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	if (campaigns_close(db, id, reason, changed, f) < 0)
		return -1;
	return schedule_rebuild(db, id, f); /* also what a cancel that died left undone */
}
