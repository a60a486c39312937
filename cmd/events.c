/*
 * outreach-events: what happens outside comes into the journal (apply, the
 * default), the journal is shown, verified and replayed, and what is too old to
 * be kept goes (age).
 */
#include "events/verbs.h"

#include "args.h"
#include "mem.h"
#include "tool.h"
#include "word.h"

const char events_usage[] =
    "usage: outreach-events [apply] [-knqv] [-d STORE] [FILE ...]\n"
    "       outreach-events log [--follow] [--from SEQ] [--kind KIND] [--no-body] [-d STORE]\n"
    "       outreach-events verify [-d STORE]\n"
    "       outreach-events replay [--check] [--into FILE] [-d STORE]\n"
    "       outreach-events age [-nq] [-d STORE]\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
    {"age", events_age},
    {"apply", events_apply},
    {"log", events_log},
    {"verify", events_verify},
    {"replay", events_replay},
};

/* The first word is no verb: a file to apply, unless it is none and a verb was meant. */
static int
check_file(const char *word, struct fault *f)
{
	const char *known[COUNT(verbs) + 1] = {NULL};
	char hint[WORD_HINT];

	for (size_t i = 0; i < COUNT(verbs); i++)
		known[i] = verbs[i].name;
	if (*word == '-' || access(word, F_OK) == 0 || !*word_hint(word, known, hint))
		return 0;
	return fault(f, USAGE, "there is no verb and no file \"%.60s\"%s", word, hint);
}

int
main(int argc, char **argv)
{
	struct fault f;

	for (size_t i = 0; i < COUNT(verbs); i++)
		if (argc > 1 && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	if (argc > 1 && check_file(argv[1], &f) < 0)
		return tool_misused(&f, events_usage);
	return events_apply(argc, argv);
}
