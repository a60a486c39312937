/*
 * outreach-supervise: the part of outreach-serve that runs dialers, one for
 * each active campaign, where the settings say serve.dialer: true.
 */
#define TOOL "outreach-supervise"

#include <sys/socket.h>
#include <sys/stat.h>

#include "args.h"
#include "supervise.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-supervise [-h] [-d STORE]\n"
    "Run by outreach-serve to keep campaigns' dialers running; not by people.\n";

int
main(int argc, char **argv)
{
	bool help = false;
	const char *path = NULL;
	const struct arg table[] = {
	    {'d', "db", .text = &path}, {'h', "help", .flag = &help}, {0}};
	struct settings settings = {0};
	struct fault f;
	struct stat st;
	struct db db;
	int n = args_read(argc, argv, table, &f), status;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(&f, USAGE, "it takes no operands");
	if (n < 0)
		return tool_misused(&f, usage);
	signal(SIGPIPE, SIG_IGN);
	if (tool_open(&db, &settings, path, DB_READ, &f) < 0)
		return tool_fail(&f);
	if (fstat(STDIN_FILENO, &st) < 0 || !S_ISSOCK(st.st_mode)) {
		fault(&f, USAGE, "outreach-serve alone runs it (serve.dialer: true)");
		status = tool_misused(&f, usage);
	} else {
		status = supervise_run(&db, STDIN_FILENO, &f) < 0 ? tool_fail(&f) : OK;
	}
	tool_close(&db, &settings);
	return status;
}
