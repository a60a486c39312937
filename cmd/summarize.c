/*
 * outreach-summarize: what came of calls that are over, as a language model
 * reads their transcripts. Behind each ended call leaves an event with its
 * summary, for outreach-events.
 */
#define TOOL "outreach-summarize"

#include "summarize/engine.h"

#include <errno.h>

#include "args.h"
#include "asking.h"
#include "campaigns.h"
#include "summaries.h"
#include "temp.h"

static const char usage[] =
    "usage: outreach-summarize [-knq] [--unordered] [--again] [--model NAME] [--concurrent N]\n"
    "             [--budget MONEY] [--tokens N] [-d STORE] [FILE ...]\n"
    "       outreach-summarize --new --campaign NAME [-nq] [--unordered] [--again] [--model NAME]\n"
    "             [--concurrent N] [--budget MONEY] [--tokens N] [-d STORE]\n"
    "Adds summary events to call and event records of calls that are over.\n";

struct summarize_tool {
	struct db db;
	struct settings settings;
	struct asking asking;
	const char *path, *campaign, *model;
	bool help, fresh;
};

/* ---- summaries ----------------------------------------------------------------------- */

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
run(struct summarize_tool *t, char **files)
{
	struct summarize_options opt = {t->asking.opt, t->model, -1, t->campaign};
	struct summarize_count n = {.refuted = 0};
	struct fault f;
	char also[120];
	int rc = 0;

	if (t->fresh)
		rc = (opt.alone = temp_file(&f)) < 0 ? -1 : list_new(t, opt.alone, &f);
	if (rc == 0)
		rc = summarize_run(&t->db, &opt, files, &n, &f);
	if (opt.alone >= 0)
		close(opt.alone);
	snprintf(also, sizeof(also),
	    "%llu with a claim that does not hold, %llu calls without words",
	    (unsigned long long)n.refuted, (unsigned long long)n.silent);
	if (!t->asking.quiet && n.ask.asked + n.ask.cached + n.silent > 0)
		asking_tell(&t->asking, &n.ask, also);
	return asking_end(&n.ask, rc, &f);
}

/* ---- the command line -------------------------------------------------------------------- */

static int
check(struct summarize_tool *t, int operands, struct fault *f)
{
	if (t->fresh != (t->campaign != NULL))
		return fault(f, USAGE, "--new and --campaign NAME go together");
	if (t->fresh && operands > 0)
		return fault(f, USAGE, "--new takes no FILE: the calls are the store's");
	t->asking.opt.keep_going |= t->fresh;
	if (asking_check(&t->asking, &t->settings, f) < 0)
		return -1;
	return tool_check_text("--model", t->model, 200, f);
}

int
main(int argc, char **argv)
{
	static struct summarize_tool t;
	const struct arg table[] = {ASKING_OPTIONS(t.asking),
	    {0, "campaign", .text = &t.campaign}, {'d', "db", .text = &t.path},
	    {'h', "help", .flag = &t.help}, {0, "model", .text = &t.model},
	    {0, "new", .flag = &t.fresh}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f), status;

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n < 0 || check(&t, n, &f) < 0)
		return tool_misused(&f, usage);
	if (tool_open(&t.db, &t.settings, t.path, t.asking.opt.dry ? DB_READ : DB_WRITE, &f) <
	    0)
		return tool_fail(&f);
	status = run(&t, argv);
	tool_close(&t.db, &t.settings);
	return out_close(TOOL, status);
}
