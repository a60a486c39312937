/*
 * zones: sets are asked for by person after person, so each is resolved once:
 * those of the table and of the operator by their number, a person's own and
 * the schedule's by their names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaigns.h"
#include "clock.h"
#include "journal.h"
#include "mem.h"
#include "num.h"
#include "phone_zone.h"
#include "store_parts.h"
#include "tz.h"
#include "zones.h"

enum { FILE_MAX = 1 << 20 };

/* One zone; null: the system's database lacks it. */
struct kept_zone {
	char *name;
	struct zone *zone;
	struct kept_zone *next;
};

struct kept_set {
	char *names; /* null: not resolved yet */
	const struct zone **zone;
	int n;
};

struct zones_state {
	struct phone_zones *own; /* the operator's, or null */
	char *file;
	struct buf text;
	struct kept_zone *zone;
	struct kept_set *number; /* by the number of the set */
	int numbers;
	struct kept_set *named; /* others, each as its names */
	int nameds;
};

static struct zones_state *
kept(struct db *db)
{
	if (!db->zones)
		db->zones = xcalloc(1, sizeof *db->zones);
	return db->zones;
}

static void
release_sets(struct kept_set *set, int n)
{
	for (int i = 0; i < n; i++) {
		free(set[i].names);
		free(set[i].zone);
	}
	free(set);
}

void
zones_forget_state(struct db *db)
{
	struct zones_state *k = db->zones;

	if (!k)
		return;
	release_sets(k->number, k->numbers);
	release_sets(k->named, k->nameds);
	for (struct kept_zone *z; (z = k->zone);) {
		k->zone = z->next;
		zone_free(z->zone);
		free(z->name);
		free(z);
	}
	phone_zones_free(k->own);
	buf_release(&k->text);
	free(k->file);
	free(k);
	db->zones = NULL;
}

/* ---- one zone ----------------------------------------------------------------- */

/* *zone becomes null, without a fault, where the database lacks it. */
static int
look_up(struct db *db, const char *name, const struct zone **zone, struct fault *f)
{
	struct zones_state *k = kept(db);
	struct buf bytes = {0};
	struct kept_zone *z;
	struct zone *got = NULL;
	int rc;

	for (z = k->zone; z; z = z->next)
		if (!strcmp(z->name, name)) {
			*zone = z->zone;
			return 0;
		}
	rc = tz_read(name, &bytes, f);
	if (rc == 0 && !(got = zone_new(name, bytes.p, bytes.len, f)))
		rc = -1;
	buf_release(&bytes);
	if (rc < 0 && f->code != DATAERR)
		return -1;
	z = xcalloc(1, sizeof *z);
	z->name = xstrdup(name);
	z->zone = got;
	z->next = k->zone;
	k->zone = z;
	*zone = got;
	return 0;
}

const struct zone *
zones_one(struct db *db, const char *name, struct fault *f)
{
	const struct zone *zone;

	if (look_up(db, name, &zone, f) < 0)
		return NULL;
	if (!zone)
		fault(f, DATAERR,
		    "\"%.80s\" is not a time zone of this system (an IANA name such as Asia/Kolkata is)",
		    name);
	return zone;
}

/* ---- sets ----------------------------------------------------------------------- */

static int
resolve(struct db *db, const char *names, struct kept_set *set, struct fault *f)
{
	char *list = xstrdup(names), *p = list, *end;
	const struct zone *zone[POLICY_ZONES];
	int n = 0, rc = 0;

	for (; p && rc == 0; p = end) {
		if ((end = strchr(p, ',')))
			*end++ = '\0';
		/* A set too large to judge is one that cannot be called: see policy.h. */
		if (n == POLICY_ZONES)
			zone[0] = NULL;
		else
			rc = look_up(db, p, &zone[n++], f);
	}
	free(list);
	if (rc < 0)
		return -1;
	set->names = xstrdup(names);
	set->zone = xcalloc((size_t)n, sizeof *set->zone);
	memcpy(set->zone, zone, (size_t)n * sizeof *zone);
	set->n = n;
	return 0;
}

int
zones_named(struct db *db, const char *names, struct zones *out, struct fault *f)
{
	struct zones_state *k = kept(db);
	struct kept_set *set = NULL;

	for (int i = k->nameds - 1; i >= 0 && !set; i--)
		if (!strcmp(k->named[i].names, names))
			set = &k->named[i];
	if (!set) {
		struct kept_set made = {.n = 0};

		if (resolve(db, names, &made, f) < 0)
			return -1;
		k->named = xrealloc(k->named, (size_t)k->nameds + 1, sizeof *k->named);
		k->named[k->nameds] = made;
		set = &k->named[k->nameds++];
	}
	*out = (struct zones){ZONE_OWN, set->names, set->zone, set->n};
	return 0;
}

int
zones_of(struct db *db, const char *timezone, int64_t phone, struct zones *out, struct fault *f)
{
	struct zones_state *k = kept(db);
	int set;

	*out = (struct zones){.from = ZONE_NOT_KNOWN};
	if (timezone && *timezone)
		return zones_named(db, timezone, out, f);
	if ((set = phone_zone_set(k->own, phone)) < 0)
		return 0;
	if (!k->number) {
		k->numbers = phone_zone_count(k->own);
		k->number = xcalloc((size_t)k->numbers, sizeof *k->number);
	}
	if (!k->number[set].names &&
	    resolve(db, phone_zone_names(k->own, set), &k->number[set], f) < 0)
		return -1;
	*out = (struct zones){
	    ZONE_NUMBER, k->number[set].names, k->number[set].zone, k->number[set].n};
	return 0;
}

void
zones_assume(struct zones *z, const struct plan *plan)
{
	if (z->names || !plan->assume_timezone)
		return;
	z->names = plan->assume_timezone;
	z->from = ZONE_ASSUMED;
}

void
zones_members(struct buf *b, const char *names, enum zone_source from)
{
	if (!names)
		return;
	buf_member(b, "zones", names);
	buf_member(b, "zone_from", zone_source_name(from));
}

/* ---- the operator's file ---------------------------------------------------------- */

static int
check_zone(void *arg, const char *name, struct fault *f)
{
	const struct zone *zone;

	if (look_up(arg, name, &zone, f) < 0)
		return -1;
	return zone
	    ? 0
	    : fault(f, CONFIG,
		  "\"%.64s\" is not a time zone of this system (use an IANA name such as Asia/Kolkata)",
		  name);
}

static int
read_file(const char *file, struct buf *out, struct fault *f)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char chunk[4096];
	ssize_t n = -1;

	if (fd >= 0)
		while ((n = read(fd, chunk, sizeof chunk)) != 0) {
			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0 || out->len + (size_t)n > FILE_MAX)
				break;
			buf_add(out, chunk, (size_t)n);
		}
	if (n < 0)
		fault(f, CONFIG, "%s: %s (phone_zones in the settings)", file, strerror(errno));
	else if (n > 0)
		fault(f, CONFIG, "%s: more than %d bytes", file, FILE_MAX);
	if (fd >= 0)
		close(fd);
	return n == 0 ? 0 : -1;
}

int
zones_use(struct db *db, const char *file, struct fault *f)
{
	struct zones_state *k = kept(db);
	struct phone_zone_check check = {check_zone, db};

	if (!file)
		return 0;
	if (read_file(file, &k->text, f) < 0)
		return -1;
	if (k->text.len && utf8_bad(k->text.p, k->text.len) >= 0)
		return fault(f, CONFIG, "%s: is not UTF-8", file);
	k->own = phone_zones_read(file, k->text.p ? k->text.p : "", k->text.len, check, f);
	if (!k->own)
		return -1;
	k->file = xstrdup(file);
	return 0;
}

/* ---- what the schedule was made with ------------------------------------------------ */

/* Of the table, the operator's prefixes and the tz database. */
static int64_t
digest_now(struct db *db)
{
	char release[32];

	tz_release(release);
	return (int64_t)hash64(
	    release, strlen(release), (uint64_t)phone_zone_digest(kept(db)->own));
}

/*
 * The time of decisions is written down once in so long. A clock that is set back by less than twice
 * of it keeps nobody for longer.
 */
enum { STEP_MS = 60 * 1000 };

/* What the store has; known false: nothing yet. */
struct made {
	bool known;
	int64_t digest, at;
};

static int
made_then(struct db *db, struct made *m, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "SELECT digest, at FROM zones", f);
	int n = db_step(db, s, f);

	*m = (struct made){.known = n > 0};
	if (n > 0) {
		m->digest = col_i(s, 0);
		m->at = col_i(s, 1);
		sqlite3_reset(s);
	}
	return n < 0 ? -1 : 0;
}

static bool
was_set_back(const struct made *m, int64_t now)
{
	return m->known && now < m->at - STEP_MS;
}

static bool
are_others(struct db *db, const struct made *m)
{
	return !m->known || m->digest != digest_now(db);
}

static int
journal_file(struct db *db, struct fault *f)
{
	struct zones_state *k = kept(db);
	struct entry e = {.at = clock_wall(), .kind = "zones.stated", .source = "tool"};
	struct buf fact = {0}, body = {0}, name = {0};
	char release[32];
	int rc;

	tz_release(release);
	buf_member(&fact, "table", phone_zone_source());
	buf_member(&fact, "tzdata", release);
	buf_addc(&fact, '}');
	buf_utf8(&name, k->file ? k->file : "");
	buf_member(&body, "file", k->file ? name.p : NULL);
	buf_release(&name);
	buf_member(&body, "text", k->text.p ? k->text.p : "");
	buf_addc(&body, '}');
	e.fact = fact.p;
	e.body = body.p;
	rc = journal_add(db, &e, f);
	buf_release(&fact);
	buf_release(&body);
	return rc;
}

static int
write_made(struct db *db, int64_t at, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "INSERT INTO zones (one, digest, at) VALUES (1, :digest, :at)"
	    " ON CONFLICT (one) DO UPDATE SET digest = :digest, at = :at",
	    f);

	bind_i(db, s, ":digest", digest_now(db));
	bind_i(db, s, ":at", at);
	return db_run(db, s, f);
}

static int
rebuild_all(struct db *db, struct fault *f)
{
	return db_run(db,
	    db_sql(db,
		"INSERT INTO rebuild (campaign, next) SELECT id, 0 FROM campaign"
		" WHERE state IN ('draft', 'active', 'paused')"
		" AND EXISTS (SELECT 1 FROM target WHERE target.campaign = campaign.id)"
		" ON CONFLICT (campaign) DO UPDATE SET next = 0, reason = NULL",
		f),
	    f);
}

/* Claims that were made in what is now the future would hold their people until then. */
static int
withdraw_all(struct db *db, struct fault *f)
{
	struct campaign c;
	int64_t id = 0;
	int n;

	while ((n = campaigns_next(db, &id, &c, f)) > 0)
		if (claims_withdraw(db, c.id, 0, 0, f) < 0)
			return -1;
	return n;
}

int
zones_note(struct db *db, struct fault *f)
{
	int64_t now = clock_wall();
	struct made m;
	bool others, back;

	if (made_then(db, &m, f) < 0)
		return -1;
	others = are_others(db, &m);
	back = was_set_back(&m, now);
	if (!others && !back && now <= m.at + STEP_MS)
		return 0;
	if (write_made(db, now, f) < 0 || (back && withdraw_all(db, f) < 0))
		return -1;
	/* The plain table of a new store is nobody's statement. */
	if (others && (m.known || kept(db)->own) && journal_file(db, f) < 0)
		return -1;
	return others || back ? rebuild_all(db, f) : 0;
}

int
zones_decided(struct db *db, int64_t now, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db, "UPDATE zones SET at = :now WHERE at < :now - :step", f);

	bind_i(db, s, ":now", now);
	bind_i(db, s, ":step", STEP_MS);
	return db_run(db, s, f);
}

int
zones_current(struct db *db, bool *are, struct fault *f)
{
	struct made m;

	if (made_then(db, &m, f) < 0)
		return -1;
	*are = !m.known || (!are_others(db, &m) && !was_set_back(&m, clock_wall()));
	return 0;
}

int
zones_follow(struct db *db, struct fault *f)
{
	struct made m;

	if (made_then(db, &m, f) < 0)
		return -1;
	if (!are_others(db, &m) && !was_set_back(&m, clock_wall()) &&
	    clock_wall() <= m.at + STEP_MS)
		return 0;
	if (db_begin(db, f) < 0)
		return -1;
	if (zones_note(db, f) == 0)
		return db_commit(db, f);
	db_rollback(db);
	return -1;
}
