/*
 * outreach: runs `outreach-X` as `outreach X`, and lists the tools. Each tool
 * is a program of its own; nothing else happens here.
 */
#define TOOL "outreach"

#include <errno.h>
#include <stdlib.h>

#include "mem.h"
#include "proc.h"
#include "tool.h"
#include "word.h"

static const char usage[] = "usage: outreach TOOL [ARGUMENT ...]\n"
			    "       outreach help [TOOL]\n"
			    "       outreach now INSTANT*FACTOR\n"
			    "       outreach version\n";

/* In the order of a campaign's life. */
static const struct {
	const char *name, *words;
} tools[] = {
    {"init", "make the store"},
    {"import", "contact files to records"},
    {"contacts", "list, search, show, export, delete and forget people"},
    {"campaign", "campaign files, targets and claims"},
    {"context", "tell the AI who is called"},
    {"generate", "contexts that a model writes; context runs it"},
    {"review", "look at contexts, approve, reject, edit, check them"},
    {"notes", "what a model may tell: knowledge notes"},
    {"dial", "place the calls"},
    {"post", "the part of dial that speaks HTTP; dial runs it"},
    {"calls", "list and show calls, hang one up"},
    {"run", "claim, context and dial, until nothing is due"},
    {"events", "events from outside; the journal"},
    {"summarize", "what came of calls, by a model; for events"},
    {"serve", "webhooks in, context out to the AI, by HTTP"},
    {"supervise", "the part of serve that runs dialers; serve runs it"},
    {"token", "who may use serve: bearer tokens"},
    {"report", "a campaign in numbers"},
    {"dnc", "do-not-call"},
    {"status", "what is going on"},
    {"stop", "stop every call of this store"},
    {"resume", "end the stop"},
    {"reconcile", "ask the exchange about open calls"},
    {"doctor", "check settings, store and exchanges"},
    {"backup", "copy the store while it is in use"},
    {"upgrade", "bring the store to this version"},
    {"adopt", "make a copied store the one that may dial"},
    {"sim", "a simulated exchange"},
    {"demo", "a whole campaign against the simulator"},
};

static char *
tool_path(const char *name)
{
	char *full = strchr(name, '/') == NULL ? xasprintf("outreach-%s", name) : NULL;
	char *path = full != NULL ? proc_find(full) : NULL;

	free(full);
	return path;
}

static int
list(void)
{
	fputs(usage, stdout);
	putchar('\n');
	for (size_t i = 0; i < COUNT(tools); i++) {
		char *path = tool_path(tools[i].name);

		if (path != NULL)
			printf("  %-10s %s\n", tools[i].name, tools[i].words);
		free(path);
	}
	puts("\n`outreach help TOOL` or `man outreach-TOOL` says more; the overview is "
	     "outreach(7).");
	return out_close(TOOL, OK);
}

/* A value for OUTREACH_NOW: from this moment on a clock at that instant that runs so much faster. */
static int
now(const char *text)
{
	char *value = xasprintf("%s@%lld", text, (long long)clock_mono());
	struct fault f;
	int rc;

	rc = setenv("OUTREACH_NOW", value, 1) == 0 ? clock_init(&f)
						   : fault(&f, OSERR, "%s", strerror(errno));
	if (rc == 0)
		puts(value);
	else
		tool_report(&f);
	free(value);
	return out_close(TOOL, rc == 0 ? OK : USAGE);
}

/* Becomes the tool; returns only with the exit code of a failure. */
static int
become(const char *name, char **argv)
{
	const char *known[COUNT(tools) + 3] = {NULL};
	char *path = tool_path(name), hint[WORD_HINT];

	if (path != NULL) {
		argv[0] = path;
		execv(path, argv);
		fprintf(stderr, TOOL ": %s: %s\n", path, strerror(errno));
		free(path);
		return OSERR;
	}
	for (size_t i = 0; i < COUNT(tools); i++)
		known[i] = tools[i].name;
	if (word_among(name, known)) {
		fprintf(stderr, TOOL ": outreach-%s is not installed\n", name);
		return NOINPUT;
	}
	known[COUNT(tools)] = "now";
	known[COUNT(tools) + 1] = "version";
	fprintf(stderr, TOOL ": there is no tool %s%s\n%s", name, word_hint(name, known, hint),
	    usage);
	return USAGE;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "help";
	char *help[] = {NULL, "-h", NULL};
	struct fault f;

	if (!strcmp(word, "version") || !strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("outreach " OUTREACH_VERSION);
		return out_close(TOOL, OK);
	}
	if (!strcmp(word, "-h") || !strcmp(word, "--help") ||
	    (!strcmp(word, "help") && argc < 3))
		return list();
	if (!strcmp(word, "help") && (!strcmp(argv[2], "now") || !strcmp(argv[2], "version")))
		return tool_help(usage);
	if (!strcmp(word, "help"))
		return become(argv[2], help);
	if (!strcmp(word, "now") && argc == 3)
		return now(argv[2]);
	if (!strcmp(word, "now")) {
		(void)fault(&f, USAGE,
		    "now needs one INSTANT*FACTOR, such as '2026-03-02T09:00:00Z*60'");
		return tool_misused(&f, usage);
	}
	if (*word == '-') {
		fault(&f, USAGE, "unknown option %s", word);
		return tool_misused(&f, usage);
	}
	return become(word, argv + 1);
}
