/*
 * prompt: template plus person to context and system message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "num.h"
#include "prompt.h"

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
prompt_make(struct prompt *p, const struct plan *plan, const struct person *who,
    const char *phone, struct fault *f)
{
	struct plan_texts texts;
	json_t *data;
	int rc;

	buf_reset(&p->context);
	buf_reset(&p->system_message);
	if (!plan_texts(plan, who->language, &texts))
		return fault(
		    f, DATAERR, "the campaign has no texts in the language %s", who->language);
	if (compile(p, plan->name, &texts, f) < 0 || !(data = data_of(plan, who, phone, f)))
		return -1;
	rc = template_fill(p->compiled, data, &p->context, f);
	json_decref(data);
	if (rc < 0)
		return -1;
	clean(&p->context);
	if (check(&p->context, f) < 0)
		return -1;
	if (texts.base_prompt && *texts.base_prompt) {
		buf_adds(&p->system_message, texts.base_prompt);
		while (p->system_message.len &&
		    p->system_message.p[p->system_message.len - 1] == '\n')
			p->system_message.len--;
		buf_adds(&p->system_message, "\n\n");
		clean(&p->system_message);
	}
	buf_add(&p->system_message, p->context.p, p->context.len);
	return 0;
}

char *
prompt_held(char out[200], const char *why)
{
	ptrdiff_t bad;

	snprintf(out, 200, "%s%s", PROMPT_HELD, why);
	bad = utf8_bad(out, strlen(out));
	if (bad >= 0)
		out[bad] = '\0'; /* a character cut in two */
	return out;
}

void
prompt_release(struct prompt *p)
{
	buf_release(&p->context);
	buf_release(&p->system_message);
	template_free(p->compiled);
	free(p->source);
	*p = (struct prompt){.compiled = NULL};
}
