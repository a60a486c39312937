/*
 * openapi: GET /api/openapi.json, OpenAPI 3.0.3 of the table of routes. What a
 * path is for stands here, who may ask and what its parameters are stands in
 * the table (tests/unit/openapi.c holds the two together).
 */
#include <string.h>

#include "api.h"
#include "mem.h"

struct doc {
	enum method method;
	const char *path, *summary;
	const char *query; /* keys with blanks between; ! behind one that must be there */
	const char *body;  /* the properties of the body as JSON, or media types; null: none */
	const char *need;  /* those that must be there, as JSON texts with commas */
	const char *answers; /* statuses beside 200 and those of the method */
};

#define TEXT    "{\"type\":\"string\"}"
#define INTEGER "{\"type\":\"integer\"}"
#define REASON  "\"reason\":{\"type\":\"string\",\"maxLength\":190}"
#define PERSON                                                                          \
	"\"name\":" TEXT ",\"phone\":" TEXT ",\"phone2\":" TEXT ",\"phone3\":" TEXT     \
	",\"phone4\":" TEXT ",\"phone5\":" TEXT ",\"phone6\":" TEXT ",\"phone7\":" TEXT \
	",\"phone8\":" TEXT ",\"timezone\":" TEXT ",\"language\":" TEXT                 \
	",\"priority\":" INTEGER ",\"do_not_call\":{\"type\":\"boolean\"}"              \
	",\"attributes\":{\"type\":\"object\"}"
#define EVENT                                                                     \
	"\"uuid\":" TEXT ",\"type\":" TEXT ",\"timestamp\":" TEXT                 \
	",\"payload\":{\"type\":\"object\"},\"call_id\":" TEXT ",\"event\":" TEXT \
	",\"event_type\":" TEXT

#define SHEETS "text/csv text/tab-separated-values application/x-ndjson"

#define V1 "/api/v1/"

static const struct doc docs[] = {
    {METHOD_GET, "/healthz", "Whether the process answers", "", NULL, "", ""},
    {METHOD_GET, "/readyz", "Whether events are taken", "", NULL, "", "503"},
    {METHOD_GET, "/metrics", "Numbers for a monitor, as OpenMetrics 1.0", "", NULL, "", ""},
    {METHOD_POST, "/api/webhooks/avr-events", "An event of AVR, durable when answered", "",
	EVENT, "", ""},
    {METHOD_POST, "/api/webhooks/call-events", "The same", "", EVENT, "", ""},
    {METHOD_POST, "/events", "The same", "", EVENT, "", ""},
    {METHOD_GET, "/api/context",
	"What the AI is told in the call of X-AVR-UUID, or, with a token, of a person in a campaign",
	"campaign contact", NULL, "", "400 401 404"},
    {METHOD_GET, V1 "context/openai-system-instructions", "The same", "campaign contact", NULL,
	"", "400 401 404"},
    {METHOD_POST, "/prompt-stream", "What the model says next in the call of uuid", "",
	"\"uuid\":" TEXT ",\"messages\":{\"type\":\"array\"},\"message\":" TEXT, "\"uuid\"",
	"400 404 500"},
    {METHOD_GET, "/api/openapi.json", "This document", "", NULL, "", ""},
    {METHOD_GET, "/", "The page for people", "", NULL, "", "304"},
    {METHOD_GET, "/page/{file}", "What the page is made of", "", NULL, "", "304 404"},
    {METHOD_GET, V1 "status", "The store at a glance, and who asks", "", NULL, "", ""},
    {METHOD_GET, V1 "campaigns", "All campaigns; with counts=1 and their people",
	"after limit counts", NULL, "", "400"},
    {METHOD_POST, V1 "campaigns",
	"Create a campaign from its file, as JSON or as application/yaml", "", "\"name\":" TEXT,
	"\"name\"", "201 409"},
    {METHOD_GET, V1 "campaigns/{name}", "One campaign with its plan", "", NULL, "", "404"},
    {METHOD_POST, V1 "campaigns/{name}/activate", "Check every person, then begin", "",
	"\"except_obstacles\":{\"type\":\"boolean\"}", "", "404 409"},
    {METHOD_POST, V1 "campaigns/{name}/pause", "No new calls, until resume", "", REASON, "",
	"404 409"},
    {METHOD_POST, V1 "campaigns/{name}/resume", "Go on after a pause or the first calls", "",
	"", "", "404 409"},
    {METHOD_POST, V1 "campaigns/{name}/cancel", "Close a campaign for good", "", REASON, "",
	"404 409"},
    {METHOD_GET, V1 "campaigns/{name}/progress", "A campaign in numbers", "", NULL, "", "404"},
    {METHOD_GET, V1 "campaigns/{name}/targets", "Its people and how they stand",
	"after limit contact", NULL, "", "400 404"},
    {METHOD_POST, V1 "campaigns/{name}/targets", "Add people by the ids of contacts", "",
	"\"contacts\":{\"type\":\"array\",\"items\":" INTEGER ",\"maxItems\":500}",
	"\"contacts\"", "404 409"},
    {METHOD_PATCH, V1 "campaigns/{name}/targets/{id}", "Another priority: higher is first", "",
	"\"priority\":" INTEGER, "\"priority\"", "404"},
    {METHOD_POST, "/api/voice/campaign/start",
	"Add people with their contexts to a campaign and begin it, as the plan has it",
	"region",
	"\"campaign_id\":" TEXT
	",\"students\":{\"type\":\"array\",\"maxItems\":500,\"items\":{\"type\":\"object\"}}"
	",\"except_obstacles\":{\"type\":\"boolean\"}",
	"\"campaign_id\"", "400 404 409"},
    {METHOD_GET, V1 "calls", "Calls whose line is open", "open! campaign after limit", NULL, "",
	"400"},
    {METHOD_GET, V1 "calls/{id}", "One call with its context, transcript and events", "", NULL,
	"", "404"},
    {METHOD_GET, V1 "calls/{id}/events", "The rows of the journal about it", "from limit", NULL,
	"", "400 404"},
    {METHOD_POST, V1 "calls/{id}/hangup", "Ask whoever has the line to hang up", "", "", "",
	"202 404 409"},
    {METHOD_GET, V1 "journal", "What happened, in order", "from limit", NULL, "", "400"},
    {METHOD_GET, V1 "live", "What happens, as server-sent events", "from", NULL, "", "400 409"},
    {METHOD_GET, "/ws", "The same over WebSocket (RFC 6455)", "from", NULL, "",
	"101 400 403 426"},
    {METHOD_GET, V1 "contacts", "People", "after limit search", NULL, "", "400"},
    {METHOD_POST, V1 "contacts", "Add a person", "ignore_wishes region",
	"\"source\":" TEXT ",\"key\":" TEXT "," PERSON, "\"phone\"", "201 400 409"},
    {METHOD_GET, V1 "contacts/export",
	"People as NDJSON or CSV, all of them or a page with a Link to the next",
	"after format limit search source", NULL, "", "400"},
    {METHOD_POST, V1 "contacts/import",
	"Import a sheet (text/csv, text/tab-separated-values) or records (application/x-ndjson)",
	"accept_map delimiter dry_run encoding id ignore_wishes map region replace skip_rows source",
	SHEETS, "", "400 415 503"},
    {METHOD_GET, V1 "contacts/{id}", "One person", "", NULL, "", "404"},
    {METHOD_PATCH, V1 "contacts/{id}",
	"Change a person (JSON merge patch); replace=1: into another name with other numbers",
	"ignore_wishes region replace", PERSON, "", "400 404 409"},
    {METHOD_DELETE, V1 "contacts/{id}",
	"Delete a person; forget=1 erases one who is in a campaign", "forget", NULL, "",
	"400 404 409"},
    {METHOD_GET, V1 "dnc", "Do-not-call rules", "after limit", NULL, "", "400"},
    {METHOD_POST, V1 "dnc", "Add a rule: phone, prefix or contact", "region",
	"\"phone\":" TEXT ",\"prefix\":" TEXT ",\"contact\":" INTEGER ",\"campaign\":" TEXT
	",\"source\":" TEXT "," REASON,
	"", "400"},
    {METHOD_DELETE, V1 "dnc", "Take a rule away", "phone prefix contact campaign reason region",
	NULL, "", "400 404 409"},
    {METHOD_GET, V1 "dnc/check", "What speaks against a number", "phone! campaign region", NULL,
	"", "400"},
};

static const char *
method_key(enum method m)
{
	static const struct {
		enum method method;
		const char *key;
	} keys[] = {{METHOD_GET, "get"}, {METHOD_POST, "post"}, {METHOD_PUT, "put"},
	    {METHOD_PATCH, "patch"}, {METHOD_DELETE, "delete"}};

	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].method == m)
			return keys[i].key;
	return "";
}

static void
parameter(struct buf *b, const char *name, size_t len, const char *in, bool needed)
{
	char last = b->p[b->len - 1];

	buf_adds(b, last == '[' ? "{\"name\":" : ",{\"name\":");
	buf_json(b, name, len);
	buf_member(b, "in", in);
	buf_printf(
	    b, ",\"required\":%s,\"schema\":{\"type\":\"string\"}}", needed ? "true" : "false");
}

static void
parameters(struct buf *b, const struct doc *d)
{
	buf_key(b, "parameters");
	buf_addc(b, '[');
	for (const char *p = d->path; (p = strchr(p, '{')); p++)
		parameter(b, p + 1, strcspn(p + 1, "}"), "path", true);
	for (const char *q = d->query; *q; q += strspn(q, "! ")) {
		size_t n = strcspn(q, "! ");

		parameter(b, q, n, "query", q[n] == '!');
		q += n;
	}
	if (strstr(d->path, "context"))
		parameter(b, "X-AVR-UUID", 10, "header", false);
	buf_addc(b, ']');
}

static void
answer(struct buf *b, const char *status, size_t len)
{
	bool good = *status == '2';

	buf_adds(b, b->p[b->len - 1] == '{' ? "" : ",");
	buf_json(b, status, len);
	buf_printf(b, ":{\"description\":\"%s\"", good ? "done" : "a problem (RFC 9457)");
	if (!good)
		buf_adds(b,
		    ",\"content\":{\"application/problem+json\":{\"schema\":"
		    "{\"$ref\":\"#/components/schemas/problem\"}}}");
	buf_addc(b, '}');
}

static void
answers(struct buf *b, const struct doc *d, enum route_auth auth)
{
	buf_key(b, "responses");
	buf_addc(b, '{');
	answer(b, "200", 3);
	for (const char *s = d->answers; *s; s += strspn(s, " ")) {
		answer(b, s, strcspn(s, " "));
		s += strcspn(s, " ");
	}
	if (auth != AUTH_NONE)
		answer(b, "401", 3);
	if (auth == AUTH_OPERATOR)
		answer(b, "403", 3);
	if (d->body) {
		answer(b, "413", 3);
		answer(b, "422", 3);
	}
	answer(b, "default", 7);
	buf_addc(b, '}');
}

static void
request_body(struct buf *b, const struct doc *d)
{
	if (*d->body != 't') {
		buf_printf(b,
		    ",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":"
		    "{\"type\":\"object\",\"properties\":{%s}%s%s%s}}}}",
		    d->body, *d->need ? ",\"required\":[" : "", d->need, *d->need ? "]" : "");
		return;
	}
	buf_adds(b, ",\"requestBody\":{\"required\":true,\"content\":{");
	for (const char *t = d->body; *t; t += strcspn(t, " "), t += strspn(t, " ")) {
		buf_adds(b, t == d->body ? "" : ",");
		buf_json(b, t, strcspn(t, " "));
		buf_adds(b, ":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}");
	}
	buf_adds(b, "}}");
}

static void
operation(struct buf *b, const struct doc *d, const struct route *r)
{
	static const char *const scheme[] = {
	    "[]", "[{\"secret\":[]}]", "[{\"token\":[]}]", "[{\"token\":[]}]"};

	buf_key(b, method_key(d->method));
	buf_addc(b, '{');
	buf_member(b, "summary", d->summary);
	if (r->auth == AUTH_VIEWER || r->auth == AUTH_OPERATOR)
		buf_member(b, "x-role", r->auth == AUTH_VIEWER ? "viewer" : "operator");
	buf_key(b, "security");
	buf_adds(b, scheme[r->auth]);
	parameters(b, d);
	if (d->body)
		request_body(b, d);
	answers(b, d, r->auth);
	buf_addc(b, '}');
}

static const struct route *
route_of(const struct doc *d, const struct route *route, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(route[i].path, d->path) == 0 && route[i].methods & d->method)
			return &route[i];
	return NULL;
}

void
openapi_write(struct buf *b, const struct route *route, size_t routes)
{
	const char *path = "";

	buf_adds(b,
	    "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"outreach\",\"version\":\"" OUTREACH_VERSION
	    "\"},\"paths\":{");
	for (size_t i = 0; i < COUNT(docs); i++) {
		const struct route *r = route_of(&docs[i], route, routes);

		if (!r)
			continue;
		if (strcmp(path, docs[i].path) != 0) {
			buf_adds(b, *path ? "}" : "");
			path = docs[i].path;
			buf_key(b, path);
			buf_addc(b, '{');
		}
		operation(b, &docs[i], r);
	}
	buf_adds(b, *path ? "}}" : "}");
	buf_adds(b,
	    ",\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
	    "\"secret\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-AVR-WEBHOOK-SECRET\"}},"
	    "\"schemas\":{\"problem\":{\"type\":\"object\",\"required\":[\"title\",\"status\"],\"properties\":"
	    "{\"type\":" TEXT ",\"title\":" TEXT ",\"status\":" INTEGER ",\"detail\":" TEXT
	    "}}}}}\n");
}

void
openapi_get(struct request *r)
{
	openapi_write(&r->out, web_routes, web_route_count);
	request_json(r, 200);
}
