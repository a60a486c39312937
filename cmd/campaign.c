/*
 * outreach-campaign: campaign files and what becomes of them: checked,
 * applied, filled with people, switched on and off, claimed from, looked at.
 */
#include "campaign/verbs.h"

#define VERB_TOOL struct campaign_tool
#include "verb.h"

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
    "       outreach-campaign release [-q] [-d STORE] NAME TARGET ...\n"
    "       outreach-campaign callback --contact ID --at TIME | --none [-q] [-d STORE] NAME\n"
    "       outreach-campaign requeue --contact ID [-q] [-d STORE] NAME\n"
    "       outreach-campaign why --contact ID [--format table|ndjson] [-d STORE] NAME\n"
    "       outreach-campaign claim [--limit N] [-q] [-d STORE] NAME\n"
    "       outreach-campaign targets [--due] [--state STATE] [--reason CODE] [--contact ID]\n"
    "             [--without-context] [--limit N] [--format table|ndjson] [-d STORE] NAME\n";

static struct campaign_tool tool;

#define CONTACT NUMBER("contact", tool.contact)
#define DRY     FLAG('n', "dry-run", tool.dry)
#define EXCEPT  FLAG(0, "except-obstacles", tool.except_obstacles)
#define FORMAT  TEXT("format", tool.format)
#define LIMIT   NUMBER("limit", tool.limit)
#define REASON  TEXT("reason", tool.reason)

static const struct arg of_lint[] = {HELP, {0}};
static const struct arg of_apply[] = {DRY, HELP, QUIET, STORE, {0}};
static const struct arg of_look[] = {FORMAT, HELP, STORE, {0}};
static const struct arg of_add[] = {HELP, KEEP, QUIET, STORE, {0}};
static const struct arg of_activate[] = {EXCEPT, HELP, QUIET, STORE, {0}};
static const struct arg of_stop[] = {HELP, QUIET, REASON, STORE, {0}};
static const struct arg of_resume[] = {HELP, QUIET, STORE, {0}};
static const struct arg of_claim[] = {HELP, LIMIT, QUIET, STORE, {0}};
static const struct arg of_callback[] = {
    TEXT("at", tool.at), CONTACT, HELP, FLAG(0, "none", tool.none), QUIET, STORE, {0}};
static const struct arg of_requeue[] = {CONTACT, HELP, QUIET, STORE, {0}};
static const struct arg of_why[] = {CONTACT, FORMAT, HELP, STORE, {0}};
static const struct arg of_targets[] = {CONTACT, FLAG(0, "due", tool.due), FORMAT, HELP, LIMIT,
    REASON, TEXT("state", tool.state), STORE, FLAG(0, "without-context", tool.without_context),
    {0}};

static const struct verb verbs[] = {
    {"activate", verb_activate, of_activate, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"add", verb_add, of_add, DB_WRITE, 1, MANY, "the NAME of a campaign"},
    {"apply", verb_apply, of_apply, DB_WRITE, 1, MANY, "a FILE"},
    {"callback", verb_callback, of_callback, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"cancel", verb_cancel, of_stop, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"claim", verb_claim, of_claim, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"lint", verb_lint, of_lint, NO_STORE, 1, MANY, "a FILE"},
    {"list", verb_list, of_look, DB_READ, 0, 0, ""},
    {"pause", verb_pause, of_stop, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"priority", verb_priority, of_resume, DB_WRITE, 3, 3, "a NAME, a TARGET and a PRIORITY"},
    {"release", verb_release, of_resume, DB_WRITE, 2, MANY, "a NAME and a TARGET"},
    {"requeue", verb_requeue, of_requeue, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"resume", verb_resume, of_resume, DB_WRITE, 1, 1, "the NAME of a campaign"},
    {"show", verb_show, of_look, DB_READ, 1, 1, "the NAME of a campaign"},
    {"targets", verb_targets, of_targets, DB_READ, 1, 1, "the NAME of a campaign"},
    {"why", verb_why, of_why, DB_READ, 1, 1, "the NAME of a campaign"},
    {0},
};

/* What the options may not say, or must. */
static int
check_options(const struct verb *v, struct fault *f)
{
	static const char *const states[] = {
	    "waiting", "claimed", "calling", "unknown", "held", "done", "closed", NULL};

	if (word_check("--state", tool.state, states, f) < 0 ||
	    tool_format(tool.format, &tool.table, f) < 0)
		return -1;
	if (v->options == of_targets)
		return word_check("--reason", tool.reason, policy_codes, f);
	if (!tool.contact &&
	    (v->options == of_callback || v->options == of_requeue || v->options == of_why))
		return fault(f, USAGE, "%s needs --contact ID", v->name);
	if (v->options == of_callback && (tool.at != NULL) == tool.none)
		return fault(f, USAGE,
		    "callback needs either --at TIME or --none (requeue: as soon as allowed)");
	return tool_check_text("--reason", tool.reason, 190, f);
}

int
main(int argc, char **argv)
{
	const struct verb *v = verb_find(verbs, argc, argv);
	struct fault f;
	int n;

	if (!v)
		return verb_missing(verbs, argc, argv, "what to do with a campaign", usage);
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_options(v, &f) < 0 || verb_operands(v, argv + 1, n, &f) < 0)
		return verb_misused(v, &f, usage);
	return verb_run(v, tool.dry ? DB_READ : v->store, &tool, argv + 1);
}
