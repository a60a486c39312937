/*
 * outreach-generate: outreach-context where a language model writes the
 * contexts. It runs it; only this one speaks HTTP.
 */
#define TOOL "outreach-generate"

#include "generate/engine.h"

#include <errno.h>
#include <fcntl.h>

#include "args.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-generate [-knq] [--unordered] [--again] [--concurrent N]\n"
    "             [--budget MONEY] [--tokens N] [-d FILE] [FILE ...]\n"
    "Adds context and system_message to call and target records.\n";

struct generate_tool {
	struct db db;
	struct maker maker;
	struct settings settings;
	struct generate_options opt;
	const char *path, *budget;
	int64_t concurrent, tokens;
	bool help, quiet;
};

/* ---- contexts that a model writes ------------------------------------------------ */

static void
say(const char *line)
{
	fprintf(stderr, TOOL ": %s\n", line);
}

static void
tell(const struct generate_tool *t, const struct generate_count *n)
{
	const struct ask_count *a = &n->ask;

	if (t->quiet || (!a->asked && !a->cached))
		return;
	fprintf(stderr,
	    TOOL
	    ": %llu %s, %llu known from before, %llu failed a check; %s%lld + %lld tokens, "
	    "%lld.%06lld\n",
	    (unsigned long long)a->asked, t->maker.dry ? "would be asked" : "asked",
	    (unsigned long long)a->cached, (unsigned long long)n->checked_out,
	    t->maker.dry ? "at most " : "", (long long)a->spent.tokens_in,
	    (long long)a->spent.tokens_out, (long long)(a->spent.cost / 1000000000),
	    (long long)(a->spent.cost / 1000 % 1000000));
}

static int
run(struct generate_tool *t, char **files)
{
	static char *input[] = {"-", NULL};
	struct generate_count n = {0};
	struct fault f;
	int rc = 0;

	for (files = *files ? files : input; *files && rc == 0 && !n.ask.signo; files++) {
		bool standard = strcmp(*files, "-") == 0;
		int fd = standard ? STDIN_FILENO : open(*files, O_RDONLY | O_CLOEXEC);

		if (fd < 0) {
			rc = fault(&f, NOINPUT, "%s: %s", *files, strerror(errno));
			break;
		}
		rc =
		    generate_run(&t->maker, &t->opt, fd, standard ? "<stdin>" : *files, &n, &f);
		if (!standard)
			close(fd);
	}
	tell(t, &n);
	if (n.ask.signo)
		tool_end_by(n.ask.signo);
	if (rc < 0)
		return tool_fail(&f);
	return n.ask.refused ? SOME : OK;
}

/* ---- the command line --------------------------------------------------------------- */

static int
read_args(struct generate_tool *t, int argc, char **argv, struct fault *f)
{
	const char *concurrent = NULL, *tokens = NULL;
	const struct arg table[] = {{0, "again", .flag = &t->opt.again},
	    {0, "budget", .text = &t->budget}, {0, "concurrent", .text = &concurrent},
	    {'d', "db", .text = &t->path}, {'n', "dry-run", .flag = &t->maker.dry},
	    {'h', "help", .flag = &t->help}, {'k', "keep-going", .flag = &t->opt.keep_going},
	    {'q', "quiet", .flag = &t->quiet}, {0, "tokens", .text = &tokens},
	    {0, "unordered", .flag = &t->opt.unordered}, {0}};

	if (args_read(argc, argv, table, f) < 0)
		return -1;
	if (concurrent && num_parse("--concurrent", concurrent, 1, 256, &t->concurrent, f) < 0)
		return -1;
	if (tokens &&
	    num_parse("--tokens", tokens, 1, INT64_C(1000000000000),
		&t->opt.terms.budget_tokens, f) < 0)
		return -1;
	if (t->budget && (t->opt.terms.budget_milli = num_milli(t->budget)) <= 0)
		return fault(f, USAGE, "--budget: %s is no amount such as 2.50", t->budget);
	t->opt.terms.concurrent = (int)t->concurrent;
	return 0;
}

int
main(int argc, char **argv)
{
	static struct generate_tool t;
	struct fault f;
	int status;

	if (read_args(&t, argc, argv, &f) < 0)
		return tool_misused(&f, usage);
	if (t.help)
		return tool_help(usage);
	if (tool_open(&t.db, &t.settings, t.path, t.maker.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	t.maker.db = &t.db;
	t.maker.origin = "template";
	t.opt.terms.settings = &t.settings;
	t.opt.report = tool_report;
	t.opt.say = say;
	status = run(&t, argv);
	maker_release(&t.maker);
	tool_close(&t.db, &t.settings);
	return out_close(TOOL, status);
}
