/*
 * num: tables of texts and what they mean, or that they mean nothing.
 */
#include <stddef.h>

#include "fault.h"
#include "mem.h"
#include "num.h"
#include "tap.h"

static const struct {
	const char *text;
	int64_t min, max;
	int good;
	int64_t want;
} numbers[] = {
    {"0", 0, 10, 1, 0},
    {"-7", -10, 10, 1, -7},
    {"007", 0, 10, 1, 7},
    {"9223372036854775807", 0, INT64_MAX, 1, INT64_MAX},
    {"-9223372036854775808", INT64_MIN, 0, 1, INT64_MIN},
    {"9223372036854775808", 0, INT64_MAX, 0, 0},
    {"11", 0, 10, 0, 0},
    {"-1", 0, 10, 0, 0},
    {"", 0, 10, 0, 0},
    {"-", -10, 10, 0, 0},
    {"+5", 0, 10, 0, 0},
    {" 5", 0, 10, 0, 0},
    {"5 ", 0, 10, 0, 0},
    {"5x", 0, 10, 0, 0},
    {"0x5", 0, 10, 0, 0},
    {"1e3", 0, 10000, 0, 0},
};

static void
test_parse(void)
{
	struct fault f;

	for (size_t i = 0; i < COUNT(numbers); i++) {
		int64_t v = 99;
		int got =
		    num_parse("n", numbers[i].text, numbers[i].min, numbers[i].max, &v, &f);

		ok(numbers[i].good ? got == 0 && v == numbers[i].want : got == -1 && v == 99,
		    "num_parse \"%s\"", numbers[i].text);
	}
	num_parse("--limit", "x", 0, 1, &(int64_t){0}, &f);
	is_str(f.text, "--limit \"x\" is not a whole number", "the fault names what");
	is_int(f.code, DATAERR, "and is a data error");
}

static const struct {
	const char *text;
	int64_t want; /* -1: no duration */
} durations[] = {
    {"500ms", 500},
    {"90s", 90000},
    {"15m", 900000},
    {"4h", 14400000},
    {"2d", 172800000},
    {"1h30m", 5400000},
    {"1d1ms", 86400001},
    {"0s", 0},
    {"", -1},
    {"5", -1},
    {"h", -1},
    {"1h30", -1},
    {"30m1h", -1},
    {"1h1h", -1},
    {"-1h", -1},
    {"1 h", -1},
    {"1.5h", -1},
    {"1w", -1},
    {"1hh", -1},
    {"99999999999999999999s", -1},
    {"9223372036854775807d", -1},
};

static const struct {
	int64_t ms;
	const char *want;
} duration_texts[] = {
    {0, "0s"},
    {1, "1ms"},
    {1500, "1500ms"},
    {90000, "90s"},
    {5400000, "90m"},
    {14400000, "4h"},
    {86400001, "1d1ms"},
    {-5000, "-5s"},
};

static void
test_duration(void)
{
	struct fault f;
	char out[32];

	for (size_t i = 0; i < COUNT(durations); i++) {
		int64_t v = -1;
		int got = num_duration("gap", durations[i].text, &v, &f);

		ok(got == (durations[i].want < 0 ? -1 : 0) && v == durations[i].want,
		    "num_duration \"%s\"", durations[i].text);
	}
	for (size_t i = 0; i < COUNT(duration_texts); i++)
		is_str(num_duration_text(duration_texts[i].ms, out), duration_texts[i].want,
		    duration_texts[i].want);
}

static const struct {
	const char *text, *want; /* null: no instant */
} instants[] = {
    {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
    {"2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000Z"},
    {"2026-03-02t09:00:00z", "2026-03-02T09:00:00.000Z"},
    {"2026-03-02 09:00:00Z", "2026-03-02T09:00:00.000Z"},
    {"2026-03-02T09:00:00.1Z", "2026-03-02T09:00:00.100Z"},
    {"2026-03-02T09:00:00.123999Z", "2026-03-02T09:00:00.123Z"},
    {"2026-03-02T09:00:00+05:30", "2026-03-02T03:30:00.000Z"},
    {"2026-03-01T23:00:00-05:00", "2026-03-02T04:00:00.000Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
    {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
    {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    {"0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
    {"2023-02-29T00:00:00Z", NULL},
    {"1900-02-29T00:00:00Z", NULL},
    {"2026-13-01T00:00:00Z", NULL},
    {"2026-00-01T00:00:00Z", NULL},
    {"2026-04-31T00:00:00Z", NULL},
    {"2026-03-02T24:00:00Z", NULL},
    {"2026-03-02T09:60:00Z", NULL},
    {"2026-03-02T09:00:61Z", NULL},
    {"2026-03-02T09:00:00", NULL},
    {"2026-03-02T09:00Z", NULL},
    {"2026-03-02T09:00:00.Z", NULL},
    {"2026-03-02T09:00:00Zx", NULL},
    {"2026-03-02T09:00:00+0530", NULL},
    {"2026-03-02T09:00:00+24:00", NULL},
    {"2026-3-2T09:00:00Z", NULL},
    {"2026-03-02", NULL},
    {"", NULL},
};

static void
test_instant(void)
{
	struct fault f;
	char out[32];

	for (size_t i = 0; i < COUNT(instants); i++) {
		int64_t ms = 0;
		int got = num_instant("at", instants[i].text, &ms, &f);

		if (instants[i].want && got == 0)
			is_str(num_instant_text(ms, out), instants[i].want, instants[i].text);
		else
			ok(!instants[i].want && got == -1, "num_instant \"%s\"",
			    instants[i].text);
	}
	is_str(
	    num_instant_text(INT64_MAX, out), "9999-12-31T23:59:59.999Z", "the last instant");
	is_str(
	    num_instant_text(INT64_MIN, out), "0000-01-01T00:00:00.000Z", "the first instant");
}

static const struct {
	const char *name, *text;
	ptrdiff_t bad;
} utf8[] = {
    {"empty", "", -1},
    {"ASCII", "abc", -1},
    {"two bytes, first and last", "\xc2\x80\xdf\xbf", -1},
    {"three bytes, first and last", "\xe0\xa0\x80\xef\xbf\xbf", -1},
    {"four bytes, first and last", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", -1},
    {"around the surrogates", "\xed\x9f\xbf\xee\x80\x80", -1},
    {"a lone continuation", "a\x80", 1},
    {"overlong slash", "\xc0\xaf", 0},
    {"overlong, C1", "\xc1\xbf", 0},
    {"overlong, three bytes", "\xe0\x9f\xbf", 0},
    {"overlong, four bytes", "\xf0\x8f\xbf\xbf", 0},
    {"high surrogate", "x\xed\xa0\x80", 1},
    {"low surrogate", "\xed\xbf\xbf", 0},
    {"above U+10FFFF", "\xf4\x90\x80\x80", 0},
    {"F5", "\xf5\x80\x80\x80", 0},
    {"FE", "\xfe", 0},
    {"FF", "\xff", 0},
    {"cut after one of two", "ab\xc3", 2},
    {"cut after two of three", "\xe2\x82", 0},
    {"cut after three of four", "\xf0\x9f\x98", 0},
    {"ASCII inside a character",
	"\xe2\x82"
	"a",
	0},
    {"good, then bad", "\xc3\xa9\xc3\xa9\xff", 4},
    {"Latin-1", "caf\xe9", 3},
};

static void
test_utf8(void)
{
	char text[80];

	for (size_t i = 0; i < COUNT(utf8); i++)
		is_int(utf8_bad(utf8[i].text, strlen(utf8[i].text)), utf8[i].bad, utf8[i].name);
	is_int(utf8_bad("a\0b", 3), -1, "NUL is a character");
	int same = 1;
	for (size_t at = 0; at < 64; at++) {
		memset(text, 'a', sizeof(text));
		text[at] = (char)0xff;
		same &= utf8_bad(text, 64) == (ptrdiff_t)at && utf8_bad(text, at) == -1;
		memcpy(text + at, "\xf0\x9f\x98\x80", 4);
		same &= utf8_bad(text, 70) == -1;
		same &= utf8_bad(text, at + 3) == (ptrdiff_t)at;
	}
	ok(same, "the same at every offset of the wide steps");
}

static void
test_cut(void)
{
	static const struct {
		const char *text;
		size_t max, want;
	} table[] = {
	    {"", 0, 0},
	    {"abc", 9, 3},
	    {"abc", 2, 2},
	    {"abc", 0, 0},
	    {"a\xc3\xa9", 2, 1},
	    {"a\xc3\xa9", 3, 3},
	    {"\xe0\xa4\x95", 2, 0},
	    {"\xf0\x9f\x98\x80z", 3, 0},
	    {"\xf0\x9f\x98\x80z", 4, 4},
	    {"\x80\x80\x80\x80\x80\x80", 5, 2},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		is_int((int64_t)utf8_cut(table[i].text, strlen(table[i].text), table[i].max),
		    (int64_t)table[i].want, "utf8_cut");
}

static void
test_control(void)
{
	is_int(text_control("Asha Rao", 8), -1, "plain text has no control character");
	is_int(text_control("a\tb", 3), 1, "a tab is one");
	is_int(text_control("a\0b", 3), 1, "NUL is one");
	is_int(text_control("ab\x7f", 3), 2, "DEL is one");
	is_int(text_control("a\r\n", 3), 1, "CR is one");
	is_int(text_control("\xc2\x85", 2), 0, "NEL is one");
	is_int(text_control("\xc2\xa0\xc3\x85", 4), -1, "a hard space and a ring are none");
}

int
main(void)
{
	test_parse();
	test_duration();
	test_instant();
	test_utf8();
	test_cut();
	test_control();
	return done_testing();
}
