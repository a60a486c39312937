/*
 * numbers: one number a line is what people have; contact records are what a
 * pipeline has. Lines are taken as they come: nothing waits for more input
 * with numbers in hand.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "ndjson.h"
#include "number.h"
#include "numbers.h"
#include "record.h"

enum { READ_SIZE = 64 << 10 };

int
numbers_rule(struct numbers *n, enum dnc_kind kind, int64_t value, struct fault *f)
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
		return prefix_read(s, &value, f) < 0 ? -1
						     : numbers_rule(n, DNC_PREFIX, value, f);
	if (number_read(s.p, s.len, n->region, &value, f) < 0)
		return -1;
	return numbers_rule(n, DNC_NUMBER, value, f);
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
	return ndjson_line(&n->index, &rec, f) < 0 ? -1 : record_rules(n, &rec, f);
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
