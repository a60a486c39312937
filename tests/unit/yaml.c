/*
 * yaml: what plain scalars become, what is refused and where, and the places
 * that messages name.
 */
#include <stdlib.h>

#include "mem.h"
#include "tap.h"
#include "yaml.h"

static void
check(const char *name, const char *text, size_t len, const char *want)
{
	struct fault f = {.code = OK};
	struct yaml y;
	char *got;

	if (yaml_parse(&y, "t.yaml", text, len, &f) == 0)
		got = json_dumps(y.root, JSON_ENCODE_ANY | JSON_COMPACT);
	else
		got = xasprintf("%d %s", f.code, f.text);
	is_str(got, want, name);
	free(got);
	yaml_release(&y);
}

static const struct {
	const char *name, *text, *want;
} cases[] = {
    {"integers", "[0, 7, -12, 9223372036854775807]", "[0,7,-12,9223372036854775807]"},
    {"text that looks like a number",
	"[012, +44, 0x1f, 1.5, -0, 1_000, 9223372036854775808, .5, 1e3]",
	"[\"012\",\"+44\",\"0x1f\",\"1.5\",\"-0\",\"1_000\",\"9223372036854775808\",\".5\","
	"\"1e3\"]"},
    {"text that looks like a truth", "[yes, No, on, off, y, tRue]",
	"[\"yes\",\"No\",\"on\",\"off\",\"y\",\"tRue\"]"},
    {"true, false and null", "[true, False, NULL, ~, null]", "[true,false,null,null,null]"},
    {"times and dates stay text", "{at: 09:00, hours: 09:00-20:00, day: 2026-03-02}",
	"{\"at\":\"09:00\",\"hours\":\"09:00-20:00\",\"day\":\"2026-03-02\"}"},
    {"quotes make text", "['7', \"true\", '']", "[\"7\",\"true\",\"\"]"},
    {"a key without a value", "a:\nb: 1\n", "{\"a\":null,\"b\":1}"},
    {"a block text", "t: |\n  Hi {{name}},\n  bye\n", "{\"t\":\"Hi {{name}},\\nbye\\n\"}"},
    {"a folded text", "t: >-\n  a\n  b\n", "{\"t\":\"a b\"}"},
    {"nested", "a:\n- b: [1]\n  c: {}\n", "{\"a\":[{\"b\":[1],\"c\":{}}]}"},
    {"keys are text", "1: x\ntrue: y\n", "{\"1\":\"x\",\"true\":\"y\"}"},
    {"a byte order mark",
	"\xef\xbb\xbf"
	"a: 1\n",
	"{\"a\":1}"},
    {"an empty file", "", "null"},
    {"comments alone", "# nothing\n", "null"},
    {"one document may be marked", "---\na: 1\n...\n", "{\"a\":1}"},
    {"a duplicate key", "a: 1\nb: 2\na: 3\n",
	"78 t.yaml:3:1: \"a\" is given twice (first in line 1)"},
    {"a duplicate key below", "x:\n  a: 1\n  a: 1\n",
	"78 t.yaml:3:3: \"a\" is given twice (first in line 2)"},
    {"an anchor", "a: &x 1\n", "78 t.yaml:1:4: anchors (&) are not taken"},
    {"an anchor of a list", "a: &x [1]\n", "78 t.yaml:1:4: anchors (&) are not taken"},
    {"an alias", "a: *x\n", "78 t.yaml:1:4: aliases (*) are not taken"},
    {"an alias as a key", "*x : 1\n", "78 t.yaml:1:1: aliases (*) are not taken"},
    {"a tag", "a: !!str 1\n", "78 t.yaml:1:4: tags (!) are not taken"},
    {"a tag of a mapping", "a: !x {b: 1}\n", "78 t.yaml:1:4: tags (!) are not taken"},
    {"a merge", "a: {}\n<<: b\n", "78 t.yaml:2:1: merge keys (<<) are not taken"},
    {"a list as a key", "? [a]\n: 1\n", "78 t.yaml:1:3: a key must be a word"},
    {"two documents", "a: 1\n---\nb: 2\n",
	"78 t.yaml:2:1: a second document (---): one file, one document"},
    {"an open bracket", "a: [1\nb: 2\n",
	"78 t.yaml:2:2: did not find expected ',' or ']' while parsing a flow sequence"},
    {"a tab", "a:\n\tb: 1\n",
	"78 t.yaml:2:1: found character that cannot start any token while scanning for the "
	"next token"},
    {"bad UTF-8", "a: 1\nb: \xff\n", "78 t.yaml:2:4: invalid leading UTF-8 octet"},
    {"an escaped NUL", "a: \"x\\0y\"\n", "78 t.yaml:1:4: a NUL character inside a text"},
    {"half a surrogate pair", "a: \"\\ud800\"\n",
	"78 t.yaml:1:7: found invalid Unicode character escape code while parsing a quoted "
	"scalar"},
};

static void
deep(void)
{
	char text[201];

	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	check("40 levels", text + 60, 80, "78 t.yaml:1:33: more than 32 levels deep");
	memset(text, '[', 100);
	memset(text + 32, ']', 32);
	check("32 levels", text, 64,
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
}

static void
places(void)
{
	static const char text[] = "name: x\nretry:\n  busy: {max: 3, late: ~}\nlist: [a, b]\n";
	const json_t *retry, *busy;
	struct fault f;
	struct yaml y;

	ok(yaml_parse(&y, "c.yaml", text, sizeof(text) - 1, &f) == 0, "parsed");
	retry = json_object_get(y.root, "retry");
	busy = json_object_get(retry, "busy");
	yaml_fault(&y, busy, &f, "value");
	is_str(f.text, "c.yaml:3:9: value", "a mapping's place");
	yaml_fault(&y, json_object_get(busy, "max"), &f, "value");
	is_str(f.text, "c.yaml:3:15: value", "a number's place");
	yaml_fault(&y, json_array_get(json_object_get(y.root, "list"), 1), &f, "value");
	is_str(f.text, "c.yaml:4:11: value", "an element's place");
	yaml_fault_at(&y, busy, "late", &f, "key");
	is_str(f.text, "c.yaml:3:18: key", "a key's place, its value null");
	yaml_fault_at(&y, busy, "none", &f, "key");
	is_str(f.text, "c.yaml:3:9: key", "an absent key stands where its mapping does");
	yaml_fault_at(&y, y.root, "none", &f, "key");
	is_str(f.text, "c.yaml:1:1: key", "an absent key at the top");
	yaml_fault(&y, json_true(), &f, "odd");
	is_str(f.text, "c.yaml: odd", "an unknown value has the file alone");
	is_int(yaml_line(&y, y.root, "retry"), 2, "a key's line");
	is_int(f.code, CONFIG, "the code");
	yaml_release(&y);
}

static void
files(void)
{
	struct fault f;
	struct yaml y;

	ok(yaml_load(&y, "/nonexistent/x.yaml", &f) < 0, "no such file");
	is_int(f.code, NOINPUT, "is NOINPUT");
	is_str(f.text, "/nonexistent/x.yaml: cannot open: No such file or directory",
	    "and says so");
	yaml_release(&y);
	ok(yaml_load(&y, "/dev/zero", &f) < 0, "a file without an end");
	is_str(f.text, "/dev/zero: more than 1024 KiB", "is too large");
	yaml_release(&y);
	ok(yaml_load(&y, "/", &f) < 0 && f.code == NOINPUT, "a directory");
	yaml_release(&y);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		check(cases[i].name, cases[i].text, strlen(cases[i].text), cases[i].want);
	check("a NUL byte", "a: 1\n\0", 6,
	    "78 t.yaml: holds a NUL byte: is it a YAML file in UTF-8?");
	deep();
	places();
	files();
	return done_testing();
}
