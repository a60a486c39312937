/*
 * door_post: what exchanges that are told by HTTP need of the door: the body
 * of a request, filled from the store, and their calls followed in the journal,
 * where outreach-serve and outreach-events put what their webhooks say.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "door_parts.h"
#include "journal.h"
#include "json.h"
#include "mem.h"
#include "people.h"
#include "served.h"

enum { FOLLOW_MS = 100, PAGE = 500, DEEP = 8 }; /* of real time */

/* The integration plan's request. */
static const char plan_body[] =
    "{\"phone_number\":\"{{phone}}\",\"system_message\":\"{{system_message}}\",\"metadata\":"
    "{\"student_id\":\"{{contact}}\",\"campaign_id\":\"{{campaign.name}}\",\"call_id\":\"{{call}}\"}}";

/* ---- the body ------------------------------------------------------------------------ */

/*
 * Fills every text of v, and of what is in it, as a template; data null: only looks whether each is one.
 * The texts are encoded behind it, so that nothing in a person's data can leave its place.
 */
static int fill(json_t *v, int depth, const json_t *data, struct fault *f);

/* The filled text in place of its template; null with a fault. */
static json_t *
filled(const json_t *text, const json_t *data, struct fault *f)
{
	struct template *t = template_new(json_string_value(text), f);
	struct buf out = {0};
	json_t *v = NULL;

	if (t == NULL)
		return NULL;
	buf_adds(&out, "");
	if (data == NULL)
		v = json_incref((json_t *)(uintptr_t)text);
	else if (template_fill(t, data, &out, f) == 0)
		v = json_stringn(out.p, out.len);
	template_free(t);
	buf_release(&out);
	return v;
}

static int
fill_object(json_t *object, int depth, const json_t *data, struct fault *f)
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v)
	{
		if (!json_is_string(v)) {
			if (fill(v, depth + 1, data, f) < 0)
				return -1;
			continue;
		}
		if ((v = filled(v, data, f)) == NULL)
			return fault_in(f, "%s", key);
		json_object_set_new(object, key, v);
	}
	return 0;
}

static int
fill_array(json_t *array, int depth, const json_t *data, struct fault *f)
{
	size_t i;
	json_t *v;

	json_array_foreach(array, i, v)
	{
		if (!json_is_string(v)) {
			if (fill(v, depth + 1, data, f) < 0)
				return -1;
			continue;
		}
		if ((v = filled(v, data, f)) == NULL)
			return -1;
		json_array_set_new(array, i, v);
	}
	return 0;
}

static int
fill(json_t *v, int depth, const json_t *data, struct fault *f)
{
	if (depth > DEEP)
		return fault(f, CONFIG, "it is nested more than %d deep", DEEP);
	if (json_is_object(v))
		return fill_object(v, depth, data, f);
	return json_is_array(v) ? fill_array(v, depth, data, f) : 0;
}

static json_t *
body_of(const struct exchange *x, struct fault *f)
{
	const char *text = x->body != NULL ? x->body : plan_body;

	return json_read("body", text, strlen(text), f);
}

int
door_post_check(const struct exchange *x, struct fault *f)
{
	json_t *body = body_of(x, f);
	int rc = body == NULL ? -1 : fill(body, 0, NULL, f);

	json_decref(body);
	if (rc < 0) {
		f->code = CONFIG;
		fault_in(f, "exchange %s: body", x->name);
	}
	return rc;
}

static void
set_text(json_t *data, const char *key, const char *text)
{
	json_object_set_new(data, key, json_string(text != NULL ? text : ""));
}

/* What a template of the campaign sees, and the call; null with a fault. */
static json_t *
data_of(struct door *d, const struct plan *plan, const struct order *o, struct fault *f)
{
	struct buf system = {0};
	struct plan_texts texts;
	json_t *data = NULL;
	struct person p;
	char id[37];
	int n = people_get(d->opt.db, o->contact, &p, f);

	if (n <= 0) {
		if (n == 0)
			fault(f, DATAERR, "contact %lld was forgotten", (long long)o->contact);
		return NULL;
	}
	if (d->prompt == NULL)
		d->prompt = xcalloc(1, sizeof(*d->prompt));
	(void)plan_texts(plan, p.language, &texts);
	data = prompt_data(d->prompt, plan, &p, o->phone, f);
	if (data == NULL)
		return NULL;
	/* No context, no call; and what it is told is what the store has. */
	n = served_get(d->opt.db, &o->id, &system, f);
	if (n <= 0) {
		if (n == 0)
			fault(f, UNAVAILABLE, "there is no context for this call");
		json_decref(data);
		buf_release(&system);
		return NULL;
	}
	set_text(data, "call", uuid_text(&o->id, id));
	set_text(data, "system_message", system.p);
	set_text(data, "caller_id", plan->caller_id);
	set_text(data, "voice", texts.voice);
	json_object_set_new(data, "contact", json_integer(o->contact));
	json_object_set_new(data, "attempt", json_integer(o->attempt));
	json_object_set_new(data, "ring_seconds", json_integer(plan->ring_ms / 1000));
	json_object_set_new(data, "max_seconds", json_integer(plan->max_ms / 1000));
	buf_release(&system);
	return data;
}

int
door_post_body(struct door *d, const struct exchange *x, const struct plan *plan,
    const struct order *o, struct buf *out, struct fault *f)
{
	json_t *data = data_of(d, plan, o, f), *body = data == NULL ? NULL : body_of(x, f);
	int rc = body == NULL ? -1 : fill(body, 0, data, f);

	if (rc == 0)
		json_write(out, body);
	else if (body != NULL)
		fault_in(f, "exchange %s: body", x->name);
	json_decref(body);
	json_decref(data);
	return rc;
}

/* ---- following ------------------------------------------------------------------------- */

/* What the context's delivery waits to hear. */
static void
heard(struct door *d, struct door_call *call, const struct call *now, enum call_rank rank)
{
	struct door_fact fact = {.id = call->order.id, .call = call};

	if (now->at[rank] == 0 || call->order.call.at[rank] != 0)
		return;
	fact.fact.event = (struct call_event){.rank = rank, .talk_ms = now->talk_ms};
	door_context_heard(d, &fact);
}

void
door_follow_call(struct door *d, const struct uuid *id)
{
	struct door_call *call = dial_tag(d->dial, id);
	struct dial_input in = {.kind = DIAL_KNOWN, .id = *id};
	struct order now;
	struct fault f;

	if (call == NULL)
		return;
	if (calls_order(d->opt.db, id, &now, &f) < 0) {
		door_word(d, DOOR_WARN, "%s", f.text);
		return;
	}
	if (!now.open)
		return;
	heard(d, call, &now.call, RANK_ANSWERED);
	heard(d, call, &now.call, RANK_ENDED);
	call->order.call = now.call;
	call->order.open = true;
	in.call = &now.call;
	door_feed(d, &in);
}

static void
change(void *arg, const char *kind, const struct uuid *id)
{
	struct door *d = arg;

	if (strncmp(kind, "call.", 5) == 0 && dial_posted(d->dial, id))
		door_follow_call(d, id);
}

static void
follow(void *arg)
{
	struct door *d = arg;
	struct fault f;
	int64_t before;

	d->follow = loop_at(d->loop, clock_mono() + FOLLOW_MS * clock_scale(), follow, d);
	do {
		before = d->seq;
		if (served_changes(d->opt.db, &d->seq, PAGE, change, d, &f) < 0) {
			door_word(d, DOOR_SAY, "%s", f.text); /* the next turn reads again */
			return;
		}
	} while (d->seq >= before + PAGE);
}

int
door_follow(struct door *d, struct fault *f)
{
	char hex[65];

	if (d->follow != NULL)
		return 0;
	if (journal_head(d->opt.db, &d->seq, hex, f) < 0)
		return -1;
	d->follow = loop_at(d->loop, clock_mono(), follow, d);
	return 0;
}

void
door_post_stop(struct door *d)
{
	loop_cancel(d->loop, d->follow);
	if (d->prompt != NULL)
		prompt_release(d->prompt);
	free(d->prompt);
}
