/*
 * fuzz: any YAML through the campaign compiler. A plan that compiles must
 * compile again from what `show` prints, and never write an unsafe dial string.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct plan *p)
{
	static const char safe[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+@/;:-";
	struct plan again;
	struct fault f;
	char out[512];
	json_t *json = plan_json(p);

	if (plan_compile(&again, json, NULL, NULL, &f) < 0)
		abort();
	if (plan_dial_string(p, "+15555550100", "0197", out, sizeof(out), &f) == 0 &&
	    out[strspn(out, safe)] != '\0')
		abort();
	plan_release(&again);
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf all = {0}, diff = {0};
	struct fault f;
	struct plan p;
	struct yaml y;

	if (yaml_parse(&y, "fuzz", (const char *)data, len, &f) == 0) {
		if (plan_compile(&p, y.root, &y, &all, &f) == 0)
			check(&p);
		else if (f.code != CONFIG)
			abort();
		plan_diff(&diff, y.root, y.root);
		plan_release(&p);
	}
	yaml_release(&y);
	buf_release(&all);
	buf_release(&diff);
	return 0;
}
