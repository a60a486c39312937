/*
 * outreach-review: people look at contexts before anybody hears them. Each
 * verdict, and each text that a person writes, is a row of the journal.
 */
#include "review/verbs.h"

#define VERB_TOOL struct review_tool
#include "verb.h"

static const char usage[] =
    "usage: outreach-review list [--contact ID] [--state STATE] [--origin ORIGIN]\n"
    "             [--format table|ndjson] [-d STORE] NAME\n"
    "       outreach-review export [--contact ID] [--state STATE] [--origin ORIGIN] [-d STORE]\n"
    "             NAME\n"
    "       outreach-review show [--contact ID] [-d STORE] TARGET|NAME\n"
    "       outreach-review preview | edit [-q] [--contact ID] [-d STORE] TARGET|NAME\n"
    "       outreach-review diff [--contact ID] [--from SEQ] [--to SEQ] [-d STORE] TARGET|NAME\n"
    "       outreach-review approve | reject [-kq] [--contact ID] [--reason TEXT] [-d STORE]\n"
    "             [TARGET ...|NAME]\n"
    "       outreach-review regenerate [--contact ID] [-d STORE] TARGET ...|NAME\n"
    "       outreach-review check [-kq] [-d STORE] [FILE ...]\n"
    "With --contact the operand is the NAME of a campaign. approve and reject without one: records\n"
    "of export on standard input.\n";

static struct review_tool tool;

#define CONTACT NUMBER("contact", tool.contact)

static const struct arg of_list[] = {CONTACT, TEXT("format", tool.format), HELP,
    TEXT("origin", tool.origin), TEXT("state", tool.state), STORE, {0}};
static const struct arg of_export[] = {
    CONTACT, HELP, TEXT("origin", tool.origin), TEXT("state", tool.state), STORE, {0}};
static const struct arg of_one[] = {CONTACT, HELP, QUIET, STORE, {0}};
static const struct arg of_show[] = {CONTACT, HELP, STORE, {0}};
static const struct arg of_diff[] = {
    CONTACT, NUMBER("from", tool.from), HELP, STORE, NUMBER("to", tool.to), {0}};
static const struct arg of_say[] = {
    CONTACT, HELP, KEEP, QUIET, TEXT("reason", tool.reason), STORE, {0}};
static const struct arg of_check[] = {HELP, KEEP, QUIET, STORE, {0}};

#define NAME "the NAME of a campaign"
#define WHO  "the number of a TARGET, or --contact and the NAME of a campaign"

static const struct verb verbs[] = {
    {"approve", verb_approve, of_say, DB_WRITE, 0, MANY, ""},
    {"check", verb_check, of_check, DB_READ, 0, MANY, ""},
    {"diff", verb_diff, of_diff, DB_READ, 1, 1, WHO},
    {"edit", verb_edit, of_one, DB_WRITE, 1, 1, WHO},
    {"export", verb_export, of_export, DB_READ, 1, 1, NAME},
    {"list", verb_list, of_list, DB_READ, 1, 1, NAME},
    {"preview", verb_preview, of_one, DB_READ, 1, 1, WHO},
    {"regenerate", verb_regenerate, of_show, DB_WRITE, 1, MANY, WHO},
    {"reject", verb_reject, of_say, DB_WRITE, 0, MANY, ""},
    {"show", verb_show, of_show, DB_READ, 1, 1, WHO},
    {0},
};

static int
check_command(const struct verb *v, char **operands, int n, struct fault *f)
{
	static const char *const states[] = {"none", "made", "approved", "rejected", NULL};
	static const char *const origins[] = {
	    "template", "model", "fallback", "person", "pipe", NULL};

	if (word_check("--state", tool.state, states, f) < 0 ||
	    word_check("--origin", tool.origin, origins, f) < 0)
		return -1;
	if (tool.contact && n == 0)
		return fault(f, USAGE, "%s needs %s", v->name, NAME);
	if (tool.contact && n > 1)
		return fault(
		    f, USAGE, "%s takes no further operand \"%s\"", v->name, operands[1]);
	if (verb_operands(v, operands, n, f) < 0)
		return -1;
	return tool_check_text("--reason", tool.reason, 190, f);
}

int
main(int argc, char **argv)
{
	const struct verb *v = verb_find(verbs, argc, argv);
	struct fault f;
	int n;

	if (!v)
		return verb_missing(verbs, argc, argv, "what to do with contexts", usage);
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_command(v, argv + 1, n, &f) < 0)
		return verb_misused(v, &f, usage);
	return verb_run(v, v->store, &tool, argv + 1);
}
