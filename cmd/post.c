/*
 * outreach-post: the part of outreach-dial that speaks HTTP, run by it for an
 * exchange of type http. It is no door: it takes its orders from a socket that
 * the dialer holds the other end of, and nowhere else.
 */
#define TOOL "outreach-post"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "args.h"
#include "httpvoice.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-post [-h]\n"
    "Run by outreach-dial for an exchange of type http; not by people.\n";

/* Nobody pipes calls into it: a pipe, a file and a terminal are no socket. */
static int
run(void)
{
	struct stat st;
	struct fault f;

	if (clock_init(&f) < 0)
		return tool_fail(&f);
	if (fstat(STDIN_FILENO, &st) < 0 || !S_ISSOCK(st.st_mode)) {
		fault(&f, USAGE, "it takes its orders from outreach-dial alone");
		return tool_misused(&f, usage);
	}
	signal(SIGPIPE, SIG_IGN);
	if (poster_run(STDIN_FILENO, &f) < 0)
		return tool_fail(&f);
	return OK;
}

int
main(int argc, char **argv)
{
	bool help = false;
	const struct arg table[] = {{'h', "help", .flag = &help}, {0}};
	struct fault f;
	int n = args_read(argc, argv, table, &f);

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(&f, USAGE, "it takes no operands");
	if (n < 0)
		return tool_misused(&f, usage);
	return run();
}
