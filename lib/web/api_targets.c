/*
 * api_targets: the people of a campaign: listed, added, moved forward.
 */
#include <stdio.h>

#include "additions.h"
#include "api.h"
#include "json.h"
#include "targets.h"

enum { TARGETS_MAX = 200, ADD_MAX = 500 };

struct listing {
	struct request *r;
	const char *campaign;
	int64_t n, limit, last;
	bool full;
};

static int
put_target(void *arg, const struct target *t, const struct person *p, struct fault *f)
{
	struct listing *l = arg;

	target_record(&l->r->out, l->campaign, t, p);
	api_item(l->r);
	l->last = t->id;
	l->full = ++l->n == l->limit || l->r->out.len > API_BYTES;
	return l->full ? fault(f, TEMPFAIL, "enough") : 0;
}

int
campaign_targets(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"after", "limit", "contact", NULL};
	struct web *w = r->web;
	struct target_query q = {.limit = 0};
	struct listing l = {.r = r};
	struct campaign c;
	char next[24];
	int got = api_campaign(r, &c, f);

	if (got <= 0 || api_known(r, keys) < 0 ||
	    api_page(r, &q.after, &q.limit, TARGETS_MAX) < 0 ||
	    api_query_int(r, "contact", 1, INT64_MAX, &q.contact) < 0)
		return got < 0 ? -1 : 0;
	l.campaign = c.name;
	api_list(r);
	l.limit = q.limit;
	if (targets_list(w->db, &c, &q, put_target, &l, f) < 0 && !l.full)
		return -1;
	snprintf(next, sizeof(next), "%lld", (long long)l.last);
	api_list_end(r, l.full ? next : NULL);
	return 0;
}

/* The ids of "contacts": how many, or -1 with the answer. */
static int
read_contacts(struct request *r, int64_t ids[ADD_MAX])
{
	static const char *const keys[] = {"contacts", NULL};
	json_t *body = api_body(r, keys), *list, *v;
	size_t i, n = 0;

	if (!body)
		return -1;
	list = json_object_get(body, "contacts");
	if (json_is_array(list) && json_array_size(list) > 0 &&
	    json_array_size(list) <= ADD_MAX)
		json_array_foreach(list, i, v) if (json_is_integer(v) &&
		    json_integer_value(v) > 0) ids[n++] = json_integer_value(v);
	if (n == 0 || n != json_array_size(list)) {
		request_problem(
		    r, 422, "contacts must be a list of 1 to %d ids of contacts", ADD_MAX);
		n = 0;
	}
	json_decref(body);
	return n ? (int)n : -1;
}

static void
count_twin(void *arg, const struct twin *w)
{
	(void)w;
	++*(int64_t *)arg;
}

int
campaign_add(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	int64_t ids[ADD_MAX], held = 0;
	struct campaign c;
	size_t added;
	int n, got = api_campaign(r, &c, f);

	if (got <= 0 || (n = read_contacts(r, ids)) < 0)
		return got < 0 ? -1 : 0;
	if (db_begin(w->db, f) < 0)
		return -1;
	if (additions_put(w->db, c.id, ids, (size_t)n, &added, count_twin, &held, f) < 0 ||
	    db_commit(w->db, f) < 0) {
		db_rollback(w->db);
		return -1;
	}
	buf_reset(&r->out);
	buf_member_i(&r->out, "added", (int64_t)added);
	buf_member_i(&r->out, "were_in", n - (int64_t)added);
	if (held) /* among the added: additions.h */
		buf_member_i(&r->out, "held", held);
	buf_adds(&r->out, "}\n");
	request_json(r, 200);
	return 0;
}

int
target_change(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"priority", NULL};
	struct web *w = r->web;
	struct target_owner o;
	struct campaign c;
	int64_t id, priority;
	json_t *body;
	int got = api_campaign(r, &c, f), changed;

	if (got <= 0 || api_id(r, 1, &id) < 0 || !(body = api_body(r, keys)))
		return got < 0 ? -1 : 0;
	got = json_need_int(body, "priority", &priority, f);
	json_decref(body);
	if (got < 0)
		return -1;
	if (priority < -TARGET_PRIORITY_MAX || priority > TARGET_PRIORITY_MAX)
		return fault(f, DATAERR, "priority must be between -%d and %d",
		    TARGET_PRIORITY_MAX, TARGET_PRIORITY_MAX);
	if ((got = targets_get(w->db, id, &o, f)) < 0)
		return -1;
	if (got == 0 || o.campaign != c.id) {
		request_problem(
		    r, 404, "campaign %s has no target %lld", c.name, (long long)id);
		return 0;
	}
	if (db_begin(w->db, f) < 0)
		return -1;
	if ((changed = targets_prioritize(w->db, id, priority, f)) < 0 ||
	    db_commit(w->db, f) < 0) {
		db_rollback(w->db);
		return -1;
	}
	buf_reset(&r->out);
	buf_member_i(&r->out, "id", id);
	buf_member(&r->out, "campaign", c.name);
	buf_member_i(&r->out, "contact", o.contact);
	buf_member_i(&r->out, "priority", priority);
	buf_printf(&r->out, ",\"changed\":%s}\n", changed ? "true" : "false");
	request_json(r, 200);
	return 0;
}
