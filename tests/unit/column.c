/*
 * column: {format, column, bytes} to the texts with their lines, or what is
 * wrong with them; the digest is of every byte.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "column.h"
#include "mem.h"
#include "ndjson.h"
#include "tap.h"

static int
file_of(const char *bytes, size_t len)
{
	int fd = memfd_create("column", 0);

	if (write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		printf("Bail out! no file\n");
	return fd;
}

/* "1=a 2=b", a fault as "!text". */
static void
reads(enum column_format format, const char *name, const char *bytes, const char *want)
{
	int fd = file_of(bytes, strlen(bytes)), got;
	struct buf out = {0};
	struct fault f;
	struct column *c = column_new(fd, "c", format, name, &f);
	struct slice s;
	uint64_t line;

	buf_adds(&out, c ? "" : f.text);
	while (c && (got = column_next(c, &s, &line, &f)) != 0) {
		buf_adds(&out, out.len ? " " : "");
		if (got < 0)
			buf_printf(&out, "!%s", f.text);
		else
			buf_printf(&out, "%d=%.*s", (int)line, (int)s.len, s.p);
	}
	is_str(out.len ? out.p : "", want, want);
	column_free(c);
	buf_release(&out);
	close(fd);
}

static void
formats(void)
{
	reads(COLUMN_DETECT, NULL, "", "");
	reads(COLUMN_DETECT, NULL, "\n\n", "");
	reads(COLUMN_DETECT, NULL, "+1", "1=+1");
	reads(COLUMN_DETECT, NULL, "\xef\xbb\xbf+1\r\n\n \t\n  +2 \n+3", "1=+1 4=+2 5=+3");
	reads(COLUMN_DETECT, NULL, "{\"phone\":\"+1\"}\n\n{\"phone\":\" +2 \"}", "1=+1 3=+2");
	reads(COLUMN_DETECT, NULL, "{\"phone\":\"+1\"}\n{\"a\":1}\n{\"phone\":\"+3\"}",
	    "1=+1 !c:2: the record has no phone 3=+3");
	reads(COLUMN_DETECT, "p", "{\"p\":\"\\u002b1\"}\n", "1=+1");
	reads(COLUMN_DETECT, "p", "a;P\n1;+1\n\n2; +2 \n3\n4;+4\n",
	    "2=+1 4=+2 !c:5: has 1 columns, not 2 6=+4");
	reads(COLUMN_DETECT, "2", "1,+1\n2,\"+2\"\n", "1=+1 2=+2");
	reads(COLUMN_CSV, NULL, "p\n+1\n+2\n", "2=+1 3=+2");
	reads(COLUMN_CSV, NULL, "a,b\n1,2\n",
	    "!c:1: there is no column named (--column NAME, or its number)");
	reads(COLUMN_CSV, "x", "a,b\n1,2\n",
	    "!c:1: there is no column x (--column NAME, or its number)");
	reads(COLUMN_LINES, "x", "a\n", "c: lines have no column x (--format csv)");
}

static void
long_lines(void)
{
	size_t len = NDJSON_LINE_MAX + 300000;
	char *bytes = xmalloc(len + 16);
	struct slice s = {0};
	struct column *c;
	struct fault f;
	uint64_t line;
	int fd;

	memset(bytes, '1', len);
	memcpy(bytes + len, "\n+2\n+3", 6);
	fd = file_of(bytes, len + 6);
	c = column_new(fd, "c", COLUMN_LINES, NULL, &f);
	is_int(column_next(c, &s, &line, &f), -1, "a line of over 4 MiB");
	is_str(f.text, "c:1: the line is longer than 4 MiB", "is refused");
	ok(column_next(c, &s, &line, &f) == 1 && line == 2 && slice_is(s, "+2"),
	    "the next is not");
	ok(column_next(c, &s, &line, &f) == 1 && line == 3 && slice_is(s, "+3"),
	    "nor the last");
	is_int(column_next(c, &s, &line, &f), 0, "the end");
	column_free(c);
	close(fd);
	free(bytes);
}

static void
digest(void)
{
	int fd = file_of("abc", 3);
	struct fault f;
	struct column *c = column_new(fd, "c", COLUMN_LINES, NULL, &f);
	struct slice s;
	uint64_t line;
	char hex[65];

	while (column_next(c, &s, &line, &f) > 0)
		;
	column_digest(c, hex);
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "the example of FIPS 180-4");
	column_free(c);
	close(fd);
}

int
main(void)
{
	formats();
	long_lines();
	digest();
	return done_testing();
}
