/*
 * events apply: any event, in any order, any number of times. A batch is one
 * transaction; what was seen before changes nothing.
 */
#include "verbs.h"

#include "../tool.h"
#include "args.h"
#include "filter.h"
#include "optouts.h"
#include "outside.h"

struct apply {
	struct db db;
	struct foreign event;
	uint64_t fresh, known; /* committed ones */
	uint64_t batch_fresh, batch_known;
	bool dry;
};

/* Records of ours that are no events pass by; what has no version is foreign. */
static bool
is_event(const struct rec *rec)
{
	struct slice v;

	return slice_is(rec->type, "event") || !rec_find(rec, "v", &v);
}

static int
begin(void *ctx, struct fault *f)
{
	struct apply *a = ctx;

	a->batch_fresh = a->batch_known = 0;
	return a->dry ? 0 : db_begin(&a->db, f);
}

static int
commit(void *ctx, struct fault *f)
{
	struct apply *a = ctx;

	if (!a->dry && db_commit(&a->db, f) < 0)
		return -1;
	a->fresh += a->batch_fresh;
	a->known += a->batch_known;
	return 0;
}

static void
rollback(void *ctx)
{
	struct apply *a = ctx;

	if (!a->dry)
		db_rollback(&a->db);
}

static bool
waited_for(void *ctx)
{
	struct apply *a = ctx;

	return !a->dry && db_is_waited_for(&a->db);
}

static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct apply *a = ctx;
	int got = foreign_read(rec, clock_wall(), &a->event, f);

	if (got < 0)
		return 1;
	if (got == 0) {
		rec_fault(rec, f,
		    "this is no event that is known (outreach-record(5) shows the shapes)");
		return 1;
	}
	if (a->dry)
		return 0;
	if ((got = outside_apply(&a->db, &a->event, f)) < 0)
		return -1;
	a->batch_fresh += got == 1;
	a->batch_known += got == 0;
	return 0;
}

static int
run(struct apply *a, char **files, bool keep_going, bool say, struct fault *f)
{
	struct filter filter = {.mine = is_event,
	    .ctx = a,
	    .begin = begin,
	    .record = record,
	    .commit = commit,
	    .rollback = rollback,
	    .waited_for = waited_for,
	    .report = tool_report,
	    .keep_going = keep_going};
	struct filter_count n = {0};
	int rc = filter_files(&filter, files, &n, f);

	if (say && a->dry)
		fprintf(stderr,
		    TOOL ": %llu events, %llu refused; nothing is stored (--dry-run)\n",
		    (unsigned long long)(n.own - n.refused), (unsigned long long)n.refused);
	else if (say)
		fprintf(stderr, TOOL ": %llu new, %llu known before, %llu refused\n",
		    (unsigned long long)a->fresh, (unsigned long long)a->known,
		    (unsigned long long)n.refused);
	if (rc < 0)
		return tool_fail(f);
	return n.refused ? SOME : OK;
}

int
events_apply(int argc, char **argv)
{
	bool help = false, keep_going = false, quiet = false, verbose = false;
	const char *path = NULL;
	struct apply a = {0};
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'k', "keep-going", .flag = &keep_going}, {'n', "dry-run", .flag = &a.dry},
	    {'q', "quiet", .flag = &quiet}, {'v', "verbose", .flag = &verbose}, {0}};
	struct settings settings = {0};
	struct fault f;
	int status;

	if (args_read(argc, argv, table, &f) < 0)
		return tool_misused(&f, events_usage);
	if (help)
		return tool_help(events_usage);
	if (tool_open(&a.db, &settings, path, a.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	if (optouts_phrases(&a.db, settings.opt_out_words, &f) < 0)
		status = tool_fail(&f);
	else
		status =
		    run(&a, argv, keep_going, verbose || (!quiet && isatty(STDERR_FILENO)), &f);
	foreign_release(&a.event);
	tool_close(&a.db, &settings);
	return out_close(TOOL, status);
}
