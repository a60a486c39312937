/*
 * prompt: template plus person to context and system message.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "num.h"
#include "campaigns.h"
#include "prompt.h"
#include "target_context.h"
#include "targets.h"

static int
compile(struct prompt *p, const char *name, const struct plan_texts *texts, struct fault *f)
{
	if (!texts->template || !*texts->template)
		return fault(f, CONFIG, "campaign %s has no context template", name);
	if (p->source && strcmp(p->source, texts->template) == 0)
		return 0;
	free(p->source);
	template_free(p->compiled);
	p->source = NULL;
	p->compiled = template_new(texts->template, f);
	if (!p->compiled)
		return fault_in(f, "campaign %s", name);
	p->source = xstrdup(texts->template);
	return 0;
}

static void
set(json_t *data, const char *key, const char *text)
{
	if (text && *text)
		json_object_set_new(data, key, json_string(text));
	else
		json_object_del(data, key); /* a column of that name is not it */
}

/* Caller frees; null with a fault. */
static json_t *
data_of(const struct plan *plan, const struct person *who, const char *phone, struct fault *f)
{
	json_t *data = who->attributes
	    ? json_read("attributes", who->attributes, strlen(who->attributes), f)
	    : json_object();

	if (!json_is_object(data)) {
		json_decref(data);
		fault(f, SOFTWARE, "the attributes of contact %lld are no object",
		    (long long)who->id);
		return NULL;
	}
	set(data, "id", who->key);
	set(data, "name", who->name);
	set(data, "phone", phone);
	set(data, "language", who->language);
	set(data, "timezone", who->timezone);
	json_object_set_new(data, "campaign",
	    json_pack("{s:s, s:s}", "name", plan->name, "description",
		plan->description ? plan->description : ""));
	return data;
}

/* Leaves out control characters (C0, DEL, C1) but newline and tab. */
static void
clean(struct buf *b)
{
	size_t to = 0, from = 0;

	while (from < b->len) {
		ptrdiff_t at = text_control(b->p + from, b->len - from);
		size_t run = at < 0 ? b->len - from : (size_t)at;

		memmove(b->p + to, b->p + from, run);
		to += run;
		from += run;
		if (from == b->len)
			break;
		if (b->p[from] == '\n' || b->p[from] == '\t')
			b->p[to++] = b->p[from++];
		else
			from += (unsigned char)b->p[from] == 0xc2 ? 2 : 1;
	}
	b->len = to;
	if (b->p)
		b->p[to] = '\0';
}

static int
check(const struct buf *context, struct fault *f)
{
	if (strspn(context->p ? context->p : "", " \t\n") == context->len)
		return fault(f, DATAERR, "the context is empty");
	if (context->len > PROMPT_MAX)
		return fault(f, DATAERR, "the context has %zu bytes, more than %d",
		    context->len, PROMPT_MAX);
	return 0;
}

int
prompt_siblings(struct prompt *p, struct db *db, const struct plan *plan,
    const struct siblings *with, struct fault *f)
{
	struct person who;
	json_t *one;
	int n;

	json_decref(p->siblings);
	p->siblings = NULL;
	if (with->n == 0)
		return 0;
	p->siblings = json_array();
	for (int i = 0; i < with->n; i++) {
		if ((n = people_get(db, with->contact[i], &who, f)) <= 0)
			return n < 0 ? -1
				     : fault(f, DATAERR, "contact %lld was forgotten",
					   (long long)with->contact[i]);
		if (!(one = data_of(plan, &who, NULL, f)))
			return -1;
		json_array_append_new(p->siblings, one);
	}
	return 0;
}

/*
 * The list of the template. A name that only the person has is null for the others: looked up
 * outside the list it would give them a value that is not theirs.
 */
static void
add_siblings(json_t *data, json_t *with)
{
	const char *key;
	json_t *one, *v;
	size_t i;

	json_array_foreach(with, i, one)
	{
		json_object_set(one, "phone", json_object_get(data, "phone"));
		json_object_foreach(data, key, v)
		{
			if (!json_object_get(one, key))
				json_object_set_new(one, key, json_null());
		}
	}
	if (with)
		json_object_set(data, "siblings", with);
	else
		json_object_del(data, "siblings"); /* a column of that name is not it */
}

static void
make_message(struct prompt *p, const struct plan_texts *texts)
{
	struct buf *m = &p->system_message;

	if (texts->base_prompt && *texts->base_prompt) {
		buf_adds(m, texts->base_prompt);
		while (m->len && m->p[m->len - 1] == '\n')
			m->len--;
		buf_adds(m, "\n\n");
		clean(m);
	}
	buf_add(m, p->context.p, p->context.len);
}

json_t *
prompt_data(struct prompt *p, const struct plan *plan, const struct person *who,
    const char *phone, struct fault *f)
{
	json_t *with = p->siblings, *data = data_of(plan, who, phone, f);

	p->siblings = NULL;
	if (data && plan->merge_siblings)
		add_siblings(data, with);
	json_decref(with);
	return data;
}

/* What is in p->context becomes both texts. */
static int
finish(struct prompt *p, const struct plan_texts *texts, struct fault *f)
{
	clean(&p->context);
	if (check(&p->context, f) < 0)
		return -1;
	make_message(p, texts);
	return 0;
}

static int
texts_for(struct prompt *p, const struct plan *plan, const struct person *who,
    struct plan_texts *texts, struct fault *f)
{
	buf_reset(&p->context);
	buf_reset(&p->system_message);
	if (!plan_texts(plan, who->language, texts))
		return fault(
		    f, DATAERR, "the campaign has no texts in the language %s", who->language);
	return 0;
}

static void
gather(json_t *fields, const json_t *data)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)data, key, v)
	{
		if (!json_is_object(v) && !json_is_array(v) &&
		    json_object_size(fields) < PROMPT_FIELDS)
			json_object_set_new(fields, key, json_true());
	}
}

int
prompt_make(struct prompt *p, const struct plan *plan, const struct person *who,
    const char *phone, struct fault *f)
{
	struct plan_texts texts;
	json_t *data = prompt_data(p, plan, who, phone, f);
	int rc = -1;

	if (data && p->fields)
		gather(p->fields, data);
	if (data && texts_for(p, plan, who, &texts, f) == 0 &&
	    compile(p, plan->name, &texts, f) == 0 &&
	    template_fill(p->compiled, data, &p->context, f) == 0)
		rc = finish(p, &texts, f);
	json_decref(data);
	return rc;
}

bool
prompt_tells_key(struct prompt *p, const char *name, const struct plan_texts *texts)
{
	struct fault none;

	return compile(p, name, texts, &none) == 0 && template_names(p->compiled, "id");
}

int
prompt_wrap(struct prompt *p, const struct plan *plan, const struct person *who,
    const char *context, struct fault *f)
{
	struct plan_texts texts;

	if (texts_for(p, plan, who, &texts, f) < 0)
		return -1;
	buf_adds(&p->context, context);
	return finish(p, &texts, f);
}

/* The reason for which a target is held whose context cannot be made, cut where it is long; returns out. */
static char *
prompt_held(char out[200], const char *why)
{
	size_t n = strlen(PROMPT_HELD);
	ptrdiff_t bad;

	copy_text(out, 200, PROMPT_HELD);
	copy_text(out + n, 200 - n, why);
	bad = utf8_bad(out, strlen(out));
	if (bad >= 0)
		out[bad] = '\0'; /* a character cut in two */
	return out;
}

bool
prompt_is_held(const char *held)
{
	return strncmp(held, PROMPT_HELD, strlen(PROMPT_HELD)) == 0;
}

int
prompt_hold(struct db *db, int64_t target, const char *why, struct fault *f)
{
	struct target_owner o;
	char held[200];
	int got = targets_get(db, target, &o, f);

	prompt_held(held, why);
	if (got <= 0 || (*o.held && !prompt_is_held(o.held)) || strcmp(held, o.held) == 0)
		return got < 0 ? -1 : 0;
	return targets_hold(db, target, held, f);
}

int
prompt_unhold(struct db *db, int64_t target, struct fault *f)
{
	struct target_owner o;
	int got = targets_get(db, target, &o, f);

	return got > 0 && prompt_is_held(o.held) ? targets_release(db, target, f)
	    : got < 0                            ? -1
						 : 0;
}

int
prompt_obstacle(struct prompt *m, struct db *db, const struct plan *plan,
    const struct person *p, struct obstacle *o, struct fault *f)
{
	char phone[20];
	struct fault why;
	int told;

	if (prompt_make(m, plan, p, p->phones ? phone_text(p->phone[0], phone) : NULL, &why) ==
	    0)
		return 0;
	if (why.code != DATAERR) {
		*f = why;
		return -1;
	}
	/* Somebody else wrote it one. */
	told = target_context_get(db, o->target, NULL, &m->context, &m->system_message, f);
	if (told != 0)
		return told < 0 ? -1 : 0;
	o->code = "context";
	prompt_held(o->text, why.text);
	return 1;
}

void
prompt_release(struct prompt *p)
{
	buf_release(&p->context);
	buf_release(&p->system_message);
	template_free(p->compiled);
	json_decref(p->siblings);
	json_decref(p->fields);
	free(p->source);
	*p = (struct prompt){.compiled = NULL};
}
