/*
 * outreach-upgrade: brings the store to the version of this outreach; no other
 * tool changes a schema.
 */
#define TOOL "outreach-upgrade"

#include "args.h"
#include "tool.h"

static const char usage[] = "usage: outreach upgrade [-q] [-d FILE]\n"
			    "Brings the store to the version of this outreach, after a backup "
			    "beside it.\n";

static int
upgrade(const char *path, bool quiet)
{
	struct settings settings = {0};
	struct fault f;
	int from = 0, rc = clock_init(&f);

	if (rc == 0)
		rc = settings_load(&settings, &f);
	if (rc == 0 && path == NULL)
		path = settings.database;
	if (rc == 0)
		rc = db_upgrade(path, &from, &f);
	if (rc == 0 && !quiet && from == DB_VERSION)
		fprintf(stderr, TOOL ": %s is of version %d, which this outreach needs\n", path,
		    from);
	else if (rc == 0 && !quiet)
		fprintf(
		    stderr, TOOL ": %s went from version %d to %d\n", path, from, DB_VERSION);
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
	return out_close(TOOL, upgrade(path, quiet));
}
