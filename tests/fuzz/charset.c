/*
 * fuzz: any bytes in any of some encodings: what comes out is UTF-8, does not
 * grow without end, and ends. Of a text that came out, what it was is found
 * again only where it was UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "charset.h"
#include "num.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const encodings[] = {"ISO-8859-1", "WINDOWS-1252", "UTF-8", "UTF-16",
	    "UTF-16LE", "UTF-32", "SHIFT_JIS", "EUC-JP", "ISO-2022-JP", "GB18030", "BIG5"};
	const size_t encoding = len ? p[0] % (sizeof encodings / sizeof encodings[0]) : 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct buf out = {0}, was = {0};
	struct fault f = {.code = OK};
	struct charset *c;
	char piece[64];
	ssize_t n;

	must(fd >= 0 && (len < 2 || write(fd, p + 1, len - 1) == (ssize_t)len - 1) &&
	    lseek(fd, 0, SEEK_SET) == 0);
	c = charset_new(fd, "fuzz", encodings[encoding], &f);
	must(c != NULL);
	buf_add(&out, "", 0);
	while ((n = charset_read(c, piece, sizeof piece, &f)) > 0) {
		must((size_t)n <= sizeof piece);
		buf_add(&out, piece, (size_t)n);
		must(out.len <= 8 * len + 64);
	}
	must(n == 0 || f.code == DATAERR);
	must(utf8_bad(out.p, out.len) < 0);
	if (charset_was_utf8(c, (struct slice){out.p, out.len}, &was))
		must(utf8_bad(was.p, was.len) < 0 && was.len <= out.len);
	charset_free(c);
	buf_release(&out);
	buf_release(&was);
	close(fd);
	return 0;
}
