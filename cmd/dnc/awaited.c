/*
 * awaited: wishes of people who are not stored yet, and what a person finds of
 * them.
 */
#include "verbs.h"

#include <stdio.h>

#include "../tool.h"
#include "awaited.h"
#include "num.h"

enum { LARGE = 64 << 10 };

static void
record(struct buf *b, const struct awaited_entry *e)
{
	char at[32];

	buf_adds(b, "{\"type\":\"awaited\",\"v\":1");
	buf_member_i(b, "id", e->id);
	buf_member(b, "at", num_instant_text(e->at, at));
	buf_member(b, "source", e->source);
	buf_member(b, "reason", e->reason);
	buf_adds(b, "}\n");
}

static int
list(struct dnc_tool *t, struct buf *out, struct fault *f)
{
	struct awaited_entry e;
	int64_t after = 0;
	int n;

	while ((n = awaited_next(&t->db, &after, &e, f)) > 0) {
		record(out, &e);
		if (out->len > LARGE && out_flush(out, f) < 0)
			return -1;
	}
	return n < 0 ? -1 : out_flush(out, f);
}

static int
lift(struct dnc_tool *t, char **ids, struct fault *f)
{
	int n = 0;

	for (; ids[n]; n++) {
		int64_t id;

		if (num_parse("ID", ids[n], 1, INT64_MAX, &id, f) < 0 ||
		    awaited_lift(&t->db, id, t->reason, f) < 0)
			return -1;
	}
	if (!t->quiet)
		fprintf(stderr, TOOL ": %d lifted\n", n);
	return 0;
}

static int
misused(const struct dnc_tool *t, char **ids, struct fault *f)
{
	if (t->lift && !*ids)
		return fault(f, USAGE, "awaited: which? (the id of a record that it lists)");
	if (*ids && !t->lift)
		return fault(f, USAGE, "awaited %s: --lift?", *ids);
	if (t->lift && !t->reason)
		return fault(f, USAGE, "awaited --lift needs --reason: it is a person's act");
	return 0;
}

int
verb_awaited(struct dnc_tool *t, char **ids)
{
	struct buf out = {0};
	struct fault f;
	int rc = misused(t, ids, &f);

	if (rc == 0)
		rc = *ids ? lift(t, ids, &f) : list(t, &out, &f);
	buf_release(&out);
	return rc < 0 ? tool_fail(&f) : OK;
}
