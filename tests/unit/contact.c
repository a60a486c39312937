/*
 * contact: language tags, digests and the record.
 */
#include "contact.h"
#include "language.h"
#include "mem.h"
#include "tap.h"

static void
test_languages(void)
{
	static const struct {
		const char *text;
		int good;
	} t[] = {{"hi", 1}, {"pt-BR", 1}, {"zh-Hant-TW", 1}, {"de-1996", 1},
	    {"sl-rozaj-biske", 1}, {"cmn", 1}, {"h", 0}, {"", 0}, {"-", 0}, {"hi-", 0},
	    {"-hi", 0}, {"hi--IN", 0}, {"h1", 0}, {"abcdefghi", 0}, {"en-abcdefghi", 0},
	    {"en_GB", 0}, {"h!", 0}, {"english language", 0}, {"english", 0}, {"Hindi", 0},
	    {"hindustani-IN", 0}, {"hin", 0}, {"eng-GB", 0}, {"hif", 1}, {"hi-IN", 1},
	    {"abcd", 0}, {"en-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q", 0}};
	struct fault f;

	for (size_t i = 0; i < COUNT(t); i++)
		is_int(language_check(t[i].text, strlen(t[i].text), &f), t[i].good ? 0 : -1,
		    t[i].text);
	language_check("Hindi", 5, &f);
	is_str(
	    f.text, "language \"Hindi\" is not a language tag; it is hi", "a name has its tag");
	language_check("eng-GB", 6, &f);
	is_str(f.text, "language \"eng-GB\" is not a language tag; it is en",
	    "so has a longer code");
	is_str(language_named("ENGLISH", 7), "en", "names in any case");
	is_str(language_named("हिन्दी", strlen("हिन्दी")), "hi", "in their own words");
	is_str(language_named("Mandarin", 8), "zh", "of several names for one");
	is_str(language_named("Hind", 4), NULL, "whole");
	is_str(language_named("en", 2), NULL, "a tag is no name");
}

static void
test_digest(void)
{
	const struct person base = {.id = 3,
	    .source = "s",
	    .key = "k",
	    .name = "n",
	    .priority = INT64_MIN,
	    .phone = {15550100, 15550101},
	    .phones = 2};
	struct person p = base;
	int64_t d = person_digest(&base);

	p.id = 4;
	p.digest = 9;
	is_int(person_digest(&p), d, "id and digest do not count");
	p = base;
	p.phone[5] = 7;
	is_int(person_digest(&p), d, "nor what stands behind the numbers");
	p = base;
	p.phone[0] = base.phone[1];
	p.phone[1] = base.phone[0];
	ok(person_digest(&p) != d, "the order of numbers counts");
	p = base;
	p.name = NULL;
	p.timezone = "n";
	ok(person_digest(&p) != d, "a text counts where it stands");
	p = base;
	p.attributes = "{}";
	ok(person_digest(&p) != d, "attributes count");
	p = base;
	p.priority = 0;
	ok(person_digest(&p) != d, "no priority is not 0");
}

static void
test_record(void)
{
	const struct person p = {.id = 17,
	    .source = "students",
	    .key = "S-17",
	    .name = "Asha \"A\" Rao",
	    .priority = -1,
	    .attributes = "{\"course\":\"BSc\"}",
	    .timezone = "Asia/Kolkata",
	    .language = "hi",
	    .phone = {914420000001, 914420000002},
	    .phones = 2};
	const struct person least = {
	    .source = "s", .key = "k", .priority = INT64_MIN, .phone = {1234567}, .phones = 1};
	struct buf b = {0};

	person_record(&b, &p, "updated");
	is_str(b.p,
	    "{\"type\":\"contact\",\"v\":1,\"id\":17,\"source\":\"students\",\"key\":\"S-17\","
	    "\"name\":\"Asha \\\"A\\\" Rao\",\"phone\":\"+914420000001\",\"phone2\":\"+914420000002\","
	    "\"timezone\":\"Asia/Kolkata\",\"language\":\"hi\",\"priority\":-1,"
	    "\"attributes\":{\"course\":\"BSc\"},\"status\":\"updated\"}\n",
	    "a full record");
	buf_reset(&b);
	person_record(&b, &least, NULL);
	is_str(b.p,
	    "{\"type\":\"contact\",\"v\":1,\"source\":\"s\",\"key\":\"k\",\"phone\":\"+1234567\"}\n",
	    "the least record");
	buf_release(&b);
}

int
main(void)
{
	test_languages();
	test_digest();
	test_record();
	return done_testing();
}
