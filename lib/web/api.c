/*
 * api: whatever a request says besides its path is known here by name, or
 * refused by name.
 */
#include <string.h>

#include "api.h"
#include "json.h"
#include "num.h"
#include "phone.h"

/* ---- what was asked ----------------------------------------------------------------- */

int
api_text(struct request *r, int i, struct buf *text)
{
	if (route_text(r->param[i], text) == 0)
		return 0;
	request_problem(r, 404, "there is nothing under this path");
	return -1;
}

int
api_id(struct request *r, int i, int64_t *id)
{
	struct buf text = {0};
	struct fault f;
	int rc = route_text(r->param[i], &text);

	if (rc == 0)
		rc = num_parse("id", text.p, 1, INT64_MAX, id, &f);
	buf_release(&text);
	if (rc < 0)
		request_problem(r, 404, "there is nothing under this path: an id is a number");
	return rc;
}

static int
api_uuid(struct request *r, int i, struct uuid *id)
{
	if (uuid_parse(r->param[i].p, r->param[i].len, id) == 0)
		return 0;
	request_problem(r, 404, "there is nothing under this path: a call's id is a UUID");
	return -1;
}

int
api_known(struct request *r, const char *const *keys)
{
	struct slice q = r->query;

	for (size_t at = 0, n; at < q.len; at += n + 1) {
		const char *end = memchr(q.p + at, '&', q.len - at);
		const char *equals;
		struct slice key = {q.p + at, 0};
		size_t i = 0;

		n = end ? (size_t)(end - q.p) - at : q.len - at;
		equals = memchr(key.p, '=', n);
		key.len = equals ? (size_t)(equals - key.p) : n;
		while (keys[i] && !slice_is(key, keys[i]))
			i++;
		if (n && !keys[i]) {
			request_problem(r, 400, "the query knows no key \"%.*s\" here",
			    fault_shown(key.p, key.len), key.p);
			return -1;
		}
	}
	return 0;
}

int
api_query(struct request *r, const char *key, struct buf *text)
{
	struct slice raw;

	buf_reset(text);
	if (!route_query(r->query, key, &raw))
		return 0;
	if (route_text(raw, text) == 0)
		return 1;
	request_problem(r, 400, "%s is not text", key);
	return -1;
}

int
api_query_int(struct request *r, const char *key, int64_t min, int64_t max, int64_t *value)
{
	struct buf text = {0};
	struct fault f;
	int got = api_query(r, key, &text);

	if (got > 0 && num_parse(key, text.p, min, max, value, &f) < 0) {
		request_problem(r, 400, "%s", f.text);
		got = -1;
	}
	buf_release(&text);
	return got < 0 ? -1 : 0;
}

int
api_region(struct request *r, struct buf *text, const char **region)
{
	const struct web *w = r->web;
	int got = api_query(r, "region", text);

	*region = got > 0 ? text->p : w->o.settings->region;
	if (got <= 0 || phone_region_known(text->p))
		return got < 0 ? -1 : 0;
	request_problem(r, 400, "region: \"%.20s\" is no region such as IN or GB", text->p);
	return -1;
}

int
api_page(struct request *r, int64_t *after, int64_t *limit, int64_t most)
{
	*after = 0;
	*limit = most < API_PAGE ? most : API_PAGE;
	if (api_query_int(r, "after", 0, INT64_MAX, after) < 0)
		return -1;
	return api_query_int(r, "limit", 1, most, limit);
}

json_t *
api_body(struct request *r, const char *const *keys)
{
	struct fault f;
	const char *key;
	json_t *v,
	    *body = r->body.len ? json_read("body", r->body.p, r->body.len, &f) : json_object();

	if (!body) {
		request_problem(r, 400, "%s", f.text);
		return NULL;
	}
	if (!json_is_object(body)) {
		request_problem(r, 400, "the body must be one JSON object");
		json_decref(body);
		return NULL;
	}
	json_object_foreach(body, key, v)
	{
		size_t i = 0;

		while (keys && keys[i] && strcmp(keys[i], key) != 0)
			i++;
		if (keys && !keys[i]) {
			request_problem(r, 422, "the body knows no key \"%.*s\" here",
			    fault_shown(key, strlen(key)), key);
			json_decref(body);
			return NULL;
		}
	}
	return body;
}

int
api_campaign(struct request *r, struct campaign *c, struct fault *f)
{
	struct web *w = r->web;
	struct buf name = {0};
	int got = 0;

	if (api_text(r, 0, &name) == 0) {
		got = campaigns_get(w->db, name.p, c, f);
		if (got == 0)
			request_problem(r, 404, "there is no campaign %.*s",
			    fault_shown(name.p, name.len), name.p);
	}
	buf_release(&name);
	return got;
}

int
api_person(struct request *r, struct person *p, struct fault *f)
{
	struct web *w = r->web;
	int64_t id;
	int got;

	if (api_id(r, 0, &id) < 0)
		return 0;
	got = people_get(w->db, id, p, f);
	if (got == 0)
		request_problem(r, 404, "there is no contact %lld", (long long)id);
	return got;
}

int
api_call(struct request *r, struct order *o, struct fault *f)
{
	struct web *w = r->web;
	struct uuid id;
	int got;

	if (api_uuid(r, 0, &id) < 0)
		return 0;
	got = calls_order(w->db, &id, o, f);
	if (got > 0 && !o->open)
		got = 0;
	if (got == 0)
		request_problem(r, 404, "there is no such call");
	return got;
}

/* ---- lists --------------------------------------------------------------------------- */

void
api_list(struct request *r)
{
	buf_reset(&r->out);
	buf_adds(&r->out, "{\"items\":[");
}

void
api_item(struct request *r)
{
	if (r->out.len && r->out.p[r->out.len - 1] == '\n')
		r->out.len--;
	buf_addc(&r->out, ',');
}

void
api_list_end(struct request *r, const char *next)
{
	if (r->out.p[r->out.len - 1] == ',')
		r->out.len--;
	buf_printf(&r->out, "],\"next\":%s}\n", next ? next : "null");
	request_json(r, 200);
}
