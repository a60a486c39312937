/*
 * outreach-backup: a copy of the store while it is in use, whole or not at
 * all. The copy knows that it is one and does not dial.
 */
#define TOOL "outreach-backup"

#include "args.h"
#include "home.h"
#include "tool.h"

static const char usage[] = "usage: outreach backup [-q] [-d STORE] TO\n"
			    "Copies the store to the new file TO, also while calls are open.\n";

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
	int n = args_read(argc, argv, table, &f), status = OK;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n >= 0 && n != 1)
		n = fault(&f, USAGE, "one file to write is wanted");
	if (n < 0)
		return tool_misused(&f, usage);
	if (tool_open(&db, &settings, path, DB_READ, &f) < 0)
		return tool_fail(&f);
	if (home_backup(&db, argv[0], &f) < 0)
		status = tool_fail(&f);
	else if (!quiet)
		fprintf(stderr, TOOL ": %s is a copy of %s\n", argv[0], db.path);
	tool_close(&db, &settings);
	return out_close(TOOL, status);
}
