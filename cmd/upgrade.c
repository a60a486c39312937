/*
 * outreach-upgrade: brings the store to the version of this outreach; no other
 * tool changes a schema.
 */
#define TOOL "outreach-upgrade"

#include "storefile.h"

static const char usage[] = "usage: outreach upgrade [-q] [-d FILE]\n"
			    "Brings the store to the version of this outreach, after a backup "
			    "beside it.\n";

static int
upgrade(const char *path, bool quiet, struct fault *f)
{
	int from = 0;

	if (db_upgrade(path, &from, f) < 0)
		return -1;
	if (!quiet && from == DB_VERSION)
		fprintf(stderr, TOOL ": %s is of version %d, which this outreach needs\n", path,
		    from);
	else if (!quiet)
		fprintf(
		    stderr, TOOL ": %s went from version %d to %d\n", path, from, DB_VERSION);
	return 0;
}

int
main(int argc, char **argv)
{
	return storefile_main(argc, argv, usage, upgrade);
}
