/*
 * fuzz: any bytes as a list of numbers in each format. Lines never fall, texts
 * have no blanks around them, and every row ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "column.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const names[] = {NULL, "phone", "2"};
	int fd = memfd_create("fuzz", 0), got;
	uint64_t line, before = 0, rows = 0;
	struct column *c;
	struct fault f;
	struct slice s;
	char hex[65];

	if (fd < 0 || (len > 2 && write(fd, p + 2, len - 2) != (ssize_t)(len - 2)) ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	c = column_new(fd, "fuzz", (enum column_format)(len > 1 ? p[0] % 4 : 0),
	    names[len > 1 ? p[1] % 3 : 0], &f);
	while (c && (got = column_next(c, &s, &line, &f)) != 0) {
		if (line < before || ++rows > len + 1 || (got < 0 && f.code != DATAERR))
			abort();
		if (got > 0 && s.len && (s.p[0] == ' ' || s.p[s.len - 1] == '\r'))
			abort();
		before = line;
	}
	if (c)
		column_digest(c, hex);
	column_free(c);
	close(fd);
	return 0;
}
