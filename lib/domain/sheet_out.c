/*
 * sheet_out: contacts have different attributes; the sheet has a column for
 * each of them, in the order of their names, as import keeps them.
 */
#include <stdlib.h>
#include <string.h>

#include "sheet_out.h"

#include "csv.h"
#include "mem.h"
#include "ndjson.h"
#include "scan.h"
#include "sheet.h"

/* The columns of attributes; the fields take less than the rest. */
enum { MAX = CSV_COLUMNS_MAX - 32 };

struct attribute {
	char *name;
	struct slice value; /* of the row; a raw JSON value, empty if there is none */
};

struct sheet_out {
	struct attribute attribute[MAX]; /* as they were found; in order from the header on */
	size_t n;
	int phones;
	char *source;
	uint64_t odd;
	struct buf scratch;
};

/* One contact's attributes as they are read. */
struct reading {
	struct sheet_out *s;
	bool add, odd;
	size_t next; /* the attribute behind this one */
	struct fault *f;
	int rc;
};

struct sheet_out *
sheet_out_new(void)
{
	struct sheet_out *s = xcalloc(1, sizeof(*s));

	s->phones = 1;
	return s;
}

void
sheet_out_free(struct sheet_out *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->attribute[i].name);
	free(s->source);
	buf_release(&s->scratch);
	free(s);
}

uint64_t
sheet_out_odd(const struct sheet_out *s)
{
	return s->odd;
}

/* ---- looking ------------------------------------------------------------------- */

/* Most contacts have the same attributes in the same order: the next one is tried first. */
static size_t
find(const struct reading *r, struct slice name)
{
	const struct sheet_out *s = r->s;

	for (size_t i = 0; i < s->n; i++) {
		size_t at = (r->next + i) % s->n;
		if (slice_is(name, s->attribute[at].name))
			return at;
	}
	return MAX;
}

static int
add_column(struct reading *r, struct slice name, size_t *at)
{
	struct sheet_out *s = r->s;

	if (sheet_is_field(name))
		return fault(r->f, DATAERR,
		    "an attribute is called %.*s, as a field is: no sheet can hold both (--format ndjson can)",
		    (int)name.len, name.p);
	if (s->n == MAX)
		return fault(r->f, DATAERR,
		    "more than %d different attributes: too many for a sheet (--format ndjson takes any)",
		    MAX);
	s->attribute[s->n].name = slice_dup(name);
	*at = s->n++;
	return 0;
}

static int
take(struct reading *r, const struct rec_member *m, struct slice name)
{
	size_t at = find(r, name);

	if (at == MAX && !r->add)
		return fault(r->f, TEMPFAIL,
		    "contacts were changed while they were written out; the same command again does it");
	if (at == MAX && add_column(r, name, &at) < 0)
		return -1;
	r->odd |= *m->value.p != '"';
	r->s->attribute[at].value = m->value;
	r->next = at + 1;
	return 0;
}

static void
member(void *arg, const struct rec_member *m)
{
	struct reading *r = arg;
	struct buf text = {0};
	struct slice name = m->key;

	if (r->rc < 0)
		return;
	if (m->escaped) {
		scan_unescape(&text, m->key);
		name = (struct slice){text.p, text.len};
	}
	r->rc = take(r, m, name);
	buf_release(&text);
}

static int
read_attributes(struct reading *r, const struct person *p)
{
	if (p->attributes)
		json_scan(p->attributes, strlen(p->attributes), member, r);
	if (r->rc < 0)
		return fault_in(r->f, "contact %lld", (long long)p->id);
	return 0;
}

int
sheet_out_look(struct sheet_out *s, const struct person *p, struct fault *f)
{
	struct reading r = {.s = s, .add = true, .f = f};

	if (!s->source)
		s->source = xstrdup(p->source);
	if (strcmp(s->source, p->source) != 0)
		return fault(f, DATAERR,
		    "there are contacts of \"%s\" and of \"%s\", and a sheet has one source: --where source=\"%s\" (or --format ndjson)",
		    s->source, p->source, s->source);
	if (p->phones > s->phones)
		s->phones = p->phones;
	return read_attributes(&r, p);
}

/* ---- writing ------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct attribute *)a)->name, ((const struct attribute *)b)->name);
}

/* A semicolon is quoted too: import looks in this line for the delimiter. */
static void
put_name(struct buf *out, const char *name)
{
	buf_addc(out, ',');
	csv_put(out, name, strlen(name), strchr(name, ';') ? ';' : ',');
}

void
sheet_out_header(struct sheet_out *s, struct buf *out)
{
	if (s->n)
		qsort(s->attribute, s->n, sizeof(s->attribute[0]), by_name);
	buf_adds(out, "id,name,phone");
	for (int i = 2; i <= s->phones; i++)
		buf_printf(out, ",phone%d", i);
	buf_adds(out, ",timezone,language,priority");
	for (size_t n = 0; n < s->n; n++)
		put_name(out, s->attribute[n].name);
	buf_addc(out, '\n');
}

static void
put_next(struct buf *out, const char *text)
{
	buf_addc(out, ',');
	if (text)
		csv_put(out, text, strlen(text), ',');
}

static void
put_value(struct sheet_out *s, struct buf *out, struct slice value)
{
	struct slice text = value;

	buf_addc(out, ',');
	if (value.len && *value.p == '"') {
		text = (struct slice){value.p + 1, value.len - 2};
		if (memchr(text.p, '\\', text.len)) {
			buf_reset(&s->scratch);
			scan_unescape(&s->scratch, text);
			text = (struct slice){s->scratch.p, s->scratch.len};
		}
	}
	csv_put(out, text.p, text.len, ',');
}

int
sheet_out_row(struct sheet_out *s, const struct person *p, struct buf *out, struct fault *f)
{
	struct reading r = {.s = s, .f = f};
	char phone[20];

	for (size_t i = 0; i < s->n; i++)
		s->attribute[i].value = SLICE("");
	if (p->phones > s->phones)
		return fault(f, TEMPFAIL,
		    "contact %lld was changed meanwhile; the same command again writes it",
		    (long long)p->id);
	if (read_attributes(&r, p) < 0)
		return -1;
	s->odd += r.odd;
	csv_put(out, p->key, strlen(p->key), ',');
	put_next(out, p->name);
	for (int i = 0; i < s->phones; i++) {
		buf_addc(out, ',');
		if (i < p->phones)
			buf_adds(out, phone_text(p->phone[i], phone));
	}
	put_next(out, p->timezone);
	put_next(out, p->language);
	buf_addc(out, ',');
	if (p->priority != INT64_MIN)
		buf_addi(out, p->priority);
	for (size_t n = 0; n < s->n; n++)
		put_value(s, out, s->attribute[n].value);
	buf_addc(out, '\n');
	return 0;
}
