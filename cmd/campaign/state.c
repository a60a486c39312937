/*
 * pause, resume, cancel: one meaning each. Pause makes no new calls and can be
 * taken back; cancel closes the campaign for good.
 */
#include "verbs.h"

#include "../tool.h"

static int
said(struct campaign_tool *t, const struct campaign *c, int rc, bool changed, const char *word,
    const struct fault *f)
{
	if (rc < 0)
		return tool_fail(f);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s: %s%s\n", c->name, word, changed ? "" : " already");
	return OK;
}

int
verb_pause(struct campaign_tool *t, char **name)
{
	struct campaign c;
	struct fault f;
	bool changed = false;
	int rc;

	if (campaigns_need(&t->db, *name, &c, &f) < 0)
		return tool_fail(&f);
	rc = campaigns_pause(&t->db, c.id, t->reason, &changed, &f);
	return said(t, &c, rc, changed, "paused", &f);
}

int
verb_resume(struct campaign_tool *t, char **name)
{
	struct campaign c;
	struct fault f;
	bool changed = false;
	int rc;

	if (campaigns_need(&t->db, *name, &c, &f) < 0)
		return tool_fail(&f);
	rc = campaigns_resume(&t->db, c.id, &changed, &f);
	return said(t, &c, rc, changed, "active", &f);
}

int
verb_cancel(struct campaign_tool *t, char **name)
{
	struct campaign c;
	struct fault f;
	bool changed = false;
	int rc;

	if (campaigns_need(&t->db, *name, &c, &f) < 0)
		return tool_fail(&f);
	rc = campaigns_cancel(&t->db, c.id, t->reason, &changed, &f);
	return said(t, &c, rc, changed, "cancelled", &f);
}
