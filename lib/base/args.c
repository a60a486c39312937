/*
 * args: the walk over a command line. Every option is looked up in the one
 * table; nothing is printed here and nothing is global.
 */
#include <string.h>

#include "args.h"
#include "buf.h"
#include "mem.h"
#include "num.h"
#include "word.h"

struct walk {
	int argc, at; /* argv[at] is read next */
	char **argv;
	const struct arg *table;
	uint32_t given; /* a bit for each option that was there */
};

static const struct arg *
by_letter(const struct walk *w, char letter)
{
	for (const struct arg *a = w->table; a->letter || a->name; a++)
		if (a->letter == letter)
			return a;
	return NULL;
}

static const struct arg *
by_name(const struct walk *w, struct slice name)
{
	for (const struct arg *a = w->table; a->letter || a->name; a++)
		if (a->name && slice_is(name, a->name))
			return a;
	return NULL;
}

static int
unknown(const struct walk *w, const char *word, struct fault *f)
{
	const char *known[ARGS_OPTIONS + 1] = {NULL}, *near;
	int n = 0;

	for (const struct arg *a = w->table; (a->letter || a->name) && n < ARGS_OPTIONS; a++)
		if (a->name)
			known[n++] = a->name;
	near = strncmp(word, "--", 2) == 0 ? word_nearest(word + 2, known) : NULL;
	if (near)
		return fault(f, USAGE, "unknown option %s (did you mean --%s?)", word, near);
	return fault(f, USAGE, "unknown option %s", word);
}

static int
set(struct walk *w, const struct arg *a, const char *word, const char *value, struct fault *f)
{
	uint32_t bit = (uint32_t)1 << (a - w->table);

	if (a->flag) {
		if (value)
			return fault(f, USAGE, "%s takes no value", word);
		*a->flag = true;
		return 0;
	}
	if (w->given & bit && !a->list)
		return fault(f, USAGE, "%s is given twice", word);
	w->given |= bit;
	if (!value && w->at < w->argc)
		value = w->argv[w->at++];
	if (!value)
		return fault(f, USAGE, "%s needs a value", word);
	if (a->list) {
		if (a->list->n == ARGS_LIST)
			return fault(
			    f, USAGE, "%s is given more than %d times", word, ARGS_LIST);
		a->list->value[a->list->n++] = value;
		return 0;
	}
	if (a->text) {
		*a->text = value;
		return 0;
	}
	if (num_parse(word, value, a->min, a->max, a->number, f) < 0) {
		f->code = USAGE;
		return -1;
	}
	return 0;
}

/* "--name" or "--name=value". */
static int
take_long(struct walk *w, const char *word, struct fault *f)
{
	char shown[64] = "--";
	const char *equals = strchr(word, '=');
	struct slice name = {word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2};
	const struct arg *a = by_name(w, name);

	if (!a)
		return unknown(w, word, f);
	copy_text(shown + 2, sizeof(shown) - 2, a->name);
	return set(w, a, shown, equals ? equals + 1 : NULL, f);
}

/* "-a", "-abc" and "-avalue". */
static int
take_short(struct walk *w, const char *word, struct fault *f)
{
	for (const char *c = word + 1; *c; c++) {
		char shown[3] = {'-', *c, '\0'};
		const struct arg *a = by_letter(w, *c);

		if (!a)
			return unknown(w, shown, f);
		if (!a->flag)
			return set(w, a, shown, c[1] ? c + 1 : NULL, f);
		if (set(w, a, shown, NULL, f) < 0)
			return -1;
	}
	return 0;
}

/* Takes options until an operand comes: 1 with it, 0 at the end. only_operands stays set behind "--". */
static int
next_operand(struct walk *w, bool *only_operands, char **operand, struct fault *f)
{
	while (w->at < w->argc) {
		char *word = w->argv[w->at++];

		if (*only_operands || word[0] != '-' || !word[1]) {
			*operand = word;
			return 1;
		}
		if (strcmp(word, "--") == 0)
			*only_operands = true;
		else if ((word[1] == '-' ? take_long : take_short)(w, word, f) < 0)
			return -1;
	}
	return 0;
}

int
args_read(int argc, char **argv, const struct arg *table, struct fault *f)
{
	struct walk w = {.argc = argc, .at = 1, .argv = argv, .table = table};
	bool only_operands = false;
	char *operand;
	int n = 0, got;

	while ((got = next_operand(&w, &only_operands, &operand, f)) > 0)
		argv[n++] = operand; /* n is behind w.at: nothing unread is overwritten */
	argv[n] = NULL;
	return got < 0 ? -1 : n;
}

int
args_lead(int argc, char **argv, const struct arg *table, struct fault *f)
{
	struct walk w = {.argc = argc, .at = 1, .argv = argv, .table = table};
	bool only_operands = false;
	char *operand;
	int got = next_operand(&w, &only_operands, &operand, f);

	return got < 0 ? -1 : w.at - got;
}
