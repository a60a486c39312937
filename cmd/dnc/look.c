/*
 * list and check's record: rules as others can read them.
 */
#include "verbs.h"

#include "../tool.h"
#include "campaigns.h"
#include "contact.h"

enum { PAGE = 200, LARGE = 64 << 10 };

/* asked: the number that a check was about, or 0. */
int
dnc_record(struct db *db, struct buf *b, const struct dnc *d, int64_t asked, struct fault *f)
{
	struct campaign c = {.name = ""};
	char at[32], digits[20];

	if (d->campaign && campaigns_by_id(db, d->campaign, &c, f) < 0)
		return -1;
	buf_adds(b, "{\"type\":\"dnc\",\"v\":1");
	buf_member(b, "rule", dnc_kind_name(d->kind));
	if (asked || d->kind == DNC_NUMBER)
		buf_member(b, "phone", phone_text(asked ? asked : d->value, digits));
	if (d->kind == DNC_PREFIX)
		buf_member(b, "prefix", phone_text(d->value, digits));
	if (d->kind == DNC_CONTACT)
		buf_member_i(b, "contact", d->value);
	buf_member(b, "list", *d->list ? d->list : NULL);
	buf_member(b, "campaign", *c.name ? c.name : NULL);
	buf_member(b, "at", num_instant_text(d->at, at));
	buf_member(b, "source", d->source);
	buf_member(b, "reason", *d->reason ? d->reason : NULL);
	buf_member(b, "actor", d->actor);
	buf_adds(b, "}\n");
	return 0;
}

static int
list(struct dnc_tool *t, struct buf *out, struct fault *f)
{
	static struct dnc rules[PAGE], after;
	int n;

	while ((n = dnc_page(&t->db, &after, rules, PAGE, f)) > 0)
		for (int i = 0; i < n; i++)
			if (dnc_record(&t->db, out, &rules[i], 0, f) < 0 ||
			    (out->len > LARGE && out_flush(out, f) < 0))
				return -1;
	return n < 0 ? -1 : out_flush(out, f);
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
