/*
 * notes: one row a note. What is told is put together in the order in which a
 * reader would want it if only the beginning were read.
 */
#include <stdlib.h>
#include <string.h>

#include "campaigns.h"
#include "clock.h"
#include "journal.h"
#include "json.h"
#include "llm_rate.h"
#include "mem.h"
#include "notes.h"
#include "project.h"
#include "schedule.h"
#include "store_parts.h"

static int
put_row(struct db *db, const struct note_row *n, struct fault *f)
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

int
project_note(struct db *db, const struct note_row *n, struct fault *f)
{
	json_t *id;
	size_t i;

	if (put_row(db, n, f) < 0)
		return -1;
	json_array_foreach(n->campaigns, i, id)
	{
		if (project_campaign_touched(db, json_integer_value(id), f) < 0)
			return -1;
	}
	return 0;
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
	if (n->campaigns) {
		buf_key(&fact, "campaigns");
		json_write(&fact, n->campaigns);
	}
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

/* ---- who is told of it ---------------------------------------------------------- */

/* Whether one of the words is its name or a tag of it. */
static bool
is_named(const struct note *n, const char *word)
{
	if (!strcmp(word, n->name))
		return true;
	for (int t = 0; t < n->tags; t++)
		if (!strcmp(word, n->tag[t]))
			return true;
	return false;
}

static bool
is_told(const struct note *n, char *const *words)
{
	for (; n && n->active && words && *words; words++)
		if (is_named(n, *words))
			return true;
	return false;
}

/* Inside a transaction: the ids of the campaigns that the note matters to, before or after the change. */
static int
find_told(struct db *db, const struct note *before, const struct note *after, json_t **told,
    struct fault *f)
{
	struct campaign c;
	int64_t id = 0;
	int got;

	*told = NULL;
	while ((got = campaigns_next(db, &id, &c, f)) > 0) {
		const struct plan *plan = campaigns_plan(db, c.id, f);
		char *const *words = plan && plan->context ? plan->context->notes : NULL;

		if (!plan)
			return -1;
		if (!is_told(before, words) && !is_told(after, words))
			continue;
		if (!*told)
			*told = json_array();
		json_array_append_new(*told, json_integer(c.id));
	}
	return got;
}

/* Their contexts are of the note as it was. */
static int
restart_told(struct db *db, const json_t *told, struct fault *f)
{
	json_t *id;
	size_t i;

	json_array_foreach(told, i, id)
	{
		if (campaign_changed(db, json_integer_value(id), f) < 0)
			return -1;
	}
	return 0;
}

int
notes_settle(struct db *db, struct fault *f)
{
	struct campaign c;
	int64_t id = 0;
	int got;

	while ((got = campaigns_next(db, &id, &c, f)) > 0)
		if (schedule_rebuild(db, c.id, f) < 0)
			return -1;
	return got;
}

/* ---- changing ------------------------------------------------------------------- */

/* Inside a transaction. before and after may be null. */
static int
change_row(struct db *db, struct note_row *n, const struct note *before,
    const struct note *after, struct fault *f)
{
	json_t *told;
	int rc = -1;

	if (find_told(db, before, after, &told, f) == 0) {
		n->campaigns = told;
		if (project_note(db, n, f) == 0 && journal_note(db, n, f) == 0)
			rc = restart_told(db, told, f);
	}
	json_decref(told);
	return rc;
}

static int
change(struct db *db, struct note_row *n, const struct note *before, const struct note *after,
    struct fault *f)
{
	bool own = !db->writing;
	int rc;

	if (own && db_begin(db, f) < 0)
		return -1;
	rc = change_row(db, n, before, after, f);
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
	struct note before = {0};
	struct buf tags = {0};
	struct note_row row = {.name = n->name,
	    .title = n->title,
	    .text = n->text,
	    .priority = n->priority,
	    .active = n->active};
	int was = notes_get(db, n->name, &before, f), rc = was < 0 ? -1 : 0;

	*c = !was ? NOTE_ADDED : was > 0 && is_same(n, &before) ? NOTE_SAME : NOTE_CHANGED;
	if (rc == 0 && *c != NOTE_SAME) {
		tags_text(n, &tags);
		row.tags = tags.p;
		rc = change(db, &row, was ? &before : NULL, n, f);
	}
	buf_release(&tags);
	note_release(&before);
	return rc;
}

int
notes_remove(struct db *db, const char *name, struct fault *f)
{
	struct note n;
	int was = notes_get(db, name, &n, f);

	if (was <= 0)
		return was;
	was = change(db, &(struct note_row){.name = name}, &n, NULL, f) < 0 ? -1 : 1;
	note_release(&n);
	return was;
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
		bool is = is_named(n, words[i]);

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
			    "there is no note of the name or tag %s (outreach-notes list)",
			    words[i]);
	free(used);
	return got;
}
