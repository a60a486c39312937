/*
 * fuzz: any bytes as a streamed answer: the same texts whether they come at
 * once or byte by byte.
 */
#include <stdlib.h>
#include <string.h>

#include "llm_delta.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
keep(void *arg, const char *p, size_t n)
{
	if (n == 0)
		abort();
	buf_add(arg, p, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = {0}, bytes = {0};
	struct llm_delta a, b;
	struct fault f;
	int ra, rb = 0;

	llm_delta_init(&a, keep, &whole);
	llm_delta_init(&b, keep, &bytes);
	ra = llm_delta_feed(&a, (const char *)p, n, &f);
	for (size_t i = 0; i < n && rb == 0; i++)
		rb = llm_delta_feed(&b, (const char *)p + i, 1, &f);
	if (ra != rb || a.done != b.done || whole.len != bytes.len ||
	    (whole.len && memcmp(whole.p, bytes.p, whole.len) != 0))
		abort();
	llm_delta_release(&a);
	llm_delta_release(&b);
	buf_release(&whole);
	buf_release(&bytes);
	return 0;
}
