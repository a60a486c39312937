/*
 * outreach-resume: ends what `outreach stop` began; nothing else does.
 */
#define TOOL "outreach-resume"

#include "args.h"
#include "house.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach resume [-q] [-d STORE]\n"
    "Lets this store call again after `outreach stop`. (A campaign that "
    "is paused: outreach-campaign resume.)\n";

int
main(int argc, char **argv)
{
	bool help = false, quiet = false, was = false;
	const char *path = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'q', "quiet", .flag = &quiet}, {0}};
	struct house h = {.db.turn = -1};
	struct fault f;
	int n = args_read(argc, argv, table, &f), rc;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(&f, USAGE,
		    "%s: no operand is wanted (a campaign: outreach-campaign resume %s)",
		    argv[0], argv[0]);
	if (n < 0)
		return tool_misused(&f, usage);
	rc = house_open(&h, path, DB_WRITE, &f);
	if (rc == 0)
		rc = control_resume(&h.db, &was, &f);
	if (rc == 0 && !quiet)
		fprintf(stderr,
		    was ? TOOL ": calls may be made again\n" : TOOL ": nothing was stopped\n");
	house_close(&h);
	return out_close(TOOL, rc == 0 ? OK : tool_fail(&f));
}
