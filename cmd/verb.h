/*
 * verb: the command line of a tool that has verbs. Each verb has options, a
 * number of operands and a way to open the store. Before this is included TOOL
 * names the command and VERB_TOOL is its struct: db, settings, path, help and
 * the options of all verbs, of which `tool` is the one.
 */
#ifndef VERB_H
#define VERB_H

#include "args.h"
#include "mem.h"
#include "tool.h"
#include "word.h"

enum { NO_STORE = -1, NONE = 0, MANY = 1 << 20, VERBS = 32 };

struct verb {
	const char *name; /* null ends a table */
	int (*run)(VERB_TOOL *, char **operands);
	const struct arg *options;
	int store;           /* an enum db_mode, or NO_STORE */
	int min, max;        /* operands */
	const char *operand; /* those that it needs, in words */
};

/* Rows of options. */
#define FLAG(letter, name, at)              \
	{                                   \
		letter, name, .flag = &(at) \
	}
#define TEXT(name, at)                 \
	{                              \
		0, name, .text = &(at) \
	}
#define LIST(name, at)                 \
	{                              \
		0, name, .list = &(at) \
	}
#define NUMBER(name, at)                                             \
	{                                                            \
		0, name, .number = &(at), .min = 1, .max = INT64_MAX \
	}
#define STORE                                 \
	{                                     \
		'd', "db", .text = &tool.path \
	}
#define HELP  FLAG('h', "help", tool.help)
#define KEEP  FLAG('k', "keep-going", tool.keep_going)
#define QUIET FLAG('q', "quiet", tool.quiet)

/* The verb that the command line begins with; null if none. */
static const struct verb *
verb_find(const struct verb *v, int argc, char **argv)
{
	for (; argc > 1 && v->name; v++)
		if (strcmp(argv[1], v->name) == 0)
			return v;
	return NULL;
}

/* No such verb. */
static int
verb_unknown(const struct verb *v, const char *word, struct fault *f)
{
	const char *known[VERBS + 1] = {NULL};
	char hint[WORD_HINT];

	for (int i = 0; i < VERBS && v->name; i++, v++)
		known[i] = v->name;
	return fault(f, USAGE, "there is no verb \"%s\"%s", word, word_hint(word, known, hint));
}

/* No verb was found: help was wanted, or an error that says what is needed. Returns the exit code. */
static int
verb_missing(const struct verb *v, int argc, char **argv, const char *needed, const char *usage)
{
	bool help = false;
	const struct arg lead[] = {FLAG('h', "help", help), {0}};
	struct fault f;
	int n = args_lead(argc, argv, lead, &f);

	if (n > 0 && help)
		return tool_help(usage);
	if (n == argc)
		fault(&f, USAGE, "say %s", needed);
	else if (n > 0)
		verb_unknown(v, argv[n], &f);
	return tool_misused(&f, usage);
}

/* Whether a line of the usage is one of the verb: its name stands behind the tool's, or a bar. */
static bool
verb_has_line(const struct verb *v, const char *line, size_t len)
{
	const char *at = memmem(line, len, TOOL " ", sizeof(TOOL)), *first;
	size_t n = strlen(v->name), words;

	if (!at)
		return false;
	first = at += sizeof(TOOL);
	words = strspn(at, "abcdefghijklmnopqrstuvwxyz |");
	for (; words > n; at++, words--)
		if ((at == first || at[-2] == '|') && strncmp(at, v->name, n) == 0 &&
		    (at[n] == ' ' || at[n] == '\n'))
			return true;
	return false;
}

/* What is wrong with the command line of a verb, and how it should look. Returns the exit code. */
static int
verb_misused(const struct verb *v, const struct fault *f, const char *usage)
{
	bool own = false, any = false;
	size_t len;

	fprintf(stderr, TOOL ": %s\n", f->text);
	for (const char *line = usage; *line; line += len) {
		len = strcspn(line, "\n");
		len += line[len] == '\n';
		if (strncmp(line, "        ", 8) != 0) /* no line that goes on */
			own = verb_has_line(v, line, len);
		if (own)
			fprintf(stderr, "%s%.*s", any ? "       " : "usage: ", (int)(len - 7),
			    line + 7);
		any |= own;
	}
	return USAGE;
}

/* As many operands as the verb takes? */
static int
verb_operands(const struct verb *v, char **operands, int n, struct fault *f)
{
	if (n < v->min)
		return fault(f, USAGE, "%s needs %s", v->name, v->operand);
	if (n > v->max)
		return fault(
		    f, USAGE, "%s takes no further operand \"%s\"", v->name, operands[v->max]);
	return 0;
}

/* Opens the store (an enum db_mode, or NO_STORE), runs the verb, closes. Returns the exit code. */
static int
verb_run(const struct verb *v, int store, VERB_TOOL *t, char **operands)
{
	struct fault f;
	int status;

	if (store != NO_STORE &&
	    tool_open(&t->db, &t->settings, t->path, (enum db_mode)store, &f) < 0)
		return tool_fail(&f);
	status = v->run(t, operands);
	if (store != NO_STORE)
		tool_close(&t->db, &t->settings);
	return out_close(TOOL, status);
}

#endif
