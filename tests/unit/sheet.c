/*
 * sheet: header names, rows and records to persons, and every reason to refuse.
 */
#include <stdlib.h>
#include <unistd.h>

#include "mem.h"
#include "sheet.h"
#include "tap.h"

static int asked;

static int
zone(void *arg, const char *name, struct fault *f)
{
	(void)arg;
	asked++;
	return strncmp(name, "Mars", 4) ? 0
					: fault(f, DATAERR, "\"%s\" is not a time zone", name);
}

/* Cells of a text, split at '|'. */
static size_t
cells(const char *text, struct slice *out)
{
	size_t n = 0;

	for (;; text++) {
		size_t len = strcspn(text, "|");
		out[n++] = (struct slice){text, len};
		text += len;
		if (!*text)
			return n;
	}
}

/* The digest is another test's; everything else as one text. */
static const char *
shown(const struct person *p)
{
	static struct buf b;

	buf_reset(&b);
	person_record(&b, p, NULL);
	b.p[b.len - 1] = '\0';
	return b.p + strlen("{\"type\":\"contact\",\"v\":1,");
}

/* sheet_row, whose person must be the one that sheet_key says. */
static int
row(struct sheet *s, const struct slice *cell, size_t n, struct person *p,
    struct sheet_why *why, struct fault *f)
{
	struct slice key;
	char *before = sheet_key(s, cell, n, &key) ? slice_dup(key) : NULL;
	int rc = sheet_row(s, cell, n, p, why, f);

	if (rc == 0)
		is_str(before, p->key, "  who it is, known beforehand");
	free(before);
	return rc;
}

static const char *const phone_is_mobile[] = {"phone=Mobile", "name=Who"};

static const struct {
	const char *name, *header, *id;
	size_t maps;
	const char *why; /* null: good */
} headers[] = {
    {"the least", "phone", NULL, 0, NULL},
    {"all fields",
	"id|name|phone|phone2|phone3|phone4|phone5|phone6|phone7|phone8|timezone|language|priority",
	NULL, 0, NULL},
    {"mapped", "Who|Mobile", NULL, 2, NULL},
    {"names are exact", "Phone", NULL, 0,
	"no column is called \"phone\"; if these look right, add --map phone=Phone (or --accept-map)"},
    {"what looks like a field is not taken", "Roll Number|Student's Name|Mob. No|Phone 2", NULL,
	0,
	"no column is called \"phone\"; if these look right, add --map phone='Mob. No' --map phone2='Phone 2' --map name='Student'\\''s Name' (or --accept-map)"},
    {"nor beside a phone", "phone|Student Name", NULL, 0,
	"no column is called \"name\"; if these look right, add --map name='Student Name' (or --accept-map); if not, --map phone=phone"},
    {"nor a name in two columns", "phone|Last Name|First Name", NULL, 0,
	"no column is called \"name\"; if these look right, add --map name='First Name+Last Name' (or --accept-map); if not, --map phone=phone"},
    {"of three, none is certain", "phone|Last Name|First Name|Surname", NULL, 0, NULL},
    {"nor a wish", "phone|DNC|Opted out", NULL, 0,
	"no column is called \"do_not_call\"; if these look right, add --map do_not_call=DNC --map do_not_call='Opted out' (or --accept-map); if not, --map attribute=DNC --map attribute='Opted out'"},
    {"nor one of who may be called", "phone|OK to call|Blocked", NULL, 0,
	"no column is called \"call_allowed\"; if these look right, add --map call_allowed='OK to call' --map do_not_call=Blocked (or --accept-map); if not, --map attribute='OK to call' --map attribute=Blocked"},
    {"nor both, beside a name", "phone|Student Name|Permission", NULL, 0,
	"no column is called \"name\"; if these look right, add --map name='Student Name' --map call_allowed=Permission (or --accept-map); if not, --map phone=phone"},
    {"beside the exact one others are warned of", "phone|do_not_call|Consent", NULL, 0, NULL},
    {"nor a field in other letters", "phone|ID|Course|Time Zone|LANGUAGE|Priority", NULL, 0,
	"no column is called \"id\"; if these look right, add --map id=ID --map timezone='Time Zone' --map language=LANGUAGE --map priority=Priority (or --accept-map); if not, --map phone=phone"},
    {"two of them", "phone|ID|i.d.", NULL, 0,
	"no column is called \"id\"; if these look right, add --map id=ID (another one looks like the id, too); if not, --map phone=phone"},
    {"--id says which is the id", "phone|ID|Roll No", "Roll No", 0, NULL},
    {"a second phone without a first", "phone2|Mobile", NULL, 0,
	"no column is called \"phone\"; if these look right, add --map phone=Mobile (or --accept-map)"},
    {"two names", "Mobile|Name|Student Name", NULL, 0,
	"no column is called \"phone\"; if these look right, add --map phone=Mobile --map name=Name (another one looks like the name, too)"},
    {"nothing like a phone", "a|b", NULL, 0,
	"no column is called \"phone\" or looks like one (there are: a, b); say which one it is: --map phone=COLUMN"},
    {"mapped, and the rest is nobody's guess", "Who|Mobile|Alternate Phone|Name", NULL, 2,
	NULL},
    {"odd spaces", "\xc2\xa0phone |na\xe2\x80\x8bme", NULL, 0, NULL},
    {"line breaks in a name", "phone|Roll\nNo", NULL, 0, NULL},
    {"the same but for spaces", "phone|x |x", NULL, 0, "columns 2 and 3 are both called \"x\""},
    {"two phones", "Who|Mobile|phone", NULL, 2,
	"columns \"Mobile\" and \"phone\" are both the phone; a field has one column"},
    {"a name twice", "phone|x|x", NULL, 0, "columns 2 and 3 are both called \"x\""},
    {"no name", "phone|", NULL, 0, NULL},
    {"several of no name", "|phone|| ", NULL, 0, NULL},
    {"a map whose column is missing, beside another of that field", "Who|phone", NULL, 2,
	"there is no column \"Mobile\" for the phone (there are: Who, phone)"},
    {"a map without its column", "Mobile", NULL, 2,
	"there is no column \"Who\" for the name (there are: Mobile)"},
    {"--id without its column", "phone", "Nr", 0,
	"there is no column \"Nr\" for the id (there are: phone)"},
    {"--id beside id", "phone|id|Nr", "Nr", 0, NULL},
    {"a control character", "phone|a\x01", NULL, 0,
	"the name of column 2 holds a control character (is this a sheet of text?)"},
};

static void
test_headers(void)
{
	struct slice cell[CONTACT_NAME_MAX];
	struct fault f;

	for (size_t i = 0; i < COUNT(headers); i++) {
		struct sheet_rules rules = {.source = "s",
		    .id = headers[i].id,
		    .map = phone_is_mobile,
		    .maps = headers[i].maps,
		    .zone = zone};
		struct sheet *s = sheet_new(&rules, &f);

		is_int(sheet_header(s, cell, cells(headers[i].header, cell), &f),
		    headers[i].why ? -1 : 0, headers[i].name);
		if (headers[i].why)
			is_str(f.text, headers[i].why, "  why");
		sheet_free(s);
	}
}

static void
test_maps(void)
{
	static const char *const wrong[] = {"phone", "=x", "phone=", "town=x", ""};
	struct fault f;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct sheet_rules rules = {
		    .source = "s", .map = &wrong[i], .maps = 1, .zone = zone};
		ok(sheet_new(&rules, &f) == NULL && f.code == USAGE, "--map %s is refused",
		    wrong[i]);
	}
}

/* With --accept-map. */
static void
test_guesses(void)
{
	static const char *const other[] = {"phone=Alternate Mobile"},
				 *const second[] = {"phone2=Mobile"}, *const mine[] = {"id=Nr"},
				 *const wish[] = {"do_not_call=DNC"};
	static const struct {
		const char *header, *map; /* null: refused */
		size_t maps;
		const char *const *given; /* null: phone_is_mobile */
	} t[] = {
	    {"Roll Number|Student Name|Father Name|Mobile|Alternate Mobile",
		"name=Student Name\nphone=Mobile\nphone2=Alternate Mobile\n", 0, NULL},
	    {"phone|name|Mobile", "phone=phone\nname=name\n", 0, NULL},
	    {"phone|Student Name", "phone=phone\nname=Student Name\n", 0, NULL},
	    {"Who|Mobile|Other Phone", "name=Who\nphone=Mobile\nphone2=Other Phone\n", 2, NULL},
	    {"Mobile|Alternate Mobile|Name|ID|Father's Mobile",
		"phone=Mobile\nphone2=Alternate Mobile\nname=Name\nid=ID\n", 0, NULL},
	    {"Mobile|Alternate Mobile|Name|ID|Father's Mobile",
		"phone2=Mobile\nphone=Alternate Mobile\nname=Name\nid=ID\n", 1, other},
	    {"Mobile|Alternate Mobile", "phone2=Mobile\nphone=Alternate Mobile\n", 1, second},
	    {"Mobile|Nr|ID|Language|time_zone",
		"phone=Mobile\nid=Nr\nlanguage=Language\ntimezone=time_zone\n", 1, mine},
	    {"Mobile|DNC|Opted out", "phone=Mobile\ndo_not_call=DNC\ndo_not_call=Opted out\n",
		1, wish},
	    {"phone|Language|LANGUAGE", NULL, 0, NULL},
	    {"id|Phone|First Name|Last Name", "id=id\nphone=Phone\nname=First Name+Last Name\n",
		0, NULL},
	    {"Phone|Name|Student Name", NULL, 0, NULL},
	    {"a|Name", NULL, 0, NULL},
	};
	struct slice cell[16];
	struct fault f;

	for (size_t i = 0; i < COUNT(t); i++) {
		struct sheet_rules rules = {.source = "s",
		    .accept = true,
		    .map = t[i].given ? t[i].given : phone_is_mobile,
		    .maps = t[i].maps,
		    .zone = zone};
		struct sheet *s = sheet_new(&rules, &f);
		struct buf b = {0};

		is_int(sheet_header(s, cell, cells(t[i].header, cell), &f), t[i].map ? 0 : -1,
		    t[i].header);
		if (t[i].map) {
			sheet_map(s, &b);
			is_str(b.p, t[i].map, "  the map");
		}
		buf_release(&b);
		sheet_free(s);
	}
}

static void
test_map_files(void)
{
	static const struct {
		const char *text, *want; /* entries joined by '|'; or the fault */
		bool bad;
	} t[] = {
	    {"phone=Mobile\nname=Student Name\n", "phone=Mobile|name=Student Name", false},
	    {"# a map\r\n\r\n  phone=Mob. = No  \r\n", "phone=Mob. = No", false},
	    {"phone=x", "phone=x", false},
	    {"", "", false},
	    {"attribute=Blocked\ncall_allowed=OK\n", "attribute=Blocked|call_allowed=OK",
		false},
	    {"attribute=\n",
		"m:1: map attribute=: write it as field=column, such as phone=Mobile", true},
	    {"\n\ntown=x\n",
		"m:3: map town=x: there is no field \"town\" (id, name, phone, phone2 to phone8, timezone, language, priority, do_not_call, call_allowed, attribute)",
		true},
	    {"phone\n", "m:1: map phone: write it as field=column, such as phone=Mobile", true},
	    {"phone=\xff\n", "m:1: is not text in UTF-8", true},
	    {"phone=a\tb\n", "m:1: is not text in UTF-8", true},
	};

	for (size_t i = 0; i < COUNT(t); i++) {
		const char *map[SHEET_MAPS];
		size_t n = 0;
		struct buf b = {0};
		struct fault f;
		char *text = xstrdup(t[i].text);
		int rc = sheet_map_read("m", text, strlen(text), map, &n, &f);

		buf_adds(&b, rc < 0 ? f.text : "");
		for (size_t j = 0; rc == 0 && j < n; j++)
			buf_printf(&b, "%s%s", j ? "|" : "", map[j]);
		is_int(rc, t[i].bad ? -1 : 0, "a map file");
		is_str(b.p, t[i].want, "  what it says");
		buf_release(&b);
		free(text);
	}
}

static void
test_wishes(void)
{
	static const struct {
		const char *row;
		int wish; /* -1: refused */
	} t[] = {{"+14155550100|yes|", 1}, {"+14155550100| Y |", 1}, {"+14155550100|TRUE|", 1},
	    {"+14155550100|1|no", 1}, {"+14155550100|no|x", 1}, {"+14155550100||Opted out", 1},
	    {"+14155550100|हाँ|", 1}, {"+14155550100|SI|", 1}, {"+14155550100||", 0},
	    {"+14155550100|no|", 0}, {"+14155550100|N|0", 0}, {"+14155550100|False|-", 0},
	    {"+14155550100|maybe|", -1}, {"+14155550100|yes|2026-01-02", -1},
	    {"+14155550100|?|", -1}, {"+14155550100|12|", -1}};
	static const char *const map[] = {"phone=phone", "do_not_call=DNC", "do_not_call=out"};
	struct sheet_rules rules = {.source = "s", .map = map, .maps = 3, .zone = zone};
	struct slice cell[64];
	struct sheet_why why;
	struct person p;
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	is_int(sheet_header(s, cell, cells("phone|DNC|out", cell), &f), 0,
	    "two columns of wishes");
	is_str(sheet_unapplied(s, 0, NULL), NULL, "both are obeyed");
	for (size_t i = 0; i < COUNT(t); i++) {
		int rc = row(s, cell, cells(t[i].row, cell), &p, &why, &f);

		is_int(rc ? -1 : p.do_not_call, t[i].wish, t[i].row);
		if (rc)
			is_str(why.code, "do_not_call", "  its code");
	}
	is_int(sheet_header(s, cell, cells("phone|out|b", cell), &f), -1,
	    "a column of a wish that is missing");
	is_str(f.text,
	    "there is no column \"DNC\" for the do_not_call (there are: phone, out, b)",
	    "  is named");
	sheet_free(s);
	rules.maps = 1;
	s = sheet_new(&rules, &f);
	is_int(sheet_header(s, cell, cells("phone|a|Do Not Call", cell), &f), 0,
	    "a map without it");
	is_str(sheet_unapplied(s, 0, NULL), "Do Not Call", "what is not obeyed is known");
	sheet_free(s);
}

/* The other way round: a no is the wish, and where nothing is said nobody is called. */
static void
test_allowed(void)
{
	static const struct {
		const char *row;
		int wish; /* -1: refused, and it may be one; 1 of a refused row: as far as is known */
		const char *code;
	} t[] = {{"1|+14155550100|yes|", 0, NULL}, {"1|+14155550100| OK |", 0, NULL},
	    {"1|+14155550100|Opted in|", 0, NULL}, {"1|+14155550100|no|", 1, NULL},
	    {"1|+14155550100|N|", 1, NULL}, {"1|+14155550100|0|no", 1, NULL},
	    {"1|+14155550100|DNC|", 1, NULL}, {"1|+14155550100|revoked|", 1, NULL},
	    {"1|+14155550100|yes|yes", 1, NULL}, {"1|+14155550100||yes", 1, "call_allowed"},
	    {"1|+14155550100||", -1, "call_allowed"}, {"1|+14155550100|x|", -1, "call_allowed"},
	    {"1|+14155550100|2026-01-02|", -1, "call_allowed"}, {"1||no|", 1, "missing"},
	    {"1||yes|", 0, "missing"}, {"1|||", -1, "missing"},
	    {"1|+14155550100|no", 1, "fields"}, {"1|+14155550100|a|no|b", 1, "fields"},
	    {"1|+14155550100", -1, "fields"}};
	static const char *const map[] = {"phone=phone", "call_allowed=OK?", "do_not_call=out"};
	struct sheet_rules rules = {.source = "s", .map = map, .maps = 3, .zone = zone};
	struct slice cell[64];
	struct sheet_why why;
	struct person p;
	struct buf b = {0};
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	is_int(
	    sheet_header(s, cell, cells("id|phone|OK?|out", cell), &f), 0, "who may be called");
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t n = cells(t[i].row, cell);
		int rc = row(s, cell, n, &p, &why, &f);
		bool unclear = rc < 0 && sheet_row_refused(s, cell, n, false, &p);

		is_int(unclear ? -1 : p.do_not_call, t[i].wish, t[i].row);
		is_str(rc < 0 ? why.code : NULL, t[i].code, "  its code");
	}
	sheet_map(s, &b);
	is_str(b.p, "id=id\nphone=phone\ncall_allowed=OK?\ndo_not_call=out\n",
	    "it is kept in a map");
	sheet_free(s);
	buf_release(&b);
}

/* A map says that a column is no wish: nobody is warned, and it is not suggested. */
static void
test_no_wish(void)
{
	static const char *const map[] = {"attribute=Blocked", "attribute=Consent"};
	struct sheet_rules rules = {
	    .source = "s", .map = map, .maps = 2, .zone = zone, .accept = true};
	const char *field = NULL;
	struct slice cell[64];
	struct buf b = {0};
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	is_int(sheet_header(s, cell, cells("phone|Blocked|Consent|DNC", cell), &f), 0,
	    "two columns that are no wishes");
	is_str(sheet_unapplied(s, 0, &field), NULL, "nobody is warned of them");
	sheet_map(s, &b);
	is_str(b.p, "phone=phone\nattribute=Blocked\nattribute=Consent\ndo_not_call=DNC\n",
	    "that is kept in a map");
	is_int(sheet_header(s, cell, cells("phone|Blocked", cell), &f), -1, "one is missing");
	is_str(f.text,
	    "there is no column \"Consent\" for the attribute (there are: phone, Blocked)",
	    "  and named");
	sheet_free(s);
	rules.maps = 1;
	rules.accept = false;
	s = sheet_new(&rules, &f);
	is_int(sheet_header(s, cell, cells("phone|Blocked|OK to call", cell), &f), 0,
	    "one that is none, and another");
	is_str(sheet_unapplied(s, 0, &field), "OK to call", "is told");
	is_str(field, "call_allowed", "  with the field that it seems to be");
	sheet_free(s);
	buf_release(&b);
}

static void
test_parts(void)
{
	static const char *const map[] = {"phone=phone", "name=Given + Family"};
	struct sheet_rules rules = {.source = "s", .map = map, .maps = 2, .zone = zone};
	struct slice cell[64];
	struct buf saved = {0};
	struct sheet_why why;
	struct person p;
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	is_int(sheet_header(s, cell, cells("Family|phone|Given", cell), &f), 0,
	    "a name of two columns");
	is_int(row(s, cell, cells("Rao |+14155550100|Asha\xc2\xa0M", cell), &p, &why, &f), 0,
	    "  a row");
	is_str(p.name, "Asha M Rao", "  in the order of the map");
	is_str(p.attributes, NULL, "  and no attributes");
	is_int(row(s, cell, cells("Rao|+14155550100|", cell), &p, &why, &f), 0,
	    "  one part is empty");
	is_str(p.name, "Rao", "  the other is the name");
	is_int(row(s, cell, cells("|+14155550100|", cell), &p, &why, &f), 0, "  both are");
	is_str(p.name, NULL, "  there is none");
	is_int(row(s, cell, cells("R\tao|+14155550100|A", cell), &p, &why, &f), -1, "  a tab");
	is_str(why.code, "control", "  is refused");
	sheet_map(s, &saved);
	is_str(saved.p, "phone=phone\nname=Given+Family\n", "  as a map file has it");
	is_int(sheet_header(s, cell, cells("Given + Family|phone|Given", cell), &f), 0,
	    "a column that is called so");
	is_int(
	    row(s, cell, cells("A B|+14155550100|A", cell), &p, &why, &f), 0, "  a row of it");
	is_str(p.name, "A B", "  is the name itself");
	is_int(sheet_header(s, cell, cells("Given|phone|b", cell), &f), -1,
	    "a part that is missing");
	is_str(f.text,
	    "there is no column \"Given + Family\" for the name (there are: Given, phone, b)",
	    "  is named");
	buf_release(&saved);
	sheet_free(s);
}

#define HEADER "id|name|phone|phone2|phone3|timezone|language|priority|b|a"

static const struct {
	const char *name, *row, *want; /* want null: refused */
	const char *code, *why;
	size_t column;
} rows[] = {
    {"odd spaces in an id",
	"\xc2\xa0"
	"a\xc2\xa0"
	"b|A|+14155550100|||||||",
	"\"source\":\"s\",\"key\":\"a b\",\"name\":\"A\",\"phone\":\"+14155550100\"}", NULL,
	NULL, 0},
    {"full", "1|A|+14155550100|+14155550101|+14155550102|Asia/Kolkata|hi|-3|x|y",
	"\"source\":\"s\",\"key\":\"1\",\"name\":\"A\",\"phone\":\"+14155550100\",\"phone2\":\"+14155550101\","
	"\"phone3\":\"+14155550102\",\"timezone\":\"Asia/Kolkata\",\"language\":\"hi\",\"priority\":-3,"
	"\"attributes\":{\"a\":\"y\",\"b\":\"x\"}}",
	NULL, NULL, 0},
    {"the least", "1||+14155550100|||||||",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\"}", NULL, NULL, 0},
    {"a gap between numbers closes", "1||||+14155550102|||||",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550102\"}", NULL, NULL, 0},
    {"a number twice is one", "1||+14155550100|+14155550100|+14155550102|||||",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"phone2\":\"+14155550102\"}",
	NULL, NULL, 0},
    {"text of an attribute is escaped", "1||+14155550100||||||a\"b\\c\n\td|é",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\","
	"\"attributes\":{\"a\":\"é\",\"b\":\"a\\\"b\\\\c\\n\\td\"}}",
	NULL, NULL, 0},
    {"no number", "1|||||||||", NULL, "missing", "phone is missing", 0},
    {"no id", "||+14155550100|||||||", NULL, "missing", "id is empty", 0},
    {"wrong second number", "1||+14155550100|5550|||||||x", NULL, "fields", NULL, 0},
    {"a wrong phone2", "1||+14155550100|5550||||||", NULL, "phone", NULL, 4},
    {"no such zone", "1||+14155550100|||Mars/X||||", NULL, "timezone",
	"timezone: \"Mars/X\" is not a time zone", 6},
    {"a language by its name", "1||+14155550100||||hindi|||",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"language\":\"hi\"}", NULL,
	NULL, 0},
    {"a language that is none", "1||+14155550100||||Klingonese|||", NULL, "language",
	"language \"Klingonese\" is not a language tag (BCP 47, such as hi or pt-BR)", 7},
    {"two languages", "1||+14155550100||||English/Hindi|||", NULL, "language", NULL, 7},
    {"no language", "1||+14155550100||||_|||", NULL, "language", NULL, 7},
    {"no priority", "1||+14155550100|||||high||", NULL, "priority",
	"priority \"high\" is not a whole number", 8},
    {"too short", "1||+14155550100", NULL, "fields",
	"the row has 3 fields, the header 10 (a delimiter inside a value needs quotes)", 0},
    {"a tab in a name", "1|a\tb|+14155550100|||||||", NULL, "control",
	"name holds a control character at its byte 2", 2},
    {"DEL in an attribute", "1||+14155550100|||||||a\x7f", NULL, "control",
	"a holds a control character at its byte 2", 10},
    {"half a character", "1||+14155550100||||||x\xc3|", NULL, "utf8",
	"b is not valid UTF-8 at its byte 2 (--encoding NAME reads other encodings)", 9},
    {"spaces around are nothing",
	" 1 |\xc2\xa0"
	"A\xc2\xa0R |+14155550100 |||||||\xc2\xa0",
	"\"source\":\"s\",\"key\":\"1\",\"name\":\"A R\",\"phone\":\"+14155550100\"}", NULL,
	NULL, 0},
    {"empty fields behind the last column", "1||+14155550100||||||||| ",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\"}", NULL, NULL, 0},
    {"several in a cell, in the order of the columns",
	"1||+14155550100/+14155550101|+14155550102|||||x|",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"phone2\":\"+14155550101\","
	"\"phone3\":\"+14155550102\",\"attributes\":{\"b\":\"x\"}}",
	NULL, NULL, 0},
    {"a short one that repeats the end", "1||+14155550100/0101||||||x|",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"phone2\":\"+14155550101\","
	"\"attributes\":{\"b\":\"x\"}}",
	NULL, NULL, 0},
    {"a short one that does not", "1||+14155550100/4321||||||x|", NULL, "several", NULL, 3},
    {"more than eight",
	"1||+14155550100/+14155550101/+14155550102/+14155550103/+14155550104/+14155550105/+14155550106/+14155550107|+14155550108||||||",
	NULL, "several", "the row has more than 8 numbers", 0},
    {"an apostrophe before a number", "1||'+14155550100|||||||",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\"}", NULL, NULL, 0},
    {"an apostrophe before an id", "'1||+14155550100|||||||", NULL, "apostrophe",
	"id \"'1\" begins with a spreadsheet's apostrophe; take it away", 1},
    {"an id as a decimal", "1001.0||+14155550100|||||||", NULL, "decimal", NULL, 1},
    {"a rounded id", "1.2E+15||+14155550100|||||||", NULL, "scientific", NULL, 1},
    {"a rounded number", "1||9.87654E+09|||||||", NULL, "scientific", NULL, 3},
    {"a formula", "1||=\"+14155550100\"|||||||", NULL, "formula", NULL, 3},
    {"a formula in an attribute", "1||+14155550100||||||=\"x\"|", NULL, "formula", NULL, 9},
    {"a failed formula", "1|#REF!|+14155550100|||||||", NULL, "error", NULL, 2},
    {"an extension", "1||+14155550100 x12|||||||", NULL, "extension", NULL, 3},
    {"grouped thousands", "1||+14155550100|||||1,00,000||",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"priority\":100000}", NULL,
	NULL, 0},
    {"one comma may be that of a decimal", "1||+14155550100|||||1,000||", NULL, "priority",
	NULL, 8},
    {"an amount stays as it is written", "1||+14155550100||||||1,00,000|",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"attributes\":{\"b\":\"1,00,000\"}}",
	NULL, NULL, 0},
    {"the end of a sheet", "Total|40||||||||", NULL, "footer", NULL, 0},
    {"the end of a sheet, alone", "Total: 40", NULL, "footer", NULL, 0},
    {"a surrogate", "1||+14155550100||||||\xed\xa0\x80|", NULL, "utf8", NULL, 9},
    {"an overlong form", "1||+14155550100||||||\xc0\xaf|", NULL, "utf8", NULL, 9},
};

static void
test_rows(void)
{
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct slice cell[64];
	struct sheet_why why;
	struct person p;
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	sheet_header(s, cell, cells(HEADER, cell), &f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int rc = row(s, cell, cells(rows[i].row, cell), &p, &why, &f);

		is_int(rc, rows[i].want ? 0 : -1, rows[i].name);
		if (rc == 0) {
			is_str(shown(&p), rows[i].want, "  the person");
			is_int(p.digest, person_digest(&p), "  with its digest");
			continue;
		}
		is_str(why.code, rows[i].code, "  the code");
		is_int((int64_t)why.column, (int64_t)rows[i].column, "  the column");
		if (rows[i].why)
			is_str(f.text, rows[i].why, "  the words");
	}
	sheet_free(s);
}

/* National numbers, by the region that --region names. */
static const struct {
	const char *region, *cell, *want; /* numbers joined by ' '; or the code */
} regions[] = {
    {"IN", "98765 43210", "+919876543210"},
    {"IN", "098765-43210", "+919876543210"},
    {"IN", "91 98765 43210", "+919876543210"},
    {"IN", "+44 20 7946 0123", "+442079460123"},
    {"IN",
	"98765\xc2\xa0"
	"43210/43211",
	"+919876543210 +919876543211"},
    {"IN", "022-25432100/01", "+912225432100 +912225432101"},
    {"IN", "98765-43210 / 11", "+919876543210 +919876543211"},
    {"IN", "98765 43210, 98111 22233", "+919876543210 +919811122233"},
    {"IN", "98765 43210/98111", "several"},
    {"IN", "98765 432", "phone"},
    {"IN", "9.87654E+09", "scientific"},
    {"US", "(212) 555-0142", "+12125550142"},
    {"US", "212.555.0142", "+12125550142"},
    {"US", "(212) 555-0142 x12", "extension"},
    {"US", "555-0142", "phone"},
    {"US", "(212) 555-0142/0143", "+12125550142 +12125550143"},
    {"DE", "030/23125042", "+493023125042"},
    {"DE", "030/23125042/43", "+493023125042 +493023125043"},
    {"DE", "0049 30 23125042", "+493023125042"},
    {"DE", "49 30 23125042", "+493023125042"},
    /* Of Berlin as they are; with a 0 in front, of Dortmund. */
    {"DE", "23125042", "zeros"},
    {"DE", "030/23125042, 23125043", "+493023125042 +493023125043"},
    {"DE", "030/23125042, 23999943", "several"},
    {"GB", "2079460123", "zeros"},
    {"GB", "020 7946 0123", "+442079460123"},
    {"FR", "1 99 00 12 34", "+33199001234"},
    {NULL, "98765 43210", "phone"},
    {NULL, "+91 98765 43210/43211", "+919876543210 +919876543211"},
};

static void
test_regions(void)
{
	for (size_t i = 0; i < COUNT(regions); i++) {
		struct sheet_rules rules = {
		    .source = "s", .zone = zone, .region = regions[i].region};
		struct slice cell[2] = {SLICE("phone"), SLICE("x")};
		struct buf b = {0};
		struct fault f;
		struct sheet *s = sheet_new(&rules, &f);
		struct sheet_why why;
		struct person p;

		sheet_header(s, cell, 2, &f);
		cell[0] = slice(regions[i].cell);
		if (row(s, cell, 2, &p, &why, &f) < 0)
			buf_adds(&b, why.code);
		else
			for (int j = 0; j < p.phones; j++) {
				char text[20];

				buf_printf(
				    &b, "%s%s", j ? " " : "", phone_text(p.phone[j], text));
			}
		is_str(b.p, regions[i].want, regions[i].cell);
		buf_release(&b);
		sheet_free(s);
	}
}

/* Rows that are nobody, and columns without a name. */
static void
test_nobody(void)
{
	static const struct {
		const char *row;
		int rc;
		const char *code;
	} t[] = {{"1|+14155550100||x", 0, NULL}, {"|||", 1, NULL}, {"", 1, NULL},
	    {" |\xc2\xa0||", 1, NULL}, {"|||||||", 1, NULL}, {"id|phone||a", 1, NULL},
	    {" id|phone ||a", 1, NULL}, {"id|phone||a|", -1, "phone"},
	    {"id|phone|x|a", -1, "phone"}, {"1|+14155550100|x|x", -1, "unnamed"},
	    {"1|+14155550100||x|y", -1, "fields"}};
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct slice cell[16];
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);
	struct sheet_why why;
	struct person p;

	is_int(sheet_header(s, cell, cells("id|phone||a", cell), &f), 0, "a nameless column");
	for (size_t i = 0; i < COUNT(t); i++) {
		int rc = sheet_row(s, cell, cells(t[i].row, cell), &p, &why, &f);

		is_int(rc, t[i].rc, t[i].row);
		if (rc < 0)
			is_str(why.code, t[i].code, "  the code");
	}
	sheet_free(s);
}

/* Without a column for it, the key is the first number, of whichever column. */
static void
test_keys(void)
{
	static const char *const t[] = {"+14155550102|+14155550100|A", "+14155550102||A",
	    "|+14155550101|A", " +1 415 555-0103/0104 | |A", "\xc2\xa0|+14155550105/0106|A"};
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct slice cell[8], key;
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);
	struct sheet_why why;
	struct person p;

	sheet_header(s, cell, cells("phone2|phone|name", cell), &f);
	for (size_t i = 0; i < COUNT(t); i++)
		is_int(row(s, cell, cells(t[i], cell), &p, &why, &f), 0, t[i]);
	ok(!sheet_key(s, cell, cells("||A", cell), &key), "nobody without a number");
	ok(!sheet_key(s, cell, cells("|12a|A", cell), &key), "nor with a wrong one");
	ok(!sheet_key(s, cell, 0, &key), "nor in a row without values");
	sheet_header(s, cell, cells("phone|name|id", cell), &f);
	ok(!sheet_key(s, cell, cells("+14155550100|A", cell), &key),
	    "a row ends before its id");
	sheet_free(s);
}

/* A row that is too short: what stands under the id is looked at as a wish too, and stays where it is. */
static void
test_refused_keys(void)
{
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct slice cell[4];
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);
	struct person p;
	char key[CONTACT_NAME_MAX];
	int wrong = 0;

	sheet_header(s, cell, cells("id|do_not_call|phone|name", cell), &f);
	memset(key, 'k', sizeof key);
	for (size_t len = 1; len < sizeof key; len++) {
		cell[0] = (struct slice){key, len};
		cell[1] = SLICE("yes");
		(void)sheet_row_refused(s, cell, 2, false, &p);
		wrong += !p.do_not_call || !p.key || strlen(p.key) != len ||
		    strncmp(p.key, key, len) != 0;
	}
	is_int(wrong, 0, "the key of a short row, whatever its length");
	sheet_free(s);
}

/* Every place of an odd byte around the widths of the fast look. */
static void
test_widths(void)
{
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct slice cell[2] = {SLICE("phone"), SLICE("a")};
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);
	struct sheet_why why;
	struct person p;
	char text[48];
	int wrong = 0;

	sheet_header(s, cell, 2, &f);
	cell[0] = SLICE("+14155550100");
	for (size_t len = 1; len < sizeof text; len++)
		for (size_t at = 0; at < len; at++)
			for (const char *odd = "\x01\x7f\x80\xff"; *odd; odd++) {
				memset(text, '~', len);
				text[at] = *odd;
				cell[1] = (struct slice){text, len};
				wrong += sheet_row(s, cell, 2, &p, &why, &f) == 0;
			}
	is_int(wrong, 0, "an odd byte is found wherever it stands");
	for (size_t len = 1; len < sizeof text; len++) {
		memset(text, 'a', len);
		cell[1] = (struct slice){text, len};
		wrong += sheet_row(s, cell, 2, &p, &why, &f) != 0 ||
		    strlen(p.attributes) != len + strlen("{\"a\":\"\"}");
	}
	is_int(wrong, 0, "and plain text of every length is taken");
	sheet_free(s);
}

static void
test_zones(void)
{
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct slice cell[2] = {SLICE("phone"), SLICE("timezone")};
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);
	struct sheet_why why;
	struct person p;
	char name[32];

	sheet_header(s, cell, 2, &f);
	cell[0] = SLICE("+14155550100");
	asked = 0;
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "Zone/%d", i % 10);
		cell[1] = slice(name);
		sheet_row(s, cell, 2, &p, &why, &f);
	}
	is_int(asked, 10, "a zone is asked for once");
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "Zone/%d", i);
		cell[1] = slice(name);
		if (sheet_row(s, cell, 2, &p, &why, &f) < 0 || strcmp(p.timezone, name))
			asked = -1;
	}
	ok(asked > 10, "more zones than are kept are fine");
	sheet_free(s);
}

static struct rec rec; /* the one that record() read */

static int
record(
    struct sheet *s, const char *line, struct person *p, struct sheet_why *why, struct fault *f)
{
	static struct ndjson in;
	int fds[2], got;

	ndjson_release(&in);
	if (pipe(fds) < 0 || write(fds[1], line, strlen(line)) < 0)
		return -2;
	close(fds[1]);
	ndjson_init(&in, fds[0], "x");
	got = ndjson_next(&in, &rec, f);
	close(fds[0]);
	return got == 1 ? sheet_record(s, &rec, p, why, f) : -2;
}

static const struct {
	const char *name, *line, *want, *code;
} records[] = {
    {"plain", "{\"phone\":\"+14155550100\",\"id\":\"1\",\"b\":2,\"a\":\"x\"}",
	"\"source\":\"s\",\"key\":\"1\",\"phone\":\"+14155550100\",\"attributes\":{\"a\":\"x\",\"b\":2}}",
	NULL},
    {"escapes",
	"{\"\\u0070hone\":\"\\u002b14155550100\",\"n\\u0061me\":\"\\u00e9\\\"\",\"a\":\"\\u00e9\\n\"}",
	"\"source\":\"s\",\"key\":\"+14155550100\",\"name\":\"é\\\"\",\"phone\":\"+14155550100\","
	"\"attributes\":{\"a\":\"é\\n\"}}",
	NULL},
    {"whole numbers", "{\"phone\":\"+14155550100\",\"id\":7,\"priority\":-2}",
	"\"source\":\"s\",\"key\":\"7\",\"phone\":\"+14155550100\",\"priority\":-2}", NULL},
    {"nothing is nothing",
	"{\"phone\":\"+14155550100\",\"name\":null,\"timezone\":\"\",\"x\":null}",
	"\"source\":\"s\",\"key\":\"+14155550100\",\"phone\":\"+14155550100\"}", NULL},
    {"one of ours",
	"{\"type\":\"contact\",\"v\":1,\"id\":9,\"source\":\"o\",\"key\":\"k\",\"phone\":\"+14155550100\","
	"\"attributes\":{\"b\":[1, {\"x\":\"y\"}],\"a\":true},\"status\":\"accepted\",\"more\":1}",
	"\"source\":\"o\",\"key\":\"k\",\"phone\":\"+14155550100\","
	"\"attributes\":{\"a\":true,\"b\":[1,{\"x\":\"y\"}],\"more\":1}}",
	NULL},
    {"no number", "{\"id\":\"1\"}", NULL, "missing"},
    {"a number as a number", "{\"phone\":15550100}", NULL, "type"},
    {"an id with a point", "{\"phone\":\"+14155550100\",\"id\":1.5}", NULL, "type"},
    {"a list for a name", "{\"phone\":\"+14155550100\",\"name\":[]}", NULL, "type"},
    {"a priority as text of no number", "{\"phone\":\"+14155550100\",\"priority\":\"x\"}", NULL,
	"priority"},
    {"an escaped NUL", "{\"phone\":\"+14155550100\",\"a\":\"\\u0000\"}", NULL, "control"},
    {"an escaped NUL, deep", "{\"phone\":\"+14155550100\",\"a\":[\"\\u0000\"]}", NULL, "type"},
    {"an escaped bell, deep", "{\"phone\":\"+14155550100\",\"a\":[\"\\u0007\"]}", NULL,
	"control"},
    {"an odd key", "{\"phone\":\"+14155550100\",\"a\\u0007\":1}", NULL, "control"},
    {"a name twice",
	"{\"type\":\"contact\",\"phone\":\"+14155550100\",\"a\":1,\"attributes\":{\"a\":2}}",
	NULL, "fields"},
    {"attributes of no object",
	"{\"type\":\"contact\",\"phone\":\"+14155550100\",\"attributes\":1}", NULL, "type"},
};

static void
test_records(void)
{
	struct sheet_rules rules = {.source = "s", .zone = zone};
	struct sheet_why why;
	struct person p;
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	for (size_t i = 0; i < COUNT(records); i++) {
		int rc = record(s, records[i].line, &p, &why, &f);

		is_int(rc, records[i].want ? 0 : -1, records[i].name);
		if (rc == 0)
			is_str(shown(&p), records[i].want, "  the person");
		else
			is_str(why.code, records[i].code, "  the code");
	}
	sheet_free(s);
}

/* Of several members that are do_not_call one yes is enough, also in a record that is refused. */
static void
test_record_wishes(void)
{
	static const char *const map[] = {"do_not_call=DNC", "do_not_call=out"};
	static const struct {
		const char *line;
		int rc;
		bool wish;
	} t[] = {
	    {"{\"phone\":\"+14155550100\",\"DNC\":\"no\",\"out\":\"yes\"}", 0, true},
	    {"{\"phone\":\"+14155550100\",\"DNC\":true,\"out\":false}", 0, true},
	    {"{\"phone\":\"+14155550100\",\"DNC\":\"no\",\"out\":0}", 0, false},
	    {"{\"phone\":\"12a\",\"id\":\"7\",\"DNC\":\"no\",\"out\":\"yes\"}", -1, true},
	};
	static const struct {
		const char *line;
		int rc, wish; /* -1: may be */
	} may[] = {
	    {"{\"phone\":\"+14155550100\",\"ok\":true}", 0, 0},
	    {"{\"phone\":\"+14155550100\",\"ok\":false}", 0, 1},
	    {"{\"phone\":\"+14155550100\",\"ok\":0}", 0, 1},
	    {"{\"phone\":\"+14155550100\",\"ok\":null}", -1, -1},
	    {"{\"phone\":\"+14155550100\"}", -1, -1},
	    {"{\"phone\":\"+14155550100\",\"ok\":\"\"}", -1, -1},
	    {"{\"phone\":\"12a\",\"ok\":\"no\"}", -1, 1},
	};
	struct sheet_rules rules = {.source = "s", .map = map, .maps = 2, .zone = zone};
	struct sheet_why why;
	struct person p;
	struct fault f;
	struct sheet *s = sheet_new(&rules, &f);

	for (size_t i = 0; i < COUNT(t); i++) {
		is_int(record(s, t[i].line, &p, &why, &f), t[i].rc, t[i].line);
		if (t[i].rc < 0)
			sheet_record_refused(s, &rec, &p);
		is_int(p.do_not_call, t[i].wish, "  the wish");
	}
	sheet_free(s);
	rules.map = (const char *const[]){"call_allowed=ok"};
	rules.maps = 1;
	s = sheet_new(&rules, &f);
	for (size_t i = 0; i < COUNT(may); i++) {
		int rc = record(s, may[i].line, &p, &why, &f);
		bool unclear = rc < 0 && sheet_record_refused(s, &rec, &p);

		is_int(rc, may[i].rc, may[i].line);
		is_int(unclear ? -1 : p.do_not_call, may[i].wish, "  the wish");
	}
	sheet_free(s);
}

int
main(void)
{
	test_headers();
	test_maps();
	test_guesses();
	test_map_files();
	test_wishes();
	test_allowed();
	test_no_wish();
	test_parts();
	test_rows();
	test_nobody();
	test_keys();
	test_refused_keys();
	test_regions();
	test_widths();
	test_zones();
	test_records();
	test_record_wishes();
	return done_testing();
}
