/*
 * outreach-notes: knowledge notes in the store, for contexts that a model
 * writes. Files come in, records go out.
 */
#define TOOL "outreach-notes"

#include "notes/show.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "args.h"
#include "file.h"
#include "mem.h"
#include "note.h"
#include "notes.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-notes add [-knq] [-d STORE] FILE|FOLDER ...\n"
    "       outreach-notes list [--format table|ndjson] [-d STORE]\n"
    "       outreach-notes show [-d STORE] NAME\n"
    "       outreach-notes remove [-q] [-d STORE] NAME ...\n"
    "       outreach-notes search [--format table|ndjson] [-d STORE] WORD ...\n";

struct notes_tool {
	struct db db;
	const char *format, *path;
	bool help, keep_going, dry, quiet, table;
	unsigned changed[3], refused;
	struct buf out;
};

/* ---- add --------------------------------------------------------------------------- */

static int
add_file(struct notes_tool *t, const char *file, struct fault *f)
{
	struct buf bytes = {0};
	char name[NOTE_WORD_MAX + 1];
	struct note n = {0};
	enum note_change change = NOTE_SAME;
	int rc = note_name(file, name, f);

	if (rc == 0)
		rc = file_read(file, NOTE_MAX, &bytes, f);
	if (rc == 0)
		rc = note_read(&n, name, file, bytes.p ? bytes.p : "", bytes.len, f);
	if (rc == 0 && !t->dry)
		rc = notes_put(&t->db, &n, &change, f);
	if (rc == 0)
		t->changed[change]++;
	note_release(&n);
	buf_release(&bytes);
	return rc;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_note(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return e->d_name[0] != '.' && n > 3 && !strcmp(e->d_name + n - 3, ".md");
}

/* 0, or -1 with the fault that ends it. */
static int
tolerate(struct notes_tool *t, const struct fault *f)
{
	if (!t->keep_going || f->code != DATAERR)
		return -1;
	tool_report(f);
	t->refused++;
	return 0;
}

/* A file, or every NAME.md of a folder. */
static int
add(struct notes_tool *t, const char *path, struct fault *f)
{
	struct dirent **entry = NULL;
	int n = scandir(path, &entry, is_note, by_name), rc = 0;

	if (n < 0 && errno == ENOTDIR)
		return add_file(t, path, f) < 0 ? tolerate(t, f) : 0;
	if (n < 0)
		return fault(f, NOINPUT, "%s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *file = xasprintf("%s/%s", path, entry[i]->d_name);

		if (rc == 0 && add_file(t, file, f) < 0)
			rc = tolerate(t, f);
		free(file);
		free(entry[i]);
	}
	free(entry);
	return rc;
}

static int
add_all(struct notes_tool *t, char *const *paths, struct fault *f)
{
	int rc = 0;

	if (!*paths)
		return fault(f, USAGE, "add: give files or folders of notes");
	for (; *paths && rc == 0; paths++)
		rc = add(t, *paths, f);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %u added, %u changed, %u as before\n",
		    t->changed[NOTE_ADDED], t->changed[NOTE_CHANGED], t->changed[NOTE_SAME]);
	return rc;
}

/* ---- looking ------------------------------------------------------------------------ */

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
show(struct notes_tool *t, char *const *names, struct fault *f)
{
	struct note n;
	int got;

	if (!*names || names[1])
		return fault(f, USAGE, "show: give the name of one note");
	if ((got = notes_get(&t->db, *names, &n, f)) <= 0)
		return got < 0
		    ? -1
		    : fault(f, DATAERR, "there is no note %s (outreach-notes list shows them)",
			  *names);
	notes_record(&t->out, &n, true);
	note_release(&n);
	return out_flush(&t->out, f);
}

static int
remove_all(struct notes_tool *t, char *const *names, struct fault *f)
{
	unsigned removed = 0;
	int got;

	if (!*names)
		return fault(f, USAGE, "remove: give the names of notes");
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
	return 0;
}

/* ---- the command line ------------------------------------------------------------------ */

static const struct {
	const char *name;
	enum db_mode mode;
	int (*run)(struct notes_tool *, char *const *, struct fault *);
} verbs[] = {{"add", DB_WRITE, add_all}, {"list", DB_READ, list},
    {"remove", DB_WRITE, remove_all}, {"search", DB_READ, list}, {"show", DB_READ, show}};

static int
read_args(struct notes_tool *t, int argc, char **argv, size_t *verb, struct fault *f)
{
	const struct arg table[] = {{'d', "db", .text = &t->path},
	    {'n', "dry-run", .flag = &t->dry}, {0, "format", .text = &t->format},
	    {'h', "help", .flag = &t->help}, {'k', "keep-going", .flag = &t->keep_going},
	    {'q', "quiet", .flag = &t->quiet}, {0}};
	int n = args_read(argc, argv, table, f);

	if (n < 0 || t->help)
		return n;
	if (n == 0)
		return fault(f, USAGE, "say what to do: add, list, remove, search or show");
	for (*verb = 0; *verb < COUNT(verbs) && strcmp(argv[0], verbs[*verb].name); ++*verb)
		;
	if (*verb == COUNT(verbs))
		return fault(f, USAGE, "there is no verb \"%s\"", argv[0]);
	return tool_format(t->format, &t->table, f);
}

int
main(int argc, char **argv)
{
	static struct notes_tool t;
	struct settings settings = {0};
	struct fault f;
	size_t verb = 0;
	int status;

	if (read_args(&t, argc, argv, &verb, &f) < 0)
		return tool_misused(&f, usage);
	if (t.help)
		return tool_help(usage);
	if (tool_open(&t.db, &settings, t.path, verbs[verb].mode, &f) < 0)
		return tool_fail(&f);
	status = verbs[verb].run(&t, argv + 1, &f) < 0
	    ? f.code == USAGE ? tool_misused(&f, usage) : tool_fail(&f)
	    : t.refused ? SOME
			: OK;
	buf_release(&t.out);
	tool_close(&t.db, &settings);
	return out_close(TOOL, status);
}
