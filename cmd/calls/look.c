/*
 * list and show: looking. Records in a pipe, a table for people.
 */
#include "verbs.h"

#include "../tool.h"
#include "form.h"
#include "json.h"
#include "logged.h"
#include "talk.h"
#include "target_context.h"

enum { FLUSH_AT = 64 << 10, ROWS = 50 };

static int
ended(struct calls_tool *t, int rc, const struct fault *f)
{
	buf_release(&t->out);
	return rc < 0 ? tool_fail(f) : OK;
}

/* ---- list -------------------------------------------------------------------- */

static void
record(struct buf *b, const struct order *o)
{
	buf_adds(b, "{\"type\":\"attempt\",\"v\":1");
	call_members(b, o);
	call_end_members(b, &o->call);
}

static void
row(struct buf *b, const struct order *o)
{
	const struct call *c = &o->call;
	char text[40];

	form_cell(b, uuid_text(&o->id, text), 36);
	form_cell(b, o->campaign_name, 16);
	form_cell_i(b, o->contact, 7);
	form_cell(b, o->name, 24);
	form_cell(b, o->phone, 16);
	form_cell(b, c->at[RANK_INTENT] ? num_instant_text(c->at[RANK_INTENT], text) : "", 24);
	form_cell(b, rank_name(c->rank), 8);
	form_cell(b, c->rank >= RANK_UNKNOWN ? disposition_name(c->disposition) : "", 12);
	form_cell(b, !c->line_open ? "" : o->hangup_at ? "hanging up" : "open", 0);
	form_end(b);
}

static bool
is_wanted(const struct calls_tool *t, const struct order *o)
{
	return (!t->open || o->call.line_open) &&
	    (!t->state || strcmp(t->state, rank_name(o->call.rank)) == 0) &&
	    (!t->campaign || strcmp(t->campaign, o->campaign_name) == 0) &&
	    (!t->contact || t->contact == o->contact);
}

static int
list(struct calls_tool *t, struct fault *f)
{
	struct uuid after = {{0}};
	struct campaign c;
	struct order o;
	int got;

	if (t->campaign && campaigns_need(&t->db, t->campaign, &c, f) < 0)
		return -1;
	if (t->table)
		buf_adds(&t->out,
		    "ID                                   CAMPAIGN         CONTACT NAME                     "
		    "PHONE            BEGAN                    STATE    END          LINE\n");
	for (int64_t left = t->limit ? t->limit : INT64_MAX; left > 0;) {
		got = t->open ? calls_next_open(&t->db, NULL, &after, &o, f)
			      : calls_next(&t->db, t->contact, &after, &o, f);
		if (got <= 0)
			return got < 0 ? -1 : out_flush(&t->out, f);
		if (!is_wanted(t, &o))
			continue;
		left--;
		if (t->table) {
			row(&t->out, &o);
		} else {
			record(&t->out, &o);
			buf_adds(&t->out, "}\n");
		}
		if (t->out.len >= FLUSH_AT && out_flush(&t->out, f) < 0)
			return -1;
	}
	return out_flush(&t->out, f);
}

int
verb_list(struct calls_tool *t, char **none)
{
	struct fault f;

	(void)none;
	return ended(t, list(t, &f), &f);
}

/* ---- show -------------------------------------------------------------------- */

int
calls_need(struct calls_tool *t, const char *text, struct order *o, struct fault *f)
{
	struct uuid id;
	int got;

	if (uuid_parse(text, strlen(text), &id) < 0)
		return fault(f, DATAERR, "\"%.60s\" is no call id (outreach-calls list)", text);
	if ((got = calls_order(&t->db, &id, o, f)) < 0)
		return -1;
	if (got == 0)
		return fault(f, DATAERR, "there is no call %s (outreach-calls list)", text);
	if (!o->open)
		return fault(f, DATAERR,
		    "call %s is claimed and nobody has dialled it yet (outreach-campaign targets --state claimed %s)",
		    text, o->campaign_name);
	if (o->campaign == 0)
		return fault(f, DATAERR,
		    "no dialer of ours made call %s (outreach-events log tells of it)", text);
	return 0;
}

struct rows {
	struct calls_tool *t;
	struct campaign last;
};

static int
put_row(void *arg, const struct entry *e, struct fault *f)
{
	struct rows *k = arg;
	char at[32];

	if (!k->t->table)
		return logged_record(&k->t->out, &k->t->db, e, &k->last, true, f);
	form_cell_i(&k->t->out, e->seq, 9);
	form_cell(&k->t->out, num_instant_text(e->at, at), 24);
	form_cell(&k->t->out, e->kind, 0);
	form_end(&k->t->out);
	return 0;
}

/* What it is, and what the AI was told in it. */
static int
put_call(struct calls_tool *t, const struct order *o, struct fault *f)
{
	struct buf context = {0}, system = {0};
	int n = target_context_of_call(&t->db, &o->id, &context, &system, f);

	record(&t->out, o);
	if (n > 0) {
		buf_member(&t->out, "context", context.p);
		buf_member(&t->out, "system_message", system.p);
	}
	buf_adds(&t->out, "}\n");
	buf_release(&context);
	buf_release(&system);
	return n < 0 ? -1 : 0;
}

static int
show(struct calls_tool *t, const char *text, struct fault *f)
{
	struct rows k = {.t = t};
	int64_t seq = 0, before = -1;
	struct order o;

	if (calls_need(t, text, &o, f) < 0)
		return -1;
	if (t->table)
		row(&t->out, &o);
	else if (put_call(t, &o, f) < 0)
		return -1;
	while (before != seq) {
		before = seq;
		if (talk_page(&t->db, &o.id, &seq, ROWS, put_row, &k, f) < 0 ||
		    out_flush(&t->out, f) < 0)
			return -1;
	}
	return 0;
}

int
verb_show(struct calls_tool *t, char **id)
{
	struct fault f;

	return ended(t, show(t, *id, &f), &f);
}
