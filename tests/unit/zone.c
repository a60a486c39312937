/*
 * zone: made-up TZif of every shape and every way to be wrong, known gaps and
 * folds, the calendar. With an argument it answers tests/zoneinfo.t instead:
 * lines of questions on stdin, one answer each on stdout.
 */
#include <stdlib.h>

#include "buf.h"
#include "fault.h"
#include "mem.h"
#include "zones.h"

/* ---- answers for tests/zoneinfo.t ---- */

/* "range START STEP COUNT": the offsets, each with how often it stands in a row. */
static void
answer_range(const struct zone *z, int64_t start, int64_t step, int64_t count)
{
	int now = zone_offset(z, start * 1000), next;
	int64_t run = 0;

	for (int64_t i = 0; i < count; i++, run++) {
		next = zone_offset(z, (start + i * step) * 1000);
		if (next != now) {
			printf("%d*%" PRId64 " ", now, run);
			now = next;
			run = 0;
		}
	}
	printf("%d*%" PRId64 "\n", now, run);
}

static void
answer_civil(const struct zone *z, int64_t at)
{
	struct civil c;

	zone_civil(z, at * 1000, &c);
	printf("%d-%d-%d %d:%d:%d %d %d\n", c.year, c.month, c.day, c.hour, c.minute, c.second,
	    c.weekday, c.offset);
}

static int
answer(void)
{
	struct fault f = {.code = OK};
	struct zone *z = NULL;
	char line[200], word[100];
	long long a, b, c;
	int n;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		n = sscanf(line, "%99s %lld %lld %lld", word, &a, &b, &c);
		if (n == 1) {
			zone_free(z);
			z = load(word);
		} else if (n == 4 && strcmp(word, "range") == 0) {
			answer_range(z, a, b, c);
		} else if (n == 2 && strcmp(word, "civil") == 0) {
			answer_civil(z, a);
		} else if (n == 2 && strcmp(word, "next") == 0) {
			printf("%" PRId64 "\n", zone_next_change(z, a * 1000) / 1000);
		} else {
			fault(&f, USAGE, "what is %s", line);
			return 64;
		}
	}
	zone_free(z);
	return fflush(stdout) != 0;
}

/* ---- made-up files ---- */

static void
put(struct buf *b, int64_t n, int size)
{
	for (int i = size - 1; i >= 0; i--)
		buf_addc(b, (char)((uint64_t)n >> (8 * i)));
}

static void
put_header(
    struct buf *b, char version, int isut, int isstd, int leap, int times, int types, int chars)
{
	buf_add(b, "TZif", 4);
	buf_addc(b, version);
	for (int i = 0; i < 15; i++)
		buf_addc(b, 0);
	put(b, isut, 4);
	put(b, isstd, 4);
	put(b, leap, 4);
	put(b, times, 4);
	put(b, types, 4);
	put(b, chars, 4);
}

/* Two types (-3600, 5400), two transitions (1000 to the second, 2000 to the first). */
static void
put_body(struct buf *b, int size)
{
	put(b, 1000, size);
	put(b, 2000, size);
	put(b, 1, 1);
	put(b, 0, 1);
	put(b, -3600, 4);
	put(b, 0, 2);
	put(b, 5400, 4);
	put(b, 1 << 8 | 4, 2);
	buf_add(b, "AAA\0BBB", 8);
}

static void
make(struct buf *b, char version, const char *footer)
{
	buf_reset(b);
	put_header(b, version, 0, 0, 0, 2, 2, 8);
	put_body(b, 4);
	if (version == 0)
		return;
	put_header(b, version, 0, 0, 0, 2, 2, 8);
	put_body(b, 8);
	buf_addc(b, '\n');
	buf_adds(b, footer);
	buf_addc(b, '\n');
}

static void
test_versions(void)
{
	static const char versions[] = {0, '2', '3', '4'};
	struct fault f = {.code = OK};
	struct buf b = {0};
	struct zone *z;

	for (size_t i = 0; i < sizeof(versions); i++) {
		make(&b, versions[i], "<+02>-2");
		z = zone_new("Made/Up", b.p, b.len, &f);
		if (!ok(z != NULL, "version %d is read", versions[i]))
			continue;
		is_str(zone_name(z), "Made/Up", "the name");
		is_int(zone_offset(z, 999999), -3600, "before the first transition");
		is_int(zone_offset(z, 1000000), 5400, "at the first");
		is_int(zone_offset(z, 1999999), 5400, "before the second");
		is_int(zone_offset(z, 2000000), versions[i] ? 7200 : -3600, "at the last");
		is_int(zone_offset(z, -5000000000), -3600, "long ago");
		is_int(zone_next_change(z, 0), 1000000, "next change");
		is_int(zone_next_change(z, 1000000), 2000000, "and the next");
		is_int(zone_next_change(z, 2000000), INT64_MAX, "and none");
		zone_free(z);
	}
	buf_release(&b);
}

/* Every prefix of a good file is refused, and so is each broken field. */
static void
test_wrong_files(void)
{
	static const struct {
		size_t offset;
		int value;
		const char *what;
	} wrong[] = {
	    {0, 'X', "magic"},
	    {4, '1', "version"},
	    {23, 1, "isutcnt"},
	    {27, 1, "isstdcnt"},
	    {31, 1, "leap seconds"},
	    {35, 3, "timecnt"},
	    {32, 0xff, "timecnt, huge"},
	    {39, 0, "no type"},
	    {36, 0x7f, "typecnt, huge"},
	    {43, 0, "no designation"},
	    {40, 0xff, "charcnt, huge"},
	    {46, 0xff, "transitions out of order"},
	    {52, 2, "a type that is not there"},
	    {54, 0x7f, "an offset of years"},
	    {58, 2, "isdst"},
	    {59, 9, "a designation that is not there"},
	};
	struct fault f = {.code = OK};
	struct buf b = {0};
	int good = 1;

	make(&b, '2', "EST5EDT,M3.2.0,M11.1.0");
	for (size_t i = 0; i < b.len; i++)
		good &= zone_new("x", b.p, i, &f) == NULL && f.code == DATAERR;
	ok(good, "every prefix of a file is refused");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		make(&b, 0, "");
		b.p[wrong[i].offset] = (char)wrong[i].value;
		f.code = OK;
		ok(zone_new("x", b.p, b.len, &f) == NULL && f.code == DATAERR, "wrong %s",
		    wrong[i].what);
	}
	buf_reset(&b);
	put_header(&b, 0, 0, 0, 1, 0, 1, 4);
	put(&b, 0, 6);
	buf_add(&b, "AAA", 4);
	put(&b, 1, 8);
	ok(zone_new("x", b.p, b.len, &f) == NULL && strstr(f.text, "leap") != NULL,
	    "a leap second");
	make(&b, '2', "");
	b.p[44 + 30 + 4] = 0;
	ok(zone_new("x", b.p, b.len, &f) == NULL && strstr(f.text, "versions") != NULL,
	    "a second header of version 1");
	make(&b, '2', "<AA_>5");
	ok(zone_new("x", b.p, b.len, &f) == NULL && strstr(f.text, "<AA_>5") != NULL,
	    "the message shows the footer");
	buf_release(&b);
}

static void
test_footers(void)
{
	static const struct {
		const char *footer;
		int ok;
	} footers[] = {
	    {"UTC0", 1},
	    {"<+0530>-5:30", 1},
	    {"<-0330>3:30:15", 1},
	    {"EST5EDT,M3.2.0,M11.1.0", 1},
	    {"EST5EDT4,M3.2.0/02:00:00,M11.1.0/2", 1},
	    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1},
	    {"IST-2IDT,M3.4.4/26,M10.5.0", 1},
	    {"AAA3BBB,J60,J300/167", 1},
	    {"AAA3BBB,0/0,365/-167:59:59", 1},
	    {"", 1},
	    {"5", 0},
	    {"ES5", 0},
	    {"EST", 0},
	    {"EST5EDT", 0},
	    {"EST5EDT,M3.2.0", 0},
	    {"EST5EDT,M3.2.0,M11.1.0 ", 0},
	    {"EST5EDT,M13.2.0,M11.1.0", 0},
	    {"EST5EDT,M3.6.0,M11.1.0", 0},
	    {"EST5EDT,M3.0.0,M11.1.0", 0},
	    {"EST5EDT,M3.2.7,M11.1.0", 0},
	    {"EST5EDT,M3.2.0/168,M11.1.0", 0},
	    {"EST5EDT,J0,J5", 0},
	    {"EST5EDT,366,5", 0},
	    {"EST25", 0},
	    {"EST5:60", 0},
	    {"EST5:", 0},
	    {"<EST5", 0},
	    {"<E_T>5", 0},
	    {"EST99999999999", 0},
	};
	struct fault f = {.code = OK};
	struct buf b = {0};
	struct zone *z;

	for (size_t i = 0; i < COUNT(footers); i++) {
		make(&b, '3', footers[i].footer);
		z = zone_new("x", b.p, b.len, &f);
		ok((z != NULL) == footers[i].ok, "footer \"%s\" is %s", footers[i].footer,
		    footers[i].ok ? "read" : "refused");
		zone_free(z);
	}
	buf_release(&b);
}

/* Daylight saving all the year is no change at all. */
static void
test_always_daylight(void)
{
	struct fault f = {.code = OK};
	struct buf b = {0};
	struct zone *z;

	make(&b, '3', "XXX3EDT4,0/0,J365/23");
	z = zone_new("x", b.p, b.len, &f);
	is_int(zone_offset(z, instant("2026-01-01T03:00:00Z")), -4 * 3600,
	    "at the seam of the years");
	is_int(zone_offset(z, instant("2026-01-01T02:59:59Z")), -4 * 3600, "before it");
	is_int(zone_offset(z, instant("2028-07-01T00:00:00Z")), -4 * 3600, "in summer");
	is_int(zone_next_change(z, instant("2026-05-01T00:00:00Z")), INT64_MAX,
	    "it never changes");
	zone_free(z);
	buf_release(&b);
}

/* ---- known places ---- */

static void
test_civil(void)
{
	static const struct {
		const char *zone, *at, *local;
		int weekday;
	} rows[] = {
	    {"Asia/Kolkata", "2026-03-02T20:00:00Z", "2026-03-03 01:30:00 +19800", 2},
	    {"Asia/Kathmandu", "2026-12-31T18:15:00Z", "2027-01-01 00:00:00 +20700", 5},
	    {"America/New_York", "2026-03-08T06:59:59Z", "2026-03-08 01:59:59 -18000", 0},
	    {"America/New_York", "2026-03-08T07:00:00Z", "2026-03-08 03:00:00 -14400", 0},
	    {"America/New_York", "2026-11-01T05:59:59Z", "2026-11-01 01:59:59 -14400", 0},
	    {"America/New_York", "2026-11-01T06:00:00Z", "2026-11-01 01:00:00 -18000", 0},
	    {"America/St_Johns", "2026-01-01T03:29:00Z", "2025-12-31 23:59:00 -12600", 3},
	    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05 01:30:00 +37800", 0},
	    {"Pacific/Kiritimati", "2026-02-28T10:00:00Z", "2026-03-01 00:00:00 +50400", 0},
	    {"Pacific/Marquesas", "2028-02-29T09:29:59Z", "2028-02-28 23:59:59 -34200", 1},
	    {"Europe/Rome", "2100-07-01T00:00:00Z", "2100-07-01 02:00:00 +7200", 4},
	    {"UTC", "1969-12-31T23:59:59Z", "1969-12-31 23:59:59 +0", 3},
	};
	struct civil c;
	struct zone *z;
	char text[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		z = load(rows[i].zone);
		zone_civil(z, instant(rows[i].at), &c);
		snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d %+d", c.year,
		    c.month, c.day, c.hour, c.minute, c.second, c.offset);
		is_str(text, rows[i].local, rows[i].zone);
		is_int(c.weekday, rows[i].weekday, "its weekday");
		zone_free(z);
	}
}

static void
test_calendar(void)
{
	static const char *const none[] = {"", "2026-02-30", "2026-13-01", "2026-00-10",
	    "2026- 1- 2", "2026-1-002", "20260301--", "-026-03-01", "0000-01-01",
	    "2026-03-021"};
	int y, m, d, good = 1;
	int64_t days;

	is_int(civil_days(1970, 1, 1), 0, "the epoch");
	is_int(civil_days(2000, 3, 1), 11017, "a leap century");
	is_int(civil_days(1, 1, 1), -719162, "the year 1");
	is_int(civil_days(9999, 12, 31), 2932896, "the last of four digits");
	ok(civil_read("2000-03-01", &days) && days == 11017, "a date is read");
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		is_int(civil_read(none[i], &days), 0, none[i]);
	for (int64_t day = -800000; day < 3000000; day += 7) {
		civil_from_days(day, &y, &m, &d);
		good &= civil_days(y, m, d) == day && m >= 1 && m <= 12 && d >= 1 && d <= 31;
	}
	ok(good, "days and dates agree both ways");
}

static void
test_names(void)
{
	static const char *const bad[] = {"", "/etc/passwd", "../passwd", "Asia/../UTC",
	    "Asia//Kolkata", "Asia/", "Asia", "Asia/Nowhere", "Asia/Kolkata\n", "tzdata.zi.",
	    "Asia/K%6flkata",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
	struct fault f = {.code = OK};
	struct buf b = {0};

	for (size_t i = 0; i < COUNT(bad); i++) {
		f.code = OK;
		ok(tz_read(bad[i], &b, &f) < 0 && f.code == DATAERR && b.len == 0,
		    "name %zu is refused", i + 1);
	}
	setenv("TZDIR", "/nonexistent", 1);
	ok(tz_read("UTC", &b, &f) < 0 && f.code == CONFIG, "no database at all");
	unsetenv("TZDIR");
	ok(tz_read("UTC", &b, &f) == 0 && b.len > 44, "UTC is there");
	ok(zone_new("x", "", 0, &f) == NULL, "no bytes");
	buf_release(&b);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return answer();
	test_versions();
	test_wrong_files();
	test_footers();
	test_always_daylight();
	test_civil();
	test_calendar();
	test_names();
	return done_testing();
}
