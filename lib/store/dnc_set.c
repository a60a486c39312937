/*
 * dnc_set: numbers packed by where they come from, prefixes as they are. A
 * list too large for memory is asked in the store.
 */
#include <stdlib.h>

#include "clock.h"
#include "dnc_list.h"
#include "dnc_set.h"
#include "mark.h"
#include "mem.h"
#include "numset.h"
#include "sort.h"

enum { PAGE = 4096, SECOND_US = 1000000 };

/* In memory; of ten million telephone numbers that is some 25 MiB. */
static const int64_t most_numbers = 14000000;

struct one_list {
	struct dnc_list l;
	struct packed *numbers; /* null: too many */
};

struct dnc_set {
	int64_t campaign;
	const struct plan *plan;
	struct packed *numbers, *contacts;
	uint64_t *prefix, *optout; /* in order */
	uint64_t *mark;            /* of forgotten numbers, without their sign */
	size_t prefixes, optouts, marks;
	struct one_list *list;
	size_t lists;
	int64_t version, made_at; /* PRAGMA data_version; clock_real_us */
};

static int
data_version(struct db *db, int64_t *v, struct fault *f)
{
	return db_one(db, db_sql(db, "PRAGMA data_version", f), 0, v, f);
}

/* ---- rules -------------------------------------------------------------------- */

static int
read_numbers(struct db *db, struct dnc_set *set, struct fault *f)
{
	int64_t after = 0;
	int n, got;

	packed_free(set->numbers);
	set->numbers = packed_new();
	do {
		sqlite3_stmt *s = db_sql(db,
		    "SELECT DISTINCT value FROM dnc WHERE kind = 1 AND value > :after"
		    " AND campaign IN (0, :campaign) ORDER BY value LIMIT :limit",
		    f);

		bind_i(db, s, ":after", after);
		bind_i(db, s, ":campaign", set->campaign);
		bind_i(db, s, ":limit", PAGE);
		for (got = 0; (n = db_step(db, s, f)) > 0; got++) {
			after = col_i(s, 0);
			packed_add(set->numbers, (uint64_t)after);
		}
	} while (n == 0 && got == PAGE);
	packed_finish(set->numbers);
	return n;
}

/* The values of a statement in order. */
static int
read_sorted(struct db *db, sqlite3_stmt *s, uint64_t **v, size_t *count, struct fault *f)
{
	size_t cap = 0;
	uint64_t *scratch;
	int n;

	*v = NULL;
	*count = 0;
	while ((n = db_step(db, s, f)) > 0) {
		if (*count == cap) {
			cap = cap ? 2 * cap : 64;
			*v = xrealloc(*v, cap, sizeof **v);
		}
		(*v)[(*count)++] = (uint64_t)col_i(s, 0);
	}
	scratch = xmalloc((*count + 1) * sizeof *scratch);
	sort_numbers(*v, scratch, *count);
	free(scratch);
	return n;
}

static int
read_contacts(struct db *db, struct dnc_set *set, struct fault *f)
{
	sqlite3_stmt *s = db_sql(db,
	    "SELECT p.e164 FROM dnc d CROSS JOIN contact_phone p"
	    " WHERE d.kind = 3 AND d.campaign IN (0, :campaign) AND p.contact = d.value",
	    f);
	uint64_t *v;
	size_t n;
	int rc;

	bind_i(db, s, ":campaign", set->campaign);
	rc = read_sorted(db, s, &v, &n, f);
	packed_free(set->contacts);
	set->contacts = packed_new();
	for (size_t i = 0; i < n; i++)
		packed_add(set->contacts, v[i]);
	packed_finish(set->contacts);
	free(v);
	return rc;
}

static int
read_prefixes(struct db *db, struct dnc_set *set, struct fault *f)
{
	sqlite3_stmt *s = db_sql(
	    db, "SELECT value FROM dnc WHERE kind = 2 AND campaign IN (0, :campaign)", f);

	bind_i(db, s, ":campaign", set->campaign);
	free(set->prefix);
	return read_sorted(db, s, &set->prefix, &set->prefixes, f);
}

/* Of calls in which somebody wished it, and of people who were forgotten: few beside the others. */
static int
read_others(struct db *db, struct dnc_set *set, struct fault *f)
{
	/* The numbers, and those that the people have now whom the calls were to or about. */
	sqlite3_stmt *s = db_sql(db,
	    "SELECT value FROM dnc WHERE kind = 5 AND value > 0"
	    " UNION ALL SELECT p.e164 FROM dnc d CROSS JOIN optout o ON o.phone = d.value"
	    " CROSS JOIN contact_phone p ON p.contact = o.contact"
	    " WHERE d.kind = 5 AND o.verdict <> 2"
	    " UNION ALL SELECT p.e164 FROM dnc d CROSS JOIN optout o ON o.phone = d.value"
	    " CROSS JOIN call_sibling s ON s.call = o.call CROSS JOIN target t ON t.id = s.target"
	    " CROSS JOIN contact_phone p ON p.contact = t.contact"
	    " WHERE d.kind = 5 AND o.verdict <> 2",
	    f);

	free(set->optout);
	if (read_sorted(db, s, &set->optout, &set->optouts, f) < 0)
		return -1;
	s = db_sql(db,
	    "SELECT -value FROM dnc WHERE kind IN (1, 5) AND value < 0"
	    " AND campaign IN (0, :campaign)",
	    f);
	bind_i(db, s, ":campaign", set->campaign);
	free(set->mark);
	return read_sorted(db, s, &set->mark, &set->marks, f);
}

/* ---- lists -------------------------------------------------------------------- */

static void
drop_lists(struct dnc_set *set)
{
	for (size_t i = 0; i < set->lists; i++)
		packed_free(set->list[i].numbers);
	free(set->list);
	set->list = NULL;
	set->lists = 0;
}

static int
pack(void *arg, uint64_t first, const unsigned char *rest, size_t len, struct fault *f)
{
	(void)f;
	packed_add_run(arg, first, rest, len);
	return 0;
}

static struct packed *
take_packed(struct dnc_set *set, const struct dnc_list *l)
{
	struct packed *p = NULL;

	for (size_t i = 0; i < set->lists; i++)
		if (set->list[i].l.id == l->id) {
			p = set->list[i].numbers;
			set->list[i].numbers = NULL;
		}
	return p;
}

/* Those that hold now; what was read of a list before is kept. */
static int
read_lists(struct db *db, struct dnc_set *set, struct fault *f)
{
	struct dnc_set now = {0};
	char after[DNC_LIST_NAME] = "";
	struct dnc_list l;
	int64_t sum = 0;
	int got;

	while ((got = dnc_list_next(db, after, &l, f)) > 0) {
		struct one_list *one;

		if (set->plan && !dnc_plan_uses(set->plan, l.name))
			continue;
		now.list = xrealloc(now.list, now.lists + 1, sizeof *now.list);
		one = &now.list[now.lists++];
		*one = (struct one_list){.l = l, .numbers = take_packed(set, &l)};
		if ((sum += l.numbers) > most_numbers || one->numbers)
			continue;
		one->numbers = packed_new();
		if ((got = dnc_list_runs(db, l.id, pack, one->numbers, f)) < 0)
			break;
		packed_finish(one->numbers);
	}
	drop_lists(set);
	set->list = now.list;
	set->lists = now.lists;
	return got;
}

/* ---- the set -------------------------------------------------------------------- */

static int
make(struct db *db, struct dnc_set *set, struct fault *f)
{
	set->made_at = clock_real_us();
	if (data_version(db, &set->version, f) < 0 || read_numbers(db, set, f) < 0 ||
	    read_contacts(db, set, f) < 0 || read_prefixes(db, set, f) < 0 ||
	    read_others(db, set, f) < 0)
		return -1;
	return read_lists(db, set, f);
}

struct dnc_set *
dnc_set_new(struct db *db, int64_t campaign, const struct plan *plan, struct fault *f)
{
	struct dnc_set *set = xcalloc(1, sizeof *set);

	set->campaign = campaign;
	set->plan = plan;
	if (make(db, set, f) == 0)
		return set;
	dnc_set_free(set);
	return NULL;
}

void
dnc_set_free(struct dnc_set *set)
{
	if (!set)
		return;
	packed_free(set->numbers);
	packed_free(set->contacts);
	free(set->prefix);
	free(set->optout);
	free(set->mark);
	drop_lists(set);
	free(set);
}

int
dnc_set_refresh(struct db *db, struct dnc_set *set, struct fault *f)
{
	int64_t version;

	if (clock_real_us() - set->made_at < SECOND_US)
		return 0;
	if (data_version(db, &version, f) < 0)
		return -1;
	return version == set->version ? 0 : make(db, set, f);
}

static bool
is_among(const uint64_t *v, size_t n, uint64_t x)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && v[low] == x;
}

static bool
has_prefix(const struct dnc_set *set, uint64_t phone)
{
	for (; phone && set->prefixes; phone /= 10)
		if (is_among(set->prefix, set->prefixes, phone))
			return true;
	return false;
}

/* 1, 0, -1 */
static int
has_other(struct db *db, const struct dnc_set *set, int64_t phone, struct fault *f)
{
	int64_t mark;

	if (is_among(set->optout, set->optouts, (uint64_t)phone))
		return 1;
	if (!set->marks)
		return 0;
	if (mark_of(db, phone, &mark, f) < 0)
		return -1;
	return is_among(set->mark, set->marks, (uint64_t)-mark);
}

void
dnc_set_expect(const struct dnc_set *set, int64_t phone)
{
	packed_expect(set->numbers, (uint64_t)phone);
	packed_expect(set->contacts, (uint64_t)phone);
	for (size_t i = 0; i < set->lists; i++)
		if (set->list[i].numbers)
			packed_expect(set->list[i].numbers, (uint64_t)phone);
}

int
dnc_set_find(struct db *db, const struct dnc_set *set, int64_t phone, enum dnc_kind *kind,
    const char **list, struct fault *f)
{
	int has = 0;

	*list = NULL;
	*kind = packed_has(set->numbers, (uint64_t)phone) ? DNC_NUMBER
	    : has_prefix(set, (uint64_t)phone)            ? DNC_PREFIX
	    : packed_has(set->contacts, (uint64_t)phone)  ? DNC_CONTACT
							  : DNC_LIST;
	if (*kind != DNC_LIST)
		return 1;
	if ((has = has_other(db, set, phone, f)) != 0) {
		*kind = DNC_NUMBER;
		return has;
	}
	for (size_t i = 0; i < set->lists && has == 0; i++) {
		const struct one_list *one = &set->list[i];

		has = one->numbers ? packed_has(one->numbers, (uint64_t)phone)
				   : dnc_list_has(db, one->l.id, phone, f);
		*list = one->l.name;
	}
	return has;
}
