/*
 * add: notes into the store, from files and folders.
 */
#include "verbs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "file.h"
#include "mem.h"
#include "note.h"
#include "notes.h"
#include "../tool.h"

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

	for (; *paths && rc == 0; paths++)
		rc = add(t, *paths, f);
	if (rc == 0 && !t->dry)
		rc = notes_settle(&t->db, f);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %u added, %u changed, %u as before\n",
		    t->changed[NOTE_ADDED], t->changed[NOTE_CHANGED], t->changed[NOTE_SAME]);
	return rc;
}

int
verb_add(struct notes_tool *t, char **paths)
{
	struct fault f;

	return notes_ended(t, add_all(t, paths, &f), &f);
}
