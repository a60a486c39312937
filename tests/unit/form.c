/*
 * form: what --format takes, and cells by characters.
 */
#include "form.h"
#include "tap.h"

static void
parses(void)
{
	static const char *const good[] = {"table", "ndjson", "csv"},
				 *const bad[] = {"", "TABLE", "json", "csv "};
	struct fault f;
	enum form form = FORM_TABLE;

	for (int i = 0; i < 3; i++)
		ok(form_parse(good[i], &form, &f) == 0 && (int)form == i, "%s", good[i]);
	for (int i = 0; i < 4; i++)
		ok(form_parse(bad[i], &form, &f) < 0 && f.code == USAGE, "\"%s\" is none",
		    bad[i]);
}

static void
cells(void)
{
	static const struct {
		const char *text;
		int width;
		const char *want;
	} table[] = {{"ab", 4, "ab   "}, {"", 2, "   "}, {"abc", 2, "abc "}, {"abc", 3, "abc "},
	    {"Ögüt", 5, "Ögüt  "}, {"आशा", 4, "आशा  "}, {"x", 0, "x "}};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_reset(&b);
		form_cell(&b, table[i].text, table[i].width);
		is_bytes(b.p, b.len, table[i].want, strlen(table[i].want), table[i].text);
	}
	buf_reset(&b);
	form_cell_i(&b, INT64_MIN, 3);
	form_cell(&b, "", 8);
	form_end(&b);
	is_bytes(b.p, b.len, "-9223372036854775808\n", 21, "a line ends without spaces");
	buf_release(&b);
}

int
main(void)
{
	parses();
	cells();
	return done_testing();
}
