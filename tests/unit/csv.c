/*
 * csv: RFC 4180's own cases, places of rows and faults, recovery, every split
 * of the stream into reads, other encodings.
 */
#include <stdlib.h>
#include <unistd.h>

#include "charset.h"
#include "csv.h"
#include "mem.h"
#include "tap.h"

struct source {
	const char *p;
	size_t len, step;
};

static ssize_t
take(void *arg, char *out, size_t room, struct fault *f)
{
	struct source *s = arg;
	size_t n = s->len < s->step ? s->len : s->step;

	n = n < room ? n : room;
	memcpy(out, s->p, n);
	s->p += n;
	s->len -= n;
	return (ssize_t)n;
}

/* "LINE@OFFSET:field|field\n" a row, "!fault\n" a bad one, as the reader gives them. */
static void
read_all(struct buf *out, const char *text, size_t len, char delimiter, size_t step)
{
	struct source s = {text, len, step};
	struct csv *c = csv_new(-1, "t.csv", delimiter);
	struct csv_row row;
	struct fault f;
	size_t i;
	int r;

	csv_source(c, take, &s);
	while ((r = csv_next(c, &row, &f)) != 0) {
		if (r < 0) {
			buf_printf(out, "!%s raw=%zu\n", f.text, row.raw.len);
			continue;
		}
		buf_printf(out, "%llu@%llu:", (unsigned long long)row.line,
		    (unsigned long long)row.offset);
		for (i = 0; i < row.n; i++) {
			buf_adds(out, i > 0 ? "|" : "");
			buf_add(out, row.field[i].p, row.field[i].len);
		}
		buf_addc(out, '\n');
	}
	csv_free(c);
}

static const struct {
	const char *name, *text, *want;
	char delimiter;
} cases[] = {
    {"two rows", "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", "1@0:aaa|bbb|ccc\n2@13:zzz|yyy|xxx\n", ','},
    {"no line end at the end", "aaa,bbb\nzzz,yyy", "1@0:aaa|bbb\n2@8:zzz|yyy\n", ','},
    {"quotes around fields", "\"aaa\",\"bbb\"\r\nzzz,\"yyy\"", "1@0:aaa|bbb\n2@13:zzz|yyy\n",
	','},
    {"a newline in quotes", "\"a\",\"b \r\nbb\",c\r\nz,y,x\r\n",
	"1@0:a|b \r\nbb|c\n3@16:z|y|x\n", ','},
    {"a doubled quote", "\"a\"\"b\",\"\"\"\",\"\"\"x\"\"\"\n", "1@0:a\"b|\"|\"x\"\n", ','},
    {"spaces are part of a field", " a , b \n", "1@0: a | b \n", ','},
    {"empty fields", ",,\n\"\",,\"\"\n,\n", "1@0:||\n2@3:||\n3@10:|\n", ','},
    {"an empty last field without a line end", "a,", "1@0:a|\n", ','},
    {"empty lines are skipped and counted", "a\n\n\r\nb\n\n", "1@0:a\n4@5:b\n", ','},
    {"a byte order mark",
	"\xef\xbb\xbf"
	"a,b\n",
	"1@3:a|b\n", ','},
    {"a mark and a quoted field", "\xef\xbb\xbf\"a,\"\n", "1@3:a,\n", ','},
    {"nothing", "", "", ','},
    {"a mark alone", "\xef\xbb\xbf", "", ','},
    {"semicolons found", "a;b,c;d\n1;2;3\n", "1@0:a|b,c|d\n2@8:1|2|3\n", 0},
    {"tabs found", "a\tb,c\td\n", "1@0:a|b,c|d\n", 0},
    {"delimiters in quotes do not count", "\"a;b;c;d\",e\n", "1@0:a;b;c;d|e\n", 0},
    {"one column is comma", "a\nb,c\n", "1@0:a\n2@2:b|c\n", 0},
    {"a stray quote", "a,b\"c\nd,e\n",
	"!t.csv:1:4: a quote inside a field that is not quoted raw=6\n2@6:d|e\n", ','},
    {"text behind a quote", "\"a\"b,c\nd\n",
	"!t.csv:1:4: text behind a closing quote raw=7\n2@7:d\n", ','},
    {"an open quote costs one line", "a,\"b\nc,d\ne,f\n",
	"!t.csv:1:3: the quote that opens here is never closed raw=5\n2@5:c|d\n3@9:e|f\n", ','},
    {"an open quote closed by the next row's", "1,\"a\n2,\"b\"\n3,c\n",
	"!t.csv:2:4: text behind a closing quote raw=5\n2@5:2|b\n3@11:3|c\n", ','},
    {"an open quote on the last line", "a,\"",
	"!t.csv:1:3: the quote that opens here is never closed raw=3\n", ','},
    {"a lone carriage return is text", "a\rb,c\n", "1@0:a\rb|c\n", ','},
    {"a carriage return at the end", "a,b\r", "1@0:a|b\n", ','},
    {"a quoted field and a carriage return at the end", "a,\"b\"\r", "1@0:a|b\n", ','},
    {"a carriage return behind a quote", "\"a\"\rb\nc\n",
	"!t.csv:1:4: text behind a closing quote raw=6\n2@6:c\n", ','},
};

static void
table(void)
{
	struct buf got = {0};
	size_t i, step;

	for (i = 0; i < COUNT(cases); i++) {
		int same = 1;

		for (step = 1; step < 9; step++) {
			buf_reset(&got);
			buf_adds(&got, "");
			read_all(&got, cases[i].text, strlen(cases[i].text), cases[i].delimiter,
			    step);
			if (got.len != strlen(cases[i].want) ||
			    memcmp(got.p, cases[i].want, got.len) != 0) {
				same = 0;
				break;
			}
		}
		ok(same, "%s", cases[i].name);
		if (!same) {
			tap_show("got", got.p, got.len);
			tap_show("want", cases[i].want, strlen(cases[i].want));
		}
	}
	buf_release(&got);
}

/* A NUL is a byte like any other; a row may have 1024 columns and no more. */
static void
edges(void)
{
	struct buf in = {0}, got = {0};
	size_t i;

	read_all(&got, "a\0b,c\n", 6, ',', 4096);
	is_bytes(got.p, got.len, "1@0:a\0b|c\n", 10, "a NUL is kept");
	for (i = 0; i < 1023; i++)
		buf_addc(&in, ',');
	buf_adds(&in, "\nx\n");
	buf_reset(&got);
	read_all(&got, in.p, in.len, ',', 4096);
	ok(got.len > 1023 && got.p[0] == '1', "1024 columns");
	buf_reset(&in);
	for (i = 0; i < 1024; i++)
		buf_addc(&in, ',');
	buf_adds(&in, "\nx\n");
	buf_reset(&got);
	read_all(&got, in.p, in.len, ',', 4096);
	is_bytes(got.p, got.len, "!t.csv:1:1025: more than 1024 columns raw=1025\n2@1025:x\n",
	    56, "1025 columns");
	buf_release(&in);
	buf_release(&got);
}

/* A line without an end, a quoted field without an end, and a row just too long: one fault each. */
static void
large(void)
{
	struct buf in = {0}, got = {0};
	size_t i;

	for (i = 0; i < CSV_ROW_MAX * 3; i++)
		buf_addc(&in, 'x');
	buf_adds(&in, "\nnext,row\n");
	read_all(&got, in.p, in.len, ',', 10000);
	is_str(got.p,
	    "!t.csv:1:1: a row of more than 1 MiB (a quote left open?) "
	    "raw=1048576\n2@3145729:next|row\n",
	    "an endless line");
	buf_reset(&in);
	buf_adds(&in, "a,\"b\n");
	for (i = 0; i < CSV_ROW_MAX / 4; i++)
		buf_adds(&in, "c,d\n");
	buf_reset(&got);
	read_all(&got, in.p, in.len, ',', 65536);
	ok(strncmp(got.p,
	       "!t.csv:1:1: a row of more than 1 MiB (a quote left open?) "
	       "raw=5\n2@5:c|d\n3@9:c|d\n",
	       80) == 0,
	    "an open quote in a long file costs one line");
	buf_reset(&in);
	buf_addc(&in, '"');
	for (i = 0; i < CSV_ROW_MAX - 3; i++)
		buf_addc(&in, i % 100 == 99 ? '\n' : 'y');
	buf_adds(&in, "\"\nz\n");
	buf_reset(&got);
	read_all(&got, in.p, in.len, ',', 65536);
	ok(strncmp(got.p, "1@0:yyyy", 8) == 0 && strstr(got.p, "\n10487@1048576:z\n") != NULL,
	    "a row of exactly 1 MiB");
	buf_release(&in);
	buf_release(&got);
}

/* What csv_put writes reads back the same. */
static void
put(void)
{
	static const char *const field[] = {
	    "plain", "with,comma", "a \"word\"", "two\nlines", "", "cr\r"};
	struct buf out = {0}, got = {0};
	size_t i;

	for (i = 0; i < COUNT(field); i++) {
		if (i > 0)
			buf_addc(&out, ',');
		csv_put(&out, field[i], strlen(field[i]), ',');
	}
	is_str(out.p, "plain,\"with,comma\",\"a \"\"word\"\"\",\"two\nlines\",,\"cr\r\"",
	    "written");
	read_all(&got, out.p, out.len, ',', 7);
	is_str(got.p, "1@0:plain|with,comma|a \"word\"|two\nlines||cr\r\n", "read back");
	buf_reset(&out);
	csv_put(&out, "a,b;c", 5, ';');
	is_bytes(out.p, out.len, "\"a,b;c\"", 7, "another delimiter");
	buf_release(&out);
	buf_release(&got);
}

/* The text as a stream in that encoding, all of it or the fault. */
static void
convert(struct buf *out, const char *encoding, const char *text, size_t len)
{
	struct fault f;
	struct charset *c;
	char piece[64];
	ssize_t n = 0;
	int fd[2];

	buf_reset(out);
	if (pipe(fd) < 0 || write(fd[1], text, len) != (ssize_t)len)
		abort();
	close(fd[1]);
	c = charset_new(fd[0], "t.csv", encoding, &f);
	while (c != NULL && (n = charset_read(c, piece, sizeof(piece), &f)) > 0)
		buf_add(out, piece, (size_t)n);
	if (c == NULL || n < 0)
		buf_printf(out, "!%d %s", f.code, f.text);
	charset_free(c);
	close(fd[0]);
}

static void
encodings(void)
{
	struct buf out = {0};

	convert(&out, "ISO-8859-1", "Jos\xe9\n", 5);
	is_str(out.p, "Jos\xc3\xa9\n", "Latin-1");
	convert(&out, "UTF-16",
	    "\xff\xfe"
	    "a\0\n\0",
	    6);
	is_str(out.p, "a\n", "UTF-16 with its mark");
	convert(&out, "UTF-8", "ok\nb\xff", 5);
	is_str(out.p, "ok\nb!65 t.csv:2: byte 4: not valid UTF-8",
	    "an illegal byte has its place");
	convert(&out, "UTF-8", "a\nb\xf7\x84\x84\x84\nc", 9);
	is_str(out.p, "a\nb!65 t.csv:2: byte 3: not valid UTF-8", "beyond Unicode too");
	convert(&out, "UTF-16LE", "a\0b", 3);
	is_str(out.p,
	    "a!65 t.csv:1: byte 2: the file ends in the middle of a character of UTF-16LE",
	    "half a character at the end");
	convert(&out, "no-such", "", 0);
	is_str(out.p, "!64 encoding \"no-such\" is not known (iconv -l lists them)",
	    "an unknown encoding");
	convert(&out, "UTF-8//IGNORE", "", 0);
	is_str(out.p, "!64 encoding \"UTF-8//IGNORE\" is not known (iconv -l lists them)",
	    "no iconv flags");
	buf_release(&out);
}

int
main(void)
{
	table();
	edges();
	large();
	put();
	encodings();
	return done_testing();
}
