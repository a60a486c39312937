/*
 * filter: the batch loop under every tool that reads records. Records of other
 * types never leave the read buffer: a run of them is written from there in
 * one piece. Only where own records stand between is the output put together
 * in a second buffer, and that leaves after the commit.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "filter.h"
#include "out.h"

enum { BATCH_RECORDS = 1000, BATCH_US = 20000, BATCH_BYTES = 4 << 20, LOOK_EVERY = 64 };

/* While nobody waits: records, their bytes, and how long a commit of them may take. */
enum { MANY_RECORDS = 20000, COMMIT_US = 50000, MANY_BYTES = 8 << 20 };

struct batch {
	const struct filter *filter;
	struct ndjson in;
	struct filter_count *count;
	struct buf out;   /* what leaves, as far as it is not the run */
	struct slice run; /* lines for others, in in.in, that follow out */
	size_t records, own, bytes;
	size_t limit;    /* records of a batch */
	int64_t started; /* clock_real_us; 0: nothing in the batch */
};

static int
is_own(const struct filter *filter, const struct rec *rec)
{
	if (filter->mine)
		return filter->mine(rec);
	for (const char *const *t = filter->types; *t; t++)
		if (slice_is(rec->type, *t))
			return 1;
	return 0;
}

/* The run leaves the read buffer, which is about to change. */
static void
keep_run(struct batch *b)
{
	buf_add(&b->out, b->run.p, b->run.len);
	b->run.len = 0;
}

static void
give_up(struct batch *b)
{
	if (b->own && b->filter->rollback)
		b->filter->rollback(b->filter->ctx);
	b->own = 0;
	buf_reset(&b->out);
	b->run.len = 0;
}

/* A commit cannot be cut short when somebody comes: batches grow as long as it is quick. */
static int
commit(struct batch *b, struct fault *f)
{
	int64_t start;

	if (!b->own || !b->filter->commit)
		return 0;
	start = b->filter->waited_for ? clock_real_us() : 0;
	if (b->filter->commit(b->filter->ctx, f) < 0)
		return -1;
	if (!b->filter->waited_for)
		return 0;
	if (clock_real_us() - start > COMMIT_US)
		b->limit = b->records / 2 > BATCH_RECORDS ? b->records / 2 : BATCH_RECORDS;
	else if (b->records >= b->limit && (b->limit += b->limit / 2) > MANY_RECORDS)
		b->limit = MANY_RECORDS;
	return 0;
}

/* Commits, then writes: a record that left is a record that is safe. */
static int
finish(struct batch *b, struct fault *f)
{
	if (commit(b, f) < 0) {
		give_up(b);
		return -1;
	}
	b->records = b->own = b->bytes = 0;
	b->started = 0;
	if (out_flush(&b->out, f) < 0)
		return -1;
	if (b->run.len && out_write(b->run.p, b->run.len, f) < 0)
		return -1;
	b->run.len = 0;
	return 0;
}

static void
pass(struct batch *b, const struct rec *rec)
{
	const char *end = b->in.in.p + b->in.in.len;
	size_t len = rec->len + (rec->p + rec->len < end);

	b->bytes += len;
	if (b->run.len && b->run.p + b->run.len == rec->p) {
		b->run.len += len;
	} else {
		keep_run(b);
		b->run = (struct slice){rec->p, len};
	}
	if (len == rec->len) { /* the last line, without its newline */
		keep_run(b);
		buf_addc(&b->out, '\n');
	}
}

/* Reported and counted with keep_going; else the end, after what came before it. 1 or -1. */
static int
refuse(struct batch *b, int may_go_on, struct fault *why)
{
	struct fault other;

	if (b->filter->keep_going && may_go_on) {
		b->filter->report(why);
		b->count->refused++;
		return 1;
	}
	if (finish(b, &other) < 0)
		*why = other;
	return -1;
}

static int
stop(struct batch *b, struct fault *why)
{
	if (!b->filter->commit && !b->filter->rollback)
		return refuse(b, 0, why); /* nothing to undo: what came before may leave */
	give_up(b);
	return -1;
}

static int
handle(struct batch *b, const struct rec *rec, struct fault *f)
{
	const struct filter *filter = b->filter;
	size_t before;
	int got;

	if (!b->own && filter->begin && filter->begin(filter->ctx, f) < 0)
		return refuse(b, 0, f);
	b->own++;
	b->count->own++;
	keep_run(b);
	before = b->out.len;
	got = filter->record(filter->ctx, rec, &b->out, f);
	if (got != 0) {
		b->out.len = before;
		return got < 0 ? stop(b, f) : refuse(b, 1, f);
	}
	if (b->out.len > before && b->out.p[b->out.len - 1] != '\n')
		buf_addc(&b->out, '\n');
	b->bytes += rec->len + (b->out.len - before);
	return 1;
}

static int
is_full(struct batch *b)
{
	if (!b->started)
		return 0;
	if (b->records >= b->limit ||
	    b->bytes >= (size_t)(b->limit > BATCH_RECORDS ? MANY_BYTES : BATCH_BYTES))
		return 1;
	if ((b->own == 0 || b->filter->waited_for || b->filter->quick) &&
	    b->records % LOOK_EVERY)
		return 0;
	if (clock_real_us() - b->started < BATCH_US)
		return 0;
	return !b->own || !b->filter->waited_for || b->filter->waited_for(b->filter->ctx);
}

/* Neither waits for the writer with an open batch, nor lets the run's buffer change. */
static int
before_reading(struct batch *b, struct fault *f)
{
	if (is_full(b))
		return finish(b, f);
	if (ndjson_buffered(&b->in))
		return 0;
	if (!b->own)
		return finish(b, f);
	keep_run(b);
	return ndjson_ready(&b->in) ? 0 : finish(b, f);
}

/* One line of input: 1, 0 at the end, -1. */
static int
turn(struct batch *b, struct fault *f)
{
	struct rec rec;
	int got;

	if (before_reading(b, f) < 0)
		return -1;
	got = ndjson_next(&b->in, &rec, f);
	if (got == 0)
		return finish(b, f);
	if (got < 0)
		return refuse(b, f->code == DATAERR, f);
	if (!b->started)
		b->started = clock_real_us();
	b->count->read++;
	b->records++;
	if (is_own(b->filter, &rec))
		return handle(b, &rec, f);
	pass(b, &rec);
	return 1;
}

int
filter_run(const struct filter *filter, int fd, const char *file, struct filter_count *count,
    struct fault *f)
{
	struct batch b = {.filter = filter, .count = count, .limit = BATCH_RECORDS};
	int got;

	ndjson_init(&b.in, fd, file);
	do
		got = turn(&b, f);
	while (got > 0);
	ndjson_release(&b.in);
	buf_release(&b.out);
	return got;
}

int
filter_files(const struct filter *filter, char *const *files, struct filter_count *count,
    struct fault *f)
{
	int fd, got = 0;

	if (!*files)
		return filter_run(filter, STDIN_FILENO, "<stdin>", count, f);
	for (; *files && got == 0; files++) {
		if (strcmp(*files, "-") == 0) {
			got = filter_run(filter, STDIN_FILENO, "<stdin>", count, f);
			continue;
		}
		fd = open(*files, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return fault(f, NOINPUT, "%s: %s", *files, strerror(errno));
		got = filter_run(filter, fd, *files, count, f);
		close(fd);
	}
	return got;
}
