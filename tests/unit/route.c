/*
 * route: targets against a table: found, another method, elsewhere, nowhere.
 */
#include "mem.h"
#include "route.h"
#include "tap.h"

static const struct route table[] = {
    {.path = "/", .methods = METHOD_GET, .faces = FACE_PEOPLE},
    {.path = "/hooks", .methods = METHOD_POST, .faces = FACE_AVR},
    {.path = "/c", .methods = METHOD_GET, .faces = FACE_PEOPLE},
    {.path = "/c", .methods = METHOD_POST, .faces = FACE_PEOPLE},
    {.path = "/c/{name}", .methods = METHOD_GET | METHOD_DELETE, .faces = FACE_PEOPLE},
    {.path = "/c/{name}/x/{id}", .methods = METHOD_PUT, .faces = FACE_PEOPLE},
};

enum { BAD = -2, NONE = -1 };

static void
test_find(void)
{
	static const struct {
		const char *method, *target;
		unsigned faces;
		int want; /* row, NONE or BAD */
		unsigned allow;
		const char *param;
	} cases[] = {
	    {"GET", "/", FACE_PEOPLE, 0, METHOD_GET, ""},
	    {"HEAD", "/?a=b", FACE_PEOPLE, 0, METHOD_GET, ""},
	    {"POST", "/", FACE_PEOPLE, NONE, METHOD_GET, ""},
	    {"POST", "/hooks", FACE_AVR, 1, METHOD_POST, ""},
	    {"POST", "/hooks", FACE_PEOPLE, NONE, 0, ""},
	    {"POST", "/hooks", FACE_AVR | FACE_PEOPLE, 1, METHOD_POST, ""},
	    {"POST", "/c", FACE_PEOPLE, 3, METHOD_POST | METHOD_GET, ""},
	    {"PUT", "/c", FACE_PEOPLE, NONE, METHOD_POST | METHOD_GET, ""},
	    {"GET", "/c/a%20b", FACE_PEOPLE, 4, METHOD_GET | METHOD_DELETE, "a%20b"},
	    {"GET", "/c/", FACE_PEOPLE, NONE, 0, ""},
	    {"GET", "/c/a/", FACE_PEOPLE, NONE, 0, ""},
	    {"GET", "/%63", FACE_PEOPLE, NONE, 0, ""},
	    {"GET", "//c", FACE_PEOPLE, NONE, 0, ""},
	    {"GET", "/c/../c", FACE_PEOPLE, NONE, 0, ""},
	    {"PUT", "/c/a/x/b", FACE_PEOPLE, 5, METHOD_PUT, "a"},
	    {"GET", "http://h:1/c/q", FACE_PEOPLE, 4, METHOD_GET | METHOD_DELETE, "q"},
	    {"GET", "http://h", FACE_PEOPLE, BAD, 0, ""},
	    {"OPTIONS", "*", FACE_PEOPLE, BAD, 0, ""},
	    {"GET", "", FACE_PEOPLE, BAD, 0, ""},
	    {"GET", "c", FACE_PEOPLE, BAD, 0, ""},
	    {"GET", "/c#a", FACE_PEOPLE, BAD, 0, ""},
	    {"GET", "/c\x7f", FACE_PEOPLE, BAD, 0, ""},
	    {"BREW", "/c/a", FACE_PEOPLE, NONE, METHOD_GET | METHOD_DELETE, ""},
	};
	struct route_found f;

	for (size_t i = 0; i < COUNT(cases); i++) {
		int rc = route_find(table, COUNT(table), cases[i].faces,
		    method_parse(cases[i].method), cases[i].target, &f);
		int row = rc < 0 ? BAD : f.route ? (int)(f.route - table) : NONE;

		ok(row == cases[i].want && (row >= 0 || f.allow == cases[i].allow), "%s %s: %d",
		    cases[i].method, cases[i].target, row);
		if (row >= 0)
			ok(slice_is(f.params ? f.param[0] : slice(""), cases[i].param),
			    "its parameter");
	}
}

static void
test_long(void)
{
	char target[ROUTE_TARGET_MAX + 2] = "/c/";
	struct route_found f;

	memset(target + 3, 'a', sizeof(target) - 4);
	is_int(route_find(table, COUNT(table), FACE_PEOPLE, METHOD_GET, target, &f), -1,
	    "a target that is too long");
	target[ROUTE_TARGET_MAX] = '\0';
	is_int(route_find(table, COUNT(table), FACE_PEOPLE, METHOD_GET, target, &f), 0,
	    "the longest");
	ok(f.route == &table[4], "it is found");
}

static void
test_text(void)
{
	static const struct {
		const char *raw, *want; /* null: refused */
	} cases[] = {{"a", "a"}, {"", ""}, {"a%20b", "a b"}, {"%C3%A4", "\xc3\xa4"},
	    {"a+b", "a+b"}, {"%", NULL}, {"%4", NULL}, {"%4g", NULL}, {"%00", NULL},
	    {"%0a", NULL}, {"%c3", NULL}};
	struct buf b = {0};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int rc = route_text(slice(cases[i].raw), &b);

		ok(rc == (cases[i].want ? 0 : -1), "\"%s\": %d", cases[i].raw, rc);
		if (cases[i].want)
			is_str(b.p, cases[i].want, "its text");
	}
	buf_release(&b);
}

static void
test_query(void)
{
	struct slice v = {"", 0}, query = slice("from=7&x=&to=a%20b&fromage=1");

	ok(route_query(query, "from", &v) && slice_is(v, "7"), "the first");
	ok(route_query(query, "x", &v) && slice_is(v, ""), "an empty one");
	ok(route_query(query, "fromage", &v) && slice_is(v, "1"), "the last");
	ok(!route_query(query, "fro", &v), "half a key");
	ok(!route_query(slice(""), "from", &v), "in nothing");
}

int
main(void)
{
	char names[64];

	test_find();
	test_long();
	test_text();
	test_query();
	is_str(method_names(METHOD_GET | METHOD_DELETE, names), "GET, HEAD, DELETE", "Allow");
	return done_testing();
}
