/*
 * outreach-notes: knowledge notes in the store, for contexts that a model
 * writes. Files come in, records go out.
 */
#include "notes/verbs.h"

#include "note.h"
#include "notes.h"
#include "notes/show.h"

#define VERB_TOOL struct notes_tool
#include "verb.h"

static struct notes_tool tool;

static const char usage[] =
    "usage: outreach-notes add [-knq] [-d STORE] FILE|FOLDER ...\n"
    "       outreach-notes list [--format table|ndjson] [-d STORE]\n"
    "       outreach-notes show [-d STORE] NAME\n"
    "       outreach-notes remove [-q] [-d STORE] NAME ...\n"
    "       outreach-notes search [--format table|ndjson] [-d STORE] WORD ...\n";

int
notes_ended(struct notes_tool *t, int rc, const struct fault *f)
{
	buf_release(&t->out);
	return rc < 0 ? tool_fail(f) : t->refused ? SOME : OK;
}

static bool
has_all(const struct note *n, char *const *words)
{
	for (; *words; words++)
		if (!strcasestr(n->title, *words) && !strcasestr(n->text, *words) &&
		    !strcasestr(n->name, *words))
			return false;
	return true;
}

/* All, or those that have every word. */
static int
list(struct notes_tool *t, char *const *words, struct fault *f)
{
	char after[NOTE_WORD_MAX + 1] = "";
	struct note n;
	int got;

	while ((got = notes_next(&t->db, after, &n, f)) > 0) {
		if (has_all(&n, words))
			t->table ? notes_row(&t->out, &n) : notes_record(&t->out, &n, false);
		note_release(&n);
		if (t->out.len > 1 << 16 && out_flush(&t->out, f) < 0)
			return -1;
	}
	return got < 0 ? -1 : out_flush(&t->out, f);
}

static int
show(struct notes_tool *t, const char *name, struct fault *f)
{
	struct note n;
	int got = notes_get(&t->db, name, &n, f);

	if (got < 0)
		return -1;
	if (got == 0)
		return fault(
		    f, DATAERR, "there is no note %s (outreach-notes list shows them)", name);
	notes_record(&t->out, &n, true);
	note_release(&n);
	return out_flush(&t->out, f);
}

static int
remove_all(struct notes_tool *t, char *const *names, struct fault *f)
{
	unsigned removed = 0;
	int got;

	for (; *names; names++) {
		if ((got = notes_remove(&t->db, *names, f)) < 0)
			return -1;
		removed += (unsigned)got;
		t->refused += !got;
		if (!got)
			fprintf(stderr, TOOL ": there is no note %s\n", *names);
	}
	if (!t->quiet)
		fprintf(stderr, TOOL ": %u removed\n", removed);
	return removed ? notes_settle(&t->db, f) : 0;
}

static int
verb_list(struct notes_tool *t, char **words)
{
	struct fault f;

	return notes_ended(t, list(t, words, &f), &f);
}

static int
verb_remove(struct notes_tool *t, char **names)
{
	struct fault f;

	return notes_ended(t, remove_all(t, names, &f), &f);
}

static int
verb_show(struct notes_tool *t, char **name)
{
	struct fault f;

	return notes_ended(t, show(t, *name, &f), &f);
}

#define FORMAT TEXT("format", tool.format)

static const struct arg of_add[] = {
    FLAG('n', "dry-run", tool.dry), HELP, KEEP, QUIET, STORE, {0}};
static const struct arg of_list[] = {FORMAT, HELP, STORE, {0}};
static const struct arg of_remove[] = {HELP, QUIET, STORE, {0}};
static const struct arg of_show[] = {HELP, STORE, {0}};

static const struct verb verbs[] = {
    {"add", verb_add, of_add, DB_WRITE, 1, MANY, "files or folders of notes"},
    {"list", verb_list, of_list, DB_READ, NONE, NONE, ""},
    {"remove", verb_remove, of_remove, DB_WRITE, 1, MANY, "the names of notes"},
    {"search", verb_list, of_list, DB_READ, 1, MANY, "words to look for"},
    {"show", verb_show, of_show, DB_READ, 1, 1, "the name of one note"},
    {0},
};

int
main(int argc, char **argv)
{
	const struct verb *v = verb_find(verbs, argc, argv);
	struct fault f;
	int n;

	if (!v)
		return verb_missing(
		    verbs, argc, argv, "what to do: add, list, remove, search or show", usage);
	n = args_read(argc - 1, argv + 1, v->options, &f);
	if (n >= 0 && tool.help)
		return tool_help(usage);
	if (n < 0 || verb_operands(v, argv + 1, n, &f) < 0 ||
	    tool_format(tool.format, &tool.table, &f) < 0)
		return verb_misused(v, &f, usage);
	return verb_run(v, v->store, &tool, argv + 1);
}
