/*
 * outreach-report: a campaign in numbers, as a table, NDJSON or CSV.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "csv.h"
#include "house.h"
#include "mem.h"
#include "num.h"
#include "out.h"
#include "report.h"

enum format { TABLE, NDJSON, CSV };

struct view {
	struct db *db;
	const struct campaign *campaign;
	struct report_query query;
	enum format format;
	struct buf out;
	const char *section; /* the last one printed, for the table's headings */
};

static const char usage[] =
    "usage: outreach-report [-d DB] [--by contact] [--day YYYY-MM-DD] [--timezone ZONE]\n"
    "                       [--format table|ndjson|csv] CAMPAIGN\n";

/* ---- one line ---------------------------------------------------------------- */

static void
put_table(struct view *v, const char *section, const char *name, int64_t n, const char *unit,
    int64_t answered)
{
	if (!v->section || strcmp(v->section, section))
		buf_printf(&v->out, "%s%s\n", v->section ? "\n" : "", section);
	v->section = section;
	if (!strcmp(unit, "permille"))
		buf_printf(&v->out, "  %-22s %8lld.%lld %%", name, (long long)(n / 10),
		    (long long)(n % 10));
	else if (!strcmp(unit, "ms"))
		buf_printf(&v->out, "  %-22s %8lld.%lld s", name, (long long)(n / 1000),
		    (long long)(n % 1000 / 100));
	else
		buf_printf(&v->out, "  %-22s %8lld", name, (long long)n);
	if (answered >= 0)
		buf_printf(&v->out, "   %lld answered", (long long)answered);
	buf_addc(&v->out, '\n');
}

static void
put_record(struct view *v, const char *section, const char *name, int64_t n, const char *unit,
    int64_t answered)
{
	buf_adds(&v->out, "{\"type\":\"report\",\"v\":1");
	buf_member(&v->out, "campaign", v->campaign->name);
	buf_member(&v->out, "section", section);
	buf_member(&v->out, "name", name);
	buf_member_i(&v->out, "n", n);
	if (*unit)
		buf_member(&v->out, "unit", unit);
	if (answered >= 0)
		buf_member_i(&v->out, "answered", answered);
	buf_adds(&v->out, "}\n");
}

static void
put(struct view *v, const char *section, const char *name, int64_t n, const char *unit,
    int64_t answered)
{
	switch (v->format) {
	case TABLE: put_table(v, section, name, n, unit, answered); break;
	case NDJSON: put_record(v, section, name, n, unit, answered); break;
	case CSV:
		buf_printf(&v->out, "%s,%s,%lld,%s,", section, name, (long long)n, unit);
		if (answered >= 0)
			buf_addi(&v->out, answered);
		buf_addc(&v->out, '\n');
		break;
	}
}

/* ---- the whole --------------------------------------------------------------- */

static int64_t
permille(int64_t part, int64_t whole)
{
	return whole ? (part * 1000 + whole / 2) / whole : 0;
}

static void
put_totals(struct view *v, const struct report *r)
{
	int64_t done = r->state[STATE_DONE], closed = r->state[STATE_CLOSED];

	put(v, "totals", "targets", r->targets, "", -1);
	put(v, "totals", "calls", r->calls, "", -1);
	put(v, "totals", "open", r->open, "", -1);
	put(v, "totals", "seizures", r->seizures, "", -1);
	put(v, "totals", "answered", r->answered, "", -1);
	put(v, "totals", "answer_seizure_ratio", permille(r->answered, r->seizures), "permille",
	    -1);
	put(v, "totals", "completion_rate", permille(done + closed, r->targets), "permille",
	    -1);
	put(v, "totals", "success_rate", permille(done, r->targets), "permille", -1);
	put(v, "totals", "talk", r->talk_ms, "ms", -1);
	put(v, "totals", "talk_average", r->answered ? r->talk_ms / r->answered : 0, "ms", -1);
	put(v, "totals", "talk_longest", r->longest_ms, "ms", -1);
	put(v, "totals", "ring_average", r->rung ? r->ring_ms / r->rung : 0, "ms", -1);
}

static void
put_series(struct view *v, const struct report *r)
{
	char name[32];
	int y, m, d;

	for (int h = 0; h < REPORT_HOURS; h++) {
		snprintf(name, sizeof name, "%02d", h);
		if (r->hour_calls[h])
			put(v, "hour", name, r->hour_calls[h], "", r->hour_answered[h]);
	}
	for (size_t i = 0; i < r->days; i++) {
		civil_from_days(r->day[i].day, &y, &m, &d);
		snprintf(name, sizeof name, "%04d-%02d-%02d", y, m, d);
		put(v, "day", name, r->day[i].calls, "", r->day[i].answered);
	}
}

static int
report_campaign(struct view *v, struct fault *f)
{
	struct report r;
	char name[32];

	if (report_make(v->db, v->campaign, &v->query, &r, f) < 0) {
		report_release(&r);
		return -1;
	}
	if (v->format == CSV)
		buf_adds(&v->out, "section,name,n,unit,answered\n");
	for (int i = 0; i < STATE_COUNT; i++)
		put(v, "targets", report_state_name((enum report_state)i), r.state[i], "", -1);
	for (int i = DISP_NONE + 1; i < DISP_COUNT; i++)
		if (r.disposition[i])
			put(v, "calls", disposition_name((enum disposition)i), r.disposition[i],
			    "", -1);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof name, "%d%s", i, i == 7 ? "+" : "");
		if (r.attempts[i])
			put(v, "attempts", name, r.attempts[i], "", -1);
	}
	put_totals(v, &r);
	put_series(v, &r);
	report_release(&r);
	return out_flush(&v->out, f);
}

/* ---- by contact --------------------------------------------------------------- */

static void
person_table(struct view *v, const struct report_person *r, const struct person *p)
{
	buf_printf(&v->out, "%8lld  %-28.28s %3lld calls  %-18s %6lld.%lld s\n",
	    (long long)r->contact, p->name ? p->name : "", (long long)r->calls,
	    disposition_name(r->last), (long long)(r->talk_ms / 1000),
	    (long long)(r->talk_ms % 1000 / 100));
}

static void
person_csv(struct view *v, const struct report_person *r, const struct person *p)
{
	const char *name = p->name ? p->name : "";

	buf_printf(&v->out, "%lld,", (long long)r->contact);
	csv_put(&v->out, name, strlen(name), ',');
	buf_printf(&v->out, ",%lld,%lld,%s,%lld\n", (long long)r->calls, (long long)r->answered,
	    disposition_name(r->last), (long long)r->talk_ms);
}

static void
person_ndjson(struct view *v, const struct report_person *r, const struct person *p)
{
	char at[32];

	buf_adds(&v->out, "{\"type\":\"report\",\"v\":1");
	buf_member(&v->out, "campaign", v->campaign->name);
	buf_member(&v->out, "section", "contact");
	buf_member_i(&v->out, "target", r->target);
	buf_member_i(&v->out, "contact", r->contact);
	buf_member(&v->out, "name", p->name);
	buf_member_i(&v->out, "n", r->calls);
	buf_member_i(&v->out, "answered", r->answered);
	if (r->last != DISP_NONE)
		buf_member(&v->out, "last_disposition", disposition_name(r->last));
	if (r->last_at)
		buf_member(&v->out, "last_at", num_instant_text(r->last_at, at));
	buf_member_i(&v->out, "talk_ms", r->talk_ms);
	buf_adds(&v->out, "}\n");
}

static int
put_person(void *arg, const struct report_person *r, const struct person *p, struct fault *f)
{
	struct view *v = arg;

	if (v->format == TABLE)
		person_table(v, r, p);
	else if (v->format == CSV)
		person_csv(v, r, p);
	else
		person_ndjson(v, r, p);
	return v->out.len > 64 << 10 ? out_flush(&v->out, f) : 0;
}

static int
report_contacts(struct view *v, struct fault *f)
{
	if (v->format == CSV)
		buf_adds(&v->out, "contact,name,calls,answered,last_disposition,talk_ms\n");
	if (report_people(v->db, v->campaign, &v->query, put_person, v, f) < 0)
		return -1;
	return out_flush(&v->out, f);
}

/* ---- options ------------------------------------------------------------------ */

static int
parse_format(const char *s, enum format *format, struct fault *f)
{
	if (!s)
		*format = isatty(STDOUT_FILENO) ? TABLE : NDJSON;
	else if (!strcmp(s, "table"))
		*format = TABLE;
	else if (!strcmp(s, "ndjson"))
		*format = NDJSON;
	else if (!strcmp(s, "csv"))
		*format = CSV;
	else
		return fault(f, USAGE, "--format: %s is none of table, ndjson, csv", s);
	return 0;
}

static int
parse_day(const char *s, int64_t *day, struct fault *f)
{
	int y, m, d, end = 0, y2, m2, d2;

	if (!s)
		return 0;
	if (sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &end) == 3 && !s[end]) {
		*day = civil_days(y, m, d);
		civil_from_days(*day, &y2, &m2, &d2);
		if (y == y2 && m == m2 && d == d2)
			return 0;
	}
	return fault(f, USAGE, "--day: %s is no date (YYYY-MM-DD)", s);
}

static int
open_view(struct view *v, struct house *h, struct campaign *c, const char *name,
    const char *zone, struct fault *f)
{
	const struct plan *plan;

	if (campaigns_need(&h->db, name, c, f) < 0 ||
	    !(plan = campaigns_plan(&h->db, c->id, f)))
		return -1;
	v->db = &h->db;
	v->campaign = c;
	if (!zone)
		zone = plan->assume_timezone ? plan->assume_timezone : "UTC";
	v->query.zone = report_zone(&h->db, zone, f);
	return v->query.zone ? 0 : -1;
}

int
main(int argc, char **argv)
{
	const char *db = NULL, *by = NULL, *day = NULL, *zone = NULL, *format = NULL;
	bool help = false;
	const struct arg args[] = {{.letter = 'd', .name = "db", .text = &db},
	    {.name = "by", .text = &by}, {.name = "day", .text = &day},
	    {.name = "timezone", .text = &zone}, {.name = "format", .text = &format},
	    {.letter = 'h', .name = "help", .flag = &help}, {0}};
	struct view v = {0};
	struct house h = {.db.turn = -1};
	struct campaign c;
	struct fault f = {0};
	int n = args_read(argc, argv, args, &f), rc = n < 0 ? -1 : 0;

	if (help) {
		fputs(usage, stdout);
		return out_close("outreach-report", OK);
	}
	if (rc == 0 && n != 1)
		rc = fault(&f, USAGE, "one campaign is wanted");
	if (rc == 0 && by && strcmp(by, "contact"))
		rc = fault(&f, USAGE, "--by: only contact is known");
	if (rc == 0 &&
	    (parse_format(format, &v.format, &f) < 0 ||
		parse_day(day, &v.query.only_day, &f) < 0 ||
		house_open(&h, db, DB_READ, &f) < 0 ||
		open_view(&v, &h, &c, argv[0], zone, &f) < 0))
		rc = -1;
	if (rc == 0)
		rc = by ? report_contacts(&v, &f) : report_campaign(&v, &f);
	if (rc < 0)
		fprintf(
		    stderr, "outreach-report: %s\n%s", f.text, f.code == USAGE ? usage : "");
	buf_release(&v.out);
	house_close(&h);
	return out_close("outreach-report", rc < 0 ? (int)f.code : OK);
}
