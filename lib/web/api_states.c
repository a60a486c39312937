/*
 * api_states: a campaign is switched on and off. What takes long goes a page a
 * turn of the loop.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "prompt.h"
#include "schedule.h"

/* ---- states ------------------------------------------------------------------------ */

/* The campaign as it is now, with whether that is new. */
static int
answer_state(struct request *r, int64_t id, bool changed, int64_t held, struct fault *f)
{
	struct web *w = r->web;
	struct campaign c;

	if (campaigns_by_id(w->db, id, &c, f) < 0)
		return -1;
	buf_reset(&r->out);
	campaign_head(&r->out, &c);
	buf_printf(&r->out, ",\"changed\":%s", changed ? "true" : "false");
	if (held)
		buf_member_i(&r->out, "held_back", held);
	dialers_member(w->dialers, &r->out, c.id, c.state == CAMPAIGN_ACTIVE);
	buf_adds(&r->out, "}\n");
	request_json(r, 200);
	return 0;
}

/* The reason in the body, if there is one, into text; -1 answered. */
static int
read_reason(struct request *r, const char *const *keys, char text[200])
{
	json_t *body = api_body(r, keys);
	const char *reason = NULL;
	struct fault f;
	int rc = 0;

	*text = '\0';
	if (!body)
		return -1;
	if (json_want_text(body, "reason", &reason, &f) < 0) {
		request_problem(r, 422, "%s", f.text);
		rc = -1;
	} else if (reason &&
	    (strlen(reason) > 190 || text_control(reason, strlen(reason)) >= 0)) {
		request_problem(r, 422, "reason must be one line of at most 190 bytes");
		rc = -1;
	} else if (reason) {
		copy_text(text, 200, reason);
	}
	json_decref(body);
	return rc;
}

static const char *const reason_alone[] = {"reason", NULL}, *const nothing[] = {NULL};

int
campaign_pause(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct campaign c;
	char reason[200];
	bool changed;
	int got = api_campaign(r, &c, f);

	if (got <= 0 || read_reason(r, reason_alone, reason) < 0)
		return got < 0 ? -1 : 0;
	if (campaigns_pause(w->db, c.id, *reason ? reason : NULL, &changed, f) < 0)
		return -1;
	return answer_state(r, c.id, changed, 0, f);
}

int
campaign_resume(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct campaign c;
	char reason[200];
	bool changed;
	int got = api_campaign(r, &c, f);

	if (got <= 0 || read_reason(r, nothing, reason) < 0)
		return got < 0 ? -1 : 0;
	if (campaigns_resume(w->db, c.id, &changed, f) < 0)
		return -1;
	return answer_state(r, c.id, changed, 0, f);
}

struct cancelling {
	int64_t campaign;
	bool changed;
};

int
campaign_cancel(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct cancelling *k = r->data;
	struct campaign c;
	char reason[200];
	int got;

	if (!k) {
		if ((got = api_campaign(r, &c, f)) <= 0 ||
		    read_reason(r, reason_alone, reason) < 0)
			return got < 0 ? -1 : 0;
		k = r->data = xcalloc(1, sizeof(*k));
		r->release = free;
		k->campaign = c.id;
		if (campaigns_close(w->db, c.id, *reason ? reason : NULL, &k->changed, f) < 0)
			return -1;
		return 1;
	}
	if ((got = schedule_rebuild_page(w->db, k->campaign, f)) != 0)
		return got;
	return answer_state(r, k->campaign, k->changed, 0, f);
}

/* ---- activation -------------------------------------------------------------------- */

enum { SHOWN = 5 };

struct activating {
	struct db *db;
	struct activation *a;
	struct prompt prompt;
	int64_t campaign;
	struct buf shown; /* the first obstacles, for the answer */
	int n;
};

void
api_activation_free(struct activating *k)
{
	if (!k)
		return;
	campaigns_activation_free(k->a);
	prompt_release(&k->prompt);
	buf_release(&k->shown);
	free(k);
}

static void
forget_activating(void *data)
{
	api_activation_free(data);
}

static int
check_person(void *arg, const struct plan *plan, const struct person *p, struct obstacle *o,
    struct fault *f)
{
	struct activating *k = arg;

	return prompt_obstacle(&k->prompt, k->db, plan, p, o, f);
}

static void
show_obstacle(void *arg, const struct obstacle *o)
{
	struct activating *k = arg;

	if (k->n++ < SHOWN)
		buf_printf(&k->shown, "; contact %lld: %.150s", (long long)o->contact, o->text);
}

struct activating *
api_activation(struct request *r, int64_t campaign, bool except, struct fault *f)
{
	struct web *w = r->web;
	const struct plan *plan = campaigns_plan(w->db, campaign, f);
	struct activating *k;
	struct campaign c;

	if (!plan || campaigns_by_id(w->db, campaign, &c, f) < 0)
		return NULL;
	if (settings_has_exchange(w->o.settings, plan->exchange, f) < 0) {
		f->code = REFUSED; /* nobody can be called there */
		return NULL;
	}
	k = xcalloc(1, sizeof(*k));
	k->campaign = campaign;
	k->db = w->db;
	if ((k->a = campaigns_activation(w->db, &c, except, f)))
		return k;
	api_activation_free(k);
	return NULL;
}

int
api_activation_step(struct request *r, struct activating *k, int64_t *held, struct fault *f)
{
	struct web *w = r->web;
	int rc =
	    campaigns_activation_step(w->db, k->a, check_person, show_obstacle, k, held, f);

	if (rc < 0 && f->code == REFUSED && k->shown.len) {
		request_problem(r, 409, "%s%s", f->text, k->shown.p);
		return 0;
	}
	return rc;
}

int
campaign_activate(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"except_obstacles", NULL};
	struct activating *k = r->data;
	int64_t held = 0;
	struct campaign c;
	int except = 0, rc;
	json_t *body;

	if (k) {
		rc = api_activation_step(r, k, &held, f);
		return rc != 0 || r->status ? rc : answer_state(r, k->campaign, true, held, f);
	}
	if ((rc = api_campaign(r, &c, f)) <= 0 || !(body = api_body(r, keys)))
		return rc < 0 ? -1 : 0;
	rc = json_want_bool(body, "except_obstacles", &except, f);
	json_decref(body);
	if (rc < 0 || !(k = api_activation(r, c.id, except != 0, f)))
		return -1;
	r->data = k;
	r->release = forget_activating;
	return 1;
}
