/*
 * rows: csv and ndjson behind one face.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "charset.h"
#include "magic.h"
#include "mem.h"
#include "rows.h"

struct rows {
	const char *file; /* borrowed */
	bool records, broken;
	struct csv *csv;
	struct csv_row row;
	struct slice *cell; /* of a line that is no row; null until there is one */
	struct charset *charset;
	struct buf back; /* a row in the bytes of the file */
	struct ndjson in;
	struct rec rec;
};

/* Leaves the file behind a byte order mark; a workbook is no text. */
static int
first_byte(int fd, const char *file, char *first, struct fault *f)
{
	char b[MAGIC_SIZE] = {0};
	ssize_t n = pread(fd, b, sizeof b, 0);
	off_t skip = n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (n < 0 || lseek(fd, skip, SEEK_SET) < 0)
		return fault(f, IOERR, "%s: %s", file, strerror(errno));
	*first = b[skip];
	return magic_check(file, b, (size_t)n, "outreach-import --source NAME", f);
}

/* charset_read gives up for good; the reader above would not know. */
static ssize_t
read_converted(void *arg, char *out, size_t size, struct fault *f)
{
	struct rows *r = arg;
	ssize_t n = charset_read(r->charset, out, size, f);

	r->broken |= n < 0;
	return n;
}

struct rows *
rows_new(int fd, const char *file, enum rows_format format, char delimiter,
    const char *encoding, uint64_t skip, struct fault *f)
{
	struct rows *r = xcalloc(1, sizeof *r);
	char first = '\0';

	r->file = file;
	if (first_byte(fd, file, &first, f) < 0)
		goto bad;
	r->records =
	    format == ROWS_NDJSON || (format == ROWS_DETECT && first == '{' && !delimiter);
	if (r->records) {
		if (encoding || skip) {
			fault(f, USAGE, "%s: NDJSON %s", file,
			    skip ? "has no title rows for --skip-rows"
				 : "is UTF-8 and takes no --encoding");
			goto bad;
		}
		ndjson_init(&r->in, fd, file);
		return r;
	}
	if (encoding && !(r->charset = charset_new(fd, file, encoding, f)))
		goto bad;
	/* The mark belongs to the encoding, if one is named. */
	if (encoding && lseek(fd, 0, SEEK_SET) < 0) {
		fault(f, IOERR, "%s: %s", file, strerror(errno));
		goto bad;
	}
	r->csv = csv_new(fd, file, format == ROWS_TSV && !delimiter ? '\t' : delimiter);
	csv_skip(r->csv, skip);
	if (r->charset)
		csv_source(r->csv, read_converted, r);
	return r;
bad:
	rows_free(r);
	return NULL;
}

void
rows_free(struct rows *r)
{
	if (!r)
		return;
	if (r->records)
		ndjson_release(&r->in);
	csv_free(r->csv);
	free(r->cell);
	charset_free(r->charset);
	buf_release(&r->back);
	free(r);
}

bool
rows_are_records(const struct rows *r)
{
	return r->records;
}

bool
rows_broken(const struct rows *r)
{
	return r->broken;
}

static int
next_record(struct rows *r, struct row *row, struct fault *f)
{
	int got = ndjson_next(&r->in, &r->rec, f);

	*row = (struct row){.line = r->rec.line,
	    .raw = {r->rec.p, r->rec.len},
	    .rec = &r->rec,
	    .code = "syntax"};
	if (r->rec.len > NDJSON_LINE_MAX)
		row->raw = (struct slice){NULL, 0};
	return got;
}

static struct slice
without_quotes(const char *p, const char *end)
{
	if (p < end && *p == '"')
		p++;
	if (p < end && end[-1] == '"')
		end--;
	return (struct slice){p, (size_t)(end - p)};
}

/* The line of a row that is none, cut at each delimiter. */
static void
cut(struct rows *r, struct row *row)
{
	const char delimiter = csv_delimiter(r->csv), *p = row->raw.p, *end = p + row->raw.len;

	row->n = 0;
	if (!p || !delimiter)
		return;
	if (!r->cell)
		r->cell = xcalloc(CSV_COLUMNS_MAX, sizeof *r->cell);
	while (end > p && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	row->field = r->cell;
	while (p && row->n < CSV_COLUMNS_MAX) {
		const char *next = memchr(p, delimiter, (size_t)(end - p));

		r->cell[row->n++] = without_quotes(p, next ? next : end);
		p = next ? next + 1 : NULL;
	}
}

int
rows_next(struct rows *r, struct row *row, struct fault *f)
{
	int got;

	if (r->records)
		return next_record(r, row, f);
	got = csv_next(r->csv, &r->row, f);
	*row = (struct row){.line = r->row.line,
	    .raw = r->row.raw,
	    .field = r->row.field,
	    .n = r->row.n,
	    .code = "syntax"};
	if (got > 0 && r->charset && charset_was_utf8(r->charset, row->raw, &r->back)) {
		row->raw = (struct slice){r->back.p, r->back.len};
		row->code = "encoding";
		return fault(f, DATAERR,
		    "%s:%llu: the row is UTF-8 in a file that is read in another encoding (--encoding); import such rows by themselves, as UTF-8",
		    r->file, (unsigned long long)row->line);
	}
	/* What was cut off must not be taken for the row. */
	if (got < 0 && row->raw.len >= CSV_ROW_MAX)
		row->raw = (struct slice){NULL, 0};
	if (got < 0 && f->code == DATAERR && !r->broken)
		cut(r, row);
	return got;
}
