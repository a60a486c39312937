/*
 * fuzz: the operator's file of prefixes, and numbers through it and the table.
 * The search must find what a walk over all prefixes finds, the file's before
 * the table's.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "phone_zone.h"
#include "phone_zone_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int64_t
power(int n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

/* The slow way: every entry, the longest that the digits begin with. */
static int
slow(int64_t phone)
{
	int found = -1, longest = 0, digits = 1;

	while (digits < PHONE_ZONE_DIGITS && phone >= power(digits))
		digits++;
	for (int i = 0; i < phone_zone_entries; i++) {
		const struct phone_zone_entry *e = &phone_zone_entry[i];

		if (e->digits > digits || e->digits <= longest ||
		    phone / power(digits - e->digits) !=
			e->first / power(PHONE_ZONE_DIGITS - e->digits))
			continue;
		longest = e->digits;
		found = e->set;
	}
	return found;
}

static int
no_slash_first(void *arg, const char *name, struct fault *f)
{
	return *name == '/' ? fault(f, CONFIG, "no") : 0;
}

static void
check(const struct phone_zones *own, int64_t phone)
{
	int set = phone_zone_set(own, phone), table = phone_zone_set(NULL, phone);

	if (set < -1 || set >= phone_zone_count(own))
		abort();
	if (phone <= 0 || phone >= power(PHONE_ZONE_DIGITS)) {
		if (set != -1)
			abort();
		return;
	}
	if (table != slow(phone) || (set < phone_zone_sets && set != table))
		abort();
	if (set >= 0 && *phone_zone_names(own, set) == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct phone_zone_check names = {no_slash_first, NULL};
	struct phone_zones *own, *again;
	const char *text;
	int64_t phone;
	struct fault f = {.code = OK};

	if (len < sizeof(phone))
		return 0;
	memcpy(&phone, bytes, sizeof(phone));
	text = (const char *)bytes + sizeof(phone);
	len -= sizeof(phone);
	own = phone_zones_read("file", text, len, names, &f);
	if (own == NULL && (f.code != CONFIG || strncmp(f.text, "file:", 5) != 0))
		abort();
	/* Numbers of every length, and those that begin as the file's prefixes do. */
	for (int64_t n = phone; n != 0; n /= 10)
		check(own, n);
	for (const char *p = text; own != NULL && p < text + len; p++)
		if (*p >= '1' && *p <= '9') {
			for (phone = 0; p < text + len && *p >= '0' && *p <= '9' &&
			     phone < power(PHONE_ZONE_DIGITS - 1);
			     p++)
				phone = phone * 10 + (*p - '0');
			check(own, phone);
			check(own, phone * 10 + 7);
		}
	if (own != NULL) {
		again = phone_zones_read("file", text, len, names, &f);
		if (again == NULL || phone_zone_digest(again) != phone_zone_digest(own))
			abort();
		phone_zones_free(again);
	}
	phone_zones_free(own);
	return 0;
}
