/*
 * api_plan: POST /api/voice/campaign/start, by which the integration plan hands
 * people and their contexts over and has them called: people are stored, added
 * to the campaign that the request names, told about, and the campaign begins.
 * A page of people a turn; the same request again changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "additions.h"
#include "api.h"
#include "json.h"
#include "mem.h"
#include "prompt.h"
#include "target_context.h"
#include "targets.h"

enum { STUDENTS_MAX = 500, PAGE = 25 };

struct starting {
	json_t *body, *students;
	size_t next;
	struct campaign campaign;
	struct prompt prompt;
	struct buf refused; /* of the answer */
	struct buf region_text;
	const char *region;
	int64_t added, were_in, twins,
	    contexts; /* twins: held, among the added (additions.h) */
	int n_refused;
	bool except;
	struct activating *activating;
};

/* One of a page: who it became. */
struct student {
	const json_t *said;
	int64_t contact; /* 0: refused */
	int64_t priority;
	bool has_priority;
	const char *context; /* or null */
};

static void
forget(void *data)
{
	struct starting *k = data;

	json_decref(k->body);
	prompt_release(&k->prompt);
	buf_release(&k->refused);
	buf_release(&k->region_text);
	api_activation_free(k->activating);
	free(k);
}

/* ---- one student ------------------------------------------------------------------- */

/* An id as text, in out; false if there is none. */
static bool
id_text(const json_t *v, char out[100])
{
	if (json_is_integer(v))
		snprintf(out, 100, "%lld", (long long)json_integer_value(v));
	else if (!json_is_string(v) || copy_text(out, 100, json_string_value(v)) < 0)
		return false;
	return *out != '\0';
}

static void
refuse(struct starting *k, const json_t *said, const char *why)
{
	k->n_refused++;
	buf_adds(&k->refused, k->refused.len ? ",{\"student_id\":" : "{\"student_id\":");
	if (json_object_get(said, "student_id"))
		json_write(&k->refused, json_object_get(said, "student_id"));
	else
		buf_adds(&k->refused, "null");
	buf_member(&k->refused, "reason", why);
	buf_addc(&k->refused, '}');
}

/* What the plan calls by other names becomes the fields of a contact; caller frees. Null: why. */
static json_t *
as_contact(const json_t *said, struct student *s, struct fault *f)
{
	static const char *const same[] = {
	    "phone", "name", "timezone", "language", "attributes", "do_not_call"};
	static const char *const known[] = {
	    "student_id", "phone_number", "context", "priority"};
	json_t *v, *contact = json_object();
	const char *key;
	char id[100];

	json_object_foreach((json_t *)(uintptr_t)said, key, v)
	{
		size_t i = 0, n = 0;

		while (i < COUNT(same) && strcmp(key, same[i]) != 0)
			i++;
		while (n < COUNT(known) && strcmp(key, known[n]) != 0)
			n++;
		if (i < COUNT(same))
			json_object_set(contact, key, v);
		else if (n == COUNT(known))
			fault(f, DATAERR, "a student knows no key \"%.*s\" here",
			    fault_shown(key, strlen(key)), key);
		if (i == COUNT(same) && n == COUNT(known)) {
			json_decref(contact);
			return NULL;
		}
	}
	if (json_object_get(said, "phone_number") && !json_object_get(contact, "phone"))
		json_object_set(contact, "phone", json_object_get(said, "phone_number"));
	v = json_object_get(said, "priority");
	s->has_priority = json_is_integer(v);
	s->priority = json_integer_value(v);
	s->context = json_string_value(json_object_get(said, "context"));
	if (!id_text(json_object_get(said, "student_id"), id))
		fault(f, DATAERR, "student_id is missing, or neither text nor a number");
	else if (v && (!s->has_priority || llabs(s->priority) > TARGET_PRIORITY_MAX))
		fault(f, DATAERR, "priority must be between -%d and %d", TARGET_PRIORITY_MAX,
		    TARGET_PRIORITY_MAX);
	else if (json_object_get(said, "context") && !s->context)
		fault(f, DATAERR, "context is no text");
	else {
		json_object_set_new(contact, "source", json_string("plan"));
		json_object_set_new(contact, "key", json_string(id));
		return contact;
	}
	json_decref(contact);
	return NULL;
}

/* 0 with the contact's id, or 0 where the student is refused; -1. */
static int
store(struct request *r, struct starting *k, struct student *s, struct fault *f)
{
	struct fault why;
	json_t *contact = NULL;
	int rc = -1;

	s->contact = 0;
	if (!json_is_object(s->said))
		fault(&why, DATAERR, "a student is an object");
	else if ((contact = as_contact(s->said, s, &why)))
		rc = api_store_person(r, contact, k->region, &s->contact, &why);
	json_decref(contact);
	if (rc == 0)
		return 0;
	s->contact = 0;
	if (why.code != DATAERR) {
		*f = why;
		return -1;
	}
	refuse(k, s->said, why.text);
	return 0;
}

/* What the AI is told, as it was sent; one that cannot be told holds the person. */
static int
tell(
    struct web *w, struct starting *k, const struct student *s, int64_t target, struct fault *f)
{
	const struct plan *plan = campaigns_plan(w->db, k->campaign.id, f);
	struct person person;
	struct fault why;

	if (!plan || people_get(w->db, s->contact, &person, f) < 0)
		return -1;
	if (prompt_wrap(&k->prompt, plan, &person, s->context, &why) < 0) {
		if (why.code != DATAERR) {
			*f = why;
			return -1;
		}
		refuse(k, s->said, why.text);
		return prompt_hold(w->db, target, why.text, f);
	}
	k->contexts++;
	return target_context_put(
	    w->db, target, NULL, k->prompt.context.p, k->prompt.system_message.p, "pipe", f);
}

static int
set_up(struct web *w, struct starting *k, const struct student *s, struct fault *f)
{
	int64_t target;

	if (targets_find(w->db, k->campaign.id, s->contact, &target, f) < 0)
		return -1;
	if (target == 0)
		return 0;
	if (s->has_priority && targets_prioritize(w->db, target, s->priority, f) < 0)
		return -1;
	return s->context ? tell(w, k, s, target, f) : 0;
}

static void
count_twin(void *arg, const struct twin *w)
{
	struct starting *k = arg;

	(void)w;
	k->twins++;
}

/* Inside a transaction. */
static int
take_page(struct request *r, struct starting *k, size_t n, struct fault *f)
{
	struct web *w = r->web;
	struct student s[PAGE] = {{.context = NULL}};
	int64_t ids[PAGE];
	size_t stored = 0, added = 0;

	for (size_t i = 0; i < n; i++) {
		s[i].said = json_array_get(k->students, k->next + i);
		if (store(r, k, &s[i], f) < 0)
			return -1;
		if (s[i].contact)
			ids[stored++] = s[i].contact;
	}
	if (stored &&
	    additions_put(w->db, k->campaign.id, ids, stored, &added, count_twin, k, f) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (s[i].contact && set_up(w, k, &s[i], f) < 0)
			return -1;
	k->added += (int64_t)added;
	k->were_in += (int64_t)(stored - added);
	k->next += n;
	return 0;
}

static int
next_page(struct request *r, struct starting *k, struct fault *f)
{
	struct web *w = r->web;
	size_t left = json_array_size(k->students) - k->next;

	if (db_begin(w->db, f) < 0)
		return -1;
	if (take_page(r, k, left < PAGE ? left : PAGE, f) < 0 || db_commit(w->db, f) < 0) {
		db_rollback(w->db);
		return -1;
	}
	return 1;
}

/* ---- the request ------------------------------------------------------------------- */

/* 1 go on, 0 answered, -1. */
static int
begin(struct request *r, struct starting *k, struct fault *f)
{
	static const char *const keys[] = {"campaign_id", "students", "except_obstacles", NULL},
				 *const query[] = {"region", NULL};
	struct web *w = r->web;
	int except = 0, got;
	char name[100];

	if (api_known(r, query) < 0 || api_region(r, &k->region_text, &k->region) < 0 ||
	    !(k->body = api_body(r, keys)))
		return 0;
	k->students = json_object_get(k->body, "students");
	if (json_want_bool(k->body, "except_obstacles", &except, f) < 0)
		return -1;
	k->except = except != 0;
	if (!id_text(json_object_get(k->body, "campaign_id"), name))
		return fault(f, DATAERR, "campaign_id must be the name of a campaign");
	if (k->students && !json_is_array(k->students))
		return fault(f, DATAERR, "students must be a list");
	if (json_array_size(k->students) > STUDENTS_MAX)
		return fault(f, DATAERR,
		    "students holds more than %d: send the others in a further request",
		    STUDENTS_MAX);
	if ((got = campaigns_get(w->db, name, &k->campaign, f)) < 0)
		return -1;
	if (got == 0)
		request_problem(r, 404,
		    "there is no campaign %.*s: create it first, as it says who calls, when and from where",
		    fault_shown(name, strlen(name)), name);
	else if (k->campaign.state != CAMPAIGN_DRAFT && k->campaign.state != CAMPAIGN_ACTIVE)
		request_problem(r, 409, "campaign %s is %s", k->campaign.name,
		    campaign_state_name(k->campaign.state));
	return r->status ? 0 : 1;
}

static int
answer(struct request *r, struct starting *k, int64_t held, struct fault *f)
{
	struct web *w = r->web;
	struct campaign c;

	if (campaigns_by_id(w->db, k->campaign.id, &c, f) < 0)
		return -1;
	buf_reset(&r->out);
	buf_member(&r->out, "campaign_id", c.name);
	buf_member(&r->out, "state", campaign_state_name(c.state));
	buf_member_i(&r->out, "added", k->added);
	buf_member_i(&r->out, "were_in", k->were_in);
	buf_member_i(&r->out, "contexts", k->contexts);
	if (k->twins)
		buf_member_i(&r->out, "held", k->twins);
	if (held)
		buf_member_i(&r->out, "held_back", held);
	buf_key(&r->out, "refused");
	buf_printf(&r->out, "[%s]", k->refused.len ? k->refused.p : "");
	dialers_member(w->dialers, &r->out, c.id, c.state == CAMPAIGN_ACTIVE);
	buf_adds(&r->out, "}\n");
	request_json(r, 200);
	return 0;
}

/* Nobody of a request that names people could be taken. */
static bool
all_refused(const struct starting *k)
{
	return k->n_refused > 0 && k->added + k->were_in == 0;
}

int
plan_start(struct request *r, struct fault *f)
{
	struct starting *k = r->data;
	int64_t held = 0;
	int rc;

	if (!k) {
		k = r->data = xcalloc(1, sizeof(*k));
		r->release = forget;
		return begin(r, k, f);
	}
	if (k->next < json_array_size(k->students))
		return next_page(r, k, f);
	if (all_refused(k)) {
		request_problem(r, 422, "nobody was taken: %.*s",
		    (int)(k->refused.len < 600 ? k->refused.len : 600), k->refused.p);
		return 0;
	}
	if (k->campaign.state == CAMPAIGN_ACTIVE)
		return answer(r, k, 0, f);
	if (!k->activating) {
		k->activating = api_activation(r, k->campaign.id, k->except, f);
		return k->activating ? 1 : -1;
	}
	rc = api_activation_step(r, k->activating, &held, f);
	return rc != 0 || r->status ? rc : answer(r, k, held, f);
}
