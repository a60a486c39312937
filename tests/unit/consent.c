/*
 * consent: what counts out of rows in any order.
 */
#include "consent.h"
#include "mem.h"
#include "tap.h"

#define END INT64_MAX

static void
test_rows(void)
{
	static const struct {
		const char *name;
		struct consent_row row[4];
		size_t n;
		enum consent need;
		int64_t until;
		bool revoked;
	} t[] = {
	    {"nothing", {{0}}, 0, CONSENT_INFORMATIONAL, 0, false},
	    {"the same kind", {{CONSENT_EXPRESS, 5, END}}, 1, CONSENT_EXPRESS, END, false},
	    {"more than is needed", {{CONSENT_EXPRESS_WRITTEN, 5, END}}, 1, CONSENT_EXPRESS,
		END, false},
	    {"less", {{CONSENT_EXPRESS, 5, END}}, 1, CONSENT_EXPRESS_WRITTEN, 0, false},
	    {"the later end", {{CONSENT_EXPRESS, 5, 10}, {CONSENT_EXPRESS, 6, 9}}, 2,
		CONSENT_EXPRESS, 10, false},
	    {"revoked", {{CONSENT_EXPRESS, 5, END}, {CONSENT_NONE, 6, 0}}, 2, CONSENT_EXPRESS,
		0, true},
	    {"revoked at the same instant", {{CONSENT_EXPRESS, 5, END}, {CONSENT_NONE, 5, 0}},
		2, CONSENT_EXPRESS, 0, true},
	    {"given again",
		{{CONSENT_NONE, 6, 0}, {CONSENT_EXPRESS, 7, END}, {CONSENT_EXPRESS, 5, END}}, 3,
		CONSENT_EXPRESS, END, false},
	    {"a revocation of nothing", {{CONSENT_NONE, 6, 0}}, 1, CONSENT_EXPRESS, 0, false},
	    {"revoked before, a lesser one after",
		{{CONSENT_EXPRESS, 5, END}, {CONSENT_NONE, 6, 0},
		    {CONSENT_INFORMATIONAL, 7, END}},
		3, CONSENT_EXPRESS, 0, true},
	};

	for (size_t i = 0; i < COUNT(t); i++) {
		struct consent_row back[4];
		bool revoked, again;
		int64_t until = consent_until(t[i].row, t[i].n, t[i].need, &revoked);

		is_int(until, t[i].until, t[i].name);
		is_int(revoked, t[i].revoked, "  revoked or not");
		for (size_t j = 0; j < t[i].n; j++)
			back[j] = t[i].row[t[i].n - 1 - j];
		ok(consent_until(back, t[i].n, t[i].need, &again) == until && again == revoked,
		    "  in any order");
	}
}

int
main(void)
{
	test_rows();
	for (int i = CONSENT_NONE; i <= CONSENT_EXPRESS_WRITTEN; i++)
		is_int(consent_parse(consent_name((enum consent)i)), i, "a name comes back");
	is_int(consent_parse("verbal"), CONSENT_NONE, "no kind");
	return done_testing();
}
