/*
 * campaigns_plan: the stored campaign files, compiled, kept while the store is
 * open.
 */
#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "json.h"
#include "mem.h"
#include "store_parts.h"

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
