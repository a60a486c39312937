/*
 * api_campaigns: campaigns created and looked at. What takes long goes a page a
 * turn of the loop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api.h"
#include "clock.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "report.h"
#include "schedule.h"
#include "yaml.h"

enum { DUE_MAX = 100000 };

/* ---- one campaign ------------------------------------------------------------------ */

/* The record of outreach-campaign show. */
static int
put_campaign(struct request *r, const struct campaign *c, struct fault *f)
{
	struct web *w = r->web;
	const struct plan *plan = campaigns_plan(w->db, c->id, f);
	json_t *json;

	if (!plan)
		return -1;
	json = plan_json(plan);
	campaign_head(&r->out, c);
	dialers_member(w->dialers, &r->out, c->id, c->state == CAMPAIGN_ACTIVE);
	buf_key(&r->out, "plan");
	json_write(&r->out, json);
	buf_adds(&r->out, "}\n");
	json_decref(json);
	return 0;
}

int
campaign_show(struct request *r, struct fault *f)
{
	struct campaign c;
	int got = api_campaign(r, &c, f);

	if (got <= 0)
		return got;
	if (put_campaign(r, &c, f) < 0)
		return -1;
	request_json(r, 200);
	return 0;
}

/* How many people it has, by how they stand. */
static void
put_people(struct buf *b, const char *key, const struct report *r)
{
	buf_member_i(b, "targets", r->targets);
	buf_key(b, key);
	buf_addc(b, '{');
	for (int i = 0; i < STATE_COUNT; i++)
		buf_member_i(b, report_state_name((enum report_state)i), r->state[i]);
	buf_addc(b, '}');
}

struct naming {
	int64_t after, limit, n, counts;
	struct campaign c; /* whose people are being counted: id 0 none */
	struct report people;
	int64_t person;
};

static int
put_listed(
    struct request *r, const struct campaign *c, const struct report *people, struct fault *f)
{
	struct web *w = r->web;
	const struct plan *plan = campaigns_plan(w->db, c->id, f);

	if (!plan)
		return -1;
	campaign_head(&r->out, c);
	buf_member(&r->out, "exchange", plan->exchange);
	buf_member_i(&r->out, "priority", plan->priority);
	dialers_member(w->dialers, &r->out, c->id, c->state == CAMPAIGN_ACTIVE);
	if (people)
		put_people(&r->out, "people", people);
	buf_adds(&r->out, "}\n");
	api_item(r);
	return 0;
}

/* A page of the campaign's people; with the last it is put. 1 more remains. */
static int
count_listed(struct request *r, struct naming *k, struct fault *f)
{
	struct web *w = r->web;
	int more = report_people_step(w->db, k->c.id, &k->person, &k->people, f);

	if (more != 0)
		return more;
	if (put_listed(r, &k->c, &k->people, f) < 0)
		return -1;
	k->c.id = k->person = 0;
	memset(&k->people, 0, sizeof(k->people));
	return 0;
}

/* With counts=1 a page of people a turn. */
int
campaign_list(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"after", "limit", "counts", NULL};
	struct web *w = r->web;
	struct naming *k = r->data;
	char next[24];
	int got = 0;

	if (!k) {
		k = r->data = xcalloc(1, sizeof(*k));
		r->release = free;
		if (api_known(r, keys) < 0 || api_page(r, &k->after, &k->limit, API_PAGE) < 0 ||
		    api_query_int(r, "counts", 0, 1, &k->counts) < 0)
			return 0;
		api_list(r);
	}
	if (k->c.id)
		return count_listed(r, k, f) < 0 ? -1 : 1;
	while (k->n < k->limit && (got = campaigns_next(w->db, &k->after, &k->c, f)) > 0) {
		k->n++;
		if (k->counts)
			return 1;
		if (put_listed(r, &k->c, NULL, f) < 0)
			return -1;
	}
	if (got < 0)
		return -1;
	snprintf(next, sizeof(next), "%lld", (long long)k->after);
	api_list_end(r, k->n == k->limit ? next : NULL);
	return 0;
}

/* ---- creating ---------------------------------------------------------------------- */

struct creation {
	struct yaml yaml;
	json_t *file; /* the campaign file */
};

static void
forget_creation(void *data)
{
	struct creation *n = data;

	if (n->file != n->yaml.root)
		json_decref(n->file);
	yaml_release(&n->yaml);
	free(n);
}

static bool
is_yaml(const char *type)
{
	static const char *const yaml[] = {
	    "application/yaml", "application/x-yaml", "text/yaml"};

	for (size_t i = 0; type && i < COUNT(yaml); i++) {
		size_t n = strlen(yaml[i]);

		if (strncasecmp(type, yaml[i], n) == 0 && (!type[n] || strchr("; ", type[n])))
			return true;
	}
	return false;
}

static bool
is_http(const struct settings *settings, const json_t *name)
{
	for (size_t i = 0; json_is_string(name) && i < settings->exchanges; i++)
		if (strcmp(settings->exchange[i].name, json_string_value(name)) == 0)
			return settings->exchange[i].http;
	return false;
}

/* In the HTTP thread: the file is read and checked as a whole. */
void
campaign_read(struct request *r)
{
	const char *type = request_field(r, "Content-Type");
	const struct web *w = r->web;
	struct creation *n = xcalloc(1, sizeof(*n));
	struct plan plan = {.name = NULL};
	struct buf all = {0};
	struct fault f;
	int rc = 0;

	r->data = n;
	r->release = forget_creation;
	if (is_yaml(type)) {
		rc =
		    yaml_parse(&n->yaml, "body", r->body.len ? r->body.p : "", r->body.len, &f);
		n->file = n->yaml.root;
	} else if (type && strncasecmp(type, "application/json", 16) != 0) {
		request_problem(
		    r, 415, "what is taken here is application/json or application/yaml");
		return;
	} else if (!(n->file =
			   json_read("body", r->body.p ? r->body.p : "", r->body.len, &f))) {
		rc = -1;
	}
	if (rc < 0) {
		request_problem(r, 400, "%s", f.text);
		return;
	}
	if (plan_compile(&plan, n->file, n->yaml.root ? &n->yaml : NULL, &all, &f) < 0 ||
	    plan_need_dial_string(n->file, n->yaml.root ? &n->yaml : NULL,
		is_http(w->o.settings, json_object_get(n->file, "exchange")), &f) < 0)
		request_problem(r, 422, "%s%s%.*s", f.text, all.len ? "; " : "",
		    (int)(all.len < 600 ? all.len : 600), all.p ? all.p : "");
	plan_release(&plan);
	buf_release(&all);
}

/* A campaign that exists is not changed here: how it is applied, with all that follows, takes its time. */
int
campaign_create(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	const struct creation *n = r->data;
	const char *name = json_string_value(json_object_get(n->file, "name"));
	const char *zone = json_string_value(json_object_get(n->file, "assume_timezone"));
	enum apply_change change = APPLY_CREATED;
	json_t *before = NULL;
	struct campaign c;
	int got = campaigns_get(w->db, name, &c, f);

	if (got < 0 || (got > 0 && !(before = campaigns_file(w->db, c.id, f))))
		return -1;
	if (got > 0) {
		if (!json_equal(before, n->file))
			request_problem(r, 409,
			    "there is a campaign %s with another file (outreach-campaign apply changes it)",
			    name);
		json_decref(before);
		if (r->status)
			return 0;
	} else {
		if (zone && !report_zone(w->db, zone, f)) {
			f->code = DATAERR;
			return fault_in(f, "assume_timezone");
		}
		if (campaigns_apply(w->db, n->file, &change, NULL, f) < 0 ||
		    campaigns_get(w->db, name, &c, f) < 0)
			return -1;
		request_add(r, "Location", "/api/v1/campaigns/%s", c.name);
	}
	if (put_campaign(r, &c, f) < 0)
		return -1;
	request_json(r, got ? 200 : 201);
	return 0;
}

/* ---- progress ---------------------------------------------------------------------- */

struct counting {
	struct campaign c;
	struct report_query q;
	struct report_at at;
	struct report report;
};

static void
forget_counting(void *data)
{
	struct counting *k = data;

	report_release(&k->report);
	free(k);
}

static void
put_counts(struct buf *b, const struct report *r)
{
	static const char *const attempts[] = {"0", "1", "2", "3", "4", "5", "6", "7+"};

	put_people(b, "state", r);
	buf_member_i(b, "calls", r->calls);
	buf_member_i(b, "open", r->open);
	buf_member_i(b, "seizures", r->seizures);
	buf_member_i(b, "answered", r->answered);
	buf_member_i(b, "talk_ms", r->talk_ms);
	buf_member_i(b, "talk_longest_ms", r->longest_ms);
	buf_key(b, "disposition");
	buf_addc(b, '{');
	for (int i = DISP_NONE + 1; i < DISP_COUNT; i++)
		if (r->disposition[i])
			buf_member_i(
			    b, disposition_name((enum disposition)i), r->disposition[i]);
	buf_adds(b, "}");
	buf_key(b, "attempts");
	buf_addc(b, '{');
	for (int i = 0; i < 8; i++)
		if (r->attempts[i])
			buf_member_i(b, attempts[i], r->attempts[i]);
	buf_adds(b, "}");
}

static void
put_series(struct buf *b, const char *key, const int64_t *v, int n)
{
	buf_key(b, key);
	buf_addc(b, '[');
	for (int i = 0; i < n; i++)
		buf_printf(b, "%s%lld", i ? "," : "", (long long)v[i]);
	buf_addc(b, ']');
}

static void
put_timeline(struct buf *b, const struct report *r, const struct openings *o)
{
	const struct timeline *t = &r->timeline;
	int64_t settled = r->state[STATE_DONE] + r->state[STATE_CLOSED];
	int64_t left = r->targets - settled - r->state[STATE_HELD] - r->state[STATE_UNKNOWN];
	int64_t now = clock_wall(),
		finish = timeline_finish(t, o, now, r->calls, settled, left);
	char at[32];

	buf_member_i(b, "calls_per_hour", timeline_pace(t, o, now));
	if (finish)
		buf_member(b, "finish_at", num_instant_text(finish, at));
	if (!t->steps)
		return;
	buf_key(b, "timeline");
	buf_addc(b, '{');
	buf_member(b, "from", num_instant_text(t->from, at));
	buf_member_i(b, "step_ms", t->step_ms);
	put_series(b, "calls", t->calls, t->steps);
	put_series(b, "answered", t->answered, t->steps);
	buf_addc(b, '}');
}

static int
answer_progress(struct request *r, struct counting *k, struct fault *f)
{
	struct web *w = r->web;
	int64_t open, claims, due = 0, next = INT64_MAX;
	struct openings openings;
	char at[32];

	if (schedule_openings(w->db, &k->c, &openings, f) < 0 ||
	    report_load(w->db, k->c.id, &open, &claims, f) < 0 ||
	    (k->c.state == CAMPAIGN_ACTIVE &&
		schedule_due(w->db, &k->c, clock_wall(), DUE_MAX, &due, &next, f) < 0))
		return -1;
	buf_reset(&r->out);
	buf_member(&r->out, "campaign", k->c.name);
	buf_member(&r->out, "state_of_campaign", campaign_state_name(k->c.state));
	buf_member_i(&r->out, "due", due);
	buf_member_i(&r->out, "lines_open", open);
	buf_member_i(&r->out, "claims", claims);
	if (next != INT64_MAX)
		buf_member(&r->out, "next_due_at", num_instant_text(next, at));
	if (campaigns_trial_over(&k->c))
		buf_adds(&r->out, ",\"trial_over\":true");
	put_counts(&r->out, &k->report);
	put_timeline(&r->out, &k->report, &openings);
	dialers_member(w->dialers, &r->out, k->c.id, k->c.state == CAMPAIGN_ACTIVE);
	buf_adds(&r->out, "}\n");
	request_json(r, 200);
	return 0;
}

int
campaign_progress(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct counting *k = r->data;
	int more;

	if (!k) {
		k = r->data = xcalloc(1, sizeof(*k));
		r->release = forget_counting;
		if ((more = api_campaign(r, &k->c, f)) <= 0)
			return more;
		return (k->q.zone = report_zone(w->db, "UTC", f)) ? 1 : -1;
	}
	more = report_step(w->db, &k->c, &k->q, &k->at, &k->report, f);
	return more != 0 ? more : answer_progress(r, k, f);
}
