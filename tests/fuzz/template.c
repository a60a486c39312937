/*
 * fuzz: any text as a template, filled with a fixed person. What compiles
 * fills or faults, within its limits, and a fault leaves the output alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char person[] =
    "{\"a\":\"x\",\"b\":{\"c\":1,\"d\":[1.5,\"y\",{\"a\":true}]},\"l\":[[1],[2,3]],\"n\":null,\"e\":\"\"}";

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static json_t *data;
	struct fault f = {.code = OK};
	struct template *t;
	struct buf out = {0};
	char *text;

	if (data == NULL)
		data = json_loads(person, 0, NULL);
	text = xstrndup((const char *)p, len);
	if ((t = template_new(text, &f)) == NULL) {
		if (f.code != CONFIG)
			abort();
		free(text);
		return 0;
	}
	buf_adds(&out, "before");
	if (template_fill(t, data, &out, &f) < 0 &&
	    (f.code != DATAERR || strcmp(out.p, "before") != 0))
		abort();
	template_free(t);
	buf_release(&out);
	free(text);
	return 0;
}
