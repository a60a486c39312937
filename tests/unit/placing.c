/*
 * placing: which answers place a call, refuse it, or leave it open.
 */
#include "mem.h"
#include "placing.h"
#include "tap.h"

static void
reads(int status, const char *body, const char *want)
{
	static const char *const said[] = {"placed", "refused", "unclear"};
	struct placing_reply r;
	char got[500];

	placing_read(status, body, strlen(body), &r);
	snprintf(got, sizeof(got), "%s%s%s %s | %s", said[r.said], r.alone ? " alone" : "",
	    r.busy ? " busy" : "", r.alias, r.text);
	is_str(got, want, body);
}

/* No status but these refuses, and none but 2xx places. */
static void
every_status(void)
{
	static const int refused[] = {400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414,
	    415, 417, 422, 426, 428, 429, 431, 451};
	struct placing_reply r;
	size_t at = 0;
	bool good = true;

	for (int s = 100; s < 600; s++) {
		bool listed = at < COUNT(refused) && refused[at] == s;

		placing_read(s, "{}", 2, &r);
		at += listed;
		good &= (r.said == PLACING_PLACED) == (s >= 200 && s < 300);
		good &= (r.said == PLACING_REFUSED) == listed;
	}
	ok(good, "every status from 100 to 599");
}

static void
ours(const char *text, const char *want)
{
	char got[200];

	snprintf(got, sizeof(got), "%.*s", (int)placing_own(text), text);
	is_str(got, want, text);
}

int
main(void)
{
	ours("refused it: HTTP 422 (Ravi (him) is blocked)", "refused it: HTTP 422");
	ours("refused it: HTTP 422", "refused it: HTTP 422");
	ours("why (not)", "why (not)");
	reads(200, "{\"call_id\":\"abc\"}", "placed abc | HTTP 200");
	reads(201, " {\"id\": 17, \"status\":\"ok\"}\n", "placed 17 | HTTP 201");
	reads(202, "", "placed  | HTTP 202");
	reads(200, "no json", "placed  | HTTP 200");
	reads(200, "{\"call_id\":\"abc\"", "placed  | HTTP 200");
	reads(200, "{\"call_id\":\"\"}", "placed  | HTTP 200");
	reads(200, "{\"call_id\":null,\"uuid\":\"u\"}", "placed u | HTTP 200");
	reads(200, "{\"call_id\":{\"a\":1},\"uuid\":\"u\"}", "placed u | HTTP 200");
	reads(200, "{\"call_id\":\"a\\nb\"}", "placed  | HTTP 200");
	reads(200, "{\"data\":{\"call_id\":\"abc\"}}", "placed abc | HTTP 200");
	reads(200, "{\"call\":{\"uuid\":\"0195F5F0-0000-4000-8000-00000000000A\"}}",
	    "placed 0195f5f0-0000-4000-8000-00000000000a | HTTP 200");
	reads(200,
	    "{\"id\":"
	    "\"01234567890123456789012345678901234567890123456789012345678901234567890123456789"
	    "012345678901234567890123456789012345678901234567890\"}",
	    "placed  | HTTP 200");
	reads(422, "{\"detail\":\"+39 333 123 is no number\"}",
	    "refused alone  | HTTP 422 (+## ### ### is no number)");
	reads(422, "{\"detail\":[{\"loc\":1}],\"message\":\"m\"}",
	    "refused alone  | HTTP 422 (m)");
	reads(429, "", "refused alone busy  | HTTP 429");
	reads(401, "{\"error\":\"who?\",\"call_id\":\"abc\"}", "refused  | HTTP 401 (who?)");
	reads(408, "{\"error\":\"late\"}", "unclear  | HTTP 408 (late)");
	reads(500, "{\"call_id\":\"abc\"}", "unclear  | HTTP 500");
	every_status();
	return done_testing();
}
