/*
 * outreach-reconcile: what became of calls whose dialer died. Asks the
 * exchange, dials nobody; a person may say how an unknown call ended.
 */
#define TOOL "outreach-reconcile"

#include "args.h"
#include "calls.h"
#include "door.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-reconcile [-qv] [-d STORE] [--exchange NAME]\n"
    "       outreach-reconcile [-q] [-d STORE] --call ID --outcome DISPOSITION --because TEXT\n"
    "Settles calls that are open though their dialer is gone.\n";

struct reconcile {
	const char *path, *exchange, *call, *outcome, *because;
	bool help, quiet, verbose;
	int signo;
	struct settings settings;
	struct db db;
};

static void
word(void *arg, enum door_word kind, const char *text)
{
	const struct reconcile *t = arg;

	if (kind == DOOR_SAY ? t->verbose : !t->quiet)
		fprintf(stderr, TOOL ": %s\n", text);
}

static int
by_person(struct reconcile *t, struct fault *f)
{
	enum disposition d = disposition_parse(t->outcome);
	struct uuid id;
	int was;

	if (uuid_parse(t->call, strlen(t->call), &id) < 0)
		return fault(f, DATAERR, "\"%s\" is no call id", t->call);
	if (d == DISP_COUNT || d == DISP_UNKNOWN)
		return fault(f, DATAERR,
		    "\"%s\" is no outcome (answered, busy, no_answer, ...: outreach-record(5))",
		    t->outcome);
	if ((was = calls_resolve_unknown(&t->db, &id, d, t->because, f)) < 0)
		return -1;
	if (!t->quiet && was)
		fprintf(
		    stderr, TOOL ": call %s was unknown, and is %s now\n", t->call, t->outcome);
	else if (!t->quiet)
		fprintf(stderr, TOOL ": the line of call %s is closed\n", t->call);
	return 0;
}

static int
by_exchange(struct reconcile *t, struct fault *f)
{
	struct door_options opt = {.db = &t->db,
	    .settings = &t->settings,
	    .input = -1,
	    .exchange = t->exchange,
	    .settle_only = true,
	    .word = word,
	    .arg = t};
	struct door_result r;
	int rc = door_run(&opt, &r, f);

	if (!t->quiet)
		fprintf(stderr, TOOL ": %lld settled, %lld of them unknown; %lld left open\n",
		    (long long)r.over, (long long)r.unknown, (long long)r.left);
	t->signo = r.signo;
	return rc;
}

static int
check(const struct reconcile *t, int operands, struct fault *f)
{
	int given = (t->call != NULL) + (t->outcome != NULL) + (t->because != NULL);

	if (operands > 0)
		return fault(f, USAGE, "it takes no operands");
	if (given != 0 && given != 3)
		return fault(f, USAGE, "--call, --outcome and --because go together");
	if (given != 0 && t->exchange != NULL)
		return fault(f, USAGE, "--exchange does not go with --call");
	return tool_check_text("--because", t->because, 190, f);
}

int
main(int argc, char **argv)
{
	struct reconcile t = {0};
	const struct arg table[] = {{'d', "db", .text = &t.path},
	    {'h', "help", .flag = &t.help}, {'q', "quiet", .flag = &t.quiet},
	    {'v', "verbose", .flag = &t.verbose}, {0, "because", .text = &t.because},
	    {0, "call", .text = &t.call}, {0, "exchange", .text = &t.exchange},
	    {0, "outcome", .text = &t.outcome}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f), rc;

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n < 0 || check(&t, n, &f) < 0)
		return tool_misused(&f, usage);
	if (tool_open(&t.db, &t.settings, t.path, DB_WRITE, &f) < 0)
		return tool_fail(&f);
	rc = t.call != NULL ? by_person(&t, &f) : by_exchange(&t, &f);
	tool_close(&t.db, &t.settings);
	if (t.signo != 0)
		tool_end_by(t.signo);
	return out_close(TOOL, rc < 0 ? tool_fail(&f) : OK);
}
