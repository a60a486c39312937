/*
 * number: whom do-not-call may name.
 */
#include "number.h"
#include "phone.h"

/*
 * As an import reads it, so that a rule finds the person however either was written; but a wish about
 * a number that no plan gives out is kept as it stands, in the plain form of E.164.
 */
int
number_read(const char *p, size_t len, const char *region, int64_t *phone, struct fault *f)
{
	struct phone read;
	struct fault plain;

	if (phone_read(p, len, region, &read, f) == 0) {
		*phone = read.key;
		return 0;
	}
	if (phone_check(p, len, &plain) < 0)
		return -1;
	*phone = 0;
	for (size_t i = 1; i < len; i++)
		*phone = *phone * 10 + (p[i] - '0');
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
