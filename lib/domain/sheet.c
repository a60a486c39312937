/*
 * sheet: cells to a person. The texts of a row are built into one buffer that
 * is large enough from the start, so that pointers into it hold.
 */
#include <string.h>
#include <strings.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "language.h"
#include "mem.h"
#include "num.h"
#include "sheet_parts.h"

enum { PRIORITY_MAX = 1000000000 };

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
ptrdiff_t
sheet_control(const char *p, size_t len, bool lines)
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
	if ((at = sheet_control(v.p, v.len, lines)) >= 0) {
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
	char *to;

	buf_need(&s->text, v.len + 1);
	to = s->text.p + s->text.len;
	if (v.len)
		memcpy(to, v.p, v.len);
	to[v.len] = to[v.len + 1] = '\0';
	s->text.len += v.len + 1;
	return to;
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

/* Where a number without its 0 is in doubt, what a spreadsheet took away is not guessed. */
static bool
lost_zero(struct sheet *s, const struct phone *p)
{
	if (p->bare && !s->zero)
		s->zero = phone_needs_zero(s->rules.region) ? 1 : -1;
	return p->bare && s->zero > 0;
}

static int
add_number(struct reading *r, enum role role, struct slice v)
{
	struct sheet *s = r->s;
	struct phone p;

	if (phone_read(v.p, v.len, s->rules.region, &p, r->f) < 0) {
		if (role != ROLE_PHONE)
			fault_in(r->f, "%s", sheet_role_name[role]);
		return sheet_refuse(r,
		    p.type == PHONE_EMERGENCY   ? "emergency"
			: p.type == PHONE_SHORT ? "short"
						: "phone");
	}
	if (lost_zero(s, &p)) {
		fault(r->f, DATAERR,
		    "%s \"%.*s\" has no 0 in front, which spreadsheets take away; write it as in %s, with its 0, or with its country code",
		    sheet_role_name[role], (int)(v.len < 40 ? v.len : 40), v.p,
		    s->rules.region);
		return sheet_refuse(r, "zeros");
	}
	s->number[s->numbers++] = (struct number){p.key, role - ROLE_PHONE};
	return 0;
}

static int
take_phone(struct reading *r, enum role role, struct slice v, bool plain)
{
	struct sheet *s = r->s;
	struct cell_numbers *c = &s->cell;
	const char *code;

	if (!plain) {
		buf_reset(&s->scratch);
		cell_plain(&s->scratch, v);
		v = cell_trim((struct slice){s->scratch.p, s->scratch.len});
	}
	if (cell_numbers(sheet_role_name[role], v, c, &code, r->f) < 0)
		return sheet_refuse(r, code);
	for (size_t i = 0; i < c->n; i++)
		if (add_number(r, role, c->part[i]) < 0)
			return -1;
	return 0;
}

static int
take_priority(struct reading *r, struct slice v)
{
	char plain[24];
	const char *text = cell_ungroup(v, plain, sizeof plain) ? plain : sheet_keep(r->s, v);

	if (num_parse("priority", text, -PRIORITY_MAX, PRIORITY_MAX, &r->p->priority, r->f) < 0)
		return sheet_refuse(r, "priority");
	return 0;
}

/* A text on which somebody is known again: with plain spaces only. */
static const char *
keep_plain(struct sheet *s, struct slice v, bool plain)
{
	size_t at = s->text.len;

	if (plain)
		return sheet_keep(s, v);
	cell_plain(&s->text, v);
	buf_addc(&s->text, '\0');
	return s->text.p + at;
}

static int
take_id(struct reading *r, struct slice v, bool plain)
{
	/* In one sheet with it and in the next without, the same person would be two. */
	if (*v.p == '\'') {
		fault(r->f, DATAERR,
		    "id \"%.*s\" begins with a spreadsheet's apostrophe; take it away",
		    (int)(v.len < 40 ? v.len : 40), v.p);
		return sheet_refuse(r, "apostrophe");
	}
	r->p->key = keep_plain(r->s, v, plain);
	return 0;
}

static int
take_language(struct reading *r, struct slice v)
{
	const char *named;

	if (language_check(v.p, v.len, r->f) == 0) {
		r->p->language = sheet_keep(r->s, v);
		return 0;
	}
	/* A name means one tag, so that nothing is guessed; the name itself no template would match. */
	if ((named = language_named(v.p, v.len)))
		r->p->language = sheet_keep(r->s, slice(named));
	return named ? 0 : sheet_refuse(r, "language");
}

static bool
is_any_of(const char *const *list, const char *text)
{
	while (*list && strcasecmp(*list, text))
		list++;
	return *list;
}

/*
 * Whoever reads a wish wrongly calls somebody who said no: what is not plainly one or the other is refused. A
 * cross is a yes in a column of those who said no, and nobody knows what in one of those who may be called.
 */
static int
take_wish(struct reading *r, enum role role, struct slice v)
{
	static const char *const yes[] = {"yes", "y", "true", "t", "1", "on", "ja", "j", "oui",
	    "si", "sí", "हाँ", "हां", "✓", "✔", NULL},
				 *const no[] = {"no", "n", "false", "f", "0", "off", "-",
				     "nein", "non", "नहीं", NULL};
	/* Of either column: not to be called, or to be called. */
	static const char *const stop[] = {"dnc", "dnd", "do not call", "don't call",
	    "dont call", "do not contact", "opted out", "opted-out", "opt out", "opt-out",
	    "optout", "unsubscribed", "blocked", "revoked", "withdrawn", "denied", "refused",
	    "not allowed", "never", NULL},
				 *const go[] = {"ok", "okay", "allowed", "opted in", "opted-in",
				     "opt in", "opt-in", "optin", "granted", "subscribed",
				     NULL};
	const char *text = sheet_keep(r->s, v);
	bool dnc = role == ROLE_DNC;

	if (is_any_of(dnc ? yes : no, text) || is_any_of(stop, text) ||
	    (dnc && !strcasecmp(text, "x"))) {
		r->p->do_not_call = true;
		r->p->remark = false;
	} else if (!is_any_of(dnc ? no : yes, text) && !is_any_of(go, text)) {
		fault(r->f, DATAERR, "%s \"%.*s\" is neither yes nor no; write yes, no%s",
		    sheet_role_name[role], (int)(v.len < 40 ? v.len : 40), v.p,
		    dnc ? " or nothing" : "");
		return sheet_refuse(r, sheet_role_name[role]);
	}
	return 0;
}

/* Plain E.164, as most sheets of programs have it: nothing to take apart, and no damage. */
static bool
is_e164(struct slice v)
{
	size_t i = 1;

	while (i < v.len && v.p[i] >= '0' && v.p[i] <= '9')
		i++;
	return v.len > 1 && v.len <= CONTACT_NAME_MAX && *v.p == '+' && i == v.len;
}

/* One value that is not empty and belongs to a known field. */
int
sheet_take(struct reading *r, enum role role, struct slice v)
{
	bool phone = role >= ROLE_PHONE && role < ROLES, plain;
	const char *code;

	r->seen |= role < ROLES ? (uint32_t)1 << role : 0;
	r->why->field = role == ROLE_SOURCE ? "source" : sheet_role_name[role];
	r->why->value = v;
	if (phone && is_e164(v))
		return add_number(r, role, v);
	plain = v.len <= CONTACT_NAME_MAX && is_plain(v.p, v.len);
	if (!plain && sheet_check_text(r, r->why->field, v, CONTACT_NAME_MAX, phone) < 0)
		return -1;
	if ((code = cell_damage(
		 r->why->field, v, phone || role == ROLE_ID || role == ROLE_PRIORITY, r->f)))
		return sheet_refuse(r, code);
	if (phone)
		return take_phone(r, role, v, plain);
	switch (role) {
	case ROLE_ID: return take_id(r, v, plain);
	case ROLE_NAME: r->p->name = keep_plain(r->s, v, plain); return 0;
	case ROLE_SOURCE: r->source = sheet_keep(r->s, v); return 0;
	case ROLE_TIMEZONE: return take_zone(r, v);
	case ROLE_PRIORITY: return take_priority(r, v);
	case ROLE_DNC:
	case ROLE_ALLOWED: return take_wish(r, role, v);
	default: return take_language(r, v);
	}
}

/* The member with a value that needs no escapes, in one piece. */
static void
add_plain(struct buf *b, const char *key, size_t len, struct slice v)
{
	char *to;

	buf_need(b, len + v.len + 2);
	to = b->p + b->len;
	memcpy(to, key, len);
	to[len] = '"';
	memcpy(to + len + 1, v.p, v.len);
	memcpy(to + len + 1 + v.len, "\"", 2); /* with its NUL */
	b->len += len + v.len + 2;
}

void
sheet_heed(struct reading *r, const char *column, struct slice v)
{
	if (!sheet_remark(r->s, column, v))
		return;
	r->p->remark |= !r->p->do_not_call;
	r->p->do_not_call = true;
}

int
sheet_take_attribute(struct reading *r, const struct column *c, struct slice v)
{
	struct buf *b = &r->s->attributes;
	const char *code;

	r->why->field = c->name;
	r->why->value = v;
	sheet_heed(r, c->name, v);
	if ((*v.p == '#' || *v.p == '=') && (code = cell_damage(c->name, v, false, r->f)))
		return sheet_refuse(r, code);
	if (v.len <= CONTACT_TEXT_MAX && is_plain(v.p, v.len)) {
		add_plain(b, c->key.p, c->key.len, v);
		return 0;
	}
	buf_add(b, c->key.p, c->key.len);
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
	r->s->numbers = 0;
	r->s->first = (struct slice){NULL, 0};
	*r->p = (struct person){.priority = INT64_MIN};
	*r->why = (struct sheet_why){0};
}

/* In the order of the columns, whichever was read first; one that is there twice counts once. */
int
sheet_set_phones(struct reading *r)
{
	struct sheet *s = r->s;
	struct person *p = r->p;

	for (int at = 0; at < CONTACT_PHONES; at++)
		for (size_t i = 0; i < s->numbers; i++) {
			bool twice = s->number[i].at != at;

			for (int j = 0; j < p->phones; j++)
				twice |= p->phone[j] == s->number[i].key;
			if (twice)
				continue;
			if (p->phones == CONTACT_PHONES) {
				fault(r->f, DATAERR, "the row has more than %d numbers",
				    CONTACT_PHONES);
				r->why->field = "phone";
				return sheet_refuse(r, "several");
			}
			p->phone[p->phones++] = s->number[i].key;
		}
	return 0;
}

static int
no_number(struct reading *r)
{
	r->why->field = "phone";
	if (cell_footer(r->s->first)) {
		fault(r->f, DATAERR,
		    "the row looks like the end of a sheet (\"%.*s\"), not like a person; take it away",
		    (int)(r->s->first.len < 40 ? r->s->first.len : 40), r->s->first.p);
		return sheet_refuse(r, "footer");
	}
	fault(r->f, DATAERR, "phone is missing");
	return sheet_refuse(r, "missing");
}

/* Unknown means no; but one who may be called after all would be on do-not-call for good. */
static int
nothing_said(struct reading *r)
{
	r->why->field = sheet_role_name[ROLE_ALLOWED];
	fault(r->f, DATAERR, "call_allowed is empty; who may be called needs a yes");
	return sheet_refuse(r, r->why->field);
}

/* What must be there, and what follows from the rest. */
int
sheet_finish(struct reading *r, bool has_id, bool has_allowed)
{
	struct sheet *s = r->s;
	struct person *p = r->p;
	char number[20];

	r->why->column = 0;
	r->why->value = (struct slice){NULL, 0};
	if (sheet_set_phones(r) < 0)
		return -1;
	if (!p->phones)
		return no_number(r);
	if (has_id && !p->key) {
		r->why->field = "id";
		fault(r->f, DATAERR, "id is empty");
		return sheet_refuse(r, "missing");
	}
	if (has_allowed && !(r->seen & (uint32_t)1 << ROLE_ALLOWED))
		return nothing_said(r);
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

/* Whether there is anybody at all in a row: not if all is empty, or the header stands there again. */
static bool
has_nobody(struct sheet *s, const struct slice *field, size_t n)
{
	size_t i = 0;

	while (i < n && !sheet_tidy(field[i]).len)
		i++;
	if (i == n)
		return true;
	s->first = sheet_tidy(field[i]);
	for (i = 0;
	     i < n && i < s->columns && slice_is(sheet_tidy(field[i]), s->column[i].name);)
		i++;
	return i == n && n == s->columns;
}

/* More values than columns, or fewer; empty ones at the end are nothing. */
static int
check_count(struct reading *r, const struct slice *field, size_t n)
{
	size_t filled = n;

	while (filled > r->s->columns && !sheet_tidy(field[filled - 1]).len)
		filled--;
	if (filled == r->s->columns)
		return 0;
	if (n < r->s->columns && cell_footer(r->s->first))
		return no_number(r);
	fault(r->f, DATAERR,
	    "the row has %zu %s, the header %zu (a delimiter inside a value needs quotes)", n,
	    n == 1 ? "field" : "fields", r->s->columns);
	return sheet_refuse(r, "fields");
}

static int
refuse_unnamed(struct reading *r, struct slice v)
{
	r->why->value = v;
	fault(r->f, DATAERR, "column %zu holds a value, but has no name in the header",
	    r->why->column);
	return sheet_refuse(r, "unnamed");
}

/* The name out of its columns, with a space between. */
static int
join_name(struct reading *r, const struct slice *field)
{
	struct sheet *s = r->s;
	size_t at = s->text.len;
	const char *code;

	r->why->field = "name";
	for (size_t i = 0; i < s->parts; i++) {
		struct slice v = sheet_tidy(field[s->part[i]]);

		r->why->column = s->part[i] + 1;
		r->why->value = v;
		if (!v.len)
			continue;
		if (sheet_check_text(r, "name", v, CONTACT_NAME_MAX, false) < 0)
			return -1;
		if ((code = cell_damage("name", v, false, r->f)))
			return sheet_refuse(r, code);
		if (s->text.len > at)
			buf_addc(&s->text, ' ');
		cell_plain(&s->text, v);
	}
	if (s->text.len == at)
		return 0;
	if (sheet_check_text(r, "name", (struct slice){s->text.p + at, s->text.len - at},
		CONTACT_NAME_MAX, false) < 0)
		return -1;
	buf_addc(&s->text, '\0');
	r->p->name = s->text.p + at;
	return 0;
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
	if (has_nobody(s, field, n))
		return 1;
	if (check_count(&r, field, n) < 0)
		return -1;
	for (size_t i = 0; i < s->columns; i++) {
		enum role role = s->column[i].role;
		struct slice v;

		has_id |= role == ROLE_ID;
		if (role == ROLE_ATTRIBUTE || role == ROLE_PART ||
		    !(v = sheet_tidy(field[i])).len)
			continue;
		why->column = i + 1;
		if (role == ROLE_SPARE)
			return refuse_unnamed(&r, v);
		if (sheet_take(&r, role, v) < 0)
			return v.p == s->first.p && cell_footer(v) ? no_number(&r) : -1;
	}
	if (s->parts && join_name(&r, field) < 0)
		return -1;
	for (size_t i = 0; i < s->ordered; i++) {
		size_t j = s->order[i];
		struct slice v = sheet_tidy(field[j]);

		why->column = j + 1;
		if (v.len && sheet_take_attribute(&r, &s->column[j], v) < 0)
			return -1;
	}
	return sheet_finish(&r, has_id, s->known[ROLE_ALLOWED] != 0);
}

/* ---- who a row is ------------------------------------------------------------- */

/* The value of a known field, empty where there is none. */
static struct slice
value_of(const struct sheet *s, enum role role, const struct slice *field, size_t n)
{
	size_t at = s->known[role];

	return at && at <= n ? sheet_tidy(field[at - 1]) : SLICE("");
}

/* The first number: of the first of its columns that holds any. */
static bool
key_of_numbers(struct sheet *s, const struct slice *field, size_t n, struct slice *key)
{
	struct person p;
	struct sheet_why why;
	struct fault ignored;
	struct reading r = {.s = s, .p = &p, .why = &why, .f = &ignored};
	char number[PHONE_SIZE];

	sheet_start(&r, PHONE_SIZE);
	for (int i = ROLE_PHONE; i < ROLES && !s->numbers; i++) {
		struct slice v = value_of(s, (enum role)i, field, n);

		if (v.len && sheet_take(&r, (enum role)i, v) < 0)
			return false;
	}
	if (!s->numbers)
		return false;
	*key = slice(sheet_keep(s, slice(phone_text(s->number[0].key, number))));
	return true;
}

bool
sheet_key(struct sheet *s, const struct slice *field, size_t n, struct slice *key)
{
	if (!s->known[ROLE_ID])
		return key_of_numbers(s, field, n, key);
	*key = value_of(s, ROLE_ID, field, n);
	if (!key->len || *key->p == '\'')
		return false;
	if (is_plain(key->p, key->len))
		return true;
	buf_reset(&s->text);
	cell_plain(&s->text, *key);
	*key = (struct slice){s->text.p, s->text.len};
	return true;
}
