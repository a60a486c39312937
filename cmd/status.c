/*
 * outreach-status: what is going on in this store, at a glance. The numbers
 * in full are outreach-report's.
 */
#define TOOL "outreach-status"

#include "args.h"
#include "calls.h"
#include "house.h"
#include "report.h"
#include "schedule.h"
#include "tool.h"

static const char usage[] = "usage: outreach status [--format table|ndjson] [-d STORE]\n"
			    "Says whether this store is stopped, and what its campaigns do.\n";

struct view {
	struct db *db;
	bool table;
	struct buf out;
	int64_t campaigns, open, claims;
};

static void
put_stop(struct view *v, const struct stop *st)
{
	char at[32];

	if (v->table) {
		buf_adds(&v->out, st->stopped ? "STOPPED" : "not stopped");
		if (st->stopped)
			buf_printf(&v->out, " since %s by %s%s%s (outreach resume)",
			    num_instant_text(st->at, at), st->actor, *st->reason ? ": " : "",
			    st->reason);
		buf_printf(&v->out, "\nopen calls %lld, claims %lld\n", (long long)v->open,
		    (long long)v->claims);
		return;
	}
	buf_printf(&v->out, "{\"type\":\"status\",\"v\":1,\"stopped\":%s",
	    st->stopped ? "true" : "false");
	if (st->stopped) {
		buf_member(&v->out, "stopped_at", num_instant_text(st->at, at));
		buf_member(&v->out, "actor", st->actor);
		buf_member(&v->out, "reason", *st->reason ? st->reason : NULL);
	}
	buf_member(&v->out, "store", v->db->path);
	buf_member_i(&v->out, "campaigns", v->campaigns);
	buf_member_i(&v->out, "open_calls", v->open);
	buf_member_i(&v->out, "claims", v->claims);
	buf_adds(&v->out, "}\n");
}

static void
put_campaign(
    struct buf *b, bool table, const struct campaign *c, const struct report *r, int64_t due)
{
	const char *state = campaign_state_name(c->state);

	if (table) {
		if (b->len == 0)
			buf_printf(b, "\n%-24s %-9s %7s %7s %7s %7s %7s %7s %7s %7s %7s\n",
			    "campaign", "state", "targets", "due", "waiting", "claimed",
			    "calling", "unknown", "held", "done", "closed");
		buf_printf(b, "%-24s %-9s %7lld %7lld", c->name, state, (long long)r->targets,
		    (long long)due);
	} else {
		buf_adds(b, "{\"type\":\"status\",\"v\":1");
		buf_member(b, "campaign", c->name);
		buf_member(b, "state", state);
		buf_member_i(b, "targets", r->targets);
		buf_member_i(b, "due", due);
	}
	for (int i = 0; i < STATE_COUNT; i++) {
		if (!table)
			buf_member_i(b, report_state_name((enum report_state)i), r->state[i]);
		else
			buf_printf(b, " %7lld", (long long)r->state[i]);
	}
	buf_adds(b, table ? "\n" : "}\n");
}

static int
each_campaign(struct view *v, struct buf *lines, struct fault *f)
{
	struct campaign c;
	int64_t after = 0, due, next;
	int got;

	while ((got = campaigns_next(v->db, &after, &c, f)) > 0) {
		struct report r = {0};

		due = 0;
		if (report_targets(v->db, c.id, &r, f) < 0 ||
		    (c.state == CAMPAIGN_ACTIVE &&
			schedule_due(v->db, &c, clock_wall(), INT64_MAX, &due, &next, f) < 0))
			return -1;
		v->campaigns++;
		v->claims += r.state[STATE_CLAIMED];
		put_campaign(lines, v->table, &c, &r, due);
	}
	return got;
}

static int
show(struct view *v, struct fault *f)
{
	struct buf lines = {0};
	struct stop st;
	int rc = -1;

	if (control_stopped(v->db, &st, f) == 0 && calls_open_count(v->db, 0, &v->open, f) == 0)
		rc = each_campaign(v, &lines, f);
	if (rc == 0) {
		put_stop(v, &st);
		if (lines.len)
			buf_add(&v->out, lines.p, lines.len);
		rc = out_flush(&v->out, f);
	}
	buf_release(&lines);
	buf_release(&v->out);
	return rc;
}

int
main(int argc, char **argv)
{
	bool help = false;
	const char *path = NULL, *format = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {0, "format", .text = &format},
	    {'h', "help", .flag = &help}, {0}};
	struct house h = {.db.turn = -1};
	struct view v = {.db = &h.db};
	struct fault f;
	int n = args_read(argc, argv, table, &f), rc;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(&f, USAGE, "%s: no operand is wanted (outreach-report %s)", argv[0],
		    argv[0]);
	if (n >= 0 && tool_format(format, &v.table, &f) < 0)
		n = -1;
	if (n < 0)
		return tool_misused(&f, usage);
	rc = house_open(&h, path, DB_READ, &f);
	if (rc == 0)
		rc = show(&v, &f);
	house_close(&h);
	return out_close(TOOL, rc == 0 ? OK : tool_fail(&f));
}
