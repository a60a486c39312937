/*
 * outreach-calls: the calls of this store: listed, one shown with all that is
 * known of it, one hung up.
 */
#include "calls/verbs.h"

#define VERB_TOOL struct calls_tool
#include "verb.h"

static const char usage[] =
    "usage: outreach-calls list [--open] [--state STATE] [--campaign NAME] [--contact ID]\n"
    "             [--limit N] [--format table|ndjson] [-d STORE]\n"
    "       outreach-calls show [--format table|ndjson] [-d STORE] ID\n"
    "       outreach-calls hangup [-q] [-d STORE] ID\n";

static struct calls_tool tool;

#define FORMAT TEXT("format", tool.format)

static const struct arg of_list[] = {TEXT("campaign", tool.campaign),
    NUMBER("contact", tool.contact), FORMAT, HELP, NUMBER("limit", tool.limit),
    FLAG(0, "open", tool.open), TEXT("state", tool.state), STORE, {0}};
static const struct arg of_show[] = {FORMAT, HELP, STORE, {0}};
static const struct arg of_hangup[] = {HELP, QUIET, STORE, {0}};

static const struct verb verbs[] = {
    {"hangup", verb_hangup, of_hangup, DB_WRITE, 1, 1, "the ID of a call"},
    {"list", verb_list, of_list, DB_READ, NONE, NONE, ""},
    {"show", verb_show, of_show, DB_READ, 1, 1, "the ID of a call"},
    {0},
};

static int
check_options(struct fault *f)
{
	static const char *const states[] = {
	    "intent", "placing", "placed", "ringing", "answered", "unknown", "ended", NULL};

	return word_check("--state", tool.state, states, f) < 0 ||
		tool_format(tool.format, &tool.table, f) < 0
	    ? -1
	    : 0;
}

int
main(int argc, char **argv)
{
	const struct verb *v = verb_find(verbs, argc, argv);
	struct fault f;
	int n;

	if (!v)
		return verb_missing(verbs, argc, argv, "what to do with calls", usage);
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_options(&f) < 0 || verb_operands(v, argv + 1, n, &f) < 0)
		return verb_misused(v, &f, usage);
	return verb_run(v, v->store, &tool, argv + 1);
}
