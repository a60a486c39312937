/*
 * list: the numbers that must not be called, as records.
 */
#include "verbs.h"

#include "../tool.h"
#include "contact.h"

enum { LARGE = 64 << 10 };

void
dnc_record(struct buf *b, const struct dnc *d)
{
	char at[32], phone[20];

	buf_adds(b, "{\"type\":\"dnc\",\"v\":1");
	buf_member(b, "phone", phone_text(d->phone, phone));
	buf_member(b, "at", num_instant_text(d->at, at));
	buf_member(b, "source", d->source);
	buf_member(b, "reason", *d->reason ? d->reason : NULL);
	buf_member(b, "actor", d->actor);
	buf_adds(b, "}\n");
}

static int
list(struct dnc_tool *t, struct buf *out, struct fault *f)
{
	int64_t after = 0;
	struct dnc d;
	int got;

	while ((got = dnc_next(&t->db, &after, &d, f)) > 0) {
		dnc_record(out, &d);
		if (out->len > LARGE && out_flush(out, f) < 0)
			return -1;
	}
	return got < 0 ? -1 : out_flush(out, f);
}

int
verb_list(struct dnc_tool *t, char **none)
{
	struct buf out = {0};
	struct fault f;
	int rc = list(t, &out, &f);

	(void)none;
	buf_release(&out);
	return rc < 0 ? tool_fail(&f) : OK;
}
