/*
 * callback, requeue and why: another call to one person, and what the one
 * decision says to it.
 */
#include "targets.h"
#include "verbs.h"

#include "../tool.h"
#include "again.h"
#include "form.h"

/* ---- one person's target ------------------------------------------------------- */

static int
find(struct campaign_tool *t, const char *name, struct campaign *c, int64_t *target,
    struct fault *f)
{
	if (campaigns_need(&t->db, name, c, f) < 0 ||
	    targets_find(&t->db, c->id, t->contact, target, f) < 0)
		return -1;
	if (!*target)
		return fault(f, DATAERR,
		    "contact %lld is not in campaign %s (outreach-campaign targets %s)",
		    (long long)t->contact, c->name, c->name);
	return 0;
}

/* ---- another call ---------------------------------------------------------------- */

struct saying {
	struct campaign_tool *t;
	const struct campaign *c;
};

/* What becomes of it, in a line. */
static int
say(void *arg, const struct target *x, const struct person *p, struct fault *f)
{
	const struct saying *s = arg;
	char at[32] = "";

	(void)p;
	(void)f;
	if (x->due_at)
		num_instant_text(x->due_at, at);
	fprintf(stderr, TOOL ": %s: contact %lld: %s%s%s%s%s\n", s->c->name,
	    (long long)x->contact, x->state, *at ? " until " : "", at, *x->reason ? ", " : "",
	    x->reason);
	return 0;
}

static int
again(struct campaign_tool *t, const char *name, struct fault *f)
{
	struct target_query q = {.contact = t->contact};
	struct campaign c;
	int64_t target, at = 0;

	if (find(t, name, &c, &target, f) < 0)
		return -1;
	if (t->at && again_read_time(&t->db, target, t->at, &at, f) < 0)
		return fault_in(f, "--at");
	if (t->at && at <= clock_wall())
		return fault(
		    f, DATAERR, "--at %s is over (requeue: as soon as allowed)", t->at);
	if ((t->none ? again_end(&t->db, target, f) : again_ask(&t->db, target, at, f)) < 0)
		return -1;
	return t->quiet ? 0 : targets_list(&t->db, &c, &q, say, &(struct saying){t, &c}, f);
}

int
verb_requeue(struct campaign_tool *t, char **name)
{
	struct fault f;

	return again(t, *name, &f) < 0 ? tool_fail(&f) : OK;
}

int
verb_callback(struct campaign_tool *t, char **name)
{
	return verb_requeue(t, name); /* with --at */
}

/* ---- why ------------------------------------------------------------------------- */

static void
why_table(struct buf *b, const struct target *x)
{
	char at[32];

	buf_printf(
	    b, "contact %lld: %s", (long long)x->contact, verdict_name(x->decision.verdict));
	if (x->decision.at)
		buf_printf(b, " %s", num_instant_text(x->decision.at, at));
	buf_addc(b, '\n');
	for (int i = 0; i < x->decision.reasons; i++) {
		const struct reason *r = &x->decision.reason[i];

		form_cell(b, r->code, 14);
		form_cell(b, verdict_name(r->verdict), 10);
		form_cell(b, r->until ? num_instant_text(r->until, at) : "", 24);
		form_cell(b, r->text, 60);
		form_cell(b, r->cite ? r->cite : "", 0);
		form_end(b);
	}
}

static void
why_record(struct buf *b, const char *campaign, const struct target *x)
{
	char at[32];

	buf_adds(b, "{\"type\":\"decision\",\"v\":1");
	buf_member(b, "campaign", campaign);
	buf_member_i(b, "target", x->id);
	buf_member_i(b, "contact", x->contact);
	buf_member(b, "verdict", verdict_name(x->decision.verdict));
	if (x->decision.at)
		buf_member(b, "at", num_instant_text(x->decision.at, at));
	buf_key(b, "reasons");
	buf_addc(b, '[');
	for (int i = 0; i < x->decision.reasons; i++) {
		const struct reason *r = &x->decision.reason[i];

		buf_adds(b, i ? ",{\"code\":" : "{\"code\":");
		buf_json(b, r->code, strlen(r->code));
		buf_member(b, "verdict", verdict_name(r->verdict));
		buf_member(b, "text", r->text);
		buf_member(b, "cite", r->cite);
		buf_member(b, "until", r->until ? num_instant_text(r->until, at) : NULL);
		buf_addc(b, '}');
	}
	buf_adds(b, "]}\n");
}

struct asking {
	const char *campaign;
	bool table;
	struct buf b;
};

static int
put_why(void *arg, const struct target *x, const struct person *p, struct fault *f)
{
	struct asking *a = arg;

	(void)p;
	(void)f;
	if (a->table)
		why_table(&a->b, x);
	else
		why_record(&a->b, a->campaign, x);
	return 0;
}

int
verb_why(struct campaign_tool *t, char **name)
{
	struct asking a = {.table = t->table};
	struct target_query q = {.contact = t->contact};
	struct campaign c;
	struct fault f;
	int64_t target;
	int status = OK;

	if (find(t, *name, &c, &target, &f) < 0)
		return tool_fail(&f);
	a.campaign = c.name;
	if (targets_list(&t->db, &c, &q, put_why, &a, &f) < 0 || out_flush(&a.b, &f) < 0)
		status = tool_fail(&f);
	buf_release(&a.b);
	return status;
}
