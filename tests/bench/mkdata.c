/*
 * mkdata: data for the benches, the same for the same seed everywhere.
 * Numbers and orders are scattered on purpose: what comes in the order of its
 * key hides the cost of an index. People and numbers are made up; one contact
 * in a hundred shares the number of another.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOW = 3000 }; /* calls that are under way together */

static uint64_t seed = 1;

static const char *const first[] = {"Priya", "Rahul", "Ananya", "José", "Zoë", "Wei", "Fatima",
    "Olu", "Mary", "John", "Siddharth", "Nguyễn", "Aisha", "Pedro", "Emma", "Liam"};
static const char *const last[] = {"Sharma", "Verma", "O'Brien", "García", "Iyer", "Chen",
    "Khan", "Adeyemi", "Smith", "de la Cruz", "Patel", "Trần", "Reddy", "Müller", "Brown",
    "Singh"};
static const char *const cities[] = {"Mumbai", "New Delhi", "Bengaluru", "London", "São Paulo",
    "New York", "Chennai", "Pune", "Lagos", "Hyderabad", "Kolkata", "Jaipur"};
static const char *const courses[] = {"BTech Computer Science", "MBA", "BSc Data Science",
    "MSc AI", "BA Economics", "BCom", "LLB", "BDes"};
static const char *const amounts[] = {
    "INR 60,000", "INR 1,00,000", "INR 40,000", "INR 25,000", "£5,000"};
static const char *const notes[] = {"", "called twice, no answer", "asked for \"full\" details",
    "prefers e-mail", "parent: call after 6pm, not before", "", "interested in hostel",
    "two\nlines"};
static const char *const languages[] = {"hi", "en", "ta", "bn"};
/* One in ten lives in the first: at noon there it is night in all others. */
static const char *const zones[] = {"Asia/Kolkata", "America/New_York", "America/Chicago",
    "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "America/Halifax", "America/Bogota"};

#define PICK(list, r) ((list)[(r) % (sizeof(list) / sizeof((list)[0]))])

/* SplitMix64 as a function: the n-th random number of one purpose. */
static uint64_t
at(uint64_t purpose, uint64_t n)
{
	uint64_t z = (seed * 0x9e3779b97f4a7c15u) ^ (purpose << 56) ^ n;

	for (int i = 0; i < 2; i++) {
		z += 0x9e3779b97f4a7c15u;
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		z ^= z >> 31;
	}
	return z;
}

/* ---- contacts ------------------------------------------------------------------ */

struct contact {
	uint64_t n, random;
	char name[64], phone[20];
};

/*
 * Indian mobile numbers, all of which the plan gives out. An odd factor permutes 31 bits: none comes
 * twice, and they come in no order.
 */
static uint64_t
number(uint64_t n)
{
	return 916000000000u + (((uint32_t)(n * 2654435761u) ^ 0x5bd1e995u) & 0x7fffffffu);
}

static void
make_contact(uint64_t n, struct contact *c)
{
	uint64_t r = at(1, n), owner = n;

	if (n > 10 && r % 100 == 0)
		owner = at(2, n) % n;
	c->n = n;
	c->random = r >> 8;
	snprintf(c->phone, sizeof c->phone, "+%" PRIu64, number(owner));
	if (r % 4 == 1)
		snprintf(c->name, sizeof c->name, "%s, %s", PICK(last, r >> 20),
		    PICK(first, r >> 30));
	else
		snprintf(c->name, sizeof c->name, "%s %s", PICK(first, r >> 30),
		    PICK(last, r >> 20));
}

static void
put_csv(const char *s)
{
	if (!strpbrk(s, ",\"\n")) {
		fputs(s, stdout);
		return;
	}
	putchar('"');
	for (; *s; s++) {
		if (*s == '"')
			putchar('"');
		putchar(*s);
	}
	putchar('"');
}

static void
put_json(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '\n')
			fputs("\\n", stdout);
		else {
			if (*s == '"' || *s == '\\')
				putchar('\\');
			putchar(*s);
		}
	}
	putchar('"');
}

static void
contacts_csv(uint64_t count)
{
	struct contact c;

	puts("id,name,phone,email,city,course,scholarship_amount,timezone,language,notes");
	for (uint64_t i = 0; i < count; i++) {
		make_contact(i, &c);
		printf("S-%08" PRIu64 ",", i);
		put_csv(c.name);
		printf(",%s,user%" PRIu64 "@example.edu,%s,%s,", c.phone, i,
		    PICK(cities, c.random), PICK(courses, c.random >> 4));
		put_csv(PICK(amounts, c.random >> 8));
		printf(",%s,%s,", PICK(zones, at(3, i)), PICK(languages, c.random >> 16));
		put_csv(PICK(notes, c.random >> 24));
		putchar('\n');
	}
}

/* As outreach-import writes them. */
static void
contact_records(uint64_t count)
{
	struct contact c;

	for (uint64_t i = 0; i < count; i++) {
		make_contact(i, &c);
		printf("{\"type\":\"contact\",\"v\":1,\"id\":%" PRIu64
		       ",\"source\":\"bench\",\"key\":\"S-%08" PRIu64 "\",\"name\":",
		    i + 1, i);
		put_json(c.name);
		printf(",\"phone\":\"%s\",\"timezone\":\"%s\",\"language\":\"%s\","
		       "\"attributes\":{\"email\":\"user%" PRIu64
		       "@example.edu\",\"city\":\"%s\",\"course\":\"%s\",\"notes\":",
		    c.phone, PICK(zones, at(3, i)), PICK(languages, c.random >> 16), i,
		    PICK(cities, c.random), PICK(courses, c.random >> 4));
		put_json(PICK(notes, c.random >> 24));
		fputs("},\"status\":\"accepted\"}\n", stdout);
	}
}

/* ---- a sheet as offices send it -------------------------------------------------- */

/*
 * Three views of the same people, all numbers Indian: clean (fields and E.164), whole (titles, columns
 * of its own, numbers as people write them) and messy (whole, and one row in a hundred damaged in one
 * of twelve ways). Of whole and messy each line stands at the same place. damage lists the lines that
 * messy has wrong, with the code that the import must give.
 */
enum view { CLEAN, WHOLE, MESSY, DAMAGE };
enum { HEADER_LINE = 3, PAGE = 10000 };

static const char *const damage[] = {"scientific", "formula", "decimal", "phone", "missing",
    "extension", "several", "utf8", "fields", "syntax", "error", "timezone"};

struct pupil {
	uint64_t n, random, number;
	int harm; /* -1: none */
	bool two; /* has a second number, the next one */
};

static const char sheet_header[] =
    "Roll No,Student Name,Mobile No.,Father's Name,City,Course,Scholarship,Time Zone,Notes";

static void
make_pupil(uint64_t n, struct pupil *p)
{
	uint64_t r = at(9, n);

	p->n = n;
	p->random = r >> 8;
	/* An odd factor that 5 does not divide permutes eight digits; the last is never 9. */
	p->number = 9800000000u + n * 7654321 % 10000000 * 10 + r % 9;
	p->two = (r >> 40) % 8 == 0;
	p->harm =
	    (r >> 44) % 100 == 0 ? (int)((r >> 52) % (sizeof damage / sizeof damage[0])) : -1;
}

static bool
is_harm(const struct pupil *p, enum view view, const char *code)
{
	return view == MESSY && p->harm >= 0 && !strcmp(damage[p->harm], code);
}

static void
put_damaged_number(const struct pupil *p)
{
	const char *code = damage[p->harm];
	unsigned high = (unsigned)(p->number / 100000), low = (unsigned)(p->number % 100000);

	if (!strcmp(code, "scientific"))
		printf("9.8%04uE+09", low % 10000);
	else if (!strcmp(code, "formula"))
		printf("\"=\"\"0%u%05u\"\"\"", high, low);
	else if (!strcmp(code, "decimal"))
		printf("%" PRIu64 ".0", p->number);
	else if (!strcmp(code, "phone"))
		printf("%uO%05u", high, low);
	else if (!strcmp(code, "extension"))
		printf("%u %05u x%u", high, low, low % 90 + 10);
	else if (!strcmp(code, "several"))
		printf("%u %05u/%03u", high, low, (low + 500) % 1000);
}

/* As people write it. */
static void
put_number(const struct pupil *p)
{
	unsigned high = (unsigned)(p->number / 100000), low = (unsigned)(p->number % 100000);

	switch (p->random % 8) {
	case 0: printf("0%u%05u", high, low); break;
	case 1: printf("0%u-%05u", high, low); break;
	case 2: printf("+91 %u %05u", high, low); break;
	case 3: printf("+91-%u-%05u", high, low); break;
	case 4: printf("%u%05u", high, low); break;
	case 5: printf("%u\xc2\xa0%05u", high, low); break;
	default: printf("%u %05u", high, low); break;
	}
	if (p->two)
		printf(p->random & 8 ? "/%05u" : " / %02u",
		    p->random & 8 ? low + 1 : (low + 1) % 100);
}

static void
put_pupil(const struct pupil *p, enum view view)
{
	const char *given = PICK(first, p->random >> 4), *family = PICK(last, p->random >> 8);
	bool fields = is_harm(p, view, "fields");

	printf("R-%08" PRIu64 ",", p->n);
	if (is_harm(p, view, "utf8"))
		printf("Ren\xe9 %s,", family);
	else if (is_harm(p, view, "syntax"))
		printf("%s \"%s,", given, family);
	else if (is_harm(p, view, "error"))
		printf("#REF!,");
	else
		printf(view != CLEAN && p->random % 16 == 0 ? "\xc2\xa0%s %s ," : "%s %s,",
		    given, family);
	if (view == CLEAN) {
		printf("+91%" PRIu64 ",", p->number);
		if (p->two)
			printf("+91%" PRIu64, p->number + 1);
	} else if (view == MESSY && p->harm >= 0 && p->harm <= 6) {
		put_damaged_number(p);
	} else {
		put_number(p);
	}
	printf(",%s %s,%s,%s,", PICK(first, p->random >> 12), family,
	    PICK(cities, p->random >> 16), PICK(courses, p->random >> 20));
	printf(fields ? "%d,%02d,000" : "\"%d,%02d,000\"", (int)(p->random >> 24 & 7) + 1,
	    (int)(p->random >> 27 & 15) * 5);
	printf(",%s,", is_harm(p, view, "timezone") ? "Asia/Calcuta" : "Asia/Kolkata");
	put_csv(PICK(notes, (p->random >> 32) % 7)); /* but for the one of two lines */
	putchar('\n');
}

static void
sheet(uint64_t count, enum view view)
{
	uint64_t line = HEADER_LINE;
	struct pupil p;

	if (view == CLEAN)
		puts(
		    "id,name,phone,phone2,Father's Name,City,Course,Scholarship,timezone,Notes");
	else if (view != DAMAGE)
		printf(
		    "Example School,,,,,,,,\n\"List of 2 March 2026, all classes\",,,,,,,,\n%s\n",
		    sheet_header);
	for (uint64_t i = 0; i < count; i++) {
		make_pupil(i, &p);
		line++;
		if (view == DAMAGE) {
			if (p.harm >= 0)
				printf("%" PRIu64 " %s\n", line, damage[p.harm]);
		} else {
			put_pupil(&p, view);
		}
		if (i % PAGE != PAGE - 1 || view == CLEAN)
			continue;
		line += 2;
		if (view != DAMAGE)
			printf(",,,,,,,,\n%s\n", sheet_header);
	}
}

static void
sheet_clean(uint64_t count)
{
	sheet(count, CLEAN);
}

static void
sheet_whole(uint64_t count)
{
	sheet(count, WHOLE);
}

static void
sheet_messy(uint64_t count)
{
	sheet(count, MESSY);
}

static void
sheet_damage(uint64_t count)
{
	sheet(count, DAMAGE);
}

/* ---- calls and their events ------------------------------------------------------ */

enum { EPOCH_S = 1772442000 }; /* 2026-03-02T09:00:00Z */

/* The UUIDv7 of call n, made 3 ms after the one before. */
static void
call_id(uint64_t n, unsigned char id[16])
{
	uint64_t t = (uint64_t)EPOCH_S * 1000 + 3 * n, a = at(4, n), b = at(5, n);

	for (int i = 0; i < 6; i++)
		id[i] = (unsigned char)(t >> (40 - 8 * i));
	for (int i = 0; i < 8; i++)
		id[8 + i] = (unsigned char)(b >> (56 - 8 * i));
	id[6] = (unsigned char)(0x70 | (a & 15));
	id[7] = (unsigned char)(a >> 4);
	id[8] = (unsigned char)(0x80 | (id[8] & 63));
}

static void
put_call_id(uint64_t n)
{
	unsigned char id[16];

	call_id(n, id);
	for (int i = 0; i < 16; i++)
		printf("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
}

static void
put_at(uint64_t ms)
{
	time_t s = (time_t)(EPOCH_S + ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	printf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}

static void
put_ending(uint64_t r)
{
	static const struct {
		const char *name, *status, *text;
		int cause;
	} how[] = {{"answered", "ANSWER", "Normal Clearing", 16},
	    {"busy", "BUSY", "User busy", 17},
	    {"no_answer", "NOANSWER", "No user responding", 18},
	    {"declined", "BUSY", "Call Rejected", 21}};
	int i = (int)(r % 4);

	printf(
	    ",\"disposition\":\"%s\",\"cause\":%d,\"cause_text\":\"%s\",\"dial_status\":\"%s\","
	    "\"ring_ms\":%d",
	    how[i].name, how[i].cause, how[i].text, how[i].status, (int)(r >> 8 & 8191));
	if (i == 0)
		printf(",\"talk_ms\":%d", (int)(r >> 24 & 131071));
}

/* An event record as the tools write it; step 0 ringing, 1 answered, 2 ended. */
static void
put_event(uint64_t call, int step, uint64_t ms)
{
	static const char *const kinds[] = {"ringing", "answered", "ended"};
	struct contact c;

	make_contact(call, &c);
	printf("{\"type\":\"event\",\"v\":1,\"event\":\"%s\",\"call\":\"", kinds[step]);
	put_call_id(call);
	fputs("\",\"at\":\"", stdout);
	put_at(ms);
	printf("\",\"source\":\"exchange\",\"key\":\"%016" PRIx64
	       "\",\"campaign\":\"bench\",\"contact\":%" PRIu64 ",\"target\":%" PRIu64
	       ",\"name\":",
	    at(6, call * 3 + (uint64_t)step), call + 1, call + 1);
	put_json(c.name);
	printf(",\"phone\":\"%s\",\"attempt\":1", c.phone);
	if (step == 2)
		put_ending(at(7, call));
	puts("}");
}

/* Three a call; the calls of a window overlap in a scattered order; one event in fifty comes twice. */
static void
events(uint64_t count)
{
	uint64_t out = 0;

	for (uint64_t s = 0; out < count; s++) {
		uint64_t window = s / (3 * WINDOW), of = s % (3 * WINDOW);
		uint64_t call = window * WINDOW + of % WINDOW * 1009 % WINDOW;
		int times = at(8, s) % 50 ? 1 : 2;

		for (; times && out < count; times--, out++)
			put_event(call, (int)(of / WINDOW), 10000 + s);
	}
}

/* The rows of the calls that these events are about, as the dialer's intents leave them. */
static void
calls_sql(uint64_t count)
{
	unsigned char id[16];

	puts("BEGIN;");
	for (uint64_t i = 0; i < count; i++) {
		call_id(i, id);
		fputs("INSERT INTO call (id, campaign, target, contact, phone, exchange, owner,"
		      " attempt, fenced, rank, intent_at, line_closed, line_open) VALUES (x'",
		    stdout);
		for (int k = 0; k < 16; k++)
			printf("%02x", id[k]);
		printf("', 1, %" PRIu64 ", %" PRIu64 ", %" PRIu64
		       ", 'sim', 'bench', 1, 1, 1, %" PRIu64 ", 0, 1);\n",
		    i + 1, i + 1, number(i), (uint64_t)EPOCH_S * 1000 + 3 * i);
	}
	puts("COMMIT;");
}

/* A list of numbers in no order; those of the first nine hundredths of so many contacts are not on it. */
static void
numbers(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		printf("+%" PRIu64 "\n", number(count / 100 * 9 + i));
}

static const struct {
	const char *name;
	void (*make)(uint64_t count);
} kinds[] = {
    {"calls.sql", calls_sql},
    {"contacts.csv", contacts_csv},
    {"contacts.ndjson", contact_records},
    {"events.ndjson", events},
    {"numbers.txt", numbers},
    {"sheet-clean.csv", sheet_clean},
    {"sheet-damage.txt", sheet_damage},
    {"sheet-messy.csv", sheet_messy},
    {"sheet-whole.csv", sheet_whole},
};

int
main(int argc, char **argv)
{
	static char out[1 << 20];

	setvbuf(stdout, out, _IOFBF, sizeof out);
	if (argc > 3)
		seed = strtoull(argv[3], NULL, 10);
	for (size_t i = 0; argc > 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0) {
			kinds[i].make(strtoull(argv[2], NULL, 10));
			return ferror(stdout) || fflush(stdout) ? 74 : 0;
		}
	fputs("usage: mkdata KIND COUNT [SEED], where KIND is", stderr);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		fprintf(stderr, " %s", kinds[i].name);
	fputc('\n', stderr);
	return 64;
}
