/*
 * outreach-stop: everything of this store stops until `outreach resume`. The
 * stop is stored first; then, on demand, our own calls are hung up, also
 * where no dialer lives any more.
 */
#define TOOL "outreach-stop"

#include "args.h"
#include "calls.h"
#include "hangup.h"
#include "house.h"
#include "tool.h"

static const char usage[] = "usage: outreach stop [-q] [--hangup] [--reason TEXT] [-d STORE]\n"
			    "No call is made in this store until `outreach resume`. Calls that "
			    "are open go on, or end at once with --hangup.\n";

static void
word(void *arg, enum door_word kind, const char *text)
{
	if (kind != DOOR_SAY && !*(const bool *)arg)
		fprintf(stderr, TOOL ": %s\n", text);
}

/* Stored before anything else: whatever fails behind it, no new call is made. */
static int
stop(struct house *h, const char *reason, bool hangup, bool quiet, struct fault *f)
{
	int64_t open = 0, asked = 0;

	if (control_stop(&h->db, reason, hangup, f) < 0)
		return fault_in(f, "NOTHING IS STOPPED");
	if (calls_open_count(&h->db, 0, &open, f) < 0)
		return -1;
	if (!quiet)
		fprintf(stderr, TOOL ": stopped until `outreach resume`; open calls: %lld\n",
		    (long long)open);
	if (!hangup || open == 0)
		return 0;
	if (calls_ask_hangup(&h->db, 0, &asked, f) < 0 ||
	    hangup_open(&h->db, &h->settings, word, &quiet, f) < 0 ||
	    calls_open_count(&h->db, 0, &open, f) < 0)
		return -1;
	if (open != 0)
		return fault(f, TEMPFAIL,
		    "nothing new is dialled; open still: %lld (outreach-calls list --open)",
		    (long long)open);
	if (!quiet)
		fprintf(stderr, TOOL ": all calls are hung up\n");
	return 0;
}

int
main(int argc, char **argv)
{
	bool help = false, quiet = false, hangup = false;
	const char *path = NULL, *reason = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {0, "hangup", .flag = &hangup}, {'q', "quiet", .flag = &quiet},
	    {0, "reason", .text = &reason}, {0}};
	struct house h = {.db.turn = -1};
	struct fault f;
	int n = args_read(argc, argv, table, &f), rc;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n > 0)
		n = fault(&f, USAGE,
		    "%s: no operand is wanted (one campaign: outreach-campaign pause %s)",
		    argv[0], argv[0]);
	if (n >= 0 && tool_check_text("--reason", reason, 190, &f) < 0)
		n = -1;
	if (n < 0)
		return tool_misused(&f, usage);
	rc = house_open(&h, path, DB_WRITE, &f);
	if (rc == 0)
		rc = stop(&h, reason, hangup, quiet, &f);
	house_close(&h);
	return out_close(TOOL, rc == 0 ? OK : tool_fail(&f));
}
