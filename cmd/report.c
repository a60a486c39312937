/*
 * outreach-report: a campaign in numbers: people by state, calls by outcome,
 * attempts, rates and durations, by hour and by day, or by person.
 */
#define TOOL "outreach-report"

#include "report/view.h"

#include "args.h"
#include "tool.h"
#include "zone.h"

static const char usage[] =
    "usage: outreach-report [-d STORE] [--by contact] [--day YYYY-MM-DD]\n"
    "       [--format table|ndjson|csv] [--timezone ZONE] CAMPAIGN\n";

enum { FLUSH_AT = 64 << 10 };

struct tool {
	struct db db;
	struct campaign campaign;
	struct report_query query;
	struct view view;
};

/* ---- the numbers ----------------------------------------------------------------- */

static int64_t
permille(int64_t part, int64_t whole)
{
	return whole ? (part * 1000 + whole / 2) / whole : 0;
}

static void
put_totals(struct view *v, const struct report *r)
{
	int64_t done = r->state[STATE_DONE], closed = r->state[STATE_CLOSED];
	const struct {
		const char *name;
		int64_t n;
		enum view_unit unit;
	} totals[] = {
	    {"targets", r->targets, UNIT_COUNT},
	    {"calls", r->calls, UNIT_COUNT},
	    {"open", r->open, UNIT_COUNT},
	    {"seizures", r->seizures, UNIT_COUNT},
	    {"answered", r->answered, UNIT_COUNT},
	    {"answer_seizure_ratio", permille(r->answered, r->seizures), UNIT_PERMILLE},
	    {"completion_rate", permille(done + closed, r->targets), UNIT_PERMILLE},
	    {"success_rate", permille(done, r->targets), UNIT_PERMILLE},
	    {"talk", r->talk_ms, UNIT_MS},
	    {"talk_average", r->answered ? r->talk_ms / r->answered : 0, UNIT_MS},
	    {"talk_longest", r->longest_ms, UNIT_MS},
	    {"ring_average", r->rung ? r->ring_ms / r->rung : 0, UNIT_MS},
	};

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
		view_number(v, "totals", totals[i].name, totals[i].n, totals[i].unit, -1);
}

static void
put_series(struct view *v, const struct report *r)
{
	char name[32];
	int y, m, d;

	for (int h = 0; h < REPORT_HOURS; h++) {
		snprintf(name, sizeof(name), "%02d", h);
		if (r->hour_calls[h])
			view_number(
			    v, "hour", name, r->hour_calls[h], UNIT_COUNT, r->hour_answered[h]);
	}
	for (size_t i = 0; i < r->days; i++) {
		civil_from_days(r->day[i].day, &y, &m, &d);
		snprintf(name, sizeof(name), "%04d-%02d-%02d", y, m, d);
		view_number(v, "day", name, r->day[i].calls, UNIT_COUNT, r->day[i].answered);
	}
}

static void
put_report(struct view *v, const struct report *r)
{
	char name[8];

	for (int i = 0; i < STATE_COUNT; i++)
		view_number(v, "targets", report_state_name((enum report_state)i), r->state[i],
		    UNIT_COUNT, -1);
	for (int i = DISP_NONE + 1; i < DISP_COUNT; i++)
		if (r->disposition[i])
			view_number(v, "calls", disposition_name((enum disposition)i),
			    r->disposition[i], UNIT_COUNT, -1);
	for (int i = OUTCOME_NONE + 1; i < OUTCOMES; i++)
		if (r->outcome[i])
			view_number(v, "outcomes", outcome_name((enum outcome)i), r->outcome[i],
			    UNIT_COUNT, -1);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "%d%s", i, i == 7 ? "+" : "");
		if (r->attempts[i])
			view_number(v, "attempts", name, r->attempts[i], UNIT_COUNT, -1);
	}
	put_totals(v, r);
	put_series(v, r);
}

static int
report_campaign(struct tool *t, struct fault *f)
{
	struct report r;
	int rc = report_make(&t->db, &t->campaign, &t->query, &r, f);

	if (rc == 0) {
		view_start(&t->view, false);
		put_report(&t->view, &r);
		rc = out_flush(&t->view.out, f);
	}
	report_release(&r);
	return rc;
}

/* ---- by contact ------------------------------------------------------------------ */

static int
put_person(void *arg, const struct report_person *r, const struct person *p, struct fault *f)
{
	struct view *v = arg;

	view_person(v, r, p);
	return v->out.len > FLUSH_AT ? out_flush(&v->out, f) : 0;
}

static int
report_contacts(struct tool *t, struct fault *f)
{
	view_start(&t->view, true);
	if (report_people(&t->db, &t->campaign, &t->query, put_person, &t->view, f) < 0)
		return -1;
	return out_flush(&t->view.out, f);
}

/* ---- options --------------------------------------------------------------------- */

static int
parse_day(const char *s, int64_t *day, struct fault *f)
{
	if (!s || (civil_read(s, day) && *day > 0))
		return 0;
	return fault(f, USAGE, "--day: %s is no date (YYYY-MM-DD)", s);
}

static int
parse(struct tool *t, int operands, const char *by, const char *day, const char *format,
    struct fault *f)
{
	if (operands != 1)
		return fault(f, USAGE, "one campaign is wanted");
	if (by && strcmp(by, "contact"))
		return fault(f, USAGE, "--by: only contact is known, not %s", by);
	if (form_parse(format, &t->view.format, f) < 0)
		return -1;
	return parse_day(day, &t->query.only_day, f);
}

/* The campaign, and the zone of the series: the one that was asked for, else the campaign's. */
static int
find(struct tool *t, const char *name, const char *zone, struct fault *f)
{
	const struct plan *plan;

	if (campaigns_need(&t->db, name, &t->campaign, f) < 0 ||
	    !(plan = campaigns_plan(&t->db, t->campaign.id, f)))
		return -1;
	t->view.campaign = t->campaign.name;
	if (!zone)
		zone = plan->assume_timezone ? plan->assume_timezone : "UTC";
	t->view.zone = zone;
	t->query.zone = report_zone(&t->db, zone, f);
	return t->query.zone ? 0 : -1;
}

int
main(int argc, char **argv)
{
	const char *path = NULL, *by = NULL, *day = NULL, *zone = NULL, *format = NULL;
	bool help = false;
	const struct arg table[] = {{0, "by", .text = &by}, {'d', "db", .text = &path},
	    {0, "day", .text = &day}, {0, "format", .text = &format},
	    {'h', "help", .flag = &help}, {0, "timezone", .text = &zone}, {0}};
	struct settings settings = {0};
	struct tool t = {.query = {.zone = NULL}};
	struct fault f;
	int n = args_read(argc, argv, table, &f), status = OK;

	if (help && n >= 0)
		return tool_help(usage);
	if (n < 0 || parse(&t, n, by, day, format, &f) < 0)
		return tool_misused(&f, usage);
	if (tool_open(&t.db, &settings, path, DB_READ, &f) < 0)
		return tool_fail(&f);
	if (find(&t, argv[0], zone, &f) < 0 ||
	    (by ? report_contacts(&t, &f) : report_campaign(&t, &f)) < 0)
		status = tool_fail(&f);
	buf_release(&t.view.out);
	tool_close(&t.db, &settings);
	return out_close(TOOL, status);
}
