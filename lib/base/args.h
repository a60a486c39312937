/*
 * args: a command line read by one table of options. As getopt_long(3) reads
 * it, without its liberties: no abbreviations (each would be a promise), no
 * scalar option twice, and the words for what is wrong come back as a fault.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum { ARGS_LIST = 32 };

/* The values of an option that may stand several times; a further one is a USAGE fault. */
struct arg_list {
	const char *value[ARGS_LIST];
	size_t n;
};

/* One option: exactly one of flag, text, number and list is set. A table ends with a zero entry. */
struct arg {
	char letter;       /* 0: none */
	const char *name;  /* without its --; null: none */
	bool *flag;        /* becomes true */
	const char **text; /* gets the value, borrowed from argv */
	int64_t *number;   /* gets the value, between min and max */
	int64_t min, max;
	struct arg_list *list; /* each value is added, borrowed from argv */
};

enum { ARGS_OPTIONS = 32 }; /* in one table */

/*
 * Reads argv[1..] and sets what the options say; they may stand behind operands, until "--".
 * The operands move to the front of argv, from argv[0] on, null-terminated: their number, or
 * -1 with a USAGE fault.
 */
int args_read(int argc, char **argv, const struct arg *, struct fault *);
/* The same, but stops at the first operand: its index in argv (argc if there is none). */
int args_lead(int argc, char **argv, const struct arg *, struct fault *);

#endif
