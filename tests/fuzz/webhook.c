/*
 * fuzz: any body through the reader of webhooks. It is an event with an id, a
 * time and a kind, or a problem that is JSON; never both.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "web_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct request r = {.status = 0};
	const struct foreign *e;

	buf_add(&r.body, p, len);
	webhook_read(&r);
	e = r.data;
	if ((e != NULL) == (r.status != 0))
		abort();
	if (e && (e->shape == FOREIGN_EVENT || !e->id[0] || !e->kind[0] || e->event.at <= 0))
		abort();
	if (e && e->body.len && (e->body.p[0] != '{' || strchr(e->body.p, '\n')))
		abort();
	if (r.status &&
	    (r.status < 400 || r.status > 499 ||
		json_scan(r.out.p, r.out.len - 1, NULL, NULL) != (ptrdiff_t)r.out.len - 1))
		abort();
	if (r.release)
		r.release(r.data);
	buf_release(&r.body);
	buf_release(&r.out);
	return 0;
}
