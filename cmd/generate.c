/*
 * outreach-generate: outreach-context where a language model writes the
 * contexts. It runs it; only this one speaks HTTP.
 */
#define TOOL "outreach-generate"

#include "generate/engine.h"

#include "args.h"
#include "asking.h"

static const char usage[] =
    "usage: outreach-generate [-knq] [--unordered] [--again] [--concurrent N]\n"
    "             [--budget MONEY] [--tokens N] [-d STORE] [FILE ...]\n"
    "Adds context and system_message to call and target records.\n";

struct generate_tool {
	struct db db;
	struct maker maker;
	struct settings settings;
	struct asking asking;
	const char *path;
	bool help;
};

static void
say(const char *line)
{
	fprintf(stderr, TOOL ": %s\n", line);
}

static int
run(struct generate_tool *t, char **files)
{
	struct generate_count n = {0};
	char failed[64];
	struct fault f;
	int rc = generate_run(&t->maker, &t->asking.opt, say, files, &n, &f);

	snprintf(
	    failed, sizeof(failed), "%llu failed a check", (unsigned long long)n.checked_out);
	if (!t->asking.quiet && n.ask.asked + n.ask.cached > 0)
		asking_tell(&t->asking, &n.ask, failed);
	return asking_end(&n.ask, rc, &f);
}

int
main(int argc, char **argv)
{
	static struct generate_tool t;
	const struct arg table[] = {ASKING_OPTIONS(t.asking), {'d', "db", .text = &t.path},
	    {'h', "help", .flag = &t.help}, {0}};
	struct fault f;
	int status, n = args_read(argc, argv, table, &f);

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n < 0 || asking_check(&t.asking, &t.settings, &f) < 0)
		return tool_misused(&f, usage);
	t.maker.dry = t.asking.opt.dry;
	if (tool_open(&t.db, &t.settings, t.path, t.maker.dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	t.maker.db = &t.db;
	t.maker.origin = "template";
	status = run(&t, argv);
	maker_release(&t.maker);
	tool_close(&t.db, &t.settings);
	return out_close(TOOL, status);
}
