/*
 * show, list and targets: looking, which takes nothing. Records in a pipe, a
 * table for people.
 */
#include "targets.h"
#include "verbs.h"

#include "../tool.h"
#include "contact.h"
#include "form.h"
#include "json.h"
#include "people.h"

enum { FLUSH_AT = 64 << 10 };

/* ---- show -------------------------------------------------------------------- */

static void
table_value(struct buf *b, const json_t *v)
{
	const char *text = json_string_value(v), *end;

	if (!text) {
		json_write(b, v);
		buf_addc(b, '\n');
		return;
	}
	if (!strchr(text, '\n')) {
		buf_adds(b, text);
		buf_addc(b, '\n');
		return;
	}
	buf_addc(b, '|');
	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		buf_printf(b, "\n  %.*s", (int)(end - text), text);
	}
	buf_addc(b, '\n');
}

static int
show(struct campaign_tool *t, const char *name, struct buf *b, struct fault *f)
{
	const struct plan *plan;
	struct campaign c;
	const char *key;
	json_t *v, *json;

	if (campaigns_need(&t->db, name, &c, f) < 0 ||
	    !(plan = campaigns_plan(&t->db, c.id, f)))
		return -1;
	json = plan_json(plan);
	if (t->table) {
		buf_printf(b, "# %s is %s; %lld calls so far\n", c.name,
		    campaign_state_name(c.state), (long long)c.intents);
		json_object_foreach(json, key, v)
		{
			buf_printf(b, "%s: ", key);
			table_value(b, v);
		}
	} else {
		campaign_head(b, &c);
		buf_key(b, "plan");
		json_write(b, json);
		buf_adds(b, "}\n");
	}
	json_decref(json);
	return 0;
}

int
verb_show(struct campaign_tool *t, char **name)
{
	struct buf b = {0};
	struct fault f;
	int status = OK;

	if (show(t, *name, &b, &f) < 0 || out_flush(&b, &f) < 0)
		status = tool_fail(&f);
	buf_release(&b);
	return status;
}

/* ---- list -------------------------------------------------------------------- */

static void
list_row(struct buf *b, const struct campaign *c, const struct plan *plan)
{
	form_cell(b, c->name, 24);
	form_cell(b, campaign_state_name(c->state), 9);
	form_cell(b, plan->exchange, 12);
	form_cell_i(b, plan->priority, 8);
	form_cell_i(b, c->intents, 8);
	form_end(b);
}

static void
list_record(struct buf *b, const struct campaign *c, const struct plan *plan)
{
	campaign_head(b, c);
	buf_member(b, "exchange", plan->exchange);
	buf_member_i(b, "priority", plan->priority);
	buf_adds(b, "}\n");
}

int
verb_list(struct campaign_tool *t, char **none)
{
	struct buf b = {0};
	struct campaign c;
	struct fault f;
	int64_t after = 0;
	int got;

	if (t->table)
		buf_adds(
		    &b, "NAME                     STATE     EXCHANGE     PRIORITY CALLS\n");
	while ((got = campaigns_next(&t->db, &after, &c, &f)) > 0) {
		const struct plan *plan = campaigns_plan(&t->db, c.id, &f);

		if (!plan) {
			got = -1;
			break;
		}
		(t->table ? list_row : list_record)(&b, &c, plan);
	}
	if (got == 0)
		got = out_flush(&b, &f);
	buf_release(&b);
	return got < 0 ? tool_fail(&f) : OK;
}

/* ---- targets ----------------------------------------------------------------- */

struct listing {
	const char *campaign;
	bool table;
	struct buf b;
};

static void
target_row(struct buf *b, const struct target *x, const struct person *p)
{
	char phone[20] = "", at[32] = "";

	if (p->phones)
		phone_text(p->phone[0], phone);
	if (x->due_at)
		num_instant_text(x->due_at, at);
	form_cell_i(b, x->id, 7);
	form_cell_i(b, x->contact, 7);
	form_cell(b, p->name ? p->name : "", 24);
	form_cell(b, phone, 16);
	form_cell(b, x->state, 8);
	form_cell_i(b, x->attempts, 5);
	form_cell(b, at, 24);
	form_cell(b, x->reason, 0);
	form_end(b);
}

static int
put_target(void *arg, const struct target *x, const struct person *p, struct fault *f)
{
	struct listing *l = arg;

	if (l->table)
		target_row(&l->b, x, p);
	else
		target_record(&l->b, l->campaign, x, p);
	return l->b.len >= FLUSH_AT ? out_flush(&l->b, f) : 0;
}

int
verb_targets(struct campaign_tool *t, char **name)
{
	const struct target_query q = {.state = t->state,
	    .reason = t->reason,
	    .due = t->due,
	    .without_context = t->without_context,
	    .contact = t->contact,
	    .limit = t->limit};
	struct listing l = {.table = t->table};
	struct campaign c;
	struct fault f;
	int status = OK;

	if (campaigns_need(&t->db, *name, &c, &f) < 0)
		return tool_fail(&f);
	l.campaign = c.name;
	if (l.table)
		buf_adds(&l.b,
		    "ID      CONTACT NAME                     PHONE            STATE    TRIES "
		    "DUE                      REASON\n");
	if (targets_list(&t->db, &c, &q, put_target, &l, &f) < 0 || out_flush(&l.b, &f) < 0)
		status = tool_fail(&f);
	buf_release(&l.b);
	return status;
}
