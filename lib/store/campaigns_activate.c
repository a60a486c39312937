/*
 * campaigns_activate: from draft to active, all or nothing. Everybody is checked
 * in pages outside a transaction, against campaign.revision.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns_parts.h"
#include "clock.h"
#include "mem.h"
#include "people.h"
#include "schedule.h"
#include "targets.h"
#include "zones.h"

enum { PAGE = 200 };

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
check_one(struct db *db, struct activation *a, struct asking *k, struct fault *f)
{
	const struct plan *plan = campaigns_plan(db, a->c.id, f);
	struct person p;
	int got = plan ? people_get(db, k->o.contact, &p, f) : -1;

	if (got == 0)
		return fault(f, SOFTWARE, "target %lld has no contact", (long long)k->o.target);
	return got < 0 ? -1 : obstacles_of(db, plan, &p, k, f);
}

/* Each person under one lock, as the statements about one of them would take ten. */
static int
check_page(struct db *db, struct activation *a, struct asking *k, struct fault *f)
{
	int64_t ids[PAGE], contacts[PAGE];
	int n, rc;

	if (page_of_targets(db, a->c.id, a->after, ids, contacts, &n, f) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		k->o = (struct obstacle){.target = ids[i], .contact = contacts[i]};
		k->n = 0;
		*k->text = '\0';
		if (db_look(db, f) < 0)
			return -1;
		rc = check_one(db, a, k, f);
		db_looked(db);
		if (rc < 0)
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

	if (campaign_begin_state(db, c->id, &now, f) < 0)
		return -1;
	if (now.revision != c->revision)
		rc = fault(f, TEMPFAIL,
		    "campaign %s was changed while it was checked; activate it again", c->name);
	else if (now.state != CAMPAIGN_DRAFT)
		rc = fault(f, REFUSED, "campaign %s is %s already", c->name,
		    campaign_state_name(now.state));
	else
		rc = campaign_set_state(
		    db, c->id, CAMPAIGN_ACTIVE, "campaign.activated", false, NULL, f);
	return campaign_end_state(db, rc, f);
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
