/*
 * calls: what the store believes of a call, what is open, and what people ask
 * of it. The intent: calls_intend.c; what happened since: calls_event.c.
 */
#include <string.h>

#include "calls_parts.h"
#include "clock.h"
#include "control.h"
#include "journal.h"
#include "mem.h"
#include "people.h"
#include "phone.h"
#include "project.h"
#include "store_parts.h"

/* ---- one call --------------------------------------------------------------- */

static int
fill_names(struct db *db, struct order *o, struct fault *f)
{
	struct campaign c;
	struct person p;
	int n;

	if (o->campaign && (n = campaigns_by_id(db, o->campaign, &c, f)) != 0) {
		if (n < 0)
			return -1;
		copy_text(o->campaign_name, sizeof o->campaign_name, c.name);
	}
	if (o->contact && (n = people_get(db, o->contact, &p, f)) != 0) {
		if (n < 0)
			return -1;
		copy_text(o->name, sizeof o->name, p.name ? p.name : "");
	}
	return 0;
}

int
calls_of_claim(struct db *db, const struct uuid *id, struct order *o, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT c.campaign, c.target, t.contact, c.phone, c.attempt FROM claim c"
	    " JOIN target t ON t.id = c.target WHERE c.call = :id",
	    f);
	int n;

	bind_b(db, s, ":id", id->b, 16);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	o->campaign = col_i(s, 0);
	o->target = col_i(s, 1);
	o->contact = col_i(s, 2);
	phone_text(col_i(s, 3), o->phone);
	o->attempt = (int)col_i(s, 4);
	sqlite3_reset(s);
	return siblings_of_claim(db, id, &o->with, f) < 0 || fill_names(db, o, f) < 0 ? -1 : 1;
}

static int
order_of_call(struct db *db, const struct uuid *id, struct order *o, struct fault *f)
{
	sqlite3_stmt *s;
	struct call *c;
	bool exists;
	int n;

	if (!(c = project_call(db, id, &exists, f)))
		return -1;
	o->call = *c;
	if (!db->writing)
		calls_drop(db); /* outside a transaction nothing may be kept */
	s = db_sql(db,
	    "SELECT campaign, target, contact, phone, attempt, exchange, owner, fenced, hangup_at FROM call"
	    " WHERE id = :id",
	    f);
	bind_b(db, s, ":id", id->b, 16);
	if ((n = db_step(db, s, f)) <= 0)
		return n;
	o->open = true;
	o->campaign = col_i(s, 0);
	o->target = col_i(s, 1);
	o->contact = col_i(s, 2);
	if (col_i(s, 3) > 0) /* no mark of a forgotten one */
		phone_text(col_i(s, 3), o->phone);
	o->attempt = (int)col_i(s, 4);
	copy_text(o->exchange, sizeof o->exchange, col_t(s, 5) ? col_t(s, 5) : "");
	copy_text(o->owner, sizeof o->owner, col_t(s, 6) ? col_t(s, 6) : "");
	o->fenced = col_i(s, 7) != 0;
	o->hangup_at = col_i(s, 8);
	sqlite3_reset(s);
	return siblings_of_call(db, id, &o->with, f) < 0 || fill_names(db, o, f) < 0 ? -1 : 1;
}

int
calls_order(struct db *db, const struct uuid *id, struct order *o, struct fault *f)
{
	const struct uuid copy = *id; /* it may stand in o */
	int n;

	memset(o, 0, sizeof *o);
	o->id = copy;
	if ((n = calls_of_claim(db, &copy, o, f)) != 0)
		return n;
	return order_of_call(db, &copy, o, f);
}

/* ---- what is open ------------------------------------------------------------ */

/* The call whose id the statement finds behind *after. */
static int
next_of(struct db *db, sqlite3_stmt *s, struct uuid *after, struct order *o, struct fault *f)
{
	struct uuid id;
	int n;

	bind_b(db, s, ":after", after->b, 16);
	if ((n = db_one_id(db, s, &id, f)) <= 0)
		return n;
	*after = id;
	memset(o, 0, sizeof *o);
	o->id = id;
	return order_of_call(db, &id, o, f);
}

int
calls_next_open(
    struct db *db, const char *exchange, struct uuid *after, struct order *o, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT min(id) FROM call INDEXED BY call_open" /* and not all calls, by id */
	    " WHERE line_open = 1 AND campaign IS NOT NULL AND id > :after"
	    " AND (:exchange IS NULL OR exchange = :exchange)",
	    f);

	bind_t(db, s, ":exchange", exchange);
	return next_of(db, s, after, o, f);
}

int
calls_next(struct db *db, int64_t contact, struct uuid *after, struct order *o, struct fault *f)
{
	sqlite3_stmt *s = contact
	    ? db_sql(db,
		  "SELECT min(c.id) FROM target t CROSS JOIN call c ON c.target = t.id"
		  " WHERE t.contact = :contact AND c.id > :after",
		  f)
	    : db_sql(
		  db, "SELECT min(id) FROM call WHERE campaign IS NOT NULL AND id > :after", f);

	if (contact)
		bind_i(db, s, ":contact", contact);
	return next_of(db, s, after, o, f);
}

int
calls_open_count(struct db *db, int64_t campaign, int64_t *n, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT count(*) FROM call WHERE line_open = 1 AND campaign IS NOT NULL"
	    " AND (:campaign = 0 OR campaign = :campaign)",
	    f);

	bind_i(db, s, ":campaign", campaign);
	return db_one(db, s, 0, n, f);
}

/* Nobody knows how it ended, or somebody told its end and not how. */
static bool
is_unknown(const struct call *c)
{
	return c->rank == RANK_UNKNOWN ||
	    (c->rank == RANK_ENDED && c->disposition == DISP_UNKNOWN);
}

int
calls_resolve_unknown(struct db *db, const struct uuid *id, enum disposition d,
    const char *because, struct fault *f)
{
	struct order o;
	struct buf body = {0};
	int64_t now = clock_wall();
	struct call_fact c = {.id = *id,
	    .kind = "ended",
	    .event = {.rank = RANK_ENDED,
		.at = now,
		.source = FROM_FILE,
		.disposition = d,
		.cause = -1,
		.talk_ms = -1,
		.ring_ms = -1}};
	int n = calls_order(db, id, &o, f);
	bool unknown = n > 0 && o.open && is_unknown(&o.call);

	c.event.key = call_event_key("ended", &c.event, because, strlen(because));
	if (n < 0)
		return -1;
	if (!unknown && (n == 0 || o.call.rank != RANK_ENDED || !o.call.line_open))
		return fault(f, DATAERR, "this call is not unknown%s%s",
		    n && o.open ? ", it is " : "", n && o.open ? rank_name(o.call.rank) : "");
	if (o.call.rank == RANK_ENDED && o.call.line_open && owner_alive(db, o.owner))
		return fault(f, REFUSED, "a dialer that lives follows this call");
	if (db_begin(db, f) < 0)
		return -1;
	/* A person's words, perhaps about the person: for what can be erased. */
	buf_member(&body, "reason", because);
	buf_addc(&body, '}');
	c.body = body.p;
	n = calls_event(db, &c, f);
	buf_release(&body);
	if (n < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f) < 0 ? -1 : unknown;
}

int
calls_ask_hangup(struct db *db, int64_t campaign, int64_t *n, struct fault *f)
{
	struct uuid after = {{0}};
	struct order o;
	int got;

	*n = 0;
	if (db_begin(db, f) < 0)
		return -1;
	while ((got = calls_next_open(db, NULL, &after, &o, f)) > 0) {
		struct entry e = {.at = clock_wall(),
		    .kind = "call.hangup",
		    .call = &o.id,
		    .campaign = o.campaign,
		    .contact = o.contact,
		    .source = "tool"};
		if ((campaign && o.campaign != campaign) || o.hangup_at)
			continue;
		if (project_hangup(db, &o.id, e.at, f) < 0 || journal_add(db, &e, f) < 0) {
			got = -1;
			break;
		}
		(*n)++;
	}
	if (got < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, f);
}

int
calls_ask_hangup_one(struct db *db, const struct order *o, struct fault *f)
{
	struct entry e = {.at = clock_wall(),
	    .kind = "call.hangup",
	    .call = &o->id,
	    .campaign = o->campaign,
	    .contact = o->contact,
	    .source = "tool"};

	return project_hangup(db, &o->id, e.at, f) < 0 ? -1 : journal_add(db, &e, f);
}
