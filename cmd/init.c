/*
 * outreach-init: makes the store; no other tool does.
 */
#define TOOL "outreach-init"

#include "home.h"
#include "storefile.h"

static const char usage[] = "usage: outreach init [-q] [-d STORE]\n"
			    "Makes the store: FILE, $OUTREACH_DB, `database` of the settings, "
			    "or ./outreach.db.\n";

static int
make(const char *path, bool quiet, struct fault *f)
{
	if (home_make(path, f) < 0)
		return -1;
	if (!quiet)
		fprintf(stderr, TOOL ": made %s\n", path);
	return 0;
}

int
main(int argc, char **argv)
{
	return storefile_main(argc, argv, usage, make);
}
