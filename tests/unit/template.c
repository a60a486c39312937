/*
 * template: the cases of tests/data/mustache.json, made after what the Mustache
 * specification asks of interpolation, sections, inverted sections and
 * comments, with the two places where we differ; limits; needed names.
 */
#include <stdlib.h>

#include <jansson.h>

#include "buf.h"
#include "mem.h"
#include "tap.h"
#include "template.h"

static const char *
text(const json_t *c, const char *key)
{
	return json_string_value(json_object_get(c, key));
}

static void
run_refused(const json_t *c, const char *name)
{
	struct fault f = {.code = OK};
	struct template *t = template_new(text(c, "template"), &f);
	char *want = xasprintf("template:%s: ", text(c, "refused"));

	if (!ok(t == NULL && f.code == CONFIG && strncmp(f.text, want, strlen(want)) == 0, "%s",
		name))
		printf("# %s\n", t != NULL ? "compiled" : f.text);
	template_free(t);
	free(want);
}

static void
run_fill(const json_t *c, const char *name)
{
	struct fault f = {.code = OK};
	struct template *t = template_new(text(c, "template"), &f);
	struct buf out = {0};
	char *error;
	int r = -1;

	buf_adds(&out, "before ");
	if (t != NULL)
		r = template_fill(t, json_object_get(c, "data"), &out, &f);
	if (text(c, "want") != NULL) {
		if (!ok(r == 0 && strcmp(out.p + 7, text(c, "want")) == 0, "%s", name)) {
			tap_show(
			    "got", r == 0 ? out.p : f.text, strlen(r == 0 ? out.p : f.text));
			tap_show("want", text(c, "want"), strlen(text(c, "want")));
		}
	} else {
		error = xasprintf("{{%s}}", text(c, "error"));
		ok(t != NULL && r < 0 && f.code == DATAERR && strstr(f.text, error) != NULL &&
			strcmp(out.p, "before ") == 0,
		    "%s", name);
		free(error);
	}
	template_free(t);
	buf_release(&out);
}

static void
test_cases(void)
{
	json_error_t e;
	json_t *cases = json_load_file("tests/data/mustache.json", JSON_REJECT_DUPLICATES, &e),
	       *c;
	char *name;
	size_t i;

	ok(json_array_size(cases) > 100, "tests/data/mustache.json is read");
	json_array_foreach(cases, i, c)
	{
		name = xasprintf("%s: %s", text(c, "group"), text(c, "name"));
		if (text(c, "refused") != NULL)
			run_refused(c, name);
		else
			run_fill(c, name);
		free(name);
	}
	json_decref(cases);
}

/* All variables without a value at once, each once. */
static void
test_lacks(void)
{
	struct fault f = {.code = OK};
	struct buf out = {0};
	struct template *t =
	    template_new("{{a}} {{b}} {{a}} {{#s}}{{c}}{{/s}} {{d}} {{^n}}{{e}}{{/n}}", &f);
	json_t *data = json_pack("{s:s, s:[{}, {}], s:s}", "d", "D", "s", "n", "");

	buf_adds(&out, "before");
	ok(template_fill(t, data, &out, &f) < 0 && f.code == DATAERR, "four lack");
	is_str(f.text, "{{a}}, {{b}}, {{c}}, {{e}} have no value", "and are named");
	is_str(out.p, "before", "nothing is filled by half");
	json_object_set_new(data, "a", json_integer(1));
	json_object_set_new(data, "b", json_integer(2));
	json_object_set_new(data, "n", json_string("N"));
	json_object_set_new(data, "s", json_null());
	ok(template_fill(t, data, &out, &f) == 0, "none lacks");
	is_str(out.p, "before1 2 1  D ", "it is filled");
	template_free(t);
	json_object_set_new(data, "Roll Number", json_string("7"));
	json_object_set_new(data, "course", json_string("BA"));
	t = template_new("{{corse}} {{COURSE}} {{roll number}} {{source}} {{fee}}", &f);
	ok(template_fill(t, data, &out, &f) < 0, "names that are none");
	is_str(f.text,
	    "{{corse}} (did you mean {{course}}?), {{COURSE}} (did you mean {{course}}?),"
	    " {{roll number}} (did you mean {{Roll Number}}?), {{source}}, {{fee}} have no value",
	    "those that are nearly one");
	json_decref(data);
	template_free(t);
	buf_release(&out);
}

/* What may be too much: depth, output, steps, a name. */
static void
test_limits(void)
{
	struct fault f = {.code = OK};
	struct buf b = {0}, out = {0};
	struct template *t;
	json_t *data = json_object(), *list = json_array();

	for (int i = 0; i < 32; i++)
		buf_adds(&b, "{{#x}}");
	for (int i = 0; i < 32; i++)
		buf_adds(&b, "{{/x}}");
	t = template_new(b.p, &f);
	ok(t != NULL, "32 sections deep");
	for (int i = 0; i < 100; i++)
		json_array_append_new(list, json_integer(i));
	json_object_set_new(data, "x", list);
	ok(template_fill(t, data, &out, &f) < 0 && f.code == DATAERR,
	    "100 to the 32nd steps end early");
	template_free(t);
	buf_adds(&b, "{{#x}}");
	for (int i = 0; i < 32; i++)
		buf_adds(&b, "{{#x}}");
	ok(template_new(b.p, &f) == NULL && f.code == CONFIG, "33 are too deep");
	t = template_new(
	    "{{#x}}{{#x}}{{#x}}a long line of text, again and again {{/x}}{{/x}}{{/x}}", &f);
	ok(template_fill(t, data, &out, &f) < 0 && f.code == DATAERR && out.len == 0,
	    "1 MiB of text is enough");
	template_free(t);
	buf_reset(&b);
	buf_adds(&b, "{{");
	for (int i = 0; i < 300; i++)
		buf_addc(&b, 'n');
	buf_adds(&b, "}}");
	ok(template_new(b.p, &f) == NULL && f.code == CONFIG, "a name of 300 bytes");
	ok(template_new("caf\xe9 {{x}}", &f) == NULL &&
		strncmp(f.text, "template:1:4: ", 14) == 0,
	    "not UTF-8");
	ok(template_new("{{a\x01}}", &f) == NULL && f.code == CONFIG,
	    "a control character in a name");
	json_decref(data);
	buf_release(&b);
	buf_release(&out);
}

static void
test_names(void)
{
	struct fault f = {.code = OK};
	struct buf b = {0};
	struct template *t = template_new(
	    "{{a}} {{#b}}{{c}}{{#d}}{{e}}{{/d}}{{/b}} {{{f.g}}} {{^h}}{{i}}{{/h}} {{! j }}{{&k}}",
	    &f);

	ok(template_names(t, "b") && template_names(t, "d") && template_names(t, "a") &&
		template_names(t, "k"),
	    "it names its sections, inner ones too, and its variables");
	ok(!template_names(t, "h") && !template_names(t, "j") && !template_names(t, "f"),
	    "neither an inverted one, nor a note, nor a part of a name");
	template_free(t);
	template_free(NULL);
	buf_release(&b);
}

int
main(void)
{
	test_cases();
	test_lacks();
	test_limits();
	test_names();
	return done_testing();
}
