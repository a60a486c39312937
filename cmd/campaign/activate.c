/*
 * activate: what stands in the way of calling a campaign's people.
 */
#include "verbs.h"

#include "../tool.h"
#include "people.h"
#include "prompt.h"

struct checks {
	struct prompt prompt;
	struct db *db;
	bool no_exchange;
};

static int
check_person(void *arg, const struct plan *plan, const struct person *p, struct obstacle *o,
    struct fault *f)
{
	struct checks *k = arg;
	int got = prompt_obstacle(&k->prompt, k->db, plan, p, o, f);

	if (got)
		return got;
	if (k->no_exchange) { /* nobody can be called; said once, above */
		o->code = "exchange";
		return 1;
	}
	return 0;
}

static void
show_obstacle(void *arg, const struct obstacle *o)
{
	if (strcmp(o->code, "exchange"))
		fprintf(stderr, TOOL ": target %lld, contact %lld: %s\n", (long long)o->target,
		    (long long)o->contact, o->text);
}

int
verb_activate(struct campaign_tool *t, char **name)
{
	struct checks k = {.db = &t->db};
	const struct plan *plan;
	struct campaign c;
	struct exchange exchange;
	struct fault f;
	int64_t obstacles;
	int rc;

	if (campaigns_need(&t->db, *name, &c, &f) < 0 ||
	    !(plan = campaigns_plan(&t->db, c.id, &f)))
		return tool_fail(&f);
	if (settings_exchange(&t->settings, plan->exchange, &exchange, &f) < 0 &&
	    f.code == CONFIG) {
		k.no_exchange = true;
		tool_report(&f);
	}
	rc = campaigns_activate(&t->db, &c, t->except_obstacles && !k.no_exchange, check_person,
	    show_obstacle, &k, &obstacles, &f);
	prompt_release(&k.prompt);
	if (rc < 0)
		return tool_fail(&f);
	if (!t->quiet && obstacles)
		fprintf(stderr, TOOL ": %s: active; %lld people are held back\n", c.name,
		    (long long)obstacles);
	else if (!t->quiet)
		fprintf(stderr, TOOL ": %s: active\n", c.name);
	return OK;
}
