/*
 * simchat: whatever a client sends is a question or is refused with words; a
 * question is answered, right or wrong, by JSON, and by a stream that ends.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "simscript.h"

int LLVMFuzzerTestOneInput(const unsigned char *, size_t);

static void
need_json(const struct buf *b)
{
	struct fault why;
	json_t *o = json_read("reply", b->p, b->len, &why);

	if (!json_is_object(o))
		abort();
	json_decref(o);
}

static void
answer(const struct simchat *c, enum simchat_fault wrong)
{
	struct simchat_reply r = {.fault = wrong};
	struct buf text = {0}, out = {0};
	size_t at = 0, events = 0;

	simchat_text(c, wrong, &text);
	r.text = text.p;
	simchat_reply(c, &r, &out);
	need_json(&out);
	buf_reset(&out);
	while (simchat_event(c, &r, &at, &out) > 0)
		if (++events > text.len + 3)
			abort();
	if (out.len < 14 || memcmp(out.p + out.len - 14, "data: [DONE]\n\n", 14))
		abort();
	buf_release(&out);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	struct simscript script;
	struct simchat c;
	struct fault why = {0};

	simscript_init(&script);
	if (simchat_read(&c, (const char *)p, n, &why) == 0) {
		(void)simscript_act(&script, &c, 1);
		for (int i = SIMCHAT_FINE; i <= SIMCHAT_PLAIN; i++)
			answer(&c, (enum simchat_fault)i);
	} else if (!*why.text) {
		abort();
	}
	simchat_release(&c);
	simscript_release(&script);
	return 0;
}
