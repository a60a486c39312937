/*
 * twins: found by two steps in indexes; only where somebody else has the
 * number are names looked at.
 */
#include "campaigns.h"
#include "mem.h"
#include "names.h"
#include "prompt.h"
#include "targets.h"
#include "twins.h"

int
twins_find(struct db *db, int64_t campaign, int64_t contact, struct twin *w, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT t.id, o.source, me.source, o.name, me.name FROM contact_phone p"
	    " CROSS JOIN contact_phone q ON q.e164 = p.e164 AND q.contact <> p.contact"
	    " CROSS JOIN target t ON t.campaign = :campaign AND t.contact = q.contact"
	    " CROSS JOIN contact o ON o.id = q.contact CROSS JOIN contact me ON me.id = p.contact"
	    " WHERE p.contact = :contact AND t.id < :target AND o.source <> me.source"
	    " LIMIT :look",
	    f);
	bool is = false;
	int n;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":target", w->target);
	bind_i(db, s, ":look", TWINS_LOOK);
	while (!is && (n = db_step(db, s, f)) > 0) {
		if (!(is = names_same(col_t(s, 3), col_t(s, 4))))
			continue;
		w->of = col_i(s, 0);
		copy_text(w->of_source, sizeof w->of_source, col_t(s, 1));
		copy_text(w->source, sizeof w->source, col_t(s, 2));
		sqlite3_reset(s);
	}
	return is ? 1 : n;
}

int
twins_hold(struct db *db, const struct twin *w, struct fault *f)
{
	struct buf why = {0};
	int rc;

	buf_printf(&why,
	    "probably the same person as target %lld: same name and number, another source",
	    (long long)w->of);
	rc = targets_hold(db, w->target, why.p, f);
	buf_release(&why);
	return rc;
}

/* ---- by a change ------------------------------------------------------------------ */

int
twins_of(struct db *db, int64_t contact, struct twin_pairs *pairs, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT t.id, u.id, me.name, o.name FROM contact_phone p"
	    " CROSS JOIN contact_phone q ON q.e164 = p.e164 AND q.contact <> p.contact"
	    " CROSS JOIN contact o ON o.id = q.contact CROSS JOIN contact me ON me.id = p.contact"
	    " CROSS JOIN target t ON t.contact = p.contact"
	    " CROSS JOIN target u ON u.campaign = t.campaign AND u.contact = q.contact"
	    " WHERE p.contact = :contact AND o.source <> me.source LIMIT :look",
	    f);
	int n;

	pairs->n = 0;
	bind_i(db, s, ":contact", contact);
	bind_i(db, s, ":look", TWINS_LOOK);
	while ((n = db_step(db, s, f)) > 0) {
		if (!names_same(col_t(s, 2), col_t(s, 3)))
			continue;
		pairs->pair[pairs->n].mine = col_i(s, 0);
		pairs->pair[pairs->n++].other = col_i(s, 1);
	}
	return n;
}

static bool
has_pair(const struct twin_pairs *p, int64_t mine, int64_t other)
{
	for (int i = 0; i < p->n; i++)
		if (p->pair[i].mine == mine && p->pair[i].other == other)
			return true;
	return false;
}

static int
was_called(struct db *db, int64_t target, bool *was, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT EXISTS (SELECT 1 FROM call WHERE target = :target)"
	    " OR EXISTS (SELECT 1 FROM call_sibling WHERE target = :target)",
	    f);
	int64_t v;

	bind_i(db, s, ":target", target);
	if (db_one(db, s, 0, &v, f) < 0)
		return -1;
	*was = v != 0;
	return 0;
}

/* Unless it is held by something that stays: a context that comes late does not release a twin. */
static int
hold_one(struct db *db, int64_t mine, int64_t other, struct fault *f)
{
	struct twin w = {
	    .target = mine > other ? mine : other, .of = mine > other ? other : mine};
	struct target_owner o = {.held = ""};
	bool later, earlier;

	if (was_called(db, w.target, &later, f) < 0 || was_called(db, w.of, &earlier, f) < 0)
		return -1;
	if (later && !earlier) {
		int64_t swap = w.target;
		w.target = w.of;
		w.of = swap;
	}
	if (targets_get(db, w.target, &o, f) < 0)
		return -1;
	return *o.held && !prompt_is_held(o.held) ? 0 : twins_hold(db, &w, f);
}

int
twins_appeared(struct db *db, int64_t contact, const struct twin_pairs *before, struct fault *f)
{
	struct twin_pairs now;

	if (twins_of(db, contact, &now, f) < 0)
		return -1;
	for (int i = 0; i < now.n; i++)
		if (!has_pair(before, now.pair[i].mine, now.pair[i].other) &&
		    hold_one(db, now.pair[i].mine, now.pair[i].other, f) < 0)
			return -1;
	return 0;
}
