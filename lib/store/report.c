/*
 * report: counting in pages.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mem.h"
#include "report.h"
#include "store_parts.h"

enum { PAGE = 2000, PEOPLE_PAGE = 200, TARGETS_PAGE = 10000 };

static const char *const states[] = {
    "waiting", "claimed", "calling", "unknown", "held", "done", "closed"};

const char *
report_state_name(enum report_state s)
{
	return states[s];
}

const struct zone *
report_zone(struct db *db, const char *name, struct fault *f)
{
	return zones_one(db, name, f);
}

void
report_release(struct report *r)
{
	free(r->day);
	r->day = NULL;
}

/* ---- people by state --------------------------------------------------------- */

static int
count(struct db *db, const char *sql, int64_t campaign, int64_t *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, sql, f);

	bind_i(db, s, ":campaign", campaign);
	return db_one(db, s, 0, n, f);
}

/* Rows of a state, and how many. */
static int
add_states(struct db *db, sqlite3_stmt *s, struct report *r, struct fault *f)
{
	int n;

	while ((n = db_step(db, s, f)) > 0) {
		for (int i = 0; i < STATE_COUNT; i++)
			if (!strcmp(states[i], col_t(s, 0)))
				r->state[i] += col_i(s, 1);
	}
	return n;
}

static int
count_standing(struct db *db, int64_t campaign, struct report *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT state, count(*) FROM standing WHERE campaign = :campaign GROUP BY state",
	    f);

	bind_i(db, s, ":campaign", campaign);
	return add_states(db, s, r, f);
}

/* How many targets have an open line: one a call, and whoever it is about beside. */
#define OPEN_CALLS                                                                                  \
	"SELECT coalesce(sum(1 + (SELECT count(*) FROM call_sibling s WHERE s.call = call.id)), 0)" \
	" FROM call WHERE campaign = :campaign AND line_open = 1"

/* Those that are claimed or on the line: as many as there are slots. */
static int
count_lines(struct db *db, int64_t campaign, struct report *r, struct fault *f)
{
	int64_t unknown;

	if (count(db,
		"SELECT (SELECT count(*) FROM claim WHERE campaign = :campaign) + (SELECT count(*)"
		" FROM claim_sibling s JOIN claim c ON c.call = s.call WHERE c.campaign = :campaign)",
		campaign, &r->state[STATE_CLAIMED], f) < 0 ||
	    count(db, OPEN_CALLS " AND rank <> 6", campaign, &r->state[STATE_CALLING], f) < 0 ||
	    count(db, OPEN_CALLS " AND rank = 6", campaign, &unknown, f) < 0)
		return -1;
	r->state[STATE_UNKNOWN] += unknown;
	return 0;
}

int
report_targets(struct db *db, int64_t campaign, struct report *r, struct fault *f)
{
	if (count(db, "SELECT count(*) FROM target WHERE campaign = :campaign", campaign,
		&r->targets, f) < 0 ||
	    count(db, "SELECT count(*) FROM schedule WHERE campaign = :campaign", campaign,
		&r->state[STATE_WAITING], f) < 0 ||
	    count_standing(db, campaign, r, f) < 0)
		return -1;
	return count_lines(db, campaign, r, f);
}

/* The waiting and the standing of the targets behind after, up to last. */
static int
count_range(struct db *db, int64_t campaign, int64_t after, int64_t last, struct report *r,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT 'waiting', count(*) FROM schedule INDEXED BY schedule_target"
	    " WHERE target > :after AND target <= :last AND campaign = :campaign"
	    " UNION ALL SELECT state, count(*) FROM standing"
	    " WHERE target > :after AND target <= :last AND campaign = :campaign GROUP BY state",
	    f);

	bind_i(db, s, ":after", after);
	bind_i(db, s, ":last", last);
	bind_i(db, s, ":campaign", campaign);
	return add_states(db, s, r, f);
}

int
report_people_step(
    struct db *db, int64_t campaign, int64_t *after, struct report *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT count(*), coalesce(max(id), 0) FROM (SELECT id FROM target WHERE campaign = :campaign"
	    " AND id > :after ORDER BY id LIMIT :page)",
	    f);
	int64_t n, last;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":after", *after);
	bind_i(db, s, ":page", TARGETS_PAGE);
	if (db_step(db, s, f) <= 0)
		return -1;
	n = col_i(s, 0);
	last = col_i(s, 1);
	sqlite3_reset(s);
	if (n == 0)
		return count_lines(db, campaign, r, f);
	if (count_range(db, campaign, *after, last, r, f) < 0)
		return -1;
	r->targets += n;
	*after = last;
	return 1;
}

int
report_load(struct db *db, int64_t campaign, int64_t *open, int64_t *claims, struct fault *f)
{
	sqlite3_stmt *s;

	if (count(db, "SELECT count(*) FROM call WHERE campaign = :campaign AND line_open = 1",
		campaign, open, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT count(*) FROM claim WHERE campaign = :campaign AND expires_at > :now", f);
	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":now", clock_wall());
	return db_one(db, s, 0, claims, f);
}

/* ---- calls ------------------------------------------------------------------- */

struct counted { /* one call of the campaign */
	int64_t target, intent_at, answered_at, talk_ms, ring_ms;
	enum call_rank rank;
	enum disposition disposition;
	enum outcome outcome; /* of its summary */
};

/*
 * A page of calls by id, behind *after: cb gets those of the campaign and of the wanted day. 1 more
 * may be there, 0 these were the last.
 */
static int
calls_page(struct db *db, int64_t campaign, const struct report_query *q, struct uuid *after,
    void (*cb)(void *, const struct counted *, const struct civil *), void *arg,
    struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT id, campaign, target, intent_at, answered_at, talk_ms, ring_ms, rank, disposition,"
	    " (SELECT outcome FROM summary s WHERE s.call = call.id) FROM call WHERE id > :after ORDER BY id LIMIT :page",
	    f);
	struct uuid last = *after;
	int n, rows = 0;

	bind_b(db, s, ":after", after->b, 16);
	bind_i(db, s, ":page", PAGE);
	while ((n = db_step(db, s, f)) > 0) {
		struct civil c;
		const char *d = col_t(s, 8);
		struct counted k = {col_i(s, 2), col_i(s, 3), col_i(s, 4), col_i(s, 5),
		    col_i(s, 6), (enum call_rank)col_i(s, 7),
		    d ? disposition_parse(d) : DISP_NONE, outcome_parse(col_t(s, 9))};

		rows++;
		memcpy(last.b, sqlite3_column_blob(s, 0), 16);
		if (sqlite3_column_type(s, 5) == SQLITE_NULL)
			k.talk_ms = -1;
		if (sqlite3_column_type(s, 6) == SQLITE_NULL)
			k.ring_ms = -1;
		if (k.rank == RANK_UNKNOWN)
			k.disposition = DISP_UNKNOWN;
		if (col_i(s, 1) != campaign || !k.intent_at)
			continue;
		zone_civil(q->zone, k.intent_at, &c);
		if (!q->only_day || civil_days(c.year, c.month, c.day) == q->only_day)
			cb(arg, &k, &c);
	}
	*after = last;
	return n < 0 ? -1 : rows == PAGE;
}

static struct report_day *
day_of(struct report *r, int64_t day)
{
	size_t i = r->days;

	/* Calls come nearly in the order of time: look from the end. */
	while (i > 0 && r->day[i - 1].day > day)
		i--;
	if (i > 0 && r->day[i - 1].day == day)
		return &r->day[i - 1];
	if (r->days == REPORT_DAYS_MAX)
		return &r->day[r->days - 1];
	r->day = xrealloc(r->day, r->days + 1, sizeof *r->day);
	memmove(&r->day[i + 1], &r->day[i], (r->days - i) * sizeof *r->day);
	r->days++;
	r->day[i] = (struct report_day){.day = day};
	return &r->day[i];
}

static void
count_call(void *arg, const struct counted *k, const struct civil *c)
{
	struct report *r = arg;
	struct report_day *d = day_of(r, civil_days(c->year, c->month, c->day));
	bool answered = k->answered_at || disposition_reached(k->disposition);

	r->calls++;
	r->disposition[k->disposition]++;
	r->outcome[k->outcome]++;
	r->open += k->disposition == DISP_NONE;
	r->seizures += k->rank >= RANK_PLACING && k->disposition != DISP_NOT_PLACED;
	r->answered += answered;
	if (k->talk_ms > 0) {
		r->talk_ms += k->talk_ms;
		r->longest_ms = k->talk_ms > r->longest_ms ? k->talk_ms : r->longest_ms;
	}
	if (k->ring_ms >= 0) {
		r->ring_ms += k->ring_ms;
		r->rung++;
	}
	r->hour_calls[c->hour]++;
	r->hour_answered[c->hour] += answered;
	d->calls++;
	d->answered += answered;
	timeline_add(&r->timeline, k->intent_at, answered);
}

/* How many targets had how many calls: a page. 1 more may be there, 0 these were the last. */
static int
attempts_page(
    struct db *db, int64_t campaign, int64_t *after, struct report *r, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT t.id, (SELECT count(*) FROM call WHERE call.target = t.id)"
	    " + (SELECT count(*) FROM call_sibling s WHERE s.target = t.id) FROM target t"
	    " WHERE t.campaign = :campaign AND t.id > :after ORDER BY t.id LIMIT :page",
	    f);
	int n, rows = 0;

	bind_i(db, s, ":campaign", campaign);
	bind_i(db, s, ":after", *after);
	bind_i(db, s, ":page", PAGE);
	while ((n = db_step(db, s, f)) > 0) {
		int64_t calls = col_i(s, 1);

		r->attempts[calls < 7 ? calls : 7]++;
		*after = col_i(s, 0);
		rows++;
	}
	return n < 0 ? -1 : rows == PAGE;
}

int
report_step(struct db *db, const struct campaign *c, const struct report_query *q,
    struct report_at *at, struct report *r, struct fault *f)
{
	int more = 0;

	switch (at->stage) {
	case 0: more = report_people_step(db, c->id, &at->person, r, f); break;
	case 1: more = calls_page(db, c->id, q, &at->call, count_call, r, f); break;
	default: more = attempts_page(db, c->id, &at->target, r, f); break;
	}
	if (more < 0)
		return -1;
	at->stage += more == 0;
	return at->stage <= 2;
}

int
report_make(struct db *db, const struct campaign *c, const struct report_query *q,
    struct report *r, struct fault *f)
{
	struct report_at at = {.stage = 0};
	int more;

	memset(r, 0, sizeof *r);
	do
		more = report_step(db, c, q, &at, r, f);
	while (more > 0);
	return more;
}

/* ---- by person ---------------------------------------------------------------- */

static int
read_person_calls(
    struct db *db, const struct report_query *q, struct report_person *p, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT intent_at, answered_at, talk_ms, disposition, rank FROM call WHERE target = :target"
	    " UNION ALL SELECT c.intent_at, c.answered_at, c.talk_ms, c.disposition, c.rank"
	    " FROM call_sibling s JOIN call c ON c.id = s.call WHERE s.target = :target"
	    " ORDER BY intent_at",
	    f);
	int n;

	bind_i(db, s, ":target", p->target);
	while ((n = db_step(db, s, f)) > 0) {
		const char *d = col_t(s, 3);
		enum disposition disp = d ? disposition_parse(d) : DISP_NONE;
		struct civil c;
		zone_civil(q->zone, col_i(s, 0), &c);
		if (q->only_day && civil_days(c.year, c.month, c.day) != q->only_day)
			continue;
		p->calls++;
		p->answered += col_i(s, 1) != 0 || disposition_reached(disp);
		p->talk_ms += col_i(s, 2);
		p->last_at = col_i(s, 0);
		p->last = col_i(s, 4) == RANK_UNKNOWN ? DISP_UNKNOWN : disp;
	}
	return n;
}

/* The person, or no name where it was forgotten, and the calls. */
static int
read_person(struct db *db, const struct report_query *q, struct report_person *r,
    struct person *p, struct fault *f)
{
	int got = people_get(db, r->contact, p, f);

	if (got == 0)
		*p = (struct person){.id = r->contact};
	return got < 0 ? -1 : read_person_calls(db, q, r, f);
}

int
report_people(struct db *db, const struct campaign *c, const struct report_query *q,
    int (*cb)(void *, const struct report_person *, const struct person *, struct fault *),
    void *arg, struct fault *f)
{
	struct report_person page[PEOPLE_PAGE];
	int64_t after = 0;

	for (;;) {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT id, contact FROM target WHERE campaign = :campaign AND id > :after"
		    " ORDER BY id LIMIT :page",
		    f);
		int n = 0, rc;
		bind_i(db, s, ":campaign", c->id);
		bind_i(db, s, ":after", after);
		bind_i(db, s, ":page", PEOPLE_PAGE);
		while ((rc = db_step(db, s, f)) > 0)
			page[n++] = (struct report_person){
			    .target = col_i(s, 0), .contact = col_i(s, 1)};
		if (rc < 0 || n == 0)
			return rc;
		after = page[n - 1].target;
		for (int i = 0; i < n; i++) {
			struct person p;

			if (db_look(db, f) < 0)
				return -1;
			rc = read_person(db, q, &page[i], &p, f);
			db_looked(db);
			if (rc < 0 || cb(arg, &page[i], &p, f) < 0)
				return -1;
		}
	}
}
