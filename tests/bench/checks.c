/*
 * checks PEOPLE TEXTS: so many contexts through all checks, with so many other
 * people's names and numbers to look out for.
 */
#include <stdio.h>

#include "check.h"
#include "number.h"

static void
found(void *arg, const struct check_finding *w)
{
	(void)w;
	++*(long *)arg;
}

int
main(int argc, char **argv)
{
	const struct check_rules rules = {.min_length = 40,
	    .max_length = 16000,
	    .numbers = true,
	    .others = true,
	    .instructions = true,
	    .language = true};
	static const char known[] = "Asha Rao fee 120000 course Data Science starts 2026-06-30";
	char text[2048], name[64];
	long people, texts, n = 0;
	struct crowd *crowd = crowd_new();
	struct check *check = check_new(&rules, crowd);

	if (argc < 3)
		return 1;
	people = number("PEOPLE", argv[1], 0, 10000000);
	texts = number("TEXTS", argv[2], 0, 10000000);
	for (long i = 0; i < people; i++) {
		snprintf(name, sizeof(name), "Person%ld Family%ld", i * 7919 % 100003, i);
		crowd_add(crowd, i + 2, name);
		snprintf(name, sizeof(name), "+9198%08ld", i * 7919);
		crowd_add(crowd, i + 2, name);
	}
	for (long i = 0; i < texts; i++) {
		snprintf(text, sizeof(text),
		    "Opening: You call Asha Rao, who asked about the course Data Science.\n\n"
		    "The course starts on 30 June 2026 and the fee is 1,20,000. Ask whether the "
		    "papers were sent, and offer help with the form where they were not.\n\n"
		    "Questions: how long is the course; can the fee be paid in parts; where are "
		    "the classes held? Say that the office answers all of that by mail and note "
		    "down what was asked.\n\n"
		    "Closing: thank Asha for the time, and wish a good day. Never press. If a "
		    "call does not suit, ask when another one would, and end the call.");
		check_run(check, &(struct check_text){1, text, text, known, "en"}, found, &n);
	}
	printf("%ld findings\n", n);
	check_free(check);
	crowd_free(crowd);
	return n ? 1 : 0;
}
