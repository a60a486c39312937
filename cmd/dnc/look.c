/*
 * list, lists: rules and imported lists as others can read them; and what all verbs share.
 */
#include "verbs.h"

#include "../tool.h"
#include "dnc_list.h"
#include "phone.h"
#include "word.h"

#include "../region.h"

enum { PAGE = 200, LARGE = 64 << 10, NOTES = 20 };

int
find_campaign(struct dnc_tool *t, int64_t *id, const struct plan **plan, struct fault *f)
{
	struct campaign c;

	*id = 0;
	*plan = NULL;
	if (!t->campaign)
		return 0;
	if (campaigns_need(&t->db, t->campaign, &c, f) < 0)
		return -1;
	*id = c.id;
	return (*plan = campaigns_plan(&t->db, c.id, f)) ? 0 : -1;
}

int
check_region(struct dnc_tool *t, struct fault *f)
{
	return region_of(&t->region, &t->settings, t->region_name, f);
}

void
note_unknown(struct dnc_tool *t, int64_t phone, const char *undo)
{
	char text[PHONE_SIZE];
	struct phone known;

	if (phone_look(phone, &known) || t->unknown++ >= NOTES)
		return;
	fprintf(stderr,
	    TOOL ": note: %s is kept, but no numbering plan gives it out; if it was mistyped, "
		 "add the right one, and outreach-dnc %s %s takes this one back\n",
	    phone_text(phone, text), undo, text);
}

void
note_unknown_end(const struct dnc_tool *t)
{
	if (t->unknown > NOTES)
		fprintf(stderr, TOOL ": note: and %llu more numbers that no plan gives out\n",
		    (unsigned long long)t->unknown - NOTES);
}

/* ---- list --------------------------------------------------------------------- */

struct wanted {
	int kind; /* 0: any */
	int64_t campaign;
	const char *source;
};

static bool
is_wanted(const struct wanted *w, const struct dnc *d, bool in_campaign)
{
	return (!w->kind || w->kind == (int)d->kind) &&
	    (!in_campaign || d->campaign == w->campaign) &&
	    (!w->source || strcmp(w->source, d->source) == 0);
}

static int
list(struct dnc_tool *t, struct buf *out, struct fault *f)
{
	static struct dnc rules[PAGE], after;
	int64_t left = t->limit ? t->limit : INT64_MAX;
	struct wanted w = {.source = t->source};
	const struct plan *plan;
	int n;

	if (find_campaign(t, &w.campaign, &plan, f) < 0)
		return -1;
	if (t->rule)
		w.kind = dnc_kind_parse(t->rule);
	while (left > 0 && (n = dnc_page(&t->db, &after, rules, PAGE, f)) != 0) {
		if (n < 0)
			return -1;
		for (int i = 0; i < n && left > 0; i++) {
			if (!is_wanted(&w, &rules[i], t->campaign != NULL))
				continue;
			left--;
			if (dnc_record(&t->db, out, &rules[i], 0, f) < 0 ||
			    (out->len > LARGE && out_flush(out, f) < 0))
				return -1;
		}
	}
	return out_flush(out, f);
}

int
verb_list(struct dnc_tool *t, char **none)
{
	static const char *const rules[] = {"number", "prefix", "contact", NULL};
	struct buf out = {0};
	struct fault f;
	int rc;

	(void)none;
	if (word_check("--rule", t->rule, rules, &f) < 0)
		return tool_fail(&f);
	rc = list(t, &out, &f);
	buf_release(&out);
	return rc < 0 ? tool_fail(&f) : OK;
}

/* ---- lists -------------------------------------------------------------------- */

static void
list_record(struct buf *b, const struct dnc_list *l, int64_t now)
{
	char at[32];

	buf_adds(b, "{\"type\":\"dnc_list\",\"v\":1");
	buf_member(b, "list", l->name);
	buf_member_i(b, "numbers", l->numbers);
	buf_member(b, "as_of", num_instant_text(l->as_of, at));
	if (l->max_age) {
		buf_member(b, "max_age", num_duration_text(l->max_age, at));
		buf_member(b, "until", num_instant_text(l->until, at));
	}
	buf_key(b, "too_old");
	buf_adds(b, l->until <= now ? "true" : "false");
	buf_member(b, "at", num_instant_text(l->at, at));
	buf_member(b, "actor", l->actor);
	buf_adds(b, "}\n");
}

int
verb_lists(struct dnc_tool *t, char **none)
{
	char after[DNC_LIST_NAME] = "";
	struct buf out = {0};
	struct dnc_list l;
	struct fault f;
	int got;

	(void)none;
	while ((got = dnc_list_next(&t->db, after, &l, &f)) > 0)
		list_record(&out, &l, clock_wall());
	if (got == 0)
		got = out_flush(&out, &f);
	buf_release(&out);
	return got < 0 ? tool_fail(&f) : OK;
}
