/*
 * outreach-dial: the one door. Call records in, one event record for each call
 * when it is over. Everything that decides or sends is in lib/voice/door.
 */
#define TOOL "outreach-dial"

#include "args.h"
#include "dial/dry.h"
#include "door.h"
#include "home.h"
#include "optouts.h"
#include "tool.h"
#include "word.h"

static const char usage[] =
    "usage: outreach-dial [-knqv] [-d STORE] [--events all] [--exchange NAME] [--max-calls N]\n"
    "Places the calls of call records on standard input and writes an event record for each.\n";

struct dial_tool {
	const char *path, *exchange, *events;
	bool help, keep_going, dry, quiet, verbose;
	int64_t max_calls;
	struct settings settings;
	struct db db;
};

static void
word(void *arg, enum door_word kind, const char *text)
{
	const struct dial_tool *t = arg;

	if (kind == DOOR_SAY ? t->verbose : !t->quiet || kind == DOOR_REFUSED)
		fprintf(stderr, TOOL ": %s\n", text);
}

static int
check(const struct dial_tool *t, struct fault *f)
{
	static const char *const events[] = {"all", "over", NULL};
	struct exchange x;

	if (word_check("--events", t->events, events, f) < 0)
		return -1;
	if (t->exchange != NULL && settings_exchange(&t->settings, t->exchange, &x, f) < 0 &&
	    f->code != TEMPFAIL)
		return -1;
	return 0;
}

static int
left_open(int64_t n)
{
	struct fault f;

	(void)fault(&f, TEMPFAIL,
	    n == 1 ? "%lld call is left open (outreach reconcile)"
		   : "%lld calls are left open (outreach reconcile)",
	    (long long)n);
	return tool_fail(&f);
}

static int
dial(struct dial_tool *t)
{
	struct door_options opt = {.db = &t->db,
	    .settings = &t->settings,
	    .input = STDIN_FILENO,
	    .exchange = t->exchange,
	    .max_calls = t->max_calls,
	    .all_events = t->events != NULL && strcmp(t->events, "all") == 0,
	    .keep_going = t->keep_going,
	    .word = word,
	    .arg = t};
	struct door_result result = {0};
	struct fault f;
	int status = OK;

	if (home_may_dial(&t->db, &f) < 0 || control_check(&t->db, &f) < 0 ||
	    optouts_phrases(&t->db, t->settings.opt_out_words, &f) < 0)
		return tool_fail(&f);
	if (door_run(&opt, &result, &f) < 0)
		status = tool_fail(&f);
	else if (result.left > 0)
		status = left_open(result.left);
	else if (result.refused > 0)
		status = SOME;
	if (result.signo != 0) {
		tool_close(&t->db, &t->settings);
		tool_end_by(result.signo);
	}
	return status;
}

static int
run(struct dial_tool *t)
{
	struct fault f;
	int status;

	if (tool_open(&t->db, &t->settings, t->path, t->dry ? DB_READ : DB_WRITE, &f) < 0)
		return tool_fail(&f);
	if (check(t, &f) < 0)
		status = f.code == USAGE ? tool_misused(&f, usage) : tool_fail(&f);
	else if (t->dry)
		status =
		    dial_dry(&t->db, &t->settings, t->exchange, t->keep_going, tool_report);
	else
		status = dial(t);
	tool_close(&t->db, &t->settings);
	return status;
}

int
main(int argc, char **argv)
{
	struct dial_tool t = {0};
	const struct arg table[] = {{'d', "db", .text = &t.path},
	    {'h', "help", .flag = &t.help}, {'k', "keep-going", .flag = &t.keep_going},
	    {'n', "dry-run", .flag = &t.dry}, {'q', "quiet", .flag = &t.quiet},
	    {'v', "verbose", .flag = &t.verbose}, {0, "events", .text = &t.events},
	    {0, "exchange", .text = &t.exchange},
	    {0, "max-calls", .number = &t.max_calls, .min = 1, .max = INT32_MAX}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f);

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n > 0)
		n = fault(&f, USAGE, "it takes no operands: records come on standard input");
	if (n < 0)
		return tool_misused(&f, usage);
	return out_close(TOOL, run(&t));
}
