/*
 * outreach-contacts: the people of the store: looked through, shown, written
 * out, and taken away.
 */
#define TOOL "outreach-contacts"

#include "contacts/ask.h"
#include "contacts/fields.h"
#include "contacts/rows.h"

#include "people.h"
#include "tool.h"

enum { PAGE = 1000 };

struct contacts_tool {
	struct db db;
	struct ask ask;
	uint64_t refused;
};

/* ---- looking --------------------------------------------------------------------- */

/* A wrong id is reported and counted with -k; all else ends it. */
static int
tolerate(struct contacts_tool *t, const struct fault *f)
{
	if (!t->ask.keep_going || (f->code != DATAERR && f->code != REFUSED))
		return -1;
	tool_report(f);
	t->refused++;
	return 0;
}

/* Before anything is written: those that are not there. */
static int
find_ids(struct contacts_tool *t, struct fault *f)
{
	struct person p;
	size_t kept = 0;

	for (size_t i = 0; i < t->ask.ids; i++) {
		int got = people_get(&t->db, t->ask.id[i], &p, f);

		if (got == 0) {
			fault(f, DATAERR, "there is no contact %lld", (long long)t->ask.id[i]);
			got = tolerate(t, f);
		} else if (got > 0) {
			t->ask.id[kept++] = t->ask.id[i];
		}
		if (got < 0)
			return -1;
	}
	t->ask.ids = kept;
	return 0;
}

static int
each_id(struct contacts_tool *t, int (*cb)(void *, const struct person *, struct fault *),
    void *arg, struct fault *f)
{
	struct person p;

	for (size_t i = 0; i < t->ask.ids; i++) {
		int got = people_get(&t->db, t->ask.id[i], &p, f);

		if (got < 0 || (got && people_match(&t->ask.query, &p) && cb(arg, &p, f) < 0))
			return -1;
	}
	return 0;
}

static int
each(struct contacts_tool *t, int (*cb)(void *, const struct person *, struct fault *),
    void *arg, struct fault *f)
{
	int64_t after = 0;

	if (t->ask.id)
		return each_id(t, cb, arg, f);
	while (after < INT64_MAX)
		if (people_page(&t->db, &t->ask.query, &after, PAGE, cb, arg, f) < 0)
			return -1;
	return 0;
}

static void
note_odd(const struct contacts_tool *t, const struct rows *r)
{
	uint64_t n = r->sheet ? sheet_out_odd(r->sheet) : 0;

	if (n && !t->ask.quiet)
		fprintf(stderr,
		    TOOL ": note: %llu %s attributes that are no text; an import of this sheet "
			 "makes them text (--format ndjson keeps them)\n",
		    (unsigned long long)n, n == 1 ? "contact has" : "contacts have");
}

static int
look(struct contacts_tool *t)
{
	struct rows rows;
	struct fault f;
	int rc;

	rows_init(&rows, t->ask.form, t->ask.verb->kind == SHOW);
	rc = t->ask.id ? find_ids(t, &f) : fields_check(&t->db, &t->ask.query, &f);
	if (rc == 0 && t->ask.form == FORM_CSV)
		rc = each(t, rows_look, &rows, &f);
	if (rc == 0) {
		rows_start(&rows);
		rc = each(t, rows_put, &rows, &f);
	}
	if (rc == 0)
		rc = rows_end(&rows, &f);
	if (rc == 0)
		note_odd(t, &rows);
	rows_release(&rows);
	if (rc < 0)
		return tool_fail(&f);
	return t->refused ? SOME : OK;
}

/* ---- going ----------------------------------------------------------------------- */

/* One contact, one transaction; with -n it is tried and taken back. */
static int
go_one(struct contacts_tool *t, int64_t id, struct fault *f)
{
	int rc = db_begin(&t->db, f);

	if (rc == 0)
		rc = t->ask.verb->go(&t->db, id, f);
	if (rc == 0 && !t->ask.dry)
		rc = db_commit(&t->db, f);
	db_rollback(&t->db);
	return rc;
}

static int
go(struct contacts_tool *t)
{
	unsigned long long gone = 0;
	struct fault f;
	int rc = 0;

	for (size_t i = 0; i < t->ask.ids && rc == 0; i++) {
		rc = go_one(t, t->ask.id[i], &f);
		gone += rc == 0;
		if (rc < 0)
			rc = tolerate(t, &f);
	}
	if (!t->ask.quiet)
		fprintf(stderr, TOOL ": %llu %s%s\n", gone, t->ask.verb->done,
		    t->ask.dry ? " (dry run)" : "");
	if (rc < 0)
		return tool_fail(&f);
	return t->refused ? SOME : OK;
}

int
main(int argc, char **argv)
{
	static struct contacts_tool t;
	struct settings settings = {0};
	struct fault f;
	int rc = ask_read(&t.ask, argc, argv, &f), status;

	if (rc == 0 && t.ask.help)
		return tool_help(ask_usage);
	if (rc < 0)
		return tool_misused(&f, ask_usage);
	if (tool_open(&t.db, &settings, t.ask.path, t.ask.verb->mode, &f) < 0)
		return tool_fail(&f);
	status = t.ask.verb->kind == GO ? go(&t) : look(&t);
	ask_release(&t.ask);
	tool_close(&t.db, &settings);
	return out_close(TOOL, status);
}
