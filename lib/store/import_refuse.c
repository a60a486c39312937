/*
 * import_refuse: a row that is refused: why, what becomes of its wish
 * (import_wish.c), and who is told.
 */
#include <stdlib.h>
#include <string.h>

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

static int
reject(struct import *m, const struct row *row, const struct import_refusal *r, struct fault *f)
{
	if (!m->rules->rejects)
		return 0;
	buf_add(&m->rejects.out, m->header.p, m->header.len);
	buf_reset(&m->header);
	if (row->raw.p)
		add_line(&m->rejects.out, row->raw);
	refusal_record(&m->why.out, r);
	return newfile_more(&m->rejects, f) < 0 ? -1 : newfile_more(&m->why, f);
}

int
import_keep_header(struct import *m, const struct row *row, struct fault *f)
{
	(void)f;
	if (m->rules->rejects)
		add_line(&m->header, row->raw);
	return 0;
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
	struct import_refusal r = {.file = m->file, .line = row->line, .why = why};
	struct buf reason = {0};
	int rc = -1;

	buf_adds(
	    &reason, why->code == row->code ? without_place(m, cause.text, why) : cause.text);
	m->count.rows++;
	m->count.refused++;
	/* Somebody of this identity may stand in the batch. */
	if (who->p->do_not_call && m->batch && import_put_batch(m, f) < 0)
		goto out;
	if (import_wish(m, row->line, who, &reason, f) < 0)
		goto out;
	r.reason = reason.p;
	if (reject(m, row, &r, f) < 0)
		goto out;
	rc = m->face->refused ? m->face->refused(m->face->arg, &r, f) : 0;
out:
	buf_release(&reason);
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
