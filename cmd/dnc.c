/*
 * outreach-dnc: numbers that must not be called, whoever asked and why. A
 * number that is added loses its claims at once.
 */
#include "dnc/verbs.h"

#include "args.h"
#include "mem.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-dnc add [-kq] [--source WORD] [--reason TEXT] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc remove [-kq] [--reason TEXT] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc check [-kq] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc list [-d STORE]\n"
    "Without NUMBER: one number, or one contact record, a line of standard input.\n";

static struct dnc_tool tool;

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
#define REASON                                    \
	{                                         \
		0, "reason", .text = &tool.reason \
	}
#define SOURCE                                    \
	{                                         \
		0, "source", .text = &tool.source \
	}

static const struct arg of_add[] = {HELP, KEEP, QUIET, REASON, SOURCE, STORE, {0}};
static const struct arg of_remove[] = {HELP, KEEP, QUIET, REASON, STORE, {0}};
static const struct arg of_check[] = {HELP, KEEP, QUIET, STORE, {0}};
static const struct arg of_list[] = {HELP, STORE, {0}};

enum { NONE = 0, MANY = 1 << 20 };

static const struct verb {
	const char *name;
	int (*run)(struct dnc_tool *, char **operands);
	const struct arg *options;
	enum db_mode mode;
	int max; /* operands */
} verbs[] = {
    {"add", verb_add, of_add, DB_WRITE, MANY},
    {"check", verb_check, of_check, DB_READ, MANY},
    {"list", verb_list, of_list, DB_READ, NONE},
    {"remove", verb_remove, of_remove, DB_WRITE, MANY},
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

/* What the options and operands may not say. */
static int
check_line(const struct verb *v, char **operands, int n, struct fault *f)
{
	if (n > v->max)
		return fault(
		    f, USAGE, "%s takes no further operand \"%s\"", v->name, operands[v->max]);
	if (tool_check_text("--source", tool.source, 64, f) < 0)
		return -1;
	return tool_check_text("--reason", tool.reason, 190, f);
}

static int
run(const struct verb *v, char **operands)
{
	struct fault f;
	int status;

	if (tool_open(&tool.db, &tool.settings, tool.path, v->mode, &f) < 0)
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
			fault(&f, USAGE, "say what to do: add, check, list or remove");
		else if (n > 0)
			fault(&f, USAGE, "there is no verb \"%s\"", argv[n]);
		return tool_misused(&f, usage);
	}
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_line(v, argv + 1, n, &f) < 0)
		return tool_misused(&f, usage);
	return run(v, argv + 1);
}
