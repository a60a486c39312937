/*
 * fuzz: a model's summary of a call, and the body of a summary event.
 * Whatever the bytes are: no claim passes whose words are not in its line.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "summary.h"

static const struct summary_line said[] = {
    {1000, 1, false, "Hello, this is Maya."},
    {2000, 2, true, "Call me tomorrow at six."},
};

static void
hold(const char *record)
{
	struct fault f;
	json_t *v = json_read("record", record, strlen(record), &f), *s;
	const char *words;
	json_int_t line;

	if (!v)
		abort();
	if ((s = json_object_get(v, "said"))) {
		line = json_integer_value(json_object_get(s, "line"));
		words = json_string_value(json_object_get(s, "words"));
		if (line < 1 || line > 2 || !summary_quotes(said[line - 1].text, words))
			abort();
	}
	json_decref(v);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct summary_callback c;
	struct summary s;
	struct fault f;
	struct buf out = {0};
	enum outcome o;

	buf_adds(&out, "{\"type\":\"event\"");
	if (summary_answer(text, said, 2, &out, &o, &c, &f) == 0) {
		buf_addc(&out, '}');
		hold(out.p);
	}
	if (summary_read((const char *)data, size, &s, &f) == 0)
		summary_release(&s);
	buf_release(&out);
	free(text);
	return 0;
}
