/*
 * context: GET /api/context, which a speech connector asks once a call with
 * the call's id alone: it can send no secret, so the id of a live call is one.
 * Who has a token may ask for a person of a campaign, before there is a call.
 * What other processes do to calls is followed in the journal.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "calls.h"
#include "clock.h"
#include "contexts.h"
#include "journal.h"
#include "mem.h"
#include "served.h"
#include "target_context.h"
#include "targets.h"
#include "web_parts.h"

enum { PAGE = 500, PAGES = 8 };

/* ---- asking ---------------------------------------------------------------------- */

/* What the main loop looks for. */
struct asked {
	struct uuid id;      /* of a call */
	struct buf campaign; /* or a person of that campaign */
	int64_t contact;     /* 0: a call */
};

static void
forget(void *data)
{
	struct asked *a = data;

	buf_release(&a->campaign);
	free(a);
}

/* Whose context is meant: 0, or -1 with the answer. */
static int
read_asked(struct request *r, struct asked *a)
{
	static const char *const keys[] = {"campaign", "contact", NULL};
	const char *call = request_field(r, "X-AVR-UUID");
	int got;

	if (call && !(r->faces & FACE_AVR))
		request_problem(
		    r, 404, "the context of a call is given out on AVR's address alone");
	else if (call && context_key(call, &a->id) < 0)
		request_problem(r, 400, "X-AVR-UUID is no UUID");
	if (call)
		return r->status ? -1 : 0;
	if (!r->query.len) {
		request_problem(r, 400, "the header X-AVR-UUID is missing: it names the call");
		return -1;
	}
	if (auth_looks(r) != 0 || api_known(r, keys) < 0 ||
	    (got = api_query(r, "campaign", &a->campaign)) < 0 ||
	    api_query_int(r, "contact", 1, INT64_MAX, &a->contact) < 0)
		return -1;
	if (got && a->contact)
		return 0;
	request_problem(r, 400, "campaign and contact together name a person");
	return -1;
}

static bool
give(struct request *r, const struct uuid *id)
{
	struct web *w = r->web;

	if (!contexts_give(w->contexts, id, clock_wall(), &r->out))
		return false;
	request_add(r, "Cache-Control", "no-store");
	request_json(r, 200);
	return true;
}

void
context_get(struct request *r)
{
	struct asked *a = xcalloc(1, sizeof(*a));

	if (read_asked(r, a) < 0 || (!a->contact && give(r, &a->id))) {
		forget(a);
		return;
	}
	r->data = a; /* not in memory: the main loop looks in the store */
	r->release = forget;
}

static int
find_call(struct request *r, const struct uuid *id, struct fault *f)
{
	struct web *w = r->web;
	struct uuid call;
	char text[37];

	if (calls_resolve(w->db, uuid_text(id, text), &call, f) < 0 ||
	    context_load(w, &call, f) < 0)
		return -1;
	contexts_alias(w->contexts, id, &call);
	if (!give(r, id))
		request_problem(r, 404, "no live call has this id and a context");
	return 0;
}

/* What the AI would be told of the person; nobody is told, so there is no receipt. */
static int
find_person(struct request *r, const struct asked *a, struct fault *f)
{
	struct web *w = r->web;
	struct buf context = {0}, system = {0};
	struct campaign c;
	int64_t target = 0;
	int got = campaigns_get(w->db, a->campaign.p, &c, f);

	if (got > 0 && (got = targets_find(w->db, c.id, a->contact, &target, f)) == 0 && target)
		got = target_context_get(w->db, target, NULL, &context, &system, f);
	if (got == 0)
		request_problem(
		    r, 404, "no campaign of this name has such a contact and a context for it");
	if (got > 0) {
		buf_member(&r->out, "system", system.p);
		buf_adds(&r->out, "}\n");
		request_add(r, "Cache-Control", "no-store");
		request_json(r, 200);
	}
	buf_release(&context);
	buf_release(&system);
	return got < 0 ? -1 : 0;
}

int
context_find(struct request *r, struct fault *f)
{
	const struct asked *a = r->data;

	return a->contact ? find_person(r, a, f) : find_call(r, &a->id, f);
}

/* ---- following --------------------------------------------------------------------- */

int
context_load(struct web *w, const struct uuid *call, struct fault *f)
{
	struct buf system = {0};
	int n = served_get(w->db, call, &system, f);

	if (n > 0)
		contexts_put(w->contexts, call, (struct slice){system.p, system.len});
	buf_release(&system);
	return n < 0 ? -1 : 0;
}

int
context_load_all(struct web *w, struct fault *f)
{
	struct uuid *calls;
	char hex[65];
	size_t n;
	int rc;

	/* The place in the journal first: what happens meanwhile is seen twice rather than never. */
	if (journal_head(w->db, &w->seq, hex, f) < 0)
		return -1;
	rc = served_open(w->db, &calls, &n, f);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = context_load(w, &calls[i], f);
	free(calls);
	return rc;
}

/* Rows that tell of what is said, not of the line. */
static bool
is_talk(const char *kind)
{
	static const char *const talk[] = {"call.transcription", "call.interruption",
	    "call.dtmf", "call.note", "call.initiated", "call.answered", "call.ringing",
	    "call.placed", "call.placing", "call.alias", "context.served", NULL};

	for (size_t i = 0; talk[i]; i++)
		if (strcmp(kind, talk[i]) == 0)
			return true;
	return false;
}

static void
change(void *arg, const char *kind, const struct uuid *call)
{
	struct web *w = arg;
	struct fault f;

	if (strcmp(kind, "call.intent") == 0) {
		if (context_load(w, call, &f) == 0)
			return;
		/* What is wrong with one call alone does not stop the others. */
		w->missed |= f.code == TEMPFAIL || f.code == IOERR;
		if (!w->missed)
			web_word(w, "%s", f.text);
	} else if (!is_talk(kind) && contexts_has(w->contexts, call) &&
	    !served_is_open(w->db, call)) {
		contexts_drop(w->contexts, call);
	}
}

void
context_follow(struct web *w)
{
	struct fault f;

	for (int i = 0; i < PAGES; i++) {
		int64_t before = w->seq;

		w->missed = false;
		if (served_changes(w->db, &w->seq, PAGE, change, w, &f) < 0) {
			atomic_store(&w->store_bad, true);
			return;
		}
		if (w->missed) { /* a context could not be read: the page comes again */
			w->seq = before;
			return;
		}
		if (w->seq < before + PAGE)
			return;
	}
}

/* ---- receipts ------------------------------------------------------------------------ */

/* In a transaction that is open. */
int
context_receipt(struct web *w, const struct receipt *r, struct fault *f)
{
	return served_receipt(w->db, &r->call, r->digest, r->at, f) < 0 ? -1 : 0;
}
