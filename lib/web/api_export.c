/*
 * api_export: GET /api/v1/contacts/export: everybody, in pieces that leave as
 * fast as the reader takes them, or one page.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "mem.h"
#include "sheet_out.h"
#include "words.h"

enum { LOOK = 300, PIECE = 64 << 10 };

struct exporting {
	struct request *r;
	struct buf search, source;
	struct people_query q;
	int64_t after, limit, n, last; /* limit 0: all */
	struct sheet_out *sheet;       /* CSV */
	bool looking; /* at all of them first: the sheet has a column for each attribute */
	bool full;    /* the page, or the piece */
};

static void
forget(void *data)
{
	struct exporting *k = data;

	buf_release(&k->search);
	buf_release(&k->source);
	sheet_out_free(k->sheet);
	free(k);
}

/* The query; -1 answered. */
static int
begin(struct request *r, struct exporting *k)
{
	static const char *const keys[] = {
	    "after", "format", "limit", "search", "source", NULL};
	struct buf format = {0};
	int got;

	if (api_known(r, keys) < 0 || api_query_int(r, "after", 0, INT64_MAX, &k->after) < 0 ||
	    api_query_int(r, "limit", 1, API_PAGE_MAX, &k->limit) < 0 ||
	    (got = api_query(r, "search", &k->search)) < 0)
		return -1;
	if (got > 0)
		k->q.search = k->search.p;
	if ((got = api_query(r, "source", &k->source)) < 0)
		return -1;
	if (got > 0) {
		k->q.field[0] = "source";
		k->q.value[0] = k->source.p;
		k->q.wheres = 1;
	}
	if ((got = api_query(r, "format", &format)) > 0 && strcmp(format.p, "csv") == 0)
		k->sheet = sheet_out_new();
	else if (got > 0 && strcmp(format.p, "ndjson") != 0)
		request_problem(r, 400, "format must be csv or ndjson");
	if (k->sheet && (k->limit || k->after))
		request_problem(
		    r, 400, "a sheet has everybody: after and limit are of format=ndjson");
	buf_release(&format);
	k->looking = k->sheet != NULL;
	return r->status ? -1 : 0;
}

static int
put(void *arg, const struct person *p, struct fault *f)
{
	struct exporting *k = arg;

	if (k->looking)
		return sheet_out_look(k->sheet, p, f);
	if (!k->sheet)
		person_record(&k->r->out, p, NULL);
	else if (sheet_out_row(k->sheet, p, &k->r->out, f) < 0)
		return -1;
	k->last = p->id;
	k->n++;
	k->full =
	    k->limit ? k->n == k->limit || k->r->out.len > API_BYTES : k->r->out.len > PIECE;
	return k->full ? fault(f, TEMPFAIL, "enough") : 0;
}

static void
head(struct request *r, const struct exporting *k)
{
	if (r->status)
		return;
	r->status = 200;
	r->type = k->sheet ? "text/csv; charset=utf-8" : "application/x-ndjson";
	request_add(r, "Cache-Control", "no-store");
}

/* The next page of the same people. */
static void
link_next(struct request *r, const struct exporting *k)
{
	struct buf b = {0};

	buf_printf(&b, "</api/v1/contacts/export?after=%lld&limit=%lld", (long long)k->last,
	    (long long)k->limit);
	if (k->q.search) {
		buf_adds(&b, "&search=");
		words_url(&b, slice(k->q.search));
	}
	if (k->q.wheres) {
		buf_adds(&b, "&source=");
		words_url(&b, slice(k->source.p));
	}
	buf_adds(&b, ">; rel=\"next\"");
	request_add(r, "Link", "%s", b.p);
	buf_release(&b);
}

int
person_export(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct exporting *k = r->data;

	if (!k) {
		k = r->data = xcalloc(1, sizeof(*k));
		r->release = forget;
		k->r = r;
		return begin(r, k) < 0 ? SERVE_DONE : SERVE_AGAIN;
	}
	k->full = false;
	if (people_page(w->db, &k->q, &k->after, LOOK, put, k, f) < 0 && !k->full)
		return -1;
	if (k->full && !k->limit) {
		k->after = k->last;
		head(r, k);
		return SERVE_PIECE;
	}
	if (!k->full && k->after != INT64_MAX)
		return SERVE_AGAIN;
	if (k->looking) {
		k->looking = false;
		k->after = 0;
		sheet_out_header(k->sheet, &r->out);
		return SERVE_AGAIN;
	}
	if (k->full)
		link_next(r, k);
	head(r, k);
	return SERVE_DONE;
}
