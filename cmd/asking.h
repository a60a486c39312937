/*
 * asking: what the commands that ask a language model have in common on their
 * command lines and in their last words. Define TOOL first (tool.h).
 */
#ifndef ASKING_H
#define ASKING_H

#include "ask.h"
#include "num.h"
#include "tool.h"

struct asking {
	struct ask_options opt;
	const char *budget;
	int64_t concurrent;
	bool quiet;
};

#define BUDGET_MAX INT64_C(1000000000000) /* thousandths, as in a campaign's file */

/* The entries of a table of options (args.h); a lvalue of the struct. */
#define ASKING_OPTIONS(a)                                                         \
	{0, "again", .flag = &(a).opt.again}, {0, "budget", .text = &(a).budget}, \
	    {0, "concurrent", .number = &(a).concurrent, .min = 1, .max = 256},   \
	    {'n', "dry-run", .flag = &(a).opt.dry},                               \
	    {'k', "keep-going", .flag = &(a).opt.keep_going},                     \
	    {'q', "quiet", .flag = &(a).quiet},                                   \
	    {0, "tokens", .number = &(a).opt.terms.budget_tokens, .min = 1,       \
		.max = INT64_C(1000000000000)},                                   \
	{                                                                         \
		0, "unordered", .flag = &(a).opt.unordered                        \
	}

/* What the options came to. settings are borrowed. */
static int
asking_check(struct asking *a, const struct settings *settings, struct fault *f)
{
	int64_t *budget = &a->opt.terms.budget_milli;

	if (a->budget && ((*budget = num_milli(a->budget)) <= 0 || *budget > BUDGET_MAX))
		return fault(f, USAGE,
		    "--budget: %s is no amount such as 2.50, of three decimals at most",
		    a->budget);
	a->opt.terms.concurrent = (int)a->concurrent;
	a->opt.terms.settings = settings;
	a->opt.report = tool_report;
	return 0;
}

/* The last words: what was asked, what else there was, what it cost. */
static void
asking_tell(const struct asking *a, const struct ask_count *n, const char *also)
{
	struct buf cost = {0};

	desk_count_text(&n->spent, &cost);
	if (a->opt.dry && n->within < n->asked)
		buf_printf(&cost, "; the budget may end it after %llu of them",
		    (unsigned long long)n->within);
	fprintf(stderr, TOOL ": %llu %s, %llu known from before, %s; %s%s\n",
	    (unsigned long long)n->asked, a->opt.dry ? "would be asked" : "asked",
	    (unsigned long long)n->cached, also, a->opt.dry ? "at most " : "", cost.p);
	buf_release(&cost);
}

/* Ends the run: by the signal that ended it, or with the exit code. */
static int
asking_end(const struct ask_count *n, int rc, const struct fault *f)
{
	if (n->signo)
		tool_end_by(n->signo);
	return rc < 0 ? tool_fail(f) : (int)ask_status(n);
}

#endif
