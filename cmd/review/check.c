/*
 * check: the campaigns' checks over contexts from anywhere. Findings go out.
 */
#include "verbs.h"

#include "../tool.h"
#include "campaigns.h"
#include "filter.h"

struct checking {
	struct review_tool *tool;
	struct judge *judge;
	struct buf text, context, message;
	/* of the record at hand */
	struct subject s;
	char campaign[128];
	struct buf *out;
	unsigned contexts, findings;
};

static void
found(void *arg, const struct check_finding *w)
{
	struct checking *k = arg;

	k->findings++;
	finding_record(k->out, &k->s, k->campaign, w);
}

static int
record(void *ctx, const struct rec *rec, struct buf *out, struct fault *f)
{
	struct checking *k = ctx;
	struct campaign c;
	struct fault why;
	int got;

	k->s = (struct subject){0};
	k->out = out;
	if ((got = subject_find(&k->tool->db, rec, &k->s, &k->text, f)) != 0)
		return got;
	if (campaigns_by_id(&k->tool->db, k->s.campaign, &c, f) < 0)
		return -1;
	snprintf(k->campaign, sizeof(k->campaign), "%s", c.name);
	if ((got = rec_text(rec, "context", &k->context, f)) < 0)
		return 1;
	if (got == 0 || k->context.len == 0) {
		rec_fault(
		    rec, f, "target %lld: there is no context in it", (long long)k->s.target);
		return 1;
	}
	if ((got = rec_text(rec, "system_message", &k->message, f)) < 0)
		return 1;
	got = judge_run(
	    k->judge, &k->s, k->context.p, got > 0 ? k->message.p : NULL, found, k, &why);
	k->contexts += got >= 0;
	if (got == JUDGE_NONE) {
		rec_fault(rec, f, "the campaign %s has no checks (context.checks)", c.name);
		return 1;
	}
	if (got < 0 && why.code == DATAERR)
		rec_fault(rec, f, "target %lld: %s", (long long)k->s.target, why.text);
	else if (got < 0)
		*f = why;
	return got >= 0 ? 0 : why.code == DATAERR ? 1 : -1;
}

int
verb_check(struct review_tool *t, char **files)
{
	static const char *const types[] = {"call", "target", NULL};
	struct checking k = {.tool = t, .judge = judge_new(&t->db)};
	struct filter filter = {.types = types,
	    .ctx = &k,
	    .record = record,
	    .report = tool_report,
	    .keep_going = t->keep_going};
	struct filter_count n = {0};
	struct fault f;
	int rc = filter_files(&filter, files, &n, &f);

	judge_free(k.judge);
	buf_release(&k.text);
	buf_release(&k.context);
	buf_release(&k.message);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %u context%s, %u finding%s\n", k.contexts,
		    &"s"[k.contexts == 1], k.findings, &"s"[k.findings == 1]);
	return rc < 0 ? tool_fail(&f) : k.findings || n.refused ? SOME : OK;
}
