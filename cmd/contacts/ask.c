/*
 * ask: the options and operands of outreach-contacts, and what does not go
 * together.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"

#include "args.h"
#include "mem.h"
#include "num.h"
#include "word.h"

const char ask_usage[] =
    "usage: outreach-contacts [list] [-k] [--where FIELD=VALUE ...] [--search TEXT]\n"
    "             [--format table|ndjson|csv] [-d STORE] [ID ...]\n"
    "       outreach-contacts show [-k] [--format table|ndjson] [-d STORE] ID ...\n"
    "       outreach-contacts export [-kq] [--where FIELD=VALUE ...] [--search TEXT]\n"
    "             [--format csv|ndjson] [-d STORE] [ID ...]\n"
    "       outreach-contacts delete [-knq] [-d STORE] ID ...\n"
    "       outreach-contacts forget [-knq] [-d STORE] ID ...\n";

static const struct verb verbs[] = {
    {"list", DB_READ, LOOK, NULL, NULL},
    {"delete", DB_WRITE, GO, people_delete, "deleted"},
    {"export", DB_READ, EXPORT, NULL, NULL},
    {"forget", DB_WRITE, GO, people_forget, "forgotten"},
    {"show", DB_READ, SHOW, NULL, NULL},
};

static int
no_verb(const char *word, struct fault *f)
{
	const char *known[COUNT(verbs) + 1] = {NULL};
	char hint[WORD_HINT];

	for (size_t i = 0; i < COUNT(verbs); i++)
		known[i] = verbs[i].name;
	return fault(f, USAGE, "there is no verb \"%s\"%s", word, word_hint(word, known, hint));
}

static int
set_query(struct ask *a, const struct arg_list *where, struct fault *f)
{
	struct people_query *q = &a->query;

	if (where->n > COUNT(q->field))
		return fault(f, USAGE, "--where is given more than %zu times", COUNT(q->field));
	for (size_t i = 0; i < where->n; i++) {
		const char *text = where->value[i], *equals = strchr(text, '=');

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
set_form(struct ask *a, const char *format, struct fault *f)
{
	if (a->verb->kind == EXPORT && !format)
		format = "csv";
	if (form_parse(format, &a->form, f) < 0)
		return -1;
	if (a->verb->kind == EXPORT && a->form == FORM_TABLE)
		return fault(f, USAGE, "--format: export writes csv or ndjson");
	if (a->verb->kind == SHOW && a->form == FORM_CSV)
		return fault(f, USAGE, "--format: show writes a table or ndjson");
	return 0;
}

static int
set_ids(struct ask *a, char *const *operand, size_t n, struct fault *f)
{
	if (!n)
		return 0;
	a->id = xcalloc(n, sizeof(*a->id));
	for (; a->ids < n; a->ids++)
		if (num_parse("contact", operand[a->ids], 1, INT64_MAX, &a->id[a->ids], f) <
		    0) {
			f->code = USAGE;
			return -1;
		}
	return 0;
}

/* What does not go together with the verb. */
static int
check(const struct ask *a, const char *format, struct fault *f)
{
	const struct verb *v = a->verb;

	if ((v->kind == SHOW || v->kind == GO) && !a->ids)
		return fault(f, USAGE, "%s: say which, by id", v->name);
	if ((v->kind == SHOW || v->kind == GO) && (a->query.wheres || a->query.search))
		return fault(f, USAGE, "%s takes ids, not --where or --search", v->name);
	if (v->kind == GO && format)
		return fault(f, USAGE, "%s writes nothing: no --format", v->name);
	if (v->kind != GO && a->dry)
		return fault(f, USAGE, "%s changes nothing: no --dry-run", v->name);
	return 0;
}

int
ask_read(struct ask *a, int argc, char **argv, struct fault *f)
{
	const char *format = NULL;
	struct arg_list where = {.n = 0};
	const struct arg table[] = {{'d', "db", .text = &a->path},
	    {'n', "dry-run", .flag = &a->dry}, {0, "format", .text = &format},
	    {'h', "help", .flag = &a->help}, {'k', "keep-going", .flag = &a->keep_going},
	    {'q', "quiet", .flag = &a->quiet}, {0, "search", .text = &a->query.search},
	    {0, "where", .list = &where}, {0}};
	int n = args_read(argc, argv, table, f);
	size_t named = 0;

	if (n < 0 || a->help)
		return n < 0 ? -1 : 0;
	a->verb = &verbs[0];
	for (size_t i = 0; n && !named && i < COUNT(verbs); i++)
		if (!strcmp(argv[0], verbs[i].name)) {
			a->verb = &verbs[i];
			named = 1;
		}
	if (n && !named && (*argv[0] < '0' || *argv[0] > '9'))
		return no_verb(argv[0], f);
	if (set_query(a, &where, f) < 0 || set_form(a, format, f) < 0 ||
	    set_ids(a, argv + named, (size_t)n - named, f) < 0)
		return -1;
	return check(a, format, f);
}

void
ask_release(struct ask *a)
{
	for (int i = 0; i < a->query.wheres; i++)
		free((char *)a->query.field[i]);
	free(a->id);
}
