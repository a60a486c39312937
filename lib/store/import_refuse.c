/*
 * import_refuse: a row that is refused: why, what becomes of its wish
 * (import_wish.c), and who is told. A wish is stored with those of the rows
 * behind it, as a commit of its own takes longer than hundreds of them.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "import_parts.h"
#include "mem.h"
#include "num.h"

void
refusal_record(struct buf *b, const struct import_refusal *r)
{
	const struct sheet_why *why = r->why;
	struct buf name = {0};

	buf_adds(b, "{\"type\":\"refusal\",\"v\":1");
	buf_utf8(&name, r->file);
	buf_member(b, "file", name.p);
	buf_release(&name);
	buf_member_i(b, "line", (int64_t)r->line);
	if (why->column)
		buf_member_i(b, "column", (int64_t)why->column);
	buf_member(b, "field", why->field);
	/* What is no text cannot stand in JSON. */
	if (why->value.p && utf8_bad(why->value.p, why->value.len) < 0) {
		buf_key(b, "value");
		buf_json(b, why->value.p, why->value.len);
	}
	buf_member(b, "reason", r->reason);
	buf_member(b, "code", why->code);
	buf_adds(b, "}\n");
}

static void
add_line(struct buf *b, struct slice line)
{
	buf_add(b, line.p, line.len);
	if (!line.len || line.p[line.len - 1] != '\n')
		buf_addc(b, '\n');
}

int
import_keep_header(struct import *m, const struct row *row, struct fault *f)
{
	(void)f;
	if (m->rules->rejects)
		add_line(&m->header, row->raw);
	return 0;
}

static int
reject(struct import *m, struct slice raw, const struct import_refusal *r, struct fault *f)
{
	if (!m->rules->rejects)
		return 0;
	buf_add(&m->rejects.out, m->header.p, m->header.len);
	buf_reset(&m->header);
	if (raw.p)
		add_line(&m->rejects.out, raw);
	refusal_record(&m->why.out, r);
	return newfile_more(&m->rejects, f) < 0 ? -1 : newfile_more(&m->why, f);
}

/* ---- those whose wish is stored ---------------------------------------------------- */

enum {
	HELD = 256,
	HELD_BYTES = 256 << 10,
	WORK_US = 25000, /* of a transaction, and when somebody waits */
	SHORT_US = 5000
};

/* A refused row; held ones own what is in texts. */
struct held {
	uint64_t line;
	struct slice raw;
	struct sheet_why why;
	struct person p; /* source, key and numbers */
	struct refused who;
	struct buf reason, texts;
};

static struct slice
keep(struct buf *texts, struct slice s)
{
	size_t at = texts->len;

	if (!s.p)
		return s;
	buf_add(texts, s.p, s.len);
	buf_addc(texts, '\0');
	return (struct slice){texts->p + at, s.len};
}

static const char *
keep_text(struct buf *texts, const char *s)
{
	return s ? keep(texts, slice(s)).p : NULL;
}

static void
drop(struct held *h)
{
	buf_release(&h->reason);
	buf_release(&h->texts);
}

/* Takes the reason along. */
static void
hold(struct import *m, const struct held *row)
{
	struct held *h;
	size_t size = row->raw.len + row->why.value.len;

	if (!m->held)
		m->held = xcalloc(HELD, sizeof *m->held);
	h = &m->held[m->holds++];
	*h = *row;
	h->who.p = &h->p;
	size += h->why.field ? strlen(h->why.field) : 0;
	size += (h->p.source ? strlen(h->p.source) : 0) + (h->p.key ? strlen(h->p.key) : 0);
	buf_need(&h->texts, size + 5); /* so that what points there does so to the end */
	h->raw = keep(&h->texts, row->raw);
	h->why.value = keep(&h->texts, row->why.value);
	h->why.field = keep_text(&h->texts, row->why.field);
	h->p.source = keep_text(&h->texts, row->p.source);
	h->p.key = keep_text(&h->texts, row->p.key);
	m->held_bytes += size;
}

static int
tell(struct import *m, const struct held *h, struct fault *f)
{
	struct import_refusal r = {
	    .file = m->file, .line = h->line, .why = &h->why, .reason = h->reason.p};

	if (reject(m, h->raw, &r, f) < 0)
		return -1;
	return m->face->refused ? m->face->refused(m->face->arg, &r, f) : 0;
}

/* The wishes of those from at on, as many as a transaction may last: how many. */
static int
store_wishes(struct import *m, size_t at, struct fault *f)
{
	int64_t start = clock_real_us(), took = 0;
	size_t i = at;

	while (
	    i < m->holds && took < WORK_US && (took < SHORT_US || !db_is_waited_for(m->db))) {
		if (import_wish(m, m->held[i].line, &m->held[i].who, &m->held[i].reason, f) < 0)
			return -1;
		took = clock_real_us() - start;
		i++;
	}
	return (int)(i - at);
}

static int
commit_wishes(struct import *m, size_t at, struct fault *f)
{
	int n;

	if (m->rules->dry)
		return store_wishes(m, at, f);
	if (db_begin(m->db, f) < 0)
		return -1;
	if ((n = store_wishes(m, at, f)) < 0)
		db_rollback(m->db);
	else if (db_commit(m->db, f) < 0)
		n = -1;
	return n;
}

int
import_tell_held(struct import *m, struct fault *f)
{
	size_t told = 0;
	int n = 0, rc = 0;

	for (size_t at = 0; at < m->holds && rc == 0; at += (size_t)n) {
		if ((n = commit_wishes(m, at, f)) < 0)
			rc = -1;
		for (; rc == 0 && told < at + (size_t)n; told++)
			rc = tell(m, &m->held[told], f);
	}
	import_drop_held(m);
	return rc;
}

void
import_drop_held(struct import *m)
{
	while (m->holds)
		drop(&m->held[--m->holds]);
	m->held_bytes = 0;
}

/* Behind the "file:line:column: " that a reader puts before its reasons; the column goes to why. */
static const char *
without_place(const struct import *m, const char *text, struct sheet_why *why)
{
	const char *p = text + strlen(m->file);
	size_t n;

	if (strncmp(text, m->file, strlen(m->file)) != 0)
		return text;
	for (int i = 0; i < 2 && *p == ':' && (n = strspn(p + 1, "0123456789")); i++) {
		if (i == 1)
			why->column = strtoul(p + 1, NULL, 10);
		p += 1 + n;
	}
	return p[0] == ':' && p[1] == ' ' ? p + 2 : text;
}

int
import_refuse(struct import *m, const struct row *row, struct sheet_why *why,
    const struct refused *who, struct fault *f)
{
	struct fault cause = *f;
	struct held h = {.line = row->line, .raw = row->raw, .p = *who->p, .who = *who};
	int rc = -1;

	buf_adds(
	    &h.reason, why->code == row->code ? without_place(m, cause.text, why) : cause.text);
	h.why = *why;
	m->count.rows++;
	m->count.refused++;
	/* They are told in the order of the rows. */
	if (m->db && (who->p->do_not_call || m->holds)) {
		hold(m, &h);
		return m->holds == HELD || m->held_bytes > HELD_BYTES ? import_put_batch(m, f)
								      : 0;
	}
	if (import_wish(m, row->line, who, &h.reason, f) == 0)
		rc = tell(m, &h, f);
	drop(&h);
	return rc;
}

/* A row that is wrong: what it says of itself is read again, over the texts that why may borrow. */
int
import_refuse_bad(
    struct import *m, const struct row *row, struct sheet_why *why, struct fault *f)
{
	struct person p = {0};
	struct refused who = {.p = &p};
	char *field = why->field ? xstrdup(why->field) : NULL;
	struct buf value = {0}; /* NUL bytes may be in it */
	int rc;

	why->field = field;
	if (why->value.len) {
		buf_add(&value, why->value.p, why->value.len);
		why->value.p = value.p;
	}
	bool none = why->code == row->code && !strcmp(row->code, "syntax");
	if (!row->rec)
		who.unclear = sheet_row_refused(m->sheet, row->field, row->n, none, &p);
	else if (none)
		who.unclear = sheet_line_refused(m->sheet, row->raw);
	else
		who.unclear = sheet_record_refused(m->sheet, row->rec, &p);
	rc = import_refuse(m, row, why, &who, f);
	free(field);
	buf_release(&value);
	return rc;
}
