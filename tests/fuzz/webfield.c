/*
 * fuzz: header fields: the guard, the id that asks for a context, and a
 * signature. The input is lines NAME:VALUE.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contexts.h"
#include "guard.h"
#include "mem.h"
#include "secrets.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_key(const char *text)
{
	struct uuid id, again;
	char out[37];

	if (context_key(text, &id) == 0 &&
	    (context_key(uuid_text(&id, out), &again) < 0 ||
		memcmp(&id, &again, sizeof(id)) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static struct secrets secrets;
	struct guard_field field[GUARD_FIELDS + 1];
	char *text = xstrndup((const char *)p, len), *at = text;
	size_t n = 0;

	if (secrets.n == 0)
		secrets_add(&secrets, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	while (*at && n <= GUARD_FIELDS) {
		size_t line = strcspn(at, "\n"), name;
		bool more = at[line] != '\0';

		at[line] = '\0';
		name = strcspn(at, ":");
		field[n].name = (struct slice){at, name};
		field[n++].value = slice(at[name] ? at + name + 1 : at + name);
		check_key(at[name] ? at + name + 1 : at);
		/* Nobody guesses a signature. */
		if (secrets_signed(
			&secrets, "msg", "1614265330", at, slice("{}"), 1614265330000))
			abort();
		(void)secrets_signed(&secrets, "msg", at, "v1,x", slice("{}"), 1614265330000);
		at += line + more;
	}
	(void)guard_fields(field, n, true);
	(void)guard_fields(field, n, false);
	free(text);
	return 0;
}
