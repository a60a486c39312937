/*
 * metrics: the values of labels, whatever stands in them.
 */
#include "buf.h"
#include "metrics.h"
#include "tap.h"

int
main(void)
{
	static const struct {
		const char *value, *want;
	} table[] = {{"small", "\"small\""}, {"", "\"\""}, {"a\"b", "\"a\\\"b\""},
	    {"a\\nb", "\"a\\\\nb\""}, {"a\nb", "\"a\\nb\""},
	    {"\"} 1\n# EOF", "\"\\\"} 1\\n# EOF\""}, {"\xe0\xa4\x85", "\"\xe0\xa4\x85\""}};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_reset(&b);
		metrics_label(&b, table[i].value);
		is_str(b.p, table[i].want, "a label");
	}
	buf_release(&b);
	return done_testing();
}
