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

#include "mem.h"
#include "num.h"
#include "sheet_parts.h"

const char *const sheet_role_name[ROLES + 1] = {[ROLE_ATTRIBUTE] = "",
    [ROLE_ID] = "id",
    [ROLE_NAME] = "name",
    [ROLE_TIMEZONE] = "timezone",
    [ROLE_LANGUAGE] = "language",
    [ROLE_PRIORITY] = "priority",
    [ROLE_PHONE] = "phone",
    "phone2",
    "phone3",
    "phone4",
    "phone5",
    "phone6",
    "phone7",
    "phone8",
    NULL};

enum { PRIORITY_MAX = 1000000000 };

/* ---- rules ---------------------------------------------------------------- */

static enum role
role_of(struct slice name)
{
	for (int i = ROLE_ID; i < ROLES; i++)
		if (slice_is(name, sheet_role_name[i]))
			return (enum role)i;
	return ROLE_ATTRIBUTE;
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
	if (role == ROLE_ATTRIBUTE)
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
		s->map[s->maps++] = (struct map){ROLE_ID, slice(rules->id)};
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
bool
sheet_is_mapped(const struct sheet *s, enum role role)
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
enum role
sheet_meaning(const struct sheet *s, struct slice name)
{
	enum role role = role_of(name);

	for (size_t i = 0; i < s->maps; i++)
		if (s->map[i].column.len == name.len &&
		    memcmp(s->map[i].column.p, name.p, name.len) == 0)
			return s->map[i].role;
	return role == ROLE_ID && sheet_is_mapped(s, ROLE_ID) ? ROLE_ATTRIBUTE : role;
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
	c->role = sheet_meaning(s, name);
	c->name = slice_dup(name);
	buf_addc(&c->key, ',');
	buf_json(&c->key, name.p, name.len);
	buf_addc(&c->key, ':');
	s->columns++;
	for (struct column *d = s->column; d < c; d++) {
		if (!strcmp(c->name, d->name))
			return fault(f, DATAERR, "columns %zu and %zu are both called \"%s\"",
			    (size_t)(d - s->column) + 1, s->columns, c->name);
		if (c->role != ROLE_ATTRIBUTE && c->role == d->role)
			return fault(f, DATAERR,
			    "columns \"%s\" and \"%s\" are both the %s; a field has one column",
			    d->name, c->name, sheet_role_name[c->role]);
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
			    sheet_role_name[s->map[i].role], listed(s));
	if (!has_role(s, ROLE_PHONE))
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
		if (s->column[i].role == ROLE_ATTRIBUTE)
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

int
sheet_refuse(struct reading *r, const char *code)
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
int
sheet_check_text(struct reading *r, const char *field, struct slice v, size_t max, bool lines)
{
	ptrdiff_t at;

	if (v.len > max) {
		fault(r->f, DATAERR, "%s is %zu bytes long, more than %zu", field, v.len, max);
		return sheet_refuse(r, "long");
	}
	if (is_plain(v.p, v.len))
		return 0;
	if ((at = utf8_bad(v.p, v.len)) >= 0) {
		fault(r->f, DATAERR,
		    "%s is not valid UTF-8 at its byte %td (--encoding NAME reads other encodings)",
		    field, at + 1);
		return sheet_refuse(r, "utf8");
	}
	if ((at = control_in(v.p, v.len, lines)) >= 0) {
		unsigned char c = (unsigned char)v.p[at];
		fault(r->f, DATAERR, "%s holds %s at its byte %td", field,
		    c ? "a control character" : "a NUL byte", at + 1);
		return sheet_refuse(r, "control");
	}
	return 0;
}

const char *
sheet_keep(struct sheet *s, struct slice v)
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

	r->p->timezone = name = sheet_keep(s, v);
	for (size_t i = 0; i < SHEET_ZONES && i < s->zones; i++)
		if (!strcmp(s->zone[i], name))
			return 0;
	if (s->rules.zone(s->rules.arg, name, r->f) < 0) {
		if (r->f->code == DATAERR)
			fault_in(r->f, "timezone");
		return sheet_refuse(r, "timezone");
	}
	copy_text(s->zone[s->zones % SHEET_ZONES], sizeof s->zone[0], name);
	s->zones++;
	return 0;
}

static int
take_phone(struct reading *r, enum role role, struct slice v)
{
	if (phone_check(v.p, v.len, r->f) < 0) {
		if (role != ROLE_PHONE)
			fault_in(r->f, "%s", sheet_role_name[role]);
		return sheet_refuse(r, "phone");
	}
	r->phone[role - ROLE_PHONE] = phone_key(sheet_keep(r->s, v));
	return 0;
}

static int
take_priority(struct reading *r, struct slice v)
{
	const char *text = sheet_keep(r->s, v);

	if (num_parse("priority", text, -PRIORITY_MAX, PRIORITY_MAX, &r->p->priority, r->f) < 0)
		return sheet_refuse(r, "priority");
	return 0;
}

/* One value that is not empty and belongs to a known field. */
int
sheet_take(struct reading *r, enum role role, struct slice v)
{
	r->why->field = role == ROLE_SOURCE ? "source" : sheet_role_name[role];
	r->why->value = v;
	if (sheet_check_text(r, r->why->field, v, CONTACT_NAME_MAX, false) < 0)
		return -1;
	if (role >= ROLE_PHONE && role < ROLES)
		return take_phone(r, role, v);
	switch (role) {
	case ROLE_ID: r->p->key = sheet_keep(r->s, v); return 0;
	case ROLE_NAME: r->p->name = sheet_keep(r->s, v); return 0;
	case ROLE_SOURCE: r->source = sheet_keep(r->s, v); return 0;
	case ROLE_TIMEZONE: return take_zone(r, v);
	case ROLE_PRIORITY: return take_priority(r, v);
	default: break;
	}
	if (language_check(v.p, v.len, r->f) < 0)
		return sheet_refuse(r, "language");
	r->p->language = sheet_keep(r->s, v);
	return 0;
}

int
sheet_take_attribute(struct reading *r, const struct column *c, struct slice v)
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
	if (sheet_check_text(r, c->name, v, CONTACT_TEXT_MAX, true) < 0)
		return -1;
	buf_json(b, v.p, v.len);
	return 0;
}

/* ---- a person ---------------------------------------------------------------- */

void
sheet_start(struct reading *r, size_t room)
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
int
sheet_finish(struct reading *r, bool has_id)
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
		return sheet_refuse(r, "missing");
	}
	if (has_id && !p->key) {
		r->why->field = "id";
		fault(r->f, DATAERR, "id is empty");
		return sheet_refuse(r, "missing");
	}
	if (!p->key)
		p->key = sheet_keep(s, slice(phone_text(p->phone[0], number)));
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
	return sheet_refuse(r, "fields");
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
	sheet_start(&r, room);
	if (n != s->columns)
		return count_differs(&r, n);
	for (size_t i = 0; i < n; i++) {
		enum role role = s->column[i].role;

		has_id |= role == ROLE_ID;
		if (role == ROLE_ATTRIBUTE || !field[i].len)
			continue;
		why->column = i + 1;
		if (sheet_take(&r, role, field[i]) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->ordered; i++) {
		size_t j = s->order[i];

		why->column = j + 1;
		if (field[j].len && sheet_take_attribute(&r, &s->column[j], field[j]) < 0)
			return -1;
	}
	return sheet_finish(&r, has_id);
}
