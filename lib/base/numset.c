/*
 * numset: external merge sort (Knuth, TAOCP 5.4) of numbers alone: radix sort
 * within a run, distances in the file, a heap of runs to read them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "numset.h"
#include "sort.h"
#include "temp.h"

enum { RUN = 1 << 20, WINDOW = 32 << 10, GROUP = 32, PARTS_MAX = 17 };

struct run {
	off_t at, end;         /* what was not read yet, in the file */
	unsigned char *window; /* of it, from next to have */
	size_t next, have;
	uint64_t head;
};

struct numset {
	uint64_t *v; /* the run that is being collected */
	size_t n, cap, read;
	int fd;
	off_t size;
	struct buf out;
	struct run *run;
	size_t runs, runs_cap;
	size_t *heap; /* runs that have numbers, the one with the smallest first */
	size_t heaped;
	bool any; /* last was given out */
	uint64_t last;
};

struct numset *
numset_new(void)
{
	struct numset *s = xcalloc(1, sizeof *s);

	s->fd = -1;
	return s;
}

void
numset_free(struct numset *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->runs; i++)
		free(s->run[i].window);
	if (s->fd >= 0)
		close(s->fd);
	buf_release(&s->out);
	free(s->v);
	free(s->run);
	free(s->heap);
	free(s);
}

static int
write_out(struct numset *s, struct fault *f)
{
	size_t done = 0;

	while (done < s->out.len) {
		ssize_t n = pwrite(s->fd, s->out.p + done, s->out.len - done, s->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault(f, IOERR, "temporary file: %s", strerror(errno));
		done += (size_t)n;
		s->size += n;
	}
	buf_reset(&s->out);
	return 0;
}

static void
sort_run(struct numset *s)
{
	uint64_t *scratch;
	size_t i = 1;

	while (i < s->n && s->v[i - 1] <= s->v[i])
		i++;
	if (i >= s->n)
		return; /* it came in order */
	scratch = xmalloc(s->n * sizeof *scratch);
	sort_numbers(s->v, scratch, s->n);
	free(scratch);
}

static int
put_run(struct numset *s, struct fault *f)
{
	unsigned char d[DISTANCE_MAX];
	off_t at = s->size;
	uint64_t before = 0;

	sort_run(s);
	if (s->fd < 0 && (s->fd = temp_file(f)) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		buf_add(&s->out, d, distance_put(d, s->v[i] - before));
		before = s->v[i];
		if (s->out.len > 8 * WINDOW && write_out(s, f) < 0)
			return -1;
	}
	if (write_out(s, f) < 0)
		return -1;
	if (s->runs == s->runs_cap) {
		s->runs_cap = s->runs_cap ? s->runs_cap * 2 : 16;
		s->run = xrealloc(s->run, s->runs_cap, sizeof *s->run);
	}
	s->run[s->runs++] = (struct run){.at = at, .end = s->size};
	s->n = 0;
	return 0;
}

int
numset_add(struct numset *s, uint64_t x, struct fault *f)
{
	if (s->n == RUN && put_run(s, f) < 0)
		return -1;
	if (s->n == s->cap) {
		s->cap = s->cap < 64 ? 64 : s->cap * 2;
		s->v = xrealloc(s->v, s->cap, sizeof *s->v);
	}
	s->v[s->n++] = x;
	return 0;
}

/* ---- reading ----------------------------------------------------------------- */

/* Moves what is left of the window to its start and fills it. */
static int
fill(struct numset *s, struct run *r, struct fault *f)
{
	size_t left = r->have - r->next, want = WINDOW - left;

	if (!r->window)
		r->window = xmalloc(WINDOW);
	memmove(r->window, r->window + r->next, left);
	r->next = 0;
	r->have = left;
	if ((off_t)want > r->end - r->at)
		want = (size_t)(r->end - r->at);
	while (want) {
		ssize_t n = pread(s->fd, r->window + r->have, want, r->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault(f, IOERR, "temporary file: %s",
			    n ? strerror(errno) : "it became shorter");
		r->have += (size_t)n;
		r->at += n;
		want -= (size_t)n;
	}
	return 0;
}

/* The next number of a run to its head: 1, 0 at its end. */
static int
advance(struct numset *s, struct run *r, struct fault *f)
{
	uint64_t d;
	size_t n;

	if (r->have - r->next < DISTANCE_MAX && r->at < r->end && fill(s, r, f) < 0)
		return -1;
	n = distance_get(r->window + r->next, r->window + r->have, &d);
	if (n == 0)
		return 0;
	r->next += n;
	r->head += d;
	return 1;
}

static void
sift_down(struct numset *s, size_t i)
{
	for (;;) {
		size_t least = i, child = 2 * i + 1, t;

		for (size_t c = child; c < child + 2 && c < s->heaped; c++)
			if (s->run[s->heap[c]].head < s->run[s->heap[least]].head)
				least = c;
		if (least == i)
			return;
		t = s->heap[i];
		s->heap[i] = s->heap[least];
		s->heap[least] = t;
		i = least;
	}
}

int
numset_rewind(struct numset *s, struct fault *f)
{
	off_t at = 0;

	s->any = false;
	s->read = s->heaped = 0;
	if (!s->runs) { /* everything is in memory */
		sort_run(s);
		return 0;
	}
	if (s->n && put_run(s, f) < 0)
		return -1;
	free(s->v);
	s->v = NULL;
	s->cap = 0;
	s->heap = xrealloc(s->heap, s->runs, sizeof *s->heap);
	for (size_t i = 0; i < s->runs; i++) {
		struct run *r = &s->run[i];
		int got;

		*r = (struct run){.at = at, .end = r->end, .window = r->window};
		at = r->end;
		if (fill(s, r, f) < 0 || (got = advance(s, r, f)) < 0)
			return -1;
		if (got > 0)
			s->heap[s->heaped++] = i;
	}
	for (size_t i = s->heaped; i-- > 0;)
		sift_down(s, i);
	return 0;
}

/* With its repetitions. */
static int
next(struct numset *s, uint64_t *x, struct fault *f)
{
	struct run *r;
	int got;

	if (!s->runs) {
		if (s->read == s->n)
			return 0;
		*x = s->v[s->read++];
		return 1;
	}
	if (!s->heaped)
		return 0;
	r = &s->run[s->heap[0]];
	*x = r->head;
	if ((got = advance(s, r, f)) < 0)
		return -1;
	if (got == 0)
		s->heap[0] = s->heap[--s->heaped];
	sift_down(s, 0);
	return 1;
}

int
numset_next(struct numset *s, uint64_t *x, struct fault *f)
{
	int got;

	while ((got = next(s, x, f)) > 0 && s->any && *x == s->last)
		;
	if (got > 0) {
		s->any = true;
		s->last = *x;
	}
	return got;
}

/* ---- looking up ------------------------------------------------------------------ */

/*
 * Groups of GROUP numbers: the first stands in the index, the others behind it as distances. The
 * range of all is cut into parts of one cache line: which group is the first to start there, and two
 * bits set by the hash of each number that lies in it (Bloom, 1970). Most numbers that are not there
 * cost this one line; a search in the whole index would be one cache miss after the other.
 */
enum { WORDS = 7 };

struct part {
	uint64_t group;
	uint64_t bits[WORDS];
};

struct group {
	uint64_t first;
	size_t at;
};

struct packed {
	struct buf bytes;
	struct group *group;
	size_t groups, cap, n;
	uint64_t last;
	struct part *part; /* parts of them, and one behind */
	size_t parts;
	int shift;
};

struct packed *
packed_new(void)
{
	return xcalloc(1, sizeof(struct packed));
}

void
packed_free(struct packed *p)
{
	if (!p)
		return;
	buf_release(&p->bytes);
	free(p->group);
	free(p->part);
	free(p);
}

/* The first of a group. */
static void
add_group(struct packed *p, uint64_t x)
{
	if (p->groups == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 64;
		p->group = xrealloc(p->group, p->cap, sizeof *p->group);
	}
	p->group[p->groups++] = (struct group){x, p->bytes.len};
}

/* There is room for a distance. */
static inline void
add(struct packed *p, uint64_t x)
{
	if (p->n++ % GROUP)
		p->bytes.len +=
		    distance_put((unsigned char *)p->bytes.p + p->bytes.len, x - p->last);
	else
		add_group(p, x);
	p->last = x;
}

void
packed_add(struct packed *p, uint64_t x)
{
	buf_need(&p->bytes, DISTANCE_MAX);
	add(p, x);
}

void
packed_add_run(struct packed *p, uint64_t first, const unsigned char *rest, size_t len)
{
	const unsigned char *end = rest + len;
	uint64_t d;
	size_t n;

	/* A distance takes as many bytes again, the first one is new. */
	buf_need(&p->bytes, len + DISTANCE_MAX);
	add(p, first);
	for (; (n = distance_get(rest, end, &d)) > 0; rest += n)
		add(p, p->last + d);
}

/* The two bits of a number in its part. */
static void
bits_of(uint64_t x, unsigned bit[2])
{
	uint64_t h = x * 0x9e3779b97f4a7c15u;

	bit[0] = (unsigned)((h >> 32) * (64 * WORDS) >> 32);
	bit[1] = (unsigned)((h & UINT32_MAX) * (64 * WORDS) >> 32);
}

static void
set_bits(struct part *part, uint64_t x)
{
	unsigned bit[2];

	bits_of(x, bit);
	part->bits[bit[0] / 64] |= UINT64_C(1) << bit[0] % 64;
	part->bits[bit[1] / 64] |= UINT64_C(1) << bit[1] % 64;
}

static bool
has_bits(const struct part *part, uint64_t x)
{
	unsigned bit[2];

	bits_of(x, bit);
	return part->bits[bit[0] / 64] >> bit[0] % 64 & part->bits[bit[1] / 64] >> bit[1] % 64 &
	    1;
}

/* The bytes of a group. */
static const unsigned char *
distances(const struct packed *p, size_t group, const unsigned char **end)
{
	const unsigned char *bytes = (const unsigned char *)p->bytes.p;

	*end = bytes + (group + 1 < p->groups ? p->group[group + 1].at : p->bytes.len);
	return bytes + p->group[group].at;
}

void
packed_finish(struct packed *p)
{
	uint64_t least = p->groups ? p->group[0].first : 0, range = p->last - least;
	size_t i = 0;
	int bits = 0;

	if (!p->groups)
		return;
	while (bits < PARTS_MAX && (size_t)1 << bits < p->groups)
		bits++;
	for (p->shift = 0; range >> p->shift >> bits; p->shift++)
		;
	p->parts = (size_t)(range >> p->shift) + 1;
	p->part = xtable(p->parts + 1, sizeof *p->part);
	for (size_t g = 0; g < p->groups; g++) {
		uint64_t x = p->group[g].first - least, d;
		const unsigned char *end, *at = distances(p, g, &end);
		size_t n;

		while (i <= x >> p->shift)
			p->part[i++].group = g;
		set_bits(&p->part[x >> p->shift], x + least);
		for (; (n = distance_get(at, end, &d)) > 0; at += n) {
			x += d;
			set_bits(&p->part[x >> p->shift], x + least);
		}
	}
	while (i <= p->parts)
		p->part[i++].group = p->groups;
}

static const struct part *
part_of(const struct packed *p, uint64_t x)
{
	if (!p->groups || x < p->group[0].first || x > p->last)
		return NULL;
	return &p->part[(x - p->group[0].first) >> p->shift];
}

void
packed_expect(const struct packed *p, uint64_t x)
{
	const struct part *part = part_of(p, x);

	if (part)
		__builtin_prefetch(part);
}

bool
packed_has(const struct packed *p, uint64_t x)
{
	const unsigned char *at, *end;
	const struct part *part = part_of(p, x);
	size_t low, high, n;
	uint64_t y, d;

	if (!part || !has_bits(part, x))
		return false;
	low = part[0].group;
	high = part[1].group;
	while (low < high) { /* the first group that starts behind x */
		size_t middle = low + (high - low) / 2;

		if (p->group[middle].first <= x)
			low = middle + 1;
		else
			high = middle;
	}
	y = p->group[low - 1].first;
	at = distances(p, low - 1, &end);
	for (; y < x && (n = distance_get(at, end, &d)) > 0; at += n)
		y += d;
	return y == x;
}
