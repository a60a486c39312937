/*
 * notes: one row a note. What is told is put together in the order in which a
 * reader would want it if only the beginning were read.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "journal.h"
#include "llm_rate.h"
#include "mem.h"
#include "notes.h"

int
project_note(struct db *db, const struct note_row *n, struct fault *f)
{
	sqlite3_stmt *s;

	if (!n->text) {
		s = db_sql(db, "DELETE FROM note WHERE name = :name", f);
		bind_t(db, s, ":name", n->name);
		return db_run(db, s, f);
	}
	s = db_sql(db,
	    "INSERT INTO note (name, title, tags, priority, active, text)"
	    " VALUES (:name, :title, :tags, :priority, :active, :text)"
	    " ON CONFLICT (name) DO UPDATE SET title = :title, tags = :tags, priority = :priority,"
	    " active = :active, text = :text",
	    f);
	bind_t(db, s, ":name", n->name);
	bind_t(db, s, ":title", n->title);
	bind_t(db, s, ":tags", n->tags);
	bind_i(db, s, ":priority", n->priority);
	bind_i(db, s, ":active", n->active);
	bind_t(db, s, ":text", n->text);
	return db_run(db, s, f);
}

static int
journal_note(struct db *db, const struct note_row *n, struct fault *f)
{
	struct entry e = {.at = clock_wall(),
	    .kind = n->text ? "note.put" : "note.removed",
	    .source = "tool"};
	struct buf fact = {0}, body = {0};
	int rc;

	buf_member(&fact, "name", n->name);
	buf_addc(&fact, '}');
	e.fact = fact.p;
	if (n->text) {
		buf_member(&body, "title", n->title);
		buf_member(&body, "tags", n->tags);
		buf_member_i(&body, "priority", n->priority);
		buf_member_i(&body, "active", n->active);
		buf_member(&body, "text", n->text);
		buf_addc(&body, '}');
		e.body = body.p;
	}
	rc = journal_add(db, &e, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

static int
change(struct db *db, const struct note_row *n, struct fault *f)
{
	bool own = !db->writing;
	int rc;

	if (own && db_begin(db, f) < 0)
		return -1;
	rc = project_note(db, n, f) < 0 || journal_note(db, n, f) < 0 ? -1 : 0;
	if (own && rc == 0)
		rc = db_commit(db, f);
	if (own && rc < 0)
		db_rollback(db);
	return rc;
}

static void
tags_text(const struct note *n, struct buf *b)
{
	buf_addc(b, ' ');
	for (int i = 0; i < n->tags; i++) {
		buf_adds(b, n->tag[i]);
		buf_addc(b, ' ');
	}
}

static bool
is_same(const struct note *a, const struct note *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	tags_text(a, &x);
	tags_text(b, &y);
	same = !strcmp(x.p, y.p) && !strcmp(a->title, b->title) && !strcmp(a->text, b->text) &&
	    a->priority == b->priority && a->active == b->active;
	buf_release(&x);
	buf_release(&y);
	return same;
}

int
notes_put(struct db *db, const struct note *n, enum note_change *c, struct fault *f)
{
	struct note before;
	struct buf tags = {0};
	int was = notes_get(db, n->name, &before, f), rc;

	if (was < 0)
		return -1;
	*c = !was ? NOTE_ADDED : is_same(n, &before) ? NOTE_SAME : NOTE_CHANGED;
	if (was)
		note_release(&before);
	if (*c == NOTE_SAME)
		return 0;
	tags_text(n, &tags);
	rc = change(db,
	    &(struct note_row){n->name, n->title, tags.p, n->text, n->priority, n->active}, f);
	buf_release(&tags);
	return rc;
}

int
notes_remove(struct db *db, const char *name, struct fault *f)
{
	struct note n;
	int was = notes_get(db, name, &n, f);

	if (was <= 0)
		return was;
	note_release(&n);
	return change(db, &(struct note_row){.name = name}, f) < 0 ? -1 : 1;
}

/* ---- looking ------------------------------------------------------------------- */

/* The row under a statement: name, title, tags, priority, active, text. */
static void
read_row(sqlite3_stmt *s, struct note *n)
{
	const char *tag = col_t(s, 2);

	*n = (struct note){.name = xstrdup(col_t(s, 0)),
	    .title = xstrdup(col_t(s, 1)),
	    .priority = (int)col_i(s, 3),
	    .active = col_i(s, 4) != 0,
	    .text = xstrdup(col_t(s, 5))};
	for (tag += strspn(tag, " "); *tag && n->tags < NOTE_TAGS; tag += strspn(tag, " ")) {
		size_t len = strcspn(tag, " ");

		n->tag[n->tags++] = xstrndup(tag, len);
		tag += len;
	}
}

static int
take_row(struct db *db, sqlite3_stmt *s, struct note *n, struct fault *f)
{
	int got = db_step(db, s, f);

	if (got > 0) {
		read_row(s, n);
		sqlite3_reset(s);
	}
	return got;
}

int
notes_get(struct db *db, const char *name, struct note *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT name, title, tags, priority, active, text FROM note WHERE name = :name", f);

	bind_t(db, s, ":name", name);
	return take_row(db, s, n, f);
}

int
notes_next(struct db *db, char after[NOTE_WORD_MAX + 1], struct note *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT name, title, tags, priority, active, text FROM note WHERE name > :after"
	    " ORDER BY name LIMIT 1",
	    f);
	int got;

	bind_t(db, s, ":after", after);
	got = take_row(db, s, n, f);
	if (got > 0)
		(void)copy_text(after, NOTE_WORD_MAX + 1, n->name);
	return got;
}

/* ---- telling ------------------------------------------------------------------- */

static bool
is_wanted(const struct note *n, char *const *words, bool *used)
{
	bool wanted = false;

	for (size_t i = 0; words[i]; i++) {
		bool is = !strcmp(words[i], n->name);

		for (int t = 0; t < n->tags && !is; t++)
			is = !strcmp(words[i], n->tag[t]);
		used[i] |= is;
		wanted |= is;
	}
	return wanted && n->active;
}

static void
tell(const struct note *n, int64_t *left, struct buf *out, struct buf *dropped)
{
	int64_t tokens = llm_estimate(strlen(n->title) + strlen(n->text) + 4);

	if (tokens > *left) {
		buf_adds(dropped, dropped->len ? ", " : "");
		buf_adds(dropped, n->name);
		return;
	}
	*left -= tokens;
	buf_printf(out, "%s# %s\n", out->len ? "\n\n" : "", n->title);
	buf_adds(out, n->text);
}

int
notes_tell(struct db *db, char *const *words, int64_t tokens, struct buf *out,
    struct buf *dropped, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT name, title, tags, priority, active, text FROM note ORDER BY priority DESC, name",
	    f);
	size_t count = 0;
	bool *used;
	int got;

	while (words[count])
		count++;
	used = xcalloc(count + 1, sizeof(*used));
	while ((got = db_step(db, s, f)) > 0) {
		struct note n;

		read_row(s, &n);
		if (is_wanted(&n, words, used))
			tell(&n, &tokens, out, dropped);
		note_release(&n);
	}
	for (size_t i = 0; i < count && got == 0; i++)
		if (!used[i])
			got = fault(f, DATAERR,
			    "there is no note of the name or tag %s (outreach-context notes list)",
			    words[i]);
	free(used);
	return got;
}
