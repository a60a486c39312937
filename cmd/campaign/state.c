/*
 * pause, resume, cancel: one meaning each. Pause makes no new calls and can be
 * taken back; cancel closes the campaign for good.
 */
#include "verbs.h"

#include "../tool.h"

static int
change_state(struct campaign_tool *t, const char *name,
    int (*act)(struct db *, int64_t id, const char *reason, bool *changed, struct fault *),
    const char *word)
{
	struct campaign c;
	struct fault f;
	bool changed = false;

	if (campaigns_need(&t->db, name, &c, &f) < 0 ||
	    act(&t->db, c.id, t->reason, &changed, &f) < 0)
		return tool_fail(&f);
	if (!t->quiet)
		fprintf(stderr, TOOL ": %s: %s%s\n", c.name, word, changed ? "" : " already");
	return OK;
}

int
verb_pause(struct campaign_tool *t, char **name)
{
	return change_state(t, *name, campaigns_pause, "paused");
}

static int
resume(struct db *db, int64_t id, const char *reason, bool *changed, struct fault *f)
{
	(void)reason; /* no option of this verb */
	return campaigns_resume(db, id, changed, f);
}

int
verb_resume(struct campaign_tool *t, char **name)
{
	return change_state(t, *name, resume, "active");
}

int
verb_cancel(struct campaign_tool *t, char **name)
{
	return change_state(t, *name, campaigns_cancel, "cancelled");
}
