/*
 * sheet: header names to fields, cells to a person. The texts of a row are
 * built into one buffer that is large enough from the start, so that pointers
 * into it hold.
 */
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "json.h"
#include "mem.h"
#include "num.h"
#include "scan.h"
#include "sheet.h"
#include "word.h"

enum role {
	ATTRIBUTE,
	ID,
	NAME,
	TIMEZONE,
	LANGUAGE,
	PRIORITY,
	PHONE, /* PHONE + 1 is phone2 */
	ROLES = PHONE + CONTACT_PHONES,
	SOURCE, /* of a contact record */
	NESTED, /* its attributes */
	IGNORED
};

static const char *const role_name[ROLES + 1] = {[ATTRIBUTE] = "",
    [ID] = "id",
    [NAME] = "name",
    [TIMEZONE] = "timezone",
    [LANGUAGE] = "language",
    [PRIORITY] = "priority",
    [PHONE] = "phone",
    "phone2",
    "phone3",
    "phone4",
    "phone5",
    "phone6",
    "phone7",
    "phone8",
    NULL};

enum { ZONES = 16, PRIORITY_MAX = 1000000000 };

struct column {
	enum role role;
	char *name;
	struct buf key; /* ,"name": of an attribute */
};

struct map {
	enum role role;
	struct slice column;
};

/* ,"name":value in the buffer of attributes. */
struct span {
	size_t at, len;
};

struct sheet {
	struct sheet_rules rules;
	struct map map[SHEET_MAPS + 1];
	size_t maps;
	struct column *column;
	size_t columns;
	size_t *order; /* attribute columns by name: their order in a sheet means nothing */
	size_t ordered;
	struct span *span; /* attributes of a record */
	size_t spans, spans_cap;
	struct buf text, attributes, scratch;
	char zone[ZONES][72]; /* those that exist, found lately */
	size_t zones;
};

/* One row that is being read. */
struct reading {
	struct sheet *s;
	struct person *p;
	struct sheet_why *why;
	struct fault *f;
	int64_t phone[CONTACT_PHONES];
	uint32_t seen; /* a bit for each role */
	const char *source;
};

/* ---- rules ---------------------------------------------------------------- */

static enum role
role_of(struct slice name)
{
	for (int i = ID; i < ROLES; i++)
		if (slice_is(name, role_name[i]))
			return (enum role)i;
	return ATTRIBUTE;
}

static int
add_map(struct sheet *s, const char *text, struct fault *f)
{
	const char *equals = strchr(text, '=');
	struct slice field = {text, equals ? (size_t)(equals - text) : 0};
	enum role role = role_of(field);

	if (!equals || !field.len || !equals[1])
		return fault(
		    f, USAGE, "--map %s: write it as field=column, such as phone=Mobile", text);
	if (role == ATTRIBUTE)
		return fault(f, USAGE,
		    "--map %s: there is no field \"%.*s\" (id, name, phone, phone2 to phone%d, timezone, language, priority)",
		    text, (int)field.len, field.p, CONTACT_PHONES);
	s->map[s->maps++] = (struct map){role, {equals + 1, strlen(equals + 1)}};
	return 0;
}

struct sheet *
sheet_new(const struct sheet_rules *rules, struct fault *f)
{
	struct sheet *s = xcalloc(1, sizeof *s);

	s->rules = *rules;
	if (rules->maps > SHEET_MAPS) {
		fault(f, USAGE, "--map is given more than %d times", SHEET_MAPS);
		goto bad;
	}
	for (size_t i = 0; i < rules->maps; i++)
		if (add_map(s, rules->map[i], f) < 0)
			goto bad;
	if (rules->id)
		s->map[s->maps++] = (struct map){ID, slice(rules->id)};
	return s;
bad:
	sheet_free(s);
	return NULL;
}

static void
drop_columns(struct sheet *s)
{
	for (size_t i = 0; i < s->columns; i++) {
		free(s->column[i].name);
		buf_release(&s->column[i].key);
	}
	free(s->column);
	free(s->order);
	s->column = NULL;
	s->order = NULL;
	s->ordered = 0;
	s->columns = 0;
}

void
sheet_free(struct sheet *s)
{
	if (!s)
		return;
	drop_columns(s);
	buf_release(&s->text);
	buf_release(&s->attributes);
	buf_release(&s->scratch);
	free(s->span);
	free(s);
}

/* Whether the rules name a column for this role. */
static bool
is_mapped(const struct sheet *s, enum role role)
{
	for (size_t i = 0; i < s->maps; i++)
		if (s->map[i].role == role)
			return true;
	return false;
}

/*
 * A mapped column is what the map says. Else the exact names hold; but where --id names another
 * column, one called id is like any other.
 */
static enum role
meaning(const struct sheet *s, struct slice name)
{
	enum role role = role_of(name);

	for (size_t i = 0; i < s->maps; i++)
		if (s->map[i].column.len == name.len &&
		    memcmp(s->map[i].column.p, name.p, name.len) == 0)
			return s->map[i].role;
	return role == ID && is_mapped(s, ID) ? ATTRIBUTE : role;
}

/* ---- the header -------------------------------------------------------------- */

/* The columns that there are, for messages. */
static const char *
listed(struct sheet *s)
{
	struct buf *b = &s->scratch;

	buf_reset(b);
	for (size_t i = 0; i < s->columns && b->len < 400; i++)
		buf_printf(b, "%s%s", i ? ", " : "", s->column[i].name);
	if (b->len >= 400)
		buf_adds(b, ", ...");
	return b->len ? b->p : "none";
}

static int
check_name(const struct slice name, size_t column, struct fault *f)
{
	if (!name.len)
		return fault(
		    f, DATAERR, "column %zu has no name; give it one in the header", column);
	if (utf8_bad(name.p, name.len) >= 0)
		return fault(f, DATAERR,
		    "the header is not valid UTF-8 (--encoding NAME reads other encodings, such as windows-1252 or UTF-16)");
	if (text_control(name.p, name.len) >= 0)
		return fault(f, DATAERR,
		    "the name of column %zu holds a control character (is this a sheet of text?)",
		    column);
	if (name.len > CONTACT_NAME_MAX)
		return fault(f, DATAERR, "the name of column %zu is longer than %d bytes",
		    column, CONTACT_NAME_MAX);
	return 0;
}

static int
add_column(struct sheet *s, struct slice name, struct fault *f)
{
	struct column *c = &s->column[s->columns];

	if (check_name(name, s->columns + 1, f) < 0)
		return -1;
	c->role = meaning(s, name);
	c->name = slice_dup(name);
	buf_addc(&c->key, ',');
	buf_json(&c->key, name.p, name.len);
	buf_addc(&c->key, ':');
	s->columns++;
	for (struct column *d = s->column; d < c; d++) {
		if (!strcmp(c->name, d->name))
			return fault(f, DATAERR, "columns %zu and %zu are both called \"%s\"",
			    (size_t)(d - s->column) + 1, s->columns, c->name);
		if (c->role != ATTRIBUTE && c->role == d->role)
			return fault(f, DATAERR,
			    "columns \"%s\" and \"%s\" are both the %s; a field has one column",
			    d->name, c->name, role_name[c->role]);
	}
	return 0;
}

static bool
has_role(const struct sheet *s, enum role role)
{
	for (size_t i = 0; i < s->columns; i++)
		if (s->column[i].role == role)
			return true;
	return false;
}

/* The column that is most likely the phone, for the way out. */
static const char *
likely_phone(const struct sheet *s)
{
	static const char *const words[] = {"phone", "mobile", "number", "tel", "cell", NULL};

	for (int w = 0; words[w]; w++)
		for (size_t i = 0; i < s->columns; i++)
			if (strcasestr(s->column[i].name, words[w]))
				return s->column[i].name;
	return "COLUMN";
}

static int
check_columns(struct sheet *s, struct fault *f)
{
	for (size_t i = 0; i < s->maps; i++)
		if (!has_role(s, s->map[i].role))
			return fault(f, DATAERR,
			    "there is no column \"%.*s\" for the %s (there are: %s)",
			    (int)s->map[i].column.len, s->map[i].column.p,
			    role_name[s->map[i].role], listed(s));
	if (!has_role(s, PHONE))
		return fault(f, DATAERR,
		    "no column is called \"phone\" (there are: %s); say which one it is: --map phone=%s",
		    listed(s), likely_phone(s));
	return 0;
}

static int
compare_columns(const void *x, const void *y, void *sheet)
{
	const struct sheet *s = sheet;
	const size_t *a = x, *b = y;

	return strcmp(s->column[*a].key.p, s->column[*b].key.p);
}

static void
order_attributes(struct sheet *s)
{
	s->order = xcalloc(s->columns + 1, sizeof *s->order);
	for (size_t i = 0; i < s->columns; i++)
		if (s->column[i].role == ATTRIBUTE)
			s->order[s->ordered++] = i;
	qsort_r(s->order, s->ordered, sizeof *s->order, compare_columns, s);
}

int
sheet_header(struct sheet *s, const struct slice *name, size_t n, struct fault *f)
{
	drop_columns(s);
	s->column = xcalloc(n ? n : 1, sizeof *s->column);
	for (size_t i = 0; i < n; i++)
		if (add_column(s, name[i], f) < 0)
			return -1;
	order_attributes(s);
	return check_columns(s, f);
}

/* ---- values ---------------------------------------------------------------- */

static bool
plain_word(const char *p)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t w, q, b, d;

	memcpy(&w, p, 8);
	q = w ^ ones * '"';
	b = w ^ ones * '\\';
	d = w ^ ones * 0x7f;
	return !((w | ((w - ones * 0x20) & ~w) | ((q - ones) & ~q) | ((b - ones) & ~b) |
		     ((d - ones) & ~d)) &
	    ones << 7);
}

/* Printable ASCII without what JSON escapes: needs no further look. */
static bool
is_plain(const char *p, size_t len)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
		      space = _mm_set1_epi8(0x20), del = _mm_set1_epi8(0x7f);

	for (; i + 16 <= len; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i odd =
		    _mm_or_si128(_mm_or_si128(_mm_cmplt_epi8(v, space), _mm_cmpeq_epi8(v, del)),
			_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)));
		if (_mm_movemask_epi8(odd))
			return false;
	}
#endif
	/* The rest by the last bytes again, a whole word where there is one. */
	if (len - i >= 8 && !plain_word(p + i))
		return false;
	if (len >= 8 && i < len)
		return plain_word(p + len - 8);
	for (; i < len; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			return false;
	}
	return true;
}

static int
refuse(struct reading *r, const char *code)
{
	r->why->code = code;
	return -1;
}

/* Line breaks and tabs are text in an attribute, but nowhere else. */
static ptrdiff_t
control_in(const char *p, size_t len, bool lines)
{
	ptrdiff_t at = 0, n;

	while ((n = text_control(p + at, len - (size_t)at)) >= 0) {
		at += n;
		if (!lines || (p[at] != '\n' && p[at] != '\r' && p[at] != '\t'))
			return at;
		at++;
	}
	return -1;
}

/* Valid UTF-8, no control characters, at most max bytes. */
static int
check_text(struct reading *r, const char *field, struct slice v, size_t max, bool lines)
{
	ptrdiff_t at;

	if (v.len > max) {
		fault(r->f, DATAERR, "%s is %zu bytes long, more than %zu", field, v.len, max);
		return refuse(r, "long");
	}
	if (is_plain(v.p, v.len))
		return 0;
	if ((at = utf8_bad(v.p, v.len)) >= 0) {
		fault(r->f, DATAERR,
		    "%s is not valid UTF-8 at its byte %td (--encoding NAME reads other encodings)",
		    field, at + 1);
		return refuse(r, "utf8");
	}
	if ((at = control_in(v.p, v.len, lines)) >= 0) {
		unsigned char c = (unsigned char)v.p[at];
		fault(r->f, DATAERR, "%s holds %s at its byte %td", field,
		    c ? "a control character" : "a NUL byte", at + 1);
		return refuse(r, "control");
	}
	return 0;
}

static const char *
keep(struct sheet *s, struct slice v)
{
	size_t at = s->text.len;

	buf_add(&s->text, v.p, v.len);
	buf_addc(&s->text, '\0');
	return s->text.p + at;
}

static int
take_zone(struct reading *r, struct slice v)
{
	struct sheet *s = r->s;
	const char *name;

	r->p->timezone = name = keep(s, v);
	for (size_t i = 0; i < ZONES && i < s->zones; i++)
		if (!strcmp(s->zone[i], name))
			return 0;
	if (s->rules.zone(s->rules.arg, name, r->f) < 0) {
		if (r->f->code == DATAERR)
			fault_in(r->f, "timezone");
		return refuse(r, "timezone");
	}
	copy_text(s->zone[s->zones % ZONES], sizeof s->zone[0], name);
	s->zones++;
	return 0;
}

static int
take_phone(struct reading *r, enum role role, struct slice v)
{
	if (phone_check(v.p, v.len, r->f) < 0) {
		if (role != PHONE)
			fault_in(r->f, "%s", role_name[role]);
		return refuse(r, "phone");
	}
	r->phone[role - PHONE] = phone_key(keep(r->s, v));
	return 0;
}

static int
take_priority(struct reading *r, struct slice v)
{
	const char *text = keep(r->s, v);

	if (num_parse("priority", text, -PRIORITY_MAX, PRIORITY_MAX, &r->p->priority, r->f) < 0)
		return refuse(r, "priority");
	return 0;
}

/* One value that is not empty and belongs to a known field. */
static int
take(struct reading *r, enum role role, struct slice v)
{
	r->why->field = role == SOURCE ? "source" : role_name[role];
	r->why->value = v;
	if (check_text(r, r->why->field, v, CONTACT_NAME_MAX, false) < 0)
		return -1;
	if (role >= PHONE && role < ROLES)
		return take_phone(r, role, v);
	switch (role) {
	case ID: r->p->key = keep(r->s, v); return 0;
	case NAME: r->p->name = keep(r->s, v); return 0;
	case SOURCE: r->source = keep(r->s, v); return 0;
	case TIMEZONE: return take_zone(r, v);
	case PRIORITY: return take_priority(r, v);
	default: break;
	}
	if (language_check(v.p, v.len, r->f) < 0)
		return refuse(r, "language");
	r->p->language = keep(r->s, v);
	return 0;
}

static int
take_attribute(struct reading *r, const struct column *c, struct slice v)
{
	struct buf *b = &r->s->attributes;

	buf_add(b, c->key.p, c->key.len);
	if (v.len <= CONTACT_TEXT_MAX && is_plain(v.p, v.len)) {
		buf_addc(b, '"');
		buf_add(b, v.p, v.len);
		buf_addc(b, '"');
		return 0;
	}
	r->why->field = c->name;
	r->why->value = v;
	if (check_text(r, c->name, v, CONTACT_TEXT_MAX, true) < 0)
		return -1;
	buf_json(b, v.p, v.len);
	return 0;
}

/* ---- a person ---------------------------------------------------------------- */

static void
start(struct reading *r, size_t room)
{
	buf_reset(&r->s->text);
	/* Texts, each with its NUL, and the attributes at the end. */
	buf_need(&r->s->text, room);
	buf_reset(&r->s->attributes);
	*r->p = (struct person){.priority = INT64_MIN};
	*r->why = (struct sheet_why){0};
}

static void
set_phones(struct reading *r)
{
	struct person *p = r->p;

	for (int i = 0; i < CONTACT_PHONES; i++) {
		bool twice = false;
		for (int j = 0; j < p->phones; j++)
			twice |= p->phone[j] == r->phone[i];
		if (r->phone[i] && !twice)
			p->phone[p->phones++] = r->phone[i];
	}
}

/* What must be there, and what follows from the rest. */
static int
finish(struct reading *r, bool has_id)
{
	struct sheet *s = r->s;
	struct person *p = r->p;
	char number[20];

	r->why->column = 0;
	r->why->value = (struct slice){NULL, 0};
	set_phones(r);
	if (!p->phones) {
		r->why->field = "phone";
		fault(r->f, DATAERR, "phone is missing");
		return refuse(r, "missing");
	}
	if (has_id && !p->key) {
		r->why->field = "id";
		fault(r->f, DATAERR, "id is empty");
		return refuse(r, "missing");
	}
	if (!p->key)
		p->key = keep(s, slice(phone_text(p->phone[0], number)));
	p->source = r->source && !s->rules.source_given ? r->source : s->rules.source;
	if (s->attributes.len) {
		s->attributes.p[0] = '{';
		buf_addc(&s->attributes, '}');
		p->attributes = s->attributes.p;
	}
	p->digest = person_digest(p);
	r->why->field = NULL;
	return 0;
}

static int
count_differs(struct reading *r, size_t n)
{
	fault(r->f, DATAERR,
	    "the row has %zu %s, the header %zu (a delimiter inside a value needs quotes)", n,
	    n == 1 ? "field" : "fields", r->s->columns);
	return refuse(r, "fields");
}

int
sheet_row(struct sheet *s, const struct slice *field, size_t n, struct person *p,
    struct sheet_why *why, struct fault *f)
{
	struct reading r = {.s = s, .p = p, .why = why, .f = f};
	size_t room = 64;
	bool has_id = false;

	for (size_t i = 0; i < n; i++)
		room += field[i].len + 1;
	start(&r, room);
	if (n != s->columns)
		return count_differs(&r, n);
	for (size_t i = 0; i < n; i++) {
		enum role role = s->column[i].role;

		has_id |= role == ID;
		if (role == ATTRIBUTE || !field[i].len)
			continue;
		why->column = i + 1;
		if (take(&r, role, field[i]) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->ordered; i++) {
		size_t j = s->order[i];

		why->column = j + 1;
		if (field[j].len && take_attribute(&r, &s->column[j], field[j]) < 0)
			return -1;
	}
	return finish(&r, has_id);
}

/* ---- records ---------------------------------------------------------------- */

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
	return refuse(r, "type");
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

	if ((role == ID || role == PRIORITY) && integer)
		return 0;
	if (v->p[0] != '"')
		return wrong_type(r, role == SOURCE ? "source" : role_name[role],
		    role == PRIORITY                    ? "a whole number"
			: role == ID                    ? "text or a whole number"
			: role >= PHONE && role < ROLES ? "text, such as \"+14155550123\""
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
		return refuse(r, "type");
	json_write(b, tree);
	json_decref(tree);
	if (b->len > CONTACT_TEXT_MAX || hides_control(b)) {
		fault(r->f, DATAERR, "%s %s", c->name,
		    b->len > CONTACT_TEXT_MAX ? "is too long" : "holds a control character");
		return refuse(r, b->len > CONTACT_TEXT_MAX ? "long" : "control");
	}
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
	} else if ((rc = text_of(r, ATTRIBUTE, &v)) == 0 && v.len) {
		rc = take_attribute(r, &c, v);
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
			return refuse(r, "fields");
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
		return meaning(x->r.s, name);
	if (slice_is(name, "key"))
		return is_mapped(x->r.s, ID) ? ATTRIBUTE : ID;
	if (slice_is(name, "source"))
		return SOURCE;
	if (slice_is(name, "attributes"))
		return NESTED;
	role = meaning(x->r.s, name);
	for (int i = 0; ignored[i]; i++)
		if (slice_is(name, ignored[i]))
			return IGNORED;
	return role;
}

static void nested_member(void *arg, const struct rec_member *m);

static int
put_member(struct record *x, struct slice name, enum role role, struct slice v)
{
	struct reading *r = &x->r;

	if (role == IGNORED || v.p[0] == 'n')
		return 0;
	if (role == NESTED && v.p[0] != '{')
		return wrong_type(r, "attributes", "an object");
	if (role == NESTED) {
		json_scan(v.p, v.len, nested_member, x);
		return x->failed ? -1 : 0;
	}
	if (role == ATTRIBUTE) {
		r->why->field = "name of a field";
		if (check_text(r, r->why->field, name, CONTACT_NAME_MAX, false) < 0)
			return -1;
		return record_attribute(r, keep(r->s, name), v);
	}
	if (role < ROLES && r->seen & (uint32_t)1 << role) {
		fault(r->f, DATAERR, "two fields of the record are the %s", role_name[role]);
		r->why->field = role_name[role];
		return refuse(r, "fields");
	}
	r->seen |= role < ROLES ? (uint32_t)1 << role : 0;
	if (text_of(r, role, &v) < 0)
		return -1;
	return v.len ? take(r, role, v) : 0;
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
	x->failed = put_member(x, plain_key(x->r.s, m), ATTRIBUTE, m->value) < 0;
}

int
sheet_record(struct sheet *s, const struct rec *rec, struct person *p, struct sheet_why *why,
    struct fault *f)
{
	struct record x = {.r = {.s = s, .p = p, .why = why, .f = f},
	    .rec = rec,
	    .ours = slice_is(rec->type, "contact"),
	    .has_id = is_mapped(s, ID)};

	/* Each text at most twice (its escapes resolved, and kept), names likewise. */
	start(&x.r, 3 * rec->len + 64);
	s->spans = 0;
	for (size_t i = 0; i < rec->members; i++) {
		struct slice name = plain_key(s, &rec->member[i]);
		enum role role = record_meaning(&x, name);

		x.has_id |= role == ID;
		why->column = (size_t)(rec->member[i].value.p - rec->p) + 1;
		if (put_member(&x, name, role, rec->member[i].value) < 0)
			return -1;
	}
	if (s->spans > 1 && order_spans(&x.r) < 0)
		return -1;
	return finish(&x.r, x.has_id);
}
