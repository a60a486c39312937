/*
 * api_calls: calls whose line is open, and the journal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "calls.h"
#include "logged.h"
#include "mem.h"
#include "num.h"

enum { CALLS_MAX = 200, LOOK = 200, ROWS_MAX = 500, ROWS_PAGE = 50 };

/* ---- calls ------------------------------------------------------------------------- */

struct calling {
	struct uuid after;
	int64_t limit, n;
	struct buf campaign; /* empty: any */
};

static void
forget_calling(void *data)
{
	struct calling *k = data;

	buf_release(&k->campaign);
	free(k);
}

/* 0, or -1 answered. */
static int
begin_calling(struct request *r, struct calling *k)
{
	static const char *const keys[] = {"open", "campaign", "after", "limit", NULL};
	struct buf text = {0};
	int64_t open = 0;
	int got;

	if (api_known(r, keys) < 0 || api_query_int(r, "open", 1, 1, &open) < 0 ||
	    api_query_int(r, "limit", 1, CALLS_MAX, &k->limit) < 0 ||
	    api_query(r, "campaign", &k->campaign) < 0 ||
	    (got = api_query(r, "after", &text)) < 0)
		return -1;
	if (got > 0 && uuid_parse(text.p, text.len, &k->after) < 0)
		request_problem(r, 400, "after must be the id of a call");
	else if (!open)
		request_problem(r, 400, "ask for the open ones: open=1");
	buf_release(&text);
	return r->status ? -1 : 0;
}

/* So many open lines a turn: those of other campaigns are passed over. */
int
call_list(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct calling *k = r->data;
	char next[40];
	struct order o;
	int got = 0;

	if (!k) {
		k = r->data = xcalloc(1, sizeof(*k));
		r->release = forget_calling;
		k->limit = API_PAGE;
		if (begin_calling(r, k) < 0)
			return 0;
		api_list(r);
	}
	for (int i = 0;
	     k->n < k->limit && (got = calls_next_open(w->db, NULL, &k->after, &o, f)) > 0;) {
		if (k->campaign.len && strcmp(k->campaign.p, o.campaign_name) != 0) {
			if (++i == LOOK)
				return 1;
			continue;
		}
		buf_addc(&r->out, '{');
		call_members(&r->out, &o);
		buf_adds(&r->out, "}\n");
		api_item(r);
		k->n++;
	}
	if (got < 0)
		return -1;
	next[0] = '"';
	uuid_text(&k->after, next + 1);
	next[37] = '"';
	next[38] = '\0';
	api_list_end(r, k->n == k->limit ? next : NULL);
	return 0;
}

/* Its own dialer, or outreach-supervise in its place, or nobody. */
static void
who_hangs_up(const struct web *w, const struct order *o, struct buf *b)
{
	bool alive = owner_alive(w->db, o->owner), supervised = !dialers_over(w->dialers);

	buf_member(b, "dialer", alive ? "alive" : supervised ? "supervised" : "gone");
	if (!alive && !supervised)
		buf_member(b, "text",
		    "its dialer is gone and nobody is there to hang up: run outreach reconcile, or a dialer of its exchange");
}

int
call_ask_hangup(struct request *r, struct fault *f)
{
	static const char *const none[] = {NULL};
	struct web *w = r->web;
	struct order o;
	json_t *body = api_body(r, none);
	int got;

	if (!body)
		return 0;
	json_decref(body);
	if ((got = api_call(r, &o, f)) <= 0)
		return got;
	if (!o.call.line_open || o.campaign == 0) {
		request_problem(r, 409,
		    o.campaign == 0 ? "no dialer of ours made this call"
				    : "the line of this call is not open any more");
		return 0;
	}
	if (!o.hangup_at) {
		if (db_begin(w->db, f) < 0)
			return -1;
		if (calls_ask_hangup_one(w->db, &o, f) < 0 || db_commit(w->db, f) < 0) {
			db_rollback(w->db);
			return -1;
		}
	}
	buf_printf(
	    &r->out, "{\"status\":\"asked\",\"changed\":%s", o.hangup_at ? "false" : "true");
	who_hangs_up(w, &o, &r->out);
	buf_adds(&r->out, "}\n");
	request_json(r, 202);
	return 0;
}

/* ---- the journal ------------------------------------------------------------------- */

int
api_row(void *arg, const struct entry *e, struct fault *f)
{
	struct api_rows *k = arg;
	struct web *w = k->r->web;

	if (logged_record(&k->r->out, w->db, e, &k->last, true, f) < 0)
		return -1;
	api_item(k->r);
	k->n++;
	return 0;
}

int
journal_list(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"from", "limit", NULL};
	struct web *w = r->web;
	struct api_rows k = {.r = r};
	int64_t from = 1, limit = API_PAGE;
	char next[24];

	if (api_known(r, keys) < 0 || api_query_int(r, "from", 1, INT64_MAX, &from) < 0 ||
	    api_query_int(r, "limit", 1, ROWS_MAX, &limit) < 0)
		return 0;
	from--;
	api_list(r);
	/* A row may be long: few are read at a time. */
	for (int64_t before = -1, left;
	     before != from && (left = limit - k.n) > 0 && r->out.len <= API_BYTES;) {
		before = from;
		if (journal_page(w->db, &from, (int)(left < ROWS_PAGE ? left : ROWS_PAGE),
			api_row, &k, f) < 0)
			return -1;
	}
	snprintf(next, sizeof(next), "%lld", (long long)from + 1);
	api_list_end(r, k.n == limit || r->out.len > API_BYTES ? next : NULL);
	return 0;
}
