/*
 * phone_zone: numbers of every kind of place, the table's own order, and the
 * operator's file with every way to be wrong. With an argument it answers
 * tests/phone_zone.t instead: "table" shows the table, "answer" the zones of
 * each number on stdin.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "mem.h"
#include "phone_zone.h"
#include "phone_zone_table.h"
#include "tap.h"

static int64_t
power(int n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

static int
answer(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		int set = phone_zone_set(NULL, strtoll(line, NULL, 10));

		puts(set >= 0 ? phone_zone_names(NULL, set) : "-");
	}
	return fflush(stdout) != 0;
}

static int
show(void)
{
	printf("%s\n", phone_zone_source());
	for (int i = 0; i < phone_zone_entries; i++) {
		const struct phone_zone_entry *e = &phone_zone_entry[i];

		printf("%" PRId64 " %s\n", e->first / power(PHONE_ZONE_DIGITS - e->digits),
		    phone_zone_names(NULL, e->set));
	}
	return fflush(stdout) != 0;
}

static const char *
names(const struct phone_zones *own, int64_t phone)
{
	int set = phone_zone_set(own, phone);

	return set >= 0 ? phone_zone_names(own, set) : "-";
}

static void
test_places(void)
{
	static const struct {
		int64_t phone;
		const char *want;
	} rows[] = {
	    {393471234567, "Europe/Rome"},
	    {390669812345, "Europe/Vatican"},
	    {919876543210, "Asia/Kolkata"},
	    {12125550123, "America/New_York"},
	    {13035550123, "America/Denver"},
	    {14805550123, "America/Phoenix"},
	    {16715550123, "Pacific/Guam"},
	    {61896400000, "Australia/Adelaide,Australia/Perth"},
	    {61891621234, "Indian/Cocos"},
	    {213551234567, "Africa/Algiers"},
	    {212612345678, "Africa/Casablanca,Africa/El_Aaiun"},
	    {353851234567, "Europe/Dublin"},
	    {74012123456, "Europe/Kaliningrad"},
	    {74112123456, "Asia/Yakutsk"},
	    {74113123456, "Asia/Srednekolymsk,Asia/Ust-Nera,Asia/Yakutsk"},
	    {77012345678, "Asia/Almaty,Asia/Aqtobe"},
	    {6834000, "Pacific/Niue"},
	    /* Mobile numbers of a country with several clocks belong to none of its areas. */
	    {62811234567, "Asia/Jakarta,Asia/Jayapura,Asia/Makassar"},
	    {5215512345678, NULL},
	    /* Nothing is known. */
	    {80012345678, "-"},
	    {8811234567, "-"},
	    {8, "-"},
	    {0, "-"},
	    {-1, "-"},
	    {INT64_MAX, "-"},
	};
	const char *mobile = names(NULL, 61412345678), *russian = names(NULL, 79161234567);

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].want != NULL)
			is_str(names(NULL, rows[i].phone), rows[i].want, "a number");
	ok(strstr(mobile, "Perth") && strstr(mobile, "Sydney") && strstr(mobile, "Darwin"),
	    "a mobile number of Australia may be anywhere in it");
	is_str(names(NULL, 611300123456), mobile, "and so may shared cost");
	ok(strstr(russian, "Kaliningrad") && strstr(russian, "Kamchatka"),
	    "a mobile number of Russia");
	ok(strstr(names(NULL, 18005550123), "Honolulu") &&
		strstr(names(NULL, 18885550123), "New_York"),
	    "toll-free: all of +1");
}

/* The search relies on the order and on the links. */
static void
test_table(void)
{
	int order = 1, links = 1, sets = 1, exact = 1;

	for (int i = 0; i < phone_zone_entries; i++) {
		const struct phone_zone_entry *e = &phone_zone_entry[i], *up;
		int64_t prefix = e->first / power(PHONE_ZONE_DIGITS - e->digits);

		order &= i == 0 || e[-1].first < e->first ||
		    (e[-1].first == e->first && e[-1].digits < e->digits);
		sets &= e->set < phone_zone_sets;
		exact &= phone_zone_set(NULL, prefix) == e->set;
		if (e->up == PHONE_ZONE_TOP)
			continue;
		up = &phone_zone_entry[e->up];
		links &= e->up < i && up->digits < e->digits &&
		    e->first - up->first < power(PHONE_ZONE_DIGITS - up->digits);
	}
	ok(order, "entries are in order");
	ok(links, "each link goes to a prefix of the prefix");
	ok(sets, "each set is there");
	ok(exact, "each prefix is found as a number");
	is_int(phone_zone_count(NULL), phone_zone_sets, "sets are counted");
}

static int
only_real(void *arg, const char *name, struct fault *f)
{
	return strncmp(name, "Mars", 4) ? 0
					: fault(f, DATAERR, "\"%s\" is not a time zone", name);
}

static struct phone_zones *
read_text(const char *text, struct fault *f)
{
	return phone_zones_read(
	    "zones.txt", text, strlen(text), (struct phone_zone_check){only_real, NULL}, f);
}

static void
test_own(void)
{
	struct fault f;
	struct phone_zones *own = read_text("# ours\r\n"
					    "39 Europe/Rome\n"
					    "\n"
					    "614 Australia/Perth   # all of them\n"
					    "\t6141 Australia/Perth,Australia/Darwin\n"
					    "+1800 B,A,B,A\n"
					    "618 Australia/Darwin,Australia/Perth",
	    &f);

	if (!ok(own != NULL, "a good file"))
		return;
	is_str(names(own, 61421234567), "Australia/Perth", "a line holds for what begins so");
	is_str(names(own, 61412345678), "Australia/Darwin,Australia/Perth", "the longer line");
	is_str(names(own, 61891621234), "Australia/Darwin,Australia/Perth",
	    "whatever the table says below it");
	is_str(names(own, 18005550123), "A,B", "names are sorted, each once");
	is_str(names(own, 390669812345), "Europe/Rome", "the table's longer prefix is gone");
	is_str(names(own, 12125550123), "America/New_York", "the rest stays");
	is_str(names(own, 61), phone_zone_names(NULL, phone_zone_set(NULL, 61)),
	    "a number shorter than the line's prefix");
	ok(phone_zone_set(own, 61412345678) == phone_zone_set(own, 61891621234),
	    "equal sets are one");
	ok(phone_zone_count(own) == phone_zone_sets + 4, "four sets of its own");
	ok(phone_zone_digest(own) != phone_zone_digest(NULL), "another digest");
	phone_zones_free(own);
	own = read_text("  # nothing\n\n", &f);
	ok(own != NULL && phone_zone_digest(own) == phone_zone_digest(NULL),
	    "an empty file says nothing");
	phone_zones_free(own);
	phone_zones_free(NULL);
}

static void
test_wrong(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"39\n", "zones.txt:1: no zone behind 39 (PREFIX ZONE[,ZONE...])"},
	    {"\n39 Mars/Base\n", "zones.txt:2: \"Mars/Base\" is not a time zone"},
	    {"39 A, B\n", "more than a prefix and zones"},
	    {"39 A,,B\n", "a zone is missing beside a comma"},
	    {"39 A,\n", "a zone is missing beside a comma"},
	    {"Italy Europe/Rome\n", "\"Italy\" is no prefix"},
	    {"039 Europe/Rome\n", "\"039\" is no prefix"},
	    {"1234567890123456 A\n", "is no prefix"},
	    {"39 A\n41 B\n+39 C\n", "zones.txt:3: prefix 39 stands in line 1 already"},
	    {"1 A1,A2,A3,A4,A5,A6,A7,A8,A9,B1,B2,B3,B4,B5,B6,B7,B8,B9,C1,C2,C3,C4,C5,C6,C7,C8,C9,"
	     "D1,D2,D3,D4,D5,D6,D7,D8,D9,E1,E2,E3,E4,E5,E6,E7,E8,E9,F1,F2,F3,F4,F5,F6,F7,F8,F9,"
	     "G1,G2,G3,G4,G5,G6,G7,G8,G9,H1,H2\n",
		"more than 64 zones"},
	};
	struct fault f;

	for (size_t i = 0; i < COUNT(rows); i++) {
		f.text[0] = '\0';
		ok(read_text(rows[i].text, &f) == NULL && f.code == CONFIG &&
			strstr(f.text, rows[i].want) != NULL,
		    "refused: %s", rows[i].want);
		if (strstr(f.text, rows[i].want) == NULL)
			printf("# %s\n", f.text);
	}
	ok(phone_zones_read("z", "39 A\0\n", 6, (struct phone_zone_check){NULL, NULL}, &f) ==
		    NULL &&
		strstr(f.text, "NUL"),
	    "a NUL byte");
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "table") == 0 ? show() : answer();
	test_places();
	test_table();
	test_own();
	test_wrong();
	return done_testing();
}
