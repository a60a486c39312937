/*
 * fuzz: any record through the reader of foreign events. What it accepts has
 * an id, a time, a kind and a body that is an object; it says the same twice.
 */
#include <sys/mman.h>

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct foreign *fo)
{
	if (!fo->id[0] || !fo->kind[0] || fo->event.at <= 0 || fo->event.rank > RANK_ENDED)
		abort();
	if ((fo->event.disposition != DISP_NONE) > (fo->event.rank == RANK_ENDED))
		abort();
	if (fo->event.source == FROM_DOOR || fo->event.talk_ms < -1)
		abort();
	if (fo->body.len &&
	    json_scan(fo->body.p, fo->body.len, NULL, NULL) != (ptrdiff_t)fo->body.len)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static struct foreign fo;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct fault f = {.code = OK};
	struct ndjson in;
	struct rec rec;
	int got;

	if (fd < 0 || write(fd, p, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	ndjson_init(&in, fd, "fuzz");
	while ((got = ndjson_next(&in, &rec, &f)) != 0) {
		uint64_t key;

		if (got < 0 || foreign_read(&rec, 1, &fo, &f) <= 0)
			continue;
		check(&fo);
		key = fo.event.key;
		if (foreign_read(&rec, 2, &fo, &f) != 1 || fo.event.key != key)
			abort();
	}
	ndjson_release(&in);
	close(fd);
	return 0;
}
