/*
 * outreach-run: the pipeline of a campaign repeated and paced, for a terminal
 * and for cron: a second run of the same campaign ends at once, and one that
 * finds nothing to say is silent.
 */
#define TOOL "outreach-run"

#include <signal.h>

#include "args.h"
#include "campaigns.h"
#include "home.h"
#include "house.h"
#include "mem.h"
#include "proc.h"
#include "run.h"
#include "tool.h"

enum { SIGNALLED = 128 }; /* as a shell has it; proc_reap */

static const char usage[] =
    "usage: outreach run [-q] [--wait DURATION] [--with-parent] [-d STORE] CAMPAIGN\n"
    "Claims, contexts and dials until nobody is due; with --wait also "
    "who becomes due within that time.\n";

static void
tell(void *arg, int64_t open, int64_t claims, int64_t due)
{
	const struct campaign *c = arg;

	fprintf(stderr, "\r\033[K%s: %lld on the line, %lld claimed, %lld due%s", c->name,
	    (long long)open, (long long)claims, (long long)due, due >= 256 ? " or more" : "");
}

/* What is over is done; a draft or a pause needs a person. 1: there is work. */
static int
may_run(const struct campaign *c, struct fault *f)
{
	switch (c->state) {
	case CAMPAIGN_ACTIVE: return 1;
	case CAMPAIGN_CANCELLED: return 0;
	case CAMPAIGN_DRAFT:
		return fault(f, REFUSED,
		    "campaign %s is a draft (outreach-campaign activate %s)", c->name, c->name);
	case CAMPAIGN_PAUSED: break;
	}
	return fault(f, REFUSED, "campaign %s is paused (outreach-campaign resume %s)", c->name,
	    c->name);
}

/* Whether people are left, and in which state: why it is 75. */
static bool
is_left(const struct run_result *r, const char *name, bool quiet)
{
	const struct {
		int64_t n;
		const char *state;
	} left[] = {{r->waiting, "waiting"}, {r->claimed, "claimed"}, {r->calling, "calling"},
	    {r->unknown, "unknown"}};
	bool any = false;

	for (size_t i = 0; i < COUNT(left); i++) {
		if (left[i].n != 0 && !quiet && !any)
			fprintf(stderr, TOOL ": %s is not done:", name);
		if (left[i].n != 0 && !quiet)
			fprintf(stderr, "%s %lld %s", any ? "," : "", (long long)left[i].n,
			    left[i].state);
		any |= left[i].n != 0;
	}
	if (any && !quiet)
		fprintf(stderr, " (outreach-campaign targets %s)\n", name);
	return any;
}

static int
status_of(const struct run_result *r, const char *name, bool quiet)
{
	if (r->signo != 0) {
		signal(r->signo, SIG_DFL);
		raise(r->signo);
	}
	if (r->code > SIGNALLED) /* it could not say why */
		fprintf(stderr,
		    TOOL ": a program of the pipeline was ended by signal %d; `outreach run` "
			 "again follows its calls\n",
		    r->code - SIGNALLED);
	if (r->code > SOME)
		return r->code; /* the child that failed said why */
	if (r->held != 0 && !quiet && isatty(STDERR_FILENO))
		fprintf(stderr,
		    TOOL ": %lld are held (outreach-campaign targets --state held %s)\n",
		    (long long)r->held, name);
	return is_left(r, name, quiet) ? TEMPFAIL : r->code;
}

static int
run(struct house *h, const char *name, struct run_options *o, struct run_result *result,
    struct fault *f)
{
	struct campaign c;
	struct owner only = {.fd = -1};
	char lock[140];
	int rc;

	if (campaigns_need(&h->db, name, &c, f) < 0 || control_check(&h->db, f) < 0 ||
	    home_may_dial(&h->db, f) < 0 || (rc = may_run(&c, f)) < 0)
		return -1;
	if (rc == 0)
		return 0;
	snprintf(lock, sizeof(lock), "run-%s", c.name);
	rc = owner_only(&h->db, lock, &only, f);
	if (rc == 0 && o->quiet) { /* nothing is wrong: cron starts one every few minutes */
		result->code = TEMPFAIL;
		return 0;
	}
	if (rc == 0)
		return fault(f, TEMPFAIL, "another run of %s is at work", c.name);
	if (rc < 0)
		return -1;
	o->campaign = &c;
	o->arg = &c;
	rc = run_campaign(o, result, f);
	owner_release(&only);
	if (o->tell != NULL)
		fputs("\r\033[K", stderr);
	return rc;
}

int
main(int argc, char **argv)
{
	bool help = false, quiet = false, with_parent = false;
	const char *path = NULL, *wait = NULL;
	const struct arg table[] = {{'d', "db", .text = &path}, {'h', "help", .flag = &help},
	    {'q', "quiet", .flag = &quiet}, {0, "wait", .text = &wait},
	    {0, "with-parent", .flag = &with_parent}, {0}};
	struct house h = {.db.turn = -1};
	struct run_options o = {.db = &h.db};
	struct run_result result = {0};
	struct fault f;
	int n = args_read(argc, argv, table, &f), status;

	if (n >= 0 && help)
		return tool_help(usage);
	if (n >= 0 && n != 1)
		n = fault(&f, USAGE, "one campaign is wanted");
	if (n >= 0 && wait != NULL && num_duration("--wait", wait, &o.wait_ms, &f) < 0)
		n = fault(&f, USAGE, "--wait: %s is no duration (2h, 15m)", wait);
	if (n < 0)
		return tool_misused(&f, usage);
	if (with_parent && !proc_end_with_parent())
		return TEMPFAIL; /* nobody is there to tell */
	o.quiet = quiet;
	if (isatty(STDERR_FILENO) && (quiet || !isatty(STDOUT_FILENO)))
		o.tell = tell;
	if (house_open(&h, path, DB_WRITE, &f) < 0 || run(&h, argv[0], &o, &result, &f) < 0)
		status = tool_fail(&f);
	else
		status = status_of(&result, argv[0], quiet);
	house_close(&h);
	return out_close(TOOL, status);
}
