/*
 * sheet_record: NDJSON records to persons. Values keep their JSON types as
 * attributes; our own contact records come back as the people they were.
 */
#include <string.h>

#include "json.h"
#include "mem.h"
#include "num.h"
#include "scan.h"
#include "sheet_parts.h"

struct record {
	struct reading r;
	const struct rec *rec;
	bool ours, has_id, failed;
};

static int
wrong_type(struct reading *r, const char *field, const char *wanted)
{
	fault(r->f, DATAERR, "%s must be %s", field, wanted);
	r->why->field = field;
	return sheet_refuse(r, "type");
}

/* The text of a JSON string, of an integer too where that is meant. */
static int
text_of(struct reading *r, enum role role, struct slice *v)
{
	struct sheet *s = r->s;
	bool integer = v->len && v->p[0] != '"' && v->p[0] != '{' && v->p[0] != '[' &&
	    v->p[0] != 't' && v->p[0] != 'f' && !memchr(v->p, '.', v->len) &&
	    !memchr(v->p, 'e', v->len) && !memchr(v->p, 'E', v->len);
	size_t at = s->text.len;

	if ((role == ROLE_ID || role == ROLE_PRIORITY || sheet_is_wish(role)) && integer)
		return 0;
	if (sheet_is_wish(role) && (v->p[0] == 't' || v->p[0] == 'f'))
		return 0;
	if (v->p[0] != '"')
		return wrong_type(r, role == ROLE_SOURCE ? "source" : sheet_role_name[role],
		    role == ROLE_PRIORITY                    ? "a whole number"
			: sheet_is_wish(role)                ? "true or false"
			: role == ROLE_ID                    ? "text or a whole number"
			: role >= ROLE_PHONE && role < ROLES ? "text, such as \"+14155550123\""
							     : "text");
	*v = (struct slice){v->p + 1, v->len - 2};
	if (memchr(v->p, '\\', v->len)) {
		scan_unescape(&s->text, *v);
		*v = (struct slice){s->text.p + at, s->text.len - at};
	}
	return 0;
}

/* Escapes of control characters in a whole JSON value, in which they may stand for text nowhere. */
static bool
hides_control(const struct buf *json)
{
	for (const char *p = json->p; (p = strchr(p, '\\')); p += 2)
		if (p[1] == 'b' || p[1] == 'f' || (p[1] == 'u' && !strncmp(p + 2, "00", 2)))
			return true;
	return text_control(json->p, json->len) >= 0;
}

static int
nested_attribute(struct reading *r, const struct column *c, struct slice v)
{
	struct buf *b = &r->s->scratch;
	json_t *tree = json_read(c->name, v.p, v.len, r->f);

	buf_reset(b);
	if (!tree)
		return sheet_refuse(r, "type");
	json_write(b, tree);
	json_decref(tree);
	if (b->len > CONTACT_TEXT_MAX || hides_control(b)) {
		fault(r->f, DATAERR, "%s %s", c->name,
		    b->len > CONTACT_TEXT_MAX ? "is too long" : "holds a control character");
		return sheet_refuse(r, b->len > CONTACT_TEXT_MAX ? "long" : "control");
	}
	sheet_heed(r, c->name, (struct slice){b->p, b->len});
	buf_add(&r->s->attributes, c->key.p, c->key.len);
	buf_add(&r->s->attributes, b->p, b->len);
	return 0;
}

static void
add_span(struct sheet *s, size_t at)
{
	if (s->spans == s->spans_cap) {
		s->spans_cap = s->spans_cap ? s->spans_cap * 2 : 32;
		s->span = xrealloc(s->span, s->spans_cap, sizeof *s->span);
	}
	s->span[s->spans++] = (struct span){at, s->attributes.len - at};
}

static int
record_attribute(struct reading *r, const char *name, struct slice v)
{
	struct column c = {.name = (char *)name};
	size_t at = r->s->attributes.len;
	int rc;

	buf_addc(&c.key, ',');
	buf_json(&c.key, name, strlen(name));
	buf_addc(&c.key, ':');
	r->why->field = name;
	r->why->value = v;
	if (v.p[0] == '{' || v.p[0] == '[') {
		rc = nested_attribute(r, &c, v);
	} else if (v.p[0] != '"') {
		buf_add(&r->s->attributes, c.key.p, c.key.len);
		buf_add(&r->s->attributes, v.p, v.len);
		rc = 0;
	} else if ((rc = text_of(r, ROLE_ATTRIBUTE, &v)) == 0 && v.len) {
		rc = sheet_take_attribute(r, &c, v);
	}
	buf_release(&c.key);
	if (r->s->attributes.len > at)
		add_span(r->s, at);
	return rc;
}

static int
compare_spans(const void *x, const void *y, void *text)
{
	const struct span *a = x, *b = y;
	const char *p = text;
	int c = memcmp(p + a->at, p + b->at, a->len < b->len ? a->len : b->len);

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* Length of ,"name": at the start of a span. */
static size_t
name_length(const char *p)
{
	size_t n = 2;

	while (p[n] != '"')
		n += p[n] == '\\' ? 2 : 1;
	return n + 1;
}

/* Puts the attributes of a record into the order of their names. */
static int
order_spans(struct reading *r)
{
	struct sheet *s = r->s;
	struct buf *b = &s->scratch;

	qsort_r(s->span, s->spans, sizeof *s->span, compare_spans, s->attributes.p);
	buf_reset(b);
	for (size_t i = 0; i < s->spans; i++) {
		const char *p = s->attributes.p + s->span[i].at, *last;
		size_t n = name_length(p);

		last = i ? s->attributes.p + s->span[i - 1].at : NULL;
		if (last && n == name_length(last) && !memcmp(p, last, n)) {
			fault(r->f, DATAERR, "two fields of the record are called %.*s",
			    (int)n - 1, p + 1);
			return sheet_refuse(r, "fields");
		}
		buf_add(b, p, s->span[i].len);
	}
	buf_reset(&s->attributes);
	buf_add(&s->attributes, b->p, b->len);
	return 0;
}

static enum role
record_meaning(const struct record *x, struct slice name)
{
	static const char *const ignored[] = {"type", "v", "id", "status", "dry_run", NULL};
	enum role role;

	if (!x->ours)
		return sheet_meaning(x->r.s, name);
	if (slice_is(name, "key"))
		return sheet_is_mapped(x->r.s, ROLE_ID) ? ROLE_ATTRIBUTE : ROLE_ID;
	if (slice_is(name, "source"))
		return ROLE_SOURCE;
	if (slice_is(name, "attributes"))
		return ROLE_NESTED;
	role = sheet_meaning(x->r.s, name);
	for (int i = 0; ignored[i]; i++)
		if (slice_is(name, ignored[i]))
			return ROLE_IGNORED;
	return role;
}

static void nested_member(void *arg, const struct rec_member *m);

static int
put_member(struct record *x, struct slice name, enum role role, struct slice v)
{
	struct reading *r = &x->r;

	if (role == ROLE_IGNORED || v.p[0] == 'n')
		return 0;
	if (role == ROLE_NESTED && v.p[0] != '{')
		return wrong_type(r, "attributes", "an object");
	if (role == ROLE_NESTED) {
		json_scan(v.p, v.len, nested_member, x);
		return x->failed ? -1 : 0;
	}
	if (role == ROLE_ATTRIBUTE) {
		r->why->field = "name of a field";
		if (sheet_check_text(r, r->why->field, name, CONTACT_NAME_MAX, false) < 0)
			return -1;
		sheet_note_wish(r->s, name);
		return record_attribute(r, sheet_keep(r->s, name), v);
	}
	if (role < ROLES && !sheet_is_wish(role) && r->seen & (uint32_t)1 << role) {
		fault(r->f, DATAERR, "two fields of the record are the %s",
		    sheet_role_name[role]);
		r->why->field = sheet_role_name[role];
		return sheet_refuse(r, "fields");
	}
	r->seen |= role < ROLES && role != ROLE_ALLOWED ? (uint32_t)1 << role : 0;
	r->s->wishes |= sheet_is_wish(role);
	if (text_of(r, role, &v) < 0)
		return -1;
	return v.len ? sheet_take(r, role, v) : 0;
}

static struct slice
plain_key(struct sheet *s, const struct rec_member *m)
{
	size_t at = s->text.len;

	if (!m->escaped)
		return m->key;
	scan_unescape(&s->text, m->key);
	return (struct slice){s->text.p + at, s->text.len - at};
}

static void
nested_member(void *arg, const struct rec_member *m)
{
	struct record *x = arg;

	if (x->failed)
		return;
	x->r.why->column = (size_t)(m->value.p - x->rec->p) + 1;
	x->failed = put_member(x, plain_key(x->r.s, m), ROLE_ATTRIBUTE, m->value) < 0;
}

int
sheet_record(struct sheet *s, const struct rec *rec, struct person *p, struct sheet_why *why,
    struct fault *f)
{
	struct record x = {.r = {.s = s, .p = p, .why = why, .f = f},
	    .rec = rec,
	    .ours = slice_is(rec->type, "contact"),
	    .has_id = sheet_is_mapped(s, ROLE_ID)};

	/* Each text at most twice (its escapes resolved, and kept), names likewise. */
	sheet_start(&x.r, 3 * rec->len + 64);
	s->spans = 0;
	for (size_t i = 0; i < rec->members; i++) {
		struct slice name = plain_key(s, &rec->member[i]);
		enum role role = record_meaning(&x, name);

		x.has_id |= role == ROLE_ID;
		why->column = (size_t)(rec->member[i].value.p - rec->p) + 1;
		if (put_member(&x, name, role, rec->member[i].value) < 0)
			return -1;
	}
	if (s->spans > 1 && order_spans(&x.r) < 0)
		return -1;
	return sheet_finish(&x.r, x.has_id, sheet_is_mapped(s, ROLE_ALLOWED));
}

/* ---- what somebody wrote of them -------------------------------------------------- */

struct remarked {
	struct sheet *s;
	struct buf *column, *text;
	bool found;
};

static void
look_at_attribute(void *arg, const struct rec_member *m)
{
	struct remarked *x = arg;

	if (x->found)
		return;
	buf_reset(x->column);
	buf_reset(x->text);
	scan_unescape(x->column, m->key);
	if (m->value.p[0] == '"')
		scan_unescape(x->text, (struct slice){m->value.p + 1, m->value.len - 2});
	else
		buf_add(x->text, m->value.p, m->value.len);
	x->found = x->text->len &&
	    sheet_remark(x->s, x->column->p, (struct slice){x->text->p, x->text->len});
}

bool
sheet_remark_of(struct sheet *s, const struct person *p, struct buf *column, struct buf *text)
{
	struct remarked x = {s, column, text, false};

	if (p->attributes)
		json_scan(p->attributes, strlen(p->attributes), look_at_attribute, &x);
	return x.found;
}

bool
sheet_record_refused(struct sheet *s, const struct rec *rec, struct person *p)
{
	struct sheet_why why;
	struct fault ignored;
	struct record x = {.r = {.s = s, .p = p, .why = &why, .f = &ignored},
	    .rec = rec,
	    .ours = slice_is(rec->type, "contact"),
	    .has_id = sheet_is_mapped(s, ROLE_ID)};
	bool unclear = false;

	sheet_start(&x.r, 3 * rec->len + 64);
	for (size_t i = 0; i < rec->members; i++) {
		struct slice name = plain_key(s, &rec->member[i]);
		enum role role = record_meaning(&x, name);

		x.has_id |= role == ROLE_ID;
		if ((sheet_tells_wish(role) || role == ROLE_SOURCE || role == ROLE_ATTRIBUTE ||
			role == ROLE_NESTED) &&
		    put_member(&x, name, role, rec->member[i].value) < 0)
			unclear |= sheet_is_wish(role);
	}
	unclear |=
	    sheet_is_mapped(s, ROLE_ALLOWED) && !(x.r.seen & (uint32_t)1 << ROLE_ALLOWED);
	sheet_finish_refused(&x.r, x.has_id);
	return unclear && !p->do_not_call;
}
