/*
 * api_people: contacts. A body is read as a record of an import is
 * (domain/sheet.h), with the same checks. Many at once: api_export.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "dnc.h"
#include "header.h"
#include "json.h"
#include "mem.h"
#include "report.h"
#include "sheet.h"

enum { LOOK = 300 }; /* persons a step */

/* ---- lists -------------------------------------------------------------------------- */

struct looking {
	struct request *r;
	struct buf search;
	int64_t after, limit, n, last;
	bool full;
};

static void
forget_looking(void *data)
{
	struct looking *k = data;

	buf_release(&k->search);
	free(k);
}

static int
put_person(void *arg, const struct person *p, struct fault *f)
{
	struct looking *k = arg;

	person_record(&k->r->out, p, NULL);
	api_item(k->r);
	k->last = p->id;
	k->full = ++k->n == k->limit || k->r->out.len > API_BYTES;
	return k->full ? fault(f, TEMPFAIL, "enough") : 0;
}

static int
begin_looking(struct request *r)
{
	static const char *const keys[] = {"after", "limit", "search", NULL};
	struct looking *k = xcalloc(1, sizeof(*k));

	r->data = k;
	r->release = forget_looking;
	k->r = r;
	if (api_known(r, keys) < 0 || api_page(r, &k->after, &k->limit, API_PAGE_MAX) < 0 ||
	    api_query(r, "search", &k->search) < 0)
		return -1;
	api_list(r);
	return 0;
}

/* 1 more remains, 0 done: k->last is the last, or nobody follows. */
static int
look(struct request *r, struct fault *f)
{
	struct web *w = r->web;
	struct looking *k = r->data;
	struct people_query q = {.wheres = 0};
	int64_t left;

	if (!k)
		return begin_looking(r) < 0 ? 0 : 1;
	if (k->search.len)
		q.search = k->search.p;
	left = k->limit - k->n;
	if (people_page(w->db, &q, &k->after, (int)(left < LOOK && !q.search ? left : LOOK),
		put_person, k, f) < 0 &&
	    !k->full)
		return -1;
	return !k->full && k->after != INT64_MAX;
}

int
person_list(struct request *r, struct fault *f)
{
	const struct looking *k;
	char next[24];
	int more = look(r, f);

	if (more != 0 || r->status)
		return more;
	k = r->data;
	snprintf(next, sizeof(next), "%lld", (long long)k->last);
	api_list_end(r, k->full ? next : NULL);
	return 0;
}

/* ---- one ----------------------------------------------------------------------------- */

int
person_show(struct request *r, struct fault *f)
{
	struct person p;
	int got = api_person(r, &p, f);

	if (got <= 0)
		return got;
	person_record(&r->out, &p, NULL);
	request_json(r, 200);
	return 0;
}

int
person_delete(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"forget", NULL};
	struct web *w = r->web;
	struct person p;
	int64_t forget = 0, id;
	int got;

	if (api_known(r, keys) < 0 || api_query_int(r, "forget", 1, 1, &forget) < 0)
		return 0;
	if ((got = api_person(r, &p, f)) <= 0)
		return got;
	id = p.id;
	if (db_begin(w->db, f) < 0)
		return -1;
	if ((forget ? people_forget(w->db, id, f) : people_delete(w->db, id, f)) < 0 ||
	    db_commit(w->db, f) < 0) {
		db_rollback(w->db);
		if (f->code == DATAERR) /* in a campaign: its history stays */
			f->code = REFUSED;
		return -1;
	}
	buf_printf(&r->out, "{\"id\":%lld,\"%s\":true}\n", (long long)id,
	    forget ? "forgotten" : "deleted");
	request_json(r, 200);
	return 0;
}

/* ---- what is written ---------------------------------------------------------------- */

/* The fields of a person that a body may have. */
static const char *const fields[] = {"source", "key", "do_not_call", "name", "phone", "phone2",
    "phone3", "phone4", "phone5", "phone6", "phone7", "phone8", "timezone", "language",
    "priority", "attributes", NULL};

static int
check_zone(void *arg, const char *name, struct fault *f)
{
	return report_zone(arg, name, f) ? 0 : -1;
}

struct reading {
	struct sheet_rules rules; /* region is set before */
	bool ignore_wishes;       /* an attribute that looks like one is none */
	struct sheet *sheet;
	struct ndjson index;
	struct buf text, region;
	struct person person; /* borrowed from sheet */
};

/* What a query may say of how a person is read; -1 answered. */
static int
reading_asked(struct request *r, struct reading *k)
{
	int64_t ignore = 0;
	int rc = api_region(r, &k->region, &k->rules.region);

	if (rc == 0)
		rc = api_query_int(r, "ignore_wishes", 0, 1, &ignore);
	k->ignore_wishes = ignore != 0;
	return rc;
}

/* A wish among the attributes is heard, or who sends it says that it is none. */
static int
hear(json_t *body, bool ignore, struct fault *f)
{
	json_t *among = json_object_get(body, "attributes"),
	       *wish = json_object_get(among, "do_not_call"), *v;
	const char *key;

	if (ignore)
		return 0;
	if (wish && !json_is_null(wish) && !json_object_get(body, "do_not_call")) {
		json_object_set(body, "do_not_call", wish);
		json_object_del(among, "do_not_call");
	}
	json_object_foreach(among, key, v)
	{
		if (!json_is_null(v) && header_wish(slice(key)))
			return fault(f, DATAERR,
			    "attribute \"%s\" looks as if it said who must not be called: send it as do_not_call beside the attributes, or ask with ignore_wishes=1 if it is no more than an attribute",
			    key);
	}
	return 0;
}

/* The object as a person. 0, or -1. */
static int
read_person(struct request *r, struct reading *k, json_t *body, struct fault *f)
{
	struct web *w = r->web;
	struct sheet_why why;
	struct rec rec = {.line = 1, .file = "body"};

	k->rules.source = "api";
	k->rules.zone = check_zone;
	k->rules.arg = w->db;
	json_object_set_new(body, "type", json_string("contact"));
	json_object_set_new(body, "v", json_integer(1));
	json_write(&k->text, body);
	rec.p = k->text.p;
	rec.len = k->text.len;
	ndjson_init(&k->index, -1, "body");
	if (!(k->sheet = sheet_new(&k->rules, f)) || ndjson_line(&k->index, &rec, f) < 0)
		return -1;
	return sheet_record(k->sheet, &rec, &k->person, &why, f) < 0 ? -1 : 0;
}

static void
reading_release(struct reading *k)
{
	sheet_free(k->sheet);
	ndjson_release(&k->index);
	buf_release(&k->text);
	buf_release(&k->region);
}

/* Who wishes no calls has a rule, as an import makes it (people_run.c). */
static int
obey(struct db *db, const struct person *p, struct fault *f)
{
	struct dnc d = {.kind = DNC_CONTACT, .value = p->id};

	if (!p->do_not_call)
		return 0;
	copy_text(d.source, sizeof(d.source), p->source);
	copy_text(d.reason, sizeof(d.reason), "do_not_call by HTTP");
	return dnc_put(db, &d, f) < 0 ? -1 : 0;
}

/* Inside a transaction. */
static int
put_obeyed(
    struct db *db, struct person *p, bool careful, enum people_change *change, struct fault *f)
{
	int (*const put)(struct db *, struct person *, enum people_change *, struct fault *) =
	    careful ? people_put_careful : people_put;

	if (put(db, p, change, f) < 0)
		return -1;
	return *change == PERSON_STRANGER ? 0 : obey(db, p, f);
}

/* Stores the person and answers with it; careful as an import is, whom a stored one may not become. */
static int
store_person(struct request *r, struct person *p, int status, bool careful, struct fault *f)
{
	struct web *w = r->web;
	enum people_change change;

	if (db_begin(w->db, f) < 0)
		return -1;
	if (put_obeyed(w->db, p, careful, &change, f) < 0 || db_commit(w->db, f) < 0) {
		db_rollback(w->db);
		return -1;
	}
	if (change == PERSON_STRANGER) {
		request_problem(r, 409,
		    "contact %lld would be somebody else: another name and none of its numbers (add the other one with a key of its own; the same person: replace=1)",
		    (long long)p->id);
		return 0;
	}
	buf_reset(&r->out);
	person_record(
	    &r->out, p, change == PERSON_ACCEPTED ? NULL : people_change_name(change));
	if (status == 201)
		request_add(r, "Location", "/api/v1/contacts/%lld", (long long)p->id);
	request_json(r, status);
	return 0;
}

int
api_store_person(
    struct request *r, json_t *body, const char *region, int64_t *id, struct fault *f)
{
	struct web *w = r->web;
	struct reading k = {.rules = {.region = region}};
	enum people_change change;
	struct person there;
	int got = hear(body, false, f);

	if (got == 0)
		got = read_person(r, &k, body, f);
	if (got == 0)
		got = people_find(w->db, k.person.source, k.person.key, &there, f);
	if (got > 0) {
		k.person.id = *id = there.id;
		got = there.phone[0] == k.person.phone[0]
		    ? obey(w->db, &k.person, f)
		    : fault(f, DATAERR,
			  "contact %lld of this source and key has another number",
			  (long long)there.id);
	} else if (got == 0 && (got = put_obeyed(w->db, &k.person, false, &change, f)) == 0) {
		*id = k.person.id;
	}
	reading_release(&k);
	return got < 0 ? -1 : 0;
}

int
person_add(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"ignore_wishes", "region", NULL};
	struct web *w = r->web;
	struct reading k = {.sheet = NULL};
	json_t *body = NULL;
	struct person there;
	int got = 0;

	if (api_known(r, keys) < 0 || reading_asked(r, &k) < 0 || !(body = api_body(r, fields)))
		goto out;
	if ((got = hear(body, k.ignore_wishes, f)) == 0)
		got = read_person(r, &k, body, f);
	if (got == 0)
		got = people_find(w->db, k.person.source, k.person.key, &there, f);
	if (got > 0) {
		request_problem(r, 409,
		    "there is a contact of this source and key: /api/v1/contacts/%lld",
		    (long long)there.id);
		got = 0;
	} else if (got == 0) {
		got = store_person(r, &k.person, 201, true, f);
	}
out:
	reading_release(&k);
	json_decref(body);
	return got;
}

/* JSON merge patch (RFC 7396): null takes away, an object is merged, all else replaces. */
static void
merge(json_t *into, json_t *patch)
{
	const char *key;
	json_t *v;

	json_object_foreach(patch, key, v)
	{
		json_t *old = json_object_get(into, key);

		if (json_is_null(v))
			json_object_del(into, key);
		else if (json_is_object(v) && json_is_object(old))
			merge(old, v);
		else
			json_object_set(into, key, v);
	}
}

int
person_change(struct request *r, struct fault *f)
{
	static const char *const keys[] = {"ignore_wishes", "region", "replace", NULL};
	struct reading k = {.sheet = NULL};
	json_t *patch = NULL, *body = NULL;
	struct buf text = {0};
	struct person p;
	int64_t replace = 0;
	int got = 0;

	if (api_known(r, keys) < 0 || api_query_int(r, "replace", 1, 1, &replace) < 0 ||
	    reading_asked(r, &k) < 0 || (got = api_person(r, &p, f)) <= 0)
		goto out;
	got = 0;
	if (!(patch = api_body(r, fields + 2))) /* not who it is */
		goto out;
	person_record(&text, &p, NULL);
	got = -1;
	if (hear(patch, k.ignore_wishes, f) == 0 &&
	    (body = json_read("contact", text.p, text.len, f))) {
		json_object_del(body, "id");
		merge(body, patch);
		got = read_person(r, &k, body, f);
	}
	/* What is written there already was heard when it came. */
	if (k.person.remark && !json_object_get(patch, "attributes"))
		k.person.do_not_call = false;
	if (got == 0)
		got = store_person(r, &k.person, 200, !replace, f);
out:
	reading_release(&k);
	json_decref(body);
	json_decref(patch);
	buf_release(&text);
	return got;
}
