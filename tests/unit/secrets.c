/*
 * secrets: the shared secret and the signature of Standard Webhooks, with the
 * example of its specification's reference libraries; tokens. That nobody
 * learns from the time how much of a wrong one is right is not measured: the
 * work is counted, in what does it, and is the same for each of them.
 */
#include <dlfcn.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

#include "bearers.h"
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

/* ---- the work ------------------------------------------------------------------------- */

static struct {
	int64_t compared, bytes, hashed; /* comparisons to the end, their bytes, bytes hashed */
} work;

/* Both stand before the library's own, which they are but for the counting. */

int
memeql_sec(const void *a, const void *b, size_t n)
{
	static int (*own)(const void *, const void *, size_t);

	if (!own)
		*(void **)&own = dlsym(RTLD_NEXT, "nettle_memeql_sec");
	work.compared++;
	work.bytes += (int64_t)n;
	return own(a, b, n);
}

void
sha256_update(struct sha256_ctx *c, size_t n, const uint8_t *p)
{
	static void (*own)(struct sha256_ctx *, size_t, const uint8_t *);

	if (!own)
		*(void **)&own = dlsym(RTLD_NEXT, "nettle_sha256_update");
	work.hashed += (int64_t)n;
	own(c, n, p);
}

static const char *const shown[] = {"correct horse battery", "borrect horse battery",
    "correct horse batterx", "ccccccccccccccccccccc", "correct horse", "correct", "",
    "correct horse battery staple", "another secret of many"};

/* Whatever is shown, its digest is compared with that of every secret, whole; only its own length tells. */
static void
test_same_work_for_secrets(void)
{
	static const char *const real[] = {
	    "correct horse battery", "an older one", "correct horse battery, too"};
	struct secrets s = {.n = 0};

	for (size_t i = 0; i < COUNT(real); i++)
		secrets_add(&s, real[i]);
	for (size_t i = 0; i < COUNT(shown); i++) {
		memset(&work, 0, sizeof(work));
		ok(secrets_match(&s, shown[i]) == (i == 0), "\"%s\"", shown[i]);
		is_int(work.compared, COUNT(real), "is compared with each");
		is_int(work.bytes, COUNT(real) * SECRETS_DIGEST, "to the end of its digest");
		is_int(work.hashed, (int64_t)strlen(shown[i]), "of all that was shown");
	}
	secrets_release(&s);
}

static void
test_same_work_for_tokens(void)
{
	struct token t[3] = {{.role = TOKEN_VIEWER, .name = "a"},
	    {.role = TOKEN_OPERATOR, .name = "b"}, {.role = TOKEN_VIEWER, .name = "c"}};
	struct bearers *b = bearers_new();
	unsigned char hash[TOKEN_HASH];
	char name[TOKEN_NAME];

	token_hash("another secret of many", t[0].hash);
	token_hash("correct horse battery", t[1].hash);
	token_hash("correct horse battery, too", t[2].hash);
	bearers_set(b, t, COUNT(t));
	for (size_t i = 0; i < COUNT(shown); i++) {
		enum token_role role,
		    want = i == 0           ? TOKEN_OPERATOR
		    : i == COUNT(shown) - 1 ? TOKEN_VIEWER
					    : TOKEN_GONE;

		token_hash(shown[i], hash);
		memset(&work, 0, sizeof(work));
		role = bearers_of(b, hash, name);
		ok(role == want, "\"%s\" as a token", shown[i]);
		is_int(work.compared, COUNT(t), "is compared with each");
		is_int(work.bytes, COUNT(t) * TOKEN_HASH, "to the end");
	}
	bearers_free(b);
}

/* ---- what is right ----------------------------------------------------------------------- */

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
	test_same_work_for_secrets();
	test_same_work_for_tokens();
	test_match();
	test_signed();
	return done_testing();
}
