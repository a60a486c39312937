/*
 * twins: found by two steps in indexes; only where somebody else has the
 * number are names looked at.
 */
#include <string.h>

#include "campaigns.h"
#include "fold.h"
#include "mem.h"
#include "twins.h"

static bool
same_name(const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	if (!a || !b)
		return (!a || !*a) && (!b || !*b);
	if (!strcmp(a, b))
		return true;
	text_fold(&x, a, strlen(a));
	text_fold(&y, b, strlen(b));
	same = x.len && x.len == y.len && !memcmp(x.p, y.p, x.len);
	buf_release(&x);
	buf_release(&y);
	return same;
}

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
		if (!(is = same_name(col_t(s, 3), col_t(s, 4))))
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
