/*
 * phone_zone: the longest prefix by one binary search. Entries lie in the
 * order of their first number, so the last one that begins at or before a
 * number is the longest that holds it, or lies inside that one: the way up
 * from it meets the answer.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "phone_zone.h"
#include "phone_zone_table.h"
#include "rand.h"

enum { PREFIXES_MAX = 10000 }; /* of an operator's file; an entry's up and set have 16 bits */

struct phone_zones {
	struct phone_zone_entry *entry;
	char **text; /* of its sets, each once */
	int entries, sets;
	int64_t digest;
};

static const int64_t power[PHONE_ZONE_DIGITS + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000,
    10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
    100000000000000, 1000000000000000};

static int
digits_of(int64_t n)
{
	int digits = 1;

	while (digits < PHONE_ZONE_DIGITS && n >= power[digits])
		digits++;
	return digits;
}

/* The set of the longest prefix of a number that is filled up to 15 digits, or -1. */
static int
find(const struct phone_zone_entry *e, int entries, int64_t full, int digits)
{
	int low = 0, high = entries, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (e[middle].first <= full)
			low = middle + 1;
		else
			high = middle;
	}
	for (int i = low - 1; i >= 0 && i != PHONE_ZONE_TOP; i = e[i].up)
		if (e[i].digits <= digits &&
		    full - e[i].first < power[PHONE_ZONE_DIGITS - e[i].digits])
			return e[i].set;
	return -1;
}

int
phone_zone_set(const struct phone_zones *own, int64_t phone)
{
	int digits, set = -1;
	int64_t full;

	if (phone <= 0 || phone >= power[PHONE_ZONE_DIGITS])
		return -1;
	digits = digits_of(phone);
	full = phone * power[PHONE_ZONE_DIGITS - digits];
	if (own != NULL)
		set = find(own->entry, own->entries, full, digits);
	if (set >= 0)
		return phone_zone_sets + set;
	return find(phone_zone_entry, phone_zone_entries, full, digits);
}

const char *
phone_zone_names(const struct phone_zones *own, int set)
{
	return set < phone_zone_sets ? phone_zone_text[set] : own->text[set - phone_zone_sets];
}

int
phone_zone_count(const struct phone_zones *own)
{
	return phone_zone_sets + (own != NULL ? own->sets : 0);
}

int64_t
phone_zone_digest(const struct phone_zones *own)
{
	return own != NULL ? own->digest : phone_zone_sum;
}

const char *
phone_zone_source(void)
{
	return phone_zone_version;
}

/* ---- the operator's file ---- */

struct reading {
	const char *file;
	int line;
	struct phone_zone_check check;
	struct phone_zones *own;
	int *line_of; /* of each entry, to name the first of two */
};

static int
wrong(const struct reading *r, struct fault *f)
{
	f->code = CONFIG;
	return fault_in(f, "%s:%d", r->file, r->line);
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The number of the set with that text, added if it is new. */
static int
set_of(struct phone_zones *own, const char *text)
{
	for (int i = own->sets - 1; i >= 0; i--)
		if (strcmp(own->text[i], text) == 0)
			return i;
	own->text = xrealloc(own->text, (size_t)own->sets + 1, sizeof(*own->text));
	own->text[own->sets] = xstrdup(text);
	return own->sets++;
}

/* "Zone,Zone": each checked, sorted, once. The set's number, or -1. */
static int
read_zones(struct reading *r, char *list, struct fault *f)
{
	char *name[PHONE_ZONE_MAX], text[PHONE_ZONE_MAX * 66], *p, *end;
	int n = 0;
	size_t used = 0;

	for (p = list; p != NULL; p = end) {
		end = strchr(p, ',');
		if (end != NULL)
			*end++ = '\0';
		if (n == PHONE_ZONE_MAX)
			return fault(f, CONFIG, "more than %d zones", PHONE_ZONE_MAX);
		if (*p == '\0')
			return fault(f, CONFIG, "a zone is missing beside a comma");
		if (strlen(p) > 64)
			return fault(f, CONFIG, "\"%.80s\" is not a time zone", p);
		if (r->check.zone != NULL && r->check.zone(r->check.arg, p, f) < 0)
			return -1;
		name[n++] = p;
	}
	qsort(name, (size_t)n, sizeof(*name), name_order);
	for (int i = 0; i < n; i++) {
		if (i > 0 && strcmp(name[i], name[i - 1]) == 0)
			continue;
		if (used > 0)
			text[used++] = ',';
		memcpy(text + used, name[i], strlen(name[i]));
		used += strlen(name[i]);
	}
	text[used] = '\0';
	return set_of(r->own, text);
}

static int
read_prefix(const char *word, struct phone_zone_entry *e, struct fault *f)
{
	const char *p = *word == '+' ? word + 1 : word;
	size_t n = strspn(p, "0123456789");

	if (n == 0 || n > PHONE_ZONE_DIGITS || p[n] != '\0' || *p == '0')
		return fault(f, CONFIG,
		    "\"%.40s\" is no prefix: the first digits of international numbers, such as 39 or 1212",
		    word);
	*e = (struct phone_zone_entry){.digits = (uint16_t)n};
	for (size_t i = 0; i < n; i++)
		e->first = e->first * 10 + (p[i] - '0');
	e->first *= power[PHONE_ZONE_DIGITS - n];
	return 0;
}

/* The next word of the line, cut off behind; null at its end. */
static char *
next_word(char **p)
{
	char *word = *p + strspn(*p, " \t\r");

	if (*word == '\0')
		return NULL;
	*p = word + strcspn(word, " \t\r");
	if (**p != '\0')
		*(*p)++ = '\0';
	return word;
}

static int
read_line(struct reading *r, char *line, struct fault *f)
{
	struct phone_zones *own = r->own;
	struct phone_zone_entry e;
	char *prefix, *zones;
	int set;

	line[strcspn(line, "#")] = '\0';
	if ((prefix = next_word(&line)) == NULL)
		return 0;
	if ((zones = next_word(&line)) == NULL)
		return fault(f, CONFIG, "no zone behind %.40s (PREFIX ZONE[,ZONE...])", prefix);
	if (next_word(&line) != NULL)
		return fault(f, CONFIG,
		    "more than a prefix and zones (commas without spaces between zones)");
	if (own->entries == PREFIXES_MAX)
		return fault(f, CONFIG, "more than %d prefixes", PREFIXES_MAX);
	if (read_prefix(prefix, &e, f) < 0 || (set = read_zones(r, zones, f)) < 0)
		return -1;
	e.set = (uint16_t)set;
	e.up = (uint16_t)own->entries; /* until they are sorted: where its line stands */
	own->entry = xrealloc(own->entry, (size_t)own->entries + 1, sizeof(*own->entry));
	r->line_of = xrealloc(r->line_of, (size_t)own->entries + 1, sizeof(*r->line_of));
	r->line_of[own->entries] = r->line;
	own->entry[own->entries++] = e;
	return 0;
}

static int
entry_order(const void *a, const void *b)
{
	const struct phone_zone_entry *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->digits != y->digits)
		return x->digits < y->digits ? -1 : 1;
	return x->up < y->up ? -1 : 1;
}

/* Sorts, refuses a prefix given twice, and links each to the longest that it begins with. */
static int
link_entries(struct reading *r, struct fault *f)
{
	struct phone_zones *own = r->own;
	struct phone_zone_entry *e = own->entry;
	int up;

	if (own->entries == 0)
		return 0;
	if (own->entries)
		qsort(e, (size_t)own->entries, sizeof(*e), entry_order);
	for (int i = 1; i < own->entries; i++)
		if (e[i].first == e[i - 1].first && e[i].digits == e[i - 1].digits) {
			r->line = r->line_of[e[i].up];
			return fault(f, CONFIG, "prefix %lld stands in line %d already",
			    (long long)(e[i].first / power[PHONE_ZONE_DIGITS - e[i].digits]),
			    r->line_of[e[i - 1].up]);
		}
	for (int i = 0; i < own->entries; i++) {
		for (up = i - 1; up >= 0 && up != PHONE_ZONE_TOP; up = e[up].up)
			if (e[i].first - e[up].first < power[PHONE_ZONE_DIGITS - e[up].digits])
				break;
		e[i].up = (uint16_t)(up >= 0 ? up : PHONE_ZONE_TOP);
	}
	return 0;
}

static void
sum_up(struct phone_zones *own)
{
	uint64_t sum = (uint64_t)phone_zone_sum;

	for (int i = 0; i < own->entries; i++) {
		const char *text = own->text[own->entry[i].set];

		sum = hash64(&own->entry[i].first, sizeof(own->entry[i].first), sum);
		sum = hash64(&own->entry[i].digits, sizeof(own->entry[i].digits), sum);
		sum = hash64(text, strlen(text) + 1, sum);
	}
	own->digest = (int64_t)sum;
}

struct phone_zones *
phone_zones_read(const char *file, const char *text, size_t len, struct phone_zone_check check,
    struct fault *f)
{
	struct reading r = {.file = file, .check = check};
	char *all = xstrndup(len > 0 ? text : "", len), *line, *end;
	int rc = 0;

	r.own = xcalloc(1, sizeof(*r.own));
	if (strlen(all) != len) {
		fault(f, CONFIG, "%s: holds a NUL byte", file);
		rc = -1;
	}
	for (line = all; line != NULL && rc == 0; line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		r.line++;
		if ((rc = read_line(&r, line, f)) < 0)
			wrong(&r, f);
	}
	if (rc == 0 && (rc = link_entries(&r, f)) < 0)
		wrong(&r, f);
	if (rc == 0)
		sum_up(r.own);
	free(all);
	free(r.line_of);
	if (rc == 0)
		return r.own;
	phone_zones_free(r.own);
	return NULL;
}

void
phone_zones_free(struct phone_zones *own)
{
	if (own == NULL)
		return;
	for (int i = 0; i < own->sets; i++)
		free(own->text[i]);
	free(own->text);
	free(own->entry);
	free(own);
}
