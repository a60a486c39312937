/*
 * ndjson: the reader of record streams. Bytes come in large reads, lines are
 * cut in place, each is scanned once; the places of its top-level fields are
 * kept so that a tool finds them without a second look.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "mem.h"
#include "ndjson.h"
#include "scan.h"

enum { READ_SIZE = 256 << 10 };

void
ndjson_init(struct ndjson *r, int fd, const char *file)
{
	*r = (struct ndjson){.fd = fd, .file = file};
}

void
ndjson_release(struct ndjson *r)
{
	buf_release(&r->in);
	buf_release(&r->type);
	free(r->member);
	*r = (struct ndjson){.fd = -1, .end = true};
}

/* Drops the bytes of a line that was too long, up to its newline. */
static void
skip(struct ndjson *r, size_t from)
{
	char *newline = memchr(r->in.p + from, '\n', r->in.len - from);
	size_t rest = newline ? r->in.len - (size_t)(newline + 1 - r->in.p) : 0;

	if (newline) {
		r->skipping = false;
		r->line++;
	}
	memmove(r->in.p + from, r->in.p + r->in.len - rest, rest);
	r->in.len = from + rest;
}

/* Reads once, behind what is not consumed; moves that to the front first. -1: IOERR. */
static int
fill(struct ndjson *r, struct fault *f)
{
	size_t rest = r->in.len - r->at, before;
	ssize_t n;

	if (r->at) {
		memmove(r->in.p, r->in.p + r->at, rest);
		r->in.len = rest;
		r->looked -= r->at < r->looked ? r->at : r->looked;
		r->at = 0;
	}
	buf_need(&r->in, READ_SIZE);
	while ((n = read(r->fd, r->in.p + r->in.len, READ_SIZE)) < 0) {
		if (errno == EAGAIN)
			loop_wait(r->fd, -1);
		else if (errno != EINTR)
			return fault(f, IOERR, "%s: %s", r->file, strerror(errno));
	}
	if (n == 0)
		r->end = true;
	before = r->in.len;
	r->in.len += (size_t)n;
	if (r->skipping)
		skip(r, before);
	return 0;
}

static bool
is_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p == end;
}

/* A line that is not blank lies whole in memory: r->next is its end. */
int
ndjson_buffered(struct ndjson *r)
{
	const char *line, *newline;

	while (!r->next && r->at < r->in.len) {
		size_t from = r->looked > r->at ? r->looked : r->at;

		line = r->in.p + r->at;
		newline = memchr(r->in.p + from, '\n', r->in.len - from);
		if (!newline && !r->end) {
			r->looked = r->in.len;
			return 0;
		}
		if (!newline)
			newline = r->in.p + r->in.len;
		r->next = (size_t)(newline - r->in.p);
		if ((unsigned char)*line > ' ' || !is_blank(line, newline))
			return 1;
		r->at = r->next + (r->next < r->in.len);
		r->next = 0;
		r->line++;
	}
	return r->next != 0;
}

int
ndjson_ready(struct ndjson *r)
{
	struct fault ignored; /* a read that fails now fails again in ndjson_next */

	while (!ndjson_buffered(r)) {
		if (!r->end && r->in.len - r->at > NDJSON_LINE_MAX)
			return 1;
		if (r->end || !loop_readable(r->fd))
			return 0;
		if (fill(r, &ignored) < 0)
			return 1;
	}
	return 1;
}

static bool
key_is(const struct rec_member *m, const char *key, size_t len)
{
	struct buf text = {0};
	bool same;

	if (!m->escaped)
		return m->key.len == len && memcmp(m->key.p, key, len) == 0;
	scan_unescape(&text, m->key);
	same = text.len == len && memcmp(text.p, key, len) == 0;
	buf_release(&text);
	return same;
}

static bool
seen_before(const struct ndjson *r, const struct rec_member *m)
{
	struct buf text = {0};
	struct slice key = m->key;
	bool seen = false;

	if (m->escaped) {
		scan_unescape(&text, m->key);
		key = (struct slice){text.p, text.len};
	}
	for (size_t i = 0; i < r->members && !seen; i++)
		seen = key_is(&r->member[i], key.p, key.len);
	buf_release(&text);
	return seen;
}

/* Equal keys share a bit. One with escapes may equal any, so it has them all. */
static uint64_t
key_bit(const struct rec_member *m)
{
	const unsigned char *k = (const unsigned char *)m->key.p;
	size_t len = m->key.len;

	if (m->escaped || !len)
		return UINT64_MAX;
	uint32_t mix =
	    (uint32_t)(k[0] | k[len / 2] << 8 | k[len - 1] << 16) ^ (uint32_t)len << 24;
	return (uint64_t)1 << (mix * 0x9e3779b1u >> 26);
}

static void
take_member(void *arg, const struct rec_member *m)
{
	struct ndjson *r = arg;
	uint64_t bit = key_bit(m);

	if (r->why)
		return;
	if (r->members == NDJSON_MEMBERS_MAX)
		r->why = "more than 1024 fields";
	else if ((r->keys & bit) && seen_before(r, m))
		r->why = "repeated key";
	r->why_at = m->key.p - 1;
	r->keys |= bit;
	if (r->members == r->members_cap) {
		r->members_cap = r->members_cap ? r->members_cap * 2 : 32;
		r->member = xrealloc(r->member, r->members_cap, sizeof(*r->member));
	}
	r->member[r->members++] = *m;
}

static void
set_type(struct ndjson *r, struct rec *rec)
{
	static const struct rec_member wanted = {{"type", 4}, {NULL, 0}, false};
	struct slice v;

	rec->type = (struct slice){"", 0};
	if (!(r->keys & key_bit(&wanted)) || !rec_find(rec, "type", &v) || *v.p != '"')
		return;
	rec->type = (struct slice){v.p + 1, v.len - 2};
	if (!memchr(rec->type.p, '\\', rec->type.len))
		return;
	buf_reset(&r->type);
	scan_unescape(&r->type, rec->type);
	rec->type = (struct slice){r->type.p, r->type.len};
}

static int
bad_line(const struct rec *rec, ptrdiff_t at, const char *why, struct fault *f)
{
	return fault(f, DATAERR, "%s:%llu:%td: %s", rec->file, (unsigned long long)rec->line,
	    at + 1, why);
}

/* The line is one object with nothing behind it. */
static int
scan_line(struct ndjson *r, struct rec *rec, const char *readable, struct fault *f)
{
	const char *why = NULL, *end = rec->p + rec->len;
	ptrdiff_t used;

	r->members = 0;
	r->keys = 0;
	r->why = NULL;
	used = scan_json(rec->p, rec->len, readable, take_member, r, &why);
	if (used < 0)
		return bad_line(rec, -1 - used, why, f);
	if (rec->p[used - 1] != '}')
		return bad_line(rec, 0, "a record is a JSON object", f);
	if (!is_blank(rec->p + used, end))
		return bad_line(rec, used, "something stands behind the object", f);
	if (r->why)
		return bad_line(rec, r->why_at - rec->p, r->why, f);
	rec->member = r->member;
	rec->members = r->members;
	set_type(r, rec);
	return 0;
}

int
ndjson_line(struct ndjson *r, struct rec *rec, struct fault *f)
{
	return scan_line(r, rec, rec->p + rec->len, f);
}

/* Gives up a line that is too long: its bytes go, now and as they come. */
static int
too_long(struct ndjson *r, struct rec *rec, struct fault *f)
{
	rec->line = r->line + 1;
	r->in.len = r->at;
	r->looked = r->at;
	r->skipping = true;
	return bad_line(rec, 0, "the line is longer than 4 MiB", f);
}

int
ndjson_next(struct ndjson *r, struct rec *rec, struct fault *f)
{
	size_t stop;

	*rec = (struct rec){.file = r->file};
	while (!ndjson_buffered(r)) {
		if (r->end)
			return 0;
		if (r->in.len - r->at > NDJSON_LINE_MAX)
			return too_long(r, rec, f);
		if (fill(r, f) < 0)
			return -1;
	}
	stop = r->next;
	rec->line = ++r->line;
	rec->p = r->in.p + r->at;
	rec->len = stop - r->at;
	r->at = stop + (stop < r->in.len);
	r->next = 0;
	if (rec->len > NDJSON_LINE_MAX)
		return bad_line(rec, 0, "the line is longer than 4 MiB", f);
	return scan_line(r, rec, r->in.p + r->in.len, f) < 0 ? -1 : 1;
}

struct search {
	const char *key;
	size_t len;
	struct slice *value;
	int found;
};

static void
search_member(void *arg, const struct rec_member *m)
{
	struct search *s = arg;

	if (!s->found && key_is(m, s->key, s->len)) {
		*s->value = m->value;
		s->found = 1;
	}
}

int
rec_find(const struct rec *rec, const char *key, struct slice *value)
{
	struct search s = {key, strlen(key), value, 0};

	if (!rec->member) {
		json_scan(rec->p, rec->len, search_member, &s);
		return s.found;
	}
	for (size_t i = 0; i < rec->members; i++) {
		if (key_is(&rec->member[i], key, s.len)) {
			*value = rec->member[i].value;
			return 1;
		}
	}
	return 0;
}

void
rec_rest(const struct rec *rec, const char *const *named, struct buf *out)
{
	for (size_t i = 0; i < rec->members; i++) {
		const struct rec_member *m = &rec->member[i];
		const char *const *name = named;

		while (*name && !key_is(m, *name, strlen(*name)))
			name++;
		if (!*name)
			buf_member_raw(out, m->key, m->value);
	}
}

int
rec_fault(const struct rec *rec, struct fault *f, const char *fmt, ...)
{
	char text[sizeof(f->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fault(f, DATAERR, "%s:%llu: %s", rec->file, (unsigned long long)rec->line, text);
}

static const char *
kind_of(struct slice v)
{
	switch (*v.p) {
	case '"': return "text";
	case '{': return "an object";
	case '[': return "a list";
	case 't':
	case 'f': return "true or false";
	case 'n': return "null";
	default: return "a number";
	}
}

int
rec_text(const struct rec *rec, const char *key, struct buf *out, struct fault *f)
{
	struct slice v;

	buf_reset(out);
	if (!rec_find(rec, key, &v) || *v.p == 'n')
		return 0;
	if (*v.p != '"')
		return rec_fault(rec, f, "%s must be text, not %s", key, kind_of(v));
	scan_unescape(out, (struct slice){v.p + 1, v.len - 2});
	if (out->len && memchr(out->p, '\0', out->len))
		return rec_fault(rec, f, "%s contains a NUL character", key);
	return 1;
}

int
rec_int(const struct rec *rec, const char *key, int64_t *out, struct fault *f)
{
	struct slice v;
	int64_t n = 0;

	if (!rec_find(rec, key, &v) || *v.p == 'n')
		return 0;
	for (size_t i = *v.p == '-'; i < v.len; i++) {
		int digit = *v.p == '-' ? '0' - v.p[i] : v.p[i] - '0';

		if (v.p[i] < '0' || v.p[i] > '9')
			return rec_fault(rec, f, "%s must be a whole number, not %s", key,
			    v.p[0] == '-' || (v.p[0] >= '0' && v.p[0] <= '9') ? "a fraction"
									      : kind_of(v));
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
			return rec_fault(rec, f, "%s is too large", key);
	}
	*out = n;
	return 1;
}
