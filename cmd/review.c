/*
 * outreach-review: people look at contexts before anybody hears them. Each
 * verdict, and each text that a person writes, is a row of the journal.
 */
#include "review/verbs.h"

#include "args.h"
#include "mem.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-review list [--contact ID] [--state STATE] [--origin ORIGIN]\n"
    "             [--format table|ndjson] [-d STORE] NAME\n"
    "       outreach-review export [--contact ID] [--state STATE] [--origin ORIGIN] [-d STORE]\n"
    "             NAME\n"
    "       outreach-review show [--contact ID] [-d STORE] TARGET|NAME\n"
    "       outreach-review preview [-q] [--contact ID] [-d STORE] TARGET|NAME\n"
    "       outreach-review diff [--contact ID] [--from SEQ] [--to SEQ] [-d STORE] TARGET|NAME\n"
    "       outreach-review edit [-q] [--contact ID] [-d STORE] TARGET|NAME\n"
    "       outreach-review approve [-kq] [--contact ID] [--reason TEXT] [-d STORE]\n"
    "             [TARGET ...|NAME]\n"
    "       outreach-review reject [-kq] [--contact ID] [--reason TEXT] [-d STORE]\n"
    "             [TARGET ...|NAME]\n"
    "       outreach-review regenerate [--contact ID] [-d STORE] TARGET ...|NAME\n"
    "       outreach-review check [-kq] [-d STORE] [FILE ...]\n"
    "With --contact the operand is the NAME of a campaign. approve and reject without one: records\n"
    "of export on standard input.\n";

static struct review_tool tool;

#define FLAG(letter, name, at)              \
	{                                   \
		letter, name, .flag = &(at) \
	}
#define TEXT(letter, name, at)              \
	{                                   \
		letter, name, .text = &(at) \
	}
#define NUMBER(name, at)                                             \
	{                                                            \
		0, name, .number = &(at), .min = 1, .max = INT64_MAX \
	}
#define HELP    FLAG('h', "help", tool.help)
#define KEEP    FLAG('k', "keep-going", tool.keep_going)
#define QUIET   FLAG('q', "quiet", tool.quiet)
#define STORE   TEXT('d', "db", tool.path)
#define CONTACT NUMBER("contact", tool.contact)

static const struct arg of_list[] = {CONTACT, TEXT(0, "format", tool.format), HELP,
    TEXT(0, "origin", tool.origin), TEXT(0, "state", tool.state), STORE, {0}};
static const struct arg of_export[] = {
    CONTACT, HELP, TEXT(0, "origin", tool.origin), TEXT(0, "state", tool.state), STORE, {0}};
static const struct arg of_one[] = {CONTACT, HELP, QUIET, STORE, {0}};
static const struct arg of_show[] = {CONTACT, HELP, STORE, {0}};
static const struct arg of_diff[] = {
    CONTACT, NUMBER("from", tool.from), HELP, STORE, NUMBER("to", tool.to), {0}};
static const struct arg of_say[] = {
    CONTACT, HELP, KEEP, QUIET, TEXT(0, "reason", tool.reason), STORE, {0}};
static const struct arg of_check[] = {HELP, KEEP, QUIET, STORE, {0}};

enum { MANY = 1 << 20 };

static const struct verb {
	const char *name;
	int (*run)(struct review_tool *, char **operands);
	const struct arg *options;
	enum db_mode store;
	int min, max;
} verbs[] = {
    {"approve", verb_approve, of_say, DB_WRITE, 0, MANY},
    {"check", verb_check, of_check, DB_READ, 0, MANY},
    {"diff", verb_diff, of_diff, DB_READ, 1, 1},
    {"edit", verb_edit, of_one, DB_WRITE, 1, 1},
    {"export", verb_export, of_export, DB_READ, 1, 1},
    {"list", verb_list, of_list, DB_READ, 1, 1},
    {"preview", verb_preview, of_one, DB_READ, 1, 1},
    {"regenerate", verb_regenerate, of_show, DB_WRITE, 1, MANY},
    {"reject", verb_reject, of_say, DB_WRITE, 0, MANY},
    {"show", verb_show, of_show, DB_READ, 1, 1},
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

static int
check_command(const struct verb *v, char **operands, int n, struct fault *f)
{
	if (tool.state && review_parse(tool.state) < 0)
		return fault(f, USAGE,
		    "--state \"%s\" is none of none, made, approved, rejected", tool.state);
	if (n < v->min || (tool.contact && n == 0))
		return fault(f, USAGE, "%s needs %s", v->name,
		    v->options == of_list || v->options == of_export || tool.contact
			? "the NAME of a campaign"
			: "the number of a TARGET, or --contact and the NAME of a campaign");
	if (n > v->max || (tool.contact && n > 1))
		return fault(f, USAGE, "%s takes no further operand \"%s\"", v->name,
		    operands[tool.contact ? 1 : v->max]);
	return tool_check_text("--reason", tool.reason, 190, f);
}

static int
run(const struct verb *v, char **operands)
{
	struct fault f;
	int status;

	if (tool_open(&tool.db, &tool.settings, tool.path, v->store, &f) < 0)
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
			fault(&f, USAGE, "say what to do with contexts");
		else if (n > 0)
			fault(&f, USAGE, "there is no verb \"%s\"", argv[n]);
		return tool_misused(&f, usage);
	}
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_command(v, argv + 1, n, &f) < 0)
		return tool_misused(&f, usage);
	return run(v, argv + 1);
}
