/*
 * outreach-init: makes the store; no other tool does.
 */
#define TOOL "outreach-init"

#include "args.h"
#include "tool.h"

static const char usage[] = "usage: outreach init [-q] [-d FILE]\n"
			    "Makes the store: FILE, $OUTREACH_DB, `database` of the settings, "
			    "or ./outreach.db.\n";

static int
make(const char *path, bool quiet)
{
	struct settings settings = {0};
	struct fault f;
	int rc = clock_init(&f);

	if (rc == 0)
		rc = settings_load(&settings, &f);
	if (rc == 0 && path == NULL)
		path = settings.database;
	if (rc == 0)
		rc = db_create(path, &f);
	if (rc == 0 && !quiet)
		fprintf(stderr, TOOL ": made %s\n", path);
	settings_release(&settings);
	return rc == 0 ? OK : tool_fail(&f);
}

int
main(int argc, char **argv)
{
	bool help = false, quiet = false;
	const char *path = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'q', "quiet", .flag = &quiet}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f);

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(
		    &f, USAGE, "%s: no operand is wanted (-d FILE names the store)", argv[0]);
	if (n < 0)
		return tool_misused(&f, usage);
	return out_close(TOOL, make(path, quiet));
}
