/*
 * review: what a machine took for the wish not to be called again, and what a
 * person finds. Until then, and after --confirm, the number is not called.
 */
#include "verbs.h"

#include "../tool.h"
#include "campaigns.h"
#include "contact.h"
#include "optout.h"
#include "optouts.h"
#include "people.h"

enum { LARGE = 64 << 10 };

static const char *
state_name(enum optout_verdict v)
{
	return v == OPTOUT_OPEN ? "open" : v == OPTOUT_CONFIRMED ? "confirmed" : "dismissed";
}

static int
optout_record(struct db *db, struct buf *b, const struct optout_case *c, struct fault *f)
{
	struct campaign campaign = {.name = ""};
	struct person p = {.name = NULL};
	char id[37], at[32], phone[20];

	if (campaigns_by_id(db, c->campaign, &campaign, f) < 0 ||
	    people_get(db, c->contact, &p, f) < 0)
		return -1;
	buf_adds(b, "{\"type\":\"optout\",\"v\":1");
	buf_member_i(b, "id", c->id);
	buf_member(b, "call", uuid_text(&c->call, id));
	buf_member(b, "campaign", *campaign.name ? campaign.name : NULL);
	buf_member_i(b, "contact", c->contact);
	buf_member(b, "name", p.name);
	buf_member(b, "phone", c->phone ? phone_text(c->phone, phone) : NULL);
	buf_member(b, "at", num_instant_text(c->at, at));
	buf_member(b, "how", heard_name(c->how));
	buf_member(b, "means", c->wrong_number ? "wrong_number" : "do_not_call");
	if (c->heard.len) {
		buf_key(b, "heard");
		buf_add(b, c->heard.p, c->heard.len);
	}
	buf_member(b, "state", state_name(c->verdict));
	buf_adds(b, "}\n");
	return 0;
}

static int
list(struct dnc_tool *t, struct buf *out, struct fault *f)
{
	struct optout_case c = {.heard = {0}};
	int64_t after = 0;
	int n;

	while ((n = optouts_next(&t->db, &after, !t->all, &c, f)) > 0)
		if (optout_record(&t->db, out, &c, f) < 0 ||
		    (out->len > LARGE && out_flush(out, f) < 0)) {
			n = -1;
			break;
		}
	buf_release(&c.heard);
	return n < 0 ? -1 : out_flush(out, f);
}

static int
judge(struct dnc_tool *t, char **ids, struct fault *f)
{
	enum optout_verdict v = t->dismiss ? OPTOUT_DISMISSED : OPTOUT_CONFIRMED;
	unsigned long long n = 0;
	int got = 0;

	for (; *ids && got >= 0; ids++) {
		int64_t id;

		if (num_parse("ID", *ids, 1, INT64_MAX, &id, f) < 0)
			return -1;
		got = optouts_review(&t->db, id, v, t->reason, f);
		n += got > 0;
	}
	if (got >= 0 && !t->quiet)
		fprintf(stderr, TOOL ": %llu %s\n", n, state_name(v));
	return got < 0 ? -1 : 0;
}

static int
misused(const struct dnc_tool *t, char **ids, struct fault *f)
{
	if (t->confirm && t->dismiss)
		return fault(f, USAGE, "review: --confirm or --dismiss, not both");
	if ((t->confirm || t->dismiss) && !*ids)
		return fault(f, USAGE, "review: which? (the id of a record that it lists)");
	if (*ids && !t->confirm && !t->dismiss)
		return fault(f, USAGE, "review %s: --confirm or --dismiss?", *ids);
	if (t->dismiss && !t->reason)
		return fault(f, USAGE, "review --dismiss needs --reason: it is a person's act");
	return 0;
}

int
verb_review(struct dnc_tool *t, char **ids)
{
	struct buf out = {0};
	struct fault f;
	int rc = misused(t, ids, &f);

	if (rc == 0)
		rc = *ids ? judge(t, ids, &f) : list(t, &out, &f);
	buf_release(&out);
	return rc < 0 ? tool_fail(&f) : OK;
}

int
verb_phrases(struct dnc_tool *t, char **none)
{
	(void)t;
	(void)none;
	fputs(optout_shipped, stdout);
	return OK;
}
