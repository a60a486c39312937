/*
 * api_status: where the store stands, and what who asks may do: what a page
 * must know before it shows anything else.
 */
#include "api.h"
#include "calls.h"
#include "clock.h"
#include "control.h"
#include "journal.h"
#include "num.h"

static void
put_stop(struct buf *b, const struct stop *st)
{
	char at[32];

	buf_printf(b, ",\"stopped\":%s", st->stopped ? "true" : "false");
	if (!st->stopped)
		return;
	buf_member(b, "stopped_at", num_instant_text(st->at, at));
	buf_member(b, "stopped_by", st->actor);
	buf_member(b, "reason", *st->reason ? st->reason : NULL);
}

/* The journal's position is read first: what happens meanwhile comes again by the stream. */
int
status_show(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	char at[32], hex[65];
	int64_t seq, open;
	struct stop st;

	if (journal_head(w->db, &seq, hex, f) < 0 || control_stopped(w->db, &st, f) < 0 ||
	    calls_open_count(w->db, 0, &open, f) < 0)
		return -1;
	buf_member(&r->out, "version", OUTREACH_VERSION);
	buf_member(&r->out, "now", num_instant_text(clock_wall(), at));
	buf_member_i(&r->out, "clock_scale", clock_scale());
	buf_member_i(&r->out, "seq", seq);
	buf_member_i(&r->out, "open_calls", open);
	buf_member(&r->out, "actor", *r->actor ? r->actor : NULL);
	buf_member(&r->out, "role", r->may_act ? "operator" : "viewer");
	put_stop(&r->out, &st);
	buf_adds(&r->out, "}\n");
	request_json(r, 200);
	return 0;
}
