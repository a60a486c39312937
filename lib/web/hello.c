/*
 * hello: strict, since whoever sends it has shown nothing yet.
 */
#include "hello.h"
#include "json.h"
#include "mem.h"

static int
take(struct hello *h, const json_t *v, struct fault *f)
{
	const json_t *from = json_object_get(v, "from");
	const char *token = json_string_value(json_object_get(v, "token"));

	if (!json_is_object(v) || !token || json_object_size(v) != (from ? 2 : 1))
		return fault(f, DATAERR,
		    "the first message must be {\"token\":TEXT} or {\"token\":TEXT,\"from\":SEQ}");
	if (from && (!json_is_integer(from) || json_integer_value(from) < 1))
		return fault(f, DATAERR, "from must be a number from 1");
	copy_text(h->token, sizeof(h->token), token);
	h->from = from ? json_integer_value(from) : 0;
	return 0;
}

int
hello_read(const void *text, size_t len, struct hello *h, struct fault *f)
{
	json_t *v;
	int rc;

	*h = (struct hello){.from = 0};
	if (len >= HELLO_MAX)
		return fault(f, DATAERR, "the first message is too long");
	if (!(v = json_read("message", text, len, f)))
		return -1;
	rc = take(h, v, f);
	json_decref(v);
	return rc;
}
