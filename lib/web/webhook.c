/*
 * webhook: events from AVR and from those that speak as the plan does. The
 * HTTP thread reads what a body says, the main loop takes it in; who hears 200
 * may forget the event, for it is on the disk.
 */
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "foreign.h"
#include "mem.h"
#include "outside.h"
#include "web_parts.h"

static void
forget(void *data)
{
	foreign_release(data);
	free(data);
}

/* Outside of its texts a document has no newline that means anything; a record has none at all. */
static void
one_line(struct buf *body)
{
	for (size_t i = 0; i < body->len; i++)
		if (body->p[i] == '\n' || body->p[i] == '\r')
			body->p[i] = ' ';
}

/* 0, or -1 with the request answered. */
static int
read_body(struct request *r, struct ndjson *reader, struct foreign *event)
{
	struct rec rec = {.p = r->body.p, .len = r->body.len, .line = 1, .file = "body"};
	struct fault f;
	int got;

	if (!r->body.len) {
		request_problem(r, 400, "the body is empty: it must be one JSON object");
		return -1;
	}
	one_line(&r->body);
	if (ndjson_line(reader, &rec, &f) < 0) {
		request_problem(r, 400, "%s", f.text);
		return -1;
	}
	got = foreign_read(&rec, clock_wall(), event, &f);
	if (got > 0 && event->shape != FOREIGN_EVENT)
		return 0;
	if (got < 0)
		request_problem(r, 422, "%s", f.text);
	else
		request_problem(r, 422,
		    "this is no event that is known here: AVR's has uuid, type and timestamp, the plan's call_id and event_type or event");
	return -1;
}

void
webhook_read(struct request *r)
{
	struct foreign *event = xcalloc(1, sizeof(*event));
	struct ndjson reader;

	ndjson_init(&reader, -1, "body");
	if (read_body(r, &reader, event) < 0) {
		forget(event);
	} else {
		r->data = event;
		r->release = forget;
	}
	ndjson_release(&reader);
}

/* Where AVR is to send the sound of this call, if its campaign says so; what the body says is not asked. */
static int
route_speech(struct web *w, struct request *r, const struct foreign *event, struct fault *f)
{
	const struct plan *plan;
	struct order o;
	struct uuid id;
	int n;

	if (calls_resolve(w->db, event->id, &id, f) < 0 ||
	    (n = calls_order(w->db, &id, &o, f)) < 0)
		return -1;
	if (n == 0 || o.campaign == 0)
		return 0;
	if (!(plan = campaigns_plan(w->db, o.campaign, f)))
		return -1;
	buf_member(&r->out, "sts_url", plan->sts_url);
	return 0;
}

int
webhook_apply(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	const struct foreign *event = r->data;
	int fresh = outside_apply(w->db, event, f);

	if (fresh < 0)
		return -1;
	if (event->has_call && event->is_uuid) /* by this id its context will be asked for */
		contexts_alias(w->contexts, &event->uuid, &event->call);
	r->fresh = fresh;
	buf_adds(&r->out,
	    fresh ? "{\"status\":\"ok\",\"new\":true" : "{\"status\":\"ok\",\"new\":false");
	if (strcmp(event->kind, "initiated") == 0 && route_speech(w, r, event, f) < 0)
		return -1;
	buf_adds(&r->out, "}\n");
	request_json(r, 200);
	return 0;
}
