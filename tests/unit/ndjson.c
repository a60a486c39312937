/*
 * ndjson: the grammar of RFC 8259 case by case, lines from a pipe in any
 * pieces, and the getters of a record.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "ndjson.h"
#include "scan.h"
#include "tap.h"

/* A descriptor from which the bytes can be read, then the end. */
static int
source(const char *p, size_t len)
{
	char name[] = "/tmp/outreach-test-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	if (fd < 0 || write(fd, p, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static const struct {
	const char *text;
	ptrdiff_t want; /* consumed, or -1 - offset */
} grammar[] = {
    {"{}", 2},
    {" { } ", 4},
    {"[]", 2},
    {"[1,2,[3]]", 9},
    {"{\"a\":1,\"b\":[true,false,null]}", 29},
    {"\"\"", 2},
    {"0", 1},
    {"-0", 2},
    {"-1.5e+10", 8},
    {"1E5", 3},
    {"1e-5", 4},
    {"true", 4},
    {"\"\\u00e9\\n\\/\\\"\\\\\\b\\f\\r\\t\"", 24},
    {"\"\\ud83d\\ude00\"", 14},
    {"\"\x7f\"", 3},
    {"\"\\u0000\"", 8},
    {"{\"a\":1}x", 7},
    {"", -1},
    {"  ", -3},
    {"{", -2},
    {"{\"a\"", -5},
    {"{\"a\":", -6},
    {"{\"a\":1", -7},
    {"{\"a\":1,}", -8},
    {"{,}", -2},
    {"{a:1}", -2},
    {"{'a':1}", -2},
    {"{\"a\" 1}", -6},
    {"{\"a\":1 \"b\":2}", -8},
    {"[1,]", -4},
    {"[1 2]", -4},
    {"[,1]", -2},
    {"[1", -3},
    {"[1}", -3},
    {"]", -1},
    {"tru", -1},
    {"nul", -1},
    {"TRUE", -1},
    {"NaN", -1},
    {"Infinity", -1},
    {"-Infinity", -2},
    {"01", -2},
    {"-01", -3},
    {"+1", -1},
    {".5", -1},
    {"1.", -3},
    {"1.e5", -3},
    {"1e", -3},
    {"1e+", -4},
    {"-", -2},
    {"\"", -2},
    {"\"a", -3},
    {"\"a\nb\"", -3},
    {"\"a\tb\"", -3},
    {"\"\x1f\"", -2},
    {"\"\\x\"", -2},
    {"\"\\", -2},
    {"\"\\u12\"", -2},
    {"\"\\u12g4\"", -2},
    {"\"\\ud83d\"", -2},
    {"\"\\ud83d\\u0041\"", -2},
    {"\"\\ude00\"", -2},
    {"\"caf\xe9\"", -5},
    {"\"\xc0\xaf\"", -2},
    {"\"\xed\xa0\x80\"", -2},
    {"\"\xf4\x90\x80\x80\"", -2},
    {"\"\xe2\x82\"", -2},
    {"\xef\xbb\xbf{}", -1},
    {"{\"a\":\xc3\xa9}", -6},
    {"// no\n{}", -1},
};

static void
test_grammar(void)
{
	for (size_t i = 0; i < COUNT(grammar); i++)
		is_int(json_scan(grammar[i].text, strlen(grammar[i].text), NULL, NULL),
		    grammar[i].want, grammar[i].text[0] ? grammar[i].text : "nothing");
	is_int(json_scan("\"a\0b\"", 5, NULL, NULL), -3, "NUL in a string");
	is_int(json_scan("[\0]", 3, NULL, NULL), -2, "NUL between");
}

static void
test_depth(void)
{
	char text[2 * JSON_DEPTH_MAX + 3];
	size_t n = JSON_DEPTH_MAX;

	memset(text, '[', n + 1);
	memset(text + n + 1, ']', n + 1);
	is_int(json_scan(text + 1, 2 * n, NULL, NULL), (int64_t)(2 * n), "128 levels");
	is_int(json_scan(text, 2 * n + 2, NULL, NULL), -1 - (int64_t)n, "129 are too many");
}

/* Every length and offset of a string goes through the same wide and narrow steps. */
static void
test_offsets(void)
{
	static const char *const inside[] = {"\xff", "\x01", "\\q", "\xc3", "\n"};
	char text[64];
	int good = 1;

	for (size_t len = 0; len < 50; len++) {
		memset(text, 'x', sizeof(text));
		text[0] = text[len + 1] = '"';
		good &= json_scan(text, len + 2, NULL, NULL) == (ptrdiff_t)len + 2;
		good &= json_scan(text, len + 1, NULL, NULL) == -1 - (ptrdiff_t)(len + 1);
		for (size_t i = 0; i < COUNT(inside); i++) {
			memcpy(text + len + 1, inside[i], strlen(inside[i]));
			text[len + 4] = '"';
			good &=
			    json_scan(text, len + 5, NULL, NULL) == -1 - (ptrdiff_t)(len + 1);
		}
	}
	ok(good, "strings of 0 to 49 bytes: closed, open, or with a wrong byte at the end");
}

static const struct {
	const char *text, *want; /* the types, or what the fault says */
} streams[] = {
    {"", ""},
    {"\n\n  \n\r\n", ""},
    {"{\"type\":\"contact\"}\n", "contact "},
    {"{\"type\":\"contact\"}", "contact "},
    {"{\"type\":\"a\"}\r\n\n{\"type\":\"b\"}\n", "a b "},
    {"{\"v\":1}\n", " "},
    {"{\"type\":5}\n", " "},
    {"{\"x\":{\"type\":\"no\"}}\n", " "},
    {"{\"ty\\u0070e\":\"c\\u0061ll\"}\n", "call "},
    {"{}\n{\"a\":}\n{\"type\":\"c\"}\n", " !t:2:6: not a JSON value! c "},
    {"{\"type\":\"a\"} x\n", "!t:1:13: something stands behind the object! "},
    {"{}{}\n", "!t:1:3: something stands behind the object! "},
    {"[1]\n", "!t:1:1: a record is a JSON object! "},
    {"7\n", "!t:1:1: a record is a JSON object! "},
    {"{\"a\":1,\"a\":2}\n", "!t:1:8: repeated key! "},
    {"{\"a\":1,\"b\":2,\"\\u0061\":3}\n", "!t:1:14: repeated key! "},
    {"{\"\\u0061\":1,\"a\":3}\n", "!t:1:13: repeated key! "},
    {"{\"\":1,\"\":3}\n", "!t:1:7: repeated key! "},
    {"{\"a\":{\"b\":1},\"b\":2}\n", " "},
    {"\n\n{\"a\":\"caf\xe9\"}\n", "!t:3:10: not valid UTF-8! "},
    {"{\"a\":\"\n", "!t:1:7: a string is not closed! "},
    {"{\"a\":\"x", "!t:1:8: a string is not closed! "},
    {"{\"a\":\"\x02\"}\n", "!t:1:7: control character in a string! "},
};

static void
test_lines(void)
{
	for (size_t i = 0; i < COUNT(streams); i++) {
		struct buf got = {0};
		struct ndjson in;
		struct rec rec;
		struct fault f;
		int fd = source(streams[i].text, strlen(streams[i].text)), n;

		ndjson_init(&in, fd, "t");
		while ((n = ndjson_next(&in, &rec, &f)) != 0) {
			if (n < 0)
				buf_printf(&got, "!%s!", f.text);
			else
				buf_add(&got, rec.type.p, rec.type.len);
			buf_addc(&got, ' ');
		}
		is_str(got.p ? got.p : "", streams[i].want, "lines");
		ndjson_release(&in);
		buf_release(&got);
		close(fd);
	}
}

static void
test_nul(void)
{
	static const char text[] = "{\"a\":\"x\0y\"}\n{}\n\0\n";
	int fd = source(text, sizeof(text) - 1);
	struct ndjson in;
	struct rec rec;
	struct fault f;

	ndjson_init(&in, fd, "t");
	is_int(ndjson_next(&in, &rec, &f), -1, "NUL in a string is refused");
	is_str(f.text, "t:1:8: NUL byte in a string", "with its place");
	is_int(ndjson_next(&in, &rec, &f), 1, "the next line is read");
	is_int(ndjson_next(&in, &rec, &f), -1, "a NUL alone is refused");
	is_str(f.text, "t:3:1: NUL byte", "with its place");
	ndjson_release(&in);
	close(fd);
}

static void
test_long_lines(void)
{
	size_t ten = 10 << 20, fits = NDJSON_LINE_MAX - 8;
	struct buf text = {0};
	struct ndjson in;
	struct rec rec;
	struct fault f;
	int fd;

	buf_adds(&text, "{\"type\":\"a\"}\n{\"x\":\"");
	buf_need(&text, ten);
	memset(text.p + text.len, 'y', ten);
	text.len += ten;
	buf_adds(&text, "\"}\n{\"x\":\"");
	buf_need(&text, fits);
	memset(text.p + text.len, 'z', fits);
	text.len += fits;
	buf_adds(&text, "\"}\n{\"type\":\"c\"}\n{\"x\":\"");
	buf_need(&text, ten);
	memset(text.p + text.len, 'y', ten);
	text.len += ten;
	fd = source(text.p, text.len);
	ndjson_init(&in, fd, "t");
	is_int(ndjson_next(&in, &rec, &f), 1, "a line before");
	is_int(ndjson_next(&in, &rec, &f), -1, "10 MB in a line are refused");
	is_str(f.text, "t:2:1: the line is longer than 4 MiB", "with its place");
	is_int(ndjson_next(&in, &rec, &f), 1, "4 MiB are read");
	is_int((int64_t)rec.len, NDJSON_LINE_MAX, "whole");
	is_int((int64_t)rec.line, 3, "and counted");
	is_int(ndjson_next(&in, &rec, &f), 1, "and the line behind");
	ok(slice_is(rec.type, "c") && rec.line == 4, "is found");
	is_int(ndjson_next(&in, &rec, &f), -1, "10 MB without an end are refused");
	is_str(f.text, "t:5:1: the line is longer than 4 MiB", "with their place");
	is_int(ndjson_next(&in, &rec, &f), 0, "and then it ends");
	ok(in.in.cap <= 16 << 20, "in bounded memory");
	ndjson_release(&in);
	buf_release(&text);
	close(fd);
}

static void
test_many_fields(void)
{
	struct buf text = {0};
	struct ndjson in;
	struct rec rec;
	struct fault f;
	struct slice v;
	int fd;

	for (int i = 0; i < NDJSON_MEMBERS_MAX; i++)
		buf_printf(&text, "%c\"k%d\":%d", i ? ',' : '{', i, i);
	buf_adds(&text, "}\n");
	text.len -= 2;
	buf_adds(&text, "}\n");
	size_t one = text.len;
	buf_need(&text, one); /* the text is added to itself */
	buf_add(&text, text.p, one - 2);
	buf_adds(&text, ",\"more\":1}\n");
	fd = source(text.p, text.len);
	ndjson_init(&in, fd, "t");
	is_int(ndjson_next(&in, &rec, &f), 1, "1,024 different fields");
	ok(rec_find(&rec, "k1023", &v) && slice_is(v, "1023"), "all are found");
	is_int(ndjson_next(&in, &rec, &f), -1, "1,025 are refused");
	ok(strstr(f.text, "more than 1024 fields") != NULL, "in words");
	ndjson_release(&in);
	buf_release(&text);
	close(fd);
}

static void
test_getters(void)
{
	static const char text[] =
	    "{\"type\":\"t\",\"s\":\"a\\u00e9\\n\\ud83d\\ude00\",\"n\":-42,"
	    "\"f\":1.5,\"z\":null,\"o\":{\"n\":7},\"big\":9223372036854775808,"
	    "\"low\":-9223372036854775808,\"nul\":\"\\u0000\",\"esc\\/ape\":1}";
	struct rec rec = {.p = text, .len = sizeof(text) - 1, .line = 3, .file = "t"};
	struct buf out = {0};
	struct slice v;
	struct fault f;
	int64_t n = 99;

	ok(rec_find(&rec, "o", &v) == 1 && slice_is(v, "{\"n\":7}"), "a value as it stands");
	is_int(rec_find(&rec, "none", &v), 0, "an absent key");
	is_int(rec_find(&rec, "esc/ape", &v), 1, "a key written with an escape");
	is_int(rec_text(&rec, "s", &out, &f), 1, "text");
	is_str(out.p, "a\xc3\xa9\n\xf0\x9f\x98\x80", "without its escapes");
	is_int(rec_text(&rec, "none", &out, &f), 0, "absent text");
	is_int(rec_text(&rec, "z", &out, &f), 0, "null is absent");
	is_int(rec_text(&rec, "n", &out, &f), -1, "a number is no text");
	is_str(f.text, "t:3: n must be text, not a number", "in words");
	is_int(rec_text(&rec, "nul", &out, &f), -1, "NUL in a text is refused");
	is_int(rec_int(&rec, "n", &n, &f), 1, "an integer");
	is_int(n, -42, "its value");
	is_int(rec_int(&rec, "low", &n, &f), 1, "the lowest");
	is_int(n, INT64_MIN, "its value");
	is_int(rec_int(&rec, "none", &n, &f), 0, "an absent integer");
	is_int(rec_int(&rec, "f", &n, &f), -1, "a fraction is none");
	is_str(f.text, "t:3: f must be a whole number, not a fraction", "in words");
	is_int(rec_int(&rec, "s", &n, &f), -1, "text is none");
	is_int(rec_int(&rec, "big", &n, &f), -1, "2^63 is too large");
	is_int(n, INT64_MIN, "and nothing changed");
	is_int(rec_fault(&rec, &f, "phone \"%s\"", "x"), -1, "rec_fault");
	is_str(f.text, "t:3: phone \"x\"", "names the line");
	buf_release(&out);
}

/* Who waits for lines hears of what is none: a loop would turn for ever. */
static void
test_ready_faults(void)
{
	FILE *file = tmpfile();
	int dir = open("/", O_RDONLY | O_CLOEXEC);
	struct ndjson in;
	struct rec rec;
	struct fault f;

	for (int i = 0; i <= NDJSON_LINE_MAX + 10; i++)
		putc(i == 0 ? '{' : ' ', file);
	fputs("\n{}\n", file);
	rewind(file);
	ndjson_init(&in, fileno(file), "t");
	is_int(ndjson_ready(&in), 1, "a line that is too long is ready");
	is_int(ndjson_next(&in, &rec, &f), -1, "to be refused");
	is_int(ndjson_ready(&in), 1, "and the line behind it");
	is_int(ndjson_next(&in, &rec, &f), 1, "to be had");
	is_int(ndjson_ready(&in), 0, "the end is not");
	ndjson_release(&in);
	fclose(file);
	ndjson_init(&in, dir, "/");
	is_int(ndjson_ready(&in), 1, "what cannot be read is ready");
	is_int(ndjson_next(&in, &rec, &f), -1, "to be told");
	is_int(f.code, IOERR, "as a read error");
	ndjson_release(&in);
	close(dir);
}

/* The writer sends one byte at a time; the reader must find the same lines. */
static void
test_pieces(void)
{
	static const char text[] =
	    "{\"type\":\"a\"}\n\n{\"type\":\"b\"}\n{\"x\"\n{\"type\":\"c\"}";
	int fds[2], n, bad = 0;
	struct buf got = {0};
	struct ndjson in;
	struct rec rec;
	struct fault f;

	if (pipe(fds) < 0)
		abort();
	ndjson_init(&in, fds[0], "t");
	is_int(ndjson_ready(&in), 0, "nothing is ready in an empty pipe");
	if (write(fds[1], "{}", 2) != 2)
		abort();
	is_int(ndjson_ready(&in), 0, "nor is half a line");
	if (write(fds[1], "\n", 1) != 1)
		abort();
	is_int(ndjson_ready(&in), 1, "a line is");
	is_int(ndjson_next(&in, &rec, &f), 1, "and can be had");
	pid_t child = fork();
	if (child == 0) {
		for (size_t i = 0; i < sizeof(text) - 1; i++)
			if (write(fds[1], text + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	while ((n = ndjson_next(&in, &rec, &f)) != 0) {
		if (n > 0)
			buf_add(&got, rec.type.p, rec.type.len);
		bad += n < 0;
	}
	is_str(got.p, "abc", "lines in pieces of a byte");
	is_int(bad, 1, "and one bad one");
	is_int(ndjson_ready(&in), 0, "nothing is ready at the end");
	waitpid(child, NULL, 0);
	ndjson_release(&in);
	buf_release(&got);
	close(fds[0]);
	ndjson_init(&in, fds[0], "gone");
	is_int(ndjson_next(&in, &rec, &f), -1, "a closed descriptor");
	is_int(f.code, IOERR, "is a read error");
	ndjson_release(&in);
}

static void
test_rest(void)
{
	static const char *const named[] = {"b", "esc/ape", NULL}, *const all[] = {"a", NULL};
	static const char text[] = "{\"a\": 1, \"b\":2,\"c\":[\"x\"] ,\"esc\\/ape\":3}";
	struct rec rec = {.p = text, .len = sizeof(text) - 1, .line = 1, .file = "t"};
	struct rec one = {.p = "{\"a\":1}", .len = 7, .line = 2, .file = "t"};
	struct ndjson in;
	struct buf out = {0};
	struct fault f;

	ndjson_init(&in, -1, "t");
	is_int(ndjson_line(&in, &rec, &f), 0, "a record of four fields");
	rec_rest(&rec, named, &out);
	is_str(out.p, "{\"a\":1,\"c\":[\"x\"]", "but for two, one written with an escape");
	rec_rest(&rec, all, &out);
	is_str(out.p, "{\"a\":1,\"c\":[\"x\"],\"b\":2,\"c\":[\"x\"],\"esc\\/ape\":3",
	    "and behind them");
	buf_reset(&out);
	ndjson_line(&in, &one, &f);
	rec_rest(&one, all, &out);
	is_int((int64_t)out.len, 0, "nothing but what is left out");
	buf_release(&out);
	ndjson_release(&in);
}

int
main(void)
{
	test_grammar();
	test_depth();
	test_offsets();
	test_lines();
	test_nul();
	test_long_lines();
	test_many_fields();
	test_getters();
	test_ready_faults();
	test_pieces();
	test_rest();
	return done_testing();
}
