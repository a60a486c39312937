/*
 * outreach-events: what happens outside comes into the journal (apply, the
 * default), the journal is shown, verified and replayed, and what is too old to
 * be kept goes (age).
 */
#include "events/verbs.h"

#include "args.h"
#include "tool.h"

const char events_usage[] =
    "usage: outreach-events [apply] [-knqv] [-d FILE] [FILE ...]\n"
    "       outreach-events log [--follow] [--from SEQ] [--kind KIND] [--no-body] [-d FILE]\n"
    "       outreach-events verify [-d FILE]\n"
    "       outreach-events replay [--check] [--into FILE] [-d FILE]\n"
    "       outreach-events age [-nq] [-d FILE]\n";

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

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (argc > 1 && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	return events_apply(argc, argv);
}
