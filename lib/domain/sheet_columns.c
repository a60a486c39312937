/*
 * sheet_columns: what the columns of a sheet mean: the map of a person first,
 * then the exact names of fields; what only looks like a field is suggested.
 */
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "mem.h"
#include "num.h"
#include "rand.h"
#include "remark.h"
#include "sheet_parts.h"

const char *const sheet_role_name[ROLES + 1] = {[ROLE_ATTRIBUTE] = "attribute",
    [ROLE_ID] = "id",
    [ROLE_NAME] = "name",
    [ROLE_TIMEZONE] = "timezone",
    [ROLE_LANGUAGE] = "language",
    [ROLE_PRIORITY] = "priority",
    [ROLE_DNC] = "do_not_call",
    [ROLE_ALLOWED] = "call_allowed",
    [ROLE_PHONE] = "phone",
    "phone2",
    "phone3",
    "phone4",
    "phone5",
    "phone6",
    "phone7",
    "phone8",
    NULL};

/* ---- rules ---------------------------------------------------------------- */

static enum role
role_of(struct slice name)
{
	for (int i = ROLE_ID; i < ROLES; i++)
		if (slice_is(name, sheet_role_name[i]))
			return (enum role)i;
	return ROLE_ATTRIBUTE;
}

bool
sheet_is_field(struct slice name)
{
	return role_of(name) != ROLE_ATTRIBUTE;
}

int
sheet_map_check(const char *text, enum role *role, struct fault *f)
{
	const char *equals = strchr(text, '=');
	struct slice field = {text, equals ? (size_t)(equals - text) : 0};

	*role = role_of(field);
	if (slice_is(field, "attribute") && equals[1])
		return 0;
	if (!equals || !field.len || !equals[1])
		return fault(
		    f, USAGE, "map %s: write it as field=column, such as phone=Mobile", text);
	if (*role == ROLE_ATTRIBUTE)
		return fault(f, USAGE,
		    "map %s: there is no field \"%.*s\" (id, name, phone, phone2 to phone%d, timezone, language, priority, do_not_call, call_allowed, attribute)",
		    text, (int)field.len, field.p, CONTACT_PHONES);
	return 0;
}

/* The name of a column as it is compared: without odd spaces, on one line. */
static char *
plain_name(struct buf *b, struct slice name)
{
	buf_reset(b);
	buf_adds(b, "");
	cell_plain(b, cell_trim(name));
	for (size_t i = 0; i < b->len; i++)
		if (b->p[i] == '\n' || b->p[i] == '\r' || b->p[i] == '\t')
			b->p[i] = ' ';
	return slice_dup(cell_trim((struct slice){b->p, b->len}));
}

static void
map_column(struct sheet *s, enum role role, const char *column)
{
	s->map[s->maps++] = (struct map){role, plain_name(&s->scratch, slice(column))};
}

static int
add_map(struct sheet *s, const char *text, struct fault *f)
{
	enum role role;

	if (sheet_map_check(text, &role, f) < 0)
		return -1;
	map_column(s, role, strchr(text, '=') + 1);
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
		map_column(s, ROLE_ID, rules->id);
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
	s->parts = 0;
}

void
sheet_free(struct sheet *s)
{
	if (!s)
		return;
	drop_columns(s);
	for (size_t i = 0; i < s->maps; i++)
		free(s->map[i].column);
	buf_release(&s->text);
	buf_release(&s->attributes);
	buf_release(&s->scratch);
	free(s->span);
	for (size_t i = 0; i < s->unapplieds; i++)
		free(s->unapplied[i]);
	remark_free(s->remark);
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
		if (slice_is(name, s->map[i].column))
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
	if (utf8_bad(name.p, name.len) >= 0)
		return fault(f, DATAERR,
		    "the header is not valid UTF-8 (--encoding NAME reads other encodings, such as windows-1252 or UTF-16)");
	if (column == 1 && name.len > 1 && (!name.p[0] || !name.p[1]))
		return fault(f, DATAERR, "the header looks like UTF-16 (--encoding UTF-16%s)",
		    name.p[0] ? "LE" : "BE");
	if (sheet_control(name.p, name.len, true) >= 0)
		return fault(f, DATAERR,
		    "the name of column %zu holds a control character (is this a sheet of text?)",
		    column);
	if (name.len > CONTACT_NAME_MAX)
		return fault(f, DATAERR, "the name of column %zu is longer than %d bytes",
		    column, CONTACT_NAME_MAX);
	return 0;
}

static bool
may_be_several(enum role role)
{
	return role == ROLE_ATTRIBUTE || sheet_is_wish(role);
}

static int
add_column(struct sheet *s, struct slice name, struct fault *f)
{
	struct column *c = &s->column[s->columns];

	s->columns++;
	if (check_name(name, s->columns, f) < 0)
		return -1;
	c->name = plain_name(&s->scratch, name);
	name = slice(c->name);
	c->role = name.len ? sheet_meaning(s, name) : ROLE_SPARE;
	buf_addc(&c->key, ',');
	buf_json(&c->key, name.p, name.len);
	buf_addc(&c->key, ':');
	for (struct column *d = s->column; d < c && name.len; d++) {
		if (!strcmp(c->name, d->name))
			return fault(f, DATAERR, "columns %zu and %zu are both called \"%s\"",
			    (size_t)(d - s->column) + 1, s->columns, c->name);
		if (!may_be_several(c->role) && c->role == d->role)
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

static bool
has_name(const struct sheet *s)
{
	return s->parts || has_role(s, ROLE_NAME);
}

static void
make_part(struct sheet *s, size_t column)
{
	s->column[column].role = ROLE_PART;
	s->part[s->parts++] = column;
}

/* Whether a person called this column the field. */
static bool
is_said(const struct sheet *s, enum role role, const char *column)
{
	for (size_t i = 0; i < s->maps; i++)
		if (s->map[i].role == role && !strcmp(s->map[i].column, column))
			return true;
	return false;
}

static const enum role field_role[HEADER_FIELDS] = {
    [HEADER_ID] = ROLE_ID,
    [HEADER_TIMEZONE] = ROLE_TIMEZONE,
    [HEADER_LANGUAGE] = ROLE_LANGUAGE,
    [HEADER_PRIORITY] = ROLE_PRIORITY,
};

static enum role
wish_role(enum header_wish kind)
{
	return kind == HEADER_MAY_CALL ? ROLE_ALLOWED : ROLE_DNC;
}

static bool
is_phone(enum role role)
{
	return role >= ROLE_PHONE && role < ROLES;
}

/* A phone that a map made one, not its name. */
static bool
is_mapped_phone(const struct column *c)
{
	return is_phone(c->role) && role_of(slice(c->name)) != c->role;
}

/*
 * The phones that are suggested, without those that a map has made one already: the map corrects the
 * suggestion, which is that of the whole header.
 */
static void
guess_phones(const struct sheet *s, struct slice *name, struct header_guess *g)
{
	struct header_guess all;

	g->phones = 0;
	for (size_t i = 0; i < s->columns; i++) {
		const struct column *c = &s->column[i];

		if (c->role == ROLE_PHONE && !is_mapped_phone(c))
			return; /* who calls one column so means it */
		name[i] = c->role == ROLE_ATTRIBUTE || is_mapped_phone(c) ? slice(c->name)
									  : SLICE("");
	}
	header_suggest(name, s->columns, &all);
	for (size_t i = 0; i < all.phones; i++)
		if (s->column[all.phone[i]].role == ROLE_ATTRIBUTE)
			g->phone[g->phones++] = all.phone[i];
}

/* The columns that look like fields which no column is yet. */
static void
guess(const struct sheet *s, struct header_guess *g)
{
	struct slice *name = xcalloc(s->columns + 1, sizeof *name);

	for (size_t i = 0; i < s->columns; i++)
		name[i] = s->column[i].role == ROLE_ATTRIBUTE &&
			!is_said(s, ROLE_ATTRIBUTE, s->column[i].name)
		    ? slice(s->column[i].name)
		    : SLICE("");
	header_suggest(name, s->columns, g);
	guess_phones(s, name, g);
	if (has_name(s))
		g->names = g->parts = 0;
	for (int i = 0; i < HEADER_FIELDS; i++)
		if (has_role(s, field_role[i]))
			g->fields[i] = 0;
	if ((has_role(s, ROLE_DNC) || has_role(s, ROLE_ALLOWED)) && !s->rules.accept)
		g->wishes = 0;
	free(name);
}

/* The next phone behind that role that no column is; ROLES: there is none. */
static enum role
free_phone(const struct sheet *s, enum role behind)
{
	int role = behind + 1;

	while (role < ROLES && has_role(s, (enum role)role))
		role++;
	return (enum role)role;
}

/* The field of which several columns look alike, or null. */
static const char *
uncertain(const struct header_guess *g, size_t *columns, size_t *first)
{
	*columns = g->names;
	*first = g->name;
	if (g->names > 1)
		return sheet_role_name[ROLE_NAME];
	for (int i = 0; i < HEADER_FIELDS; i++)
		if ((*columns = g->fields[i]) > 1) {
			*first = g->field[i];
			return sheet_role_name[field_role[i]];
		}
	return NULL;
}

/* Of a guess of wishes. */
static const char *
lacking_wish(const struct header_guess *g)
{
	return sheet_role_name[wish_role(g->wish[0].kind)];
}

/* The first field that no column is and some could be; null: there is none. */
static const char *
lacking(const struct header_guess *g)
{
	if (g->phones)
		return sheet_role_name[ROLE_PHONE];
	if (g->names || g->parts)
		return sheet_role_name[ROLE_NAME];
	for (int i = 0; i < HEADER_FIELDS; i++)
		if (g->fields[i])
			return sheet_role_name[field_role[i]];
	return g->wishes ? lacking_wish(g) : NULL;
}

static void
add_option(struct sheet *s, struct buf *b, enum role role, size_t column)
{
	buf_printf(b, " --map %s=", sheet_role_name[role]);
	buf_shell(b, slice(s->column[column].name));
}

static void
add_parts(struct sheet *s, struct buf *b, const struct header_guess *g)
{
	struct buf both = {0};

	buf_printf(&both, "%s+%s", s->column[g->part[0]].name, s->column[g->part[1]].name);
	buf_adds(b, " --map name=");
	buf_shell(b, (struct slice){both.p, both.len});
	buf_release(&both);
}

/* Each suggestion as an option. */
static void
add_options(struct sheet *s, struct buf *b, const struct header_guess *g)
{
	enum role phone = free_phone(s, ROLE_PHONE - 1);

	for (size_t i = 0; i < g->phones && phone < ROLES; i++) {
		add_option(s, b, phone, g->phone[i]);
		phone = free_phone(s, phone);
	}
	if (g->names)
		add_option(s, b, ROLE_NAME, g->name);
	if (g->parts)
		add_parts(s, b, g);
	for (int i = 0; i < HEADER_FIELDS; i++)
		if (g->fields[i])
			add_option(s, b, field_role[i], g->field[i]);
	for (size_t i = 0; i < g->wishes; i++)
		add_option(s, b, wish_role(g->wish[i].kind), g->wish[i].column);
}

/* Columns that look like fields are not taken for them unless somebody says so. */
static int
refuse_guess(struct sheet *s, const struct header_guess *g, struct fault *f)
{
	size_t columns, first;
	const char *two = uncertain(g, &columns, &first);
	bool only_wishes = g->wishes && !strcmp(lacking(g), lacking_wish(g));
	struct buf b = {0}, other = {0};

	add_options(s, &b, g);
	if (two)
		buf_printf(&b, " (another one looks like the %s, too)", two);
	for (size_t i = 0; only_wishes && i < g->wishes; i++)
		add_option(s, &other, ROLE_ATTRIBUTE, g->wish[i].column);
	if (!only_wishes && !g->phones)
		buf_adds(&other, " --map phone=phone");
	(void)fault(f, DATAERR, "no column is called \"%s\"; if these look right, add%s%s%s%s",
	    lacking(g), b.p, two ? "" : " (or --accept-map)", other.len ? "; if not," : "",
	    other.len ? other.p : "");
	buf_release(&b);
	buf_release(&other);
	return -1;
}

static int
take_guess(struct sheet *s, const struct header_guess *g, struct fault *f)
{
	size_t columns, first;
	const char *two = uncertain(g, &columns, &first);
	enum role phone = free_phone(s, ROLE_PHONE - 1);

	if (two)
		return fault(f, DATAERR,
		    "%zu columns look like the %s, \"%s\" among them; say which one it is: --map %s=COLUMN",
		    columns, two, s->column[first].name, two);
	for (size_t i = 0; i < g->phones && phone < ROLES; i++) {
		s->column[g->phone[i]].role = phone;
		phone = free_phone(s, phone);
	}
	if (g->names)
		s->column[g->name].role = ROLE_NAME;
	for (size_t i = 0; i < g->parts; i++)
		make_part(s, g->part[i]);
	for (int i = 0; i < HEADER_FIELDS; i++)
		if (g->fields[i])
			s->column[g->field[i]].role = field_role[i];
	for (size_t i = 0; i < g->wishes; i++)
		s->column[g->wish[i].column].role = wish_role(g->wish[i].kind);
	return 0;
}

static int
no_phone(struct sheet *s, const struct header_guess *g, struct fault *f)
{
	struct buf b = {0};

	if (g->phones)
		buf_shell(&b, slice(s->column[g->phone[0]].name));
	else
		buf_adds(&b, "COLUMN");
	(void)fault(f, DATAERR,
	    "no column is called \"phone\"%s (there are: %s); say which one it is: --map phone=%s",
	    g->phones ? "" : " or looks like one", listed(s), b.p);
	buf_release(&b);
	return -1;
}

/* The attribute of this name, or SIZE_MAX. */
static size_t
attribute_called(const struct sheet *s, struct slice name)
{
	for (size_t i = 0; i < s->columns; i++)
		if (s->column[i].role == ROLE_ATTRIBUTE && slice_is(name, s->column[i].name))
			return i;
	return SIZE_MAX;
}

/* "First Name+Last Name", where no column is called that and there are those between the signs. */
static void
find_parts(struct sheet *s)
{
	size_t at[SHEET_PARTS], n = 0;
	const char *p = NULL, *plus;

	for (size_t i = 0; i < s->maps; i++)
		if (s->map[i].role == ROLE_NAME && strchr(s->map[i].column, '+'))
			p = s->map[i].column;
	if (!p || has_role(s, ROLE_NAME))
		return;
	for (; p && n < SHEET_PARTS; p = plus ? plus + 1 : NULL) {
		plus = strchr(p, '+');
		at[n] = attribute_called(
		    s, cell_trim((struct slice){p, plus ? (size_t)(plus - p) : strlen(p)}));
		if (at[n++] == SIZE_MAX)
			return;
	}
	for (size_t i = 0; i < n && !p; i++)
		make_part(s, at[i]);
}

/* Whether there is the column of a map, or that of another map of the same field. */
static bool
is_found(const struct sheet *s, const struct map *m)
{
	if (m->role == ROLE_NAME && s->parts)
		return true;
	for (size_t i = 0; i < s->columns; i++)
		if (s->column[i].role == m->role &&
		    (may_be_several(m->role) ? !strcmp(s->column[i].name, m->column)
					     : is_said(s, m->role, s->column[i].name)))
			return true;
	return false;
}

/* With a map from a person nothing is guessed, unless they ask for both: it goes before what is guessed. */
static int
check_columns(struct sheet *s, struct fault *f)
{
	struct header_guess g;

	find_parts(s);
	for (size_t i = 0; i < s->maps; i++)
		if (!is_found(s, &s->map[i]))
			return fault(f, DATAERR,
			    "there is no column \"%s\" for the %s (there are: %s)",
			    s->map[i].column, sheet_role_name[s->map[i].role], listed(s));
	guess(s, &g);
	if (s->rules.accept && take_guess(s, &g, f) < 0)
		return -1;
	if (!s->rules.accept && !s->rules.maps &&
	    (g.phones || (lacking(&g) && has_role(s, ROLE_PHONE))))
		return refuse_guess(s, &g, f);
	return has_role(s, ROLE_PHONE) ? 0 : no_phone(s, &g, f);
}

void
sheet_map(const struct sheet *s, struct buf *b)
{
	for (size_t i = 0; i < s->columns; i++) {
		const struct column *c = &s->column[i];

		if (c->role > ROLE_ATTRIBUTE && c->role < ROLES)
			buf_printf(b, "%s=%s\n", sheet_role_name[c->role], c->name);
		else if (c->role == ROLE_ATTRIBUTE && is_said(s, ROLE_ATTRIBUTE, c->name))
			buf_printf(b, "attribute=%s\n", c->name);
	}
	for (size_t i = 0; i < s->parts; i++)
		buf_printf(b, "%s%s", i ? "+" : "name=", s->column[s->part[i]].name);
	if (s->parts)
		buf_addc(b, '\n');
}

void
sheet_note_wish(struct sheet *s, struct slice name)
{
	uint64_t hash = hash64(name.p, name.len, 1),
		 *looked = &s->looked[hash % COUNT(s->looked)];
	char *text;

	/* Records have the same few names again and again. */
	if (*looked == hash)
		return;
	*looked = hash;
	if (s->unapplieds == SHEET_UNAPPLIED || !header_wish(name))
		return;
	for (size_t i = 0; i < s->unapplieds; i++)
		if (slice_is(name, s->unapplied[i]))
			return;
	text = slice_dup(name);
	if (is_said(s, ROLE_ATTRIBUTE, text))
		free(text);
	else
		s->unapplied[s->unapplieds++] = text;
}

/* Not of a column of which a person says that it is no wish. */
bool
sheet_remark(struct sheet *s, const char *column, struct slice text)
{
	if (!remark_may(text.p, text.len) || is_said(s, ROLE_ATTRIBUTE, column))
		return false;
	if (!s->remark)
		s->remark = remark_new();
	return remark_says(s->remark, text.p, text.len);
}

const char *
sheet_unapplied(const struct sheet *s, size_t i, const char **field)
{
	if (i >= s->unapplieds)
		return NULL;
	if (field)
		*field = sheet_role_name[wish_role(header_wish(slice(s->unapplied[i])))];
	return s->unapplied[i];
}

static int
compare_columns(const void *x, const void *y, void *sheet)
{
	const struct sheet *s = sheet;
	const size_t *a = x, *b = y;

	return strcmp(s->column[*a].key.p, s->column[*b].key.p);
}

static void
order_columns(struct sheet *s)
{
	memset(s->known, 0, sizeof s->known);
	s->order = xcalloc(s->columns + 1, sizeof *s->order);
	for (size_t i = 0; i < s->columns; i++) {
		if (s->column[i].role == ROLE_ATTRIBUTE) {
			s->order[s->ordered++] = i;
			sheet_note_wish(s, slice(s->column[i].name));
		} else if (s->column[i].role < ROLES)
			s->known[s->column[i].role] = i + 1;
	}
	qsort_r(s->order, s->ordered, sizeof *s->order, compare_columns, s);
}

/* "+919876543210", "9876543210": no column is called that; it is somebody's. */
static bool
is_number(struct slice v)
{
	size_t plus = v.len && v.p[0] == '+', digits = plus;

	while (digits < v.len && v.p[digits] >= '0' && v.p[digits] <= '9')
		digits++;
	return digits == v.len && digits - plus >= (plus ? 7 : 10);
}

int
sheet_header(struct sheet *s, const struct slice *name, size_t n, struct fault *f)
{
	drop_columns(s);
	for (size_t i = 0; i < n; i++)
		if (is_number(sheet_tidy(name[i])))
			return fault(f, DATAERR,
			    "\"%.*s\" is a number and no name of a column: put a line with their names first",
			    (int)name[i].len, name[i].p);
	s->column = xcalloc(n ? n : 1, sizeof *s->column);
	for (size_t i = 0; i < n; i++)
		if (add_column(s, name[i], f) < 0)
			return -1;
	if (check_columns(s, f) < 0)
		return -1;
	order_columns(s);
	return 0;
}
