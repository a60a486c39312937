/*
 * phone: every number of tests/data/phone.tsv as libphonenumber reads it, what
 * is refused before that, and the forms. `phone FILE` reads another such file.
 */
#include "mem.h"
#include "phone.h"
#include "tap.h"

static const char *
answer(const char *region, const char *text, char out[64])
{
	char number[PHONE_SIZE];
	struct phone p;
	struct fault f = {0};

	if (phone_read(text, strlen(text), *region ? region : NULL, &p, &f) == 0)
		snprintf(out, 64, "%s %s %s", phone_text(p.key, number), p.region,
		    phone_type_name(p.type));
	else
		snprintf(out, 64, "%s", f.code == DATAERR && !p.key ? "-" : "a wrong refusal");
	return out;
}

/* REGION TAB INPUT TAB ANSWER: also what is looked up again, and read again from its E.164 form. */
static void
test_oracle(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[1000], got[64];
	long lines = 0, wrong = 0, lost = 0;

	while (in && fgets(line, sizeof(line), in)) {
		char *text = strchr(line, '\t'), *want = text ? strchr(text + 1, '\t') : NULL;
		struct phone p = {0}, again = {0};
		struct fault f;

		lines++;
		if (!want) {
			wrong++;
			continue;
		}
		*text++ = *want++ = '\0';
		want[strcspn(want, "\n")] = '\0';
		if (strcmp(answer(line, text, got), want) != 0 && ++wrong <= 20)
			printf("# %s %s: %s, not %s\n", line, text, got, want);
		if (phone_read(text, strlen(text), *line ? line : NULL, &p, &f) == 0)
			lost += !phone_look(p.key, &again) || again.type != p.type ||
			    strcmp(again.region, p.region) != 0;
	}
	if (in)
		fclose(in);
	ok(lines >= 20000 && !wrong && !lost, "%s: %ld numbers, %ld differ, %ld lost", path,
	    lines, wrong, lost);
}

static void
test_refusals(void)
{
	static const struct {
		const char *region, *text, *says;
		int type;
	} t[] = {
	    {"US", "1-800-FLOWERS", "it has letters", 0},
	    {"US", "(415) 555-2671 ext. 12", "has an extension", 0},
	    {"US", "(415) 555-2671 x12", "has an extension", 0},
	    {"US", "415-555-2671#12", "has an extension", 0},
	    {NULL, "tel:+1-415-555-2671;ext=12", "has an extension", 0},
	    {NULL, "tel:+1-415-555-2671;isub=12", "has an extension", 0},
	    {"US", "415-555-2671 (work)", "it has letters", 0},
	    {"US", "call 415-555-2671", "it has letters", 0},
	    {"US", "415-555-2671, 415-555-2672", "only digits", 0},
	    {"US", "415-555-2671 +14155552672", "may only begin it", 0},
	    {NULL, "++14155552671", "may only begin it", 0},
	    {"US", "415-555-2671*", "only digits", 0},
	    {"US", "415-555-2671~12", "only digits", 0},
	    {"US", "415\t555-2671", "only digits", 0},
	    {"US", "\xff\xfe", "only digits", 0},
	    {"US", "", "it has no digit", 0},
	    {"US", "()-", "it has no digit", 0},
	    {NULL, "415-555-2671", "--region reads national numbers", 0},
	    {"XX", "415-555-2671", "--region reads national numbers", 0},
	    {"us", "415-555-2671", "--region reads national numbers", 0},
	    {"US", "155-555-2671", "no such number is given out", 0},
	    {"IN", "98765", "too short", 0},
	    {"IN", "98765 43210 43211", "too long", 0},
	    {"MX", "044 55 1234 5678",
		"before 2019; if it is a line still, it is +525512345678 now", 0},
	    {"MX", "01 55 1234 5678", "it is +525512345678 now", 0},
	    {"MX", "1 55 1234 5678", "it is +525512345678 now", 0},
	    {"US", "+52 1 55 1234 5678", "it is +525512345678 now", 0},
	    {"MX", "52 1 55 1234 5678", "it is +525512345678 now", 0},
	    {"MX", "046 55 1234 5678", "too long", 0},
	    {"US", "044 55 1234 5678", "too long", 0},
	    {NULL, "+999 1234567", "no country code", 0},
	    {NULL, "+0 98765 43210", "no country code", 0},
	    {"JP", "0066 1234 5678 90123", "from abroad", 0},
	    {"IN", "112", "an emergency number of IN", PHONE_EMERGENCY},
	    {"IN", "108", "an emergency number of IN", PHONE_EMERGENCY},
	    {"US", "911", "an emergency number of US", PHONE_EMERGENCY},
	    {"GB", "999", "an emergency number of GB", PHONE_EMERGENCY},
	    {NULL, "112", "an emergency number", PHONE_EMERGENCY},
	    {"US", "411", "a short number of US", PHONE_SHORT},
	    {"DE", "115", "a short number of DE", PHONE_SHORT},
	    {NULL,
		"+1 415 555 2671 415 555 2671 415 555 2671 415 555 2671 415 555 2671 415 555 2671 "
		"415 555 2671",
		"too long", 0},
	};

	for (size_t i = 0; i < COUNT(t); i++) {
		struct phone p;
		struct fault f = {0};
		int rc = phone_read(t[i].text, strlen(t[i].text), t[i].region, &p, &f);

		if (!ok(rc == -1 && f.code == DATAERR && strstr(f.text, t[i].says) &&
			    (int)p.type == t[i].type && !p.key && !p.region[0],
			"refused: %s", t[i].says))
			printf("# %s: %d %d %s\n", t[i].text, rc, (int)p.type, f.text);
	}
}

static void
test_reads(void)
{
	static const struct {
		const char *region, *text, *want;
	} t[] = {
	    {"IN", "098765 43210", "+919876543210 IN mobile"},
	    {"IN", "00 44 (0)20 7946 0018", "+442079460018 GB fixed"},
	    {"", "+44 (0)20 7946 0018", "+442079460018 GB fixed"},
	    {"", "+39 06 6982 1234", "+390669821234 VA fixed"},
	    {"IN",
		"\xef\xbc\x99\xef\xbc\x98"
		"765 43210",
		"+919876543210 IN mobile"},
	    {"", "\xe2\x80\xaa+91 98765 43210\xe2\x80\xac", "+919876543210 IN mobile"},
	    {"", "tel:+1-415-555-2671", "+14155552671 US fixed_or_mobile"},
	    {"", "tel:555-2671;phone-context=+1415", "+14155552671 US fixed_or_mobile"},
	    {"IN", "tel:555-2671;phone-context=example.com", "-"},
	    {"CA", "(613) 555-0123", "+16135550123 CA fixed_or_mobile"},
	    {"AR", "011 15 2345-6789", "+5491123456789 AR mobile"},
	    {"BR", "0 41 11 2123-4567", "+551121234567 BR fixed"},
	    {"MX", "044 55 1234 5678", "-"},
	    {"US", "+800 1234 5678", "+80012345678 001 toll_free"},
	};
	char got[64];

	for (size_t i = 0; i < COUNT(t); i++)
		is_str(answer(t[i].region, t[i].text, got), t[i].want, t[i].want);
	is_str(answer("IN", "98765 43210", got), "+919876543210 IN mobile", "to a NUL");
}

static void
test_names(void)
{
	struct phone p;
	enum phone_type type;
	char region[PHONE_REGION];
	int found = 0;

	for (int i = 0; i < PHONE_TYPES; i++)
		found += phone_type_find(phone_type_name((enum phone_type)i), &type) &&
		    (int)type == i;
	is_int(found, PHONE_TYPES, "every type has its name");
	ok(!phone_type_find("landline", &type), "and no other");
	ok(phone_region_known("IN") && phone_region_known("XK"), "regions are known");
	ok(phone_region_find("in", region) && !strcmp(region, "IN") &&
		phone_region_find("Gb", region) && !strcmp(region, "GB") &&
		!phone_region_find("qq", region) && !phone_region_find("001", region) &&
		!phone_region_find("", region),
	    "in capitals or not");
	ok(!phone_region_known("001") && !phone_region_known("in") &&
		!phone_region_known("I") && !phone_region_known("") &&
		!phone_region_known("INX") && !phone_region_known("QQ"),
	    "and no others");
	ok(!phone_look(0, &p) && !phone_look(-1, &p) && !phone_look(1415, &p) &&
		!phone_look(999999999999999999, &p) && p.type == PHONE_UNKNOWN && !p.region[0],
	    "what is no number is not looked up");
	ok(strlen(phone_version()) >= 3, "the tables have a version");
}

static void
test_forms(void)
{
	static const struct {
		const char *text;
		int good;
	} t[] = {{"+14155550123", 1}, {"+1234567", 1}, {"+123456789012345", 1}, {"+123456", 1},
	    {"+12345", 0}, {"+1234567890123456", 0}, {"14155550123", 0}, {"+04155550123", 0},
	    {"+", 0}, {"", 0}, {"+1415555012a", 0}, {"+1 4155550123", 0}, {" +14155550123", 0},
	    {"++4155550123", 0}, {"+14155550123\n", 0}, {"+٤٤٢٠٧١٨٣", 0}};
	struct fault f;
	char text[20];

	for (size_t i = 0; i < COUNT(t); i++)
		is_int(phone_check(t[i].text, strlen(t[i].text), &f), t[i].good ? 0 : -1,
		    t[i].text);
	is_int(phone_check("+14155550123x", 12, &f), 0, "no byte behind the length is read");
	is_int(phone_check("+1415\0550123", 12, &f), -1, "a NUL is no digit");
	is_int(phone_check("12a", 3, &f), -1, "a wrong one");
	ok(f.code == DATAERR && strstr(f.text, "phone \"12a\" is not a number") == f.text,
	    "is named");
	is_int(phone_check("ééééééééééééééééééééééééé", 50, &f), -1, "a long wrong one");
	ok(strstr(f.text, "éééé\" is not") != NULL, "is cut between characters");
	is_int(phone_key("+914420000001"), 914420000001, "the key is the digits");
	is_str(phone_text(914420000001, text), "+914420000001", "and back");
	is_str(phone_text(999999999999999, text), "+999999999999999", "the longest");
	is_str(phone_text(0, text), "+0", "nothing is not confused with a number");
}

/* Without its 0 a number may be somebody else's where numbers are of several lengths. */
static void
test_zeros(void)
{
	static const struct {
		const char *region;
		bool needed;
	} t[] = {{"IN", false}, {"US", false}, {"FR", false}, {"IT", false}, {"DE", true},
	    {"AT", true}, {"GB", true}, {"PK", true}, {"XX", false}};
	static const struct {
		const char *region, *text;
		bool bare;
	} read[] = {{"DE", "23125042", true}, {"DE", "030 23125042", false},
	    {"DE", "+49 30 23125042", false}, {"DE", "0049 30 23125042", false},
	    {"DE", "49 30 23125042", false}, {"IN", "98765 43210", true},
	    {"IN", "098765 43210", false}, {NULL, "+919876543210", false}};
	struct fault f;

	for (size_t i = 0; i < COUNT(t); i++)
		is_int(phone_needs_zero(t[i].region), t[i].needed, t[i].region);
	for (size_t i = 0; i < COUNT(read); i++) {
		struct phone p;
		int rc = phone_read(read[i].text, strlen(read[i].text), read[i].region, &p, &f);

		ok(rc == 0 && p.bare == read[i].bare, "%s is %s", read[i].text,
		    read[i].bare ? "bare" : "whole");
	}
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		test_oracle(argv[1]);
		test_zeros();
		return done_testing();
	}
	test_oracle("tests/data/phone.tsv");
	test_refusals();
	test_reads();
	test_names();
	test_forms();
	return done_testing();
}
