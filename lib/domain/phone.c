/*
 * phone: the forms of a number. The form is checked here, not yet whether its
 * country or its exchange exists.
 */
#include <string.h>

#include "phone.h"

enum { PHONE_MIN = 7, PHONE_MAX = 15 };

int
phone_check(const char *p, size_t len, struct fault *f)
{
	size_t i = 1;

	while (i < len && p[i] >= '0' && p[i] <= '9')
		i++;
	if (len > 1 && p[0] == '+' && i == len && p[1] != '0' && len - 1 >= PHONE_MIN &&
	    len - 1 <= PHONE_MAX)
		return 0;
	return fault(f, DATAERR,
	    "phone \"%.*s\" is not a number in E.164 form (+, the country code and the rest, %d to "
	    "%d digits, such as +14155550123)",
	    fault_shown(p, len), p, PHONE_MIN, PHONE_MAX);
}

int
phone_read(const char *p, size_t len, const char *region, struct phone *ph, struct fault *f)
{
	if (phone_check(p, len, f) < 0)
		return -1;
	*ph = (struct phone){.key = 0};
	for (size_t i = 1; i < len; i++)
		ph->key = ph->key * 10 + (p[i] - '0');
	return 0;
}

bool
phone_look(int64_t key, struct phone *ph)
{
	*ph = (struct phone){.key = key};
	return false;
}

static const char *const type_name[PHONE_TYPES] = {"unknown", "fixed", "mobile",
    "fixed_or_mobile", "toll_free", "premium", "shared_cost", "voip", "personal", "pager",
    "uan", "voicemail"};

const char *
phone_type_name(enum phone_type type)
{
	return type < PHONE_TYPES ? type_name[type] : type_name[PHONE_UNKNOWN];
}

bool
phone_type_find(const char *name, enum phone_type *type)
{
	for (int i = 0; i < PHONE_TYPES; i++)
		if (!strcmp(name, type_name[i])) {
			*type = (enum phone_type)i;
			return true;
		}
	return false;
}

bool
phone_region_known(const char *region)
{
	return region[0] >= 'A' && region[0] <= 'Z' && region[1] >= 'A' && region[1] <= 'Z' &&
	    !region[2];
}

int64_t
phone_key(const char *e164)
{
	int64_t v = 0;

	for (const char *p = e164 + (*e164 == '+');
	     *p >= '0' && *p <= '9' && v < INT64_MAX / 20; p++)
		v = v * 10 + (*p - '0');
	return v;
}

char *
phone_text(int64_t key, char out[PHONE_SIZE])
{
	char digits[20], *p = digits + sizeof digits, *to = out;
	uint64_t v = key > 0 ? (uint64_t)key % 1000000000000000000u : 0;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	*to++ = '+';
	memcpy(to, p, (size_t)(digits + sizeof digits - p));
	to[digits + sizeof digits - p] = '\0';
	return out;
}
