/*
 * number: whom do-not-call may name.
 */
#include <string.h>

#include "number.h"
#include "phone.h"

/* What must not be called need not exist: in the form of E.164 it is taken as it stands. */
int
number_read(const char *p, size_t len, const char *region, int64_t *phone, struct fault *f)
{
	struct phone read;
	int64_t x = 0;
	size_t i = 1;

	for (; i < len && p[i] >= '0' && p[i] <= '9' && i <= 15; i++)
		x = x * 10 + (p[i] - '0');
	*phone = x;
	if (i == len && len > 7 && p[0] == '+' && p[1] != '0')
		return 0;
	if (!region)
		return phone_check(p, len, f);
	if (phone_read(p, len, region, &read, f) < 0)
		return -1;
	*phone = read.key;
	return 0;
}

int
prefix_read(struct slice s, int64_t *prefix, struct fault *f)
{
	size_t i = 1;

	*prefix = 0;
	if (s.len && s.p[s.len - 1] == '*')
		s.len--;
	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9' && i <= 15; i++)
		*prefix = *prefix * 10 + (s.p[i] - '0');
	if (s.len > 1 && i == s.len && s.p[0] == '+' && s.p[1] != '0')
		return 0;
	return fault(f, DATAERR, "prefix \"%.*s\" is not + and 1 to 15 digits, such as +4470*",
	    fault_shown(s.p, s.len), s.p);
}
