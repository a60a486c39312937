/*
 * outreach-adopt: this file is the store from now on. For a copy, or a store
 * that was moved to another disk or machine, once the other one is gone.
 */
#define TOOL "outreach-adopt"

#include "args.h"
#include "home.h"
#include "tool.h"

static const char usage[] = "usage: outreach adopt [-q] [-d STORE]\n"
			    "Lets this copy of a store dial. Two stores must never call the "
			    "same people: see outreach-adopt(1).\n";

static int
adopt(struct db *db, bool quiet)
{
	struct fault f;

	if (home_may_dial(db, &f) == 0 || f.code == CONFIG) {
		if (!quiet)
			fprintf(stderr, TOOL ": %s is the store already\n", db->path);
		return OK;
	}
	if (f.code != REFUSED || home_adopt(db, &f) < 0)
		return tool_fail(&f);
	if (!quiet)
		fprintf(stderr, TOOL ": %s is the store from now on\n", db->path);
	return OK;
}

int
main(int argc, char **argv)
{
	bool help = false, quiet = false;
	const char *path = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'q', "quiet", .flag = &quiet}, {0}};
	struct settings settings = {0};
	struct db db = {.turn = -1};
	struct fault f;
	int n = args_read(argc, argv, table, &f), status;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(
		    &f, USAGE, "%s: no operand is wanted (-d FILE names the store)", argv[0]);
	if (n < 0)
		return tool_misused(&f, usage);
	if (tool_open(&db, &settings, path, DB_WRITE, &f) < 0)
		return tool_fail(&f);
	status = adopt(&db, quiet);
	tool_close(&db, &settings);
	return out_close(TOOL, status);
}
