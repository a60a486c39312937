/*
 * rows: a line of a table, every field of a person, a record, a row of CSV.
 */
#include <string.h>

#include "rows.h"

#include "ndjson.h"
#include "out.h"

enum { FLUSH_AT = 64 << 10 };

void
rows_init(struct rows *r, enum form form, bool whole)
{
	*r = (struct rows){.form = form, .whole = whole};
	if (form == FORM_CSV)
		r->sheet = sheet_out_new();
}

void
rows_release(struct rows *r)
{
	sheet_out_free(r->sheet);
	buf_release(&r->out);
}

void
rows_start(struct rows *r)
{
	if (r->form == FORM_CSV)
		sheet_out_header(r->sheet, &r->out);
	else if (r->form == FORM_TABLE && !r->whole)
		buf_adds(&r->out,
		    "ID      NAME                     PHONE            TIMEZONE         LANGUAGE "
		    "SOURCE       KEY\n");
}

int
rows_look(void *arg, const struct person *p, struct fault *f)
{
	struct rows *r = arg;

	return sheet_out_look(r->sheet, p, f);
}

/* ---- tables -------------------------------------------------------------------- */

static void
table_row(struct buf *b, const struct person *p)
{
	char phone[20] = "";

	if (p->phones)
		phone_text(p->phone[0], phone);
	form_cell_i(b, p->id, 7);
	form_cell(b, p->name ? p->name : "", 24);
	form_cell(b, phone, 16);
	form_cell(b, p->timezone ? p->timezone : "", 16);
	form_cell(b, p->language ? p->language : "", 8);
	form_cell(b, p->source, 12);
	form_cell(b, p->key, 0);
	form_end(b);
}

static void
line(struct buf *b, const char *name, const char *text)
{
	if (text)
		buf_printf(b, "%s: %s\n", name, text);
}

/* Text as it is; with escapes in it, and all else, as JSON, so that it stays one line. */
static void
attribute(void *arg, const struct rec_member *m)
{
	struct slice v = m->value;
	struct buf *b = arg;

	if (v.len > 1 && *v.p == '"' && !memchr(v.p, '\\', v.len))
		v = (struct slice){v.p + 1, v.len - 2};
	buf_adds(b, "  ");
	buf_add(b, m->key.p, m->key.len);
	buf_adds(b, ": ");
	buf_add(b, v.p, v.len);
	buf_addc(b, '\n');
}

static void
all_fields(struct rows *r, const struct person *p)
{
	struct buf *b = &r->out;
	char phone[20];

	if (r->n)
		buf_addc(b, '\n');
	buf_printf(b, "id: %lld\n", (long long)p->id);
	line(b, "source", p->source);
	line(b, "key", p->key);
	line(b, "name", p->name);
	for (int i = 0; i < p->phones; i++) {
		buf_adds(b, "phone");
		if (i)
			buf_addi(b, i + 1);
		buf_printf(b, ": %s\n", phone_text(p->phone[i], phone));
	}
	line(b, "timezone", p->timezone);
	line(b, "language", p->language);
	if (p->priority != INT64_MIN)
		buf_printf(b, "priority: %lld\n", (long long)p->priority);
	if (p->attributes) {
		buf_adds(b, "attributes:\n");
		json_scan(p->attributes, strlen(p->attributes), attribute, b);
	}
}

/* ---- all forms ----------------------------------------------------------------- */

int
rows_put(void *arg, const struct person *p, struct fault *f)
{
	struct rows *r = arg;

	if (r->form == FORM_NDJSON)
		person_record(&r->out, p, NULL);
	else if (r->form == FORM_TABLE && r->whole)
		all_fields(r, p);
	else if (r->form == FORM_TABLE)
		table_row(&r->out, p);
	else if (sheet_out_row(r->sheet, p, &r->out, f) < 0)
		return -1;
	r->n++;
	return r->out.len >= FLUSH_AT ? out_flush(&r->out, f) : 0;
}

int
rows_end(struct rows *r, struct fault *f)
{
	return out_flush(&r->out, f);
}
