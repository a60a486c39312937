/*
 * consent import: a table with a header, or records, as consent show prints
 * them. A wrong row is refused with its line; the others count.
 */
#include "consent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "../tool.h"
#include "numbers.h"
#include "rows.h"

enum field { PHONE, CONTACT, KIND, AT, EXPIRES, HOW, TEXT, EVIDENCE, FIELDS };

static const char *const names[FIELDS] = {
    "phone", "contact", "kind", "at", "expires", "how", "text", "evidence"};

enum { BATCH = 256 };

struct import {
	struct dnc_tool *t;
	const char *file;
	int column[FIELDS]; /* of a table; -1 there is none */
	bool has_header;
	struct buf value[FIELDS];
	uint64_t done, known, refused;
	int pending; /* rows of the open transaction */
};

static const char *
get(const struct import *m, enum field k)
{
	return m->value[k].len ? m->value[k].p : NULL;
}

/* Which column holds what; the rest says nothing here. */
static int
read_header(struct import *m, const struct row *r, struct fault *f)
{
	for (int k = 0; k < FIELDS; k++) {
		m->column[k] = -1;
		for (size_t i = 0; i < r->n; i++)
			if (slice_is(r->field[i], names[k]))
				m->column[k] = (int)i;
	}
	m->has_header = true;
	if ((m->column[PHONE] < 0 && m->column[CONTACT] < 0) || m->column[KIND] < 0 ||
	    m->column[AT] < 0)
		return fault(f, DATAERR,
		    "%s:%llu: the header needs phone or contact, kind and at (and may have "
		    "expires, how, text, evidence)",
		    m->file, (unsigned long long)r->line);
	return 0;
}

static int
read_fields(struct import *m, const struct row *r, struct fault *f)
{
	for (int k = 0; k < FIELDS; k++) {
		int64_t n;

		buf_reset(&m->value[k]);
		if (!r->rec) {
			if (m->column[k] >= 0 && (size_t)m->column[k] < r->n)
				buf_add(&m->value[k], r->field[m->column[k]].p,
				    r->field[m->column[k]].len);
		} else if (k == CONTACT) {
			int got = rec_int(r->rec, names[k], &n, f);

			if (got < 0)
				return -1;
			if (got > 0)
				buf_addi(&m->value[k], n);
		} else if (rec_text(r->rec, names[k], &m->value[k], f) < 0) {
			return -1;
		}
	}
	return 0;
}

/* What is stored is JSON: bytes of another encoding would make the journal unreadable. */
static int
check_text(const struct buf *text, struct fault *f)
{
	if (!text->len)
		return 0;
	if (text->len > CONSENT_TEXT_MAX)
		return fault(f, DATAERR, "text has more than %d bytes", CONSENT_TEXT_MAX);
	if (utf8_bad(text->p, text->len) >= 0 || memchr(text->p, '\0', text->len))
		return fault(f, DATAERR,
		    "text is not valid UTF-8 (iconv -f WINDOWS-1252 -t UTF-8 makes it so)");
	return 0;
}

static int
is_sha256(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static int
fact_of(const struct import *m, struct consent_fact *c, struct fault *f)
{
	const char *kind = get(m, KIND) ? get(m, KIND) : "";

	*c = (struct consent_fact){.row = {.until = INT64_MAX},
	    .how = get(m, HOW),
	    .text = get(m, TEXT),
	    .evidence = get(m, EVIDENCE)};
	if (check_text(&m->value[TEXT], f) < 0)
		return -1;
	if (!get(m, PHONE) == !get(m, CONTACT))
		return fault(f, DATAERR, "either phone or contact is needed");
	if (get(m, PHONE)) {
		if (number_read(
			get(m, PHONE), m->value[PHONE].len, m->t->region, &c->phone, f) < 0)
			return -1;
	} else if (num_parse("contact", get(m, CONTACT), 1, INT64_MAX, &c->contact, f) < 0) {
		return -1;
	}
	c->row.kind = consent_parse(kind);
	if (!c->row.kind && strcmp(kind, "revoked"))
		return fault(f, DATAERR,
		    "kind \"%.40s\" is none of informational, express, express_written, revoked",
		    kind);
	if (!get(m, AT))
		return fault(f, DATAERR, "at is missing: when was it given?");
	if (c->evidence && !is_sha256(c->evidence))
		return fault(f, DATAERR, "evidence is no SHA-256 in hex");
	if (consent_time("at", get(m, AT), &c->row.at, DATAERR, f) < 0 ||
	    consent_how(c->how, DATAERR, f) < 0)
		return -1;
	return get(m, EXPIRES)
	    ? consent_time("expires", get(m, EXPIRES), &c->row.until, DATAERR, f)
	    : 0;
}

/* One row; a refusal names its line. */
static int
take(struct import *m, const struct row *r, struct fault *f)
{
	struct consent_fact c;
	int got;

	if (!r->rec && !m->has_header)
		return read_header(m, r, f);
	if (read_fields(m, r, f) < 0)
		return -1;
	if (fact_of(m, &c, f) < 0)
		return fault_in(f, "%s:%llu", m->file, (unsigned long long)r->line);
	if (!m->pending && db_begin(&m->t->db, f) < 0)
		return -1;
	m->pending++;
	if ((got = consents_put(&m->t->db, &c, f)) < 0)
		return f->code == DATAERR
		    ? fault_in(f, "%s:%llu", m->file, (unsigned long long)r->line)
		    : -1;
	if (c.phone && c.row.kind)
		note_unknown(m->t, c.phone, "consent revoke");
	m->done += got > 0;
	m->known += got == 0;
	return 0;
}

static int
commit(struct import *m, struct fault *f)
{
	if (!m->pending)
		return 0;
	m->pending = 0;
	return db_commit(&m->t->db, f);
}

static int
take_rows(struct import *m, struct rows *rows, struct fault *f)
{
	struct row r;
	int got;

	while ((got = rows_next(rows, &r, f)) != 0) {
		if (got > 0)
			got = take(m, &r, f);
		if (got < 0) {
			if (f->code != DATAERR || !m->t->keep_going || rows_broken(rows))
				return -1;
			tool_report(f);
			m->refused++;
			if (!m->has_header && !rows_are_records(rows))
				return 0;
		}
		if (m->pending >= BATCH && commit(m, f) < 0)
			return -1;
	}
	return commit(m, f);
}

static int
one_file(struct import *m, const char *file, struct fault *f)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = -1;
	struct fault why;
	struct rows *rows;

	if (fd < 0)
		return fault(f, NOINPUT, "%s: %s", file, strerror(errno));
	m->file = file;
	m->has_header = false;
	if ((rows = rows_new(fd, file, ROWS_DETECT, 0, NULL, 0, f))) {
		rc = take_rows(m, rows, f);
		/* What came before a wrong row counts. */
		if (rc < 0 && f->code == DATAERR && commit(m, &why) < 0)
			*f = why;
		db_rollback(&m->t->db);
		m->pending = 0;
		rows_free(rows);
	}
	close(fd);
	return rc;
}

int
consent_import(struct dnc_tool *t, char **files)
{
	static struct import m;
	struct fault f;
	int rc = *files ? 0 : fault(&f, USAGE, "consent import: which file?");

	m.t = t;
	for (; *files && rc == 0; files++)
		rc = one_file(&m, *files, &f);
	for (int k = 0; k < FIELDS; k++)
		buf_release(&m.value[k]);
	note_unknown_end(t);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %llu new, %llu known before, %llu refused\n",
		    (unsigned long long)m.done, (unsigned long long)m.known,
		    (unsigned long long)m.refused);
	if (rc < 0)
		return tool_fail(&f);
	return m.refused ? SOME : OK;
}
