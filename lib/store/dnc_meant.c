/*
 * dnc_meant: people are gone through in the order of their numbers, those of a
 * prefix in a few ranges of that index, one for each length. They are looked at
 * outside of a transaction; the turn is taken for who waits or is held.
 */
#include "dnc_meant.h"

#include "clock.h"
#include "dnc_list.h"
#include "schedule.h"

enum { PAGE = 500, WORK_US = 30000, DIGITS_MAX = 15 }; /* of a number (E.164 section 6) */

struct met {
	int64_t phone, contact;
	bool waits; /* in a campaign that the rule is for, or is held there */
};

/* The first and last number to look at, with so many digits behind the prefix; false: no number is that long. */
static bool
range_of(const struct dnc *d, int more, int64_t *first, int64_t *last)
{
	const int64_t most = INT64_C(999999999999999);
	int64_t span = 1;

	*first = 1;
	*last = most;
	if (d->kind == DNC_LIST)
		return more == 0;

	for (int i = 0; i < more; i++)
		span *= 10;
	if (more > DIGITS_MAX || d->value > most / span)
		return false;
	*first = d->value * span;
	*last = *first + span - 1;
	return true;
}

/* The next people of the range behind the walk's place: how many, or -1. */
static int
look(struct db *db, const struct dnc *d, const struct dnc_walk *w, int64_t first, int64_t last,
    struct met met[PAGE], struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT p.e164, p.contact, EXISTS (SELECT 1 FROM target t WHERE t.contact = p.contact"
	    " AND :campaign IN (0, t.campaign) AND NOT EXISTS (SELECT 1 FROM standing s"
	    " WHERE s.target = t.id AND s.state <> 'held'))"
	    " FROM contact_phone p WHERE p.e164 BETWEEN :first AND :last"
	    " AND (p.e164 > :phone OR p.contact > :contact) ORDER BY p.e164, p.contact LIMIT :page",
	    f);
	int n, got = 0;

	bind_i(db, s, ":campaign", d->campaign);
	bind_i(db, s, ":first", w->phone > first ? w->phone : first);
	bind_i(db, s, ":last", last);
	bind_i(db, s, ":phone", w->phone);
	bind_i(db, s, ":contact", w->contact);
	bind_i(db, s, ":page", PAGE);
	while ((n = db_step(db, s, f)) > 0)
		met[got++] = (struct met){col_i(s, 0), col_i(s, 1), col_i(s, 2) != 0};
	return n < 0 ? -1 : got;
}

/* Those of one person that wait or are held: of the rest nothing changes. */
static int
settle_person(struct db *db, const struct dnc *d, int64_t contact, struct fault *f)
{
	int64_t id = 0;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT id FROM target t WHERE contact = :contact AND id > :after"
		    " AND :campaign IN (0, campaign) AND NOT EXISTS (SELECT 1 FROM standing s"
		    " WHERE s.target = t.id AND s.state <> 'held') ORDER BY id LIMIT 1",
		    f);

		bind_i(db, s, ":contact", contact);
		bind_i(db, s, ":after", id);
		bind_i(db, s, ":campaign", d->campaign);
		if (db_one(db, s, 0, &id, f) < 0)
			return -1;
		if (!id)
			return 0;
		if (schedule_settle(db, id, clock_wall(), f) < 0)
			return -1;
	}
}

static int
settle_some(struct db *db, const struct dnc *d, struct dnc_walk *w, const struct met *met,
    int n, struct fault *f)
{
	int64_t until = clock_real_us() + WORK_US;

	if (db_begin(db, f) < 0)
		return -1;
	for (int i = 0; i < n && clock_real_us() < until; i++) {
		if (met[i].waits && settle_person(db, d, met[i].contact, f) < 0) {
			db_rollback(db);
			return -1;
		}
		w->phone = met[i].phone;
		w->contact = met[i].contact;
	}
	return db_commit(db, f);
}

/* Of those who wait, whom the list has. */
static int
keep_listed(struct db *db, const struct dnc *d, struct met *met, int n, struct fault *f)
{
	int has;

	for (int i = 0; i < n; i++) {
		if (!met[i].waits)
			continue;
		if ((has = dnc_list_has(db, d->value, met[i].phone, f)) < 0)
			return -1;
		met[i].waits = has > 0;
	}
	return 0;
}

int
dnc_meant_page(struct db *db, const struct dnc *d, struct dnc_walk *w, struct fault *f)
{
	static _Thread_local struct met met[PAGE];
	int64_t first, last;
	bool any = false;
	int n;

	if (!range_of(d, w->more, &first, &last))
		return 0;
	if ((n = look(db, d, w, first, last, met, f)) < 0 ||
	    (d->kind == DNC_LIST && keep_listed(db, d, met, n, f) < 0))
		return -1;
	for (int i = 0; i < n; i++)
		any |= met[i].waits;
	if (any)
		return settle_some(db, d, w, met, n, f) < 0 ? -1 : 1;
	if (n > 0) {
		w->phone = met[n - 1].phone;
		w->contact = met[n - 1].contact;
	}
	if (n < PAGE)
		*w = (struct dnc_walk){.more = w->more + 1};
	return 1;
}

int
dnc_meant_settle(struct db *db, const struct dnc *d, struct fault *f)
{
	struct dnc_walk w = {.more = 0};
	int more;

	do
		more = dnc_meant_page(db, d, &w, f);
	while (more > 0);
	return more;
}
