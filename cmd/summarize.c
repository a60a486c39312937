/*
 * outreach-summarize: what came of calls that are over, as a language model
 * reads their transcripts. Behind each ended call leaves an event with its
 * summary, for outreach-events.
 */
#define TOOL "outreach-summarize"

#include "summarize/engine.h"

#include <errno.h>
#include <fcntl.h>

#include "args.h"
#include "campaigns.h"
#include "summaries.h"
#include "temp.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-summarize [-knq] [--unordered] [--again] [--model NAME] [--concurrent N]\n"
    "             [--budget MONEY] [--tokens N] [-d STORE] [FILE ...]\n"
    "       outreach-summarize --new --campaign NAME [-nq] [--unordered] [--again] [--model NAME]\n"
    "             [--concurrent N] [--budget MONEY] [--tokens N] [-d STORE]\n"
    "Adds summary events to call and event records of calls that are over.\n";

struct summarize_tool {
	struct db db;
	struct settings settings;
	struct summarize_options opt;
	const char *path, *budget, *campaign;
	int64_t concurrent;
	bool help, quiet, fresh;
};

/* ---- summaries ----------------------------------------------------------------------- */

static void
tell(const struct summarize_tool *t, const struct summarize_count *n)
{
	const struct ask_count *a = &n->ask;

	if (t->quiet || (!a->asked && !a->cached && !n->silent))
		return;
	fprintf(stderr,
	    TOOL
	    ": %llu %s, %llu known from before, %llu with a claim that does not hold, %llu calls "
	    "without words; %s%lld + %lld tokens, %lld.%06lld\n",
	    (unsigned long long)a->asked, t->opt.dry ? "would be asked" : "asked",
	    (unsigned long long)a->cached, (unsigned long long)n->refuted,
	    (unsigned long long)n->silent, t->opt.dry ? "at most " : "",
	    (long long)a->spent.tokens_in, (long long)a->spent.tokens_out,
	    (long long)(a->spent.cost / 1000000000),
	    (long long)(a->spent.cost / 1000 % 1000000));
}

static int
of_files(struct summarize_tool *t, char **files, struct summarize_count *n, struct fault *f)
{
	static char *input[] = {"-", NULL};
	int rc = 0;

	for (files = *files ? files : input; *files && rc == 0 && !n->ask.signo; files++) {
		bool standard = strcmp(*files, "-") == 0;
		int fd = standard ? STDIN_FILENO : open(*files, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return fault(f, NOINPUT, "%s: %s", *files, strerror(errno));
		rc = summarize_run(&t->db, &t->opt, fd, standard ? "<stdin>" : *files, n, f);
		if (!standard)
			close(fd);
	}
	return rc;
}

/* The ids of the campaign's calls that have none yet, as records in a file without a name. */
static int
list_new(struct summarize_tool *t, int fd, struct fault *f)
{
	struct uuid id = {{0}};
	struct campaign c;
	char text[37];
	int got;

	if (campaigns_need(&t->db, t->campaign, &c, f) < 0)
		return -1;
	while ((got = summaries_next_new(&t->db, c.id, &id, f)) > 0)
		if (dprintf(fd, "{\"type\":\"call\",\"v\":1,\"id\":\"%s\"}\n",
			uuid_text(&id, text)) < 0)
			return fault(f, IOERR, "temporary file: %s", strerror(errno));
	if (got == 0 && lseek(fd, 0, SEEK_SET) < 0)
		return fault(f, IOERR, "temporary file: %s", strerror(errno));
	return got;
}

static int
of_campaign(struct summarize_tool *t, struct summarize_count *n, struct fault *f)
{
	int fd = temp_file(f), rc = fd < 0 ? -1 : list_new(t, fd, f);

	if (rc == 0)
		rc = summarize_run(&t->db, &t->opt, fd, t->campaign, n, f);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
run(struct summarize_tool *t, char **files)
{
	struct summarize_count n = {.refuted = 0};
	struct fault f;
	int rc = t->fresh ? of_campaign(t, &n, &f) : of_files(t, files, &n, &f);

	tell(t, &n);
	if (n.ask.signo)
		tool_end_by(n.ask.signo);
	if (rc < 0)
		return tool_fail(&f);
	return n.ask.refused ? SOME : OK;
}

/* ---- the command line -------------------------------------------------------------------- */

static int
check(struct summarize_tool *t, int operands, struct fault *f)
{
	if (t->fresh != (t->campaign != NULL))
		return fault(f, USAGE, "--new and --campaign NAME go together");
	if (t->fresh && operands > 0)
		return fault(f, USAGE, "--new takes no FILE: the calls are the store's");
	if (t->budget && (t->opt.terms.budget_milli = num_milli(t->budget)) <= 0)
		return fault(f, USAGE, "--budget: %s is no amount such as 2.50", t->budget);
	t->opt.terms.concurrent = (int)t->concurrent;
	t->opt.terms.settings = &t->settings;
	t->opt.report = tool_report;
	t->opt.alone = t->fresh;
	t->opt.keep_going |= t->fresh;
	return tool_check_text("--model", t->opt.model, 200, f);
}

int
main(int argc, char **argv)
{
	static struct summarize_tool t;
	const struct arg table[] = {{0, "again", .flag = &t.opt.again},
	    {0, "budget", .text = &t.budget}, {0, "campaign", .text = &t.campaign},
	    {0, "concurrent", .number = &t.concurrent, .min = 1, .max = 256},
	    {'d', "db", .text = &t.path}, {'n', "dry-run", .flag = &t.opt.dry},
	    {'h', "help", .flag = &t.help}, {'k', "keep-going", .flag = &t.opt.keep_going},
	    {0, "model", .text = &t.opt.model}, {0, "new", .flag = &t.fresh},
	    {'q', "quiet", .flag = &t.quiet},
	    {0, "tokens", .number = &t.opt.terms.budget_tokens, .min = 1,
		.max = INT64_C(1000000000000)},
	    {0, "unordered", .flag = &t.opt.unordered}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f), status;

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n < 0 || check(&t, n, &f) < 0)
		return tool_misused(&f, usage);
	if (tool_open(&t.db, &t.settings, t.path, t.opt.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	status = run(&t, argv);
	tool_close(&t.db, &t.settings);
	return out_close(TOOL, status);
}
