/*
 * numbers: one number a line is what people have; contact records are what a
 * pipeline has. Lines are taken as they come: nothing waits for more input
 * with numbers in hand.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "campaigns.h"
#include "contact.h"
#include "loop.h"
#include "ndjson.h"
#include "number.h"
#include "numbers.h"
#include "people.h"
#include "phone.h"

enum { READ_SIZE = 64 << 10 };

static int
one_rule(struct numbers *n, enum dnc_kind kind, int64_t value, struct fault *f)
{
	struct dnc d = {.kind = kind, .value = value, .campaign = n->campaign};

	return n->take(n->ctx, &d, f);
}

static int
one_text(struct numbers *n, struct slice s, struct fault *f)
{
	bool star = s.len && s.p[s.len - 1] == '*';
	int64_t value;

	if (n->prefixes || (star && n->people))
		return prefix_read(s, &value, f) < 0 ? -1 : one_rule(n, DNC_PREFIX, value, f);
	if (number_read(s.p, s.len, n->region, &value, f) < 0)
		return -1;
	return one_rule(n, DNC_NUMBER, value, f);
}

/* ---- records ------------------------------------------------------------------- */

/* The contact of the record, if the store knows one by its id that has the number. */
static int
contact_of(
    struct numbers *n, const struct rec *rec, int64_t phone, int64_t *id, struct fault *f)
{
	struct person p;
	int got = rec_int(rec, "id", id, f);

	if (got <= 0 || (got = people_get(n->db, *id, &p, f)) <= 0)
		return got;
	for (got = 0; p.phones > 0; p.phones--)
		got |= p.phone[p.phones - 1] == phone;
	return got;
}

/* Every number of a contact record, and the person; or the one of a target, call or event. */
static int
numbers_of_record(struct numbers *n, const struct rec *rec, struct fault *f)
{
	bool whole = n->people && slice_is(rec->type, "contact");
	char key[16] = "phone";
	struct buf text = {0};
	int64_t phone, id;
	int rc = 0, found = 0, person = 0;

	for (int i = 1; i <= CONTACT_PHONES && rc == 0; i++) {
		if (i > 1)
			snprintf(key, sizeof(key), "phone%d", i);
		if ((rc = rec_text(rec, key, &text, f)) <= 0)
			continue;
		found++;
		if ((rc = number_read(text.p, text.len, n->region, &phone, f)) < 0)
			fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
		else
			rc = one_rule(n, DNC_NUMBER, phone, f);
		if (rc == 0 && whole && !person)
			rc = (person = contact_of(n, rec, phone, &id, f)) < 0 ? -1 : 0;
	}
	if (rc == 0 && !found)
		rc = rec_fault(rec, f, "the record has no phone");
	if (rc == 0 && person)
		rc = one_rule(n, DNC_CONTACT, id, f);
	buf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* The campaign that a rule names: it must be one here. */
static int
campaign_of(struct numbers *n, const struct rec *rec, int64_t *id, struct fault *f)
{
	struct buf name = {0};
	struct campaign c;
	int got = rec_text(rec, "campaign", &name, f);

	*id = n->campaign;
	if (got > 0 && campaigns_need(n->db, name.p, &c, f) < 0)
		got = -1;
	else if (got > 0)
		*id = c.id;
	buf_release(&name);
	if (got < 0 && f->code == DATAERR)
		fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
	return got < 0 ? -1 : 0;
}

/* A dnc record means what its rule says. */
static int
rule_of_record(struct numbers *n, const struct rec *rec, struct fault *f)
{
	struct dnc d = {.kind = DNC_NUMBER};
	struct buf text = {0};
	int kind = DNC_NUMBER, got = rec_text(rec, "rule", &text, f);

	if (got > 0)
		kind = dnc_kind_parse(text.p);
	if (got >= 0 && (kind < 0 || kind == DNC_LIST))
		got =
		    rec_fault(rec, f, "rule %.20s cannot be added (import adds lists)", text.p);
	if (got >= 0)
		got = campaign_of(n, rec, &d.campaign, f);
	if (got == 0 && kind == DNC_CONTACT)
		got = rec_int(rec, "contact", &d.value, f);
	else if (got == 0)
		got = rec_text(rec, kind == DNC_PREFIX ? "prefix" : "phone", &text, f);
	if (got == 0)
		got = rec_fault(rec, f, "the record has no %s",
		    kind == DNC_NUMBER ? "phone" : dnc_kind_name((enum dnc_kind)kind));
	if (got > 0 && kind != DNC_CONTACT) {
		got = kind == DNC_PREFIX
		    ? prefix_read((struct slice){text.p, text.len}, &d.value, f)
		    : number_read(text.p, text.len, n->region, &d.value, f);
		if (got < 0)
			fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
	}
	d.kind = (enum dnc_kind)kind;
	buf_release(&text);
	return got < 0 ? -1 : n->take(n->ctx, &d, f);
}

static int
one_record(struct numbers *n, const struct rec *rec, struct fault *f)
{
	if (n->people && slice_is(rec->type, "dnc"))
		return rule_of_record(n, rec, f);
	return numbers_of_record(n, rec, f);
}

static int
one_line(struct numbers *n, struct slice s, uint64_t line, struct fault *f)
{
	struct rec rec = {.line = line, .file = "<stdin>"};

	while (s.len &&
	    (s.p[s.len - 1] == '\r' || s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	if (!s.len)
		return 0;
	if (*s.p != '{') {
		if (one_text(n, s, f) == 0)
			return 0;
		return f->code == DATAERR
		    ? fault_in(f, "<stdin>:%llu", (unsigned long long)line)
		    : -1;
	}
	rec.p = s.p;
	rec.len = s.len;
	return ndjson_line(&n->index, &rec, f) < 0 ? -1 : one_record(n, &rec, f);
}

/* A wrong number is reported and counted with keep_going; all else ends it. */
static int
tolerate(struct numbers *n, const struct fault *f)
{
	if (!n->keep_going || f->code != DATAERR)
		return -1;
	n->report(f);
	n->refused++;
	return 0;
}

/* One read behind what is there: 1, 0 at the end, -1. */
static int
read_more(struct buf *in, struct fault *f)
{
	ssize_t got;

	buf_need(in, READ_SIZE);
	while ((got = read(STDIN_FILENO, in->p + in->len, READ_SIZE)) < 0) {
		if (errno == EAGAIN)
			loop_wait(STDIN_FILENO, -1);
		else if (errno != EINTR)
			return fault(f, IOERR, "<stdin>: %s", strerror(errno));
	}
	in->len += (size_t)got;
	return got > 0;
}

/* Takes the whole lines that are there; at the end the last one needs no newline. */
static int
take_lines(struct numbers *n, struct buf *in, bool end, uint64_t *line, struct fault *f)
{
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && at < in->len) {
		char *newline = memchr(in->p + at, '\n', in->len - at);
		struct slice s = {
		    in->p + at, newline ? (size_t)(newline - in->p) - at : in->len - at};

		if (!newline && !end)
			break;
		at += s.len + (newline != NULL);
		if (one_line(n, s, ++*line, f) < 0)
			rc = tolerate(n, f);
	}
	memmove(in->p, in->p + at, in->len - at);
	in->len -= at;
	return rc;
}

/* Of a line that was too long: false while its end is not there. */
static bool
drop_line(struct buf *in)
{
	char *newline = in->len ? memchr(in->p, '\n', in->len) : NULL;
	size_t gone = newline ? (size_t)(newline - in->p) + 1 : in->len;

	if (gone)
		memmove(in->p, in->p + gone, in->len - gone);
	in->len -= gone;
	return newline != NULL;
}

static int
from_stdin(struct numbers *n, struct fault *f)
{
	struct buf in = {0};
	uint64_t line = 0;
	bool dropping = false;
	int rc = 0, more = 1;

	while (rc == 0 && more) {
		if ((rc = n->flush(n->ctx, f)) < 0 || (more = rc = read_more(&in, f)) < 0)
			break;
		rc = 0;
		dropping = dropping && !drop_line(&in);
		if (dropping)
			continue;
		rc = take_lines(n, &in, !more, &line, f);
		if (rc == 0 && in.len > NDJSON_LINE_MAX) {
			fault(f, DATAERR, "<stdin>:%llu:1: the line is longer than 4 MiB",
			    (unsigned long long)++line);
			rc = tolerate(n, f);
			dropping = !drop_line(&in);
		}
	}
	buf_release(&in);
	ndjson_release(&n->index);
	return rc;
}

int
numbers_from(struct numbers *n, char *const *operands, struct fault *f)
{
	struct fault other;
	int rc = 0;

	if (!*operands)
		rc = from_stdin(n, f);
	for (; rc == 0 && *operands; operands++)
		if (one_text(n, (struct slice){*operands, strlen(*operands)}, f) < 0)
			rc = tolerate(n, f);
	if (n->flush(n->ctx, &other) < 0) {
		*f = other;
		return -1;
	}
	return rc;
}
