/*
 * fields: attributes are looked for until each that is named was seen, which
 * mostly is at the first contacts.
 */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "ndjson.h"
#include "scan.h"
#include "word.h"

enum { PAGE = 1000, NAMES = 40 };

struct fields {
	const struct people_query *q;
	bool seen[COUNT(((struct people_query *)0)->field)];
	bool anybody;
	char *name[NAMES + 1]; /* attributes, the first that were seen */
	int names;
	struct buf text;
};

static void
look_at_name(struct fields *w, struct slice name)
{
	int i = 0;

	for (int k = 0; k < w->q->wheres; k++)
		w->seen[k] |= slice_is(name, w->q->field[k]) != 0;
	while (i < w->names && !slice_is(name, w->name[i]))
		i++;
	if (i == w->names && i < NAMES)
		w->name[w->names++] = slice_dup(name);
}

static void
look_at_attribute(void *arg, const struct rec_member *m)
{
	struct fields *w = arg;

	if (!m->escaped) {
		look_at_name(w, m->key);
		return;
	}
	buf_reset(&w->text);
	scan_unescape(&w->text, m->key);
	look_at_name(w, (struct slice){w->text.p, w->text.len});
}

static int
look_at_person(void *arg, const struct person *p, struct fault *f)
{
	struct fields *w = arg;

	(void)f;
	w->anybody = true;
	if (p->attributes)
		json_scan(p->attributes, strlen(p->attributes), look_at_attribute, w);
	return 0;
}

/* The first field that nobody has: its place, or -1. */
static int
unknown(const struct fields *w)
{
	for (int i = 0; i < w->q->wheres; i++)
		if (!w->seen[i])
			return i;
	return -1;
}

static int
refuse(const struct fields *w, int i, struct fault *f)
{
	const char *field = w->q->field[i], *near = word_nearest(field, people_fields);
	struct buf list = {0};

	if (!near)
		near = word_nearest(field, (const char *const *)w->name);
	for (const char *const *p = people_fields; *p; p++)
		buf_printf(&list, "%s%s", list.len ? ", " : "", *p);
	for (int k = 0; k < w->names && list.len < 300; k++)
		buf_printf(&list, ", %s", w->name[k]);
	fault(f, DATAERR, "--where %s: no contact has a field of that name%s%s%s; there are %s",
	    field, near ? " (" : "", near ? near : "", near ? "?)" : "", list.p);
	buf_release(&list);
	return -1;
}

int
fields_check(struct db *db, const struct people_query *q, struct fault *f)
{
	static const struct people_query all;
	struct fields w = {.q = q};
	int64_t after = 0;
	int rc = 0;

	for (int i = 0; i < q->wheres; i++)
		w.seen[i] = word_among(q->field[i], people_fields) != 0;
	while (rc == 0 && after < INT64_MAX && unknown(&w) >= 0)
		rc = people_page(db, &all, &after, PAGE, look_at_person, &w, f);
	if (rc == 0 && w.anybody && unknown(&w) >= 0)
		rc = refuse(&w, unknown(&w), f);
	for (int i = 0; i < w.names; i++)
		free(w.name[i]);
	buf_release(&w.text);
	return rc;
}
