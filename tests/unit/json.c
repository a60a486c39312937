/*
 * json: strict reading of trees and the getters that fault.
 */
#include "json.h"
#include "mem.h"
#include "tap.h"

static void
test_read(void)
{
	static const struct {
		const char *text, *want; /* the same compact, or !fault */
	} table[] = {
	    {"{\"b\": 1, \"a\": [true, null, \"\\u00e9\"]}",
		"{\"b\":1,\"a\":[true,null,\"\xc3\xa9\"]}"},
	    {"7", "7"},
	    {"\"x\"", "\"x\""},
	    {"[]", "[]"},
	    {"", "!what:1:1: the text ends where a value should be"},
	    {"{\n \"a\": 1,\n}", "!what:3:1: expected a key in quotes"},
	    {"{\"a\":\"caf\xe9\"}", "!what:1:10: not valid UTF-8"},
	    {"{\"a\":1,\"a\":2}", "!what:1:10: duplicate object key near '\"a\"'"},
	    {"{\"x\":{\"a\":1,\"a\":2}}", "!what:1:15: duplicate object key near '\"a\"'"},
	    {"[1] 2", "!what:1:5: end of file expected near '2'"},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct fault f;
		struct buf got = {0};
		json_t *root = json_read("what", table[i].text, strlen(table[i].text), &f);

		if (root)
			json_write(&got, root);
		else
			buf_printf(&got, "!%s", f.text);
		is_str(got.p, table[i].want, "json_read");
		buf_release(&got);
		json_decref(root);
	}
}

static void
test_nul(void)
{
	struct fault f;

	ok(!json_read("w", "{\"a\":\"\\u0000\"}", 14, &f), "a NUL escape is refused in trees");
	is_int(f.code, DATAERR, "as wrong data");
}

static void
test_depth(void)
{
	char text[4000];
	struct fault f;

	memset(text, '[', sizeof(text));
	ok(!json_read("w", text, sizeof(text), &f), "4,000 brackets are refused");
	is_str(f.text, "w:1:129: nested deeper than 128", "at the 129th");
}

static void
test_getters(void)
{
	static const char text[] =
	    "{\"s\":\"text\",\"n\":-5,\"r\":1.0,\"z\":null,\"t\":true,\"o\":{},\"l\":[]}";
	struct fault f;
	json_t *o = json_read("w", text, sizeof(text) - 1, &f);
	const char *s = "before";
	int64_t n = 77;
	int b = 5;

	is_int(json_need_text(o, "s", &s, &f), 0, "text that is needed");
	is_str(s, "text", "its value");
	is_int(json_need_text(o, "none", &s, &f), -1, "is missing");
	is_str(f.text, "none is missing", "in words");
	is_int(json_need_text(o, "z", &s, &f), -1, "null is missing too");
	is_int(json_need_text(o, "n", &s, &f), -1, "a number is no text");
	is_str(f.text, "n must be text, not a whole number", "in words");
	is_int(f.code, DATAERR, "as wrong data");
	s = "before";
	is_int(json_want_text(o, "none", &s, &f), 0, "text that is wanted may be absent");
	is_int(json_want_text(o, "z", &s, &f), 0, "or null");
	is_str(s, "before", "and leaves the value");
	is_int(json_want_text(o, "l", &s, &f), -1, "but not a list");
	is_int(json_need_int(o, "n", &n, &f), 0, "an integer");
	is_int(n, -5, "its value");
	is_int(json_need_int(o, "r", &n, &f), -1, "1.0 is none");
	is_str(f.text, "r must be a whole number, not a fraction", "in words");
	is_int(json_need_int(o, "none", &n, &f), -1, "a missing one is not zero");
	is_int(json_want_int(o, "z", &n, &f), 0, "an absent one may be wanted");
	is_int(json_want_int(o, "s", &n, &f), -1, "text is none");
	is_int(n, -5, "and nothing changed");
	is_int(json_want_bool(o, "t", &b, &f), 0, "a truth");
	is_int(b, 1, "its value");
	is_int(json_want_bool(o, "none", &b, &f), 0, "an absent one");
	is_int(json_want_bool(o, "n", &b, &f), -1, "a number is none");
	is_int(b, 1, "and nothing changed");
	json_decref(o);
}

int
main(void)
{
	test_read();
	test_nul();
	test_depth();
	test_getters();
	return done_testing();
}
