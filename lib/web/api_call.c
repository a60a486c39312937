/*
 * api_call: one call with all that is known of it: who, the context that the AI
 * has, what was said in order, and what happened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "json.h"
#include "logged.h"
#include "mem.h"
#include "num.h"
#include "talk.h"
#include "target_context.h"

enum { ROWS_MAX = 2000, PAGE = 50, LIST_MAX = 500 };

/* What was said, or an event, as a piece of text. */
struct piece {
	int64_t at, seq;
	size_t from, len;
};

struct telling {
	struct web *web;
	struct campaign last;
	struct buf said, happened;
	struct piece *piece; /* of said */
	size_t pieces, rows;
};

/* ---- the transcript ------------------------------------------------------------------ */

/* A member of a transcription, which may lie one deeper, as it came. */
static const char *
member(const json_t *body, const char *key)
{
	const char *v = json_string_value(json_object_get(body, key));
	const json_t *inside = json_object_get(body, "payload");

	if (!v)
		v = json_string_value(json_object_get(inside, key));
	return v;
}

static int
add_said(struct telling *k, const struct entry *e, struct fault *f)
{
	json_t *body = e->body ? json_read("body", e->body, strlen(e->body), f) : json_object();
	const char *role = member(body, "role");
	size_t from = k->said.len;
	char at[40];

	if (!body)
		return -1;
	buf_adds(&k->said, "{\"seq\":");
	buf_addi(&k->said, e->seq);
	buf_member(&k->said, "at", num_instant_text(e->at, at));
	buf_member(&k->said, "role", role ? role : member(body, "speaker"));
	buf_member(&k->said, "text", member(body, "text"));
	if (e->erased)
		buf_adds(&k->said, ",\"erased\":true");
	buf_addc(&k->said, '}');
	json_decref(body);
	k->piece[k->pieces++] = (struct piece){e->at, e->seq, from, k->said.len - from};
	return 0;
}

static int
add_row(void *arg, const struct entry *e, struct fault *f)
{
	struct telling *k = arg;

	k->rows++;
	if (strcmp(e->kind, "call.transcription") == 0)
		return add_said(k, e, f);
	if (k->happened.len)
		buf_addc(&k->happened, ',');
	if (logged_record(&k->happened, k->web->db, e, &k->last, true, f) < 0)
		return -1;
	k->happened.len--; /* its newline */
	return 0;
}

/* Up to ROWS_MAX rows or API_BYTES; *next is where to go on, 0 these were all. */
static int
read_rows(struct telling *k, const struct uuid *id, int64_t *next, struct fault *f)
{
	int64_t seq = 0, before = -1;

	k->piece = xcalloc(ROWS_MAX, sizeof(*k->piece));
	while (before != seq && k->rows + PAGE <= ROWS_MAX &&
	    k->said.len + k->happened.len <= API_BYTES) {
		before = seq;
		if (talk_page(k->web->db, id, &seq, PAGE, add_row, k, f) < 0)
			return -1;
	}
	*next = before == seq ? 0 : seq + 1;
	return 0;
}

/* By the time that it was said: rows come as they are sent. */
static int
by_time(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void
put_transcript(struct buf *b, const struct telling *k)
{
	if (k->pieces > 1)
		qsort(k->piece, k->pieces, sizeof(*k->piece), by_time);
	buf_adds(b, ",\"transcript\":[");
	for (size_t i = 0; i < k->pieces; i++) {
		buf_adds(b, i ? "," : "");
		buf_add(b, k->said.p + k->piece[i].from, k->piece[i].len);
	}
	buf_addc(b, ']');
}

/* ---- the call ------------------------------------------------------------------------- */

static int
put_context(struct request *r, const struct order *o, struct fault *f)
{
	struct web *w = r->web;
	struct buf context = {0}, system = {0};
	int n = target_context_of_call(w->db, &o->id, &context, &system, f);

	if (n > 0) {
		buf_member(&r->out, "context", context.p);
		buf_member(&r->out, "system_message", system.p);
	}
	buf_release(&context);
	buf_release(&system);
	return n < 0 ? -1 : 0;
}

int
call_show(struct request *r, struct fault *f)
{
	static const char *const none[] = {NULL};
	struct telling k = {.web = r->web};
	struct order o;
	int64_t next = 0;
	int got = api_known(r, none) < 0 ? 0 : api_call(r, &o, f);

	if (got <= 0)
		return got;
	buf_addc(&r->out, '{');
	call_members(&r->out, &o);
	call_end_members(&r->out, &o.call);
	got = put_context(r, &o, f) < 0 ? -1 : read_rows(&k, &o.id, &next, f);
	if (got == 0) {
		put_transcript(&r->out, &k);
		buf_adds(&r->out, ",\"events\":[");
		buf_add(&r->out, k.happened.len ? k.happened.p : "", k.happened.len);
		buf_adds(&r->out, "],\"next\":");
		if (next)
			buf_addi(&r->out, next);
		buf_adds(&r->out, next ? "}\n" : "null}\n");
		request_json(r, 200);
	}
	buf_release(&k.said);
	buf_release(&k.happened);
	free(k.piece);
	return got;
}

/* ---- its rows ----------------------------------------------------------------------------- */

int
call_events(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"from", "limit", NULL};
	struct web *w = r->web;
	struct api_rows k = {.r = r};
	int64_t from = 1, limit = API_PAGE, seq, before = -1;
	struct order o;
	char next[24];
	int got;

	if (api_known(r, keys) < 0 || api_query_int(r, "from", 1, INT64_MAX, &from) < 0 ||
	    api_query_int(r, "limit", 1, LIST_MAX, &limit) < 0)
		return 0;
	if ((got = api_call(r, &o, f)) <= 0)
		return got;
	seq = from - 1;
	api_list(r);
	while (before != seq && k.n < limit && r->out.len <= API_BYTES) {
		int64_t left = limit - k.n;

		before = seq;
		if (talk_page(w->db, &o.id, &seq, (int)(left < PAGE ? left : PAGE), api_row, &k,
			f) < 0)
			return -1;
	}
	snprintf(next, sizeof(next), "%lld", (long long)seq + 1);
	api_list_end(r, before != seq ? next : NULL);
	return 0;
}
