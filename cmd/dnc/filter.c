/*
 * filter: records of people who may be called pass, the others do not, or are
 * marked. It asks a picture of the rules; the dialer's transaction asks again.
 */
#include "verbs.h"

#include "../tool.h"
#include "contact.h"
#include "dnc_set.h"
#include "dnc_list.h"
#include "filter.h"
#include "numbers.h"
#include "scan.h"

struct filtering {
	struct dnc_tool *t;
	const struct plan *plan;
	struct dnc_set *set;
	struct buf key, text;
	uint64_t passed, held[DNC_LIST + 1];
};

/* The name of a field, however it is written; w->key holds it then. */
static struct slice
name_of(struct filtering *w, const struct rec_member *m)
{
	if (!m->escaped)
		return m->key;
	buf_reset(&w->key);
	scan_unescape(&w->key, m->key);
	return (struct slice){w->key.p, w->key.len};
}

/* "phone", "phone2", ... "phone8" */
static bool
holds_number(struct filtering *w, const struct rec_member *m)
{
	struct slice key = name_of(w, m);

	if (key.len < 5 || key.len > 6 || memcmp(key.p, "phone", 5) != 0)
		return false;
	return key.len == 5 || (key.p[5] >= '2' && key.p[5] <= '0' + CONTACT_PHONES);
}

/* The text of such a field, which nearly never has escapes: 1, 0 null, -1. */
static int
text_of(struct filtering *w, const struct rec *rec, const struct rec_member *m, struct slice *s,
    struct fault *f)
{
	struct slice v = m->value;

	if (*v.p == 'n')
		return 0;
	if (*v.p != '"')
		return rec_fault(rec, f, "phone must be text");
	*s = (struct slice){v.p + 1, v.len - 2};
	if (memchr(s->p, '\\', s->len)) {
		buf_reset(&w->text);
		scan_unescape(&w->text, *s);
		*s = (struct slice){w->text.p, w->text.len};
	}
	return 1;
}

/* Of a number that is E.164, as most are: known before it is checked. */
static int64_t
key_of(struct slice s)
{
	uint64_t v = 0;

	for (size_t i = 1; i < s.len && i < PHONE_SIZE; i++)
		v = 10 * v + (unsigned char)s.p[i] - '0';
	return (int64_t)v;
}

/* 1: one of the record's numbers is not to be called, 0, -1. */
static int
look(struct filtering *w, const struct rec *rec, enum dnc_kind *kind, const char **list,
    struct fault *f)
{
	struct slice s;
	int found = 0, got;
	int64_t phone;

	for (size_t i = 0; i < rec->members; i++) {
		const struct rec_member *m = &rec->member[i];

		if (!holds_number(w, m))
			continue;
		if ((got = text_of(w, rec, m, &s, f)) < 0)
			return -1;
		if (got == 0)
			continue;
		found++;
		dnc_set_expect(w->set, key_of(s));
		if (number_read(s.p, s.len, w->t->region, &phone, f) < 0)
			return fault_in(f, "%s:%llu", rec->file, (unsigned long long)rec->line);
		if ((got = dnc_set_find(&w->t->db, w->set, phone, kind, list, f)) != 0)
			return got;
	}
	return found ? 0 : rec_fault(rec, f, "the record has no phone");
}

/* The field that an earlier filter left, with a comma of it; empty: there is none. */
static struct slice
marked(struct filtering *w, const struct rec *rec)
{
	const char *from, *to;

	/* There is another one: the number. */
	for (size_t i = 0; i < rec->members; i++) {
		if (!slice_is(name_of(w, &rec->member[i]), "do_not_call"))
			continue;
		from = rec->member[i].key.p - 1;
		to = rec->member[i].value.p + rec->member[i].value.len;
		if (i == 0)
			to =
			    (const char *)memchr(to, ',', (size_t)(rec->p + rec->len - to)) + 1;
		else
			while (*from != ',')
				from--;
		return (struct slice){from, (size_t)(to - from)};
	}
	return (struct slice){rec->p, 0};
}

/* The record with one field more, before its last brace, instead of one that it has. */
static void
mark(struct filtering *w, const struct rec *rec, enum dnc_kind kind, const char *list,
    struct buf *out)
{
	struct slice old = marked(w, rec);
	const char *end = rec->p + rec->len, *behind = old.p + old.len;

	while (end > behind && end[-1] != '}')
		end--;
	buf_add(out, rec->p, (size_t)(old.p - rec->p));
	buf_add(out, behind, (size_t)(end - behind) - 1);
	buf_adds(out, ",\"do_not_call\":\"");
	buf_adds(out, dnc_kind_name(kind));
	if (list) {
		buf_addc(out, ' ');
		buf_adds(out, list);
	}
	buf_adds(out, "\"}\n");
}

static int
one_record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct filtering *w = ctx;
	enum dnc_kind kind;
	const char *list;
	int got = look(w, rec, &kind, &list, f);

	if (got < 0)
		return f->code == DATAERR ? 1 : -1;
	if (got == 0) {
		w->passed++;
		buf_add(out, rec->p, rec->len);
		return 0;
	}
	w->held[kind]++;
	if (w->t->mark)
		mark(w, rec, kind, list, out);
	return 0;
}

static int
begin(void *ctx, struct fault *f)
{
	struct filtering *w = ctx;

	if (dnc_set_refresh(&w->t->db, w->set, f) < 0)
		return -1;
	return dnc_lists_check(&w->t->db, w->plan, clock_wall(), f);
}

static void
say(const struct filtering *w)
{
	uint64_t all = 0;
	const char *between = " (";

	for (int k = DNC_NUMBER; k <= DNC_LIST; k++)
		all += w->held[k];
	fprintf(stderr, TOOL ": %llu passed, %llu %s", (unsigned long long)w->passed,
	    (unsigned long long)all, w->t->mark ? "marked" : "dropped");
	for (int k = DNC_NUMBER; k <= DNC_LIST; k++) {
		if (!w->held[k])
			continue;
		fprintf(stderr, "%s%llu by %s", between, (unsigned long long)w->held[k],
		    dnc_kind_name((enum dnc_kind)k));
		between = ", ";
	}
	fputs(all ? ")\n" : "\n", stderr);
}

int
verb_filter(struct dnc_tool *t, char **files)
{
	static const char *const types[] = {"contact", "target", "call", NULL};
	struct filtering w = {.t = t};
	struct filter filter = {.types = types,
	    .ctx = &w,
	    .begin = begin,
	    .record = one_record,
	    .report = tool_report,
	    .quick = true,
	    .keep_going = t->keep_going};
	struct filter_count count = {0};
	struct fault f;
	int64_t campaign;
	int rc = -1;

	if (check_region(t, &f) == 0 && find_campaign(t, &campaign, &w.plan, &f) == 0 &&
	    (w.set = dnc_set_new(&t->db, campaign, w.plan, &f)) &&
	    dnc_lists_check(&t->db, w.plan, clock_wall(), &f) == 0)
		rc = filter_files(&filter, files, &count, &f);
	dnc_set_free(w.set);
	buf_release(&w.key);
	buf_release(&w.text);
	if (!t->quiet && (rc == 0 || count.read))
		say(&w);
	if (rc < 0)
		return tool_fail(&f);
	return count.refused ? SOME : OK;
}
