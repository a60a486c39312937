/*
 * storefile: the whole of a tool that does one thing to the store's file
 * before anybody may open it (init, upgrade). Define TOOL first.
 */
#ifndef STOREFILE_H
#define STOREFILE_H

#include "args.h"
#include "tool.h"

static int
storefile_do(const char *path, bool quiet, int (*act)(const char *, bool, struct fault *))
{
	struct settings settings = {0};
	struct fault f;
	int rc = clock_init(&f);

	if (rc == 0)
		rc = settings_load(&settings, &f);
	if (rc == 0)
		rc = act(path == NULL ? settings.database : path, quiet, &f);
	settings_release(&settings);
	return rc == 0 ? OK : tool_fail(&f);
}

/* act does it to the file, and says on stderr what was done unless quiet. */
static int
storefile_main(int argc, char **argv, const char *usage,
    int (*act)(const char *path, bool quiet, struct fault *))
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
	return out_close(TOOL, storefile_do(path, quiet, act));
}

#endif
