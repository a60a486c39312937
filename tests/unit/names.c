/*
 * names: who is one person, and who shares a number only.
 */
#include "buf.h"
#include "names.h"
#include "mem.h"
#include "tap.h"

int
main(void)
{
	static const struct {
		const char *a, *b;
		bool same;
	} t[] = {
	    {NULL, NULL, true},
	    {NULL, "", true},
	    {NULL, "Asha Rao", false},
	    {"", "Asha Rao", false},
	    {"...", "!", false},
	    {"Asha Rao", "asha  RAO", true},
	    {"Jos\303\251 Ruiz", "Jose Ruiz", true},
	    {"Dr. Asha Rao", "Rao, Asha", true},
	    {"Rao, Dr. Asha", "Asha Rao", true},
	    {"Dr. Rao, Asha", "Prof. Dr. Asha Rao", true},
	    {"Asha Rao", "Rao Asha", true},
	    {"Rao, Asha K.", "Asha K Rao", true},
	    {"Ms. Asha Rao", "Dr Asha Rao", true},
	    {"Mrs Rao", "Rao", true},
	    {"Frau Dr. M\303\274ller", "M\303\274ller", true},
	    /* brothers and sisters, parents and children */
	    {"Asha Rao", "Ravi Rao", false},
	    {"Rao, Asha", "Rao, Ravi", false},
	    {"Asha Rao", "Asha K. Rao", false},
	    {"Asha Rao", "Asha Asha Rao", false},
	    {"Asha Rao Rao", "Asha Asha Rao", false},
	    {"Asha Rao", "Rao", false},
	    {"John Smith Jr.", "John Smith Sr.", false},
	    {"John Smith", "John Smith Sr.", false},
	    {"Mr Kim Lee", "Mrs Kim Lee", false},
	    {"Mr. Rao", "Frau Rao", false},
	    {"Asha Mrs", "Asha", false},
	    {"Dr.", "Prof.", false},
	};
	struct buf many = {0};

	for (size_t i = 0; i < COUNT(t); i++) {
		ok(names_same(t[i].a, t[i].b) == t[i].same, "%s, %s", t[i].a ? t[i].a : "null",
		    t[i].b ? t[i].b : "null");
		ok(names_same(t[i].b, t[i].a) == t[i].same, "and the other way round");
	}
	for (int i = 0; i < 200; i++)
		buf_adds(&many, "a ");
	ok(!names_same(many.p, "a"), "more words than a name has");
	buf_release(&many);
	return done_testing();
}
