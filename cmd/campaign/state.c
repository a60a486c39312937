/*
 * pause, resume, cancel, priority, release: one meaning each. Pause makes no new calls and
 * can be taken back; cancel closes the campaign for good; release ends the hold of one target.
 */
#include "targets.h"
#include "verbs.h"

#include "../tool.h"

static int
change_state(struct campaign_tool *t, const char *name,
    int (*act)(struct db *, int64_t id, const char *reason, bool *changed, struct fault *),
    const char *word)
{
	struct campaign c;
	struct fault f;
	bool changed = false;

	if (campaigns_need(&t->db, name, &c, &f) < 0 ||
	    act(&t->db, c.id, t->reason, &changed, &f) < 0)
		return tool_fail(&f);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s: %s%s\n", c.name, word, changed ? "" : " already");
	return OK;
}

int
verb_pause(struct campaign_tool *t, char **name)
{
	return change_state(t, *name, campaigns_pause, "paused");
}

static int
resume(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	(void)reason; /* no option of this verb */
	return campaigns_resume(db, id, changed, f);
}

int
verb_resume(struct campaign_tool *t, char **name)
{
	return change_state(t, *name, resume, "active");
}

int
verb_cancel(struct campaign_tool *t, char **name)
{
	return change_state(t, *name, campaigns_cancel, "cancelled");
}

/* ---- priority ---------------------------------------------------------------- */

static int
own_target(
    struct db *db, int64_t campaign, int64_t target, struct target_owner *o, struct fault *f)
{
	int got = targets_get(db, target, o, f);

	if (got == 0 || (got > 0 && o->campaign != campaign))
		return fault(f, DATAERR, "it has no target %lld (outreach-campaign targets)",
		    (long long)target);
	return got < 0 ? -1 : 0;
}

static int
prioritize(struct db *db, int64_t campaign, int64_t target, int64_t priority, struct fault *f)
{
	struct target_owner o;
	int got;

	if (own_target(db, campaign, target, &o, f) < 0 || db_begin(db, f) < 0)
		return -1;
	got = targets_prioritize(db, target, priority, f);
	if (got >= 0 && db_commit(db, f) == 0)
		return got;
	db_rollback(db);
	return -1;
}

int
verb_priority(struct campaign_tool *t, char **v)
{
	struct campaign c;
	struct fault f;
	int64_t target, priority;
	int changed;

	if (num_parse("TARGET", v[1], 1, INT64_MAX, &target, &f) < 0 ||
	    num_parse("PRIORITY", v[2], -TARGET_PRIORITY_MAX, TARGET_PRIORITY_MAX, &priority,
		&f) < 0) {
		f.code = USAGE;
		return tool_fail(&f);
	}
	if (campaigns_need(&t->db, v[0], &c, &f) < 0)
		return tool_fail(&f);
	if ((changed = prioritize(&t->db, c.id, target, priority, &f)) < 0) {
		fault_in(&f, "%s", c.name);
		return tool_fail(&f);
	}
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s: target %lld has priority %lld%s\n", c.name,
		    (long long)target, (long long)priority, changed ? "" : " already");
	return OK;
}

/* ---- release ----------------------------------------------------------------- */

/* 1 released, 0 nobody held it. */
static int
release(struct db *db, int64_t campaign, int64_t target, struct fault *f)
{
	struct target_owner o;
	int rc;

	if (db_begin(db, f) < 0)
		return -1;
	rc = own_target(db, campaign, target, &o, f);
	if (rc == 0 && !strcmp(o.held, "forgotten"))
		rc = fault(
		    f, DATAERR, "the person of target %lld was forgotten", (long long)target);
	if (rc == 0 && *o.held && (rc = targets_release(db, target, f)) == 0)
		rc = 1;
	if (rc >= 0 && db_commit(db, f) == 0)
		return rc;
	db_rollback(db);
	return -1;
}

/* What keeps a person from being called though no hold does (any more). */
static int
say_held(void *arg, const struct target *x, const struct person *p, struct fault *f)
{
	const struct campaign *c = arg;

	(void)p;
	(void)f;
	if (strcmp(x->state, "held") == 0 || strcmp(x->state, "closed") == 0)
		fprintf(stderr,
		    TOOL ": %s: target %lld is %s by the rules: %s (outreach-campaign why)\n",
		    c->name, (long long)x->id, x->state, x->reason);
	return 0;
}

static int
say_standing(struct db *db, struct campaign *c, int64_t target, struct fault *f)
{
	struct target_owner o;
	struct target_query q = {.limit = 1};

	if (targets_get(db, target, &o, f) < 0)
		return -1;
	q.contact = o.contact;
	return targets_list(db, c, &q, say_held, c, f);
}

int
verb_release(struct campaign_tool *t, char **v)
{
	struct campaign c;
	struct fault f;
	int64_t target;
	int n = 0, all = 0, got = 0;

	for (char **s = v + 1; *s; s++)
		if (num_parse("TARGET", *s, 1, INT64_MAX, &target, &f) < 0) {
			f.code = USAGE;
			return tool_fail(&f);
		}
	if (campaigns_need(&t->db, v[0], &c, &f) < 0)
		return tool_fail(&f);
	for (char **s = v + 1; *s && got >= 0; s++, all++)
		if (num_parse("TARGET", *s, 1, INT64_MAX, &target, &f) == 0 &&
		    (got = release(&t->db, c.id, target, &f)) >= 0) {
			n += got;
			if (!t->quiet && say_standing(&t->db, &c, target, &f) < 0)
				got = -1;
		}
	if (got < 0) {
		fault_in(&f, "%s", c.name);
		return tool_fail(&f);
	}
	if (!t->quiet)
		fprintf(
		    stderr, TOOL ": %s: %d released, %d were not held\n", c.name, n, all - n);
	return OK;
}
