/*
 * outreach-context: a filter that tells the AI whom it will talk to. Call and
 * target records get context and system_message; identity and data come from
 * the store. No context, no call: a person whose context cannot be made is held.
 */
#define TOOL "outreach-context"

#include <errno.h>
#include <stdlib.h>

#include "args.h"
#include "campaigns.h"
#include "filter.h"
#include "maker.h"
#include "mem.h"
#include "proc.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-context [-knq] [--unordered] [--again] [--concurrent N]\n"
    "             [--budget MONEY] [--tokens N] [-d STORE] [FILE ...]\n"
    "       outreach-context VERB ...\n"
    "Adds context and system_message to call and target records. For VERB see outreach-review and\n"
    "outreach-notes.\n";

struct context_tool {
	struct db db;
	struct maker maker;
};

static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	return maker_record(&((struct context_tool *)ctx)->maker, rec, out, f);
}

static int
begin(void *ctx, struct fault *f)
{
	return db_begin(&((struct context_tool *)ctx)->db, f);
}

static int
commit(void *ctx, struct fault *f)
{
	return db_commit(&((struct context_tool *)ctx)->db, f);
}

static void
rollback(void *ctx)
{
	db_rollback(&((struct context_tool *)ctx)->db);
}

static int
run(struct context_tool *t, char **files, bool keep_going)
{
	static const char *const types[] = {"call", "target", NULL};
	struct filter filter = {.types = types,
	    .ctx = t,
	    .record = record,
	    .report = tool_report,
	    .keep_going = keep_going};
	struct filter_count n = {0};
	struct fault f;

	if (!t->maker.dry) {
		filter.begin = begin;
		filter.commit = commit;
		filter.rollback = rollback;
	}
	if (filter_files(&filter, files, &n, &f) < 0)
		return tool_fail(&f);
	return n.refused ? SOME : OK;
}

/* The words of the command line as they came: reading the options moves them. */
static char **
copy_line(int argc, char **argv)
{
	char **line = xcalloc((size_t)argc + 1, sizeof(*line));

	memcpy(line, argv, (size_t)argc * sizeof(*line));
	return line;
}

/* Another tool takes our command line and our place. */
static int
hand_over(char **line, const char *tool, const char *why)
{
	char *path = proc_find(tool);
	struct fault f;

	if (path) {
		line[0] = path;
		execv(path, line);
	}
	fault(&f, OSERR, "cannot run %s, which %s: %s", tool, why,
	    path ? strerror(errno) : "it is not installed");
	free(path);
	return tool_fail(&f);
}

/* Whether the command line is one of outreach-review: its first word is a verb of it, and no file. */
static bool
is_review(int argc, char **argv)
{
	static const char *const verbs[] = {"approve", "check", "diff", "edit", "export",
	    "list", "preview", "regenerate", "reject", "show"};

	for (size_t i = 0; argc > 1 && i < COUNT(verbs); i++)
		if (strcmp(argv[1], verbs[i]) == 0)
			return access(argv[1], F_OK) < 0;
	return false;
}

/* Or of outreach-notes: "notes" and a verb of it. The word alone may be a folder's name. */
static bool
is_notes(int argc, char **argv)
{
	static const char *const verbs[] = {"add", "list", "remove", "search", "show"};

	for (size_t i = 0; argc > 2 && i < COUNT(verbs); i++)
		if (strcmp(argv[2], verbs[i]) == 0)
			return strcmp(argv[1], "notes") == 0;
	return false;
}

int
main(int argc, char **argv)
{
	bool help = false, keep_going = false;
	const char *path = NULL;
	static struct context_tool t;
	/* Those of outreach-generate are checked there; a template needs none of them. */
	struct arg_list given = {.n = 0};
	const struct arg table[] = {{0, "again", .flag = &(bool){false}},
	    {0, "budget", .list = &given}, {0, "concurrent", .list = &given},
	    {'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'k', "keep-going", .flag = &keep_going}, {'n', "dry-run", .flag = &t.maker.dry},
	    {'q', "quiet", .flag = &(bool){false}}, {0, "tokens", .list = &given},
	    {0, "unordered", .flag = &(bool){false}}, {0}};
	struct settings settings = {0};
	struct fault f;
	static char **line; /* of the process */
	int status, model;

	if (is_review(argc, argv))
		return hand_over(argv, "outreach-review", "reviews contexts");
	if (is_notes(argc, argv))
		return hand_over(argv + 1, "outreach-notes", "keeps notes");
	line = copy_line(argc, argv);
	if (args_read(argc, argv, table, &f) < 0)
		return tool_misused(&f, usage);
	if (help)
		return tool_help(usage);
	if (tool_open(&t.db, &settings, path, t.maker.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	t.maker.db = &t.db;
	t.maker.origin = "template";
	model = campaigns_ask_model(&t.db, &f);
	status = model < 0 ? tool_fail(&f) : model ? OK : run(&t, argv, keep_going);
	maker_release(&t.maker);
	tool_close(&t.db, &settings);
	if (model > 0)
		/* Only it links libcurl, which alone would cost each start 7 ms. */
		status = hand_over(line, "outreach-generate", "asks the model");
	return out_close(TOOL, status);
}
