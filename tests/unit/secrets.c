/*
 * secrets: the shared secret and the signature of Standard Webhooks, with the
 * example of its specification's reference libraries.
 */
#include "mem.h"
#include "secrets.h"
#include "tap.h"

#define KEY  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID   "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define AT   "1614265330"
#define BODY "{\"test\": 2432232314}"
#define GOOD "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

enum { SECOND = 1000 };

static const int64_t NOW = (int64_t)1614265330 * SECOND;

static void
test_match(void)
{
	struct secrets s = {.n = 0};

	ok(!secrets_match(&s, ""), "none is no secret");
	secrets_add(&s, "old");
	secrets_add(&s, "new");
	ok(secrets_match(&s, "old") && secrets_match(&s, "new"), "both are good");
	ok(!secrets_match(&s, "ne") && !secrets_match(&s, "new ") && !secrets_match(&s, ""),
	    "others are not");
	for (int i = 0; i < SECRETS_MAX; i++)
		secrets_add(&s, "more");
	is_int((int64_t)s.n, SECRETS_MAX, "there is an end");
	secrets_release(&s);
}

static void
test_signed(void)
{
	static const struct {
		const char *name, *id, *at, *signatures, *body;
		int64_t later;
		bool want;
	} table[] = {
	    {"the example", ID, AT, GOOD, BODY, 0, true},
	    {"among others", ID, AT, "v1a,abc v1,xxxx  " GOOD " v2,", BODY, 0, true},
	    {"300 s later", ID, AT, GOOD, BODY, 300, true},
	    {"300 s earlier", ID, AT, GOOD, BODY, -300, true},
	    {"301 s later", ID, AT, GOOD, BODY, 301, false},
	    {"301 s earlier", ID, AT, GOOD, BODY, -301, false},
	    {"another body", ID, AT, GOOD, BODY " ", 0, false},
	    {"another id", "msg_2", AT, GOOD, BODY, 0, false},
	    {"no id", "", AT, GOOD, BODY, 0, false},
	    {"another time", ID, "1614265331", GOOD, BODY, 0, false},
	    {"no time", ID, "", GOOD, BODY, 0, false},
	    {"a time that is none", ID, "1614265330x", GOOD, BODY, 0, false},
	    {"a signature of no version", ID, AT, &GOOD[3], BODY, 0, false},
	    {"of another version", ID, AT,
		"v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY, 0, false},
	    {"half of it", ID, AT, "v1,g0hM9SsE+OTPJTGt", BODY, 0, false},
	    {"no base64", ID, AT, "v1,!!!!", BODY, 0, false},
	    {"nothing", ID, AT, "", BODY, 0, false},
	};
	struct secrets s = {.n = 0}, other = {.n = 0};

	secrets_add(&s, "another");
	secrets_add(&s, KEY);
	secrets_add(&other, KEY "A");
	for (size_t i = 0; i < COUNT(table); i++)
		ok(secrets_signed(&s, table[i].id, table[i].at, table[i].signatures,
		       slice(table[i].body), NOW + table[i].later * SECOND) == table[i].want,
		    "%s", table[i].name);
	ok(!secrets_signed(&other, ID, AT, GOOD, slice(BODY), NOW), "by another secret");
	secrets_release(&s);
	secrets_release(&other);
}

int
main(void)
{
	test_match();
	test_signed();
	return done_testing();
}
