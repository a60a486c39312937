/*
 * phone: numbers read by the steps of libphonenumber's parse, isValidNumber
 * and getNumberType, over tables in place of patterns. Stricter before them:
 * only digits and the usual punctuation are read, nothing is cut out of a text.
 */
#include <string.h>
#include <strings.h>

#include "phone.h"
#include "phone_table.h"

enum {
	FORM_MIN = 6,
	FORM_MAX = 15, /* digits, ITU-T E.164 6.2 */
	NATIONAL_MIN = 2,
	NATIONAL_MAX = 17, /* as libphonenumber's MAX_LENGTH_FOR_NSN */
	DIGITS_MAX = 64,   /* more than the longest prefixes and a national number */
	ROOM = DIGITS_MAX + 8
};

/* Digits as values 0 to 9. */
struct digits {
	const uint8_t *d;
	size_t n;
};

enum { KIND_EMERGENCY = 1 }; /* a short number's out, 2 is any other */

enum verdict { POSSIBLE, LOCAL_ONLY, TOO_SHORT, TOO_LONG, BETWEEN };

/* A number on its way: what stands there, and what came of it. */
struct reading {
	uint8_t given[DIGITS_MAX], room[2][ROOM]; /* where prefix rules write */
	struct digits all, national;
	bool plus;
	const struct phone_plan *home; /* of the region, or null */
	const struct phone_code *code;
};

/* Of a whole number: 0 when it leaves the automaton. */
static unsigned
whole(unsigned node, struct digits in)
{
	for (size_t i = 0; i < in.n && node; i++)
		node = phone_node[node][in.d[i]];
	return phone_out[node];
}

/* Of the beginning: the last node reached has the answer; null when that is to do nothing. */
static const struct phone_action *
beginning(unsigned node, struct digits in)
{
	unsigned next;

	for (size_t i = 0; i < in.n && (next = phone_node[node][in.d[i]]); i++)
		node = next;
	return phone_out[node] ? &phone_action[phone_out[node]] : NULL;
}

static struct digits
from(struct digits in, size_t at)
{
	return (struct digits){in.d + at, in.n - at};
}

static const struct phone_plan *
plan_of(const char *region)
{
	unsigned place = 0;

	if (region && region[0] >= 'A' && region[0] <= 'Z' && region[1] >= 'A' &&
	    region[1] <= 'Z' && !region[2])
		place = phone_plan_of[(region[0] - 'A') * 26 + region[1] - 'A'];
	return place ? &phone_plan[place - 1] : NULL;
}

static const struct phone_code *
take_code(struct digits *in)
{
	unsigned code = 0;

	for (size_t i = 0; i < in->n && i < 3 && in->d[0]; i++) {
		code = code * 10 + in->d[i];
		if (phone_code_of[code]) {
			*in = from(*in, i + 1);
			return &phone_code[phone_code_of[code]];
		}
	}
	return NULL;
}

/* Without the national prefix, where a valid number stays one. The room is used for what a rule adds. */
static struct digits
strip_national(const struct phone_plan *p, struct digits in, uint8_t room[ROOM])
{
	const struct phone_action *a = p->prefix ? beginning(p->prefix, in) : NULL;
	struct digits out;
	size_t n = 0;

	if (!a)
		return in;
	out = from(in, a->end);
	if (a->literal[0] || a->to) {
		for (const char *l = a->literal; *l; l++)
			room[n++] = (uint8_t)(*l - '0');
		memcpy(room + n, in.d + a->from, (size_t)(a->to - a->from));
		n += (size_t)(a->to - a->from);
		memcpy(room + n, out.d, out.n);
		out = (struct digits){room, n + out.n};
	}
	return whole(p->general, in) && !whole(p->general, out) ? in : out;
}

static bool
strip_international(const struct phone_plan *p, struct digits *in)
{
	const struct phone_action *a = p && p->idd ? beginning(p->idd, *in) : NULL;

	if (!a || (in->n > a->end && in->d[a->end] == 0)) /* no country code begins with 0 */
		return false;
	*in = from(*in, a->end);
	return true;
}

static enum verdict
length_of(const struct phone_plan *p, size_t n)
{
	uint32_t bit = n < 32 ? 1u << n : 0;

	if (p->local & bit)
		return LOCAL_ONLY;
	if (p->lengths & bit)
		return POSSIBLE;
	if (!bit || bit > p->lengths)
		return TOO_LONG;
	return (p->lengths & (bit - 1)) ? BETWEEN : TOO_SHORT;
}

/* The home code without a plus: only where the number is none with it, or too long. */
static bool
strip_home_code(struct reading *r, struct digits *in)
{
	const struct phone_plan *p = r->home;
	struct digits rest = *in;
	const struct phone_code *code = take_code(&rest);

	if (!code || code->code != p->code)
		return false;
	rest = strip_national(p, rest, r->room[0]);
	if ((whole(p->general, *in) || !whole(p->general, rest)) &&
	    length_of(p, in->n) != TOO_LONG)
		return false;
	*in = rest;
	r->code = code;
	return true;
}

/* Finds the country code; false where there must be one and is none. */
static bool
find_code(struct reading *r, bool plus, struct digits in)
{
	r->code = NULL;
	r->national = in;
	if (plus || strip_international(r->home, &in)) {
		if (in.n <= NATIONAL_MIN || !(r->code = take_code(&in)))
			return false;
	} else if (!r->home || !strip_home_code(r, &in)) {
		return r->home != NULL;
	}
	r->national = in;
	return true;
}

/* libphonenumber's parse: code and national number. What it refuses has no code. */
static bool
parse(struct reading *r)
{
	const struct phone_plan *p = r->home;
	struct digits stripped;
	enum verdict v;

	if (!find_code(r, r->plus, r->all) &&
	    !(r->plus && r->all.n > NATIONAL_MIN && find_code(r, false, r->all) && r->code))
		return false;
	if (r->code)
		p = &phone_plan[r->code->first];
	else
		r->code = &phone_code[phone_code_of[p->code]];
	if (r->national.n < NATIONAL_MIN)
		return false;
	stripped = strip_national(p, r->national, r->room[1]);
	v = length_of(p, stripped.n);
	if (v == POSSIBLE || v == TOO_LONG)
		r->national = stripped;
	return r->national.n >= NATIONAL_MIN && r->national.n <= NATIONAL_MAX;
}

static bool
look(const struct phone_code *code, struct digits national, struct phone *ph)
{
	unsigned out = whole(code->node, national);

	ph->type = (enum phone_type)(out & 15);
	memcpy(ph->region, out ? phone_plan[code->first + (out >> 4)].region : "", out ? 4 : 1);
	return out != 0;
}

/* ---- what stands there ---- */

/* The digit that a character is (0 to 9), or 10 plus, 11 punctuation, 12 blank or mark; -1 none. */
enum { SIGN_PLUS = 10, SIGN_MARK, SIGN_BLANK };

static int
wide_sign(unsigned c)
{
	if (c >= 0xff10 && c <= 0xff19) /* full width */
		return (int)(c - 0xff10);
	if (c >= 0x660 && c <= 0x669) /* Arabic-Indic */
		return (int)(c - 0x660);
	if (c >= 0x6f0 && c <= 0x6f9) /* Eastern Arabic-Indic */
		return (int)(c - 0x6f0);
	if (c == 0xff0b)
		return SIGN_PLUS;
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x30fc ||
	    (c >= 0xff0d && c <= 0xff0f) || c == 0xa0 || c == 0xad || c == 0x200b ||
	    c == 0x2060 || c == 0x3000 || c == 0xff08 || c == 0xff09 || c == 0xff3b ||
	    c == 0xff3d)
		return SIGN_MARK;
	/* Direction marks come along when a number is copied from a page or a messenger. */
	if (c == 0xfeff || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069))
		return SIGN_BLANK;
	return -1;
}

static int
next_sign(const char **at, const char *end)
{
	const unsigned char *p = (const unsigned char *)*at;
	size_t left = (size_t)(end - *at);

	if (*p < 0x80) {
		++*at;
		if (*p >= '0' && *p <= '9')
			return *p - '0';
		if (*p == '+')
			return SIGN_PLUS;
		return *p && strchr("-.()[]/ ", *p) ? SIGN_MARK : *p == '\t' ? SIGN_BLANK : -1;
	}
	if (*p >= 0xc2 && *p < 0xe0 && left > 1) {
		*at += 2;
		return wide_sign((*p & 0x1fu) << 6 | (p[1] & 0x3f));
	}
	if (*p >= 0xe0 && *p < 0xf0 && left > 2) {
		*at += 3;
		return wide_sign((*p & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3f));
	}
	++*at;
	return -1;
}

/* Where the text stopped being a number: null, or the character that is none. */
static const char *
take_digits(struct reading *r, const char *p, const char *end)
{
	const char *blank = NULL;

	while (p < end) {
		const char *at = p;
		int sign = next_sign(&p, end);

		if (sign == SIGN_BLANK) { /* at the ends only */
			blank = r->all.n && !blank ? at : blank;
			continue;
		}
		if (sign < 0 || (sign == SIGN_PLUS && (r->plus || r->all.n)))
			return at;
		if (sign == SIGN_PLUS)
			r->plus = true;
		if (sign > 9)
			continue;
		if (blank || r->all.n == DIGITS_MAX)
			return blank ? blank : at;
		r->given[r->all.n++] = (uint8_t)sign;
	}
	return NULL;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind a number: "x12", "ext. 12", "#12", ";ext=12". */
static bool
is_extension(const char *p, const char *end)
{
	static const char *const word[] = {
	    "extension", "extn", "ext", "x", "#", ";ext=", ";isub="};

	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
		size_t n = strlen(word[i]);

		if ((size_t)(end - p) < n || strncasecmp(p, word[i], n) != 0)
			continue;
		for (p += n; p < end && strchr(".:= ", *p) && *p; p++)
			;
		return p < end && *p >= '0' && *p <= '9';
	}
	return false;
}

static int
refuse_text(const struct reading *r, const char *p, size_t len, const char *at, struct fault *f)
{
	const char *end = p + len, *letter = p;
	int n = fault_shown(p, len);

	while (letter < end && !is_letter(*letter))
		letter++;
	if (r->all.n && is_extension(at, end))
		return fault(f, DATAERR,
		    "phone \"%.*s\" has an extension, which cannot be dialled: give the direct "
		    "number",
		    n, p);
	if (letter < end)
		return fault(
		    f, DATAERR, "phone \"%.*s\" is not a number: it has letters", n, p);
	if (r->all.n == DIGITS_MAX)
		return fault(
		    f, DATAERR, "phone \"%.*s\" is not a number: it is too long", n, p);
	if (*at == '+')
		return fault(f, DATAERR,
		    "phone \"%.*s\" is not one number: \"+\" may only begin it", n, p);
	return fault(f, DATAERR,
	    "phone \"%.*s\" is not a number: only digits and + - . / ( ) [ ] and spaces may be in it",
	    n, p);
}

/* "tel:+1-415-555-0123", "tel:555-0123;phone-context=+1415": the context is what goes before (RFC 3966). */
static const char *
take_uri(struct reading *r, const char **p, const char **end)
{
	static const char context[] = ";phone-context=";
	const char *semicolon, *bad;

	if (*end - *p < 4 || strncasecmp(*p, "tel:", 4) != 0)
		return NULL;
	*p += 4;
	semicolon = memchr(*p, ';', (size_t)(*end - *p));
	if (!semicolon || (size_t)(*end - semicolon) <= sizeof context ||
	    strncasecmp(semicolon, context, sizeof context - 1) != 0 ||
	    semicolon[sizeof context - 1] != '+' || **p == '+')
		return NULL;
	bad = take_digits(r, semicolon + sizeof context - 1, *end);
	*end = semicolon;
	return bad;
}

static int
refuse_short(const struct reading *r, const char *p, size_t len, unsigned kind,
    struct phone *ph, struct fault *f)
{
	ph->type = kind == KIND_EMERGENCY ? PHONE_EMERGENCY : PHONE_SHORT;
	return fault(f, DATAERR, "phone \"%.*s\" is %s number%s%s: it is never called",
	    fault_shown(p, len), p, kind == KIND_EMERGENCY ? "an emergency" : "a short",
	    r->home ? " of " : "", r->home ? r->home->region : "");
}

/*
 * Mexico dialled 01 before other towns, 044 and 045 before mobiles and a 1 behind +52 until August 2019
 * (the numbering plan's change to ten digits). What such a number is now, or 0.
 */
static int64_t
old_mexican(const struct phone_plan *plan, struct digits d)
{
	static const char *const old[] = {"1", "01", "044", "045", "521"};
	char before[4] = "";
	struct phone now;
	int64_t key = 52;
	bool is = false;

	if (plan->code != 52 || d.n <= 10 || d.n > 13)
		return 0;
	for (size_t i = 0; i < d.n; i++)
		if (i < d.n - 10)
			before[i] = (char)('0' + d.d[i]);
		else
			key = key * 10 + d.d[i];
	for (size_t i = 0; i < sizeof old / sizeof old[0]; i++)
		is |= !strcmp(before, old[i]);
	return is && phone_look(key, &now) ? key : 0;
}

static int
refuse_number(const struct reading *r, const char *p, size_t len, struct fault *f)
{
	const struct phone_plan *plan = r->code ? &phone_plan[r->code->first] : r->home;
	int n = fault_shown(p, len);
	size_t digits = r->national.n;
	char text[PHONE_SIZE];
	int64_t now;

	if (!plan)
		return fault(f, DATAERR,
		    "phone \"%.*s\" is not a number: no country code begins so", n, p);
	if ((now = old_mexican(plan, r->national)))
		return fault(f, DATAERR,
		    "phone \"%.*s\" is in Mexico's form of before 2019; if it is a line still, it is %s now",
		    n, p, phone_text(now, text));
	switch (length_of(plan, digits)) {
	case TOO_SHORT:
	case LOCAL_ONLY:
		return fault(f, DATAERR,
		    "phone \"%.*s\" is not a number of +%u: it is too short", n, p, plan->code);
	case TOO_LONG:
		return fault(f, DATAERR,
		    "phone \"%.*s\" is not a number of +%u: it is too long", n, p, plan->code);
	default:
		return fault(f, DATAERR,
		    "phone \"%.*s\" is not a number of +%u: no such number is given out", n, p,
		    plan->code);
	}
}

int
phone_read(const char *p, size_t len, const char *region, struct phone *ph, struct fault *f)
{
	struct reading r;
	const char *at = p, *end = p + len, *bad;
	unsigned kind;

	*ph = (struct phone){.key = 0};
	r.all = (struct digits){r.given, 0};
	r.plus = false;
	r.code = NULL;
	r.national = r.all;
	r.home = plan_of(region);
	if ((bad = take_uri(&r, &at, &end)) || (bad = take_digits(&r, at, end)))
		return refuse_text(&r, p, len, bad, f);
	if (!r.all.n)
		return fault(f, DATAERR, "phone \"%.*s\" is not a number: it has no digit",
		    fault_shown(p, len), p);
	kind = r.plus ? 0 : whole(r.home ? r.home->shorts : phone_emergency, r.all);
	if (kind == KIND_EMERGENCY)
		return refuse_short(&r, p, len, kind, ph, f);
	if (!r.plus && !r.home)
		return fault(f, DATAERR,
		    "phone \"%.*s\" is not a number in E.164 form (+ and the country code, such "
		    "as +14155550123; --region reads national numbers)",
		    fault_shown(p, len), p);
	if (!parse(&r) || !look(r.code, r.national, ph))
		return kind ? refuse_short(&r, p, len, kind, ph, f)
			    : refuse_number(&r, p, len, f);
	if (r.national.n + (r.code->code > 99 ? 3 : r.code->code > 9 ? 2 : 1) > FORM_MAX) {
		*ph = (struct phone){.key = 0};
		return fault(f, DATAERR,
		    "phone \"%.*s\" is longer than the %d digits that can be dialled from abroad",
		    fault_shown(p, len), p, FORM_MAX);
	}
	ph->bare = r.national.d == r.all.d && r.national.n == r.all.n && r.all.d[0] != 0;
	ph->key = r.code->code;
	for (size_t i = 0; i < r.national.n; i++)
		ph->key = ph->key * 10 + r.national.d[i];
	return 0;
}

bool
phone_look(int64_t key, struct phone *ph)
{
	char text[PHONE_SIZE];
	uint8_t d[PHONE_SIZE];
	struct digits in = {d, 0};
	const struct phone_code *code;

	phone_text(key, text);
	for (const char *p = text + 1; *p; p++)
		d[in.n++] = (uint8_t)(*p - '0');
	*ph = (struct phone){.key = key};
	code = take_code(&in);
	return code && look(code, in, ph);
}

enum { NODES = 1 << 16 };

/* The lengths of the numbers of ordinary lines below a country code: bit n for n digits. */
static uint32_t
line_lengths(const struct phone_code *code)
{
	bool here[NODES] = {false}, next[NODES];
	uint32_t lengths = 0;

	here[code->node] = true;
	for (int n = 1; n <= NATIONAL_MAX; n++) {
		memset(next, 0, sizeof next);
		for (unsigned i = 1; i < NODES; i++)
			for (int d = 0; here[i] && d < 10; d++)
				next[phone_node[i][d]] = true;
		for (unsigned i = 1; i < NODES; i++)
			if (next[i] && (phone_out[i] & 15) >= PHONE_FIXED &&
			    (phone_out[i] & 15) <= PHONE_FIXED_OR_MOBILE)
				lengths |= 1u << n;
		memcpy(here, next, sizeof here);
	}
	return lengths;
}

bool
phone_needs_zero(const char *region)
{
	const struct phone_plan *p = plan_of(region);
	const struct phone_action *a;
	uint32_t lengths;

	if (!p || !p->prefix)
		return false;
	a = beginning(p->prefix, (struct digits){(const uint8_t[]){0}, 1});
	if (!a || a->end != 1)
		return false;
	lengths = line_lengths(&phone_code[phone_code_of[p->code]]);
	return (lengths & (lengths - 1)) != 0;
}

const char *
phone_version(void)
{
	return phone_tables;
}

static const char *const type_name[PHONE_TYPES] = {"unknown", "fixed", "mobile",
    "fixed_or_mobile", "toll_free", "premium", "shared_cost", "voip", "personal", "pager",
    "uan", "voicemail"};

const char *
phone_type_name(enum phone_type type)
{
	return type < PHONE_TYPES ? type_name[type] : type_name[PHONE_UNKNOWN];
}

bool
phone_type_find(const char *name, enum phone_type *type)
{
	for (int i = 0; i < PHONE_TYPES; i++)
		if (!strcmp(name, type_name[i])) {
			*type = (enum phone_type)i;
			return true;
		}
	return false;
}

bool
phone_region_known(const char *region)
{
	return plan_of(region) != NULL;
}

bool
phone_region_find(const char *name, char out[PHONE_REGION])
{
	if (strlen(name) != 2)
		return false;
	for (int i = 0; i < 3; i++)
		out[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];
	return phone_region_known(out);
}

int
phone_check(const char *p, size_t len, struct fault *f)
{
	size_t i = 1;

	while (i < len && p[i] >= '0' && p[i] <= '9')
		i++;
	if (len > 1 && p[0] == '+' && i == len && p[1] != '0' && len - 1 >= FORM_MIN &&
	    len - 1 <= FORM_MAX)
		return 0;
	return fault(f, DATAERR,
	    "phone \"%.*s\" is not a number in E.164 form (+, the country code and the rest, %d to "
	    "%d digits, such as +14155550123)",
	    fault_shown(p, len), p, FORM_MIN, FORM_MAX);
}

int64_t
phone_key(const char *e164)
{
	int64_t v = 0;

	for (const char *p = e164 + (*e164 == '+');
	     *p >= '0' && *p <= '9' && v < INT64_MAX / 20; p++)
		v = v * 10 + (*p - '0');
	return v;
}

char *
phone_text(int64_t key, char out[PHONE_SIZE])
{
	char digits[20], *p = digits + sizeof digits, *to = out;
	uint64_t v = key > 0 ? (uint64_t)key % 1000000000000000000u : 0;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	*to++ = '+';
	memcpy(to, p, (size_t)(digits + sizeof digits - p));
	to[digits + sizeof digits - p] = '\0';
	return out;
}
