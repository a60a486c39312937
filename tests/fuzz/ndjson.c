/*
 * fuzz: any bytes as a stream of records. Whatever our scanner accepts is
 * UTF-8 and is JSON to jansson as well, and what it refuses for its grammar
 * jansson refuses too; fields lie inside their line.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ndjson.h"
#include "num.h"
#include "scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int truth)
{
	if (!truth)
		abort();
}

/*
 * jansson refuses repeated keys, numbers out of range, and a NUL only if told; we allow more. It passes
 * over a NUL behind a number, which we refuse.
 */
static void
compare(const char *p, size_t len)
{
	const char *why = NULL;
	ptrdiff_t used = scan_json(p, len, p + len, NULL, NULL, &why);
	json_error_t e;
	json_t *tree;
	size_t at = used < 0 ? 0 : (size_t)used;

	tree =
	    json_loadb(p, len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &e);
	while (used >= 0 && at < len && strchr(" \t\r\n", p[at]) && p[at])
		at++;
	if (used < 0) {
		must((size_t)(-1 - used) <= len && why);
		must(!tree || strstr(why, "nested") || memchr(p, '\0', len));
	} else if (at == len) {
		must(utf8_bad(p, (size_t)used) == -1);
		must(tree || json_error_code(&e) == json_error_numeric_overflow ||
		    json_error_code(&e) == json_error_null_byte_in_key);
	} else {
		must(!tree || p[at] == '\0'); /* which jansson takes for the end */
	}
	json_decref(tree);
}

static void
read_all(int fd)
{
	struct ndjson in;
	struct rec rec;
	struct fault f;
	struct buf text = {0};
	struct slice v;
	int64_t i;
	int got;

	ndjson_init(&in, fd, "fuzz");
	while ((got = ndjson_next(&in, &rec, &f)) != 0) {
		if (got < 0) {
			must(f.code == DATAERR && !strchr(f.text, '\n'));
			continue;
		}
		for (size_t m = 0; m < rec.members; m++) {
			v = rec.member[m].value;
			must(v.len && v.p > rec.p && v.p + v.len < rec.p + rec.len);
			must(json_scan(v.p, v.len, NULL, NULL) == (ptrdiff_t)v.len);
		}
		rec_text(&rec, "type", &text, &f);
		rec_int(&rec, "v", &i, &f);
	}
	buf_release(&text);
	ndjson_release(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	must(ftruncate(fd, 0) == 0 && pwrite(fd, data, len, 0) == (ssize_t)len);
	must(lseek(fd, 0, SEEK_SET) == 0);
	read_all(fd);
	compare((const char *)data, len);
	return 0;
}
