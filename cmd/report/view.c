/*
 * view: numbers and people as a table, as records, as CSV.
 */
#include <string.h>

#include "view.h"

#include "csv.h"
#include "num.h"

enum { NAME_COLUMNS = 28 };

static const char *const unit_names[] = {"", "ms", "permille"};

void
view_start(struct view *v, bool people)
{
	if (v->format == FORM_CSV)
		buf_adds(&v->out,
		    people ? "contact,name,calls,answered,last_disposition,last_at,talk_ms\n"
			   : "section,name,n,unit,answered\n");
	else if (v->format == FORM_TABLE && people)
		buf_printf(&v->out, "%8s  %-*s %5s %8s  %-16s %8s\n", "contact", NAME_COLUMNS,
		    "name", "calls", "answered", "last", "talk");
}

/* ---- numbers ------------------------------------------------------------------ */

static void
put_heading(struct view *v, const char *section)
{
	buf_printf(&v->out, "%s%s", v->section ? "\n" : "", section);
	if (!strcmp(section, "hour") || !strcmp(section, "day"))
		buf_printf(&v->out, " (%s)", v->zone);
	buf_addc(&v->out, '\n');
}

static void
number_table(struct view *v, const char *section, const char *name, int64_t n,
    enum view_unit unit, int64_t answered)
{
	long long value = (long long)n;

	if (!v->section || strcmp(v->section, section))
		put_heading(v, section);
	v->section = section;
	buf_printf(&v->out, "  %-22s ", name);
	switch (unit) {
	case UNIT_COUNT: buf_printf(&v->out, "%8lld", value); break;
	case UNIT_MS:
		buf_printf(&v->out, "%8lld.%lld s", value / 1000, value % 1000 / 100);
		break;
	case UNIT_PERMILLE: buf_printf(&v->out, "%8lld.%lld %%", value / 10, value % 10); break;
	}
	if (answered >= 0)
		buf_printf(&v->out, "   %lld answered", (long long)answered);
	buf_addc(&v->out, '\n');
}

static void
number_record(struct view *v, const char *section, const char *name, int64_t n,
    enum view_unit unit, int64_t answered)
{
	buf_adds(&v->out, "{\"type\":\"report\",\"v\":1");
	buf_member(&v->out, "campaign", v->campaign);
	buf_member(&v->out, "section", section);
	buf_member(&v->out, "name", name);
	buf_member_i(&v->out, "n", n);
	if (unit != UNIT_COUNT)
		buf_member(&v->out, "unit", unit_names[unit]);
	if (answered >= 0)
		buf_member_i(&v->out, "answered", answered);
	buf_adds(&v->out, "}\n");
}

void
view_number(struct view *v, const char *section, const char *name, int64_t n,
    enum view_unit unit, int64_t answered)
{
	switch (v->format) {
	case FORM_TABLE: number_table(v, section, name, n, unit, answered); break;
	case FORM_NDJSON: number_record(v, section, name, n, unit, answered); break;
	case FORM_CSV:
		buf_printf(
		    &v->out, "%s,%s,%lld,%s,", section, name, (long long)n, unit_names[unit]);
		if (answered >= 0)
			buf_addi(&v->out, answered);
		buf_addc(&v->out, '\n');
		break;
	}
}

/* ---- people ------------------------------------------------------------------- */

/* A name in its column: cut and filled by characters, not bytes. */
static void
put_name(struct buf *b, const char *name)
{
	int columns = 0;

	for (const char *p = name; *p; p++) {
		if ((*p & 0xc0) != 0x80 && ++columns > NAME_COLUMNS)
			return;
		buf_addc(b, *p);
	}
	for (; columns < NAME_COLUMNS; columns++)
		buf_addc(b, ' ');
}

static void
row_table(struct view *v, const struct report_person *r, const char *name)
{
	buf_printf(&v->out, "%8lld  ", (long long)r->contact);
	put_name(&v->out, name);
	buf_printf(&v->out, " %5lld %8lld  %-16s %6lld.%lld s\n", (long long)r->calls,
	    (long long)r->answered, r->last == DISP_NONE ? "-" : disposition_name(r->last),
	    (long long)(r->talk_ms / 1000), (long long)(r->talk_ms % 1000 / 100));
}

static void
row_csv(struct view *v, const struct report_person *r, const char *name)
{
	char at[32] = "";

	if (r->last_at)
		num_instant_text(r->last_at, at);
	buf_printf(&v->out, "%lld,", (long long)r->contact);
	csv_put(&v->out, name, strlen(name), ',');
	buf_printf(&v->out, ",%lld,%lld,%s,%s,%lld\n", (long long)r->calls,
	    (long long)r->answered, r->last == DISP_NONE ? "" : disposition_name(r->last), at,
	    (long long)r->talk_ms);
}

static void
row_record(struct view *v, const struct report_person *r, const char *name)
{
	char at[32];

	buf_adds(&v->out, "{\"type\":\"report\",\"v\":1");
	buf_member(&v->out, "campaign", v->campaign);
	buf_member(&v->out, "section", "contact");
	buf_member_i(&v->out, "target", r->target);
	buf_member_i(&v->out, "contact", r->contact);
	buf_member(&v->out, "name", *name ? name : NULL);
	buf_member_i(&v->out, "n", r->calls);
	buf_member_i(&v->out, "answered", r->answered);
	if (r->last != DISP_NONE)
		buf_member(&v->out, "last_disposition", disposition_name(r->last));
	if (r->last_at)
		buf_member(&v->out, "last_at", num_instant_text(r->last_at, at));
	buf_member_i(&v->out, "talk_ms", r->talk_ms);
	buf_adds(&v->out, "}\n");
}

void
view_person(struct view *v, const struct report_person *r, const struct person *p)
{
	const char *name = p->name ? p->name : "";

	switch (v->format) {
	case FORM_TABLE: row_table(v, r, name); break;
	case FORM_NDJSON: row_record(v, r, name); break;
	case FORM_CSV: row_csv(v, r, name); break;
	}
}
