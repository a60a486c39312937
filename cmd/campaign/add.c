/*
 * add: who is to be called, and who of them is in the campaign already.
 */
#include "verbs.h"

#include "../tool.h"
#include "additions.h"
#include "contact.h"
#include "filter.h"
#include "mem.h"
#include "people.h"

enum { BATCH = 1000 }; /* the filter's own limit */

enum { SOURCES = 8 };

/* People of one source who are most probably those of another one. */
struct twins {
	char source[CONTACT_NAME_MAX + 1], of_source[CONTACT_NAME_MAX + 1];
	uint64_t n;
};

struct addition {
	struct db *db;
	int64_t campaign;
	int64_t contact[BATCH];
	size_t n;
	uint64_t added, were_in;
	struct buf text;
	struct twins twins[SOURCES + 1]; /* the last: of all other sources */
};

static void
count_twin(void *arg, const struct twin *w)
{
	struct twins *t = ((struct addition *)arg)->twins, *last = t + SOURCES;

	while (t < last && t->n &&
	    (strcmp(t->source, w->source) || strcmp(t->of_source, w->of_source)))
		t++;
	if (t < last && !t->n) {
		copy_text(t->source, sizeof t->source, w->source);
		copy_text(t->of_source, sizeof t->of_source, w->of_source);
	}
	t->n++;
}

/* Said with -q too: somebody waits for a person's word. */
static void
say_twins(const struct addition *a, const char *name)
{
	uint64_t n = 0;

	for (int i = 0; i <= SOURCES; i++) {
		const struct twins *t = &a->twins[i];

		n += t->n;
		if (t->n && *t->source)
			fprintf(stderr,
			    TOOL
			    ": %s: %llu of source \"%s\" are held: somebody of \"%s\" has the same name and number\n",
			    name, (unsigned long long)t->n, t->source, t->of_source);
		else if (t->n)
			fprintf(stderr,
			    TOOL ": %s: %llu of further sources are held likewise\n", name,
			    (unsigned long long)t->n);
	}
	if (n)
		fprintf(stderr,
		    TOOL
		    ": %s: if it is the same sheet again, import it with the --source of before; who is another person after all: outreach-campaign release %s TARGET ... (targets --reason held %s shows them)\n",
		    name, name, name);
}

static int
begin(void *ctx, struct fault *f)
{
	struct addition *a = ctx;

	a->n = 0;
	return db_begin(a->db, f);
}

static int
commit(void *ctx, struct fault *f)
{
	struct addition *a = ctx;
	size_t added;

	if (additions_put(a->db, a->campaign, a->contact, a->n, &added, count_twin, a, f) < 0 ||
	    db_commit(a->db, f) < 0)
		return -1;
	a->added += added;
	a->were_in += a->n - added;
	return 0;
}

static void
rollback(void *ctx)
{
	db_rollback(((struct addition *)ctx)->db);
}

/* An id means nothing in another store: what the record says besides must fit. 0, 1 refused. */
static int
check_same(
    const struct rec *rec, const char *key, const char *ours, struct buf *text, struct fault *f)
{
	int got = rec_text(rec, key, text, f);

	if (got < 0)
		return 1;
	if (got == 0 || strcmp(text->p ? text->p : "", ours) == 0)
		return 0;
	rec_fault(rec, f,
	    "this contact is of another store: its %s is \"%.60s\" there, \"%.60s\" here", key,
	    text->p ? text->p : "", ours);
	return 1;
}

static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct addition *a = ctx;
	struct person p;
	int64_t id = 0;
	int got = rec_int(rec, "id", &id, f);

	if (got < 0)
		return 1;
	if (got == 0) {
		rec_fault(rec, f,
		    "the contact has no id (outreach-import and outreach-contacts give it)");
		return 1;
	}
	if ((got = people_get(a->db, id, &p, f)) < 0)
		return -1;
	if (got == 0) {
		rec_fault(rec, f,
		    "there is no contact %lld in this store (outreach-contacts lists them)",
		    (long long)id);
		return 1;
	}
	if (check_same(rec, "source", p.source, &a->text, f) ||
	    check_same(rec, "key", p.key, &a->text, f))
		return 1;
	a->contact[a->n++] = id;
	return 0;
}

/* Not one line was a record: most probably it is the sheet itself. */
static void
hint_import(struct fault *f, const char *name)
{
	fault(f, f->code,
	    "%s (a sheet goes through the importer: outreach-import FILE | outreach-campaign add %s)",
	    f->text, name);
}

int
verb_add(struct campaign_tool *t, char **name_and_files)
{
	static const char *const types[] = {"contact", NULL};
	static struct addition a;
	struct filter filter = {.types = types,
	    .ctx = &a,
	    .begin = begin,
	    .record = record,
	    .commit = commit,
	    .rollback = rollback,
	    .report = tool_report,
	    .keep_going = t->keep_going};
	struct filter_count n = {0};
	struct campaign c;
	struct fault f;
	int rc;

	if (campaigns_need(&t->db, *name_and_files, &c, &f) < 0)
		return tool_fail(&f);
	if (c.state == CAMPAIGN_CANCELLED) {
		fault(&f, REFUSED, "campaign %s is cancelled for good", c.name);
		return tool_fail(&f);
	}
	a.db = &t->db;
	a.campaign = c.id;
	rc = filter_files(&filter, name_and_files + 1, &n, &f);
	buf_release(&a.text);
	say_twins(&a, c.name);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s: %llu added, %llu were in already, %llu refused\n",
		    c.name, (unsigned long long)a.added, (unsigned long long)a.were_in,
		    (unsigned long long)n.refused);
	if (rc < 0) {
		if (f.code == DATAERR && n.read == 0)
			hint_import(&f, c.name);
		return tool_fail(&f);
	}
	return n.refused ? SOME : OK;
}
