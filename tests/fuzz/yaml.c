/*
 * fuzz: any bytes through the YAML reader; a tree that came out must be
 * writable as JSON, and every fault must carry its code.
 */
#include <stdint.h>
#include <stdlib.h>

#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct fault f = {.code = OK};
	struct yaml y;

	if (yaml_parse(&y, "fuzz", (const char *)p, len, &f) == 0) {
		char *s = json_dumps(y.root, JSON_ENCODE_ANY);

		if (s == NULL)
			abort();
		free(s);
		(void)yaml_fault(&y, y.root, &f, "x");
	} else if (f.code != CONFIG) {
		abort();
	}
	yaml_release(&y);
	return 0;
}
