/*
 * outreach-dnc: who must not be called, whoever asked and why. Whoever is
 * added loses their claims at once.
 */
#include "dnc/verbs.h"

#define VERB_TOOL struct dnc_tool
#include "verb.h"

static const char usage[] =
    "usage: outreach-dnc add [-kq] [--prefix] [--contact ID] [--campaign NAME] [--region REGION]\n"
    "             [--source WORD] [--reason TEXT] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc remove [-kq] [--prefix] [--contact ID] [--campaign NAME]\n"
    "             [--region REGION] [--reason TEXT] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc remove --list NAME [-q] [--reason TEXT] [-d STORE]\n"
    "       outreach-dnc check [-kq] [--contact ID] [--campaign NAME] [--region REGION]\n"
    "             [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc import --list NAME [-kq] [--as-of DATE] [--max-age TIME] [--update]\n"
    "             [--format lines|csv|ndjson] [--column NAME] [--region REGION] [-d STORE]\n"
    "             [FILE ...]\n"
    "       outreach-dnc export [--list NAME] [--campaign NAME] [--format ndjson|lines]\n"
    "             [-d STORE]\n"
    "       outreach-dnc list [--rule number|prefix|contact] [--campaign NAME] [--source WORD]\n"
    "             [--limit N] [-d STORE]\n"
    "       outreach-dnc lists [-d STORE]\n"
    "       outreach-dnc filter [-kq] [--mark] [--campaign NAME] [--region REGION] [-d STORE]\n"
    "             [FILE ...]\n"
    "       outreach-dnc review [--all] [-d STORE]\n"
    "       outreach-dnc review [-q] --confirm|--dismiss [--reason TEXT] [-d STORE] ID ...\n"
    "       outreach-dnc awaited [-d STORE]\n"
    "       outreach-dnc awaited [-q] --lift --reason TEXT [-d STORE] ID ...\n"
    "       outreach-dnc phrases [-d STORE]\n"
    "       outreach-dnc consent add --kind KIND [-kq] [--contact ID] [--at TIME] [--expires TIME]\n"
    "             [--how WORD] [--text TEXT | --file FILE] [--region REGION] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc consent revoke [-kq] [--contact ID] [--at TIME] [--how WORD]\n"
    "             [--reason TEXT] [--region REGION] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc consent show [--contact ID] [--region REGION] [-d STORE] [NUMBER ...]\n"
    "       outreach-dnc consent import [-kq] [--region REGION] [-d STORE] FILE ...\n"
    "NUMBER is +442079460101, or +4470* for all that begin so. Without it: one number, or one\n"
    "record, a line of standard input.\n";

static struct dnc_tool tool;

#define CAMPAIGN TEXT("campaign", tool.campaign)
#define CONTACT  LIST("contact", tool.contacts)
#define FORMAT   TEXT("format", tool.format)
#define PREFIX   FLAG(0, "prefix", tool.prefix)
#define REASON   TEXT("reason", tool.reason)
#define REGION   TEXT("region", tool.region)
#define SOURCE   TEXT("source", tool.source)
#define NAME     TEXT("list", tool.list)

static const struct arg of_add[] = {
    HELP, KEEP, QUIET, CAMPAIGN, CONTACT, PREFIX, REASON, REGION, SOURCE, STORE, {0}};
static const struct arg of_remove[] = {
    HELP, KEEP, QUIET, CAMPAIGN, CONTACT, NAME, PREFIX, REASON, REGION, STORE, {0}};
static const struct arg of_check[] = {HELP, KEEP, QUIET, CAMPAIGN, CONTACT, REGION, STORE, {0}};
static const struct arg of_import[] = {HELP, KEEP, QUIET, NAME, TEXT("as-of", tool.as_of),
    TEXT("max-age", tool.max_age), FLAG(0, "update", tool.update), FORMAT,
    TEXT("column", tool.column), REGION, STORE, {0}};
static const struct arg of_export[] = {
    HELP, LIST("list", tool.lists), CAMPAIGN, FORMAT, STORE, {0}};
static const struct arg of_list[] = {
    HELP, CAMPAIGN, TEXT("rule", tool.rule), SOURCE, STORE, NUMBER("limit", tool.limit), {0}};
static const struct arg of_lists[] = {HELP, STORE, {0}};
static const struct arg of_filter[] = {
    HELP, KEEP, QUIET, CAMPAIGN, FLAG(0, "mark", tool.mark), REGION, STORE, {0}};
static const struct arg of_review[] = {FLAG(0, "all", tool.all),
    FLAG(0, "confirm", tool.confirm), FLAG(0, "dismiss", tool.dismiss), HELP, QUIET, REASON,
    STORE, {0}};
static const struct arg of_awaited[] = {
    HELP, FLAG(0, "lift", tool.lift), QUIET, REASON, STORE, {0}};
static const struct arg of_consent[] = {HELP, KEEP, QUIET, CONTACT, REASON, REGION, STORE,
    TEXT("kind", tool.kind), TEXT("at", tool.at), TEXT("expires", tool.expires),
    TEXT("how", tool.how), TEXT("text", tool.text), TEXT("file", tool.file), {0}};

static const struct verb verbs[] = {
    {"add", verb_add, of_add, DB_WRITE, NONE, MANY, ""},
    {"awaited", verb_awaited, of_awaited, DB_WRITE, NONE, MANY, ""},
    {"check", verb_check, of_check, DB_READ, NONE, MANY, ""},
    {"consent", verb_consent, of_consent, DB_WRITE, NONE, MANY, ""},
    {"export", verb_export, of_export, DB_READ, NONE, NONE, ""},
    {"filter", verb_filter, of_filter, DB_READ, NONE, MANY, ""},
    {"import", verb_import, of_import, DB_WRITE, NONE, MANY, ""},
    {"list", verb_list, of_list, DB_READ, NONE, NONE, ""},
    {"lists", verb_lists, of_lists, DB_READ, NONE, NONE, ""},
    {"phrases", verb_phrases, of_lists, DB_READ, NONE, NONE, ""},
    {"remove", verb_remove, of_remove, DB_WRITE, NONE, MANY, ""},
    {"review", verb_review, of_review, DB_WRITE, NONE, MANY, ""},
    {0},
};

/* What the options and operands may not say. */
static int
check_line(const struct verb *v, char **operands, int n, struct fault *f)
{
	if (tool.list && v->run == verb_remove && n > 0)
		return fault(
		    f, USAGE, "%s takes no further operand \"%s\"", v->name, operands[0]);
	if (verb_operands(v, operands, n, f) < 0 ||
	    tool_check_text("--source", tool.source, 64, f) < 0)
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
		return verb_missing(verbs, argc, argv,
		    "what to do, such as add, check, import or filter", usage);
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || check_line(v, argv + 1, n, &f) < 0)
		return verb_misused(v, &f, usage);
	return verb_run(v, v->store, &tool, argv + 1);
}
