/*
 * csv: one pass over a window of the stream. A row that the window does not
 * hold whole is scanned again after more was read; rows are small and the
 * window is large, so that is rare, and no state survives between reads.
 * Owned rather than libcsv: we need lines, offsets and raw bytes of each row.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "csv.h"
#include "mem.h"

enum { WINDOW = 256 << 10, PAD = 16 };

struct csv {
	int fd;
	char *file;
	char delimiter;
	ssize_t (*read)(void *, char *, size_t, struct fault *);
	void *arg;
	char *p; /* the window: cap bytes and PAD zeroed ones behind len */
	size_t at, len, cap;
	bool end;      /* the stream has no more */
	bool started;  /* the byte order mark was looked for */
	bool skip;     /* the rest of an endless line is to be dropped */
	uint64_t line; /* of p[at] */
	uint64_t offset;
	uint64_t leave; /* lines at the beginning that are still to be passed over */
	struct slice field[CSV_COLUMNS_MAX];
	uint16_t escaped[CSV_COLUMNS_MAX]; /* fields that hold "" */
	struct buf plain;                  /* their text */
};

/* One attempt at a row. */
struct scan {
	const char *p, *end;
	size_t n, escapes;
	uint64_t newlines; /* inside quotes */
	const char *bad;   /* where it went wrong */
	const char *why;
};

enum { ROW, MORE, BAD };

struct csv *
csv_new(int fd, const char *file, char delimiter)
{
	struct csv *c = xcalloc(1, sizeof(*c));

	c->fd = fd;
	c->file = xstrdup(file);
	c->delimiter = delimiter;
	c->line = 1;
	c->cap = WINDOW;
	c->p = xmalloc(c->cap + PAD);
	memset(c->p, 0, PAD);
	return c;
}

void
csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	buf_release(&c->plain);
	free(c->file);
	free(c->p);
	free(c);
}

char
csv_delimiter(const struct csv *c)
{
	return c->delimiter;
}

void
csv_source(struct csv *c, ssize_t (*fn)(void *, char *, size_t, struct fault *), void *arg)
{
	c->read = fn;
	c->arg = arg;
}

void
csv_skip(struct csv *c, uint64_t lines)
{
	c->leave = lines;
}

/* The first of a, b, c in [p, end), else end. May look at PAD bytes behind end. */
static inline const char *
find(const char *p, const char *end, char a, char b, char c)
{
#ifdef __SSE2__
	const __m128i va = _mm_set1_epi8(a), vb = _mm_set1_epi8(b), vc = _mm_set1_epi8(c);

	for (; p < end; p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit =
		    _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, va), _mm_cmpeq_epi8(x, vb)),
			_mm_cmpeq_epi8(x, vc));
		int mask = _mm_movemask_epi8(hit);

		if (mask != 0) {
			p += __builtin_ctz((unsigned)mask);
			return p < end ? p : end;
		}
	}
	return end;
#else
	while (p < end && *p != a && *p != b && *p != c)
		p++;
	return p;
#endif
}

static int
bad(struct scan *s, const char *where, const char *why)
{
	s->bad = where;
	s->why = why;
	return BAD;
}

/* Behind the closing quote: the delimiter (MORE means a further field), a line end, or the end. */
static inline int
quote_closed(struct scan *s, char delimiter, bool last, bool *another)
{
	*another = false;
	if (s->p == s->end)
		return last ? ROW : MORE;
	if (*s->p == delimiter) {
		s->p++;
		*another = true;
		return ROW;
	}
	if (*s->p == '\r') {
		if (s->p + 1 == s->end) {
			s->p++;
			return last ? ROW : MORE;
		}
		if (s->p[1] == '\n')
			s->p++;
	}
	if (*s->p != '\n')
		return bad(s, s->p, "text behind a closing quote");
	s->p++;
	return ROW;
}

/* A quoted field; s->p is at the opening quote and ends behind the closing one. */
static int
scan_quoted(struct csv *c, struct scan *s, bool last)
{
	const char *open = s->p, *q = s->p + 1;
	bool escaped = false;

	for (;;) {
		q = find(q, s->end, '"', '\n', '"');
		if (q == s->end)
			return last ? bad(s, open, "the quote that opens here is never closed")
				    : MORE;
		if (*q == '\n') {
			s->newlines++;
			q++;
			continue;
		}
		if (q + 1 == s->end && !last)
			return MORE;
		if (q + 1 == s->end || q[1] != '"')
			break;
		escaped = true;
		q += 2;
	}
	if (escaped)
		c->escaped[s->escapes++] = (uint16_t)s->n;
	c->field[s->n++] = (struct slice){open + 1, (size_t)(q - open - 1)};
	s->p = q + 1;
	return ROW;
}

/* A row from s->p; last says that the window ends where the stream does. */
static int
scan_row(struct csv *c, struct scan *s, bool last)
{
	const char delimiter = c->delimiter;
	bool another;
	int r;

	for (;;) {
		const char *start = s->p, *q;

		if (s->n == CSV_COLUMNS_MAX)
			return bad(s, s->p, "more than 1024 columns");
		if (start < s->end && *start == '"') {
			r = scan_quoted(c, s, last);
			if (r == ROW)
				r = quote_closed(s, delimiter, last, &another);
			if (r != ROW || !another)
				return r;
			continue;
		}
		q = find(start, s->end, delimiter, '\n', '"');
		if (q == s->end && !last)
			return MORE;
		c->field[s->n++] = (struct slice){start, (size_t)(q - start)};
		s->p = q + 1;
		if (q < s->end && *q == delimiter)
			continue;
		if (q < s->end && *q == '"')
			return bad(s, q, "a quote inside a field that is not quoted");
		if (q > start && q[-1] == '\r')
			c->field[s->n - 1].len--;
		if (q == s->end)
			s->p = q;
		return ROW;
	}
}

/* Takes away the doubling of quotes, into memory of our own: raw stays as it came. */
static void
unescape(struct csv *c, const struct scan *s, size_t raw)
{
	size_t i;

	buf_reset(&c->plain);
	buf_need(&c->plain, raw + 1);
	for (i = 0; i < s->escapes; i++) {
		struct slice *f = &c->field[c->escaped[i]];
		const char *p = f->p, *end = f->p + f->len, *q;
		size_t start = c->plain.len;

		while ((q = memchr(p, '"', (size_t)(end - p))) != NULL) {
			buf_add(&c->plain, p, (size_t)(q + 1 - p));
			p = q + 2;
		}
		buf_add(&c->plain, p, (size_t)(end - p));
		f->p = c->plain.p + start;
		f->len = c->plain.len - start;
	}
}

/* Reads once more into the window. 0, or -1 with the fault. */
static int
fill(struct csv *c, struct fault *f)
{
	ssize_t n;

	if (c->at > 0) {
		memmove(c->p, c->p + c->at, c->len - c->at);
		c->len -= c->at;
		c->at = 0;
	}
	if (c->cap - c->len < WINDOW / 4) {
		c->cap += c->cap < CSV_ROW_MAX ? c->cap : WINDOW;
		c->p = xrealloc(c->p, c->cap + PAD, 1);
	}
	if (c->read != NULL) {
		n = c->read(c->arg, c->p + c->len, c->cap - c->len, f);
		if (n < 0)
			return -1;
	} else {
		do
			n = read(c->fd, c->p + c->len, c->cap - c->len);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return fault(f, IOERR, "%s: cannot read: %s", c->file, strerror(errno));
	}
	c->end = n == 0;
	c->len += (size_t)n;
	memset(c->p + c->len, 0, PAD);
	return 0;
}

static void
consume(struct csv *c, size_t n, uint64_t lines)
{
	c->at += n;
	c->offset += n;
	c->line += lines;
}

/* The delimiter that stands most often in the first line outside quotes; a comma if none does. */
static char
detect(const char *p, const char *end)
{
	static const char candidate[] = {',', ';', '\t'};
	size_t count[COUNT(candidate)] = {0}, i, best = 0;
	bool quoted = false;

	for (; p < end && (quoted || *p != '\n'); p++) {
		if (*p == '"')
			quoted = !quoted;
		for (i = 0; i < COUNT(candidate) && !quoted; i++)
			count[i] += *p == candidate[i];
	}
	for (i = 1; i < COUNT(candidate); i++)
		if (count[i] > count[best])
			best = i;
	return candidate[best];
}

/* At the first bytes: the byte order mark is not part of the first row. */
static int
start(struct csv *c, struct fault *f)
{
	while (!c->end && c->len < 3)
		if (fill(c, f) < 0)
			return -1;
	c->started = true;
	if (c->len >= 3 && memcmp(c->p, "\xef\xbb\xbf", 3) == 0)
		consume(c, 3, 0);
	return 0;
}

/* Drops the rest of a line that was too long to keep. */
static int
skip_line(struct csv *c, struct fault *f)
{
	while (c->skip) {
		const char *p = c->p + c->at, *nl = memchr(p, '\n', c->len - c->at);

		if (nl != NULL) {
			consume(c, (size_t)(nl + 1 - p), 1);
			c->skip = false;
		} else {
			consume(c, c->len - c->at, 0);
			if (c->end)
				return 0;
			if (fill(c, f) < 0)
				return -1;
		}
	}
	return 0;
}

/* Gives up the physical line at which the row starts; the next row begins behind it. */
static int
give_up(struct csv *c, const struct scan *s, struct csv_row *row, struct fault *f)
{
	const char *p = c->p + c->at, *end = c->p + c->len, *q;
	const char *nl = memchr(p, '\n', (size_t)(end - p));
	uint64_t line = c->line;
	const char *line_start = p;

	for (q = p; q < s->bad; q++)
		if (*q == '\n') {
			line++;
			line_start = q + 1;
		}
	(void)fault(f, DATAERR, "%s:%llu:%zu: %s", c->file, (unsigned long long)line,
	    (size_t)(s->bad - line_start) + 1, s->why);
	row->n = 0;
	row->raw = (struct slice){p, (size_t)(nl != NULL ? nl + 1 - p : end - p)};
	if (row->raw.len > CSV_ROW_MAX)
		row->raw.len = CSV_ROW_MAX;
	c->skip = nl == NULL || p + row->raw.len <= nl;
	consume(c, row->raw.len, c->skip ? 0 : 1);
	return -1;
}

static int
found(struct csv *c, const struct scan *s, struct csv_row *row)
{
	const char *p = c->p + c->at;

	row->raw = (struct slice){p, (size_t)(s->p - p)};
	row->n = s->n;
	row->field = c->field;
	if (s->escapes > 0)
		unescape(c, s, row->raw.len);
	consume(c, row->raw.len, s->newlines + 1);
	return 1;
}

/* Passes over empty lines; 1 if something follows them in the window. */
static bool
skip_empty(struct csv *c)
{
	while (c->at < c->len) {
		const char *p = c->p + c->at;

		if (p[0] == '\n')
			consume(c, 1, 1);
		else if (p[0] == '\r' && c->len - c->at > 1 && p[1] == '\n')
			consume(c, 2, 1);
		else if (p[0] == '\r' && c->len - c->at == 1)
			return false;
		else
			return true;
	}
	return false;
}

/* Lines that are no rows: 1 when they are behind us, 0 if the stream ended among them, -1. */
static int
pass_over(struct csv *c, struct fault *f)
{
	for (; c->skip || c->leave; c->leave -= c->leave > 0) {
		c->skip = true;
		if (skip_line(c, f) < 0)
			return -1;
		if (c->skip)
			return 0;
	}
	return 1;
}

/* Whether the delimiter is known; it is found once the first line lies in the window. */
static bool
has_delimiter(struct csv *c)
{
	const char *p = c->p + c->at;
	size_t len = c->len - c->at;

	if (c->delimiter == 0 && (c->end || len >= CSV_ROW_MAX || memchr(p, '\n', len) != NULL))
		c->delimiter = detect(p, p + len);
	return c->delimiter != 0;
}

int
csv_next(struct csv *c, struct csv_row *row, struct fault *f)
{
	int r;

	*row = (struct csv_row){.field = c->field, .line = c->line, .offset = c->offset};
	if (!c->started && start(c, f) < 0)
		return -1;
	if ((r = pass_over(c, f)) <= 0)
		return r;
	for (;;) {
		struct scan s = {.p = NULL};
		bool more = skip_empty(c);

		row->line = c->line;
		row->offset = c->offset;
		if (!more && c->end)
			return 0;
		r = MORE;
		if (more && has_delimiter(c)) {
			s.p = c->p + c->at;
			s.end = c->p + c->len;
			r = scan_row(c, &s, c->end);
		}
		if (r == ROW && (size_t)(s.p - (c->p + c->at)) <= CSV_ROW_MAX)
			return found(c, &s, row);
		if (r != BAD && c->len - c->at > CSV_ROW_MAX)
			r = bad(
			    &s, c->p + c->at, "a row of more than 1 MiB (a quote left open?)");
		/* The whole bad line is wanted for the rejects. */
		if (r == BAD &&
		    (c->end || c->len - c->at > CSV_ROW_MAX ||
			memchr(c->p + c->at, '\n', c->len - c->at) != NULL))
			return give_up(c, &s, row, f);
		if (fill(c, f) < 0)
			return -1;
	}
}

void
csv_put(struct buf *out, const char *p, size_t len, char delimiter)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] == delimiter || p[i] == '"' || p[i] == '\n' || p[i] == '\r')
			break;
	if (i == len) {
		buf_add(out, p, len);
		return;
	}
	buf_addc(out, '"');
	for (i = 0; i < len; i++) {
		if (p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, p[i]);
	}
	buf_addc(out, '"');
}
