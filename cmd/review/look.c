/*
 * list, export, show and preview: looking, which changes nothing.
 */
#include "targets.h"
#include "verbs.h"

#include "../tool.h"
#include "campaigns.h"
#include "form.h"
#include "people.h"

/* ---- many ---------------------------------------------------------------------- */

static bool
is_other(const struct review_tool *t, const struct reviewed *r)
{
	return (t->state && strcmp(t->state, review_name(r->state))) ||
	    (t->origin && strcmp(t->origin, r->seq ? r->origin : ""));
}

static bool
lacks_text(const struct review_tool *t, const struct reviewed *r)
{
	return !r->seq || is_other(t, r);
}

struct table {
	struct review_tool *tool;
	struct buf out;
};

static int
row(void *arg, const struct target *x, const struct person *p, struct fault *f)
{
	struct table *l = arg;
	struct reviewed r;
	char at[32] = "";

	if (reviews_get(&l->tool->db, x->id, &r, f) < 0)
		return -1;
	if (is_other(l->tool, &r))
		return 0;
	form_cell_i(&l->out, x->id, 7);
	form_cell_i(&l->out, x->contact, 7);
	form_cell(&l->out, p->name ? p->name : "", 24);
	form_cell(&l->out, x->state, 8);
	form_cell(&l->out, review_name(r.state), 8);
	form_cell(&l->out, r.origin, 8);
	form_cell(&l->out, r.at ? num_instant_text(r.at, at) : "", 24);
	form_cell(&l->out, r.by, 0);
	form_end(&l->out);
	return l->out.len >= 64 << 10 ? out_flush(&l->out, f) : 0;
}

static int
show_table(struct review_tool *t, const char *name, struct fault *f)
{
	const struct target_query q = {.contact = t->contact};
	struct table l = {.tool = t};
	struct campaign c;
	int rc = campaigns_need(&t->db, name, &c, f);

	buf_adds(&l.out,
	    "ID      CONTACT NAME                     STATE    REVIEW   ORIGIN   SAID AT"
	    "                  BY\n");
	if (rc == 0 && (rc = targets_list(&t->db, &c, &q, row, &l, f)) == 0)
		rc = out_flush(&l.out, f);
	buf_release(&l.out);
	return rc;
}

int
verb_list(struct review_tool *t, char **name)
{
	struct fault f;
	bool table = false;

	if (tool_format(t->format, &table, &f) < 0)
		return tool_fail(&f);
	if ((table ? show_table(t, *name, &f)
		   : who_records(t, *name, t->contact, false, is_other, &f)) < 0)
		return tool_fail(&f);
	return OK;
}

int
verb_export(struct review_tool *t, char **name)
{
	struct fault f;

	return who_records(t, *name, t->contact, true, lacks_text, &f) < 0 ? tool_fail(&f) : OK;
}

/* ---- one ------------------------------------------------------------------------ */

static void
add_finding(void *arg, const struct check_finding *w)
{
	buf_adds(arg, "check ");
	finding_line(arg, w);
}

/* Who, from whom, what was said of it, what the checks say. */
static int
head(struct review_tool *t, const struct subject *s, const struct prompt *p, struct buf *out,
    struct fault *f)
{
	const struct plan *plan = campaigns_plan(&t->db, s->campaign, f);
	struct judge *judge = judge_new(&t->db);
	struct reviewed r;
	struct person who;
	char at[32];
	int got = plan ? people_get(&t->db, s->contact, &who, f) : -1;

	if (got > 0)
		buf_printf(out, "target %lld of %s: contact %lld, %s\n", (long long)s->target,
		    plan->name, (long long)s->contact, who.name ? who.name : "without a name");
	if (got >= 0)
		got = reviews_get(&t->db, s->target, &r, f);
	if (got > 0) {
		buf_printf(out, "origin %s", r.origin);
		if (!strcmp(r.origin, "model") && plan->context && plan->context->model)
			buf_printf(out, ", %s", plan->context->model);
		buf_printf(out, ", made at %s\n", num_instant_text(r.made_at, at));
		buf_printf(out, "review %s", review_name(r.state));
		if (r.at)
			buf_printf(out, " at %s by %s", num_instant_text(r.at, at), r.by);
		buf_addc(out, '\n');
	} else if (got == 0) {
		buf_adds(out, "origin none: this is what the template would make\n");
	}
	if (got >= 0) {
		got =
		    judge_run(judge, s, p->context.p, p->system_message.p, add_finding, out, f);
		if (got == 0)
			buf_adds(out, "check all passed\n");
		if (got == JUDGE_NONE)
			buf_adds(out, "check none: the campaign has no block context\n");
	}
	judge_free(judge);
	return got < 0 && got != JUDGE_NONE ? -1 : 0;
}

int
verb_show(struct review_tool *t, char **operand)
{
	struct prompt p = {.compiled = NULL};
	struct buf out = {0};
	struct subject s;
	struct fault f;
	int status = OK;

	if (who_find(t, *operand, &s, &f) < 0 || who_texts(t, &s, &p, &f) < 0 ||
	    head(t, &s, &p, &out, &f) < 0) {
		status = tool_fail(&f);
	} else {
		buf_addc(&out, '\n');
		buf_add(&out, p.context.p, p.context.len);
		if (out.p[out.len - 1] != '\n')
			buf_addc(&out, '\n');
		if (out_flush(&out, &f) < 0)
			status = tool_fail(&f);
	}
	buf_release(&out);
	prompt_release(&p);
	return status;
}

int
verb_preview(struct review_tool *t, char **operand)
{
	struct prompt p = {.compiled = NULL};
	struct subject s;
	struct fault f;
	int got = who_find(t, *operand, &s, &f);

	if (got == 0)
		got = who_texts(t, &s, &p, &f);
	if (got == 0 && !t->quiet)
		fprintf(stderr,
		    TOOL ": there is no context yet: this is what the template would make\n");
	if (got >= 0) {
		if (p.system_message.p[p.system_message.len - 1] != '\n')
			buf_addc(&p.system_message, '\n');
		got = out_flush(&p.system_message, &f);
	}
	prompt_release(&p);
	return got < 0 ? tool_fail(&f) : OK;
}
