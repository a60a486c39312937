/*
 * cell: the damage is known by its form, from the exports of the usual
 * spreadsheet programs; each form has one function.
 */
#include <string.h>
#include <strings.h>

#include "cell.h"

enum { SHOWN = 40, WHOLE = 7 };

/* ---- spaces --------------------------------------------------------------------- */

/* The bytes of an odd space at p, 0 if there is none; *width: whether one sees a gap. */
static size_t
odd_space(const char *p, size_t len, bool *width)
{
	const unsigned char *u = (const unsigned char *)p;

	*width = true;
	if (len >= 2 && u[0] == 0xc2 && u[1] == 0xa0)
		return 2; /* U+00A0 no-break space */
	if (len < 3)
		return 0;
	if (u[0] == 0xe2 && u[1] == 0x80 && (u[2] <= 0x8a || u[2] == 0xaf))
		return 3; /* U+2000 to U+200A, U+202F: spaces of all widths */
	if (u[0] == 0xe3 && u[1] == 0x80 && u[2] == 0x80)
		return 3; /* U+3000 ideographic space */
	*width = false;
	if (u[0] == 0xe2 && u[1] == 0x80 &&
	    (u[2] == 0x8b || u[2] == 0x8e || u[2] == 0x8f || (u[2] >= 0xaa && u[2] <= 0xae)))
		return 3; /* zero-width space, marks and embeddings of direction */
	if (u[0] == 0xe2 && u[1] == 0x81 && (u[2] == 0xa0 || (u[2] >= 0xa6 && u[2] <= 0xa9)))
		return 3; /* U+2060 word joiner, U+2066 to U+2069 isolates */
	return u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf ? 3 : 0; /* byte order mark */
}

struct slice
cell_trim(struct slice v)
{
	bool width;
	size_t n;

	while (v.len && (*v.p == ' ' || (*v.p & 0x80))) {
		n = *v.p == ' ' ? 1 : odd_space(v.p, v.len, &width);
		if (!n)
			break;
		v.p += n;
		v.len -= n;
	}
	while (v.len && (v.p[v.len - 1] == ' ' || (v.p[v.len - 1] & 0x80))) {
		const char *end = v.p + v.len;

		if (end[-1] == ' ')
			n = 1;
		else if (v.len >= 3 && odd_space(end - 3, 3, &width) == 3)
			n = 3;
		else if (v.len >= 2 && odd_space(end - 2, 2, &width) == 2)
			n = 2;
		else
			break;
		v.len -= n;
	}
	return v;
}

void
cell_plain(struct buf *b, struct slice v)
{
	for (size_t i = 0, n; i < v.len; i += n) {
		bool width;

		n = v.p[i] & 0x80 ? odd_space(v.p + i, v.len - i, &width) : 0;
		if (n && width)
			buf_addc(b, ' ');
		if (!n) {
			buf_addc(b, v.p[i]);
			n = 1;
		}
	}
}

/* ---- damage ----------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits_at(struct slice v, size_t i)
{
	size_t n = 0;

	while (i + n < v.len && is_digit(v.p[i + n]))
		n++;
	return n;
}

static size_t
after_sign(struct slice v)
{
	return v.len && (*v.p == '+' || *v.p == '-' || *v.p == '\'');
}

/* 9.87654E+09, 9,87654E+09, 9E+09. */
static bool
is_scientific(struct slice v)
{
	size_t i = after_sign(v), n = digits_at(v, i);

	if (!n)
		return false;
	i += n;
	if (i < v.len && (v.p[i] == '.' || v.p[i] == ',')) {
		n = digits_at(v, i + 1);
		i += n ? n + 1 : 0;
	}
	if (i + 2 >= v.len || (v.p[i] | 32) != 'e' || (v.p[i + 1] != '+' && v.p[i + 1] != '-'))
		return false;
	n = digits_at(v, i + 2);
	return n && i + 2 + n == v.len;
}

/* 9876543210.0, 9876543210,00. */
static bool
is_decimal(struct slice v)
{
	size_t i = after_sign(v), n = digits_at(v, i);

	if (n < 2 || i + n + 1 >= v.len || (v.p[i + n] != '.' && v.p[i + n] != ','))
		return false;
	for (i += n + 1; i < v.len; i++)
		if (v.p[i] != '0')
			return false;
	return true;
}

/* What stands where a formula failed, or the column was too narrow. */
static bool
is_error(struct slice v)
{
	static const char *const errors[] = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!",
	    "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!"};
	size_t i = 0;

	for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++)
		if (slice_is(v, errors[e]))
			return true;
	while (i < v.len && v.p[i] == '#')
		i++;
	return i == v.len && i > 2;
}

/* As much of a value as a message shows; never half a character. */
static int
shown(struct slice v)
{
	size_t n = v.len < SHOWN ? v.len : SHOWN;

	while (n < v.len && n > 0 && ((unsigned char)v.p[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

static const char *
damaged(const char *code, const char *what, struct slice v, const char *why, struct fault *f)
{
	(void)fault(f, DATAERR, "%s \"%.*s\" %s", what, shown(v), v.p, why);
	return code;
}

const char *
cell_damage(const char *what, struct slice v, bool number, struct fault *f)
{
	if (!v.len)
		return NULL;
	if (*v.p == '#' && is_error(v))
		return damaged("error", what, v,
		    "is what a spreadsheet shows for a wrong formula or a narrow column; take the value from its source",
		    f);
	if (*v.p == '=' && (number || (v.len > 2 && v.p[1] == '"' && v.p[v.len - 1] == '"')))
		return damaged("formula", what, v,
		    "is a spreadsheet's formula; save the sheet with the values, without = and quotes",
		    f);
	if (!number)
		return NULL;
	if (is_scientific(v))
		return damaged("scientific", what, v,
		    "was rounded by a spreadsheet, its last digits are gone; take it from its source and make the column text",
		    f);
	if (is_decimal(v))
		return damaged("decimal", what, v,
		    "was kept as a decimal, so zeros in front may be gone; make the column text and save again",
		    f);
	return NULL;
}

/* ---- several numbers ------------------------------------------------------------------ */

static size_t
count_digits(struct slice v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++)
		n += is_digit(v.p[i]);
	return n;
}

/* Bytes of a separator at v.p[i], 0 if there is none: / , ; | a line break, or "or" between spaces. */
static size_t
separator(struct slice v, size_t i)
{
	if (memchr("/,;|\n\r", v.p[i], 6))
		return 1;
	return v.p[i] == ' ' && i + 4 <= v.len && !strncasecmp(v.p + i, " or ", 4) ? 4 : 0;
}

/* The letters that begin an extension, behind digits: 555-0100 x12, ext. 12, extn 12. */
static bool
has_extension(struct slice v)
{
	static const char *const words[] = {"x", "ext", "extn", "extension", "poste", "#",
	    "durchwahl", "dw", "ex", "anexo", "extensión"};

	for (size_t i = 1, n; i < v.len; i += n ? n : 1) {
		n = 0;
		while (i + n < v.len && !is_digit(v.p[i + n]) &&
		    !memchr(" .:=()-,;/", v.p[i + n], 10))
			n++;
		for (size_t w = 0; n && w < sizeof words / sizeof words[0]; w++)
			if (strlen(words[w]) == n && !strncasecmp(words[w], v.p + i, n) &&
			    count_digits((struct slice){v.p, i}) >= WHOLE - 1 &&
			    count_digits((struct slice){v.p + i, v.len - i}))
				return true;
	}
	return false;
}

/* Digits of a short number alone, without what may stand between them; 0 if there is more. */
static size_t
short_digits(struct slice v, char out[CONTACT_NAME_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < v.len; i++)
		if (is_digit(v.p[i]))
			out[n++] = v.p[i];
		else if (v.p[i] != ' ' && v.p[i] != '-')
			return 0;
	out[n] = '\0';
	return n;
}

static bool
completes(const char *end, const char *given, size_t n, char how)
{
	unsigned was = 0, is = 0;

	if (n >= 4)
		return !memcmp(end, given, n - 2);
	if (n > 2 || how != '/')
		return false;
	for (size_t i = 0; i < n; i++) {
		was = was * 10 + (unsigned)(end[i] - '0');
		is = is * 10 + (unsigned)(given[i] - '0');
	}
	return is == was + 1;
}

/* The number before with its last digits replaced by these; false if that is not certain. */
static bool
complete(struct slice before, struct slice v, char how, char out[CONTACT_NAME_MAX + 1])
{
	char had[CONTACT_NAME_MAX + 1], given[CONTACT_NAME_MAX + 1];
	size_t all = 0, n = short_digits(v, given);

	for (size_t i = 0; i < before.len; i++)
		if (is_digit(before.p[i]))
			had[all++] = before.p[i];
	if (!n || n >= all || all < WHOLE || !completes(had + all - n, given, n, how))
		return false;
	memcpy(out, before.p, before.len);
	for (size_t i = before.len; n > 0;)
		if (is_digit(out[--i]))
			out[i] = given[--n];
	return true;
}

/* Whether a further number is written whole, measured by the first. */
static bool
is_whole(struct slice first, struct slice v)
{
	size_t wanted = count_digits(first), n = count_digits(v);

	if (v.len && *v.p == '+')
		return true;
	/* Without its country code; or without the zero that stands before an area code. */
	wanted -= first.len && *first.p == '+' ? 3 : first.len && *first.p == '0';
	return n >= WHOLE && n >= wanted;
}

struct parting {
	const char *what;
	struct slice cell;
	struct cell_numbers *out;
	const char **code;
	struct fault *f;
};

static int
refuse(struct parting *t, const char *code, const char *why)
{
	(void)fault(t->f, DATAERR, "%s \"%.*s\" %s", t->what, shown(t->cell), t->cell.p, why);
	*t->code = code;
	return -1;
}

/* how: what stands before it. */
static int
add_part(struct parting *t, struct slice v, char how)
{
	struct cell_numbers *o = t->out;

	v = cell_trim(v);
	if (!v.len)
		return 0;
	if (o->n == CONTACT_PHONES)
		return refuse(t, "several", "holds more numbers than a person can have (8)");
	if (o->n && complete(o->part[o->n - 1], v, how, o->text[o->n]))
		v = (struct slice){o->text[o->n], o->part[o->n - 1].len};
	else if (o->n && !is_whole(o->part[0], v))
		return refuse(t, "several",
		    "holds a number that is not whole, and what it begins with is not certain; write each number whole");
	o->part[o->n++] = v;
	return 0;
}

/* A / behind an area code (030/1234567) separates nothing. */
static bool
separates(const struct parting *t, struct slice before, char how)
{
	return how != '/' || t->out->n || count_digits(before) >= WHOLE;
}

/* 9,876,543,210: each comma behind one to three digits. */
static bool
is_grouped(struct slice v)
{
	size_t commas = 0, n = 0;

	for (size_t i = after_sign(v); i < v.len; i++)
		if (is_digit(v.p[i])) {
			n++;
		} else if (v.p[i] == ',' && n >= 1 && n <= 3) {
			commas++;
			n = 0;
		} else {
			return false;
		}
	return commas > 1 && n == 3;
}

int
cell_numbers(const char *what, struct slice v, struct cell_numbers *out, const char **code,
    struct fault *f)
{
	struct parting t = {what, v, out, code, f};
	size_t start = 0, n;
	char how = '\0';

	out->n = 0;
	/*
	 * An apostrophe in front is a spreadsheet's mark for "text", or a guard that programs put
	 * before + and =. No number begins with one, so that nothing but the mark is lost.
	 */
	if (v.len > 1 && *v.p == '\'' && (is_digit(v.p[1]) || v.p[1] == '+' || v.p[1] == '('))
		v = (struct slice){v.p + 1, v.len - 1};
	if (is_grouped(v))
		return refuse(&t, "grouped",
		    "has thousands separators; make the column text and save again");
	if (has_extension(v))
		return refuse(&t, "extension",
		    "has an extension, which cannot be dialled; give a number that reaches the person, or keep the extension in a column of its own");
	for (size_t i = 0; i < v.len; i += n ? n : 1) {
		n = separator(v, i);
		if (!n || !separates(&t, (struct slice){v.p + start, i - start}, v.p[i]))
			continue;
		if (add_part(&t, (struct slice){v.p + start, i - start}, how) < 0)
			return -1;
		how = v.p[i];
		start = i + n;
	}
	if (add_part(&t, (struct slice){v.p + start, v.len - start}, how) < 0)
		return -1;
	return out->n ? 0 : refuse(&t, "phone", "is not a number");
}

/* ---- others -------------------------------------------------------------------------- */

/*
 * 1,234,567 or 12,34,567: two groups at least, the last of three digits. One comma could be that of
 * a decimal.
 */
bool
cell_ungroup(struct slice v, char *out, size_t size)
{
	size_t i = v.len && *v.p == '-', to = i, groups = 0, middle = 0;
	size_t first = digits_at(v, i), n = first;

	if (v.len >= size || !n || n > 3)
		return false;
	if (i)
		out[0] = '-';
	for (;; groups++) {
		memcpy(out + to, v.p + i, n);
		to += n;
		i += n;
		if (i == v.len)
			break;
		/* Between the first and the last all groups are of two or all of three. */
		if (v.p[i] != ',' || (groups && n < 2) || (middle && n != middle))
			return false;
		middle = groups ? n : 0;
		n = digits_at(v, ++i);
		if (!n || n > 3)
			return false;
	}
	out[to] = '\0';
	return groups >= 2 && n == 3 && first <= middle;
}

bool
cell_footer(struct slice v)
{
	static const char *const words[] = {"total", "totals", "grand total", "sub total",
	    "subtotal", "sub-total", "page", "printed", "generated", "report generated",
	    "end of", "count", "summe", "gesamt", "seite", "somme", "total général", "página",
	    "कुल", "योग", NULL};

	v = cell_trim(v);
	for (int i = 0; words[i]; i++) {
		size_t n = strlen(words[i]);

		if (v.len >= n && !strncasecmp(v.p, words[i], n) &&
		    (v.len == n || !memchr("abcdefghijklmnopqrstuvwxyz", v.p[n] | 32, 26)))
			return true;
	}
	return false;
}
