/*
 * outreach-campaign: campaign files and what becomes of them: checked,
 * applied, filled with people, switched on and off, claimed from, looked at.
 */
#include "campaign/verbs.h"

#include "args.h"
#include "mem.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-campaign lint FILE ...\n"
    "       outreach-campaign apply [-nq] [-d STORE] FILE ...\n"
    "       outreach-campaign show [--format table|ndjson] [-d STORE] NAME\n"
    "       outreach-campaign list [--format table|ndjson] [-d STORE]\n"
    "       outreach-campaign add [-kq] [-d STORE] NAME [FILE ...]\n"
    "       outreach-campaign activate [--except-obstacles] [-q] [-d STORE] NAME\n"
    "       outreach-campaign pause | cancel [--reason TEXT] [-q] [-d STORE] NAME\n"
    "       outreach-campaign resume [-q] [-d STORE] NAME\n"
    "       outreach-campaign priority [-q] [-d STORE] NAME TARGET PRIORITY\n"
    "       outreach-campaign claim [--limit N] [-q] [-d STORE] NAME\n"
    "       outreach-campaign targets [--due] [--state STATE] [--reason CODE] [--contact ID]\n"
    "             [--without-context] [--limit N] [--format table|ndjson] [-d STORE] NAME\n";

static struct campaign_tool tool;

#define HELP                                    \
	{                                       \
		'h', "help", .flag = &tool.help \
	}
#define STORE                                 \
	{                                     \
		'd', "db", .text = &tool.path \
	}
#define QUIET                                     \
	{                                         \
		'q', "quiet", .flag = &tool.quiet \
	}
#define KEEP                                                \
	{                                                   \
		'k', "keep-going", .flag = &tool.keep_going \
	}
#define DRY                                       \
	{                                         \
		'n', "dry-run", .flag = &tool.dry \
	}
#define FORMAT                                    \
	{                                         \
		0, "format", .text = &tool.format \
	}
#define REASON                                    \
	{                                         \
		0, "reason", .text = &tool.reason \
	}
#define LIMIT                                                                 \
	{                                                                     \
		0, "limit", .number = &tool.limit, .min = 1, .max = INT64_MAX \
	}
#define EXCEPT                                                        \
	{                                                             \
		0, "except-obstacles", .flag = &tool.except_obstacles \
	}

static const struct arg of_lint[] = {HELP, {0}};
static const struct arg of_apply[] = {DRY, HELP, QUIET, STORE, {0}};
static const struct arg of_look[] = {FORMAT, HELP, STORE, {0}};
static const struct arg of_add[] = {HELP, KEEP, QUIET, STORE, {0}};
static const struct arg of_activate[] = {EXCEPT, HELP, QUIET, STORE, {0}};
static const struct arg of_stop[] = {HELP, QUIET, REASON, STORE, {0}};
static const struct arg of_resume[] = {HELP, QUIET, STORE, {0}};
static const struct arg of_claim[] = {HELP, LIMIT, QUIET, STORE, {0}};
static const struct arg of_targets[] = {
    {0, "contact", .number = &tool.contact, .min = 1, .max = INT64_MAX},
    {0, "due", .flag = &tool.due}, FORMAT, HELP, LIMIT, REASON,
    {0, "state", .text = &tool.state}, STORE,
    {0, "without-context", .flag = &tool.without_context}, {0}};

enum { NO_STORE = -1, MANY = 1 << 20 };

static const struct verb {
	const char *name;
	int (*run)(struct campaign_tool *, char **operands);
	const struct arg *options;
	int store; /* an enum db_mode, or NO_STORE */
	int min, max;
	const char *operand;
} verbs[] = {
    {"activate", verb_activate, of_activate, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"add", verb_add, of_add, DB_WRITE, 1, MANY, "the NAME of a campaign"},
    {"apply", verb_apply, of_apply, DB_WRITE, 1, MANY, "a FILE"},
    {"cancel", verb_cancel, of_stop, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"claim", verb_claim, of_claim, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"lint", verb_lint, of_lint, NO_STORE, 1, MANY, "a FILE"},
    {"list", verb_list, of_look, DB_READ, 0, 0, ""},
    {"pause", verb_pause, of_stop, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"priority", verb_priority, of_resume, DB_WRITE, 3, 3, "a NAME, a TARGET and a PRIORITY"},
    {"resume", verb_resume, of_resume, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"show", verb_show, of_look, DB_READ, 1, 1, "the NAME of a campaign"},
    {"targets", verb_targets, of_targets, DB_READ, 1, 1, "the NAME of a campaign"},
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

/* What the options may not say, whatever the verb. */
static int
check_options(struct fault *f)
{
	static const char *const states[] = {
	    "waiting", "claimed", "calling", "unknown", "held", "done", "closed"};
	size_t i = 0;

	while (tool.state && i < COUNT(states) && strcmp(tool.state, states[i]))
		i++;
	if (i == COUNT(states))
		return fault(f, USAGE,
		    "--state \"%s\" is none of waiting, claimed, calling, unknown, held, done, closed",
		    tool.state);
	if (tool.format && strcmp(tool.format, "table") && strcmp(tool.format, "ndjson"))
		return fault(
		    f, USAGE, "--format \"%s\" is neither table nor ndjson", tool.format);
	return tool_check_text("--reason", tool.reason, 190, f);
}

static int
check_operands(const struct verb *v, char **operands, int n, struct fault *f)
{
	if (n < v->min)
		return fault(f, USAGE, "%s needs %s", v->name, v->operand);
	if (n > v->max)
		return fault(
		    f, USAGE, "%s takes no further operand \"%s\"", v->name, operands[v->max]);
	return 0;
}

static int
run(const struct verb *v, char **operands)
{
	enum db_mode mode;
	struct fault f;
	int status;

	if (v->store == NO_STORE)
		return out_close(TOOL, v->run(&tool, operands));
	mode = tool.dry ? DB_READ : (enum db_mode)v->store;
	if (tool_open(&tool.db, &tool.settings, tool.path, mode, &f) < 0)
		return tool_fail(&f);
	status = v->run(&tool, operands);
	tool_close(&tool.db, &tool.settings);
	return out_close(TOOL, status);
}

int
main(int argc, char **argv)
{
	static const struct arg lead[] = {HELP, {0}};
	const struct verb *v = argc > 1 ? find_verb(argv[1]) : NULL;
	struct fault f;
	int n;

	if (!v) {
		n = args_lead(argc, argv, lead, &f);
		if (n > 0 && tool.help)
			return tool_help(usage);
		if (n == argc)
			fault(&f, USAGE, "say what to do with a campaign");
		else if (n > 0)
			fault(&f, USAGE, "there is no verb \"%s\"", argv[n]);
		return tool_misused(&f, usage);
	}
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_options(&f) < 0 || check_operands(v, argv + 1, n, &f) < 0)
		return tool_misused(&f, usage);
	return run(v, argv + 1);
}
