/*
 * spill: external merge sort (Knuth, TAOCP 5.4). A run is what memory holds;
 * few items never touch the disk. Reading merges all runs by a heap, each with
 * a small window.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "sort.h"
#include "spill.h"
#include "temp.h"

enum { RUN = 1 << 15, WINDOW = 512 };

struct run {
	off_t at, end; /* what was not read yet, in the file */
	struct spill_item *item;
	size_t next, n;
};

struct spill {
	int fd;
	off_t size;
	struct spill_item *item; /* the run that is being collected */
	size_t n, cap;
	struct run *run;
	size_t runs, runs_cap;
	size_t *heap; /* runs that have items, the one with the smallest first */
	size_t heaped;
};

struct spill *
spill_new(void)
{
	struct spill *s = xcalloc(1, sizeof *s);

	s->fd = -1;
	return s;
}

static void
drop_windows(struct spill *s)
{
	for (size_t i = 0; i < s->runs; i++) {
		free(s->run[i].item);
		s->run[i].item = NULL;
	}
}

void
spill_free(struct spill *s)
{
	if (!s)
		return;
	drop_windows(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s->item);
	free(s->run);
	free(s->heap);
	free(s);
}

static void
sort_run(struct spill *s)
{
	struct sort_item *order = xmalloc(2 * (s->n + 1) * sizeof *order);
	struct spill_item *sorted = xmalloc((s->n + 1) * sizeof *sorted);

	for (size_t i = 0; i < s->n; i++)
		order[i] = (struct sort_item){s->item[i].key, i};
	sort_items(order, order + s->n, s->n);
	for (size_t i = 0; i < s->n; i++)
		sorted[i] = s->item[order[i].value];
	free(order);
	free(s->item);
	s->item = sorted;
	s->cap = s->n + 1;
}

static int
write_all(struct spill *s, const void *data, size_t len, struct fault *f)
{
	const char *p = data;

	while (len) {
		ssize_t n = pwrite(s->fd, p, len, s->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault(f, IOERR, "temporary file: %s", strerror(errno));
		p += n;
		len -= (size_t)n;
		s->size += n;
	}
	return 0;
}

static struct run *
new_run(struct spill *s)
{
	if (s->runs == s->runs_cap) {
		s->runs_cap = s->runs_cap ? s->runs_cap * 2 : 16;
		s->run = xrealloc(s->run, s->runs_cap, sizeof *s->run);
	}
	s->run[s->runs] = (struct run){0};
	return &s->run[s->runs++];
}

static int
put_run(struct spill *s, struct fault *f)
{
	off_t at = s->size;
	struct run *r;

	sort_run(s);
	if (s->fd < 0 && (s->fd = temp_file(f)) < 0)
		return -1;
	if (write_all(s, s->item, s->n * sizeof *s->item, f) < 0)
		return -1;
	r = new_run(s);
	r->at = at;
	r->end = s->size;
	s->n = 0;
	return 0;
}

int
spill_add(struct spill *s, const struct spill_item *item, struct fault *f)
{
	if (s->n == RUN && put_run(s, f) < 0)
		return -1;
	if (s->n == s->cap) {
		s->cap = s->cap < 64 ? 64 : s->cap * 2 < RUN ? s->cap * 2 : RUN;
		s->item = xrealloc(s->item, s->cap, sizeof *s->item);
	}
	s->item[s->n++] = *item;
	return 0;
}

/* The next window of a run; n is 0 at its end. */
static int
fill(struct spill *s, struct run *r, struct fault *f)
{
	size_t want = WINDOW * sizeof *r->item, got = 0;

	if ((off_t)want > r->end - r->at)
		want = (size_t)(r->end - r->at);
	if (!r->item)
		r->item = xmalloc(WINDOW * sizeof *r->item);
	while (got < want) {
		ssize_t n = pread(s->fd, (char *)r->item + got, want - got, r->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault(f, IOERR, "temporary file: %s",
			    n ? strerror(errno) : "it became shorter");
		got += (size_t)n;
		r->at += n;
	}
	r->next = 0;
	r->n = want / sizeof *r->item;
	return 0;
}

static const struct spill_item *
head(const struct spill *s, size_t place)
{
	const struct run *r = &s->run[s->heap[place]];

	return &r->item[r->next];
}

/* Runs were made in the order of adding, so the number of the run decides between equals. */
static bool
less(const struct spill *s, size_t x, size_t y)
{
	uint64_t a = head(s, x)->key, b = head(s, y)->key;

	return a < b || (a == b && s->heap[x] < s->heap[y]);
}

static void
sift_down(struct spill *s, size_t i)
{
	for (;;) {
		size_t least = i, child = 2 * i + 1, t;

		for (size_t c = child; c < child + 2 && c < s->heaped; c++)
			if (less(s, c, least))
				least = c;
		if (least == i)
			return;
		t = s->heap[i];
		s->heap[i] = s->heap[least];
		s->heap[least] = t;
		i = least;
	}
}

/* Everything is in memory: one run that stands there already. */
static int
rewind_memory(struct spill *s)
{
	if (s->n)
		sort_run(s);
	s->heaped = 0;
	return 0;
}

int
spill_rewind(struct spill *s, struct fault *f)
{
	off_t at = 0;

	if (!s->runs)
		return rewind_memory(s);
	if (s->n && put_run(s, f) < 0)
		return -1;
	free(s->item);
	s->item = NULL;
	s->cap = 0;
	s->heap = xrealloc(s->heap, s->runs, sizeof *s->heap);
	s->heaped = 0;
	for (size_t i = 0; i < s->runs; i++) {
		s->run[i].at = at;
		at = s->run[i].end;
		if (fill(s, &s->run[i], f) < 0)
			return -1;
		s->heap[s->heaped++] = i;
	}
	for (size_t i = s->heaped; i-- > 0;)
		sift_down(s, i);
	return 0;
}

int
spill_next(struct spill *s, struct spill_item *item, struct fault *f)
{
	struct run *r;

	if (!s->runs) {
		if (s->heaped == s->n)
			return 0;
		*item = s->item[s->heaped++];
		return 1;
	}
	if (!s->heaped)
		return 0;
	r = &s->run[s->heap[0]];
	*item = r->item[r->next++];
	if (r->next == r->n && fill(s, r, f) < 0)
		return -1;
	if (!r->n)
		s->heap[0] = s->heap[--s->heaped];
	sift_down(s, 0);
	return 1;
}
