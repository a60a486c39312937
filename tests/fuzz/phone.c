/*
 * phone: any bytes as a number. The first two choose the region. What is read
 * is looked up again as the same, and its E.164 form is a form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "phone.h"

static void
must(int good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char region[3] = "", text[PHONE_SIZE];
	struct phone p, again;
	struct fault f;

	if (size < 2)
		return 0;
	region[0] = (char)('A' + data[0] % 26);
	region[1] = (char)('A' + data[1] % 26);
	if (phone_read((const char *)data + 2, size - 2,
		phone_region_known(region) ? region : NULL, &p, &f) < 0) {
		must(f.code == DATAERR && p.key == 0 && p.region[0] == '\0');
		return 0;
	}
	must(p.type > PHONE_UNKNOWN && p.type < PHONE_TYPES);
	phone_text(p.key, text);
	must(phone_check(text, strlen(text), &f) == 0 && phone_key(text) == p.key);
	must(phone_look(p.key, &again) && again.type == p.type &&
	    strcmp(again.region, p.region) == 0);
	return 0;
}
