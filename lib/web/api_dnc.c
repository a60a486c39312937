/*
 * api_dnc: do-not-call: asked, added to, taken from, read by pages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "dnc_meant.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "number.h"
#include "phone.h"

enum { RULES = 200, FOUND = 64 };

/* ---- which rule is meant ------------------------------------------------------------ */

/* The id of a campaign by name; null: 0, all. */
static int
campaign_of(struct db *db, const char *name, int64_t *id, struct fault *f)
{
	struct campaign c;

	*id = 0;
	if (!name)
		return 0;
	if (campaigns_need(db, name, &c, f) < 0)
		return -1;
	*id = c.id;
	return 0;
}

/* Exactly one of phone, prefix and contact says it. */
static int
rule_of(struct db *db, const char *phone, const char *region, const char *prefix,
    int64_t contact, const char *campaign, struct dnc *d, struct fault *f)
{
	*d = (struct dnc){.kind = phone ? DNC_NUMBER : prefix ? DNC_PREFIX : DNC_CONTACT};
	if (!!phone + !!prefix + (contact > 0) != 1)
		return fault(f, DATAERR, "give one of phone, prefix and contact");
	if (phone && number_read(phone, strlen(phone), region, &d->value, f) < 0)
		return -1;
	if (prefix && prefix_read(slice(prefix), &d->value, f) < 0)
		return -1;
	if (contact)
		d->value = contact;
	return campaign_of(db, campaign, &d->campaign, f);
}

static int
one_line(const char *what, const char *text, size_t max, struct fault *f)
{
	if (strlen(text) <= max && text_control(text, strlen(text)) < 0)
		return 0;
	return fault(f, DATAERR, "%s must be one line of at most %zu bytes", what, max);
}

static int
answer_change(struct request *r, int changed)
{
	buf_reset(&r->out);
	buf_printf(&r->out, "{\"changed\":%s}\n", changed ? "true" : "false");
	request_json(r, 200);
	return 0;
}

/* ---- changing ----------------------------------------------------------------------- */

/* A prefix that was added: whom it means is gone through a page a turn. */
struct adding {
	struct dnc rule;
	struct dnc_walk walk;
};

static int
go_through(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct adding *k = r->data;
	int got = dnc_meant_page(w->db, &k->rule, &k->walk, f);

	return got == 0 ? answer_change(r, 1) : got < 0 ? -1 : SERVE_AGAIN;
}

static int
added(struct request *r, const struct dnc *d, int changed)
{
	struct adding *k;

	if (changed <= 0 || d->kind != DNC_PREFIX)
		return changed < 0 ? -1 : answer_change(r, changed);
	k = r->data = xcalloc(1, sizeof(*k));
	r->release = free;
	k->rule = *d;
	return SERVE_AGAIN;
}

int
dnc_add_rule(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"phone", "prefix", "contact", "campaign", "source",
	    "reason", NULL},
				 *const query[] = {"region", NULL};
	struct web *w = r->web;
	const char *phone = NULL, *prefix = NULL, *campaign = NULL, *reason = "", *region;
	const char *source = "api";
	struct buf text = {0};
	int64_t contact = 0;
	struct dnc d;
	json_t *body = NULL;
	int got = -1;

	if (r->data)
		return go_through(r, f);
	if (api_known(r, query) < 0 || api_region(r, &text, &region) < 0 ||
	    !(body = api_body(r, keys))) {
		buf_release(&text);
		return 0;
	}
	if (json_want_text(body, "phone", &phone, f) == 0 &&
	    json_want_text(body, "prefix", &prefix, f) == 0 &&
	    json_want_int(body, "contact", &contact, f) == 0 &&
	    json_want_text(body, "campaign", &campaign, f) == 0 &&
	    json_want_text(body, "source", &source, f) == 0 &&
	    json_want_text(body, "reason", &reason, f) == 0 &&
	    one_line("source", source, 64, f) == 0 && one_line("reason", reason, 190, f) == 0 &&
	    rule_of(w->db, phone, region, prefix, contact, campaign, &d, f) == 0) {
		copy_text(d.source, sizeof(d.source), source);
		copy_text(d.reason, sizeof(d.reason), reason);
		got = dnc_put(w->db, &d, f);
	}
	json_decref(body);
	buf_release(&text);
	return added(r, &d, got);
}

/* The values of a query, null where there is none. */
struct asked {
	struct buf phone, prefix, campaign, reason, region_text;
	const char *region;
	int64_t contact;
};

static void
asked_release(struct asked *a)
{
	buf_release(&a->phone);
	buf_release(&a->prefix);
	buf_release(&a->campaign);
	buf_release(&a->reason);
	buf_release(&a->region_text);
}

static const char *
or_null(const struct buf *b)
{
	return b->len ? b->p : NULL;
}

static int
read_asked(struct request *r, const char *const *keys, struct asked *a)
{
	if (api_known(r, keys) < 0 || api_query(r, "phone", &a->phone) < 0 ||
	    api_query(r, "prefix", &a->prefix) < 0 ||
	    api_query(r, "campaign", &a->campaign) < 0 ||
	    api_query(r, "reason", &a->reason) < 0 ||
	    api_region(r, &a->region_text, &a->region) < 0)
		return -1;
	return api_query_int(r, "contact", 1, INT64_MAX, &a->contact);
}

/* The first that speaks against it; before all others a wish. */
static int
strongest(void *arg, const struct dnc *d, struct fault *f)
{
	struct dnc *k = arg;

	(void)f;
	if (!k->kind || d->kind == DNC_OPTOUT)
		*k = *d;
	return k->kind == DNC_OPTOUT;
}

/* There is no such rule; of a number that is on do-not-call by something else, who can lift that. */
static int
answer_nothing(struct request *r, const struct dnc *asked, struct fault *f)
{
	struct web *w = r->web;
	struct dnc d = {.kind = 0};
	char phone[PHONE_SIZE];

	if (asked->kind == DNC_NUMBER &&
	    dnc_match(w->db, asked->value, asked->campaign ? asked->campaign : DNC_ANY_CAMPAIGN,
		true, strongest, &d, f) < 0)
		return -1;
	phone_text(d.kind == DNC_PREFIX ? d.value : asked->value, phone);
	if (d.kind == DNC_OPTOUT)
		request_problem(r, 409,
		    "%s is on do-not-call by its owner's own wish (%s), which no request lifts: if it was misheard, whoever looks after the store says so with outreach-dnc review --dismiss",
		    phone, d.reason);
	else if (d.kind == DNC_LIST)
		request_problem(r, 409,
		    "%s stands in the do-not-call list %s, which no request changes: whoever looks after the store imports it anew",
		    phone, d.list);
	else if (d.kind == DNC_PREFIX)
		request_problem(r, 409,
		    "there is a rule of its prefix %s (prefix=), none of the number", phone);
	else if (d.kind == DNC_CONTACT)
		request_problem(r, 409,
		    "there is a rule of its contact %lld (contact=), none of the number",
		    (long long)d.value);
	else if (d.kind == DNC_NUMBER)
		request_problem(r, 409, "there is a rule of the number, but %s",
		    d.campaign ? "in a campaign (campaign=)"
			       : "for all campaigns (without campaign)");
	else
		request_problem(r, 404, "there is no such rule");
	return 0;
}

int
dnc_remove_rule(struct request *r, struct fault *f)
{
	static const char *const keys[] = {
	    "phone", "prefix", "contact", "campaign", "reason", "region", NULL};
	struct web *w = r->web;
	struct asked a = {.contact = 0};
	struct dnc d;
	int got = 0;

	if (read_asked(r, keys, &a) == 0) {
		got = rule_of(w->db, or_null(&a.phone), a.region, or_null(&a.prefix), a.contact,
		    or_null(&a.campaign), &d, f);
		if (got == 0)
			got = one_line("reason", a.reason.len ? a.reason.p : "", 190, f);
		if (got == 0) {
			copy_text(d.reason, sizeof(d.reason), a.reason.len ? a.reason.p : "");
			got = dnc_drop(w->db, &d, f);
		}
		if (got == 0)
			got = answer_nothing(r, &d, f);
		else if (got > 0)
			answer_change(r, 1);
	}
	asked_release(&a);
	return got < 0 ? -1 : 0;
}

/* ---- asking ------------------------------------------------------------------------- */

struct found {
	struct dnc rule[FOUND];
	const struct plan *plan;
	int n;
};

/* Gathered: the store is not asked while it answers. */
static int
gather(void *arg, const struct dnc *d, struct fault *f)
{
	struct found *k = arg;

	(void)f;
	if (d->kind == DNC_LIST && k->plan && !dnc_plan_uses(k->plan, d->list))
		return 0;
	k->rule[k->n++] = *d;
	return k->n == FOUND;
}

static int
check(struct request *r, const struct asked *a, struct fault *f)
{
	const char *phone = or_null(&a->phone), *campaign = or_null(&a->campaign);
	struct web *w = r->web;
	struct found *k = xcalloc(1, sizeof(*k));
	int64_t number = 0, id = 0;
	int rc = phone ? number_read(phone, strlen(phone), a->region, &number, f)
		       : fault(f, DATAERR, "phone is missing: the number to ask about");

	if (rc == 0)
		rc = campaign_of(w->db, campaign, &id, f);
	if (rc == 0 && id && !(k->plan = campaigns_plan(w->db, id, f)))
		rc = -1;
	if (rc == 0)
		rc = dnc_match(w->db, number, id ? id : DNC_ANY_CAMPAIGN, true, gather, k, f);
	buf_reset(&r->out);
	buf_printf(&r->out, "{\"listed\":%s,\"rules\":[", k->n ? "true" : "false");
	for (int i = 0; rc >= 0 && i < k->n; i++) {
		rc = dnc_record(w->db, &r->out, &k->rule[i], number, f);
		r->out.len--; /* its newline */
		buf_adds(&r->out, i + 1 < k->n ? "," : "");
	}
	buf_adds(&r->out, "]}\n");
	free(k);
	if (rc >= 0)
		request_json(r, 200);
	return rc < 0 ? -1 : 0;
}

int
dnc_check(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"phone", "campaign", "region", NULL};
	struct asked a = {.contact = 0};
	int rc = 0;

	if (read_asked(r, keys, &a) == 0)
		rc = check(r, &a, f);
	asked_release(&a);
	return rc;
}

/* "KIND.VALUE.CAMPAIGN" */
static int
cursor_read(const char *text, struct dnc *d)
{
	int kind, end = 0;
	long long value, campaign;

	if (sscanf(text, "%1d.%20lld.%18lld%n", &kind, &value, &campaign, &end) != 3 ||
	    text[end])
		return -1;
	*d = (struct dnc){.kind = (enum dnc_kind)kind, .value = value, .campaign = campaign};
	return 0;
}

int
dnc_list_rules(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"after", "limit", NULL};
	struct web *w = r->web;
	struct dnc *rule, after = {.value = 0};
	struct buf text = {0};
	int64_t limit = API_PAGE;
	char next[80];
	int n = 0, got;

	if (api_known(r, keys) < 0 || api_query_int(r, "limit", 1, RULES, &limit) < 0 ||
	    (got = api_query(r, "after", &text)) < 0)
		return 0;
	if (got && cursor_read(text.p, &after) < 0)
		request_problem(r, 400, "after must be what next was");
	buf_release(&text);
	if (r->status)
		return 0;
	rule = xcalloc((size_t)limit, sizeof(*rule));
	api_list(r);
	got = dnc_page(w->db, &after, rule, (int)limit, f);
	for (; got >= 0 && n < got; n++) {
		if (dnc_record(w->db, &r->out, &rule[n], 0, f) < 0)
			got = -1;
		else
			api_item(r);
	}
	free(rule);
	if (got < 0)
		return -1;
	snprintf(next, sizeof(next), "\"%d.%lld.%lld\"", (int)after.kind,
	    (long long)after.value, (long long)after.campaign);
	api_list_end(r, n == limit ? next : NULL);
	return 0;
}
