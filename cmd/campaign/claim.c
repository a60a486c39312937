/*
 * claim: due people leave as call records, each in one write. A claim whose
 * record did not leave whole goes back: nobody waits for a reader that is gone.
 */
#include "verbs.h"

#include "../tool.h"
#include "schedule.h"

enum { BATCH = 256 };

struct claiming {
	struct campaign campaign;
	struct claim claim[BATCH];
	struct buf line;
	enum claim_end end;
	int64_t next_due;
	uint64_t written;
};

/* Writes the records of a batch; *left is the first claim whose record did not leave. */
static int
write_batch(
    struct campaign_tool *t, struct claiming *c, size_t n, size_t *left, struct fault *f)
{
	for (*left = 0; *left < n; ++*left) {
		int got = claim_record(&t->db, &c->campaign, &c->claim[*left], &c->line, f);

		if (got < 0 || (got > 0 && out_flush(&c->line, f) < 0))
			return -1;
		c->written += got > 0;
	}
	return 0;
}

static int
claim(struct campaign_tool *t, struct claiming *c, struct fault *f)
{
	int64_t rest = t->limit ? t->limit : INT64_MAX;
	size_t n, left;

	do {
		n = 0;
		if (schedule_claim(&t->db, &c->campaign, rest < BATCH ? rest : BATCH, c->claim,
			&n, &c->end, &c->next_due, f) < 0)
			return -1;
		if (write_batch(t, c, n, &left, f) < 0) {
			struct fault other;

			if (schedule_unclaim(&t->db, c->claim + left, n - left, &other) < 0)
				tool_report(&other);
			return -1;
		}
		rest -= (int64_t)n;
	} while (n > 0 && rest > 0 && c->end == CLAIM_LIMIT);
	return 0;
}

/* Why it was no more. */
static void
say(const struct claiming *c)
{
	char at[32];

	fprintf(stderr, TOOL ": %s: %llu claimed", c->campaign.name,
	    (unsigned long long)c->written);
	if (c->end == CLAIM_SLOTS)
		fputs("; all slots are taken", stderr);
	else if (c->end == CLAIM_NOTHING_DUE && c->next_due != INT64_MAX)
		fprintf(stderr, "; the next is due at %s", num_instant_text(c->next_due, at));
	else if (c->end == CLAIM_NOTHING_DUE)
		fputs("; nobody else is due", stderr);
	fputc('\n', stderr);
}

int
verb_claim(struct campaign_tool *t, char **name)
{
	static struct claiming c;
	struct fault f;
	int rc;

	if (campaigns_need(&t->db, *name, &c.campaign, &f) < 0)
		return tool_fail(&f);
	c.next_due = INT64_MAX;
	rc = claim(t, &c, &f);
	buf_release(&c.line);
	if (rc < 0)
		return tool_fail(&f);
	if (!t->quiet)
		say(&c);
	return OK;
}
