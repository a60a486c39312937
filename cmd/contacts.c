/*
 * outreach-contacts: the people of the store: looked through, shown, written
 * out, and taken away.
 */
#define TOOL "outreach-contacts"

#include <stdlib.h>

#include "contacts/rows.h"

#include "args.h"
#include "mem.h"
#include "people.h"
#include "tool.h"

static const char usage[] =
    "usage: outreach-contacts [list] [-k] [--where FIELD=VALUE ...] [--search TEXT]\n"
    "             [--format table|ndjson|csv] [-d STORE] [ID ...]\n"
    "       outreach-contacts show [-k] [--format table|ndjson] [-d STORE] ID ...\n"
    "       outreach-contacts export [-kq] [--where FIELD=VALUE ...] [--search TEXT]\n"
    "             [--format csv|ndjson] [-d STORE] [ID ...]\n"
    "       outreach-contacts delete [-knq] [-d STORE] ID ...\n"
    "       outreach-contacts forget [-knq] [-d STORE] ID ...\n";

enum { PAGE = 1000 };

struct contacts_tool {
	struct db db;
	const struct verb *verb;
	struct arg_list where;
	struct people_query query;
	const char *path, *format;
	enum form form;
	bool help, keep_going, dry, quiet;
	int64_t *id; /* the operands; heap */
	size_t ids;
	uint64_t refused;
};

struct verb {
	const char *name;
	enum db_mode mode;
	enum { LOOK, SHOW, EXPORT, GO } kind;
	int (*go)(struct db *, int64_t id, struct fault *);
	const char *done;
};

static const struct verb verbs[] = {
    {"list", DB_READ, LOOK, NULL, NULL},
    {"delete", DB_WRITE, GO, people_delete, "deleted"},
    {"export", DB_READ, EXPORT, NULL, NULL},
    {"forget", DB_WRITE, GO, people_forget, "forgotten"},
    {"show", DB_READ, SHOW, NULL, NULL},
};

/* ---- looking --------------------------------------------------------------------- */

/* A wrong id is reported and counted with -k; all else ends it. */
static int
tolerate(struct contacts_tool *t, const struct fault *f)
{
	if (!t->keep_going || (f->code != DATAERR && f->code != REFUSED))
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

	for (size_t i = 0; i < t->ids; i++) {
		int got = people_get(&t->db, t->id[i], &p, f);

		if (got == 0) {
			fault(f, DATAERR, "there is no contact %lld", (long long)t->id[i]);
			got = tolerate(t, f);
		} else if (got > 0) {
			t->id[kept++] = t->id[i];
		}
		if (got < 0)
			return -1;
	}
	t->ids = kept;
	return 0;
}

static int
each_id(struct contacts_tool *t, int (*cb)(void *, const struct person *, struct fault *),
    void *arg, struct fault *f)
{
	struct person p;

	for (size_t i = 0; i < t->ids; i++) {
		int got = people_get(&t->db, t->id[i], &p, f);

		if (got < 0 || (got && people_match(&t->query, &p) && cb(arg, &p, f) < 0))
			return -1;
	}
	return 0;
}

static int
each(struct contacts_tool *t, int (*cb)(void *, const struct person *, struct fault *),
    void *arg, struct fault *f)
{
	int64_t after = 0;

	if (t->id)
		return each_id(t, cb, arg, f);
	while (after < INT64_MAX)
		if (people_page(&t->db, &t->query, &after, PAGE, cb, arg, f) < 0)
			return -1;
	return 0;
}

static void
note_odd(const struct contacts_tool *t, const struct rows *r)
{
	uint64_t n = r->sheet ? sheet_out_odd(r->sheet) : 0;

	if (n && !t->quiet)
		fprintf(stderr,
		    TOOL
		    ": note: %llu %s attributes that are no text, or in another order than the "
		    "columns; an import of this sheet changes that (--format ndjson keeps it)\n",
		    (unsigned long long)n, n == 1 ? "contact has" : "contacts have");
}

static int
look(struct contacts_tool *t)
{
	struct rows rows;
	struct fault f;
	int rc;

	rows_init(&rows, t->form, t->verb->kind == SHOW);
	rc = find_ids(t, &f);
	if (rc == 0 && t->form == FORM_CSV)
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
		rc = t->verb->go(&t->db, id, f);
	if (rc == 0 && !t->dry)
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

	for (size_t i = 0; i < t->ids && rc == 0; i++) {
		rc = go_one(t, t->id[i], &f);
		gone += rc == 0;
		if (rc < 0)
			rc = tolerate(t, &f);
	}
	if (!t->quiet)
		fprintf(stderr, TOOL ": %llu %s%s\n", gone, t->verb->done,
		    t->dry ? " (dry run)" : "");
	if (rc < 0)
		return tool_fail(&f);
	return t->refused ? SOME : OK;
}

/* ---- the command line ------------------------------------------------------------ */

static int
set_query(struct contacts_tool *t, struct fault *f)
{
	struct people_query *q = &t->query;

	if (t->where.n > COUNT(q->field))
		return fault(f, USAGE, "--where is given more than %zu times", COUNT(q->field));
	for (size_t i = 0; i < t->where.n; i++) {
		const char *text = t->where.value[i], *equals = strchr(text, '=');

		if (!equals || equals == text)
			return fault(f, USAGE,
			    "--where %s: write it as field=value, such as language=hi", text);
		q->field[i] = xstrndup(text, (size_t)(equals - text));
		q->value[i] = equals + 1;
		q->wheres++;
	}
	return 0;
}

static int
set_form(struct contacts_tool *t, struct fault *f)
{
	const char *format = t->format;

	if (t->verb->kind == EXPORT && !format)
		format = "csv";
	if (form_parse(format, &t->form, f) < 0)
		return -1;
	if (t->verb->kind == EXPORT && t->form == FORM_TABLE)
		return fault(f, USAGE, "--format: export writes csv or ndjson");
	if (t->verb->kind == SHOW && t->form == FORM_CSV)
		return fault(f, USAGE, "--format: show writes a table or ndjson");
	return 0;
}

static int
set_ids(struct contacts_tool *t, char *const *operand, size_t n, struct fault *f)
{
	if (!n)
		return 0;
	t->id = xcalloc(n, sizeof(*t->id));
	for (; t->ids < n; t->ids++)
		if (num_parse("contact", operand[t->ids], 1, INT64_MAX, &t->id[t->ids], f) <
		    0) {
			f->code = USAGE;
			return -1;
		}
	return 0;
}

/* What does not go together with the verb. */
static int
check(struct contacts_tool *t, struct fault *f)
{
	const struct verb *v = t->verb;

	if ((v->kind == SHOW || v->kind == GO) && !t->ids)
		return fault(f, USAGE, "%s: say which, by id", v->name);
	if ((v->kind == SHOW || v->kind == GO) && (t->query.wheres || t->query.search))
		return fault(f, USAGE, "%s takes ids, not --where or --search", v->name);
	if (v->kind == GO && t->format)
		return fault(f, USAGE, "%s writes nothing: no --format", v->name);
	if (v->kind != GO && t->dry)
		return fault(f, USAGE, "%s changes nothing: no --dry-run", v->name);
	return 0;
}

static int
read_args(struct contacts_tool *t, int argc, char **argv, struct fault *f)
{
	const struct arg table[] = {{'d', "db", .text = &t->path},
	    {'n', "dry-run", .flag = &t->dry}, {0, "format", .text = &t->format},
	    {'h', "help", .flag = &t->help}, {'k', "keep-going", .flag = &t->keep_going},
	    {'q', "quiet", .flag = &t->quiet}, {0, "search", .text = &t->query.search},
	    {0, "where", .list = &t->where}, {0}};
	int n = args_read(argc, argv, table, f);
	size_t named = 0;

	if (n < 0 || t->help)
		return n;
	t->verb = &verbs[0];
	for (size_t i = 0; n && !named && i < COUNT(verbs); i++)
		if (!strcmp(argv[0], verbs[i].name)) {
			t->verb = &verbs[i];
			named = 1;
		}
	if (n && !named && (*argv[0] < '0' || *argv[0] > '9'))
		return fault(f, USAGE, "there is no verb \"%s\"", argv[0]);
	if (set_query(t, f) < 0 || set_form(t, f) < 0 ||
	    set_ids(t, argv + named, (size_t)n - named, f) < 0)
		return -1;
	return check(t, f);
}

int
main(int argc, char **argv)
{
	static struct contacts_tool t;
	struct settings settings = {0};
	struct fault f;
	int n = read_args(&t, argc, argv, &f), status;

	if (n >= 0 && t.help)
		return tool_help(usage);
	if (n < 0)
		return tool_misused(&f, usage);
	if (tool_open(&t.db, &settings, t.path, t.verb->mode, &f) < 0)
		return tool_fail(&f);
	status = t.verb->kind == GO ? go(&t) : look(&t);
	for (int i = 0; i < t.query.wheres; i++)
		free((char *)t.query.field[i]);
	free(t.id);
	tool_close(&t.db, &settings);
	return out_close(TOOL, status);
}
