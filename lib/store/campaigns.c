/*
 * campaigns: files applied, people added, states changed. Long work goes in
 * pages of short transactions against campaign.revision.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "clock.h"
#include "control.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "people.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"
#include "zones.h"

enum { PAGE = 200 };

/* ---- what is kept while the store is open ----------------------------------- */

struct kept_plan {
	int64_t campaign, revision;
	struct plan plan;
	struct kept_plan *next;
};

struct plans {
	struct kept_plan *plan;
};

static struct plans *
kept(struct db *db)
{
	if (!db->plans)
		db->plans = xcalloc(1, sizeof *db->plans);
	return db->plans;
}

void
plans_forget_state(struct db *db)
{
	struct plans *k = db->plans;

	if (!k)
		return;
	for (struct kept_plan *p; (p = k->plan);) {
		k->plan = p->next;
		plan_release(&p->plan);
		free(p);
	}
	free(k);
	db->plans = NULL;
}

static json_t *
stored_file(struct db *db, int64_t id, int64_t *revision, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT plan, plan_revision FROM campaign WHERE id = :id", f);
	json_t *file;
	int n;

	bind_i(db, s, ":id", id);
	if ((n = db_step(db, s, f)) <= 0) {
		if (n == 0)
			fault(f, DATAERR, "there is no campaign %lld", (long long)id);
		return NULL;
	}
	file = json_read(
	    "stored campaign file", col_t(s, 0), (size_t)sqlite3_column_bytes(s, 0), f);
	*revision = col_i(s, 1);
	sqlite3_reset(s);
	return file;
}

int
campaigns_ask_model(struct db *db, struct fault *f)
{
	struct campaign c;
	int64_t after = 0;
	int got;

	while ((got = campaigns_next(db, &after, &c, f)) > 0) {
		const struct plan *plan = campaigns_plan(db, c.id, f);

		if (!plan)
			return -1;
		if (plan->context && plan->context->model)
			return 1;
	}
	return got;
}

json_t *
campaigns_file(struct db *db, int64_t id, struct fault *f)
{
	int64_t revision;

	return stored_file(db, id, &revision, f);
}

int
campaigns_plan_revision(struct db *db, int64_t id, int64_t *revision, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT plan_revision FROM campaign WHERE id = :id", f);

	bind_i(db, s, ":id", id);
	return db_one(db, s, 0, revision, f);
}

const struct plan *
campaigns_plan(struct db *db, int64_t id, struct fault *f)
{
	struct plans *k = kept(db);
	struct kept_plan *p;
	int64_t revision;
	json_t *file;

	if (campaigns_plan_revision(db, id, &revision, f) < 0)
		return NULL;
	for (p = k->plan; p && p->campaign != id; p = p->next)
		;
	if (p && p->revision == revision)
		return &p->plan;
	if (!(file = stored_file(db, id, &revision, f)))
		return NULL;
	if (!p) {
		p = xcalloc(1, sizeof *p);
		p->campaign = id;
		p->next = k->plan;
		k->plan = p;
	} else
		plan_release(&p->plan);
	memset(&p->plan, 0, sizeof p->plan);
	p->revision = 0;
	if (plan_compile(&p->plan, file, NULL, NULL, f) == 0)
		p->revision = revision;
	json_decref(file);
	return p->revision ? &p->plan : NULL;
}

int
campaigns_copy_plan(
    struct db *db, int64_t id, struct plan *plan, int64_t *revision, struct fault *f)
{
	json_t *file;
	int rc;

	*plan = (struct plan){0};
	if (!(file = stored_file(db, id, revision, f)))
		return -1;
	rc = plan_compile(plan, file, NULL, NULL, f);
	json_decref(file);
	return rc;
}

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

/* ---- applying --------------------------------------------------------------- */

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

static int
mark_rebuild(struct db *db, int64_t campaign, bool released, struct fault *f)
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
	return claims_withdraw(db, campaign, 0, 0, f) < 0 ? -1
							  : mark_rebuild(db, campaign, true, f);
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

/* ---- states ----------------------------------------------------------------- */

/* Inside a transaction: journals and projects. */
static int
set_state(struct db *db, int64_t id, enum campaign_state state, const char *kind, bool confirm,
    const char *reason, struct fault *f)
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

static int
begin_state(struct db *db, int64_t id, struct campaign *c, struct fault *f)
{
	int n;

	if (db_begin(db, f) < 0)
		return -1;
	if ((n = campaigns_by_id(db, id, c, f)) > 0)
		return 0;
	db_rollback(db);
	return n < 0 ? -1 : fault(f, DATAERR, "there is no campaign %lld", (long long)id);
}

static int
end_state(struct db *db, int rc, struct fault *f)
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
	if (begin_state(db, id, &c, f) < 0)
		return -1;
	if (c.state == CAMPAIGN_ACTIVE) {
		*changed = true;
		rc = set_state(db, id, CAMPAIGN_PAUSED, "campaign.paused", false, reason, f);
		if (rc == 0)
			rc = claims_withdraw(db, id, 0, 0, f);
	} else if (c.state != CAMPAIGN_PAUSED)
		rc = fault(f, REFUSED, "campaign %s is %s: only an active one can be paused",
		    c.name, campaign_state_name(c.state));
	return end_state(db, rc, f);
}

int
campaigns_resume(struct db *db, int64_t id, bool *changed, struct fault *f)
{
	struct campaign c;
	int rc = 0;
	bool confirm;

	*changed = false;
	if (begin_state(db, id, &c, f) < 0)
		return -1;
	confirm = campaigns_trial_over(&c);
	if (c.state == CAMPAIGN_PAUSED || (c.state == CAMPAIGN_ACTIVE && confirm)) {
		*changed = true;
		rc = set_state(db, id, CAMPAIGN_ACTIVE, "campaign.resumed", confirm, NULL, f);
	} else if (c.state != CAMPAIGN_ACTIVE)
		rc = fault(f, REFUSED, "campaign %s is %s: only a paused one can be resumed%s",
		    c.name, campaign_state_name(c.state),
		    c.state == CAMPAIGN_DRAFT ? " (activate starts a draft)" : "");
	return end_state(db, rc, f);
}

int
campaigns_close(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	struct campaign c;
	int rc = 0;

	*changed = false;
	if (begin_state(db, id, &c, f) < 0)
		return -1;
	if (c.state != CAMPAIGN_CANCELLED) {
		*changed = true;
		rc = set_state(
		    db, id, CAMPAIGN_CANCELLED, "campaign.cancelled", false, reason, f);
		if (rc == 0)
			rc = claims_withdraw(db, id, 0, 0, f);
		if (rc == 0)
			rc = mark_rebuild(db, id, false, f);
	}
	return end_state(db, rc, f);
}

int
campaigns_cancel(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	if (campaigns_close(db, id, reason, changed, f) < 0)
		return -1;
	return schedule_rebuild(db, id, f); /* also what a cancel that died left undone */
}

/* ---- activation ------------------------------------------------------------- */

/* Somebody with an obstacle, who is held back by the text, or if that is empty by policy alone. */
struct hold {
	int64_t target;
	char text[200];
};

struct activation {
	struct campaign c;
	bool except;
	int64_t after; /* targets up to here are checked; INT64_MAX all */
	struct hold *hold;
	size_t n, cap, held; /* of them, held back already */
	int64_t obstacles, targets;
};

/* Who asks, and what was found of one person. */
struct asking {
	int (*check)(void *, const struct plan *, const struct person *, struct obstacle *,
	    struct fault *);
	void (*show)(void *, const struct obstacle *);
	void *arg;
	struct obstacle o;
	int n;
	char text[200]; /* of what check said: for this the person is held */
};

static void
found(struct asking *k)
{
	k->n++;
	if (k->show)
		k->show(k->arg, &k->o);
}

static bool
zone_obstacle(const struct plan *plan, const struct zones *zones, struct obstacle *o)
{
	if (!zones->names && !plan->assume_timezone) {
		o->code = "zone";
		snprintf(o->text, sizeof o->text,
		    "the time zone is not known, and the number tells none (give the contact a timezone, or the campaign assume_timezone)");
		return true;
	}
	for (int i = 0; i < zones->n; i++)
		if (!zones->zone[i]) {
			o->code = "zone";
			snprintf(o->text, sizeof o->text,
			    "the tz database of this system lacks a zone of %.120s (bring tzdata up to date)",
			    zones->names);
			return true;
		}
	return false;
}

/* Policy is asked only about those of whom one of its obstacles can be true: it costs fifteen statements. */
static bool
may_be_refused(const struct plan *plan, const struct person *p)
{
	struct phone number;

	for (int i = 0; i < p->phones; i++)
		if (!phone_look(p->phone[i], &number) || PHONE_REFUSED & 1u << number.type)
			return true;
	return plan->consent != CONSENT_NONE || plan->languages_only;
}

static bool
is_obstacle(const struct reason *r)
{
	return !strcmp(r->code, "consent") || !strcmp(r->code, "number_type") ||
	    !strcmp(r->code, "number_unknown") || !strcmp(r->code, "language");
}

static int
policy_obstacles(
    struct db *db, const struct plan *plan, bool *speechless, struct asking *k, struct fault *f)
{
	struct facts facts;
	struct decision d;

	if (schedule_facts(db, k->o.target, 0, &facts, f) < 0)
		return -1;
	policy_decide(&facts, plan, clock_wall(), &d);
	for (int i = 0; i < d.reasons; i++) {
		if (!is_obstacle(&d.reason[i]))
			continue;
		*speechless |= !strcmp(d.reason[i].code, "language");
		k->o.code = d.reason[i].code;
		copy_text(k->o.text, sizeof k->o.text, d.reason[i].text);
		found(k);
	}
	return 0;
}

/* Everything that stands in the way of one person. */
static int
obstacles_of(struct db *db, const struct plan *plan, const struct person *p, struct asking *k,
    struct fault *f)
{
	bool speechless = false;
	struct zones zones;
	int got;

	if (zones_of(db, p->timezone, p->phones ? p->phone[0] : 0, &zones, f) < 0)
		return -1;
	if (p->phones == 0) { /* a number may tell the zone */
		k->o.code = "phone";
		snprintf(k->o.text, sizeof k->o.text, "there is no number to call");
		found(k);
	} else if (zone_obstacle(plan, &zones, &k->o)) {
		found(k);
	}
	if (may_be_refused(plan, p) && policy_obstacles(db, plan, &speechless, k, f) < 0)
		return -1;
	/* Without texts in their language there is nothing to fill. */
	if (speechless || !k->check)
		return 0;
	if ((got = k->check(k->arg, plan, p, &k->o, f)) > 0) {
		copy_text(k->text, sizeof k->text, k->o.text);
		found(k);
	}
	return got < 0 ? -1 : 0;
}

static int
page_of_targets(struct db *db, int64_t campaign, int64_t after, int64_t *ids, int64_t *contacts,
    int *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT id, contact FROM target WHERE campaign = :campaign AND id > :after AND held IS NULL"
	    " ORDER BY id LIMIT :page",
	    f);
	int rc;

	*n = 0;
	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":after", after);
	bind_i(db, s, ":page", PAGE);
	while ((rc = db_step(db, s, f)) > 0) {
		ids[*n] = col_i(s, 0);
		contacts[(*n)++] = col_i(s, 1);
	}
	return rc;
}

/*
 * What policy says is not written down as a hold: it would outlive its cause. Such a person stands
 * as policy says, and is decided again when that changes.
 */
static void
remember(struct activation *a, const struct asking *k)
{
	a->obstacles++;
	if (!a->except)
		return;
	if (a->n == a->cap)
		a->hold = xrealloc(a->hold, a->cap = a->cap ? 2 * a->cap : 64, sizeof *a->hold);
	a->hold[a->n].target = k->o.target;
	copy_text(a->hold[a->n++].text, sizeof a->hold->text, k->text);
}

static int
check_page(struct db *db, struct activation *a, struct asking *k, struct fault *f)
{
	int64_t ids[PAGE], contacts[PAGE];
	int n;

	if (page_of_targets(db, a->c.id, a->after, ids, contacts, &n, f) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		const struct plan *plan = campaigns_plan(db, a->c.id, f);
		struct person p;
		int got = plan ? people_get(db, contacts[i], &p, f) : -1;

		if (got <= 0)
			return got < 0 ? -1
				       : fault(f, SOFTWARE, "target %lld has no contact",
					     (long long)ids[i]);
		k->o = (struct obstacle){.target = ids[i], .contact = contacts[i]};
		k->n = 0;
		*k->text = '\0';
		if (obstacles_of(db, plan, &p, k, f) < 0)
			return -1;
		if (k->n)
			remember(a, k);
		a->targets++;
	}
	a->after = n ? ids[n - 1] : INT64_MAX;
	return 0;
}

static int
hold_back(struct db *db, const struct hold *h, struct fault *f)
{
	return *h->text ? targets_hold(db, h->target, h->text, f)
			: schedule_settle(db, h->target, clock_wall(), f);
}

static int
hold_page(struct db *db, struct activation *a, struct fault *f)
{
	size_t end = a->held + PAGE < a->n ? a->held + PAGE : a->n;

	if (db_begin(db, f) < 0)
		return -1;
	for (size_t i = a->held; i < end; i++)
		if (hold_back(db, &a->hold[i], f) < 0) {
			db_rollback(db);
			return -1;
		}
	a->held = end;
	return db_commit(db, f);
}

static int
switch_on(struct db *db, const struct campaign *c, struct fault *f)
{
	struct campaign now;
	int rc;

	if (begin_state(db, c->id, &now, f) < 0)
		return -1;
	if (now.revision != c->revision)
		rc = fault(f, TEMPFAIL,
		    "campaign %s was changed while it was checked; activate it again", c->name);
	else if (now.state != CAMPAIGN_DRAFT)
		rc = fault(f, REFUSED, "campaign %s is %s already", c->name,
		    campaign_state_name(now.state));
	else
		rc =
		    set_state(db, c->id, CAMPAIGN_ACTIVE, "campaign.activated", false, NULL, f);
	return end_state(db, rc, f);
}

struct activation *
campaigns_activation(struct db *db, const struct campaign *c, bool except, struct fault *f)
{
	struct activation *a;

	if (c->state != CAMPAIGN_DRAFT) {
		fault(f, REFUSED, "campaign %s is %s: only a draft can be activated%s", c->name,
		    campaign_state_name(c->state),
		    c->state == CAMPAIGN_PAUSED ? " (resume goes on)" : "");
		return NULL;
	}
	if (zones_follow(db, f) < 0)
		return NULL;
	a = xcalloc(1, sizeof *a);
	a->c = *c;
	a->except = except;
	return a;
}

/* Nobody was there to be checked: nobody is in it, or all are held. */
static int
refuse_empty(struct db *db, const struct campaign *c, struct fault *f)
{
	sqlite3_stmt *s =
	    db_sql(db, "SELECT EXISTS (SELECT 1 FROM target WHERE campaign = :campaign)", f);
	int64_t held;

	bind_i(db, s, ":campaign", c->id);
	if (db_one(db, s, 0, &held, f) < 0)
		return -1;
	if (held)
		return fault(f, REFUSED,
		    "campaign %s has nobody to call: all are held (outreach-campaign targets %s says why)",
		    c->name, c->name);
	return fault(f, REFUSED, "campaign %s has nobody to call (outreach-campaign add %s)",
	    c->name, c->name);
}

int
campaigns_activation_step(struct db *db, struct activation *a,
    int (*check)(
	void *, const struct plan *, const struct person *, struct obstacle *, struct fault *),
    void (*show)(void *, const struct obstacle *), void *arg, int64_t *obstacles,
    struct fault *f)
{
	struct asking k = {.check = check, .show = show, .arg = arg};

	*obstacles = a->obstacles;
	if (a->after != INT64_MAX) {
		if (check_page(db, a, &k, f) < 0)
			return -1;
		*obstacles = a->obstacles;
		return 1;
	}
	if (a->targets == 0)
		return refuse_empty(db, &a->c, f);
	if (a->obstacles && !a->except)
		return fault(f, REFUSED,
		    "campaign %s was not activated: %lld of %lld people have an obstacle (mend them, or --except-obstacles holds them back)",
		    a->c.name, (long long)a->obstacles, (long long)a->targets);
	if (a->held < a->n)
		return hold_page(db, a, f) < 0 ? -1 : 1;
	return switch_on(db, &a->c, f);
}

int
campaigns_obstacles(struct db *db, const struct campaign *c,
    int (*check)(
	void *, const struct plan *, const struct person *, struct obstacle *, struct fault *),
    void (*show)(void *, const struct obstacle *), void *arg, int64_t *people, struct fault *f)
{
	struct asking k = {.check = check, .show = show, .arg = arg};
	struct activation *a = campaigns_activation(db, c, false, f);
	int rc = a ? 0 : -1;

	while (rc == 0 && a->after != INT64_MAX)
		rc = check_page(db, a, &k, f);
	*people = a ? a->obstacles : 0;
	campaigns_activation_free(a);
	return rc;
}

void
campaigns_activation_free(struct activation *a)
{
	if (a)
		free(a->hold);
	free(a);
}

int
campaigns_activate(struct db *db, const struct campaign *c, bool except,
    int (*check)(
	void *, const struct plan *, const struct person *, struct obstacle *, struct fault *),
    void (*show)(void *, const struct obstacle *), void *arg, int64_t *obstacles,
    struct fault *f)
{
	struct activation *a = campaigns_activation(db, c, except, f);
	int rc = a ? 1 : -1;

	*obstacles = 0;
	while (rc > 0)
		rc = campaigns_activation_step(db, a, check, show, arg, obstacles, f);
	campaigns_activation_free(a);
	return rc;
}
