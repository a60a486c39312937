/*
 * placing: whatever an exchange answers has a verdict, an id only where it was
 * placed, one line of words, and no digit of the body in them.
 */
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "placing.h"

int LLVMFuzzerTestOneInput(const unsigned char *, size_t);

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	static const int status[] = {200, 201, 400, 401, 409, 422, 429, 500};
	int s = status[n ? p[0] & 7 : 0];
	struct placing_reply r;
	char *body = malloc(n + 1);

	memcpy(body, p, n); /* of its own size, for the sanitizer */
	placing_read(s, n ? body + 1 : "", n ? n - 1 : 0, &r);
	if (s < 300 ? r.said != PLACING_PLACED : r.said == PLACING_PLACED || *r.alias)
		abort();
	if ((s == 409 || s == 500) != (r.said == PLACING_UNCLEAR))
		abort();
	if (strlen(r.alias) > FOREIGN_ID_MAX || text_control(r.alias, strlen(r.alias)) >= 0)
		abort();
	if (strncmp(r.text, "HTTP ", 5) != 0 || strpbrk(r.text + 8, "0123456789\n") != NULL)
		abort();
	free(body);
	return 0;
}
