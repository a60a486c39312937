/*
 * cell: spaces nobody sees, a spreadsheet's damage, several numbers in one
 * cell, thousands, the last rows of a sheet.
 */
#include "cell.h"
#include "mem.h"
#include "tap.h"

static void
test_spaces(void)
{
	static const struct {
		const char *text, *trimmed, *plain;
	} t[] = {
	    {"Asha", "Asha", "Asha"},
	    {"  Asha Rao ", "Asha Rao", "Asha Rao"},
	    {"\xc2\xa0"
	     "Asha\xc2\xa0Rao\xc2\xa0 ",
		"Asha\xc2\xa0Rao", "Asha Rao"},
	    {"\xef\xbb\xbf\xe2\x80\xaa+1 5\xe2\x80\xac", "+1 5", "+1 5"},
	    {"a\xe2\x80\x8b"
	     "b",
		"a\xe2\x80\x8b"
		"b",
		"ab"},
	    {"\xe3\x80\x80", "", ""},
	    {"   ", "", ""},
	    {"", "", ""},
	    {"\xa0x\xa0", "\xa0x\xa0", "\xa0x\xa0"},
	    {"é\xc2", "é\xc2", "é\xc2"},
	    {"à", "à", "à"},
	};

	for (size_t i = 0; i < COUNT(t); i++) {
		struct slice v = cell_trim(slice(t[i].text));
		struct buf b = {0};

		is_bytes(v.p, v.len, t[i].trimmed, strlen(t[i].trimmed), "trimmed");
		buf_adds(&b, "");
		cell_plain(&b, v);
		is_str(b.p, t[i].plain, "plain");
		buf_release(&b);
	}
}

static const struct {
	const char *text, *number, *other; /* codes */
} damages[] = {
    {"9.87654E+09", "scientific", NULL},
    {"9,87654E+09", "scientific", NULL},
    {"9.876543e+09", "scientific", NULL},
    {"+9E+09", "scientific", NULL},
    {"'9.87654E+09", "scientific", NULL},
    {"9876543210.0", "decimal", NULL},
    {"9876543210,00", "decimal", NULL},
    {"+919876543210.0", "decimal", NULL},
    {"=\"09876543210\"", "formula", "formula"},
    {"=A1", "formula", NULL},
    {"#REF!", "error", "error"},
    {"#N/A", "error", "error"},
    {"########", "error", "error"},
    {"12E3", NULL, NULL},
    {"E+09", NULL, NULL},
    {"9.5E+", NULL, NULL},
    {"1.5", NULL, NULL},
    {"5.0", NULL, NULL},
    {"#1", NULL, NULL},
    {"##", NULL, NULL},
    {"#", NULL, NULL},
    {"=)", "formula", NULL},
    {"+919876543210", NULL, NULL},
    {"1,00,000", NULL, NULL},
    {"", NULL, NULL},
};

static void
test_damage(void)
{
	struct fault f;

	for (size_t i = 0; i < COUNT(damages); i++) {
		is_str(cell_damage("x", slice(damages[i].text), true, &f), damages[i].number,
		    damages[i].text);
		is_str(cell_damage("x", slice(damages[i].text), false, &f), damages[i].other,
		    "  as text");
	}
	cell_damage("phone", SLICE("9.87654E+09"), true, &f);
	is_str(f.text,
	    "phone \"9.87654E+09\" was rounded by a spreadsheet, its last digits are gone; "
	    "take it from its source and make the column text",
	    "in words");
}

static const struct {
	const char *cell, *want; /* parts joined by '|'; or the code */
	bool bad;
} numbers[] = {
    {"+919876543210", "+919876543210", false},
    {"98765 43210", "98765 43210", false},
    {"98765 43210/98765 43211", "98765 43210|98765 43211", false},
    {"98765 43210, 98765 43211", "98765 43210|98765 43211", false},
    {"98765 43210;98765 43211;", "98765 43210|98765 43211", false},
    {"98765 43210\n98765 43211", "98765 43210|98765 43211", false},
    {"98765 43210 or 98765 43211", "98765 43210|98765 43211", false},
    {"98765 43210 / +1 212 555 0100", "98765 43210|+1 212 555 0100", false},
    {"+91 98765 43210, 98111 43211", "+91 98765 43210|98111 43211", false},
    {"022-25432100, 9876543210", "022-25432100|9876543210", false},
    /* completed */
    {"98765 43210/43211", "98765 43210|98765 43211", false},
    {"98765 43210/43211/43212", "98765 43210|98765 43211|98765 43212", false},
    {"98765 43210, 43299", "98765 43210|98765 43299", false},
    {"9876543210/3211", "9876543210|9876543211", false},
    {"+919876543210/9876543211", "+919876543210|+919876543211", false},
    {"98765-43210 / 11", "98765-43210|98765-43211", false},
    {"022 2543 2109/10/11", "022 2543 2109|022 2543 2110|022 2543 2111", false},
    {"98765 43210/1", "98765 43210|98765 43211", false},
    {"022-25432100/25432101", "022-25432100|022-25432101", false},
    {"(022) 25432100/01", "(022) 25432100|(022) 25432101", false},
    /* not certain */
    {"98765 43210/56789", "several", true},
    {"98765 43210/12", "several", true},
    {"98765 43210, 11", "several", true},
    {"98765 43210/9", "several", true},
    {"98765 43210/211", "several", true},
    {"98765 43210/43", "several", true},
    {"+1 212 555 0100/4521", "several", true},
    {"022-25432100/25998877", "several", true},
    {"030/1234567, 7654321", "several", true},
    {"98765 43210/Asha", "several", true},
    {"98765 43210/09", "several", true},
    {"98765 43299/00", "several", true},
    /* an area code in front of a stroke is none */
    {"030/1234567", "030/1234567", false},
    {"030/1234567/8", "030/1234567|030/1234568", false},
    {"030/1234567 / 030/7654321", "several", true},
    /* an apostrophe says "text" */
    {"'+919876543210", "+919876543210", false},
    {"'098765 43210", "098765 43210", false},
    {"'(212) 555-0100", "(212) 555-0100", false},
    {"'Asha", "'Asha", false},
    /* extensions */
    {"(212) 555-0100 x12", "extension", true},
    {"(212) 555-0100x12", "extension", true},
    {"212-555-0100 ext. 12", "extension", true},
    {"212-555-0100, ext 12", "extension", true},
    {"212-555-0100 Extn:12", "extension", true},
    {"+1 212 555 0100 #12", "extension", true},
    {"+1 212 555 0100;ext=12", "extension", true},
    {"030 1234567 Durchwahl 12", "extension", true},
    /* grouped */
    {"9,876,543,210", "grouped", true},
    {"9,87,65,43,210", "grouped", true},
    /* not ours to judge */
    {"12a", "12a", false},
    {"98765,43210", "several", true},
    {"98765 43210 98765 43211", "98765 43210 98765 43211", false},
    {"//", "//", false},
    {",", "phone", true},
    {"+1 2125550100,+1 2125550101,+1 2125550102,+1 2125550103,+1 2125550104,+1 "
     "2125550105,+1 2125550106,+1 2125550107,+1 2125550108",
	"several", true},
};

static void
test_numbers(void)
{
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct cell_numbers n;
		const char *code = NULL;
		struct fault f;
		struct buf b = {0};
		int rc = cell_numbers("phone", slice(numbers[i].cell), &n, &code, &f);

		buf_adds(&b, rc < 0 ? code : "");
		for (size_t j = 0; rc == 0 && j < n.n; j++) {
			buf_adds(&b, j ? "|" : "");
			buf_add(&b, n.part[j].p, n.part[j].len);
		}
		is_int(rc, numbers[i].bad ? -1 : 0, numbers[i].cell);
		is_str(b.p, numbers[i].want, "  what");
		buf_release(&b);
	}
}

static void
test_groups(void)
{
	static const struct {
		const char *text, *want; /* null: none that is certain */
	} t[] = {{"1,00,000", "100000"}, {"12,34,567", "1234567"}, {"1,234,567", "1234567"},
	    {"-1,00,000", "-100000"}, {"1,23,45,678", "12345678"}, {"1,000", NULL},
	    {"100,000", NULL}, {"1,00,00", NULL}, {"1,,000", NULL}, {"1,0,000", NULL},
	    {"123,45,678", NULL}, {"1,234,56,789", NULL}, {"1000", NULL}, {"", NULL},
	    {",1,000", NULL}, {"1,000,", NULL}, {"1,000,0001", NULL}, {"1.000.000", NULL},
	    {"1,000,000,000,000,000,000,000,000", NULL}};

	for (size_t i = 0; i < COUNT(t); i++) {
		char out[24];

		is_str(cell_ungroup(slice(t[i].text), out, sizeof out) ? out : NULL, t[i].want,
		    t[i].text);
	}
}

static void
test_footers(void)
{
	static const char *const yes[] = {"Total", "TOTAL:", "Total students: 40",
	    " Grand Total", "Page 2 of 3", "Printed on 2 March", "Summe", "कुल"},
				 *const no[] = {
				     "Totally Me", "Asha", "", "Counts", "Pageant", "Tota"};

	for (size_t i = 0; i < COUNT(yes); i++)
		ok(cell_footer(slice(yes[i])), "%s is no person", yes[i]);
	for (size_t i = 0; i < COUNT(no); i++)
		ok(!cell_footer(slice(no[i])), "\"%s\" may be one", no[i]);
}

int
main(void)
{
	test_spaces();
	test_damage();
	test_numbers();
	test_groups();
	test_footers();
	return done_testing();
}
