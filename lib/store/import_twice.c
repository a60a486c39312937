/*
 * import_twice: who stands twice in the files, and differs. The first pass
 * leaves 24 bytes a row in a spill: hashes of identity and content, and the
 * place. Of a table that is the bytes of the row as they stand there, which
 * tells nearly all rows apart without a look at their values; the few of one
 * identity whose bytes differ are read again, and those whose values differ,
 * all being right, are refused.
 */
#include <string.h>

#include "import_parts.h"
#include "rand.h"

uint64_t
import_line(uint64_t place)
{
	return place & (((uint64_t)1 << LINE_BITS) - 1);
}

static uint64_t
identity(const char *source, struct slice key)
{
	return hash64(key.p, key.len, hash64(source, strlen(source), 0));
}

/* ---- the first pass ------------------------------------------------------------ */

static int
note_header(struct import *m, const struct row *row, struct fault *f)
{
	(void)f;
	m->meaning = hash64(row->raw.p, row->raw.len, 0);
	return 0;
}

/* A table's row; a record tells who it is only as a whole. */
static int
note_row(struct import *m, const struct row *row, struct fault *f)
{
	struct spill_item item = {.a = row->line};
	struct slice key;

	if (row->rec)
		return 0;
	if (!sheet_key(m->sheet, row->field, row->n, &key))
		return 1;
	item.key = identity(m->source, key);
	item.b = hash64(row->raw.p, row->raw.len, m->meaning);
	return spill_add(m->noted, &item, f) < 0 ? -1 : 1;
}

static int
note_person(struct import *m, const struct row *row, const struct person *p, struct fault *f)
{
	struct spill_item item = {
	    identity(p->source, slice(p->key)), row->line, (uint64_t)p->digest};

	return spill_add(m->noted, &item, f);
}

int
import_note(struct import *m, struct fault *f)
{
	static const struct pass pass = {note_header, note_row, note_person, import_pass_over};

	m->noted = spill_new();
	return import_read(m, &pass, f);
}

/* ---- identities with several contents --------------------------------------------- */

/* a is the place of the first, b of the first that differs from it. */
static int
find_groups(struct spill *all, struct spill *groups, struct fault *f)
{
	struct spill_item first = {0}, x;
	bool any = false, listed = false;
	int got;

	if (spill_rewind(all, f) < 0)
		return -1;
	while ((got = spill_next(all, &x, f)) > 0) {
		if (!any || x.key != first.key) {
			first = x;
			any = true;
			listed = false;
			continue;
		}
		if (listed || x.b == first.b)
			continue;
		struct spill_item group = {x.key, first.a, x.a};
		if (spill_add(groups, &group, f) < 0)
			return -1;
		listed = true;
	}
	return got;
}

/* Every row of these identities, by its line, with a place that it contradicts; how many. */
static int
list_groups(struct import *const *files, struct spill *all, struct spill *groups,
    uint64_t *rows, struct fault *f)
{
	struct spill_item group, x, clash;
	uint64_t content = 0;
	int got = 0, more;

	if (spill_rewind(all, f) < 0 || spill_rewind(groups, f) < 0)
		return -1;
	more = spill_next(groups, &group, f);
	while (more > 0 && (got = spill_next(all, &x, f)) > 0) {
		while (more > 0 && group.key < x.key)
			more = spill_next(groups, &group, f);
		if (more <= 0 || group.key != x.key)
			continue;
		if (x.a == group.a)
			content = x.b;
		clash = (struct spill_item){
		    import_line(x.a), x.b == content ? group.b : group.a, 0};
		++*rows;
		if (spill_add(files[x.a >> LINE_BITS]->clashes, &clash, f) < 0)
			return -1;
	}
	return more < 0 || (more > 0 && got < 0) ? -1 : 0;
}

/* The clashes of each file, out of all notes. */
static int
find_clashes(
    struct import *const *files, size_t n, struct spill *all, uint64_t *rows, struct fault *f)
{
	struct spill *groups = spill_new();
	int rc;

	*rows = 0;
	for (size_t i = 0; i < n; i++) {
		spill_free(files[i]->clashes);
		files[i]->clashes = spill_new();
	}
	rc = find_groups(all, groups, f);
	if (rc == 0)
		rc = list_groups(files, all, groups, rows, f);
	spill_free(groups);
	return rc;
}

/* ---- a closer look ---------------------------------------------------------------- */

/* Whether a row is not among those that clash by its bytes. */
static int
is_alone(struct import *m, const struct row *row, struct fault *f)
{
	if (m->clash_left <= 0 || m->clash.key != row->line)
		return 1;
	m->clash_left = spill_next(m->clashes, &m->clash, f);
	return m->clash_left < 0 ? -1 : 0;
}

/* Notes anew those that clash, now by their values, if these are right. */
static int
look_closely(struct import *m, struct fault *f)
{
	static const struct pass pass = {NULL, is_alone, note_person, import_pass_over};

	m->noted = spill_new();
	if (spill_rewind(m->clashes, f) < 0)
		return -1;
	m->clash_left = spill_next(m->clashes, &m->clash, f);
	if (m->clash_left <= 0)
		return m->clash_left;
	m->passes++;
	return import_read(m, &pass, f);
}

/* The notes of all files as one; their places have the files' numbers now. */
static struct spill *
gather(struct import *const *files, size_t n, struct fault *f)
{
	struct spill *all = n == 1 ? files[0]->noted : spill_new();
	struct spill_item x;
	int got = 0;

	for (size_t i = 0; i < n && n > 1 && got == 0; i++) {
		if (spill_rewind(files[i]->noted, f) < 0)
			got = -1;
		while (got == 0 && (got = spill_next(files[i]->noted, &x, f)) > 0) {
			x.a |= (uint64_t)i << LINE_BITS;
			got = spill_add(all, &x, f);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (n > 1)
			spill_free(files[i]->noted);
		files[i]->noted = NULL;
	}
	if (got == 0)
		return all;
	spill_free(all);
	return NULL;
}

int
import_compare(struct import *const *files, size_t n, struct fault *f)
{
	uint64_t rows = 1;
	int rc = 0;

	/* By the bytes, then by the values of those that are left. */
	for (int look = 0; look < 2 && rows && rc == 0; look++) {
		struct spill *all;

		for (size_t i = 0; look && i < n && rc == 0; i++)
			rc = look_closely(files[i], f);
		all = rc == 0 ? gather(files, n, f) : NULL;
		rc = all ? find_clashes(files, n, all, &rows, f) : -1;
		spill_free(all);
	}
	for (size_t i = 0; i < n; i++)
		files[i]->files = files;
	return rc;
}
