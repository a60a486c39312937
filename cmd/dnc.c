/*
 * outreach-dnc: who must not be called, whoever asked and why. Whoever is
 * added loses their claims at once.
 */
#include "dnc/verbs.h"

#include "args.h"
#include "mem.h"
#include "tool.h"

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

#define FLAG(letter, name, at)              \
	{                                   \
		letter, name, .flag = &(at) \
	}
#define TEXT(name, at)                 \
	{                              \
		0, name, .text = &(at) \
	}
#define LIST(name, at)                 \
	{                              \
		0, name, .list = &(at) \
	}
#define HELP     FLAG('h', "help", tool.help)
#define KEEP     FLAG('k', "keep-going", tool.keep_going)
#define QUIET    FLAG('q', "quiet", tool.quiet)
#define CAMPAIGN TEXT("campaign", tool.campaign)
#define CONTACT  LIST("contact", tool.contacts)
#define FORMAT   TEXT("format", tool.format)
#define PREFIX   FLAG(0, "prefix", tool.prefix)
#define REASON   TEXT("reason", tool.reason)
#define REGION   TEXT("region", tool.region)
#define SOURCE   TEXT("source", tool.source)
#define NAME     TEXT("list", tool.list)
#define STORE                                 \
	{                                     \
		'd', "db", .text = &tool.path \
	}

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
static const struct arg of_list[] = {HELP, CAMPAIGN, TEXT("rule", tool.rule), SOURCE, STORE,
    {0, "limit", .number = &tool.limit, .min = 1, .max = INT64_MAX}, {0}};
static const struct arg of_lists[] = {HELP, STORE, {0}};
static const struct arg of_filter[] = {
    HELP, KEEP, QUIET, CAMPAIGN, FLAG(0, "mark", tool.mark), REGION, STORE, {0}};
static const struct arg of_review[] = {FLAG(0, "all", tool.all),
    FLAG(0, "confirm", tool.confirm), FLAG(0, "dismiss", tool.dismiss), HELP, QUIET, REASON,
    STORE, {0}};
static const struct arg of_consent[] = {HELP, KEEP, QUIET, CONTACT, REASON, REGION, STORE,
    TEXT("kind", tool.kind), TEXT("at", tool.at), TEXT("expires", tool.expires),
    TEXT("how", tool.how), TEXT("text", tool.text), TEXT("file", tool.file), {0}};

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
    {"consent", verb_consent, of_consent, DB_WRITE, MANY},
    {"export", verb_export, of_export, DB_READ, NONE},
    {"filter", verb_filter, of_filter, DB_READ, MANY},
    {"import", verb_import, of_import, DB_WRITE, MANY},
    {"list", verb_list, of_list, DB_READ, NONE},
    {"lists", verb_lists, of_lists, DB_READ, NONE},
    {"phrases", verb_phrases, of_lists, DB_READ, NONE},
    {"remove", verb_remove, of_remove, DB_WRITE, MANY},
    {"review", verb_review, of_review, DB_WRITE, MANY},
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
	if (n > (tool.list && v->run == verb_remove ? NONE : v->max))
		return fault(f, USAGE, "%s takes no further operand \"%s\"", v->name,
		    operands[tool.list && v->run == verb_remove ? 0 : v->max]);
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
			fault(
			    &f, USAGE, "say what to do, such as add, check, import or filter");
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
