/*
 * buf, mem and fault: text that grows, is escaped, cut and reported.
 */
#include <stdlib.h>

#include "buf.h"
#include "fault.h"
#include "mem.h"
#include "tap.h"

static void
test_growth(void)
{
	struct buf b = {0};
	int same = 1;

	buf_add(&b, "", 0);
	is_str(b.p, "", "nothing added is an empty text");
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	for (int i = 0; i < 100000; i++)
		same &= b.p[i] == 'a' + i % 26;
	ok(same && b.len == 100000 && b.p[b.len] == '\0', "100,000 bytes, one at a time");
	buf_reset(&b);
	ok(b.len == 0 && b.p[0] == '\0' && b.cap > 100000, "reset keeps the memory");
	buf_printf(&b, "%s-%d", "x", 42);
	buf_adds(&b, "!");
	is_str(b.p, "x-42!", "printf and text");
	buf_release(&b);
	ok(!b.p && !b.len && !b.cap, "release leaves nothing");
}

static void
test_numbers(void)
{
	static const struct {
		int64_t v;
		const char *want;
	} table[] = {
	    {0, "0"},
	    {7, "7"},
	    {-10, "-10"},
	    {INT64_MAX, "9223372036854775807"},
	    {INT64_MIN, "-9223372036854775808"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < COUNT(table); i++) {
		buf_reset(&b);
		buf_addi(&b, table[i].v);
		is_str(b.p, table[i].want, table[i].want);
	}
	buf_release(&b);
}

static void
test_json(void)
{
	struct buf b = {0};

	buf_json(&b, "a\"b\\c\n\r\t\b\f\x01\x1f\0é/", 16);
	is_str(b.p, "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f\\u0000\xc3\xa9/\"", "escapes");
	buf_reset(&b);
	buf_member(&b, "type", "contact");
	buf_member_i(&b, "v", 1);
	buf_member(&b, "phone", NULL);
	buf_key(&b, "attributes");
	buf_member(&b, "course", "BSc");
	buf_member(&b, "a\"b", "");
	buf_adds(&b, "}");
	buf_member(&b, "status", "accepted");
	buf_adds(&b, "}\n");
	is_str(b.p,
	    "{\"type\":\"contact\",\"v\":1,\"attributes\":{\"course\":\"BSc\",\"a\\\"b\":\"\"},"
	    "\"status\":\"accepted\"}\n",
	    "members, nested");
	buf_member_i(&b, "v", -1);
	ok(strstr(b.p, "}\n{\"v\":-1") != NULL, "a new line starts a new object");
	buf_release(&b);
}

static void
test_slices(void)
{
	struct slice s = SLICE("busy");
	char *copy = slice_dup(s);

	is_str(copy, "busy", "slice_dup");
	ok(slice_is(s, "busy") && !slice_is(s, "bus") && !slice_is(s, "busyy"), "slice_is");
	ok(slice_is((struct slice){NULL, 0}, ""), "an empty slice is the empty text");
	free(copy);
}

static void
test_copy(void)
{
	char small[4];

	is_int(copy_text(small, sizeof(small), "abc"), 0, "what fits is copied");
	is_str(small, "abc", "whole");
	is_int(copy_text(small, sizeof(small), "abcd"), -1, "what does not fit is told");
	is_str(small, "abc", "and cut");
	is_int(copy_text(small, sizeof(small), "ab\xc3\xa9"), -1, "nor does a character");
	is_str(small, "ab", "that is never cut in its middle");
	is_int(copy_text(small, sizeof(small), "\xe0\xa4\x95"), 0, "unless it is whole");
	copy_text(small, sizeof(small), "\x80\x80\x80\x80\x80");
	is_int((int64_t)strlen(small), 0, "what is no character goes too");
}

static void
test_fault(void)
{
	struct fault f;
	char *longer;

	is_int(fault(&f, TEMPFAIL, "%s: HTTP %d", "host", 503), -1, "fault returns -1");
	is_int(f.code, TEMPFAIL, "its code");
	is_str(f.text, "host: HTTP 503", "its text");
	is_int(fault_in(&f, "line %d", 7), -1, "fault_in returns -1");
	is_str(f.text, "line 7: host: HTTP 503", "the prefix stands before");
	is_int(f.code, TEMPFAIL, "the code stays");
	fault(&f, DATAERR, "[%s]", f.text);
	is_str(f.text, "[line 7: host: HTTP 503]", "a fault may quote itself");
	fault(&f, DATAERR,
	    "a\nb\x1b[1m\x7f\xc2\x9b"
	    "2J \xc3\xa9");
	is_str(f.text, "a?b?[1m???2J \xc3\xa9", "control characters are replaced");
	fault(
	    &f, DATAERR, "\"%.5s\" caf\xe9 \xf0\x9f\x98\x80 \xff", "\xe0\xa4\x95\xe0\xa4\x95");
	is_str(f.text, "\"\xe0\xa4\x95??\" caf? \xf0\x9f\x98\x80 ?",
	    "what is no UTF-8 is replaced, half a character too");
	is_int(fault_shown("abc", 3), 3, "a short value is shown whole");
	is_int(fault_shown("0123456789012345678901234567890123456\xe0\xa4\x95\xe0\xa4\x95", 43),
	    40, "a long one cut");
	is_int(fault_shown("012345678901234567890123456789012345678\xe0\xa4\x95", 42), 39,
	    "before a character");
	longer = xmalloc(2001);
	for (int i = 0; i < 1000; i++)
		memcpy(longer + 2 * i, "\xc3\xa9", 3);
	fault(&f, DATAERR, "%s", longer);
	is_int((int64_t)strlen(f.text), 998, "a cut never splits a character");
	fault_in(&f, "x");
	is_int((int64_t)strlen(f.text), 999, "nor with a prefix");
	free(longer);
}

int
main(void)
{
	test_growth();
	test_numbers();
	test_json();
	test_slices();
	test_copy();
	test_fault();
	return done_testing();
}
