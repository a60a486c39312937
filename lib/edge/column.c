/*
 * column: lines and records are cut here, tables by csv; both read through one
 * function, which hashes what it gives.
 */
#include <errno.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "column.h"
#include "csv.h"
#include "hex.h"
#include "mem.h"
#include "ndjson.h"

enum { CHUNK = 256 << 10 };

struct column {
	int fd;
	const char *file, *name;
	enum column_format format;
	struct sha256_ctx sha;
	struct buf in; /* bytes read and not consumed yet, from at */
	size_t at;
	bool end, skipping, lost; /* skipping: inside a line that was too long */
	uint64_t line;
	struct ndjson index;
	struct buf text;
	struct csv *csv;
	size_t place; /* of the column in the table, from 1; 0: not known yet */
};

/* More bytes behind those in memory: how many, 0 at the end, -1. */
static ssize_t
read_some(struct column *c, char *to, size_t size, struct fault *f)
{
	ssize_t n;

	while ((n = read(c->fd, to, size)) < 0 && errno == EINTR)
		;
	if (n < 0)
		return fault(f, IOERR, "%s: %s", c->file, strerror(errno));
	sha256_update(&c->sha, (size_t)n, (const unsigned char *)to);
	c->end = n == 0;
	return n;
}

static int
more(struct column *c, struct fault *f)
{
	ssize_t n;

	if (c->at) {
		memmove(c->in.p, c->in.p + c->at, c->in.len - c->at);
		c->in.len -= c->at;
		c->at = 0;
	}
	buf_need(&c->in, CHUNK);
	if ((n = read_some(c, c->in.p + c->in.len, CHUNK, f)) < 0)
		return -1;
	c->in.len += (size_t)n;
	return 0;
}

/* What was read to see the format goes to the table first. */
static ssize_t
feed(void *arg, char *to, size_t size, struct fault *f)
{
	struct column *c = arg;
	size_t left = c->in.len - c->at;
	ssize_t n;

	if (!left) {
		n = read_some(c, to, size, f);
		c->lost |= n < 0;
		return n;
	}
	left = left < size ? left : size;
	memcpy(to, c->in.p + c->at, left);
	c->at += left;
	return (ssize_t)left;
}

static enum column_format
detect(struct column *c)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (c->in.len >= 3 && memcmp(c->in.p, mark, 3) == 0)
		c->at = 3;
	if (c->format != COLUMN_DETECT)
		return c->format;
	if (c->in.len > c->at && c->in.p[c->at] == '{')
		return COLUMN_NDJSON;
	return c->name ? COLUMN_CSV : COLUMN_LINES;
}

struct column *
column_new(
    int fd, const char *file, enum column_format format, const char *name, struct fault *f)
{
	struct column *c = xcalloc(1, sizeof *c);

	c->fd = fd;
	c->file = file;
	c->format = format;
	c->name = name;
	sha256_init(&c->sha);
	if (more(c, f) < 0)
		goto bad;
	c->format = detect(c);
	if (c->format == COLUMN_LINES && name) {
		fault(f, USAGE, "%s: lines have no column %s (--format csv)", file, name);
		goto bad;
	}
	if (c->format == COLUMN_CSV) {
		if (name && strspn(name, "0123456789") == strlen(name))
			c->place = strtoul(name, NULL, 10);
		c->csv = csv_new(fd, file, 0);
		csv_source(c->csv, feed, c);
	}
	if (c->format == COLUMN_NDJSON && !name)
		c->name = "phone";
	return c;
bad:
	column_free(c);
	return NULL;
}

void
column_free(struct column *c)
{
	if (!c)
		return;
	csv_free(c->csv);
	ndjson_release(&c->index);
	buf_release(&c->in);
	buf_release(&c->text);
	free(c);
}

void
column_digest(struct column *c, char hex[65])
{
	unsigned char digest[SHA256_DIGEST_SIZE];

	sha256_digest(&c->sha, sizeof digest, digest);
	hex_text(digest, sizeof digest, hex);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice
trim(const char *p, size_t len)
{
	for (; len && is_blank(*p); len--)
		p++;
	while (len && is_blank(p[len - 1]))
		len--;
	return (struct slice){p, len};
}

/* ---- lines -------------------------------------------------------------------- */

/* A whole line, or the rest behind the last newline: 1, 0 at the end, -1. */
static int
next_line(struct column *c, struct slice *s, struct fault *f)
{
	for (;;) {
		char *p = c->in.p + c->at, *newline = NULL;
		size_t len = c->in.len - c->at;

		if (len)
			newline = memchr(p, '\n', len);
		if (newline || (c->end && len)) {
			len = newline ? (size_t)(newline - p) : len;
			c->at += len + (newline != NULL);
			c->line += !c->skipping;
			if (!c->skipping) {
				*s = (struct slice){p, len};
				return 1;
			}
			c->skipping = false;
			continue;
		}
		if (c->end)
			return 0;
		if (c->skipping || len > NDJSON_LINE_MAX) {
			c->at = c->in.len;
			if (!c->skipping) {
				c->skipping = true;
				return fault(f, DATAERR,
				    "%s:%llu: the line is longer than 4 MiB", c->file,
				    (unsigned long long)++c->line);
			}
		}
		if (more(c, f) < 0)
			return -1;
	}
}

/* The member of the record in a line. */
static int
member(struct column *c, struct slice *s, struct fault *f)
{
	struct rec rec = {.p = s->p, .len = s->len, .line = c->line, .file = c->file};
	int got;

	if (ndjson_line(&c->index, &rec, f) < 0 ||
	    (got = rec_text(&rec, c->name, &c->text, f)) < 0)
		return -1;
	if (got == 0)
		return rec_fault(&rec, f, "the record has no %s", c->name);
	*s = trim(c->text.p, c->text.len);
	return 1;
}

/* ---- tables ------------------------------------------------------------------- */

static int
find_column(struct column *c, const struct csv_row *row, struct fault *f)
{
	for (size_t i = 0; i < row->n && !c->place; i++) {
		struct slice s = trim(row->field[i].p, row->field[i].len);

		if (c->name ? s.len == strlen(c->name) && !strncasecmp(s.p, c->name, s.len)
			    : row->n == 1)
			c->place = i + 1;
	}
	if (c->place)
		return 0;
	c->lost = true;
	return fault(f, DATAERR,
	    "%s:%llu: there is no column %s (--column NAME, or its number)", c->file,
	    (unsigned long long)row->line, c->name ? c->name : "named");
}

static int
next_cell(struct column *c, struct slice *s, struct fault *f)
{
	struct csv_row row;
	int got = csv_next(c->csv, &row, f);

	if (got > 0 && !c->place) {
		if (find_column(c, &row, f) < 0)
			return -1;
		got = csv_next(c->csv, &row, f);
	}
	c->line = row.line;
	if (got <= 0)
		return got;
	if (row.n < c->place)
		return fault(f, DATAERR, "%s:%llu: has %zu columns, not %zu", c->file,
		    (unsigned long long)row.line, row.n, c->place);
	*s = trim(row.field[c->place - 1].p, row.field[c->place - 1].len);
	return 1;
}

int
column_next(struct column *c, struct slice *s, uint64_t *line, struct fault *f)
{
	int got;

	if (c->lost)
		return 0;
	if (c->format == COLUMN_CSV) {
		got = next_cell(c, s, f);
		*line = c->line;
		return got;
	}
	do {
		got = next_line(c, s, f);
		if (got > 0)
			*s = trim(s->p, s->len);
	} while (got > 0 && !s->len);
	*line = c->line;
	return got > 0 && c->format == COLUMN_NDJSON ? member(c, s, f) : got;
}
