/*
 * simhttp: a request as it comes from the wire: it takes no more bytes than
 * there are, its slices lie in them, and it needs all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "simhttp.h"

int LLVMFuzzerTestOneInput(const unsigned char *, size_t);

static void
inside(struct slice s, const char *p, size_t n)
{
	if (s.len > 0 && (s.p < p || s.p + s.len > p + n))
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t len)
{
	struct simhttp_request r;
	char *p = malloc(len + 1);
	ptrdiff_t n;

	memcpy(p, bytes, len);
	n = simhttp_parse(p, len, &r);
	if (n > (ptrdiff_t)len)
		abort();
	if (n > 0) {
		inside(r.method, p, (size_t)n);
		inside(r.target, p, (size_t)n);
		inside(r.key, p, (size_t)n);
		inside(r.secret, p, (size_t)n);
		inside(r.body, p, (size_t)n);
		if (r.method.len == 0 || r.target.len == 0 ||
		    simhttp_parse(p, (size_t)n - 1, &r) != 0)
			abort();
	}
	free(p);
	return 0;
}
