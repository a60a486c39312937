/*
 * phone: the forms of a number and its key.
 */
#include "mem.h"
#include "phone.h"
#include "tap.h"

static void
test_forms(void)
{
	static const struct {
		const char *text;
		int good;
	} t[] = {{"+14155550123", 1}, {"+1234567", 1}, {"+123456789012345", 1}, {"+123456", 0},
	    {"+1234567890123456", 0}, {"14155550123", 0}, {"+04155550123", 0}, {"+", 0},
	    {"", 0}, {"+1415555012a", 0}, {"+1 4155550123", 0}, {" +14155550123", 0},
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
	is_int(phone_key("+914400000001"), 914400000001, "the key is the digits");
	is_str(phone_text(914400000001, text), "+914400000001", "and back");
	is_str(phone_text(999999999999999, text), "+999999999999999", "the longest");
	is_str(phone_text(0, text), "+0", "nothing is not confused with a number");
}

int
main(void)
{
	test_forms();
	return done_testing();
}
